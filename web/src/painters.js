// Several workers paint one photo, a band of rows each.

import { paintGrey, paintRows } from "./painting.js";

/** What a worker does that only paints: it answers the messages of this port. */
export function paintFor(port) {
  let band;
  port.onmessage = ({ data: { rows, colour } }) => {
    try {
      if (rows) band = rows;
      const { data, top, bottom } = band;
      const painted = colour ? paintRows(data, colour, top, bottom) : paintGrey(data);
      port.postMessage({ painted }, [painted.buffer]);
    } catch (error) {
      port.postMessage({ error });
    }
  };
}

/** Paints with this worker and those at the other ends of the ports. */
export class Painters {
  constructor(ports) {
    this.ports = ports;
  }

  /** Share a photo out, and return it in grey: 8-bit RGBA. */
  open({ width, height, data }) {
    const count = this.ports.length + 1;
    const tops = Array.from({ length: count + 1 }, (_, i) => Math.round((i * height) / count));
    this.bands = tops.slice(1).map((bottom, i) => {
      const rows = data.subarray(4 * width * tops[i], 4 * width * bottom);
      return { top: tops[i], bottom, data: rows };
    });
    this.length = data.length;
    // A copy: what is sent would take the whole photo along.
    const copy = (band) => ({ rows: { ...band, data: band.data.slice() } });
    return this.#together(copy, (own) => paintGrey(own.data));
  }

  /** The photo in colour; colour: of `colourOf`. */
  paint(colour) {
    const paintBand = (own) => paintRows(own.data, colour, own.top, own.bottom);
    return this.#together(() => ({ colour }), paintBand);
  }

  async #together(messageFor, work) {
    const others = this.ports.map((port, i) => answerOf(port, messageFor(this.bands[i])));
    const own = work(this.bands.at(-1));
    const parts = [...(await Promise.all(others)), own];
    if (parts.length === 1) return own;
    const painted = new Uint8ClampedArray(this.length);
    let at = 0;
    for (const part of parts) {
      painted.set(part, at);
      at += part.length;
    }
    return painted;
  }
}

function answerOf(port, message) {
  return new Promise((resolve, reject) => {
    port.onmessage = ({ data: { painted, error } }) => (error ? reject(error) : resolve(painted));
    port.postMessage(message, message.rows ? [message.rows.data.buffer] : []);
  });
}
