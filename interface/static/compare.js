// Runs once for the bar of Look closer. Gradio's own slider over two pictures zooms and pans them
// by wheel, drag and pinch; what it lacks is done here by the events that it listens to.
const words = window.colorizerWords;
const $ = (selector) => element.querySelector(selector);
const [left, right, divider] = [$(".left"), $(".right"), $(".divider")];
const [whose, output] = [$(".whose"), $("output")];
const PICTURES = [...left.options].map((option) => option.value);
const layer = () => element.closest("#closer");
const frame = () => layer()?.querySelector("#closer-pair .content");
const shown = (key) => document.querySelector(`#${key === "original" ? "photo" : key} img`);
const isOpen = () => Boolean(layer()?.classList.contains("open"));
let opener = null;
let own = false; // whether a wheel event is this script's
let before = []; // the pair until one of the two is chosen anew

left.ariaLabel = words.left_picture;
right.ariaLabel = words.right_picture;
divider.ariaLabel = words.divider;
$(".in").ariaLabel = words.zoom_in;
$(".out").ariaLabel = words.zoom_out;

// --- opening and closing -------------------------------------------------------------------------
function open(from, by) {
  if (!shown("colorized") || !shown("original")) return;
  opener = by;
  [left.value, right.value] = [from === "colorized" ? "original" : from, "colorized"];
  Object.assign(layer(), { role: "dialog", ariaModal: "true", ariaLabel: words.look_closer });
  layer().classList.add("open");
  settle();
  trigger("select");
  divider.focus();
}
function close() {
  layer().classList.remove("open");
  whose.removeAttribute("data-answers");
  trigger("select");
  // The line above the original is written anew with each result.
  const again = document.querySelector(`.look-closer[data-from="${opener.dataset.from ?? "original"}"]`);
  (opener.isConnected ? opener : again)?.focus();
}
document.addEventListener("click", (event) => {
  if (!element.isConnected || isOpen()) return;
  const button = event.target.closest?.(".look-closer");
  if (button) return open(button.dataset.from, button);
  const picture = event.target.closest?.("#photo button, #grayscale button, #pinned button");
  if (!picture?.querySelector(".image-frame")) return;
  const { id } = picture.closest(".picture");
  open(id === "photo" ? "original" : id, picture);
});
$(".close").addEventListener("click", close);

// --- which two -----------------------------------------------------------------------------------
window.colorizerPair = (pictures) => {
  if (!isOpen()) return [null, null];
  for (const select of [left, right]) {
    for (const option of select.options) option.hidden = option.disabled = !shown(option.value);
    if (select.selectedOptions[0]?.disabled) select.value = select === left ? "original" : "colorized";
  }
  before = [left.value, right.value];
  return before.map((key) => pictures[PICTURES.indexOf(key)] ?? null);
};
element.addEventListener("change", (event) => {
  if (left.value === right.value) {
    if (event.target === left) right.value = before[0];
    if (event.target === right) left.value = before[1];
  }
  if (event.target.matches("select")) trigger("select");
});
window.colorizerDivider = () => Number(divider.value);
divider.addEventListener("input", () => trigger("input"));

// Whose answer the two are, if they are what the page shows now; nobody's until then.
function settle() {
  const images = [...layer().querySelectorAll("#closer-pair img")];
  const keys = [left.value, right.value];
  const same = images.length === 2
    && keys.every((key, i) => shown(key) && shown(key).src === images[i].src);
  const told = (id) => JSON.parse(document.querySelector(`${id} [data-answers]`)?.dataset.answers ?? "{}");
  const { photo, ...settings } = told("#caption");
  const meant = {
    photo: same ? photo : "?",
    ...(keys.includes("colorized") ? settings : {}),
    ...(keys.includes("pinned") && same ? told("#pinned-words") : {}),
  };
  // The vividness that a hand has just asked for is seen here, too.
  for (const [i, image] of images.entries()) {
    const id = keys[i] === "colorized" ? "closer-colorized" : "";
    if (image.id === id) continue;
    image.id = id;
    image.style.filter = "";
  }
  const preview = keys.includes("colorized") ? "vividness closer-colorized" : "";
  window.colorizerSet(whose.dataset, { preview, answers: JSON.stringify(meant) });
}

