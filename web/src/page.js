// The page: one photo, three pictures of it, sliders below them.

import { NETWORKS, asset, scriptAddress } from "./assets.js";
import { Hints } from "./hints.js";
import { fillTexts, tell } from "./texts.js";

const part = (id) => document.getElementById(id);
const PAINTERS = Math.min(4, navigator.hardwareConcurrency || 1);
const variants = [...new Set(NETWORKS.map(({ variant }) => variant))];
const epochsOf = (variant) => NETWORKS.filter((network) => network.variant === variant);
const hints = new Hints(async (x, y) => (await ask("chips", { x, y })).chips, () => colour());

let worker;
let waiting = new Map(); // by the id of a message: what settles its promise
let lastId = 0;
const loaded = new Set();
let photoName = "";
let shownWith = ""; // what the picture that can be downloaded was made with
let colouring = false;
let outOfDate = false;

function say(text, problem = false) {
  part("said").textContent = text;
  part("said").classList.toggle("problem", problem);
}

function ask(kind, details = {}, transfer = []) {
  const id = ++lastId;
  worker.postMessage({ id, kind, ...details }, transfer);
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function hear({ data: { id, error, ...answer } }) {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error) reject(error);
  else resolve(answer);
}

async function start() {
  say(tell("starting"));
  const address = await scriptAddress("worker.js");
  worker = new Worker(address);
  worker.onmessage = hear;
  const failed = new Promise((_, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
  });
  const [module, wasm] = await Promise.all([asset("ort.mjs"), asset("ort.wasm")]);
  const ports = Array.from({ length: PAINTERS - 1 }, () => newPainter(address));
  await Promise.race([ask("start", { module, wasm, ports }, [wasm, ...ports]), failed]);
  say(tell("drop_here"));
}

/** A worker that only paints, as the port by which it is asked to. */
function newPainter(address) {
  const { port1, port2 } = new MessageChannel();
  new Worker(address).postMessage({ kind: "serve", port: port1 }, [port1]);
  return port2;
}

const started = start();
started.catch((error) => say(tell("no_start", { reason: reasonOf(error) }), true));

function reasonOf(error) {
  return error.key ? tell(error.key, error.values) : String(error.message ?? error);
}

function network() {
  return epochsOf(variants[part("variant").value])[part("epoch").value];
}

/** Photos open one after the other; the sentence of a bad one leaves the picture as it was. */
async function open(file) {
  try {
    await started;
    say(tell("opening"));
    const { width, height, original, grey } = await ask("open", { file });
    document.body.classList.add("open");
    photoName = file.name || "photo.png";
    hints.reset(width, height);
    draw("original", original);
    draw("grayscale", grey);
    draw("cover", grey);
    draw("colorized", grey);
    part("divider").disabled = false;
    await colour();
  } catch (error) {
    say(reasonOf(error), true);
  }
}

function draw(id, bitmap) {
  const canvas = part(id);
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
}

/** Colour the photo with the present settings; those changed meanwhile come next. */
async function colour() {
  if (!document.body.classList.contains("open")) return;
  outOfDate = true;
  if (colouring) return;
  colouring = true;
  document.body.classList.add("busy");
  part("download").disabled = true;
  try {
    while (outOfDate) {
      outOfDate = false;
      await colourOnce();
    }
    part("download").disabled = false;
  } catch (error) {
    say(reasonOf(error), true);
  } finally {
    colouring = false;
    document.body.classList.remove("busy");
  }
}

async function colourOnce() {
  const about = network();
  say(tell("colouring"));
  if (!loaded.has(about.name)) {
    const model = await asset(`${about.name}.onnx`);
    await ask("load", { name: about.name, model }, [model]);
    loaded.add(about.name);
  }
  const vividness = Number(part("vividness").value);
  const { picture } = await ask("colour", { about, vividness, hints: hints.list });
  draw("colorized", picture);
  shownWith = noteOf(about, vividness, hints.list.length);
  say(shownWith);
}

/** As colorizer/writing.py and prediction.py write it. */
function noteOf(about, vividness, count) {
  const details = [about.variant, `epoch ${about.epoch}`];
  if (about.bins.length) details.push(`temperature ${about.temperature}`);
  if (vividness !== 100) details.push(`vividness ${vividness} %`);
  if (count) details.push(count === 1 ? "1 colour by hand" : `${count} colours by hand`);
  return `Synthetic colours by Colorizer, ${details.join(", ")}.`;
}

async function download() {
  try {
    const { file } = await ask("png", { note: shownWith });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${photoName.replace(/\.\w+$/, "")}-colorized.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    say(reasonOf(error), true);
  }
}

function showSettings() {
  const about = network();
  part("variant-name").textContent = about.variant;
  part("variant").setAttribute("aria-valuetext", about.variant);
  part("epoch-name").textContent = about.epoch;
  part("epoch").setAttribute("aria-valuetext", about.epoch);
  part("vividness-name").textContent = part("vividness").value;
}

function chooseVariant() {
  const epochs = epochsOf(variants[part("variant").value]);
  part("epoch").max = epochs.length - 1;
  part("epoch").value = epochs.length - 1;
  part("epoch").disabled = epochs.length === 1;
}

function build() {
  fillTexts();
  const best = NETWORKS.find(({ best }) => best) ?? NETWORKS[0];
  part("variant").max = variants.length - 1;
  part("variant").value = variants.indexOf(best.variant);
  part("variant").disabled = variants.length === 1;
  chooseVariant();
  showSettings();
  part("variant").addEventListener("input", () => {
    chooseVariant();
    showSettings();
    colour();
  });
  for (const id of ["epoch", "vividness"]) {
    part(id).addEventListener("input", () => {
      showSettings();
      colour();
    });
  }
  part("divider").addEventListener("input", () => {
    part("cover").style.clipPath = `inset(0 ${100 - part("divider").value}% 0 0)`;
  });
  part("choose").addEventListener("click", () => part("file").click());
  part("file").addEventListener("change", () => {
    if (part("file").files.length) open(part("file").files[0]);
    part("file").value = "";
  });
  part("download").addEventListener("click", download);
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) open(event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) open(event.clipboardData.files[0]);
  });
}

build();
if (document.querySelector("script[data-cached]") && "serviceWorker" in navigator) {
  navigator.serviceWorker.register("service.js").catch(() => {}); // the page works without it
}
