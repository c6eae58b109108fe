// Carries hints to all that looks alike, lies near and is joined: colorizer/propagate.py and
// affinity.py. Grids are rows x columns, rows first.

import { lightnessOf } from "./lab.js";
import { linearColour } from "./painting.js";

const DISTANCES = { features: 1.8, colour: 20, lightness: 21, place: 1.8, path: 100, here: 0.06 };
const FURTHER = 1.5; // factor on a learnt threshold, for a colour that goes everywhere alike
const KERNEL = { deviation: 15, noise: 0.01, strength: 2, cast: 9, typical: 18, steepness: 4 };
const REACHES = [1, 1.4, 2, 2.8];
const SWEEPS = 3;

/**
 * [a, b] that meets the hints, and elsewhere stays as it was, shifted as far as they shift it.
 *
 * planes: [a, b] in Lab units, of the network; guide: the photo's lightness at that size; looks:
 * planes of what the network sees, the last of them lightness, or none; hints: [{ x, y, a, b, reach }],
 * reach being here, thing or alike;
 * threshold: of a network that has learnt which cells have one colour, whose looks are its
 * embedding: the squared distance at which that is as likely as not.
 */
export function follow(planes, guide, looks, grid, photo, hints, threshold = null) {
  const spots = hints.map(({ x, y, reach }) => ({ ...spotAt(x, y, photo, grid), reach }));
  const features = threshold === null ? looks.slice(0, -1) : looks;
  const cells = described(planes, guide, features);
  const alike = spots.map((spot) => affinity(spot, cells, guide, grid));
  if (threshold === null) return regress(planes, guide, alike, grid, spots, hints);
  const near = spots.map((spot) => learntAffinity(spot, looks, grid, threshold));
  const attended = attend(planes, near, hints);
  const regressed = regress(attended, guide, alike, grid, spots, hints);
  const most = near[0].map((_, cell) => Math.max(...near.map((plane) => plane[cell])));
  return attended.map((plane, axis) =>
    plane.map((value, cell) => value + most[cell] * (regressed[axis][cell] - value)),
  );
}

/** The probability that a spot and each cell have one colour. */
function learntAffinity(spot, embedding, grid, threshold) {
  const middle = spot.reach === "alike" ? FURTHER * threshold : threshold;
  const near = squares(spot, embedding, grid).map((apart) => 1 / (1 + Math.exp(apart - middle)));
  if (spot.reach !== "here") return near;
  const far = squares(spot, places(grid, DISTANCES.here), grid);
  return near.map((value, cell) => value * Math.exp(-far[cell]));
}

/** planes of which each cell has taken the hints' colours, as far as they are likely to be its own. */
function attend(planes, near, hints) {
  const odds = near.map((plane) => plane.map((value) => value / Math.max(1e-4, 1 - value)));
  return planes.map((plane, axis) =>
    plane.map((own, cell) => {
      let [sum, total] = [own, 1];
      hints.forEach(({ a, b }, i) => {
        sum += odds[i][cell] * [a, b][axis];
        total += odds[i][cell];
      });
      return sum / total;
    }),
  );
}

/** planes moved by the mean of the process; near: what each hint has in common with all cells. */
function regress(planes, guide, near, grid, spots, hints) {
  // A single hint says nothing about how far its colour reaches.
  const reaches = hints.length > 1 ? REACHES : REACHES.slice(0, 1);
  const said = painted(planes, guide, grid, spots);
  const fits = reaches.map((reach) => {
    // A person has said how far it is for those that are not about a thing.
    const shared = near.map((plane, i) =>
      spots[i].reach === "thing" ? plane.map((value) => value ** (1 / reach ** 2)) : plane,
    );
    const inCommon = painted(shared, guide, grid, spots);
    return { ...fit(said, hints, inCommon), shared, reach };
  });
  // Of two that are as likely, the shorter.
  const score = ({ likelihood, reach }) => likelihood - Math.log(reach);
  const best = fits.reduce((one, other) => (score(other) > score(one) ? other : one));
  return planes.map((plane, axis) => moved(plane, axis, best));
}

