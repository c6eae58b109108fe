// Compares what is shown with what the photo and the controls say now; see interface/render/freshness.py.
(() => {
  const { colorizerById: byId, colorizerSet: set } = window;

  // What a control says, in every way it says it: a slider has a handle and a number, and of the
  // two the one that a hand moves is ahead of the other until Gradio has followed.
  function says(id) {
    const control = byId(id);
    if (!control) return [];
    if (id === "photo") return [photoNow()];
    if (control.dataset.value !== undefined) return [control.dataset.value];
    const stops = document.querySelector(`.stops[data-for="${id}"]`);
    const range = control.querySelector("input[type=range]");
    if (range && stops) return [stops.children[Math.round(range.value)]?.textContent ?? ""];
    const numbers = [...control.querySelectorAll("input[type=number]")];
    if (range) return [range, ...numbers].map((input) => input.value);
    const choices = [...control.querySelectorAll("input[type=checkbox]")];
    if (choices.length) {
      const label = (box) => box.closest("label")?.textContent.trim() ?? box.name;
      return [choices.filter((box) => box.checked).map(label).sort()];
    }
    const radio = control.querySelector("input[type=radio]:checked");
    if (radio) return [radio.value];
    const field = control.querySelector("input, select, textarea");
    return field ? [field.value] : [];
  }

  // The server's path of the photo shown; no answer fits one that is still on its way.
  function photoNow() {
    const control = byId("photo");
    if (control?.dataset.arriving) return null;
    const source = control?.querySelector("img")?.src;
    return source ? decodeURIComponent(source.split("file=")[1] ?? source) : "";
  }
  window.colorizerPhoto = photoNow;

  const equal = (said, meant) => {
    if (said === null) return false;
    if (Array.isArray(meant)) return JSON.stringify(said) === JSON.stringify(meant);
    return said === meant || (said !== "" && meant !== "" && Number(said) === Number(meant));
  };

  const fits = (meant) =>
    Object.entries(meant).every(([id, value]) => says(id).every((said) => equal(said, value)));

  // How much more saturated the control asks a picture to be than it is; NaN where that cannot be
  // seen from it, because it is grey, or while its number is still to be typed.
  function moreVivid(control, meant) {
    const said = says(control);
    return Number(meant) && !said.includes("") ? Number(said[0]) / Number(meant) : NaN;
  }

  // A picture whose file is still loading shows the one before it, if there was one.
  const filled = new WeakSet();
  window.addEventListener("load", (event) => {
    if (event.target instanceof HTMLImageElement) filled.add(event.target);
  }, true);
  const loaded = (id) => [...(byId(id)?.querySelectorAll("img") ?? [])]
    .every((image) => image.complete || !filled.has(image));

  function doing(answer, meant) {
    const words = window.colorizerWords;
    if (byId("photo")?.dataset.arriving) return words.opening;
    const making = answer.querySelector(".making")?.dataset.making;
    const settings = Object.keys(meant).filter((id) => id === "variant" || id === "epoch");
    const said = settings.map((id) => (id === "epoch" ? `${words.epoch_word} ` : "") + says(id)[0]);
    // Another photo is under way by itself where another choice waits for a button.
    const photo = meant.photo !== undefined && !says("photo").every((said) => equal(said, meant.photo));
    const key = photo && words[`${making}_photo`] ? `${making}_photo` : making;
    return words[key] ? window.colorizerTell(key, { settings: said.join(" · ") }) : "";
  }

  // Shows what a script has laid over the picture, if it answers what that one does not.
  function covers(picture, stale) {
    const cover = document.querySelector(`[data-covers="${picture}"][data-about]`);
    const covering = cover !== null && stale && fits(JSON.parse(cover.dataset.about));
    flag(cover, "hidden", !covering);
    return covering;
  }

  // Pictures that need not be dimmed though their answer is to come, and the filter that shows it.
  function previewOf(answer, meant, shows, stale) {
    const [control, picture] = (answer.dataset.preview ?? "").split(" ");
    const covered = covers(picture, stale);
    if (!picture || !stale) return {};
    const others = shows.filter((id) => byId(id)?.querySelector("img") && id !== picture);
    const kept = Object.fromEntries(others.map((id) => [id, ""]));
    if (covered) return { ...kept, [picture]: "" };
    const { [control]: was, ...rest } = meant;
    if (!fits(rest)) return {};
    let filter = `saturate(${moreVivid(control, was)})`;
    if (!shows.every(loaded)) {
      // The answer is there and its file still to come: what was previewed stays until then.
      filter = fits(meant) && shows.every((id) => id === picture || loaded(id))
        ? byId(picture).style.filter : "";
    }
    if (!filter || filter.includes("NaN")) return {};
    return { ...kept, [picture]: filter };
  }

  function flag(element, name, on) {
    if (element && element.hasAttribute(name) !== on) element.toggleAttribute(name, on);
  }

  function compare() {
    const stalePanels = new Map();
    for (const answer of document.querySelectorAll("[data-answers]")) {
      const meant = JSON.parse(answer.dataset.answers);
      const [shows, switches] = ["shows", "switches"].map(
        (name) => (answer.dataset[name] ?? "").split(" ").filter(Boolean));
      const stale = !fits(meant) || !shows.every(loaded);
      if (answer.closest("#caption")) insist(meant, stale);
      const preview = previewOf(answer, meant, shows, stale);
      flag(answer, "data-stale", stale);
      const [, previewed] = (answer.dataset.preview ?? "").split(" ");
      for (const id of new Set([...shows, ...(previewed ? [previewed] : [])])) {
        const [kept, filter] = [id in preview, preview[id] ?? ""];
        if (shows.includes(id)) flag(byId(id), "data-stale", stale && !kept);
        set(byId(id)?.style, { filter });
      }
      for (const id of switches) off(byId(id), stale);
      const panel = answer.closest("[role=tabpanel]");
      stalePanels.set(panel, stale || (stalePanels.get(panel) ?? false));
      set(answer.querySelector(".making"), { textContent: stale ? doing(answer, meant) : "" });
    }
    for (const [panel, stale] of stalePanels) {
      for (const button of (panel ?? document).querySelectorAll(".copy-link")) off(button, stale);
    }
  }

  // Under load Gradio can lose an event: a photo that stays unanswered is asked about again.
  const PATIENCE = 5000; // ms
  let waiting = null; // since when
  function insist(meant, stale) {
    if (!stale || byId("photo")?.dataset.arriving) return void (waiting = null);
    waiting ??= performance.now();
    if (performance.now() - waiting < PATIENCE) return;
    waiting = null;
    const range = (id) => byId(id)?.querySelector("input[type=range]");
    for (const id of Object.keys(meant)) {
      if (says(id).every((said) => equal(said, meant[id]))) continue;
      (range(id) ?? range("vividness"))?.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  // Not `disabled`, which is Gradio's own to set and to clear.
  function off(button, stale) {
    if (!button) return;
    flag(button, "inert", stale);
    set(button, { ariaDisabled: stale ? "true" : null });
  }

  // At once, and once more when the frame is drawn: by then Gradio's controls have followed.
  let again = false;
  const now = () => {
    compare();
    if (again) return;
    again = true;
    requestAnimationFrame(() => { again = false; compare(); });
  };
  for (const type of ["input", "change", "click", "load", "photo"]) {
    window.addEventListener(type, now, true);
  }
  // Gradio sets a slider's value without an event or a change of the document to tell of it.
  setInterval(compare, 200);
  // Not the text alone: what Gradio writes out of sight while it waits changes in every frame.
  window.colorizerWatch(document, [
    "data-answers", "data-about", "data-value", "data-arriving", "src", "style", "aria-selected",
  ], now);
})();
