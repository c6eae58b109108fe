// A photo's way through a network: colorizer/prediction.py and photo.py, on ONNX Runtime.

import { labOf } from "./lab.js";
import { resize } from "./resize.js";

/** [height, width] of what a network is fed, in multiples of `stride`; at most 4:1. */
export function inputSize(photo, { size, stride }) {
  const scale = size / Math.min(photo.width, photo.height);
  return [photo.height, photo.width].map((side) =>
    Math.max(stride, roundHalfToEven(Math.min(side * scale, 4 * size) / stride) * stride),
  );
}

/** As Python rounds. */
function roundHalfToEven(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

/** The photo's L in [0, 100] at height x width. */
export function lightnessAt(photo, height, width) {
  const { data } = resize(photo, width, height);
  return Float32Array.from({ length: height * width }, (_, i) => {
    const at = 4 * i;
    return labOf(data[at], data[at + 1], data[at + 2])[0];
  });
}

/**
 * What the network makes of a photo: { planes, rows, columns, logits, looks }.
 *
 * planes: [a, b] in Lab units or, of a network that paints the whole picture, [L, a, b]; logits: of
 * its bins, if it has any; looks: planes of how each cell looks. lightness: of the network's input; hints: see `hintCells`.
 */
export async function predict(ort, session, about, lightness, [height, width], hints = null) {
  const tensor = (data, shape) => new ort.Tensor("float32", Float32Array.from(data), shape);
  const feeds = { lightness: tensor(lightness, [1, 1, height, width]) };
  for (const name of session.inputNames) {
    if (name === "temperature" || name === "gain") feeds[name] = tensor([about[name]], []);
  }
  if (session.inputNames.includes("hints")) {
    feeds.hints = hints
      ? tensor(hints, [1, 3, height / 4, width / 4])
      : tensor([0, 0, 0], [1, 3, 1, 1]);
  }
  const found = await session.run(feeds);
  const { data, dims } = found.ab ?? found.rgb;
  const [rows, columns] = dims.slice(2);
  const area = rows * columns;
  const planes = found.ab ? planesOf(data, area) : labPlanes(data, area, about.gain);
  const looks = found.looks ? planesOf(found.looks.data, area) : [];
  return { planes, rows, columns, logits: found.logits?.data, looks };
}

function planesOf(data, area) {
  return Array.from({ length: data.length / area }, (_, i) => data.slice(i * area, (i + 1) * area));
}

/** Of the sRGB of about [0, 1] that a network has painted. */
function labPlanes(data, area, gain) {
  const planes = [0, 1, 2].map(() => new Float32Array(area));
  const codeAt = (i) => Math.round(Math.min(1, Math.max(0, data[i])) * 255);
  for (let i = 0; i < area; i++) {
    const [light, a, b] = labOf(codeAt(i), codeAt(area + i), codeAt(2 * area + i));
    planes[0][i] = light;
    planes[1][i] = a * gain;
    planes[2][i] = b * gain;
  }
  return planes;
}

/** planes of `factor` times the chroma. */
export function scaleChroma(planes, factor) {
  const light = planes.length - 2;
  return planes.map((plane, i) => (i < light ? plane : plane.map((value) => value * factor)));
}

/**
 * The input of a network that takes hints: a and b in its unit, and 1, in cells of known colour.
 *
 * hints: [{ x, y, a, b }], in pixels of the photo and Lab units. A cell with several gets their mean.
 */
export function hintCells(hints, photo, unit, rows, columns) {
  const cells = new Float32Array(3 * rows * columns);
  const area = rows * columns;
  for (const { x, y, a, b } of hints) {
    const row = Math.floor((y / photo.height) * rows);
    const at = row * columns + Math.floor((x / photo.width) * columns);
    cells[at] += a / unit;
    cells[area + at] += b / unit;
    cells[2 * area + at] += 1;
  }
  for (let at = 0; at < area; at++) {
    const count = Math.max(1, cells[2 * area + at]);
    for (let plane = 0; plane < 3; plane++) cells[plane * area + at] /= count;
  }
  return cells;
}
