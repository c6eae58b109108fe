// Texts for a PNG file, as colorizer/writing.py writes it.

const HEAD = 33; // bytes of the signature and the first chunk

/** A PNG with these texts after its header: a description in ASCII, and a packet of XMP. */
export function withTexts(png, description, packet) {
  const chunks = [
    chunkOf(`tEXtDescription\0${description}`),
    chunkOf(`iTXtXML:com.adobe.xmp\0\0\0\0\0${packet}`),
  ];
  return new Blob([png.subarray(0, HEAD), ...chunks, png.subarray(HEAD)], { type: "image/png" });
}

/** content: the chunk's type and what it holds. */
function chunkOf(content) {
  const data = new TextEncoder().encode(content);
  const chunk = new Uint8Array(data.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length - 4);
  chunk.set(data, 4);
  view.setUint32(data.length + 4, crc32(data));
  return chunk;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
