// The ten shares of the softmax as bars, and beside them what they lack: softmax minus one-hot.

import { GRADIENTS } from '../explain/gradients.js';
import { SOFTMAX, best, reached } from '../explain/stations.js';
import { figures } from '../explain/written.js';
import { h, percent, say, svg } from '../page/dom.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */

const WIDTH = 21, // of a digit's column
  TOP = 14, // above the columns, for the name of their scale
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
    const scale = { words: there ? words : say('learn-later'), name: say('learn-unit-share'), least: 0 };
    this.shares.replaceChildren(
      bars(there ? shares : [], label, scale, () => 'var(--o)'),
      h('div', { class: 'muted' }, at > SOFTMAX ? loses : '\u00a0'),
    );
    const { less, more } = GRADIENTS[this.lab.dark ? 'dark' : 'light'],
      colour = (/** @type {number} */ value) => `rgb(${value < 0 ? less : more})`,
      signed = { words: say(back ? 'learn-surprises' : 'learn-later'), name: say('learn-unit-gradient'), least: -1 };
    this.surprise.replaceChildren(
      bars(back ? Array.from(pass.deltas.OUT) : [], label, signed, colour),
      h('div', { class: 'muted' }, back ? say('learn-surprises') : '\u00a0'),
    );
  }
}

/** From `least` at the bottom to 1 at the top; its name, and words for who cannot see it. @typedef {{ least: number, name: string, words: string }} Scale */

/** A bar a digit, up or down from zero; the target's digit is underlined. @type {(values: number[], label: number, scale: Scale, colour: (value: number) => string) => SVGElement} */
function bars(values, label, { least, name, words }, colour) {
  const one = HEIGHT / (1 - least), // pixels
    zero = TOP + one,
    width = 10 * WIDTH,
    picture = svg('svg', { viewBox: `0 0 ${width} ${TOP + HEIGHT + 26}`, class: 'columns', role: 'img', 'aria-label': words });
  picture.append(
    svg('text', { x: 0, y: 10 }, name),
    ...[TOP, TOP + HEIGHT].map((y) => svg('line', { x2: width, y1: y, y2: y, class: 'grid' })),
    svg('text', { x: width / 2, y: TOP + HEIGHT + 23, 'text-anchor': 'middle' }, say('learn-digit')),
  );
  for (let k = 0; k < 10; k++) {
    const size = Math.abs(values[k] || 0) * one,
      x = k * WIDTH,
      digit = { x: x + WIDTH / 2, y: TOP + HEIGHT + 11, 'text-anchor': 'middle', class: k === label ? 'target' : '' };
    picture.append(
      svg('rect', {
        x: x + 3,
        y: values[k] > 0 ? zero - size : zero,
        width: WIDTH - 6,
        height: Math.max(size, 0.5),
        fill: colour(values[k]),
      }),
      svg('text', digit, String(k)),
    );
  }
  return picture;
}
