// The step: weights, loss, answer and accuracy before and after, C1's kernels and C3's norms; and a hundred steps more.

import { GRADIENTS, twoSided } from '../explain/gradients.js';
import { norms } from '../explain/backward.js';
import { diverging, paint, range, size } from '../explain/pixels.js';
import { best } from '../explain/stations.js';
import { figures } from '../explain/written.js';
import { h, percent, say, svg, table } from '../page/dom.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */
/** @typedef {import('../explain/backward.js').Tensors} Tensors */
/** @typedef {{ accuracy: number, dead: string[] }} Tested */

const KERNELS = { count: 6, rows: 5, columns: 5, across: 6, gap: 1 },
  SCALE = 6; // pixels of the page a weight

export class Update {
  /** @param {import('../page/element.js').Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.numbers = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': say('learn-before-after') });
    this.kernels = ['start', 'before', 'gradient', 'after'].map((name) => {
      const canvas = h('canvas', { 'aria-hidden': 'true' });
      // says: learn-kernels-start, learn-kernels-before, learn-kernels-gradient, learn-kernels-after
      return { canvas, element: h('figure', {}, canvas, h('figcaption', {}, say(`learn-kernels-${name}`))) };
    });
    this.norms = h('div', {});
    this.warning = h('p', { class: 'warning' });
    this.element = h(
      'div',
      { class: 'update' },
      h(
        'div',
        { class: 'side' },
        this.numbers,
        h('div', { class: 'kernels' }, ...this.kernels.map(({ element }) => element)),
        h('figure', {}, this.norms, h('figcaption', {}, say('learn-norms'))),
      ),
      this.warning,
    );
  }

  /** `then` is the same pass with the weights after the step. @type {(pass: Trace, then: Trace, tested: { before: Tested | null, after: Tested | null }) => void} */
  show(pass, then, tested) {
    this.numbers.replaceChildren(table(rows(pass, then, tested)));
    this.#paint([pass.weights, pass.gradients, then.weights].map(ofC1), 1);
    this.norms.replaceChildren(bars(norms(pass.weights['C3.weight'], C3), norms(then.weights['C3.weight'], C3)));
    this.warning.textContent = warning(pass, then, tested);
  }

  /** The weights that training began with, and those that it has come to. @type {(start: Tensors, now: Tensors) => void} */
  train(start, now) {
    this.#paint([start, now].map(ofC1), 0);
    this.norms.replaceChildren(bars(norms(start['C3.weight'], C3), norms(now['C3.weight'], C3)));
    this.kernels[0].element.hidden = false;
  }

  /** No training lies behind these weights. */
  untrained() {
    this.kernels[0].element.hidden = true;
  }

  /** Kernels of C1 from the figure `first` on, all on the scale of the weights but for their gradient. @type {(all: import('../explain/backward.js').Floats[], first: number) => void} */
  #paint(all, first) {
    const { palette, dark } = this.lab,
      { width, height } = size(KERNELS);
    all.forEach((numbers, k) => {
      const { canvas } = this.kernels[first + k],
        { largest } = range(numbers);
      const slopes = twoSided(palette.wash, GRADIENTS[dark ? 'dark' : 'light'], largest);
      paint(canvas, KERNELS, numbers, first + k === GRADIENT ? slopes : diverging(palette, largest));
      Object.assign(canvas.style, { width: `${width * SCALE}px`, height: `${height * SCALE}px` });
    });
  }
}

const GRADIENT = 2, // the figure of the gradient
  C3 = 16; // maps

/** @type {(tensors: Tensors) => import('../explain/backward.js').Floats} */
const ofC1 = (tensors) => tensors['C1.weight'];

/** @type {(pass: Trace, then: Trace, tested: { before: Tested | null, after: Tested | null }) => (string | number)[][]} */
function rows(pass, then, { before, after }) {
  const both = [pass, then],
    named = (/** @type {string} */ name, /** @type {(string | number)[]} */ values) => [name, ...values];
  return [
    [say('learn-measure'), say('learn-before'), say('learn-after')],
    named(
      say('loss'),
      both.map(({ loss }) => figures(loss)),
    ),
    named(
      say('learn-answer'),
      both.map(({ shares }) => `${best(shares)} (${percent(shares[best(shares)])})`),
    ),
    named(
      say('learn-own', { label: pass.label }),
      both.map(({ shares, label }) => percent(shares[label])),
    ),
    named(
      say('learn-accuracy'),
      [before, after].map((each) => (each ? percent(each.accuracy) : '…')),
    ),
  ];
}

/** What went wrong, in a sentence, or nothing. @type {(pass: Trace, then: Trace, tested: { before: Tested | null, after: Tested | null }) => string} */
function warning({ loss }, then, { before, after }) {
  if (!Number.isFinite(then.loss)) return say('learn-overflow');
  const dead = after?.dead.find((layer) => !before?.dead.includes(layer));
  if (dead) return say('learn-dead', { layer: dead });
  if (before && after && after.accuracy < before.accuracy - 0.02)
    return say('learn-forgets', { before: percent(before.accuracy), after: percent(after.accuracy) });
  return then.loss > loss ? say('learn-too-far') : '';
}

/** The lengths of C3's sixteen kernels after, a line where each was before. @type {(before: number[], after: number[]) => SVGElement} */
function bars(before, after) {
  const most = Math.max(...before, ...after.filter(Number.isFinite)) || 1,
    words = say('learn-norms-alt', { before: figures(mean(before), 3), after: figures(mean(after), 3) }),
    picture = svg('svg', { viewBox: '0 0 160 88', class: 'columns', role: 'img', 'aria-label': words });
  picture.append(
    svg('text', { x: 0, y: 10 }, say('learn-unit-length', { most: figures(most, 3) })),
    svg('text', { x: 80, y: 86, 'text-anchor': 'middle' }, say('learn-maps')),
  );
  after.forEach((norm, k) => {
    const [high, was] = [norm, before[k]].map((value) => (Number.isFinite(value) ? (value / most) * 60 : 0));
    picture.append(
      svg('rect', { x: k * 10 + 1, y: 75 - high, width: 8, height: high, fill: 'var(--c)' }),
      svg('line', { x1: k * 10, x2: k * 10 + 10, y1: 75 - was, y2: 75 - was, stroke: 'var(--ink)' }),
    );
  });
  return picture;
}

/** @type {(numbers: number[]) => number} */
const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
