// The small colour onto the photo at full size, along its edges: colorizer/painting.py and guided.py.
// Planes are Float32Arrays of height x width, rows first.

import { greyOf, lightnessOf, writeRgb } from "./lab.js";

const EDGE_VARIANCE = 40;

/**
 * The photo in the colours of `planes`: 8-bit RGBA, opaque.
 *
 * photo: { width, height, data }, 4 bytes a pixel; planes: [a, b] in Lab units, of rows x columns,
 * or [L, a, b] of a picture that was painted whole, which is enlarged as it is; guide: the photo's
 * lightness at that size.
 */
export function paint(photo, planes, rows, columns, guide) {
  const { width, height, data } = photo;
  const guided = planes.length === 2 && (rows < height || columns < width);
  const parts = guided ? linearColour(planes, guide, rows, columns) : planes;
  const wide = parts.map((plane) => enlargeColumns(plane, rows, columns, width));
  const painted = new Uint8ClampedArray(width * height * 4).fill(255);
  const mixed = wide.map(() => new Float32Array(width));
  for (let y = 0, at = 0; y < height; y++) {
    const place = placeOf(y, height, rows);
    wide.forEach((plane, index) => mixRows(plane, width, place, rows, mixed[index]));
    for (let x = 0; x < width; x++, at += 4) {
      if (planes.length === 3) {
        writeRgb(mixed[0][x], mixed[1][x], mixed[2][x], painted, at);
        continue;
      }
      const light = lightnessOf(data[at], data[at + 1], data[at + 2]);
      let a = mixed[0][x];
      let b = mixed[1][x];
      if (guided) {
        a += mixed[2][x] * light;
        b += mixed[3][x] * light;
      }
      writeRgb(light, a, b, painted, at);
    }
  }
  return painted;
}

/** The photo's lightness alone: 8-bit RGBA. */
export function paintGrey({ data }) {
  const painted = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const grey = greyOf(data[at], data[at + 1], data[at + 2]);
    painted[at] = painted[at + 1] = painted[at + 2] = grey;
    painted[at + 3] = 255;
  }
  return painted;
}

/** [offset a, offset b, slope a, slope b]: ab as a linear function of lightness, place by place. */
export function linearColour(planes, guide, rows, columns) {
  const mean = (plane) => boxMean(plane, rows, columns);
  const meanGuide = mean(guide);
  const meanSquare = mean(guide.map((value) => value * value));
  const slopes = planes.map((plane) => {
    const meanPlane = mean(plane);
    const meanProduct = mean(plane.map((value, i) => value * guide[i]));
    const slope = plane.map((_, i) => {
      const variance = meanSquare[i] - meanGuide[i] * meanGuide[i];
      return (meanProduct[i] - meanGuide[i] * meanPlane[i]) / (variance + EDGE_VARIANCE);
    });
    return mean(slope);
  });
  const offsets = planes.map((plane, p) => plane.map((value, i) => value - slopes[p][i] * guide[i]));
  return [...offsets, ...slopes];
}

/** Means over windows of 3 x 3, fewer at the borders. */
function boxMean(plane, rows, columns) {
  const across = new Float32Array(plane.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const first = Math.max(0, x - 1);
      const last = Math.min(columns - 1, x + 1);
      let sum = 0;
      for (let near = first; near <= last; near++) sum += plane[y * columns + near];
      across[y * columns + x] = sum / (last - first + 1);
    }
  }
  const result = new Float32Array(plane.length);
  for (let y = 0; y < rows; y++) {
    const first = Math.max(0, y - 1);
    const last = Math.min(rows - 1, y + 1);
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let near = first; near <= last; near++) sum += across[near * columns + x];
      result[y * columns + x] = sum / (last - first + 1);
    }
  }
  return result;
}

/** Where sample `index` of `size` lies among `source`, as in bilinear interpolation. */
function placeOf(index, size, source) {
  return Math.min(source - 1, Math.max(0, (index + 0.5) * (source / size) - 0.5));
}

function enlargeColumns(plane, rows, columns, width) {
  const result = new Float32Array(rows * width);
  for (let x = 0; x < width; x++) {
    const place = placeOf(x, width, columns);
    const left = Math.floor(place);
    const right = Math.min(left + 1, columns - 1);
    const share = place - left;
    for (let y = 0; y < rows; y++) {
      const from = y * columns;
      result[y * width + x] = plane[from + left] * (1 - share) + plane[from + right] * share;
    }
  }
  return result;
}

function mixRows(plane, width, place, rows, target) {
  const above = Math.floor(place);
  const below = Math.min(above + 1, rows - 1);
  const share = place - above;
  for (let x = 0; x < width; x++) {
    target[x] = plane[above * width + x] * (1 - share) + plane[below * width + x] * share;
  }
}
