// What Gradio's own components do not do: appear together, name the stops of a slider, and speak the
// reader's language where the server could not know it.
(() => {
  const $ = (selector) => document.querySelector(selector);
  const { colorizerSet: set, colorizerWords: words, colorizerLanguage: language } = window;

  // --- shown once all of it is there ------------------------------------------------------------
  // Gradio draws the parts in any order, each when its code has come, and each pushes those below.
  const { components, layout } = window.gradio_config;
  const parts = new Map(components.map((part) => [part.id, part]));
  function whole({ id, children = [] }) {
    const { type, props } = parts.get(id) ?? {};
    if (props?.visible === false) return true;
    if (props?.elem_id && !document.getElementById(props.elem_id)) return false;
    if (type === "accordion") return true; // closed
    return type === "tabs" ? children.some(whole) : children.every(whole);
  }
  const LATEST = 3000; // ms; a part that never comes must not hide the others
  let first = 0;
  function draw() {
    if (document.documentElement.classList.contains("drawn") || !$("main.contain")) return;
    first ||= setTimeout(() => document.documentElement.classList.add("drawn"), LATEST);
    if (whole(layout)) document.documentElement.classList.add("drawn");
  }

  // --- named stops ----------------------------------------------------------------------------
  function mark(stops) {
    const range = $(`#${stops.dataset.for} input[type=range]`);
    if (!range) return;
    const names = [...stops.children];
    const current = names[Math.round(range.value)];
    for (const name of names) set(name, { className: name === current ? "current" : "" });
    set(range, { ariaValueText: current?.textContent || "" });
  }
  const markAll = () => document.querySelectorAll(".stops").forEach(mark);

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("input[type=range]")) markAll();
  });

  // The name of a stop is a way there.
  document.addEventListener("click", ({ target }) => {
    const stops = target.closest?.(".stops");
    const range = stops && $(`#${stops.dataset.for} input[type=range]`);
    if (!range || range.disabled || target === stops) return;
    range.value = [...stops.children].indexOf(target);
    range.dispatchEvent(new Event("input", { bubbles: true }));
    range.focus({ preventScroll: true });
  });

  // --- the photo's shape, which its frames take -------------------------------------------------
  document.addEventListener("load", ({ target }) => {
    if (!target.closest?.("#photo")) return;
    const shape = target.naturalWidth / target.naturalHeight;
    document.documentElement.style.setProperty("--shape", shape);
    $("#pictures").classList.toggle("landscape", shape > 1.15);
  }, true);

  // --- a file to the server ----------------------------------------------------------------------
  // Not Gradio's `upload`, which cannot be aborted and says in English what went wrong.
  window.colorizerUpload = async (file, signal) => {
    const form = new FormData();
    form.append("files", file);
    const url = `${window.gradio_config.root}/gradio_api/upload`;
    const answer = await fetch(url, { method: "POST", body: form, signal });
    if (!answer.ok) throw new Error(answer.statusText);
    return (await answer.json())[0];
  };

  // --- words in what the server wrote before it knew the reader's language ---------------------
  document.documentElement.lang = language;
  const GRADIO = {
    Fullscreen: "fullscreen", "Exit fullscreen mode": "leave_fullscreen",
    "Gradio footer navigation": "footer", "More tabs": "more_tabs", "Empty value": "no_picture",
    undo: "fit",
    Error: "app_error",
    "Connection Lost": "app_gone_title",
    "Connection to the server was lost. Attempting reconnection...": "app_gone",
    "This application is currently busy. Please try again.": "app_busy",
  };
  function speak() {
    // What Gradio itself calls its parts is English; that a slider is one, its role says.
    for (const element of document.querySelectorAll("[aria-label]")) {
      const label = element.ariaLabel;
      const name = words[GRADIO[label]] ?? label.replace(/^(range slider|number input) for /, "");
      if (element.title === label && name !== label) element.title = name;
      if (name !== label) element.ariaLabel = name;
    }
    for (const said of document.querySelectorAll(".toast-title, .toast-message-text")) {
      for (const node of said.childNodes) {
        const text = words[GRADIO[node.data?.trim()]];
        if (text) set(node, { data: text });
      }
    }
    for (const element of document.querySelectorAll("[data-say]")) {
      set(element, { textContent: words[element.dataset.say] ?? "" });
    }
    // Gradio names an empty picture, but not what kind of thing bears that name.
    for (const empty of document.querySelectorAll("div.empty[aria-label]:not([role])")) {
      empty.setAttribute("role", "img");
    }
    set($("#photo .empty")?.dataset, { invitation: words.or_drop });
    for (const element of document.querySelectorAll("[data-name]")) {
      const name = words[element.dataset.name] ?? "";
      set(element, { title: name, ariaLabel: name });
    }
    for (const element of document.querySelectorAll(`[data-${language}]`)) {
      set(element, { textContent: element.dataset[language] });
    }
    set(document, { title: words.title });
  }

  // --- landmarks, and the place that an address names, which is drawn after its page ------------
  const REGIONS = {
    bar: "region_bar", pictures: "region_pictures", controls: "region_controls",
    "take-home": "region_save",
  };
  let arrived = !location.hash;
  function orient() {
    for (const [id, key] of Object.entries(REGIONS)) {
      const part = document.getElementById(id);
      if (part) set(part, { role: "region", ariaLabel: words[key] });
    }
    const place = arrived ? null : document.getElementById(location.hash.slice(1));
    if (!place) return;
    arrived = true;
    place.scrollIntoView();
  }

  // Once a frame: while the page is drawn, its parts come in hundreds of steps.
  let due = false;
  const follow = () => { due = false; draw(); markAll(); window.colorizerAddress(); speak(); orient(); };
  window.colorizerWatch(document, ["aria-selected", "aria-label", "data-link", "data-say"], () => {
    if (!due) requestAnimationFrame(follow);
    due = true;
  });
})();