function moved(plane, axis, { strength, cast, left, weights, shared }) {
  const asked = left.map((row) => row[axis]);
  // Between hints that disagree the process overshoots: nothing moves further than asked.
  const least = Math.min(0, ...asked);
  const most = Math.max(0, ...asked);
  return plane.map((value, cell) => {
    let shift = 0;
    for (let hint = 0; hint < shared.length; hint++) shift += shared[hint][cell] * weights[hint][axis];
    return value * strength + cast[axis] + Math.min(most, Math.max(least, shift));
  });
}

/** Where a place lies on the grid, between which cells, and the photo's lightness there. */
function spotAt(x, y, photo, { rows, columns }) {
  const at = 4 * (Math.floor(y) * photo.width + Math.floor(x));
  const inside = (place, size) => Math.min(size - 1, Math.max(0, place * size - 0.5));
  return {
    column: inside(x / photo.width, columns),
    row: inside(y / photo.height, rows),
    light: lightnessOf(photo.data[at], photo.data[at + 1], photo.data[at + 2]),
  };
}

/** A plane at a spot, bilinearly. */
function sample(plane, { row, column }, { rows, columns }) {
  const top = Math.floor(row);
  const left = Math.floor(column);
  const bottom = Math.min(rows - 1, top + 1);
  const right = Math.min(columns - 1, left + 1);
  const mix = (y) =>
    plane[y * columns + left] * (1 - column + left) + plane[y * columns + right] * (column - left);
  return mix(top) * (1 - row + top) + mix(bottom) * (row - top);
}

/** What cells are compared by, in units of the distances at which they have exp(-1) in common. */
function described(planes, guide, features) {
  return [
    ...planes.map((plane) => plane.map((value) => value / DISTANCES.colour)),
    guide.map((value) => value / DISTANCES.lightness),
    ...features.map((plane) => plane.map((value) => value / DISTANCES.features)),
  ];
}

/** Rows and columns of the cells, in units of `unit` short sides. */
function places({ rows, columns }, unit) {
  const step = 1 / (Math.min(rows, columns) * unit);
  const each = (value) => Float32Array.from({ length: rows * columns }, (_, cell) => value(cell));
  return [each((cell) => Math.floor(cell / columns) * step), each((cell) => (cell % columns) * step)];
}

/** What a spot has in common with every cell, in (0, 1]. */
function affinity(spot, cells, guide, grid) {
  const unlike = squares(spot, cells, grid);
  if (spot.reach === "alike") return unlike.map((apart) => Math.exp(-apart));
  const far = squares(spot, places(grid, DISTANCES.place), grid);
  const nearness = spot.reach === "here" ? 1 + (DISTANCES.place / DISTANCES.here) ** 2 : 1;
  return paths(guide, spot, grid).map((length, cell) =>
    Math.exp(-unlike[cell] - nearness * far[cell] - length / DISTANCES.path),
  );
}

/** The squared distances of all cells from a spot. */
function squares(spot, cells, grid) {
  const apart = new Float32Array(cells[0].length);
  for (const plane of cells) {
    const here = sample(plane, spot, grid);
    for (let cell = 0; cell < apart.length; cell++) apart[cell] += (plane[cell] - here) ** 2;
  }
  return apart;
}

/** How far lightness goes up and down on the way from a spot to each cell where it does so least. */
function paths(guide, { row, column, light }, { rows, columns }) {
  const length = new Float32Array(rows * columns).fill(1e6);
  for (const y of [Math.floor(row), Math.ceil(row)]) {
    for (const x of [Math.floor(column), Math.ceil(column)]) {
      const cell = y * columns + x;
      length[cell] = Math.abs(guide[cell] - light);
    }
  }
  for (let turn = 0; turn < SWEEPS; turn++) {
    for (let y = 0; y < rows; y++) sweep(length, guide, y * columns, 1, columns);
    for (let x = 0; x < columns; x++) sweep(length, guide, x, columns, rows);
  }
  return length;
}

