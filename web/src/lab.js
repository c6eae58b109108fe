// sRGB and CIE Lab, number for number as colorizer/lab.py does it: the same tables and constants.

const STEPS = 2 ** 18; // of linear light, in the table of codes
const LINE_XYZ = 0.008856;
const LINE_F = Math.cbrt(LINE_XYZ);
const SLOPE = 7.787;
const MIDDLE = STEPS / 2;
const SIDE = MIDDLE + STEPS * 1e-4; // how far from the middle a channel is in the gamut

const RGB_TO_XYZ = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
];
const WHITE = [0.95047, 1, 1.08883];
const RELATIVE = RGB_TO_XYZ.map((row, i) => row.map((value) => value / WHITE[i]));
const FROM_LINEAR = RELATIVE.map((row) => row.map(Math.fround));
const TO_STEPS = inverse(RELATIVE).map((row) =>
  row.map((value) => Math.fround((Math.fround(value) * STEPS) / SLOPE)),
);
const [[RX, RY, RZ], [GX, GY, GZ], [BX, BY, BZ]] = TO_STEPS;

const LINEAR_OF_CODE = Float32Array.from({ length: 256 }, (_, code) => linearOfSrgb(code / 255));
const CODE_OF_STEP = Uint8Array.from({ length: STEPS }, (_, step) =>
  Math.round(srgbOfLinear((step + 0.5) / STEPS) * 255),
);
const [LUMINANCE_OF_RED, LUMINANCE_OF_GREEN, LUMINANCE_OF_BLUE] = RGB_TO_XYZ[1].map((share) =>
  LINEAR_OF_CODE.map((linear) => Math.fround(Math.fround(share) * linear) * (STEPS - 1)),
);
const LIGHTNESS_OF_STEP = Float32Array.from({ length: STEPS }, (_, step) => {
  const y = Math.min(1, (step + 0.5) / (STEPS - 1));
  return y > LINE_XYZ ? 116 * Math.cbrt(y) - 16 : 116 * SLOPE * y;
});

function linearOfSrgb(srgb) {
  return srgb > 0.04045 ? ((srgb + 0.055) / 1.055) ** 2.4 : srgb / 12.92;
}

function srgbOfLinear(linear) {
  return linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear;
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((value) => value / determinant));
}

function luminanceStep(red, green, blue) {
  const sum = Math.fround(LUMINANCE_OF_RED[red] + LUMINANCE_OF_GREEN[green]);
  return Math.fround(sum + LUMINANCE_OF_BLUE[blue]) | 0;
}

/** L in [0, 100] of 8-bit sRGB, by table: for full-size photos. */
export function lightnessOf(red, green, blue) {
  return LIGHTNESS_OF_STEP[luminanceStep(red, green, blue)];
}

/**
 * Paint a row of 8-bit RGBA in colours that are linear functions of its lightness.
 *
 * from, at: where the row starts in data and in target; colours: [offset a, offset b, slope a,
 * slope b], Lab units, a number for each pixel. As `writeRgb` does it, in one piece: of a photo's
 * millions of pixels, each call and each number that is not at hand counts.
 */
export function paintRow(data, from, [offsetA, offsetB, slopeA, slopeB], target, at) {
  const [ofRed, ofGreen, ofBlue] = [LUMINANCE_OF_RED, LUMINANCE_OF_GREEN, LUMINANCE_OF_BLUE];
  const [lightnesses, codes] = [LIGHTNESS_OF_STEP, CODE_OF_STEP];
  const [[rx, ry, rz], [gx, gy, gz], [bx, by, bz]] = TO_STEPS;
  const [low, high, line] = [MIDDLE - SIDE, MIDDLE + SIDE, LINE_F];
  for (let x = 0; x < offsetA.length; x++, from += 4, at += 4) {
    const luminance = Math.fround(ofRed[data[from]] + ofGreen[data[from + 1]]);
    const light = lightnesses[Math.fround(luminance + ofBlue[data[from + 2]]) | 0];
    const a = offsetA[x] + slopeA[x] * light;
    const b = offsetB[x] + slopeB[x] * light;
    const f = (light + 16) / 116;
    const fx = f + a / 500;
    const fz = f - b / 200;
    const curvedX = fx > line ? fx * fx * fx * SLOPE : curve(fx);
    const curvedY = f > line ? f * f * f * SLOPE : curve(f);
    const curvedZ = fz > line ? fz * fz * fz * SLOPE : curve(fz);
    const red = rx * curvedX + ry * curvedY + rz * curvedZ;
    const green = gx * curvedX + gy * curvedY + gz * curvedZ;
    const blue = bx * curvedX + by * curvedY + bz * curvedZ;
    if (red >= low && red <= high && green >= low && green <= high && blue >= low && blue <= high) {
      target[at] = codes[clampStep(red)];
      target[at + 1] = codes[clampStep(green)];
      target[at + 2] = codes[clampStep(blue)];
    } else {
      writeRgb(light, a, b, target, at);
    }
  }
}

