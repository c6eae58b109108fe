// The address holds what the open tab shows, so that it can be shared; page.js keeps it up to date.
(() => {
  let opened = location.search; // kept until the page shows what it asks for
  window.colorizerAddress = () => {
    const shares = [...document.querySelectorAll("[data-link]")]
      .filter((shown) => shown.dataset.link && shown.closest("[role=tabpanel]")?.offsetParent !== null);
    if (!shares.length) return;
    if (new URLSearchParams(opened).has("tab") && !shares[0].dataset.link.startsWith("tab=")) return;
    opened = "";
    const now = new URLSearchParams(location.search);
    for (const key of [...now.keys()]) if (!key.startsWith("__")) now.delete(key);
    const rest = now.size ? [now.toString()] : [];
    const search = `?${[...shares.map((shown) => shown.dataset.link), ...rest].join("&")}`;
    if (search !== location.search) history.replaceState(history.state, "", search);
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy-link");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(location.href);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 2000);
    } catch {
      prompt("", location.href);
    }
  });
})();
