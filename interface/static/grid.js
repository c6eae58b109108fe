// Runs once for the grid: a click on a cell picks it; the two picked cells are marked, at once by
// the click and then by what the comparison under the grid says it shows.
let picks = [];
const mark = () => {
  const now = picks.join(" ");  // what freshness.js compares the comparison with
  window.colorizerSet(window.colorizerById("grid")?.dataset, { value: now });
  for (const cell of element.querySelectorAll("[data-cell]")) {
    const side = picks.indexOf(cell.dataset.cell);
    window.colorizerSet(cell, { ariaPressed: String(side >= 0) });
    const name = ["left", "right"][side] ?? "";
    window.colorizerSet(cell.dataset, { side: name, word: name && window.colorizerWords[name] });
  }
};
element.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell) return;
  if (!picks.includes(cell.dataset.cell)) picks = [...picks.slice(-1), cell.dataset.cell];
  mark();
  trigger("click", { cells: picks });
  document.querySelector("#compared")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
// A photo that comes while its grid is open is drawn as one that came before would be.
window.addEventListener("photo", () => {
  const start = document.querySelector("#start");
  if (start?.offsetParent && document.querySelector("#progress [data-answers]")) start.click();
});
let shown = "";
window.colorizerWatch(document.body, ["data-left", "data-right", "data-cell", "aria-pressed"], () => {
  const sides = document.querySelector("#compared-words .sides")?.dataset;
  const now = sides ? `${sides.left} ${sides.right}` : "";
  if (now !== shown) {
    shown = now;
    picks = now ? now.split(" ") : [];
  }
  mark();
});
