// The ten shares of the softmax as bars, and beside them what they lack: softmax minus one-hot.

import { GRADIENTS } from '../explain/gradients.js';
import { SOFTMAX, best, reached } from '../explain/stations.js';
import { figures } from '../explain/written.js';
import { h, percent, say, svg } from '../page/dom.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */

const WIDTH = 21, // of a digit's column
  HEIGHT = 56;

export class Score {
  /** @param {import('../page/element.js').Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.shares = h('div', { class: 'both' });
    this.surprise = h('div', { class: 'both' });
    this.row = [
      h('div', { class: 'head of-o' }, 'softmax', h('small', {}, say('loss'))),
      this.shares,
      this.surprise,
      h('div', { class: 'slot' }),
    ];
  }

  /** @type {(pass: Trace, at: number) => void} */
  show(pass, at) {
    const { shares, label, loss } = pass,
      there = at >= SOFTMAX,
      back = at >= reached('backward', 'OUT');
    const read = best(shares),
      words = say('learn-shares', { digit: read, share: percent(shares[read]), label, own: percent(shares[label]) });
    const loses = say('learn-loss', { share: figures(shares[label]), loss: figures(loss) });
    this.shares.replaceChildren(
      bars(there ? shares : [], label, there ? words : say('learn-later'), () => 'var(--o)'),
      h('div', { class: 'muted' }, at > SOFTMAX ? loses : '\u00a0'),
    );
    const { less, more } = GRADIENTS[this.lab.dark ? 'dark' : 'light'],
      colour = (/** @type {number} */ value) => `rgb(${value < 0 ? less : more})`;
    this.surprise.replaceChildren(
      bars(back ? Array.from(pass.deltas.OUT) : [], label, back ? say('learn-surprises') : say('learn-later'), colour),
      h('div', { class: 'muted' }, back ? say('learn-surprises') : '\u00a0'),
    );
  }
}

/** A bar a digit, up or down from zero; the target's digit is framed. @type {(values: number[], label: number, words: string, colour: (value: number) => string) => SVGElement} */
function bars(values, label, words, colour) {
  const low = Math.min(0, ...values),
    zero = low < 0 ? HEIGHT / 2 : HEIGHT,
    picture = svg('svg', { viewBox: `0 0 ${10 * WIDTH} ${HEIGHT + 14}`, class: 'columns', role: 'img', 'aria-label': words });
  for (let k = 0; k < 10; k++) {
    const size = Math.abs(values[k] || 0) * (low < 0 ? HEIGHT / 2 : HEIGHT),
      x = k * WIDTH;
    picture.append(
      svg('rect', {
        x: x + 3,
        y: values[k] > 0 ? zero - size : zero,
        width: WIDTH - 6,
        height: Math.max(size, 0.5),
        fill: colour(values[k]),
      }),
      svg('text', { x: x + WIDTH / 2, y: HEIGHT + 11, 'text-anchor': 'middle', class: k === label ? 'target' : '' }, String(k)),
    );
  }
  return picture;
}
