// Other plausible colours: a strip of whole pictures, drawn for the photo, the settings and the
// colours by hand of the moment. A click takes one: its colours join those by hand.
const { colorizerWords: words, colorizerTell: tell, colorizerWatch, colorizerSet: set } = window;
const $ = (selector, root = document) => root.querySelector(selector);
const strip = $(".strip", element);
const [COUNT, MOST] = [strip.dataset.count, strip.dataset.most].map(Number);
let answered = ""; // which question the strip answers
let [busy, items] = [false, []]; // a picture and the hints of each; the first is the one without

// What is shown, but for the colours that were drawn; null where none can be drawn.
function question() {
  const shown = JSON.parse($("#caption [data-answers]")?.dataset.answers ?? "{}");
  const told = window.colorizerHints?.told();
  if (told === undefined || !shown.photo || shown.photo !== window.colorizerPhoto()) return null;
  if (!("temperature" in shown) || $("#caption .problem")) return null;
  return { about: { ...shown, hints: "" }, file: told };
}
const isOpen = () => !strip.hidden;
function show(on) {
  strip.hidden = !on;
  window.colorizerHints.others({ open: on });
  follow();
}
window.addEventListener("others", () => show(!isOpen()));

// Draws anew whenever the question has changed, and marks what there is as old until then.
async function follow() {
  const asked = question();
  window.colorizerHints?.others({ there: asked !== null });
  if (!isOpen()) return;
  const key = JSON.stringify(asked);
  strip.toggleAttribute("data-stale", key !== answered);
  mark();
  if (key === answered || busy || !asked) return;
  busy = true;
  const answer = await draw(asked, 0);
  busy = false;
  answered = key;
  items = answer && [{ picture: answer.plain, hints: [] }, ...answer.items];
  render();
  follow();
}
async function draw(asked, first) {
  const answer = await server.draw({ ...asked, first }).catch(() => null);
  const fit = ({ picture, hints }) => (
    { picture, hints: window.colorizerHints.scaled(hints, answer.size) });
  return answer && { ...answer, items: answer.items.map(fit) };
}
async function more() {
  const key = answered;
  const answer = busy ? null : await draw(question(), items.length - 1);
  if (!answer || key !== answered) return;
  items.push(...answer.items);
  render();
  $(`[data-index="${items.length - COUNT}"]`, strip).focus();
}

const nameOf = (index) => (index ? tell("alternative", { number: index }) : words.alternative_none);
function render() {
  const shown = (items ?? []).map(({ picture }, index) => `<button type="button" data-index="${index}"
    aria-label="${nameOf(index)}" title="${nameOf(index)}"><img alt="" src="${picture ?? ""}"></button>`);
  const button = items && items.length < MOST
    ? `<button type="button" class="further">${words.alternatives_more}</button>` : "";
  strip.innerHTML = `<p>${words[items ? "alternatives_lead" : "alternatives_failed"]}</p>
    <div class="pictures" role="group" aria-label="${words.hint_others}">${shown.join("")}${button}</div>`;
  mark();
}
function mark() {
  const now = window.colorizerHints.drawn();
  for (const button of strip.querySelectorAll("[data-index]")) {
    const same = window.colorizerHints.same(items[button.dataset.index].hints, now);
    set(button, { ariaPressed: String(same) });
  }
}
strip.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button || strip.hasAttribute("data-stale")) return;
  if (button.matches(".further")) return void more();
  window.colorizerHints.take(items[button.dataset.index].hints);
  mark();
});
strip.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const index = Number(event.target.closest("[data-index]")?.dataset.index ?? NaN);
  const next = step && $(`[data-index="${index + step}"]`, strip);
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
});
// Once a frame, as page.js does; the caption may come later than this.
let due = false;
colorizerWatch(document, ["data-answers", "data-arriving", "data-value"], () => {
  if (!due) requestAnimationFrame(() => { due = false; follow(); });
  due = true;
});
