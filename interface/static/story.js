// For what the Story tab draws. The steps are asked for when they are in sight and are not those of
// the photo; a cell of the map, or a spot of the photo, is asked for by a click.
// Not `watch`, which Gradio gives each script.
const { colorizerById: byId, colorizerWatch: observe, colorizerWords: words } = window;
const number = (value, options) => Number(value).toLocaleString(window.colorizerLanguage, options);

// --- the steps -----------------------------------------------------------------------------------
function watchPhoto() {
  let asked = null;
  let arrived = 0; // photos that came while the first tab, and its picture, was not drawn yet
  const photoNow = () => (byId("photo") ? window.colorizerPhoto() : `${arrived}`);
  const shown = () => JSON.parse(element.querySelector("[data-answers]")?.dataset.answers ?? "{}");
  // A photo that the server had deleted, and has again: its place is the same.
  const lost = () => element.closest("[role=tabpanel]").querySelector("[data-gone]");
  const ask = () => {
    if (element.offsetParent === null) return;
    const now = photoNow();
    if (now === null || now === asked) return;
    asked = now;
    if (shown().photo !== now || lost()) trigger("click", {});
  };
  new IntersectionObserver(ask).observe(element);
  // Photos that come in quick succession may be answered in another order than they were asked for.
  observe(element, ["data-answers"], () => {
    const { photo } = shown();
    if (photo && byId("photo") && photo !== photoNow()) asked = null;
    ask();
  });
  window.addEventListener("photo", () => {
    arrived += 1;
    if (lost()) asked = null;
    ask();
  });
  document.addEventListener("load", ask, true); // of the first picture, which nobody sent
}

// --- the map -------------------------------------------------------------------------------------
function tellCells() {
  let asked = false;
  const line = document.createElement("p");
  line.className = "cell-words";
  line.setAttribute("role", "status");
  element.append(line);
  const say = (cell) => {
    const [, variant, photos, epoch] = cell.dataset.cell.split("/");
    const values = Object.fromEntries(
      cell.dataset.numbers.split(" ").map((pair) => pair.split("=")));
    const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    const said = (name) => number(values[name], two);
    const runs = values.n === "1" ? words.one_run : window.colorizerTell("runs", { count: values.n });
    const filled = {
      variant, photos: number(photos), epoch, sepia: said("sepia_index"),
      colour: said("colourfulness_ratio"), hue: said("hue_entropy"), runs,
    };
    return window.colorizerTell("cell_words", filled);
  };
  for (const kind of ["pointerover", "focusin", "click"]) {
    element.addEventListener(kind, (event) => {
      const cell = event.target.closest?.("[data-cell]");
      if (cell) line.textContent = say(cell);
    });
  }
  element.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell) return;
    element.querySelector(".chosen")?.classList.remove("chosen");
    cell.classList.add("chosen");
    asked = true;
    byId("map").dataset.value = cell.dataset.cell;
    trigger("click", { cell: cell.dataset.cell });
  });
  // What was clicked far up on a phone is answered below the map.
  observe(byId("cell"), ["data-answers"], () => {
    if (!byId("cell").querySelector("[data-answers]") || !element.querySelector(".chosen")) return;
    if (asked) byId("cell").scrollIntoView({ block: "nearest", behavior: "smooth" });
    asked = false;
  });
  // One stop of the Tab key for each table; from there the arrows lead on.
  for (const table of element.querySelectorAll("table")) {
    table.querySelector("[data-cell]")?.setAttribute("tabindex", "0");
  }
  for (const cell of element.querySelectorAll("[data-cell]")) cell.ariaLabel = say(cell);
  element.addEventListener("keydown", (event) => {
    const [right, down] = window.colorizerSteps[event.key] ?? [];
    const from = event.target.closest("td");
    if (right === undefined || !from) return;
    event.preventDefault();
    const rows = [...from.closest("tbody").rows];
    const [row, column] = [rows.indexOf(from.parentElement) + down, from.cellIndex + right];
    const next = rows[row]?.cells[column]?.querySelector("[data-cell]");
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

// --- the mean of many pictures -------------------------------------------------------------------
function slideMeans() {
  element.addEventListener("input", ({ target }) => {
    const means = [...element.querySelectorAll(".means img")];
    means.forEach((image, index) => { image.hidden = index !== Number(target.value); });
    const { words: said } = means[target.value].dataset;
    element.querySelector("p").textContent = said;
    target.ariaValueText = said;
  });
}

const part = element.closest("#steps, #map, #mean-colour, #mean-pictures")?.id;
if (part && !element.dataset.ready) {
  element.dataset.ready = "yes";
  const pick = () => window.colorizerPickSpot(element, "mean-colour", trigger);
  ({ steps: watchPhoto, map: tellCells, "mean-colour": pick, "mean-pictures": slideMeans })[part]();
}
