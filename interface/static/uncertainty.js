// For the pictures of the Uncertainty tab: a click, or an arrow key on a focused picture, chooses
// the spot whose colours are shown beside them. The spot outlives the pictures, which are drawn
// anew with more samples; answers.js reads it from the tab's `data-value`.
window.colorizerSpot ??= [0.5, 0.5];
let timer = null;
const place = () => {
  const spot = window.colorizerSpot;
  const said = spot.map((share) => share.toFixed(4)).join();
  const tab = document.getElementById("uncertainty");
  if (tab && tab.dataset.value !== said) tab.dataset.value = said;
  for (const cross of element.querySelectorAll(".cross-hair")) {
    const [left, top] = spot.map((share) => `${(100 * share).toFixed(2)}%`);
    if (cross.style.left !== left) cross.style.left = left;
    if (cross.style.top !== top) cross.style.top = top;
  }
};
const choose = (...spot) => {
  const shares = spot.map((share) => Math.round(1e4 * Math.min(Math.max(share, 0), 1)) / 1e4);
  window.colorizerSpot = shares;
  place();
  clearTimeout(timer);
  timer = setTimeout(() => trigger("click", { x: shares[0], y: shares[1] }), 80);
};
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
if (!element.dataset.ready) {
  element.dataset.ready = "yes";
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
    const [x, y] = window.colorizerSpot;
    choose(x + 0.02 * step[0], y + 0.02 * step[1]);
  });
  new MutationObserver(place).observe(element, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["style"],
  });
  // The numbers beside the map stay open when those of another spot take their place.
  const tab = element.closest("[role=tabpanel]");
  let opened = false;
  tab.addEventListener("click", (event) => {
    const details = event.target.closest?.("#uncertainty-plane summary")?.parentElement;
    if (details) opened = !details.open; // it opens or closes after the click
  });
  new MutationObserver(() => {
    const details = tab.querySelector("#uncertainty-plane details");
    if (details && opened && !details.open) details.open = true;
  }).observe(tab, {
    // Gradio closes them in place.
    subtree: true, childList: true, attributes: true, attributeFilter: ["open"],
  });
}
place();
