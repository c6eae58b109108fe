// Pillow's bicubic resize with reducing_gap=3, to the bit: src/libImaging/Resample.c and Reduce.c.
// Pictures are { width, height, data }, data of 4 bytes a pixel, of which the fourth is ignored.

const BITS = 22; // of a coefficient's fraction
const GAP = 3;

/** A picture resampled to width x height, antialiased. */
export function resize(picture, width, height) {
  if (picture.width === width && picture.height === height) return picture;
  const across = Math.floor(picture.width / width / GAP) || 1;
  const down = Math.floor(picture.height / height / GAP) || 1;
  const right = picture.width / across;
  const bottom = picture.height / down;
  const small = across > 1 || down > 1 ? reduce(picture, across, down) : picture;
  return resample(small, right, bottom, width, height);
}

function resample(picture, right, bottom, width, height) {
  let result = picture;
  if (width !== picture.width || right !== picture.width) {
    result = resampleSide(result, coefficients(picture.width, right, width), false);
  }
  if (height !== picture.height || bottom !== picture.height) {
    result = resampleSide(result, coefficients(picture.height, bottom, height), true);
  }
  return result;
}

function bicubic(x) {
  const a = -0.5;
  x = Math.abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** For each of `size` samples: where its window starts, and the weight of each source in it. */
function coefficients(source, end, size) {
  const scale = end / size;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  return Array.from({ length: size }, (_, sample) => {
    const centre = (sample + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const stop = Math.min(source, Math.trunc(centre + support + 0.5));
    const weights = [];
    for (let x = start; x < stop; x++) weights.push(bicubic((x - centre + 0.5) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const whole = weights.map((weight) => {
      const scaled = (weight / sum) * 2 ** BITS;
      return Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    });
    return { start, weights: Int32Array.from(whole) };
  });
}

function clip(sum) {
  const value = sum >> BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Along the rows, or down the columns; windows: of each pixel along that side of the result. */
function resampleSide({ width, height, data }, windows, down) {
  const [columns, rows] = down ? [width, windows.length] : [windows.length, height];
  const step = down ? 4 * width : 4;
  const result = new Uint8ClampedArray(columns * rows * 4);
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at += 4) {
      const { start, weights } = windows[down ? y : x];
      let red = 1 << (BITS - 1);
      let green = red;
      let blue = red;
      let from = (down ? start * width + x : y * width + start) * 4;
      for (let i = 0; i < weights.length; i++, from += step) {
        red += data[from] * weights[i];
        green += data[from + 1] * weights[i];
        blue += data[from + 2] * weights[i];
      }
      result[at] = clip(red);
      result[at + 1] = clip(green);
      result[at + 2] = clip(blue);
      result[at + 3] = 255;
    }
  }
  return { width: columns, height: rows, data: result };
}

/** Means of blocks of across x down pixels, of fewer at the right and lower edge. */
function reduce({ width, height, data }, across, down) {
  const columns = Math.ceil(width / across);
  const rows = Math.ceil(height / down);
  const result = new Uint8ClampedArray(columns * rows * 4);
  for (let row = 0, at = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * down);
    for (let column = 0; column < columns; column++, at += 4) {
      const right = Math.min(width, (column + 1) * across);
      const count = (right - column * across) * (bottom - row * down);
      const multiplier = Math.floor(2 ** 24 / count);
      let red = count >> 1;
      let green = red;
      let blue = red;
      for (let y = row * down; y < bottom; y++) {
        for (let x = column * across, from = (y * width + x) * 4; x < right; x++, from += 4) {
          red += data[from];
          green += data[from + 1];
          blue += data[from + 2];
        }
      }
      result[at] = Math.floor((red * multiplier) / 2 ** 24);
      result[at + 1] = Math.floor((green * multiplier) / 2 ** 24);
      result[at + 2] = Math.floor((blue * multiplier) / 2 ** 24);
      result[at + 3] = 255;
    }
  }
  return { width: columns, height: rows, data: result };
}
