// Reads, colours and paints photos off the page's own thread. Messages: { id, kind, ... }, answered
// by { id, ... } or { id, error: { key, values } }.

import { chipsFor } from "./chips.js";
import { lightnessOf } from "./lab.js";
import { hintCells, inputSize, lightnessAt, predict, scaleChroma } from "./network.js";
import { Painters, paintFor } from "./painters.js";
import { colourOf } from "./painting.js";
import { follow } from "./propagate.js";
import { withTexts } from "./png.js";
import { readPhoto } from "./reading.js";
import { packetOf, sha256Of, sheetOf } from "./worksheet.js";

const OPTIONS = { logSeverityLevel: 3 }; // it would warn of inputs that have a default
const SHOWN = 2000; // pixels of the longer side of what the page shows

let ort;
let painters;
let photo;
let painted;
let made; // [about, vividness, hints] of what is painted
let latest; // { key, found, about }: what a network made of the photo
const sessions = new Map();

const answers = {
  async serve({ port }) {
    paintFor(port);
    return {};
  },

  async start({ module, wasm, ports }) {
    painters = new Painters(ports);
    // Made here: a page opened from a disk has an origin of its own, and its workers have others.
    ort = await import(URL.createObjectURL(new Blob([module], { type: "text/javascript" })));
    ort.env.wasm.wasmBinary = wasm;
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    return {};
  },

  async load({ name, model }) {
    sessions.set(name, await ort.InferenceSession.create(new Uint8Array(model), OPTIONS));
    return {};
  },

  async open({ file }) {
    const opened = await readPhoto(file);
    photo = { ...opened, sha256: await sha256Of(file) };
    painted = latest = null;
    const { width, height } = photo;
    const original = await shownBitmap(photo.data);
    const grey = await shownBitmap(await painters.open(photo));
    return { width, height, original, grey };
  },

  async colour({ about, vividness, hints }) {
    const key = JSON.stringify([about.name, hints]);
    if (latest?.key !== key) latest = { key, about, found: await predicted(about, hints) };
    const { planes, rows, columns, guide } = latest.found;
    const colour = colourOf(photo, scaleChroma(planes, vividness / 100), rows, columns, guide);
    painted = await painters.paint(colour);
    made = [about, vividness, hints];
    return { picture: await shownBitmap(painted) };
  },

  async chips({ x, y }) {
    const { found, about } = latest;
    const { rows, columns, logits } = found;
    const at = 4 * (Math.floor(y) * photo.width + Math.floor(x));
    const lightness = lightnessOf(...photo.data.subarray(at, at + 3));
    const cell =
      Math.floor((y / photo.height) * rows) * columns + Math.floor((x / photo.width) * columns);
    // A network without bins names one colour.
    const bins = logits ? about.bins : [found.planes.slice(-2).map((plane) => plane[cell])];
    const scores = bins.map((_, bin) => (logits ? logits[bin * rows * columns + cell] : 0));
    return { chips: chipsFor(scores, bins, lightness) };
  },

  async png({ note }) {
    const canvas = new OffscreenCanvas(photo.width, photo.height);
    const context = canvas.getContext("2d", { alpha: false });
    context.putImageData(new ImageData(painted, photo.width, photo.height), 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const packet = packetOf(sheetOf(note, photo, ...made));
    return { file: withTexts(new Uint8Array(await blob.arrayBuffer()), note, packet) };
  },
};

async function predicted(about, hints) {
  const size = inputSize(photo, about);
  const [rows, columns] = size.map((side) => side / 4);
  const takes = hints.length && about.takesHints;
  const cells = takes ? hintCells(hints, photo, about.hintUnit, rows, columns) : null;
  const lightness = lightnessAt(photo, ...size);
  const found = await predict(ort, sessions.get(about.name), about, lightness, size, cells);
  const guide = lightnessAt(photo, found.rows, found.columns);
  if (!hints.length) return { ...found, guide };
  const ab = follow(found.planes.slice(-2), guide, found.looks, found, photo, hints, about.threshold);
  return { ...found, planes: [...found.planes.slice(0, -2), ...ab], guide };
}

function shownBitmap(data) {
  const { width, height } = photo;
  const share = Math.min(1, SHOWN / Math.max(width, height));
  const options = share < 1 && {
    resizeWidth: Math.max(1, Math.round(width * share)),
    resizeHeight: Math.max(1, Math.round(height * share)),
    resizeQuality: "high",
  };
  const pixels = new ImageData(new Uint8ClampedArray(data.buffer), width, height);
  return options ? createImageBitmap(pixels, options) : createImageBitmap(pixels);
}

// One after the other: none may change the photo while another waits for its colours.
let last = Promise.resolve();
onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};

async function answer({ id, kind, ...details }) {
  try {
    postMessage({ id, ...(await answers[kind](details)) });
  } catch (error) {
    const known = error.key && { key: error.key, values: error.values };
    const memory = error instanceof RangeError && { key: "out_of_memory", values: {} };
    const other = { key: "not_coloured", values: { reason: String(error.message ?? error) } };
    postMessage({ id, error: known || memory || other });
  }
}
