// For what the Story tab draws. The steps are asked for when they are in sight and are not those of
// the photo; a cell of the map, or a spot of the photo, is asked for by a click.
const byId = (id) => document.getElementById(id);
const words = window.colorizerWords;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const number = (value) => value.toLocaleString(window.colorizerLanguage);

// --- the steps -----------------------------------------------------------------------------------
function watchPhoto() {
  let asked = null;
  let arrived = 0; // photos that came while the first tab, and its picture, was not drawn yet
  const photoNow = () => (byId("photo") ? window.colorizerPhoto() : `${arrived}`);
  const shown = () => JSON.parse(element.querySelector("[data-answers]")?.dataset.answers ?? "{}");
  const ask = () => {
    if (element.offsetParent === null) return;
    const now = photoNow();
    if (now === null || now === asked) return;
    asked = now;
    if (shown().photo !== now) trigger("click", {});
  };
  new IntersectionObserver(ask).observe(element);
  // Photos that come in quick succession may be answered in another order than they were asked for.
  new MutationObserver(() => {
    const { photo } = shown();
    if (photo && byId("photo") && photo !== photoNow()) asked = null;
    ask();
  }).observe(element, {
    // Gradio changes what is there into what is to be; hardly anything is put in or taken out.
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-answers"],
  });
  window.addEventListener("photo", () => { arrived += 1; ask(); });
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
    const said = (name) => Number(values[name]).toLocaleString(window.colorizerLanguage,
      { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const runs = values.n === "1" ? words.one_run : window.colorizerTell("runs", { count: values.n });
    const filled = {
      variant, photos: number(Number(photos)), epoch, sepia: said("sepia_index"),
      colour: said("colourfulness_ratio"), hue: said("hue_entropy"), runs,
    };
    return window.colorizerTell(values.n === "0" ? "cell_empty" : "cell_words", filled);
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
  new MutationObserver(() => {
    if (!byId("cell").querySelector("[data-answers]") || !element.querySelector(".chosen")) return;
    if (asked) byId("cell").scrollIntoView({ block: "nearest", behavior: "smooth" });
    asked = false;
  }).observe(byId("cell"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-answers"],
  });
  // One stop of the Tab key for each table; from there the arrows lead on.
  for (const table of element.querySelectorAll("table")) {
    table.querySelector("[data-cell]")?.setAttribute("tabindex", "0");
  }
  for (const cell of element.querySelectorAll("[data-cell]")) cell.ariaLabel = say(cell);
  element.addEventListener("keydown", (event) => {
    const [right, down] = STEPS[event.key] ?? [];
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

// --- the spot ------------------------------------------------------------------------------------
function watchSpot() {
  let timer = null;
  const spot = () => (byId("mean-colour").dataset.value ?? "0.5,0.5").split(",").map(Number);
  // The server proposes a spot of a new photo; what a visitor chose is said by the page.
  const follow = () => {
    const drawn = element.querySelector("[data-proposed]:not(.seen)");
    if (!drawn) return;
    drawn.classList.add("seen");
    byId("mean-colour").dataset.value = drawn.dataset.spot;
  };
  const choose = (...shares) => {
    const [x, y] = shares.map((share) => Math.min(Math.max(share, 0), 1).toFixed(4));
    byId("mean-colour").dataset.value = `${x},${y}`;
    const cross = element.querySelector(".cross-hair");
    if (cross) [cross.style.left, cross.style.top] = [`${100 * x}%`, `${100 * y}%`];
    clearTimeout(timer);
    timer = setTimeout(() => trigger("click", { x: Number(x), y: Number(y) }), 80);
  };
  element.addEventListener("click", (event) => {
    const frame = event.target.closest(".frame");
    if (!frame) return;
    const box = frame.getBoundingClientRect();
    choose((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  element.addEventListener("keydown", (event) => {
    const step = event.target.closest(".frame") && STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const [x, y] = spot();
    choose(x + 0.02 * step[0], y + 0.02 * step[1]);
  });
  new MutationObserver(follow).observe(element, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["class", "data-spot"],
  });
  follow();
}

const part = element.closest("#steps, #map, #mean-colour")?.id;
if (part && !element.dataset.ready) {
  element.dataset.ready = "yes";
  ({ steps: watchPhoto, map: tellCells, "mean-colour": watchSpot })[part]();
}
