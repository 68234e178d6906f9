// Draw a digit, and look at everything that the network makes of it.

import { NUMBER, onScale, unpacked } from '../../engine/digits.js';
import { LeNet } from '../../engine/lenet.js';
import { decode } from '../../engine/weights.js';
import { interleaved, unzipped } from '../assets.js';
import { button, check, h, opener, percent, row, say, select, svg, twin } from '../dom.js';
import { softmax } from '../../explain/explain.js';
import { kernels } from '../../engine/kernel_sets.js';
import { chooser } from '../widgets/chooser.js';
import { Maps, readUnit } from '../widgets/maps.js';
import { Pad } from '../widgets/pad.js';
import { paint, sequential } from '../../explain/pixels.js';
import { prepare, scaled } from '../../explain/preparation.js';
import { choice, flag, number, text } from '../state.js';
import { THREE, WRITTEN, readStrokes, written } from '../../explain/strokes.js';
import { UnitView } from '../widgets/unit.js';

/** @typedef {import('../element.js').Lab} Lab */

const SIDE = 28,
  SHOWN = 6; // pixels of the page for one of the picture

export const NETS = ['relu', 'sigmoid', 'own'];

/** @type {import('../element.js').Panel} */
export const draw = {
  name: 'draw-name',
  fields: {
    strokes: text('strokes', THREE, WRITTEN),
    digit: number('digit', -1, -1, NUMBER - 1),
    prepare: flag('prepare', true),
    net: choice('net', 'relu', NETS),
    unit: text('unit', '', /^$|^(C1|S2|C3|S4|F5|F6|OUT)\.\d+\.\d+\.\d+$/),
  },
  start: (lab) => new Draw(lab).start(),
};

