// The five colours offered for one spot, the likeliest first: interface/engine's chips and names.

import { labOf, writeRgb } from "./lab.js";

const COUNT = 5;
const APART = 20; // Lab units between two chips, where the lightness leaves room for that
const GREY = 8; // Lab units of chroma; grey has a chip of its own
const BLUR = 10; // Lab units over which neighbouring bins count together
const HUES = [40, 140, 265, 90, 0, 315]; // degrees of the ab plane, where the network names too few
const CHROMA = 40;
const NAMES = [
  [-20, "red"],
  [40, "orange"],
  [72, "yellow"],
  [105, "green"],
  [170, "teal"],
  [215, "blue"],
  [300, "purple"],
];
const DULL = { orange: "brown", yellow: "olive", red: "brown" };
const LIGHT = { red: "pink", purple: "pink" };

/**
 * [{ name, a, b, rgb }]: five colours and grey, each as it looks at this lightness.
 *
 * logits: of the bins at the spot; bins: [[a, b], ...] in Lab units.
 */
export function chipsFor(logits, bins, lightness) {
  const hues = HUES.map((hue) => [
    CHROMA * Math.cos((hue * Math.PI) / 180),
    CHROMA * Math.sin((hue * Math.PI) / 180),
  ]);
  const found = distinct([...likeliest(logits, bins, lightness), ...hues], lightness);
  return [...found, [0, 0]].map(([a, b]) => {
    const rgb = shown(lightness, a, b);
    const [, seenA, seenB] = labOf(...rgb);
    return { name: nameOf(lightness, seenA, seenB), a, b, rgb };
  });
}

/** The 8-bit sRGB of a colour at this lightness. */
export function shown(lightness, a, b) {
  const rgb = [0, 0, 0];
  writeRgb(lightness, a, b, rgb, 0);
  return rgb;
}

function painted(lightness, [a, b]) {
  return labOf(...shown(lightness, a, b)).slice(1);
}

function distance([a, b], [c, d]) {
  return Math.hypot(a - c, b - d);
}

export function likeliest(logits, bins, lightness) {
  const seen = bins.map((bin) => painted(lightness, bin));
  const most = Math.max(...logits);
  const chances = Array.from(logits, (logit) => Math.exp(logit - most));
  const found = seen.map((here) => {
    let sum = 0;
    const mean = [0, 0];
    seen.forEach((there, i) => {
      const weight = Math.exp(-((distance(here, there) / BLUR) ** 2)) * chances[i];
      sum += weight;
      mean[0] += weight * there[0];
      mean[1] += weight * there[1];
    });
    return { sum, mean: mean.map((value) => value / sum), chroma: Math.hypot(...here) };
  });
  return found
    .filter(({ chroma }) => chroma >= GREY)
    .sort((one, other) => other.sum - one.sum)
    .map(({ mean }) => mean);
}

function distinct(colours, lightness) {
  const seen = colours.map((colour) => painted(lightness, colour));
  let apart = Math.min(APART, 0.4 * Math.max(...seen.map((colour) => Math.hypot(...colour))));
  const chosen = [];
  while (chosen.length < COUNT && apart >= 0.5) {
    for (let i = 0; i < seen.length && chosen.length < COUNT; i++) {
      const away = Math.min(...chosen.map((other) => distance(seen[i], seen[other])));
      if (!chosen.includes(i) && away >= apart) chosen.push(i);
    }
    apart /= 2;
  }
  return chosen.map((i) => colours[i]);
}

function nameOf(lightness, a, b) {
  const chroma = Math.hypot(a, b);
  if (chroma < 9) return "grey";
  let degrees = (Math.atan2(b, a) * 180) / Math.PI;
  if (degrees < -20) degrees += 360;
  const [, hue] = NAMES.findLast(([start]) => degrees >= start);
  if (lightness > 65 && hue in LIGHT && chroma < 55) return LIGHT[hue];
  const dull = (chroma < 26 || lightness < 45) && !(hue === "red" && chroma > 30);
  return dull && hue in DULL ? DULL[hue] : hue;
}
