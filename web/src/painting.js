// The small colour onto the photo at full size, along its edges: colorizer/painting.py and guided.py.
// Planes are Float32Arrays of height x width, rows first.

import { greyOf, paintRow, writeRgb } from "./lab.js";

const EDGE_VARIANCE = 40;

/**
 * The photo in the colours of `planes`: 8-bit RGBA, opaque.
 *
 * photo: { width, height, data }, 4 bytes a pixel; planes: [a, b] in Lab units, of rows x columns,
 * or [L, a, b] of a picture that was painted whole, which is enlarged as it is; guide: the photo's
 * lightness at that size.
 */
export function paint(photo, planes, rows, columns, guide) {
  const colour = colourOf(photo, planes, rows, columns, guide);
  return paintRows(photo.data, colour, 0, photo.height);
}

/** What any rows of a photo are painted with: { parts, rows, columns, width, height }. */
export function colourOf({ width, height }, planes, rows, columns, guide) {
  const guided = rows < height || columns < width;
  let parts = planes;
  if (planes.length === 2 && guided) parts = linearColour(planes, guide, rows, columns);
  else if (planes.length === 2) parts = [...planes, ...planes.map((plane) => plane.map(() => 0))];
  return { parts, rows, columns, width, height };
}

/** 8-bit RGBA of the rows from top to bottom, which is not among them; data: of these rows alone. */
export function paintRows(data, { parts, rows, columns, width, height }, top, bottom) {
  const wide = parts.map((plane) => enlargeColumns(plane, rows, columns, width));
  const painted = new Uint8ClampedArray(width * (bottom - top) * 4).fill(255);
  const mixed = wide.map(() => new Float32Array(width));
  for (let y = top, at = 0; y < bottom; y++, at += 4 * width) {
    const place = placeOf(y, height, rows);
    wide.forEach((plane, index) => mixRows(plane, width, place, rows, mixed[index]));
    if (parts.length === 4) paintRow(data, at, mixed, painted, at);
    else mixed[0].forEach((light, x) => writeRgb(light, mixed[1][x], mixed[2][x], painted, at + 4 * x));
  }
  return painted;
}

/** The lightness alone: 8-bit RGBA of 8-bit RGBA. */
export function paintGrey(data) {
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
