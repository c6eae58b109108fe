// Runs once for the Story's first pictures: they are asked for when they come into sight and the
// photo on the page is not the one they show.
const ask = () => {
  const waiting = element.querySelector(".waiting:not(.asked)");
  if (!waiting || element.offsetParent === null) return;
  waiting.classList.add("asked");
  trigger("click", {});
};
new MutationObserver(ask).observe(element, { subtree: true, childList: true });
new IntersectionObserver(ask).observe(element);
