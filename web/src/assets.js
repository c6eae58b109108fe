// What the page brings along: inside the file as gzip and base64, or beside it as .gz files.

async function unzipped(stream) {
  return new Response(stream.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

function decoded(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The bytes of an asset, as an ArrayBuffer. */
export async function asset(name) {
  const inside = document.getElementById(`asset-${name}`);
  if (!inside) return unzipped((await fetch(`assets/${name}.gz`)).body);
  const bytes = decoded(inside.textContent.trim());
  inside.remove(); // its text takes as much memory again
  return unzipped(new Blob([bytes]).stream());
}

/** An address of a script among the assets. */
export async function scriptAddress(name) {
  return URL.createObjectURL(new Blob([await asset(name)], { type: "text/javascript" }));
}

/** The networks that the page brings along: [{ name, variant, epoch, size, stride, ... }]. */
export const NETWORKS = JSON.parse(document.getElementById("networks").textContent);
