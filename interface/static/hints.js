// Colours by hand: rings over the colorized picture, and a palette at the spot that is named. The
// list lives here and goes to the server whole, so that no answer depends on the one before.
const { colorizerWords: words, colorizerTell: tell, colorizerSteps: STEPS } = window;
const { colorizerSet: set, colorizerWatch } = window;
const MOST = 200; // of colorizer/hints.py
const $ = (selector, root = document) => root.querySelector(selector);
const control = element.closest("#hints");
const file = $("input[type=file]", element);
function build(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}
const css = (rgb) => `rgb(${rgb.join(" ")})`;

// As all spots are, `cross` and `spot` are shares of the picture's width and height.
let photo = ""; // whose hints these are
let hints = []; // as in the file, and `shown`, the colour of the ring
let [past, future] = [[], []];
let unknown = []; // spots of which the person could not say
let lost = ""; // a file of hints to be given again
let cross = [0.5, 0.5];
let open = null; // the palette's: {spot, index (-1: no hint yet), reach, asking, picking}
let dropping = null; // the same while a colour is taken from elsewhere
let found = null; // the server's answer about the open spot
let [hidden, ticket] = [false, 0];

const layer = build(`
  <div class="hint-layer" tabindex="0" role="group" aria-label="${words.hint_layer}">
    <canvas class="hint-cover" data-covers="colorized" hidden></canvas>
    <i class="hint-cover hint-veil"></i><canvas class="hint-cover" hidden></canvas>
    <i class="hint-cross"></i>
  </div>`);
const [cover, veil, before, mark] = layer.children;
const palette = build(
  `<div class="hint-palette" role="dialog" aria-label="${words.hint_question}" hidden></div>`);

// --- the list ------------------------------------------------------------------------------------
const size = () => [$("#photo img").naturalWidth, $("#photo img").naturalHeight];
const spotOf = (hint) => [hint.x / size()[0], hint.y / size()[1]];
const inside = (share) => Math.min(Math.max(share, 0), 1);
function pixels(spot) {
  const [x, y] = size().map((side, axis) =>
    Math.min(Math.round(100 * inside(spot[axis]) * side) / 100, side - 0.01));
  return { x, y };
}
// As `Subject` names the list in Python.
function digest(text) {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return text && `h${(~sum >>> 0).toString(16).padStart(8, "0")}`;
}
function content(list, space) {
  const plain = list.map(({ shown, reach, ...hint }) =>
    (reach === "thing" ? hint : { ...hint, reach })); // the default is not said
  return list.length ? JSON.stringify({ size: size(), hints: plain }, null, space) : "";
}
// The newest list first as a preview, and as a whole when there is no newer one.
let [changes, sending] = [0, false];
async function send() {
  const text = content(hints);
  control.dataset.sent = text && JSON.stringify({ photo, file: text });
  control.dataset.value = digest(text);
  draw();
  changes += 1;
  if (sending) return;
  sending = true;
  for (let seen = 0; seen !== changes;) {
    seen = changes;
    await preview(hints, cover).catch(() => {}); // without one, there is the whole
  }
  sending = false;
  props.value = control.dataset.sent;
  trigger("input");
  window.colorizerHistory.put({ hints: content(hints) });
  draw();
}
// Draws what a list makes of the photo, under the settings of the result shown; true if it can.
async function preview(list, canvas) {
  const shown = JSON.parse($("#caption [data-answers]")?.dataset.answers ?? "{}");
  if (!photo || shown.photo !== photo) return false;
  const text = content(list);
  const about = { ...shown, hints: digest(text) };
  const image = new Image();
  image.src = (await server.preview({ about, file: text })) ?? "";
  await image.decode();
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  canvas.dataset.about = JSON.stringify(about);
  return true;
}
function change(list, sameStep = false) {
  if (!sameStep) past.push(hints);
  [future, hints] = [[], list];
  compare(false);
  send();
}
function step(from, to) {
  if (!from.length) return;
  to.push(hints);
  hints = from.pop();
  close();
  send();
}
function follow() {
  control.dataset.value ??= "";
  const now = window.colorizerPhoto();
  if (now === null || now === photo) return;
  const had = hints.length;
  lost = window.colorizerHistory.hints();
  [photo, hints, past, future, unknown, cross, dropping] = [now, [], [], [], [], [0.5, 0.5], null];
  close();
  if (had) send();
}

