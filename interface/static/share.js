// The address holds what the open tab shows, so that it can be shared; page.js keeps it up to date.
(() => {
  let opened = location.search; // kept until the page shows what it asks for
  const { here, put } = window.colorizerHistory;
  window.colorizerAddress = () => {
    const tab = document.querySelector("[role=tab][aria-selected=true]")?.dataset.tabId;
    const shares = [...document.querySelectorAll("[data-link]")]
      .filter((shown) => shown.dataset.link && shown.closest("[role=tabpanel]")?.offsetParent !== null);
    const turned = Boolean(here().tab && tab && here().tab !== tab);
    if (!shares.length && !turned) return;
    const named = new URLSearchParams(opened).get("tab");
    if (named && named !== tab && document.querySelector(`[role=tab][data-tab-id="${CSS.escape(named)}"]`)) return;
    opened = "";
    const now = new URLSearchParams(location.search);
    for (const key of [...now.keys()]) if (!key.startsWith("__")) now.delete(key);
    const rest = now.size ? [now.toString()] : [];
    const links = shares.length ? shares.map((shown) => shown.dataset.link) : [`tab=${tab}`];
    const search = `?${[...links, ...rest].join("&")}`;
    if (search !== location.search || here().tab !== tab) {
      put({ tab }, turned ? "pushState" : "replaceState", search);
    }
  };
  // What the link cannot bring.
  function tell(button) {
    const { photo, hints } = here();
    const key = photo ? "link_without_photo" : "link_without_hints";
    document.querySelector(".link-note")?.remove();
    if (!photo && !hints) return;
    button.insertAdjacentHTML("afterend", '<span class="link-note" role="status"></span>');
    document.querySelector(".link-note").textContent = window.colorizerWords[key];
    setTimeout(() => document.querySelector(".link-note")?.remove(), 8000);
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy-link");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(location.href);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 2000);
      tell(button);
    } catch {
      prompt("", location.href);
    }
  });
})();
