// The square to draw in, by mouse, finger or pen, or with the keyboard.

import { h, say } from '../dom.js';
import { paint, sequential } from '../../explain/pixels.js';
import { GRID, blank, drawn, line } from '../../explain/strokes.js';

/** @typedef {import('../../explain/strokes.js').Stroke} Stroke */
/** @typedef {import('../element.js').Lab} Lab */

const STEP = 9; // of the keyboard's pen, of 255

export class Pad {
  /**
   * @param {Lab} lab
   * @param {{ onink: () => void, onstroke: (strokes: Stroke[]) => void }} listeners  ink was painted; a stroke is finished
   */
  constructor(lab, { onink, onstroke }) {
    this.lab = lab;
    this.onink = onink;
    this.onstroke = onstroke;
    /** @type {Stroke[]} */
    this.strokes = [];
    this.picture = blank();
    this.pen = { at: /** @type {[number, number]} */ ([128, 128]), down: false };
    this.drawing = this.waiting = false;
    this.pointer = 0; // that draws
    const lift = (/** @type {PointerEvent} */ event) => this.#lift(event);
    this.canvas = h('canvas', {
      class: 'pad',
      width: GRID,
      height: GRID,
      tabindex: 0,
      role: 'application',
      'aria-label': say('draw-here'),
      onpointerdown: (/** @type {PointerEvent} */ event) => this.#press(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.#move(event),
      onpointerup: lift,
      onpointercancel: lift,
      onlostpointercapture: lift,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.hint = h('div', { class: 'hint', 'aria-hidden': 'true' }, say('draw-hint'));
    this.cursor = h('div', { class: 'mark', hidden: true });
    this.element = h('div', { class: 'sheet' }, this.canvas, this.hint, this.cursor);
    this.canvas.addEventListener('blur', () => (this.cursor.hidden = true));
  }

  /** Show these strokes; whatever drew is lifted. @param {Stroke[]} strokes */
  show(strokes) {
    this.drawing = this.pen.down = false;
    this.strokes = strokes;
    this.picture = drawn(strokes);
    this.paint();
  }

  paint() {
    const { paper, ink } = this.lab.palette;
    paint(
      this.canvas,
      { count: 1, rows: GRID, columns: GRID, across: 1, gap: 0 },
      this.picture.ink,
      sequential(paper, ink, 0, 1),
    );
    this.hint.hidden = this.strokes.length > 0;
  }

  /** @param {[number, number]} point */
  #add(point) {
    const stroke = this.strokes[this.strokes.length - 1],
      before = stroke[stroke.length - 1] ?? point;
    if (stroke.length && before[0] === point[0] && before[1] === point[1]) return;
    stroke.push(point);
    line(this.picture, before, point);
  }

  /** @type {(event: PointerEvent) => [number, number]} */
  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const part = (/** @type {number} */ share) => Math.round(255 * Math.min(1, Math.max(0, share)));
    return [part((clientX - left) / width), part((clientY - top) / height)];
  }

  #press(/** @type {PointerEvent} */ event) {
    if (event.button || this.drawing) return;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(this.pointer);
    this.strokes = [...this.strokes, []];
    this.drawing = true;
    this.#add(this.#point(event));
    this.#soon();
  }

  #move(/** @type {PointerEvent} */ event) {
    if (!this.#draws(event)) return;
    for (const each of event.getCoalescedEvents?.() ?? []) this.#add(this.#point(each));
    this.#add(this.#point(event));
    this.#soon();
  }

  /** Once before the next picture of the screen, however many points the pen gave. */
  #soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.paint();
      this.onink();
    });
  }

  /** Not a second finger, nor the palm. */
  #draws(/** @type {PointerEvent} */ { pointerId }) {
    return this.drawing && pointerId === this.pointer;
  }

  #lift(/** @type {PointerEvent} */ event) {
    if (!this.#draws(event)) return;
    this.drawing = false;
    this.onstroke(this.strokes);
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const { pen } = this,
      [x, y] = pen.at;
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [x - STEP, y], ArrowRight: [x + STEP, y], ArrowUp: [x, y - STEP], ArrowDown: [x, y + STEP] };
    if (event.key in moves) {
      pen.at = /** @type {[number, number]} */ (moves[event.key].map((value) => Math.min(255, Math.max(0, value))));
      if (pen.down) this.#ink();
    } else if (event.key === ' ') {
      pen.down = !pen.down;
      if (pen.down) ((this.strokes = [...this.strokes, []]), this.#ink());
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      return this.onstroke([]);
    } else return;
    event.preventDefault();
    this.#showPen();
  }

  #ink() {
    this.#add(this.pen.at);
    this.onstroke(this.strokes.map((stroke) => [...stroke]));
    this.pen.down = true; // what is shown lifts it
  }

  #showPen() {
    const {
      at: [x, y],
      down,
    } = this.pen;
    Object.assign(this.cursor.style, {
      left: `calc(${x / 2.55}% - 5px)`,
      top: `calc(${y / 2.55}% - 5px)`,
      width: '10px',
      height: '10px',
    });
    this.cursor.hidden = false;
    this.lab.tell(
      say('pen', { state: say(down ? 'pen-down' : 'pen-up'), x: Math.round((x / 255) * 28), y: Math.round((y / 255) * 28) }),
    );
  }
}
