// Colours by hand: rings over the colorized picture, and a palette at the spot that is named. The
// list lives here and goes to the server whole, so that no answer depends on the one before.
const words = window.colorizerWords;
const MOST = 200; // of colorizer/hints.py
const $ = (selector, root = document) => root.querySelector(selector);
const control = element.closest("#hints");
const file = $("input[type=file]", element);
const make = (tag, className, attributes = {}) => {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

let photo = ""; // whose hints these are
let hints = []; // as in the file, and `shown`, the colour of the ring
let past = [];
let future = [];
let unknown = []; // spots of which the person could not say
let cross = [0.5, 0.5]; // shares of width and height, as all spots are
let open = null; // what the palette is about: {spot, index (-1: a new hint), asking, editing}
let dropping = null; // the same while a colour is taken from elsewhere
let hidden = false;
let ticket = 0;
let found = null; // the server's answer about the open spot

const layer = make("div", "hint-layer", {
  tabindex: "0", role: "group", "aria-label": words.hint_layer,
});
const mark = make("i", "hint-cross");
const palette = make("div", "hint-palette", { role: "dialog", "aria-label": words.hint_question });
palette.hidden = true;
const cover = make("canvas", "hint-cover", { "data-covers": "colorized", hidden: "" });
layer.append(cover, mark);

// --- the list ------------------------------------------------------------------------------------
const size = () => {
  const image = $("#photo img");
  return [image.naturalWidth, image.naturalHeight];
};
const spotOf = (hint) => [hint.x / size()[0], hint.y / size()[1]];
const inside = (share) => Math.min(Math.max(share, 0), 1);
const pixels = ([x, y]) => {
  const [width, height] = size();
  const place = (share, side) => Math.min(Math.round(100 * inside(share) * side) / 100, side - 0.01);
  return { x: place(x, width), y: place(y, height) };
};

// As `Subject` names the list in Python.
function digest(text) {
  if (!text) return "";
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return `h${(~sum >>> 0).toString(16).padStart(8, "0")}`;
}
function content(space) {
  if (!hints.length) return "";
  const plain = hints.map(({ shown, ...hint }) => hint);
  return JSON.stringify({ size: size(), hints: plain }, null, space);
}
// The newest list first as a preview, and as a whole when there is no newer one.
let changes = 0;
let sending = false;
async function send() {
  control.dataset.value = digest(content());
  draw();
  changes += 1;
  if (sending) return;
  sending = true;
  for (let seen = 0; seen !== changes;) {
    seen = changes;
    await preview().catch(() => {}); // without one, there is the whole
  }
  sending = false;
  const text = content();
  props.value = text && JSON.stringify({ photo, file: text });
  trigger("input");
  draw();
}
async function preview() {
  const shown = JSON.parse($("#caption [data-answers]")?.dataset.answers ?? "{}");
  if (!photo || shown.photo !== photo) return;
  const file = content();
  const about = { ...shown, hints: digest(file) };
  const image = new Image();
  image.src = (await server.preview({ about, file })) ?? "";
  await image.decode();
  [cover.width, cover.height] = [image.naturalWidth, image.naturalHeight];
  cover.getContext("2d").drawImage(image, 0, 0);
  cover.dataset.about = JSON.stringify(about);
}
function change(list, sameStep = false) {
  if (!sameStep) past.push(hints);
  future = [];
  hints = list;
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
  if (control.dataset.value === undefined) control.dataset.value = "";
  const now = window.colorizerPhoto();
  if (now === null || now === photo) return;
  const had = hints.length;
  [photo, hints, past, future, unknown, cross] = [now, [], [], [], [], [0.5, 0.5]];
  close();
  if (had) send();
}

// --- rings ---------------------------------------------------------------------------------------
function draw() {
  const rings = [...layer.querySelectorAll(".hint-ring")];
  rings.slice(hints.length).forEach((ring) => ring.remove());
  hints.forEach((hint, index) => {
    const ring = rings[index] ?? layer.appendChild(make("button", "hint-ring", { type: "button" }));
    ring.setAttribute("aria-label", window.colorizerTell("hint_ring", { number: index + 1 }));
    ring.style.setProperty("--colour", hint.shown);
    put(ring, spotOf(hint));
  });
  put(mark, open?.spot ?? cross);
  layer.classList.toggle("without-rings", hidden);
  layer.classList.toggle("asking", open !== null);
  layer.classList.toggle("dropping", dropping !== null);
  const there = {
    undo: past.length, redo: future.length, clear: hints.length, hide: hints.length,
    save: hints.length, load: photo, ask: photo,
  };
  for (const button of element.querySelectorAll("[data-tool]")) {
    const { tool } = button.dataset;
    const on = Boolean(there[tool]);
    // Undo and redo stay side by side, so that neither jumps from under the pointer.
    button.hidden = tool === "undo" || tool === "redo" ? !past.length && !future.length : !on;
    if (tool === "undo" || tool === "redo") button.disabled = !on;
    if (tool === "hide") button.dataset.say = hidden ? "hint_show" : "hint_hide";
  }
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
  const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
  const place = {
    left: box.left - around.left, top: box.top - around.top,
    width: scale * image.naturalWidth, height: scale * image.naturalHeight,
  };
  for (const [name, value] of Object.entries(place)) {
    if (layer.style[name] !== `${value}px`) layer.style[name] = `${value}px`;
  }
}
const sizes = new ResizeObserver(() => { attach(); beside(); });

// --- the palette ---------------------------------------------------------------------------------
function ask(kind, data) {
  ticket += 1;
  trigger(kind, { ticket, ...data });
}
function openAt(spot, index = -1, asking = false) {
  if (index < 0 && hints.length >= MOST) return say(window.colorizerTell("hint_full", { limit: MOST }));
  open = { spot, index, asking, editing: false };
  found = null;
  cross = spot;
  fill();
  ask("select", { spot });
}
function close() {
  open = null;
  found = null;
  palette.hidden = true;
  draw();
}
function chip(shown, label, onClick, className = "") {
  const made = make("button", `chip ${className}`, { type: "button", "aria-label": label, title: label });
  made.style.setProperty("--colour", shown);
  made.addEventListener("click", onClick);
  return made;
}
function written(label, onClick, className = "") {
  const made = make("button", className, { type: "button" });
  made.textContent = label;
  made.addEventListener("click", onClick);
  return made;
}
function fill() {
  const had = palette.contains(document.activeElement);
  const row = make("div", "chips");
  const likely = found?.likely ?? Array(5).fill(null);
  for (const one of likely) {
    const button = one
      ? chip(one.shown, words[`colour_${one.name}`], () => choose(one.rgb, one.shown))
      : chip("transparent", words.hint_question, () => {}, "waiting");
    button.disabled = !one;
    row.append(button);
  }
  const grey = found?.grey;
  const neutral = chip(grey?.shown ?? "#888", words.hint_grey,
    () => choose(grey.rgb, grey.shown), "grey");
  neutral.disabled = !grey;
  row.append(neutral);
  const picker = make("input", "chip any", {
    type: "color", "aria-label": words.hint_picker, title: words.hint_picker,
  });
  const current = hints[open.index]?.rgb ?? found?.likely[0]?.rgb ?? [128, 128, 128];
  picker.value = `#${current.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  picker.addEventListener("input", () => {
    const rgb = [1, 3, 5].map((at) => parseInt(picker.value.slice(at, at + 2), 16));
    give(rgb, picker.value);
  });
  picker.addEventListener("change", () => { if (open) done(); });
  const dropper = chip("transparent", words.hint_dropper, () => {
    dropping = open;
    close();
    layer.focus({ preventScroll: true });
  }, "dropper");
  row.append(picker, dropper);
  const more = make("div", "more");
  if (found?.original) {
    const { rgb, shown } = found.original;
    const own = written(words.hint_original, () => choose(rgb, shown), "original");
    own.style.setProperty("--colour", shown);
    more.append(own);
  }
  if (open.index >= 0) more.append(written(words.hint_remove, () => remove(open.index), "remove"));
  if (open.asking) more.append(written(words.hint_unknown, skip, "unknown"));
  more.append(written(words.hint_close, leave, "leave"));
  const question = make("p", "question");
  question.textContent = words.hint_question;
  palette.replaceChildren(question, row, more);
  palette.hidden = false;
  draw();
  beside();
  if (found || had) {
    const first = $("button.chip:not(:disabled)", palette) ?? $(".leave", palette);
    first.focus({ preventScroll: true });
  }
}
// Below the spot, or above it, or else to one side: never on it.
function beside() {
  if (!open || palette.hidden || !layer.isConnected) return;
  const [GAP, EDGE] = [24, 8];
  const around = $("#colorized").getBoundingClientRect();
  const frame = layer.getBoundingClientRect();
  const [x, y] = [frame.left + open.spot[0] * frame.width, frame.top + open.spot[1] * frame.height];
  const { offsetWidth: width, offsetHeight: height } = palette;
  const room = document.documentElement.clientWidth - EDGE - width;
  let left = Math.max(EDGE, Math.min(x - width / 2, room));
  let top = y + GAP;
  if (top + height > window.innerHeight - EDGE && y - GAP - height >= EDGE) top = y - GAP - height;
  else if (top + height > window.innerHeight - EDGE && x + GAP < room) {
    [left, top] = [x + GAP, Math.max(EDGE, window.innerHeight - EDGE - height)];
  }
  palette.style.left = `${left - around.left}px`;
  palette.style.top = `${top - around.top}px`;
}
// Puts the colour on the open spot; the second and later ones of a picker are one step of undo.
function give(rgb, shown) {
  const place = open.index < 0 ? pixels(open.spot) : { x: hints[open.index].x, y: hints[open.index].y };
  const hint = { ...place, rgb, shown };
  const list = open.index < 0 ? [...hints, hint] : hints.with(open.index, hint);
  if (open.index < 0) open.index = hints.length;
  const again = open.editing;
  open.editing = true;
  change(list, again);
}
function choose(rgb, shown) {
  give(rgb, shown);
  done();
}
function done() {
  const { asking } = open;
  leave();
  if (asking) least();
}
function leave() {
  close();
  layer.focus({ preventScroll: true });
}
function remove(index) {
  change(hints.toSpliced(index, 1));
  leave();
}
function skip() {
  unknown.push(open.spot);
  leave();
  least();
}
function least() {
  if (hints.length >= MOST) return say(window.colorizerTell("hint_full", { limit: MOST }));
  ask("submit", { unknown });
}
function say(sentence) {
  const problem = make("div", "problem", { role: "alert" });
  problem.textContent = sentence;
  $("#hints-answer [data-answer]").replaceChildren(...(sentence ? [problem] : []));
}
function take(spot) {
  const image = cover.hidden ? $("#colorized img") : cover;
  const canvas = make("canvas", "");
  [canvas.width, canvas.height] = [1, 1];
  const context = canvas.getContext("2d");
  const [width, height] = cover.hidden
    ? [image.naturalWidth, image.naturalHeight] : [cover.width, cover.height];
  context.drawImage(image, Math.floor(spot[0] * width), Math.floor(spot[1] * height), 1, 1, 0, 0, 1, 1);
  const rgb = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  open = dropping;
  dropping = null;
  choose(rgb, `rgb(${rgb.join(" ")})`);
}

// --- hands ---------------------------------------------------------------------------------------
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
for (const type of ["pointerup", "pointercancel"]) {
  layer.addEventListener(type, (event) => {
    if (!drag) return;
    const { index, moved } = drag;
    if (type === "pointercancel") drag = null;
    else setTimeout(() => { drag = null; }); // after the click that follows
    if (!moved) return;
    if (type === "pointerup") change(hints.with(index, { ...hints[index], ...pixels(spotAt(event)) }));
    else draw();
  });
}
layer.addEventListener("click", (event) => {
  if (!ready() || drag?.moved) return;
  const ring = event.target.closest(".hint-ring");
  if (dropping) return take(event.detail || !ring ? spotAt(event) : spotOf(hints[indexOf(ring)]));
  if (!ring) return openAt(spotAt(event));
  openAt(spotOf(hints[indexOf(ring)]), indexOf(ring));
});

let moving = 0; // of a ring by arrow keys: one step of undo for as long as they follow each other
layer.addEventListener("keydown", (event) => {
  if (!ready()) return;
  const ring = event.target.closest(".hint-ring");
  const direction = window.colorizerSteps[event.key];
  if (event.key === "Escape" && dropping) {
    dropping = null;
    draw();
  } else if (direction) {
    event.preventDefault();
    const far = event.shiftKey ? 0.1 : 0.02;
    const from = ring ? spotOf(hints[indexOf(ring)]) : cross;
    const spot = from.map((share, axis) => inside(share + far * direction[axis]));
    if (ring) {
      const index = indexOf(ring);
      const again = Date.now() - moving < 1000;
      moving = Date.now();
      change(hints.with(index, { ...hints[index], ...pixels(spot) }), again);
    } else {
      cross = spot;
      draw();
    }
  } else if (ring && (event.key === "Delete" || event.key === "Backspace")) {
    event.preventDefault();
    remove(indexOf(ring));
  } else if (!ring && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    if (dropping) take(cross);
    else openAt(cross);
  }
});
palette.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  leave();
});
document.addEventListener("pointerdown", (event) => {
  if (open && !palette.contains(event.target) && !layer.contains(event.target)) close();
}, true);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=range]), textarea");
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || typing) return;
  if (!layer.isConnected || !layer.offsetParent || !(past.length || future.length)) return;
  event.preventDefault();
  if (event.shiftKey) step(future, past);
  else step(past, future);
});

const TOOLS = {
  ask: () => { say(""); least(); },
  undo: () => step(past, future),
  redo: () => step(future, past),
  clear: () => { close(); change([]); },
  hide: () => { hidden = !hidden; draw(); },
  load: () => file.click(),
  save: () => {
    const name = photo.split("/").pop().replace(/\.[^.]*$/, "");
    const link = make("a", "", { download: `${name}.hints.json` });
    link.href = URL.createObjectURL(new Blob([content(1)], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
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
function answered() {
  const said = $("#hints-answer [data-answer]")?.dataset.answer;
  if (!said || said === answered.last) return;
  answered.last = said;
  const answer = JSON.parse(said);
  if (answer.ticket !== ticket) return;
  if (answer.hints) {
    close();
    hidden = false;
    const scale = size().map((side, axis) => side / answer.size[axis]);
    change(answer.hints.map((hint, index) => ({
      ...hint, x: hint.x * scale[0], y: hint.y * scale[1], shown: answer.shown[index],
    })));
  } else if (answer.likely) {
    const spot = [answer.x, answer.y];
    if (answer.asked) {
      open = { spot, index: -1, asking: true, editing: false };
      cross = spot;
    }
    if (!open) return;
    found = answer;
    if (answer.asked) layer.scrollIntoView({ block: "nearest" });
    fill();
  }
}
new MutationObserver(answered).observe($("#hints-answer"), {
  subtree: true, childList: true, attributes: true,
});
const look = () => { follow(); attach(); draw(); };
new MutationObserver(look).observe($("#pictures"), {
  subtree: true, childList: true, attributes: true, attributeFilter: ["src", "data-arriving"],
});
$("#pictures").addEventListener("load", look, true);
window.addEventListener("resize", () => { attach(); beside(); });
look();
