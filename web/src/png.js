// A description for a PNG file, as colorizer/writing.py writes it.

const HEAD = 33; // bytes of the signature and the first chunk

/** The bytes of a PNG with a text chunk of this keyword and ASCII text after its header. */
export function withText(png, keyword, text) {
  const data = new TextEncoder().encode(`tEXt${keyword}\0${text}`);
  const chunk = new Uint8Array(data.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length - 4);
  chunk.set(data, 4);
  view.setUint32(data.length + 4, crc32(data));
  return new Blob([png.subarray(0, HEAD), chunk, png.subarray(HEAD)], { type: "image/png" });
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
