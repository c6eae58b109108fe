// Colours by hand: a click on the colorized picture offers five likely ones for that spot.

import { shown } from "./chips.js";
import { labOf } from "./lab.js";
import { tell } from "./texts.js";

const LIMIT = 200;
const STEP = 2; // per cent of the picture that an arrow key moves

const part = (id) => document.getElementById(id);

function chosenReach() {
  return part("reaches").querySelector(":checked").value;
}

export class Hints {
  /** ask(x, y): the chips of a spot, in pixels of the photo; changed(): the picture is out of date. */
  constructor(ask, changed) {
    this.ask = ask;
    this.changed = changed;
    this.list = []; // { x, y, a, b, reach }, in pixels of the photo and Lab units
    this.size = [1, 1];
    this.spot = null;
    this.cross = [50, 50]; // per cent
    part("cross").addEventListener("click", (event) => this.#click(event));
    part("cross").addEventListener("keydown", (event) => this.#moveCross(event));
    part("undo").addEventListener("click", () => this.#set(this.list.slice(0, -1)));
    part("clear").addEventListener("click", () => this.#set([]));
    part("chip-close").addEventListener("click", () => part("chips").close());
    part("chip-remove").addEventListener("click", () => this.#remove(this.spot.index));
    part("reaches").addEventListener("change", () => {
      const { index } = this.spot;
      if (index === null) return;
      this.#set(this.list.with(index, { ...this.list[index], reach: chosenReach() }));
    });
    part("own").addEventListener("change", () => {
      const code = part("own").value;
      const [, a, b] = labOf(...[1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16)));
      this.#choose(a, b);
    });
  }

  /** Forget all hints, for a photo of this size. */
  reset(width, height) {
    this.size = [width, height];
    this.list = [];
    part("cross").disabled = false;
    this.#draw();
  }

  #click(event) {
    const box = part("cross").getBoundingClientRect();
    // Enter and Space click at no place.
    const fromKeys = event.detail === 0;
    const across = fromKeys ? this.cross[0] / 100 : (event.clientX - box.left) / box.width;
    const down = fromKeys ? this.cross[1] / 100 : (event.clientY - box.top) / box.height;
    const inside = (share, size) => Math.min(size - 1, Math.max(0, share * size));
    this.#open(inside(across, this.size[0]), inside(down, this.size[1]), null);
  }

  #moveCross(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!ways[event.key]) return;
    event.preventDefault();
    this.cross = this.cross.map((place, axis) =>
      Math.min(99.9, Math.max(0, place + STEP * ways[event.key][axis])),
    );
    part("cross").style.setProperty("--x", this.cross[0]);
    part("cross").style.setProperty("--y", this.cross[1]);
  }

  async #open(x, y, index) {
    if (index === null && this.list.length >= LIMIT) return;
    this.spot = { x, y, index };
    const chips = await this.ask(x, y);
    part("chip-list").replaceChildren(
      ...chips.map(({ name, a, b, rgb }) => {
        const button = document.createElement("button");
        button.type = "button";
        button.style.background = `rgb(${rgb})`;
        button.title = tell(`colour_${name}`);
        button.setAttribute("aria-label", tell(`colour_${name}`));
        button.addEventListener("click", () => this.#choose(a, b));
        return button;
      }),
    );
    part("chip-remove").hidden = index === null;
    const reach = index === null ? "thing" : this.list[index].reach;
    part("reaches").querySelector(`[value=${reach}]`).checked = true;
    part("chips").showModal();
  }

  #choose(a, b) {
    const { x, y, index } = this.spot;
    const hint = { x, y, a, b, reach: chosenReach() };
    part("chips").close();
    this.#set(index === null ? [...this.list, hint] : this.list.with(index, hint));
  }

  #remove(index) {
    part("chips").close();
    this.#set(this.list.toSpliced(index, 1));
  }

  #set(list) {
    this.list = list;
    this.#draw();
    this.changed();
  }

  #draw() {
    for (const id of ["undo", "clear"]) part(id).hidden = !this.list.length;
    part("rings").replaceChildren(
      ...this.list.map(({ x, y, a, b }, index) => {
        const ring = document.createElement("button");
        ring.type = "button";
        ring.style.left = `${(100 * x) / this.size[0]}%`;
        ring.style.top = `${(100 * y) / this.size[1]}%`;
        ring.style.background = `rgb(${shown(60, a, b)})`;
        ring.setAttribute("aria-label", tell("hint_ring", { number: index + 1 }));
        ring.addEventListener("click", () => this.#open(x, y, index));
        ring.addEventListener("keydown", (event) => this.#keyOnRing(event, index));
        return ring;
      }),
    );
  }

  #keyOnRing(event, index) {
    if (event.key === "Delete" || event.key === "Backspace") return this.#remove(index);
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const moved = (place, axis) =>
      Math.min(this.size[axis] - 1, Math.max(0, place + (way[axis] * this.size[axis] * STEP) / 100));
    const { x, y, ...colour } = this.list[index];
    this.#set(this.list.with(index, { ...colour, x: moved(x, 0), y: moved(y, 1) }));
    part("rings").children[index].focus();
  }
}
