// Runs once for the pictures of the Uncertainty tab: a click, or an arrow key on a focused picture,
// chooses the pixel whose colours are shown beside them.
let here = [0.5, 0.5];
let timer = null;
const place = () => {
  for (const cross of element.querySelectorAll(".cross-hair")) {
    const [left, top] = here.map((share) => `${(100 * share).toFixed(2)}%`);
    if (cross.style.left !== left) cross.style.left = left;
    if (cross.style.top !== top) cross.style.top = top;
  }
};
const choose = (x, y) => {
  here = [x, y].map((share) => Math.min(Math.max(share, 0), 1));
  place();
  clearTimeout(timer);
  timer = setTimeout(() => trigger("click", { x: here[0], y: here[1] }), 80);
};
element.addEventListener("click", (event) => {
  const frame = event.target.closest(".frame");
  if (!frame) return;
  const box = frame.getBoundingClientRect();
  choose((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
});
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
element.addEventListener("keydown", (event) => {
  const step = event.target.closest(".frame") && STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  choose(here[0] + 0.02 * step[0], here[1] + 0.02 * step[1]);
});
new MutationObserver(place).observe(element, { subtree: true, childList: true });
