// Runs once for the map: the numbers of the cell under the pointer, or with the focus.
const tell = (event) => {
  const cell = event.target.closest?.("[data-words]");
  const words = element.querySelector(".cell-words");
  if (cell && words) words.textContent = cell.dataset.words;
};
for (const kind of ["pointerover", "focusin", "click"]) element.addEventListener(kind, tell);
