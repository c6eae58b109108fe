// For the pictures of the Uncertainty tab: the spot whose colours are shown beside them, the strength
// of the map, and the details, which stay open when those of another spot take their place.
if (!element.dataset.ready) {
  element.dataset.ready = "yes";
  window.colorizerPickSpot(element, "uncertainty", trigger);

  // The pictures are asked for once for each photo, while the line in their place is in sight.
  let asked = null;
  let arrived = 0; // photos that came while the first tab was not drawn yet
  const ask = () => {
    if (!element.querySelector(".waiting")) return void (asked = null);
    const photo = window.colorizerById("photo") ? window.colorizerPhoto() : `${arrived}`;
    if (element.offsetParent === null || !photo || photo === asked) return;
    asked = photo;
    trigger("select", {});
  };
  new IntersectionObserver(ask).observe(element);
  window.colorizerWatch(element, ["class"], ask);
  window.addEventListener("photo", () => { arrived += 1; ask(); });
  document.addEventListener("load", ask, true); // of a photo, which is known by its address

  let strength = null;
  const style = document.documentElement.style;
  element.addEventListener("input", ({ target }) => {
    if (!target.closest(".strength")) return;
    strength = target.value;
    style.setProperty("--strength", strength / 100);
  });
  window.colorizerWatch(element, ["value"], () => { // each stage brings a slider of its own
    const slider = element.querySelector(".strength input");
    if (strength !== null) window.colorizerSet(slider, { value: strength });
  });

  const tab = element.closest("[role=tabpanel]");
  const open = new Set(); // classes of the details that a reader opened
  tab.addEventListener("click", (event) => {
    const details = event.target.closest?.("summary")?.parentElement;
    if (details) open[details.open ? "delete" : "add"](details.className); // it turns after the click
  });
  window.colorizerWatch(tab, ["open"], () => { // Gradio closes them in place
    for (const name of open) window.colorizerSet(tab.querySelector(`details.${name}`), { open: true });
  });
}
