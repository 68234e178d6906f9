// All layers of a network as sheets of pixels; a unit can be picked by mouse or with the arrow keys.

import { h, say } from '../dom.js';
import { COLOUR_OF, at, corner, paint, range, sequential, diverging, size } from '../../explain/pixels.js';

/** @typedef {import('../../engine/lenet.js').LeNet} LeNet */
/** @typedef {import('../../engine/options.js').LayerName} LayerName */
/** @typedef {import('../element.js').Lab} Lab */
/** @typedef {{ layer: LayerName, channel: number, row: number, column: number }} Unit */

export const LAYERS = /** @type {LayerName[]} */ (['C1', 'S2', 'C3', 'S4', 'F5', 'F6', 'OUT']);
const SCALE = { C1: 2.5, S2: 3.5, C3: 3.5, S4: 6, F5: 10, F6: 10, OUT: 16 }; // pixels of the page a number

/** @type {(text: string) => Unit | null} */
export function readUnit(text) {
  const [layer, channel, row, column] = text.split('.');
  return text ? { layer: /** @type {LayerName} */ (layer), channel: +channel, row: +row, column: +column } : null;
}

export class Maps {
  /**
   * @param {Lab} lab
   * @param {(unit: Unit) => void} onpick
   */
  constructor(lab, onpick) {
    this.lab = lab;
    this.onpick = onpick;
    this.element = h('div', { class: 'layers' });
    /** @type {Record<string, { sheet: import('../../explain/pixels.js').Sheet, canvas: HTMLCanvasElement, mark: HTMLElement }>} */
    this.rows = {};
  }

  /** Make room for the layers of `net`. @param {LeNet} net */
  open(net) {
    this.net = net;
    this.element.replaceChildren();
    for (const layer of LAYERS) {
      const { channels, side } = net.layers[layer],
        flat = side === 1;
      const label = say(flat ? 'units-of' : 'maps-of', { layer, channels, side });
      const canvas = h('canvas', {
        tabindex: 0,
        role: 'application',
        'aria-label': label,
        onclick: (/** @type {MouseEvent} */ event) => this.#click(layer, event),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(layer, event),
      });
      const mark = h('div', { class: 'mark', hidden: true });
      this.rows[layer] = { sheet: this.#sheet(layer), canvas, mark };
      const form = flat ? `${channels}` : `${channels}@${side}×${side}`;
      this.element.append(
        h('div', { class: `head of-${COLOUR_OF[layer]}` }, layer, h('small', {}, form)),
        h('div', {}, h('div', { class: 'sheet' }, canvas, mark)),
      );
    }
  }

  /** Lay the maps out for the width that there is. */
  resize() {
    for (const layer of Object.keys(this.rows)) this.rows[layer].sheet = this.#sheet(/** @type {LayerName} */ (layer));
  }

  /** Paint what the layers gave, and mark the picked unit. @param {Unit | null} unit */
  show(unit) {
    for (const layer of LAYERS) {
      const { sheet, canvas, mark } = this.rows[layer],
        values = /** @type {LeNet} */ (this.net).map(layer);
      paint(canvas, sheet, values, this.#colours(layer, values));
      const scale = this.#scale(layer, sheet),
        { width, height } = size(sheet);
      Object.assign(canvas.style, { width: `${width * scale}px`, height: `${height * scale}px` });
      mark.hidden = unit?.layer !== layer;
      if (unit?.layer === layer) {
        const [k, i, j] = this.#place(layer, unit),
          { x, y } = corner(sheet, k);
        Object.assign(mark.style, {
          left: `${(x + j) * scale - 2}px`,
          top: `${(y + i) * scale - 2}px`,
          width: `${scale + 4}px`,
          height: `${scale + 4}px`,
        });
      }
    }
  }

  #width() {
    const room = this.element.clientWidth || 600;
    return room > 480 ? room - 96 : room;
  }

  /** @type {(layer: LayerName) => import('../../explain/pixels.js').Sheet} */
  #sheet(layer) {
    const { channels, side } = /** @type {LeNet} */ (this.net).layers[layer];
    if (side === 1) {
      const fits = Math.max(1, Math.floor(this.#width() / SCALE[/** @type {keyof typeof SCALE} */ (layer)]));
      const lines = Math.ceil(channels / Math.min(fits, 42));
      return { count: 1, rows: lines, columns: Math.ceil(channels / lines), across: 1, gap: 0 };
    }
    const fits = Math.max(1, Math.floor(this.#width() / ((side + 2) * SCALE[/** @type {keyof typeof SCALE} */ (layer)])));
    const lines = Math.ceil(channels / fits);
    return { count: channels, rows: side, columns: side, across: Math.ceil(channels / lines), gap: 2 };
  }

  /** @type {(layer: LayerName, sheet: import('../../explain/pixels.js').Sheet) => number} */
  #scale(layer, sheet) {
    return Math.min(SCALE[/** @type {keyof typeof SCALE} */ (layer)], this.#width() / size(sheet).width);
  }

  /** @type {(layer: LayerName, values: Float32Array) => (value: number) => import('../../explain/pixels.js').Colour} */
  #colours(layer, values) {
    const palette = this.lab.palette,
      { least, most, largest } = range(values);
    if (layer === 'OUT' || least < 0) return diverging(palette, largest);
    return sequential(palette.wash, palette[COLOUR_OF[layer]], Math.min(0, least), most);
  }

  /** Picture, row and column on the sheet. @type {(layer: LayerName, unit: Unit) => [number, number, number]} */
  #place(layer, { channel, row, column }) {
    const { sheet } = this.rows[layer];
    return sheet.count === 1 ? [0, Math.floor(channel / sheet.columns), channel % sheet.columns] : [channel, row, column];
  }

  /** @type {(layer: LayerName, event: MouseEvent) => void} */
  #click(layer, event) {
    const { canvas, sheet } = this.rows[layer],
      { left, top } = canvas.getBoundingClientRect(),
      scale = this.#scale(layer, sheet);
    const found = at(sheet, (event.clientX - left) / scale, (event.clientY - top) / scale);
    if (found) this.#pick(layer, found);
  }

  /** @type {(layer: LayerName, place: [number, number, number]) => void} */
  #pick(layer, [k, i, j]) {
    const { sheet } = this.rows[layer],
      { channels, side } = /** @type {LeNet} */ (this.net).layers[layer];
    const channel = side === 1 ? i * sheet.columns + j : k;
    if (channel < channels)
      this.onpick(side === 1 ? { layer, channel, row: 0, column: 0 } : { layer, channel, row: i, column: j });
  }

  /** Arrows move by one number, from map to map as well. @type {(layer: LayerName, event: KeyboardEvent) => void} */
  #key(layer, event) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const { sheet } = this.rows[layer],
      unit = readUnit(this.lab.state.unit);
    if (unit?.layer !== layer) return this.#pick(layer, [0, 0, 0]);
    const [k, i, j] = this.#place(layer, unit),
      { x, y } = corner(sheet, k);
    for (let far = 1; far <= sheet.gap + 1; far++) {
      const found = at(sheet, x + j + 0.5 + far * step[1], y + i + 0.5 + far * step[0]);
      if (found) return this.#pick(layer, found);
    }
  }
}