// --- rings and tools -----------------------------------------------------------------------------
function draw() {
  const rings = [...layer.querySelectorAll(".hint-ring")];
  for (const ring of rings.slice(hints.length)) {
    if (ring === document.activeElement) focus();
    ring.remove();
  }
  hints.forEach((hint, index) => {
    const ring = rings[index]
      ?? layer.appendChild(build('<button type="button" class="hint-ring"></button>'));
    const drawn = hint.source === "network";
    ring.setAttribute("aria-label", tell(drawn ? "hint_ring_drawn" : "hint_ring", { number: index + 1 }));
    ring.classList.toggle("drawn", drawn);
    ring.style.setProperty("--colour", hint.shown);
    put(ring, spotOf(hint));
  });
  put(mark, open?.spot ?? cross);
  const states = { "without-rings": hidden, asking: open, dropping, new: open?.index < 0 };
  for (const [name, on] of Object.entries(states)) layer.classList.toggle(name, Boolean(on));
  const there = {
    undo: past.length, redo: future.length, clear: hints.length, hide: hints.length,
    save: hints.length, load: photo, ask: photo, others: others.there,
  };
  for (const button of element.querySelectorAll("[data-tool]")) {
    const { tool } = button.dataset;
    // Undo and redo stay side by side, so that neither jumps from under the pointer.
    const pair = tool === "undo" || tool === "redo";
    button.hidden = pair ? !past.length && !future.length : !there[tool];
    button.disabled = pair && !there[tool];
  }
  $("[data-tool=others]", element).ariaExpanded = String(others.open);
  $("[data-tool=hide]", element).dataset.say = hidden ? "hint_show" : "hint_hide";
  const lead = $(".lead", element);
  lead.hidden = hints.length > 0 && !dropping; // who has given one knows how
  lead.dataset.say = dropping ? "hint_dropping" : "hint_lead";
}
function put(piece, [x, y]) {
  piece.style.left = `${100 * x}%`;
  piece.style.top = `${100 * y}%`;
}
// Over the picture's content, wherever its element leaves room around that.
function attach() {
  const block = $("#colorized");
  const image = block && $("img", block);
  if (!image) return void layer.remove();
  if (!image.naturalWidth) return; // on its way; a layer that left the page would lose the focus
  if (layer.parentElement !== block) {
    block.append(layer, palette);
    sizes.disconnect();
    sizes.observe(block);
  }
  sizes.observe(image);
  const [around, box] = [block.getBoundingClientRect(), image.getBoundingClientRect()];
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(box.width / width, box.height / height);
  set(layer.style, {
    left: `${box.left - around.left}px`, top: `${box.top - around.top}px`,
    width: `${scale * width}px`, height: `${scale * height}px`,
  });
}
const sizes = new ResizeObserver(() => { attach(); beside(); });

// --- the palette ---------------------------------------------------------------------------------
let question = []; // the last
function ask(kind, data) {
  question = [kind, data];
  ticket += 1;
  trigger(kind, { ticket, ...data });
}
// The server had lost the photo, and the browser has sent it again.
window.addEventListener("photo", () => {
  if (!$("#hints-answer [data-gone]")) return;
  const [kind, data] = question;
  if (kind === "select") openAt(data.spot, data.index);
  else ask(kind, data);
});
function openAt(spot, index = -1, asking = false, answer = null) {
  if (index < 0 && full()) return;
  open = { spot, index, asking, picking: false, reach: hints[index]?.reach ?? "thing" };
  [found, cross] = [answer, spot];
  fill();
  if (!answer) ask("select", { spot, index });
}
const focus = () => layer.focus({ preventScroll: true });
function close() {
  if (palette.contains(document.activeElement)) focus();
  [open, found, palette.hidden] = [null, null, true];
  compare(false);
  draw();
}
const button = (does, key) => `<button type="button" data-does="${does}">${words[key]}</button>`;
function chip({ name, rgb, shown }, text = "") {
  return `<button type="button" class="${text ? "original" : "chip"}" data-does="choose"
    style="--colour: ${css(shown)}" data-rgb="${rgb}" data-shown="${css(shown)}"
    ${text ? "" : called(nameOf(name))}>${text}</button>`;
}
const row = (key, chips, more = "") => (chips.length ? `<span>${words[key]}</span>
  <div class="chips" role="group" aria-label="${words[key]}">
  ${chips.map((one) => chip(one)).join("")}${more}</div>` : "");
