// Prints what the port computes from numbers that Python has written: see tests/test_web_page.py.
// node compare.mjs FOLDER: cases.json names raw files of the folder; results go beside them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labOf } from "../src/lab.js";
import { inputSize, lightnessAt } from "../src/network.js";
import { linearColour, paint, paintGrey } from "../src/painting.js";
import { follow } from "../src/propagate.js";
import { resize } from "../src/resize.js";

const folder = process.argv[2];
const read = (name) => new Uint8Array(readFileSync(join(folder, name)));
const floats = (name) => new Float32Array(read(name).buffer);
const write = (name, data) => writeFileSync(join(folder, name), new Uint8Array(data.buffer));

for (const { name, width, height, size, stride, rows, columns, hints, threshold } of JSON.parse(read0("cases.json"))) {
  const photo = { width, height, data: read(`${name}.rgba`) };
  const [high, wide] = inputSize(photo, { size, stride });
  const guide = floats(`${name}.guide`);
  const ab = floats(`${name}.ab`);
  const area = rows * columns;
  const planes = Array.from({ length: ab.length / area }, (_, i) => ab.slice(i * area, (i + 1) * area));
  write(`${name}.small`, resize(photo, wide, high).data);
  write(`${name}.lightness`, lightnessAt(photo, high, wide));
  write(`${name}.grey`, paintGrey(photo.data));
  if (planes.length === 2) {
    write(`${name}.linear`, Float32Array.from(linearColour(planes, guide, rows, columns).flatMap((p) => [...p])));
  }
  if (hints.length) {
    const looks = floats(`${name}.looks`);
    const parts = Array.from({ length: looks.length / area }, (_, i) => looks.slice(i * area, (i + 1) * area));
    const [a, b] = follow(planes, guide, parts, { rows, columns }, photo, hints, threshold);
    write(`${name}.followed`, Float32Array.from([...a, ...b]));
  }
  write(`${name}.painted`, paint(photo, planes, rows, columns, guide));
  write(`${name}.lab`, Float32Array.from(photo.data.slice(0, 4000).reduce(labs, [])));
}

function read0(name) {
  return readFileSync(join(folder, name), "utf8");
}

function labs(found, _, i, data) {
  return i % 4 ? found : [...found, ...labOf(data[i], data[i + 1], data[i + 2])];
}