/** The code of the grey of the same L. */
export function greyOf(red, green, blue) {
  return CODE_OF_STEP[luminanceStep(red, green, blue)];
}

/** [L, a, b] of 8-bit sRGB, without tables of L: for what the network is fed. */
export function labOf(red, green, blue) {
  const r = LINEAR_OF_CODE[red];
  const g = LINEAR_OF_CODE[green];
  const b = LINEAR_OF_CODE[blue];
  const [x, y, z] = FROM_LINEAR.map((row) => {
    const relative = row[0] * r + row[1] * g + row[2] * b;
    const above = Math.max(relative, LINE_XYZ);
    return Math.cbrt(above) + SLOPE * (relative - above);
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function curve(f) {
  const above = f > LINE_F ? f : LINE_F;
  return f - above + above * above * above * SLOPE;
}

/**
 * Write the 8-bit sRGB of a Lab colour to target[at], target[at + 1] and target[at + 2].
 *
 * A colour outside the gamut loses as much chroma as brings it inside, at its own L and hue.
 */
export function writeRgb(lightness, a, b, target, at) {
  const f = (lightness + 16) / 116;
  const x = curve(f + a / 500);
  const y = curve(f);
  const z = curve(f - b / 200);
  let red = RX * x + RY * y + RZ * z;
  let green = GX * x + GY * y + GZ * z;
  let blue = BX * x + BY * y + BZ * z;
  const high = Math.max(red, green, blue) - (MIDDLE + SIDE);
  const low = -Math.min(red, green, blue) - (SIDE - MIDDLE);
  if (high > 0 || low > 0) [red, green, blue] = shrunk(f, a, b);
  target[at] = CODE_OF_STEP[clampStep(red)];
  target[at + 1] = CODE_OF_STEP[clampStep(green)];
  target[at + 2] = CODE_OF_STEP[clampStep(blue)];
}

function clampStep(step) {
  return step > 0 ? Math.min(step, STEPS - 1) | 0 : 0;
}

/** Linear light of a colour moved towards the grey of its L until it is in the gamut. */
function shrunk(f, a, b) {
  const alongX = a / 500;
  const alongZ = -b / 200;
  const grey = curve(f);
  let chroma = 0.5;
  let change = 0;
  const place = [0, 0, 0];
  const speed = [0, 0, 0];
  for (let turn = 0; turn < 3; turn++) {
    const x = f + alongX * chroma;
    const z = f + alongZ * chroma;
    const aboveX = Math.max(x, LINE_F);
    const aboveZ = Math.max(z, LINE_F);
    const curvedX = x - aboveX + aboveX ** 3 * SLOPE;
    const curvedZ = z - aboveZ + aboveZ ** 3 * SLOPE;
    const speedX = aboveX * aboveX * alongX * 3 * SLOPE;
    const speedZ = aboveZ * aboveZ * alongZ * 3 * SLOPE;
    let worst = -Infinity;
    for (let channel = 0; channel < 3; channel++) {
      const [ofX, ofY, ofZ] = TO_STEPS[channel];
      place[channel] = grey * ofY - MIDDLE + ofX * curvedX + ofZ * curvedZ;
      speed[channel] = ofX * speedX + ofZ * speedZ;
      const beyond = (Math.sign(speed[channel]) * place[channel] - SIDE) / Math.abs(speed[channel]);
      worst = Math.max(worst, beyond);
    }
    change = Math.min(1, Math.max(0, chroma - worst)) - chroma;
    chroma += change;
  }
  return place.map((value, channel) => value + speed[channel] * change + MIDDLE);
}
