// For the pictures of the Uncertainty tab: the spot whose colours are shown beside them, and the
// numbers beside the map, which stay open when those of another spot take their place.
if (!element.dataset.ready) {
  element.dataset.ready = "yes";
  window.colorizerPickSpot(element, "uncertainty", trigger);
  const tab = element.closest("[role=tabpanel]");
  let opened = false;
  tab.addEventListener("click", (event) => {
    const details = event.target.closest?.("#uncertainty-plane summary")?.parentElement;
    if (details) opened = !details.open; // it opens or closes after the click
  });
  window.colorizerWatch(tab, ["open"], () => { // Gradio closes them in place
    if (opened) window.colorizerSet(tab.querySelector("#uncertainty-plane details"), { open: true });
  });
}