const called = (name) => `aria-label="${name}" title="${name}"`;
const nameOf = (name) => (name.startsWith("vivid_")
  ? tell("hint_vivid", { colour: nameOf(name.slice(6)) }) : words[`colour_${name}`]);
function picker() {
  const rgb = hints[open.index]?.rgb ?? found.likely[0].rgb;
  const hex = rgb.map((part) => part.toString(16).padStart(2, "0")).join("");
  return `<input type="color" class="chip any" value="#${hex}" ${called(words.hint_picker)}>
    <button type="button" class="chip dropper" data-does="drop" ${called(words.hint_dropper)}></button>`;
}
function choices() {
  if (!found) return `<div class="waiting" role="status">…</div>`;
  const reaches = ["here", "thing", "alike"].map((name) => `<label><input type="radio" name="hint-reach"
    value="${name}" ${name === open.reach ? "checked" : ""}>${words[`hint_${name}`]}</label>`);
  return `<div class="rows">${row("hint_likely", found.likely, picker())}
    ${row("hint_skin", found.skin)}${row("hint_plain", found.plain)}</div>
    <fieldset class="reach"><legend>${words.hint_reach}</legend>${reaches.join("")}</fieldset>`;
}
function fill() {
  const shows = found?.shows ?? true;
  const question = shows ? "hint_question" : `hint_too_${found.dark ? "dark" : "bright"}`;
  palette.innerHTML = `<p class="question">${words[question]}</p>${shows ? choices() : ""}<div class="more">
    ${shows && found?.original ? chip(found.original, words.hint_original) : ""}
    ${button("compare", "hint_compare")}${button("remove", "hint_remove")}
    ${open.asking ? button("skip", "hint_unknown") : ""}${button("leave", "hint_close")}</div>`;
  palette.hidden = false;
  show();
  if (found) $(".chip, [data-does=leave]", palette).focus({ preventScroll: true });
}
// What changes in an open palette with each choice.
function show() {
  draw();
  if (!open) return;
  const given = String(hints[open.index]?.rgb ?? "");
  for (const one of palette.querySelectorAll("[data-rgb]")) one.ariaPressed = one.dataset.rgb === given;
  for (const does of ["compare", "remove"]) $(`[data-does=${does}]`, palette).hidden = open.index < 0;
  beside();
  const covering = found?.veils[open.reach];
  veil.style.backgroundImage = covering ? `url("${covering}")` : "none";
}
// Never on its spot: below it, or above it, or else to one side; on a phone below the picture.
const phone = window.matchMedia("(max-width: 640px)");
function beside() {
  if (!open || palette.hidden || !layer.isConnected) return;
  const [GAP, EDGE] = [24, 8];
  const around = $("#colorized").getBoundingClientRect();
  const frame = layer.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = palette;
  const lowest = window.innerHeight - EDGE - height;
  if (phone.matches) return window.scrollBy(0, Math.max(0, frame.bottom - lowest));
  const [x, y] = [frame.left + open.spot[0] * frame.width, frame.top + open.spot[1] * frame.height];
  const room = document.documentElement.clientWidth - EDGE - width;
  let left = Math.max(EDGE, Math.min(x - width / 2, room));
  let top = y + GAP;
  if (top > lowest && y - GAP - height >= EDGE) top = y - GAP - height;
  else if (top > lowest && x + GAP < room) [left, top] = [x + GAP, Math.max(EDGE, lowest)];
  palette.style.left = `${left - around.left}px`;
  palette.style.top = `${top - around.top}px`;
}
// Puts a colour on the open spot; the second and later ones of a picker are one step of undo.
function give(rgb, shown, picking = false) {
  const { ab, source, ...place } = hints[open.index] ?? pixels(open.spot);
  edit({ ...place, rgb, shown, reach: open.reach }, picking && open.picking);
  open.picking = picking;
}
function edit(hint, sameStep = false) {
  const index = open.index < 0 ? hints.length : open.index;
  change(hints.toSpliced(index, 1, hint), sameStep);
  open.index = index;
  show();
}
function choose(rgb, shown) {
  give(rgb, shown);
  goOn();
}
function goOn() {
  open.picking = false;
  if (!open.asking) return;
  close();
  least();
}
function remove(index) {
  DOES.leave();
  change(hints.toSpliced(index, 1));
}
// The picture without the open spot's colour.
let comparing = false;
async function compare(on) {
  comparing = on;
  const drawn = on && await preview(hints.toSpliced(open.index, 1), before).catch(() => false);
  if (comparing !== on) return;
  before.hidden = !drawn;
  set($("[data-does=compare]", palette), { ariaPressed: String(drawn) });
}
function full() {
  if (hints.length >= MOST) say(tell("hint_full", { limit: MOST }));
  return hints.length >= MOST;
}
const least = () => full() || ask("submit", { unknown });
function say(sentence) {
  const problem = build('<div class="problem" role="alert"></div>');
  problem.textContent = sentence;
  $("#hints-answer [data-answer]").replaceChildren(...(sentence ? [problem] : []));
}
function take(spot) {
  const image = cover.hidden ? $("#colorized img") : cover;
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const sides = [image.naturalWidth ?? image.width, image.naturalHeight ?? image.height];
  const [left, top] = sides.map((side, axis) => Math.floor(spot[axis] * side));
  canvas.drawImage(image, left, top, 1, 1, 0, 0, 1, 1);
  const rgb = [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  [open, dropping] = [dropping, null];
  choose(rgb, css(rgb));
  close();
}
const DOES = {
  choose: ({ rgb, shown }) => choose(rgb.split(",").map(Number), shown),
  compare: () => compare(before.hidden),
  remove: () => remove(open.index),
  skip: () => { unknown.push(open.spot); close(); least(); },
  drop: () => { dropping = open; close(); focus(); },
  leave: () => { close(); focus(); },
};
palette.addEventListener("click", (event) => {
  const { dataset } = event.target.closest("[data-does]") ?? {};
  if (dataset) DOES[dataset.does](dataset);
});
palette.addEventListener("input", ({ target }) => {
  const { type, value } = target;
  if (type === "color") {
    return give([1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16)), value, true);
  }
  open.reach = value;
  if (open.index < 0) show();
  else edit({ ...hints[open.index], reach: value });
});
palette.addEventListener("change", ({ target }) => { if (target.type === "color" && open) goOn(); });
palette.addEventListener("keydown", (event) => {
  const [right, down] = STEPS[event.key] ?? [0, 0];
  if (event.key === "Escape") {
    event.stopPropagation();
    DOES.leave();
  } else if ((right || down) && event.target.matches(".chip")) {
    event.preventDefault();
    const rows = [...palette.querySelectorAll(".chips")];
    const here = event.target.parentElement;
    const next = [...rows[rows.indexOf(here) + down]?.children ?? []];
    const column = [...here.children].indexOf(event.target) + right;
    next[Math.min(column, next.length - 1)]?.focus();
  }
});