// --- zoom and pan --------------------------------------------------------------------------------
function middle() {
  const box = frame().getBoundingClientRect();
  return { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true };
}
function zoom(steps, at = middle()) {
  own = true;
  for (let i = 0; i < Math.abs(steps); i += 1) {
    frame()?.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: -steps, cancelable: true }));
  }
  own = false;
}
const STEPS = 5; // of the wheel for one press
const FIT = -100; // more than there can be
function pan(x, y) {
  if (!frame()) return;
  const from = middle();
  frame().dispatchEvent(new MouseEvent("mousedown", { ...from, cancelable: true }));
  const to = { ...from, clientX: from.clientX + x, clientY: from.clientY + y };
  document.dispatchEvent(new MouseEvent("mousemove", to));
  document.dispatchEvent(new MouseEvent("mouseup", to));
}
$(".in").addEventListener("click", () => zoom(STEPS));
$(".out").addEventListener("click", () => zoom(-STEPS));
$(".fit").addEventListener("click", () => zoom(FIT));

// What the slider says of itself, in its style alone: how far it is zoomed and where the divider is.
function read() {
  const image = frame()?.querySelector("img");
  if (!image?.naturalWidth) return;
  const { clientWidth: width, clientHeight: height } = frame();
  const fitted = Math.min(width, (height * image.naturalWidth) / image.naturalHeight);
  const scale = new DOMMatrix(image.style.transform).a;
  const percent = (100 * scale * fitted * devicePixelRatio) / image.naturalWidth;
  const said = `${Math.round(percent)} %`;
  window.colorizerSet(output, { textContent: said }); // the observer below sees this, too
  const handle = layer().querySelector("#closer-pair .outer");
  const x = new DOMMatrix(handle.style.transform).e - (width - fitted) / 2;
  divider.value = Math.round((100 * x) / fitted);
}

// --- the keyboard --------------------------------------------------------------------------------
const ARROWS = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
document.addEventListener("keydown", (event) => {
  if (!isOpen()) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const steps = { "+": STEPS, "=": STEPS, "-": -STEPS, "0": FIT }[event.key];
  const arrow = ARROWS[event.key];
  if (event.key === "Escape") close();
  else if (event.key === "Tab") stay(event);
  else if (plain && steps) zoom(steps);
  // The divider and the choices have uses of their own for arrows.
  else if (plain && arrow && !event.target.closest("input, select")) pan(...arrow);
  else return;
  if (event.key !== "Tab") event.preventDefault();
}, true);
// Tab stays in the layer.
function stay(event) {
  const stops = [...layer().querySelectorAll("select, input, button")]
    .filter((stop) => !stop.disabled && stop.offsetParent !== null && stop.tabIndex >= 0);
  const at = stops.indexOf(document.activeElement);
  const end = event.shiftKey ? 0 : stops.length - 1;
  if (at !== -1 && at !== end) return;
  event.preventDefault();
  stops[event.shiftKey ? stops.length - 1 : 0].focus();
}
// Gradio's slider takes one step for each event, a notch of a mouse or a hair of a touch pad, and
// none over the divider. The page behind does not scroll along.
const HAIR = 20; // pixels of the wheel for one step
let turned = 0;
layer().addEventListener("wheel", (event) => {
  if (own) return;
  event.preventDefault();
  event.stopPropagation();
  turned -= (event.deltaMode ? 33 : event.ctrlKey ? 5 : 1) * event.deltaY / HAIR;
  const steps = Math.trunc(turned);
  turned -= steps;
  const { clientX, clientY } = event;
  zoom(steps, { clientX, clientY, bubbles: true });
}, { passive: false, capture: true });

window.colorizerWatch(document, ["src", "style", "data-answers"], () => {
  if (isOpen()) { settle(); read(); }
});
window.addEventListener("load", () => { if (isOpen()) read(); }, true);
