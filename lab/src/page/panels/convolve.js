// One kernel steps over a picture, and the arithmetic of the step is written out.

import { LabError } from '../../engine/options.js';
import { KERNELS, PICTURES, convolved } from '../../explain/convolution.js';
import { button, h, row, say, select, show, slider, twin } from '../dom.js';
import { at, diverging, paint, range, sequential } from '../../explain/pixels.js';
import { choice, number, text } from '../state.js';

/** @typedef {import('../element.js').Lab} Lab */

const NUMBER = '-?\\d{1,3}(\\.\\d{1,3})?',
  SIDES = [1, 3, 5, 7];

/** @type {import('../element.js').Panel} */
export const convolve = {
  name: 'convolve-name',
  fields: {
    picture: choice('picture', 'three', Object.keys(PICTURES)),
    kernel: text('kernel', KERNELS.vertical, new RegExp(`^${NUMBER}(,${NUMBER})*$`)),
    stride: number('stride', 1, 1, 4),
    padding: number('padding', 0, 0, 4),
    step: number('step', 377, 0, 4000),
  },
  start: (lab) => new Convolve(lab).start(),
};

class Convolve {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.input = h('canvas', { role: 'img' });
    this.output = h('canvas', {
      role: 'application',
      tabindex: 0,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onclick: (/** @type {MouseEvent} */ event) => this.#click(event),
    });
    this.marks = [h('div', { class: 'mark' }), h('div', { class: 'mark' })];
    this.captions = [h('figcaption'), h('figcaption'), h('figcaption')];
    this.kernel = h('div', { class: 'kernel' });
    this.sum = h('p', { class: 'formula products' });
    this.size = h('p', { class: 'muted' });
    this.playing = 0;
    this.step = 0;
  }

  start() {
    const { lab } = this,
      named = (/** @type {string} */ name) => [KERNELS[name], say(`kernel-${name}`)];
    this.pick = h(
      'select',
      { 'aria-label': say('kernel'), onchange: () => this.pick && lab.set({ kernel: this.pick.value, step: 0 }) },
      ...Object.keys(KERNELS)
        .map(named)
        .map(([value, name]) => h('option', { value }, name)),
      h('option', { value: '' }, say('net-own')),
    );
    this.edge = h(
      'select',
      { 'aria-label': say('kernel-side'), onchange: () => this.edge && this.#resize(Number(this.edge.value)) },
      ...SIDES.map((side) => h('option', { value: side }, `${side}×${side}`)),
    );
    this.play = button(say('play'), () => this.#toggle());
    this.controls = row(
      select(
        lab,
        'picture',
        say('picture'),
        Object.keys(PICTURES).map((name) => [name, say(`picture-${name}`)]),
      ),
      h('label', {}, `${say('kernel')} `, this.pick),
      this.edge,
      slider(lab, 'stride', say('stride'), 1, 4),
      slider(lab, 'padding', say('padding'), 0, 4),
    );
    this.slide = h('input', {
      type: 'range',
      min: 0,
      'aria-label': say('step'),
      oninput: () => this.slide && lab.set({ step: Number(this.slide.value) }),
    });
    const steps = row(
      button('←', () => this.#step(-1), { 'aria-label': say('step-back') }),
      button('→', () => this.#step(1), { 'aria-label': say('step-on') }),
      this.play,
      this.slide,
    );
    const sheet = (/** @type {HTMLElement} */ canvas, /** @type {number} */ k) =>
      h('figure', {}, h('div', { class: 'sheet' }, canvas, this.marks[k]), this.captions[k]);
    this.numbers = twin(say('map-numbers'), () => rows(this.found?.side ?? 0, this.found?.values));
    this.pixels = twin(say('picture-numbers'), () => rows(this.picture?.side ?? 0, this.picture?.values));
    lab.body.append(
      this.controls.element,
      h('div', { class: 'side' }, sheet(this.input, 0), h('figure', {}, this.kernel, this.captions[2]), sheet(this.output, 1)),
      steps.element,
      this.sum,
      lab.line,
      this.size,
      this.pixels.element,
      this.numbers.element,
    );
    return { update: () => this.#update(), stop: () => clearInterval(this.playing) };
  }

  #update() {
    const { lab, marks } = this,
      { state } = lab,
      kernel = state.kernel.split(',').map(Number);
    if (!SIDES.includes(Math.sqrt(kernel.length))) throw new LabError(say('kernel-square', { got: kernel.length }));
    this.controls?.show();
    /** @type {HTMLSelectElement} */ (this.pick).value = Object.values(KERNELS).includes(state.kernel) ? state.kernel : '';
    /** @type {HTMLSelectElement} */ (this.edge).value = String(Math.sqrt(kernel.length));
    this.picture = PICTURES[state.picture]();
    const found = (this.found = convolved(this.picture, kernel, state.stride, state.padding)),
      last = found.values.length - 1;
    this.step = Math.min(state.step, last);
    Object.assign(/** @type {HTMLInputElement} */ (this.slide), { max: String(last), value: String(this.step) });
    this.#paint(found, kernel);
    this.#arithmetic(found, kernel);
    const { edge } = found,
      top = Math.floor(this.step / found.side),
      left = this.step % found.side;
    place(marks[0], left * state.stride, top * state.stride, edge, this.scales?.[0] ?? 1);
    place(marks[1], left, top, 1, this.scales?.[1] ?? 1);
    this.numbers?.show();
    this.pixels?.show();
  }

  /** @type {(found: ReturnType<typeof convolved>, kernel: number[]) => void} */
  #paint(found, kernel) {
    const { lab, picture } = this,
      {
        palette,
        state: { padding, stride },
      } = lab,
      { side, values } = /** @type {{ side: number, values: Float32Array }} */ (picture),
      padded = side + 2 * padding;
    const framed = new Float32Array(padded * padded).fill(-1);
    for (let i = 0; i < side; i++) framed.set(values.subarray(i * side, (i + 1) * side), (i + padding) * padded + padding);
    const ink = sequential(palette.paper, palette.ink, 0, 1),
      one = (/** @type {number} */ edge) => ({ count: 1, rows: edge, columns: edge, across: 1, gap: 0 });
    paint(this.input, one(padded), framed, (value) => (value < 0 ? palette.line : ink(value))); // the padding is zeros, shown as a frame
    const done = Float32Array.from(found.values, (value, step) => (step <= this.step ? value : NaN));
    const colour = diverging(palette, range(found.values).largest);
    paint(this.output, one(found.side), done, (value) => (Number.isNaN(value) ? palette.line : colour(value)));
    const room = Math.min(252, lab.clientWidth - 4);
    this.scales = [room / padded, (room * Math.min(1, found.side / padded)) / found.side];
    for (const [canvas, scale, edge] of /** @type {const} */ ([
      [this.input, this.scales[0], padded],
      [this.output, this.scales[1], found.side],
    ]))
      Object.assign(canvas.style, { width: `${edge * scale}px`, height: `${edge * scale}px` });
    this.captions[0].textContent = padding ? say('input-padded', { side, padding }) : say('input-plain', { side });
    this.captions[1].textContent = say('output-of', { side: found.side });
    this.captions[2].textContent = say('kernel-edit');
    this.size.textContent = say((side + 2 * padding - found.edge) % stride ? 'size-floor' : 'size-exact', {
      side,
      padding,
      kernel: found.edge,
      stride,
      out: found.side,
    });
    this.input.setAttribute('aria-label', this.captions[0].textContent);
    this.output.setAttribute('aria-label', say('output-keys', { side: found.side }));
    this.#boxes(kernel, found.edge);
  }

  /** @type {(kernel: number[], edge: number) => void} */
  #boxes(kernel, edge) {
    if (this.kernel.childElementCount !== kernel.length)
      this.kernel.replaceChildren(
        ...kernel.map((_, n) =>
          h('input', {
            type: 'text',
            inputmode: 'decimal',
            'aria-label': say('kernel-cell', { row: Math.floor(n / edge) + 1, column: (n % edge) + 1 }),
            onchange: () => this.lab.guard(() => this.#edit()),
          }),
        ),
      );
    this.kernel.style.gridTemplateColumns = `repeat(${edge}, 2.7rem)`;
    [...this.kernel.children].forEach((box, n) => {
      const input = /** @type {HTMLInputElement} */ (box);
      if (/** @type {ShadowRoot} */ (this.lab.shadowRoot).activeElement !== box)
        input.value = String(kernel[n]).replace('-', '−');
    });
  }

  #edit() {
    const numbers = [...this.kernel.children].map((box) =>
      /** @type {HTMLInputElement} */ (box).value.replace('−', '-').replace(',', '.').trim(),
    );
    const wrong = numbers.find((number) => !new RegExp(`^${NUMBER}$`).test(number));
    if (wrong !== undefined) throw new LabError(say('kernel-number', { got: wrong || '–' }));
    this.lab.set({ kernel: numbers.join(',') });
  }

  /** The same kernel in the middle of a larger one, or its middle. @param {number} edge */
  #resize(edge) {
    const kernel = this.lab.state.kernel.split(','),
      before = Math.sqrt(kernel.length),
      shift = (edge - before) / 2;
    const at = (/** @type {number} */ i, /** @type {number} */ j) =>
      i >= 0 && j >= 0 && i < before && j < before ? kernel[i * before + j] : '0';
    this.lab.set({
      kernel: Array.from({ length: edge * edge }, (_, n) => at(Math.floor(n / edge) - shift, (n % edge) - shift)).join(','),
      step: 0,
    });
  }

  /** @type {(found: ReturnType<typeof convolved>, kernel: number[]) => void} */
  #arithmetic(found, kernel) {
    const { step } = this,
      window = found.window(step),
      weight = (/** @type {number} */ value) => (value < 0 ? `(${String(value).replace('-', '−')})` : String(value));
    const terms = kernel.map((value, n) => `${round(window[n])}·${weight(value)}`);
    const sum = `${terms.join(' + ')} = ${show(found.values[step])}`;
    this.sum.textContent = sum;
    this.lab.tell(
      say('step-of', {
        step: step + 1,
        all: found.values.length,
        row: Math.floor(step / found.side) + 1,
        column: (step % found.side) + 1,
        sum: show(found.values[step]),
      }),
    );
  }

  /** @param {number} by */
  #step(by) {
    this.lab.set({ step: Math.min(Math.max(this.step + by, 0), (this.found?.values.length ?? 1) - 1) });
  }

  #toggle() {
    const { play } = this;
    if (this.playing) (clearInterval(this.playing), (this.playing = 0));
    else
      this.playing = window.setInterval(
        () => (this.step + 1 < (this.found?.values.length ?? 0) ? this.#step(1) : this.#toggle()),
        120,
      );
    /** @type {HTMLElement} */ (play).textContent = say(this.playing ? 'pause' : 'play');
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const side = this.found?.side ?? 1,
      by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -side, ArrowDown: side }[event.key];
    if (!by) return;
    event.preventDefault();
    if (this.step + by >= 0 && this.step + by < side * side) this.#step(by);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { left, top } = this.output.getBoundingClientRect(),
      scale = this.scales?.[1] ?? 1,
      side = this.found?.side ?? 1;
    const found = at(
      { count: 1, rows: side, columns: side, across: 1, gap: 0 },
      (event.clientX - left) / scale,
      (event.clientY - top) / scale,
    );
    if (found) this.lab.set({ step: found[1] * side + found[2] });
  }
}

/** Square numbers as a table. @type {(side: number, values?: Float32Array) => (string | number)[][]} */
const rows = (side, values = new Float32Array()) => [
  [say('row'), ...Array.from({ length: side }, (_, j) => j + 1)],
  ...Array.from({ length: side }, (_, i) => [i + 1, ...Array.from(values.subarray(i * side, (i + 1) * side), show)]),
];

/** @type {(mark: HTMLElement, left: number, top: number, edge: number, scale: number) => void} */
function place(mark, left, top, edge, scale) {
  Object.assign(mark.style, {
    left: `${left * scale - 2}px`,
    top: `${top * scale - 2}px`,
    width: `${edge * scale + 4}px`,
    height: `${edge * scale + 4}px`,
  });
}

/** @type {(value: number) => string} */
const round = (value) => String(Number(value.toFixed(2)));