// --- hands on the picture ------------------------------------------------------------------------
const ready = () => photo && window.colorizerPhoto() !== null;
const spotAt = (event) => {
  const box = layer.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(inside);
};
const indexOf = (ring) => [...layer.querySelectorAll(".hint-ring")].indexOf(ring);
let drag = null;

layer.addEventListener("pointerdown", (event) => {
  const ring = event.target.closest(".hint-ring");
  if (!ring || dropping || event.button > 0) return;
  drag = { ring, index: indexOf(ring), from: [event.clientX, event.clientY], moved: false };
  ring.setPointerCapture(event.pointerId);
});
layer.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = drag.from;
  if (!drag.moved && Math.hypot(event.clientX - x, event.clientY - y) < 5) return;
  if (!drag.moved) close();
  drag.moved = true;
  put(drag.ring, spotAt(event));
});
function dropped(event) {
  if (!drag) return;
  const { index, moved } = drag;
  setTimeout(() => { drag = null; }); // after the click that follows
  if (moved && event.type === "pointerup") {
    change(hints.with(index, { ...hints[index], ...pixels(spotAt(event)) }));
  } else draw();
}
for (const type of ["pointerup", "pointercancel"]) layer.addEventListener(type, dropped);
layer.addEventListener("click", (event) => {
  if (!ready() || drag?.moved) return;
  const index = indexOf(event.target.closest(".hint-ring"));
  if (dropping) take(event.detail || index < 0 ? spotAt(event) : spotOf(hints[index]));
  else openAt(index < 0 ? spotAt(event) : spotOf(hints[index]), index);
});
let moving = 0; // of a ring by arrow keys: one step of undo for as long as they follow each other
layer.addEventListener("keydown", (event) => {
  if (!ready()) return;
  const ring = event.target.closest(".hint-ring");
  const [index, direction] = [indexOf(ring), STEPS[event.key]];
  if (event.key === "Escape" && dropping) {
    dropping = null;
    draw();
  } else if (direction) {
    event.preventDefault();
    const far = event.shiftKey ? 0.1 : 0.02;
    const from = ring ? spotOf(hints[index]) : cross;
    const spot = from.map((share, axis) => inside(share + far * direction[axis]));
    if (!ring) return put(mark, cross = spot);
    const again = Date.now() - moving < 1000;
    moving = Date.now();
    change(hints.with(index, { ...hints[index], ...pixels(spot) }), again);
  } else if (ring && (event.key === "Delete" || event.key === "Backspace")) {
    event.preventDefault();
    remove(index);
  } else if (!ring && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    if (dropping) take(cross);
    else openAt(cross);
  }
});
document.addEventListener("pointerdown", (event) => {
  if (open && !palette.contains(event.target) && !layer.contains(event.target)) close();
}, true);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=range], .hint-palette *), textarea");
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || typing) return;
  if (!layer.isConnected || !layer.offsetParent || !(past.length || future.length)) return;
  event.preventDefault();
  if (event.shiftKey) step(future, past);
  else step(past, future);
});

