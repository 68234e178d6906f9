// Steps with digits of the set, from given weights: which digits a step sees follows from its number alone, so that a link
// that names the number of steps leads every reader to the same weights.

import { LeNet } from '../engine/lenet.js';
import { seeded, shuffle } from '../engine/random.js';
import { accuracy } from '../engine/trainer.js';
import { deadShare } from '../engine/race.js';

/** @typedef {import('../engine/digits.js').Digits} Digits */

export const BATCH = 32;
export const TESTED = 100; // digits at a time, so that the page still answers
const HIDDEN = /** @type {const} */ (['C1', 'C3', 'F5', 'F6']);

/** The numbers of the digits in step `k`, counted from 0. @type {(count: number, k: number) => Uint32Array} */
export function batch(count, k) {
  const each = Math.floor(count / BATCH),
    order = Uint32Array.from({ length: count }, (_, i) => i);
  shuffle(order, seeded(Math.floor(k / each)));
  return order.slice((k % each) * BATCH, (k % each) * BATCH + BATCH);
}

export class Descent {
  /**
   * @param {import('../engine/kernels.js').KernelSet} kernels
   * @param {Partial<import('../engine/options.js').Options>} options
   */
  constructor(kernels, options) {
    this.net = new LeNet(kernels, options, BATCH);
    this.steps = 0;
    this.loss = NaN; // of the last step's digits, before it
  }

  /** @param {import('./backward.js').Tensors} weights */
  load(weights) {
    this.net.load(weights);
    this.steps = 0;
    this.loss = NaN;
  }

  /** @type {(digits: Digits, lr: number) => void} */
  step({ images, labels }, lr) {
    const { net } = this,
      { values } = net.layers.input,
      chosen = batch(labels.length, this.steps++),
      pixels = new Float32Array(chosen.length * values);
    chosen.forEach((digit, n) => pixels.set(images.subarray(digit * values, (digit + 1) * values), n * values));
    this.loss = net.step(
      pixels,
      Float32Array.from(chosen, (digit) => labels[digit]),
      lr,
    );
  }

  /** The weights as they are now, by name. @returns {import('./backward.js').Tensors} */
  get weights() {
    return Object.fromEntries(Object.entries(this.net.weights).map(([name, weights]) => [name, weights.slice()]));
  }
}

/**
 * The share of digits that weights read rightly, and the layers all of whose units are 0 for every digit of the last part.
 * `pause` is awaited between parts; a false from it ends the count with null.
 * `net` computes it and takes at least `TESTED` digits at once.
 * @type {(net: LeNet, weights: import('./backward.js').Tensors, digits: Digits, pause: () => Promise<boolean>) => Promise<{ accuracy: number, dead: string[] } | null>}
 */
export async function tested(net, weights, { images, labels }, pause) {
  const { values } = net.layers.input;
  let right = 0;
  for (let from = 0; from < labels.length; from += TESTED) {
    if (!(await pause())) return null;
    net.load(weights);
    const some = {
      images: images.subarray(from * values, (from + TESTED) * values),
      labels: labels.subarray(from, from + TESTED),
    };
    right += accuracy(net, some.images, some.labels) * some.labels.length;
  }
  const dead = HIDDEN.filter((name) => deadShare(net.map(name), net.layers[name]) === 1);
  return { accuracy: right / labels.length, dead };
}