/** Shorten the ways to the cells of one line by those that come along it from either side. */
function sweep(length, guide, first, step, count) {
  const last = first + step * (count - 1);
  for (const [from, way] of [[first, step], [last, -step]]) {
    for (let i = 1, cell = from + way; i < count; i++, cell += way) {
      const before = cell - way;
      const along = length[before] + Math.abs(guide[cell] - guide[before]);
      if (along < length[cell]) length[cell] = along;
    }
  }
}

/** [spot][plane]: planes at the spots, after painting along the photo's edges. */
function painted(planes, guide, grid, spots) {
  const parts = linearColour(planes, guide, grid.rows, grid.columns);
  return spots.map((spot) =>
    planes.map((_, p) => {
      const [offset, slope] = [parts[p], parts[planes.length + p]];
      return sample(offset, spot, grid) + sample(slope, spot, grid) * spot.light;
    }),
  );
}

/** The hints explained: a factor and a cast for all of the photo, and what is left to the field. */
function fit(said, hints, inCommon) {
  const count = hints.length;
  const wanted = hints.map(({ a, b }) => [a, b]);
  const common = inCommon.map((row, i) => row.map((value, j) => value + KERNEL.noise * (i === j)));
  const { strength, cast } = asAWhole(said, wanted, common, hints.map(({ reach }) => reach));
  const left = wanted.map((colour, i) =>
    colour.map((value, axis) => value - said[i][axis] * strength - cast[axis]),
  );
  const { solution: weights, logDeterminant } = solve(common, left);
  let explained = 0;
  for (let i = 0; i < count; i++) explained += left[i][0] * weights[i][0] + left[i][1] * weights[i][1];
  const likelihood = -explained / (2 * KERNEL.deviation ** 2) - logDeterminant;
  return { strength, cast, left, weights, likelihood };
}

/** The factor and the cast, posterior means of a Bayesian linear regression. */
function asAWhole(said, wanted, common, reaches) {
  const count = said.length;
  const { strength, cast, typical, steepness, deviation } = KERNEL;
  const prior = [strength ** 2, cast ** 2, cast ** 2];
  const index = Array.from({ length: 2 * count }, (_, i) => [i % count, Math.floor(i / count)]);
  const regressors = index.map(([i, axis]) => [said[i][axis], axis === 0 ? 1 : 0, axis]);
  const left = index.map(([i, axis]) => {
    const [a, b] = [0, 1].map((k) => wanted[i][k] - said[i][k]);
    const says = reaches[i] === "here" ? 0 : 1; // one for its own place says nothing of the photo
    return [says * [a, b][axis] * Math.exp(-((Math.hypot(a, b) / typical) ** steepness))];
  });
  const matrix = index.map(([i, axis], p) =>
    index.map(([j, other], q) => {
      const field = axis === other ? deviation ** 2 * common[i][j] : 0;
      return prior.reduce((sum, value, k) => sum + value * regressors[p][k] * regressors[q][k], field);
    }),
  );
  const { solution: errors } = solve(matrix, left);
  const found = prior.map(
    (value, k) => value * errors.reduce((sum, [error], p) => sum + error * regressors[p][k], 0),
  );
  return { strength: 1 + Math.max(-1, found[0]), cast: found.slice(1) };
}

/** matrix x = right by Gaussian elimination, and the logarithm of |det matrix|. */
function solve(matrix, right) {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...right[i]]);
  let logDeterminant = 0;
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row++) {
      if (Math.abs(rows[row][pivot]) > Math.abs(rows[best][pivot])) best = row;
    }
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    logDeterminant += Math.log(Math.abs(rows[pivot][pivot]));
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = rows[row][pivot] / rows[pivot][pivot];
      for (let k = pivot; k < rows[row].length; k++) rows[row][k] -= factor * rows[pivot][k];
    }
  }
  const solution = rows.map((row, i) => row.slice(size).map((value) => value / row[i]));
  return { solution, logDeterminant };
}