class Draw {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.pad = new Pad(lab, { onink: () => this.trace(), onstroke: (strokes) => this.#take(strokes) });
    this.maps = new Maps(lab, ({ layer, channel, row, column }) => lab.set({ unit: `${layer}.${channel}.${row}.${column}` }));
    this.unit = new UnitView(lab);
    /** @type {Float32Array} */
    this.seen = new Float32Array(SIDE * SIDE);
    /** @type {import('../../engine/digits.js').Digits | null} */
    this.digits = null;
    /** @type {LeNet | null} */
    this.net = null;
    this.picture = h('canvas', { role: 'img', width: SIDE, height: SIDE });
    this.overlay = svg('svg', { class: 'overlay', viewBox: `0 0 ${SIDE} ${SIDE}`, 'aria-hidden': 'true' });
    this.bars = h('ol', { class: 'bars', 'aria-label': say('probability') });
    this.pixels = twin(say('numbers'), () => this.#table());
    /** @type {Record<string, LeNet>} */
    this.nets = {};
    /** @type {Record<string, import('../../engine/digits.js').Scale>} */
    this.scales = {};
    /** @type {import('../../engine/digits.js').Scale} */
    this.scale = 'pytorch';
    this.note = '';
  }

  async start() {
    const { lab } = this;
    this.kernels = await kernels();
    await this.#net();
    this.controls = row(
      check(lab, 'prepare', say('prepare')),
      select(lab, 'net', say('net'), [
        ['relu', say('net-relu')],
        ['sigmoid', say('net-sigmoid')],
        ['own', say('net-own')],
      ]),
    );
    this.fromSet = chooser(lab, draw.fields.digit);
    const buttons = row(
      button(say('undo'), () => this.#take(readStrokes(lab.state.strokes).slice(0, -1))),
      button(say('clear'), () => this.#take([])),
    );
    const picture = h(
      'figure',
      {},
      h('div', { class: 'sheet' }, this.picture, this.overlay),
      h('figcaption', {}, say('seen')),
      this.pixels.element,
    );
    Object.assign(this.picture.style, { width: `${SIDE * SHOWN}px`, height: `${SIDE * SHOWN}px` });
    lab.body.append(
      h(
        'div',
        { class: 'side' },
        h('div', { class: 'pad-side' }, this.pad.element, buttons.element),
        picture,
        h(
          'div',
          { class: 'answer' },
          lab.line,
          h('div', { class: 'muted', 'aria-hidden': 'true' }, say('probability')),
          this.bars,
        ),
      ),
      row(
        this.controls,
        opener(lab, say('open-weights'), (file) => this.#open(file)),
        this.fromSet,
      ).element,
      this.maps.element,
      this.unit.element,
    );
    if (this.kernels.name === 'js') lab.body.append(h('p', { class: 'muted' }, say('plain-kernels')));
    this.#makeBars();
    return { update: (/** @type {Set<string>} */ changed) => this.#update(changed), again: () => this.trace() };
  }

  /** Takes the file of a network's weights, from the train panel or from PyTorch. @param {Uint8Array} file */
  async #open(file) {
    this.#made('own', decode(file));
    if (this.lab.state.net === 'own') await this.#update(new Set(['net']));
    else this.lab.set({ net: 'own' });
  }

  /** Keep a network of these weights by that name. @type {(name: string, file: ReturnType<typeof decode>) => void} */
  #made(name, { options, tensors, normalise }) {
    const net = new LeNet(/** @type {import('../../engine/kernel_sets.js').KernelSet} */ (this.kernels), options, 1);
    net.load(tensors);
    this.nets[name] = net;
    this.scales[name] = normalise;
  }

  /** The trained network of the state, loaded once. */
  async #net() {
    const asked = this.lab.state.net,
      name = asked === 'own' && !this.nets.own ? 'relu' : asked;
    this.note = name === asked ? '' : say('own-gone'); // after a reload, or from a link
    if (!this.nets[name])
      this.#made(name, await this.lab.asset(`lenet_${name}`, async (file) => decode(await interleaved(file))));
    this.scale = this.scales[name];
    if (this.net !== this.nets[name]) {
      this.net = this.lab.net = this.nets[name];
      this.maps.open(this.net);
    }
  }

  /** @param {Set<string>} changed */
  async #update(changed) {
    const { lab } = this;
    this.controls?.show();
    this.fromSet?.show();
    if (changed.has('strokes') || changed.has('digit')) this.pad.show(readStrokes(lab.state.strokes));
    if (changed.has('theme')) this.pad.paint();
    if (changed.has('net')) await this.#net();
    if (changed.has('width')) this.maps.resize();
    if (lab.state.digit >= 0) this.digits ??= unpacked(await lab.asset('digits', unzipped));
    this.trace();
  }

  /** From the drawing through every layer to the answer, and all of it on the screen. */
  trace() {
    const { net, lab, maps, unit } = this,
      picked = readUnit(lab.state.unit);
    if (!net) return;
    this.#see();
    net.forward(onScale(this.seen, this.scale));
    const shown = picked && valid(net, picked) ? picked : null;
    if (shown || this.linked) lab.guard(() => lab.more('lines', this, shown));
    this.linked = shown;
    maps.show(shown);
    this.#paintSeen(unit.show(net, shown)?.field ?? null);
    this.pixels.show();
    this.#answer();
  }

  /** What enters the network: pixels from 0 to 1. */
  #see() {
    const { state } = this.lab;
    this.placed = null;
    if (state.digit >= 0 && this.digits && !this.pad.drawing) {
      this.seen = this.digits.images.slice(state.digit * SIDE * SIDE, (state.digit + 1) * SIDE * SIDE);
    } else if (state.prepare) {
      this.placed = prepare(this.pad.picture);
      this.seen = this.placed?.pixels ?? new Float32Array(SIDE * SIDE);
    } else this.seen = scaled(this.pad.picture, SIDE, SIDE).ink;
  }

  /** @param {import('../../explain/explain.js').Field | null} field */
  #paintSeen(field) {
    const { paper, ink } = this.lab.palette;
    paint(this.picture, { count: 1, rows: SIDE, columns: SIDE, across: 1, gap: 0 }, this.seen, sequential(paper, ink, 0, 1));
    this.picture.setAttribute('aria-label', say('seen-alt', { what: this.#what() }));
    const box = (
      /** @type {number} */ x,
      /** @type {number} */ y,
      /** @type {number} */ width,
      /** @type {number} */ height,
      /** @type {string} */ stroke,
      dash = '',
    ) => svg('rect', { x, y, width, height, fill: 'none', stroke, 'stroke-width': 0.25, 'stroke-dasharray': dash });
    this.overlay.replaceChildren();
    if (this.placed) {
      const { left, top, rows, columns } = this.placed,
        size = 20;
      this.overlay.append(box(left + columns / 2 - size / 2, top + rows / 2 - size / 2, size, size, 'var(--muted)', '0.6 0.6'));
      this.overlay.append(svg('path', { d: 'M14.5 13.3v2.4M13.3 14.5h2.4', stroke: 'var(--o)', 'stroke-width': 0.3 }));
    }
    if (field) this.overlay.append(box(field.left, field.top, field.columns, field.rows, 'var(--o)'));
  }

  #what() {
    const { digit } = this.lab.state;
    if (digit >= 0 && this.digits) return say('seen-set', { number: digit, label: this.digits.labels[digit] });
    return say(this.seen.some((pixel) => pixel > 0) ? 'seen-drawn' : 'seen-blank');
  }

  #makeBars() {
    this.bars.replaceChildren(
      ...Array.from({ length: 10 }, (_, digit) => h('li', {}, h('b', {}, String(digit)), h('div', {}, h('i')), h('span'))),
    );
  }

  #answer() {
    const { net, lab, bars, seen, digits } = this,
      { digit } = lab.state;
    const shares = softmax(/** @type {LeNet} */ (net).map('OUT')),
      diverged = !shares.every(Number.isFinite),
      none = diverged || !seen.some((pixel) => pixel > 0),
      best = shares.indexOf(Math.max(...shares));
    [...bars.children].forEach((line, k) => {
      line.classList.toggle('best', !none && k === best);
      /** @type {HTMLElement} */ (line.children[1].firstElementChild).style.width = none ? '0' : `${100 * shares[k]}%`;
      line.children[2].textContent = none ? '' : percent(shares[k]);
    });
    const read = { digit: best, share: percent(shares[best]) };
    const said = diverged
      ? say('not-numbers')
      : none
        ? say('empty')
        : digit >= 0 && digits
          ? say('reads-label', { ...read, label: digits.labels[digit] })
          : say('reads', read);
    lab.tell(`${this.note} ${said}`.trim());
  }

  /** What is drawn from now on, instead of a digit of the set. @param {import('../../explain/strokes.js').Stroke[]} strokes */
  #take(strokes) {
    this.lab.set({ strokes: written(strokes), digit: -1 }, true);
  }

  #table() {
    const heads = [say('row'), ...Array.from({ length: SIDE }, (_, j) => j + 1)];
    return [
      heads,
      ...Array.from({ length: SIDE }, (_, i) => [
        i + 1,
        ...Array.from(this.seen.subarray(i * SIDE, (i + 1) * SIDE), (pixel) => pixel.toFixed(2)),
      ]),
    ];
  }
}

/** Whether a network has such a unit. @type {(net: LeNet, unit: import('../widgets/maps.js').Unit) => boolean} */
const valid = (net, { layer, channel, row, column }) => {
  const { channels, side } = net.layers[layer];
  return channel < channels && row < side && column < side;
};
