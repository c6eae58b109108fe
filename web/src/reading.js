// From a file to 8-bit sRGB, upright, transparency on white; limits as in colorizer/reading.py.

const MAX_BYTES = 200e6;
const MAX_PIXELS = 64e6;
const MAX_ASPECT = 20;
const MIN_SIDE = 8;
const UNREADABLE = { heic: "HEIC", heix: "HEIC", mif1: "HEIC", avif: "AVIF" };

/** A file that cannot be used. key, values: of the sentence in the page's texts. */
export class PhotoError extends Error {
  constructor(key, values = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

/** { width, height, data }, 4 bytes a pixel. Throws PhotoError. */
export async function readPhoto(file) {
  if (file.size > MAX_BYTES) {
    const size = Math.ceil(file.size / 1e6);
    throw new PhotoError("file_too_large", { size, limit: MAX_BYTES / 1e6 });
  }
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw await reasonFor(file);
  }
  const { width, height } = bitmap;
  checkSize(width, height);
  try {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } catch {
    throw new PhotoError("out_of_memory");
  }
}

function checkSize(width, height) {
  if (width * height > MAX_PIXELS) {
    const count = Math.ceil((width * height) / 1e6);
    throw new PhotoError("too_many_megapixels", { count, limit: MAX_PIXELS / 1e6 });
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw new PhotoError("picture_too_small", { width, height, limit: MIN_SIDE });
  }
  if (Math.max(width, height) > MAX_ASPECT * Math.min(width, height)) {
    throw new PhotoError("picture_too_long", { limit: MAX_ASPECT });
  }
}

/** Why the browser could not decode a file, from its first bytes. */
async function reasonFor(file) {
  let head;
  try {
    head = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  } catch {
    return new PhotoError("not_readable");
  }
  const brand = head.slice(4, 8) === "ftyp" && UNREADABLE[head.slice(8, 12)];
  const kind = brand || (/^(II\*\0|MM\0\*)/.test(head) && "TIFF");
  if (kind) return new PhotoError("kind_not_read", { kind });
  const known = /^(\xff\xd8\xff|\x89PNG|GIF8|BM|RIFF....WEBP)/s.test(head);
  return new PhotoError(known ? "picture_damaged_or_rare" : "no_picture_for_browser");
}
