// Runs once for the film: a scrubber over the frames, and a play button.
const words = window.colorizerWords;
let timer = null;
const parts = () => {
  const player = element.querySelector(".player");
  return player && {
    frames: JSON.parse(player.dataset.frames),
    image: player.querySelector("img"),
    range: player.querySelector("input"),
    play: player.querySelector(".play"),
    words: player.querySelector("output"),
  };
};
const show = (p) => {
  const frame = p.frames[Number(p.range.value)];
  p.image.src = frame.url;
  p.image.alt = p.words.textContent = frame.label;
  p.range.setAttribute("aria-valuetext", frame.label);
};
const pause = () => {
  clearInterval(timer);
  timer = null;
  const p = parts();
  if (p) [p.play.textContent, p.play.ariaLabel] = ["▶", words.play];
};
element.addEventListener("input", (event) => {
  if (!event.target.matches("input")) return;
  pause();
  show(parts());
});
element.addEventListener("click", (event) => {
  if (!event.target.closest(".play")) return;
  if (timer) return pause();
  const p = parts();
  p.frames.forEach((frame) => { new Image().src = frame.url; });
  [p.play.textContent, p.play.ariaLabel] = ["❚❚", words.pause];
  if (Number(p.range.value) === p.frames.length - 1) p.range.value = -1;
  const step = () => {
    const now = parts();
    if (!now || now.image !== p.image) return pause();
    if (Number(p.range.value) >= p.frames.length - 1) return pause();
    p.range.value = Number(p.range.value) + 1;
    show(p);
  };
  if (Number(p.range.value) <= 0) { p.range.value = 0; show(p); }
  timer = setInterval(step, 700);
});