const TOOLS = {
  others: () => window.dispatchEvent(new Event("others")),
  ask: () => { say(""); least(); },
  undo: () => step(past, future),
  redo: () => step(future, past),
  clear: () => { close(); change([]); $("[data-tool=undo]", element).focus(); },
  hide: () => { hidden = !hidden; draw(); },
  load: () => file.click(),
  save: () => {
    const download = `${photo.split("/").pop().replace(/\.[^.]*$/, "")}.hints.json`;
    const href = URL.createObjectURL(new Blob([content(hints, 1)], { type: "application/json" }));
    Object.assign(document.createElement("a"), { download, href }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  },
};
element.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-tool]")?.dataset.tool;
  if (tool && ready()) TOOLS[tool]();
});
file.addEventListener("change", async () => {
  const chosen = file.files[0];
  file.value = "";
  if (chosen) ask("upload", { file: await chosen.slice(0, 1_000_001).text() });
});

// --- the server's answers ------------------------------------------------------------------------
function scaled(list, from) {
  const [across, down] = size().map((side, axis) => side / from[axis]);
  return list.map((hint) => ({ ...hint, x: hint.x * across, y: hint.y * down }));
}
function load(answer) {
  close();
  hidden = false;
  const list = answer.hints.map((hint, index) => ({ ...hint, shown: css(answer.shown[index]) }));
  change(scaled(list, answer.size));
}
function answered() {
  const said = $("#hints-answer [data-answer]")?.dataset.answer;
  if (!said || said === answered.last) return;
  answered.last = said;
  const answer = JSON.parse(said);
  if (answer.ticket !== ticket) return;
  if (answer.hints) load(answer);
  else if (answer.asked) {
    layer.scrollIntoView({ block: "nearest" });
    openAt([answer.x, answer.y], -1, true, answer);
  } else if (answer.likely && open) {
    found = answer;
    fill();
  } else if (open && !found) close(); // a sentence says why
}
colorizerWatch($("#hints-answer"), ["data-answer"], answered);
// Colours that the browser has kept of a photo that comes again, once there is an answer about it.
function restore() {
  const shown = JSON.parse($("#caption [data-answers]")?.dataset.answers ?? "{}");
  if (!lost || !photo || shown.photo !== photo) return;
  ask("upload", { file: lost });
  lost = "";
}
// For the strip of other plausible colours (alternatives.js).
const others = { there: false, open: false };
const [told, drawn] = ["person", "network"].map(
  (source) => () => hints.filter((hint) => (hint.source ?? "person") === source));
window.colorizerHints = {
  told: () => content(told()),
  drawn,
  scaled,
  same: (one, other) => content(one) === content(other),
  take: (list) => { close(); hidden = false; change([...told(), ...list]); },
  others: (state) => {
    if (Object.entries(state).every(([name, on]) => others[name] === on)) return;
    set(others, state);
    draw();
  },
};
const look = () => { follow(); attach(); draw(); restore(); };
colorizerWatch($("#pictures"), ["src", "data-arriving"], look);
$("#pictures").addEventListener("load", look, true);
window.addEventListener("resize", () => { attach(); beside(); });
look();
