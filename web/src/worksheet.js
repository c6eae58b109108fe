// The work sheet, how a picture was made, as colorizer/worksheet.py writes it: docs/worksheet.md.

const SOURCE_TYPE =
  "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";
const SPACES = {
  xmp: "http://ns.adobe.com/xap/1.0/",
  Iptc4xmpExt: "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
  colorizer: "urn:colorizer:1.0:",
};

/** The sheet. photo: { width, height, sha256 }; about: the network; hints: [{ x, y, a, b, reach }]. */
export function sheetOf(note, photo, about, vividness, hints) {
  const { variant, epoch, sha256, version, temperature } = about;
  const settings = { samples: 1, seed: 0, vividness, threads: 1 };
  if (about.bins.length) settings.temperature = temperature;
  const { width, height } = photo;
  const spots = hints.map(({ x, y, a, b, reach }) => {
    const spot = { x, y, ab: [a, b] };
    return reach === "thing" ? spot : { ...spot, reach };
  });
  return {
    format: "colorizer-worksheet-1",
    note,
    tool: "Colorizer",
    version,
    checkpoint: { variant, epoch, sha256 },
    settings,
    hints: hints.length ? { size: [width, height], hints: spots } : null,
    original: { sha256: photo.sha256, width, height, page: 1, pages: 1 },
  };
}

/** A packet of XMP with the sheet, and with what says that the picture is synthetic. */
export function packetOf(sheet) {
  const properties = {
    "xmp:CreatorTool": `Colorizer ${sheet.version}`,
    "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE,
    "Iptc4xmpExt:AISystemUsed": "Colorizer",
    "Iptc4xmpExt:AISystemVersionUsed": sheet.version,
    "colorizer:sheet": JSON.stringify(sheet),
  };
  const spaces = Object.entries(SPACES).map(([name, space]) => `xmlns:${name}="${space}"`);
  const elements = Object.entries(properties).map(
    ([name, text]) => `<${name}>${escaped(text)}</${name}>`,
  );
  return (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>' +
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    `<rdf:Description rdf:about="" ${spaces.join(" ")}>${elements.join("")}</rdf:Description>` +
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
  );
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** In hex; null on a host without https, where browsers compute none. */
export async function sha256Of(file) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
