// A spot of a photo, chosen by a click on its picture, by dragging its pin, or by an arrow key where
// the picture has the focus.
// It outlives the pictures, which are drawn anew; freshness.js reads it from `data-value` of the
// element that is named by its id.
window.colorizerSteps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
window.colorizerSpots ??= {};
window.colorizerPickSpot = (element, id, trigger) => {
  const spots = window.colorizerSpots;
  spots[id] ??= [0.5, 0.5];
  let timer = null;
  const place = () => {
    const [x, y] = spots[id];
    const value = `${x.toFixed(4)},${y.toFixed(4)}`;
    window.colorizerSet(window.colorizerById(id)?.dataset, { value });
    const [left, top] = [x, y].map((share) => `${(100 * share).toFixed(2)}%`);
    for (const cross of element.querySelectorAll(".cross-hair")) {
      window.colorizerSet(cross.style, { left, top });
    }
  };
  const choose = (...shares) => {
    const inside = shares.map((share) => Math.min(Math.max(share, 0), 1));
    const [x, y] = spots[id] = inside.map((share) => Math.round(1e4 * share) / 1e4);
    place();
    clearTimeout(timer);
    timer = setTimeout(() => trigger("click", { x, y }), 80);
  };
  // The server may propose a spot of a new photo; what a visitor chose is said by the page.
  const follow = () => {
    const proposed = element.querySelector("[data-proposed]:not(.seen)");
    if (proposed) {
      proposed.classList.add("seen");
      spots[id] = proposed.dataset.spot.split(",").map(Number);
    }
    place();
  };
  const chooseAt = (frame, { clientX, clientY }) => {
    const box = frame.getBoundingClientRect();
    choose((clientX - box.left) / box.width, (clientY - box.top) / box.height);
  };
  element.addEventListener("click", (event) => {
    const frame = event.target.closest(".frame");
    if (frame) chooseAt(frame, event);
  });
  // A finger drags the pin itself: elsewhere on the picture it scrolls the page.
  element.addEventListener("pointerdown", (event) => {
    const pin = event.target.closest(".cross-hair");
    if (!pin || event.button) return;
    pin.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  element.addEventListener("pointermove", (event) => {
    const pin = event.target.closest(".cross-hair");
    if (pin?.hasPointerCapture(event.pointerId)) chooseAt(pin.closest(".frame"), event);
  });
  element.addEventListener("keydown", (event) => {
    const step = event.target.closest(".frame") && window.colorizerSteps[event.key];
    if (!step) return;
    event.preventDefault();
    choose(...spots[id].map((share, axis) => share + 0.02 * step[axis]));
  });
  window.colorizerWatch(element, ["class", "data-spot", "style"], follow);
  follow();
};
