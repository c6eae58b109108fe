// A box that says whether a tab follows the colours by hand: what hints.js sends is its value, too,
// while it is ticked.
const source = () => document.getElementById("hints")?.dataset ?? {};
const control = element.closest("#by-hand");
const box = element.querySelector("input");
function follow() {
  const { sent = "", value = "" } = source();
  window.colorizerSet(control, { hidden: !sent });
  const said = box.checked ? value : "";
  if (control.dataset.value === said) return;
  control.dataset.value = said;
  props.value = said && sent;
  trigger("input");
}
box.addEventListener("change", follow);
window.colorizerWatch(document.body, ["data-value"], follow);
follow();
