// What Gradio's own components do not do: drop or paste a photo anywhere on the page, name the
// stops of a slider, say that a file is too large before it is sent, keep what is shown in the
// address, and never show an old picture as if it belonged to new settings.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);

  // --- a photo dropped or pasted anywhere replaces the one on the page -------------------------
  async function load(file) {
    if (tooLarge(file)) return;
    const input = () => $("#photo input[type=file]");
    if (!input()) $('#photo button[aria-label="Remove Image"]')?.click();
    for (let tries = 0; tries < 40 && !input(); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (!input()) return;
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input().files = transfer.files;
    input().dispatchEvent(new Event("change", { bubbles: true }));
  }
  const firstImage = (files) => [...(files || [])].find((file) => file.type.startsWith("image/"))
    || [...(files || [])][0];
  window.addEventListener("dragover", (event) => {
    if ([...(event.dataTransfer?.types || [])].includes("Files")) event.preventDefault();
  });
  window.addEventListener("drop", (event) => {
    const file = firstImage(event.dataTransfer?.files);
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    load(file);
  }, true);
  window.addEventListener("paste", (event) => {
    const file = firstImage(event.clipboardData?.files);
    if (file) load(file);
  });

  // --- what the server would refuse is not sent, and does not cost the photo that is shown -------
  function tooLarge(file) {
    const most = window.gradio_config.max_file_size;
    if (!most || file.size <= most) return false;
    const lines = [...document.querySelectorAll(".made, .problem")];
    const line = lines.find((line) => line.offsetParent) || lines[0];
    line.className = "problem";
    line.setAttribute("role", "alert");
    line.textContent = `This file is ${Math.ceil(file.size / 1e6)} MB and the limit is `
      + `${Math.floor(most / 1e6)} MB; save it smaller or choose another.`;
    return true;
  }
  window.addEventListener("change", (event) => {
    if (!event.target.matches?.("#photo input[type=file]")) return;
    if (![...event.target.files].some(tooLarge)) return;
    event.stopPropagation();
    event.target.value = "";
  }, true);

  // --- named stops ----------------------------------------------------------------------------
  function mark(stops) {
    const range = $(`#${stops.dataset.for} input[type=range]`);
    if (!range) return;
    const names = [...stops.children];
    const index = Math.round(range.value);
    names.forEach((name, i) => {
      if (name.classList.contains("current") !== (i === index)) {
        name.classList.toggle("current", i === index);
      }
    });
    const text = names[index]?.textContent || "";
    if (range.getAttribute("aria-valuetext") !== text) range.setAttribute("aria-valuetext", text);
  }
  const markAll = () => document.querySelectorAll(".stops").forEach(mark);

  // --- an old picture beside new settings is dimmed until the new one is there ----------------
  let serial = null;
  function freshen() {
    const now = $("#caption [data-serial]")?.dataset.serial;
    if (now !== undefined && now !== serial) {
      serial = now;
      $("#colorized")?.classList.remove("stale");
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("#variant input, #epoch input, #samples input, #temperature input")) {
      $("#colorized")?.classList.add("stale");
      markAll();
    }
  });

  // --- the address holds what the open tab shows, so that it can be shared --------------------
  let opened = location.search; // kept until the page shows what it asks for
  function address() {
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
  }
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

  // --- examples are pictures alone; their files have speaking names ----------------------------
  function nameExamples() {
    for (const button of document.querySelectorAll("#examples button:not([aria-label])")) {
      const source = $("img", button)?.src;
      if (source) button.ariaLabel = decodeURIComponent(source.split("/").pop()).split(".")[0];
    }
  }

  new MutationObserver(() => { markAll(); freshen(); address(); nameExamples(); }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["aria-selected", "data-link"],
  });
})();
