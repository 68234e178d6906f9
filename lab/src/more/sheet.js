// Pictures of numbers side by side on one canvas, of which one number can be picked by mouse or with the arrow keys.

import { at, corner, paint, size } from '../explain/pixels.js';
import { h } from '../page/dom.js';

/** @typedef {import('../explain/pixels.js').Colour} Colour */
/** Picture, row and column. @typedef {[number, number, number]} Spot */
/** A frame around numbers of one picture. @typedef {{ picture: number, top: number, left: number, rows: number, columns: number, fine?: boolean }} Frame */

export class Sheet {
  /**
   * @param {string} label
   * @param {import('../explain/pixels.js').Sheet} form
   * @param {number} most  pixels of the page a number
   * @param {(spot: Spot) => void} onpick
   */
  constructor(label, form, most, onpick) {
    this.form = form;
    this.most = most;
    this.scale = most;
    this.onpick = onpick;
    /** @type {Spot | null} */
    this.picked = null;
    this.canvas = h('canvas', {
      tabindex: 0,
      role: 'application',
      'aria-label': label,
      onclick: (/** @type {MouseEvent} */ event) => this.#click(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.frames = h('div', { class: 'frames' });
    this.element = h('div', { class: 'sheet' }, this.canvas, this.frames);
  }

  /** Paint the numbers, or nothing yet, in a room of `width` pixels. @type {(width: number, values: ArrayLike<number> | null, colour: (value: number) => Colour) => void} */
  show(width, values, colour) {
    const all = size(this.form);
    this.scale = Math.min(this.most, width / all.width);
    this.element.classList.toggle('blank', !values);
    paint(this.canvas, this.form, values ?? [], colour);
    Object.assign(this.canvas.style, { width: `${all.width * this.scale}px`, height: `${all.height * this.scale}px` });
  }

  /** Frame what matters; the first frame is that of the picked number, if `own`. @type {(frames: Frame[], picked: Spot | null) => void} */
  mark(frames, picked) {
    this.picked = picked;
    const own = picked && { picture: picked[0], top: picked[1], left: picked[2], rows: 1, columns: 1 };
    this.frames.replaceChildren(...[...frames, ...(own ? [own] : [])].map((frame) => this.#frame(frame)));
  }

  /** @param {Frame} frame */
  #frame({ picture, top, left, rows, columns, fine }) {
    const { x, y } = corner(this.form, picture),
      { scale } = this,
      mark = h('div', { class: fine ? 'mark fine' : 'mark' }),
      air = fine ? 1 : 2;
    Object.assign(mark.style, {
      left: `${(x + left) * scale - air}px`,
      top: `${(y + top) * scale - air}px`,
      width: `${columns * scale + 2 * air}px`,
      height: `${rows * scale + 2 * air}px`,
    });
    return mark;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const spot = at(this.form, (event.clientX - left) / this.scale, (event.clientY - top) / this.scale);
    if (spot) this.onpick(spot);
  }

  /** Arrows move by one number, from picture to picture as well. @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step && event.key !== 'Enter') return;
    event.preventDefault();
    if (!this.picked || !step) return this.onpick(this.picked ?? [0, 0, 0]);
    const [k, i, j] = this.picked,
      { x, y } = corner(this.form, k);
    for (let far = 1; far <= this.form.gap + 1; far++) {
      const found = at(this.form, x + j + 0.5 + far * step[1], y + i + 0.5 + far * step[0]);
      if (found) return this.onpick(found);
    }
  }
}
