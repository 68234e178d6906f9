// Minibatches in seeded order. One call of step() is one minibatch; whoever calls it keeps the clock.

import { numbers } from './bytes.js';
import { CLASSES, LabError, whole } from './options.js';
import { seeded, shuffle } from './random.js';

/** @typedef {import('./bytes.js').Pixels} Pixels */

/**
 * `cycle` is the number of epochs in which the rate rises to `lr` and falls to 0 again; with 0 it stays `lr`.
 * @typedef {{ batch_size: number, lr: number, momentum: number, seed: number, cycle: number }} Settings
 */

/** @type {Settings} */
export const SETTINGS = Object.freeze({ batch_size: 32, lr: 0.1, momentum: 0.9, seed: 0, cycle: 0 });
const RISE = 0.3; // the part of a cycle in which the rate rises

export class Trainer {
  /**
   * @param {import('./lenet.js').LeNet} net
   * @param {Pixels} images  normalised pixels, one image after the other
   * @param {ArrayLike<number>} labels
   * @param {Partial<Settings>} [settings]
   */
  constructor(net, images, labels, settings = {}) {
    this.net = net;
    this.images = images;
    this.labels = labels;
    this.settings = checked(net, { ...SETTINGS, ...settings });
    expectPairs(net, images, labels);
    this.order = new Uint32Array(labels.length);
    this.random = seeded(this.settings.seed);
    this.steps = 0;
    this.seen = 0; // images, the repeated ones as well
    this.start();
  }

  /** The initial weights, and the first order of the images, again. */
  reset() {
    this.net.reset();
    this.start();
  }

  /** The first order of the images; the weights stay. */
  start() {
    this.random = seeded(this.settings.seed);
    this.order.forEach((_, i) => (this.order[i] = i));
    this.steps = 0;
    this.seen = 0;
  }

  /** How many times all images were seen, with fractions. */
  get epochs() {
    return this.seen / this.order.length;
  }

  /** The learning rate of the next step. Of its two slopes arithmetic suffices, which every browser does alike. */
  get rate() {
    const { lr, cycle, batch_size } = this.settings;
    if (!cycle) return lr;
    const at = (this.seen + batch_size / 2) / this.order.length / cycle;
    return lr * Math.max(0, at < RISE ? at / RISE : (1 - at) / (1 - RISE));
  }

  /** Train on the next minibatch and return its loss. The last one of an epoch may be smaller. */
  step() {
    const {
        order,
        settings: { batch_size, momentum },
      } = this,
      at = this.seen % order.length;
    if (at === 0) shuffle(order, this.random);
    const chosen = order.subarray(at, at + batch_size);
    const loss = this.net.step(
      pick(this.net, this.images, chosen),
      Float32Array.from(chosen, (i) => this.labels[i]),
      this.rate,
      momentum,
    );
    this.steps++;
    this.seen += chosen.length;
    return loss;
  }
}

/**
 * The digit that the net takes every image for.
 * @param {import('./lenet.js').LeNet} net
 * @param {Pixels} images
 */
export function predict(net, images) {
  const { values } = net.layers.input,
    digits = new Uint8Array(images.length / values);
  for (let from = 0; from < digits.length; from += net.maxBatch) {
    const logits = net.forward(numbers(images, from * values, (from + net.maxBatch) * values));
    for (let n = 0; n < logits.length / CLASSES; n++) digits[from + n] = largest(logits.subarray(n * CLASSES, (n + 1) * CLASSES));
  }
  return digits;
}

/**
 * The share of the images that the net takes for the digit of their label.
 * @param {import('./lenet.js').LeNet} net
 * @param {Pixels} images
 * @param {ArrayLike<number>} labels
 */
export function accuracy(net, images, labels) {
  expectPairs(net, images, labels);
  return predict(net, images).filter((digit, i) => digit === labels[i]).length / labels.length;
}

/** @param {Float32Array} numbers */
function largest(numbers) {
  let best = 0;
  for (let j = 1; j < numbers.length; j++) if (numbers[j] > numbers[best]) best = j;
  return best;
}

/** @type {(net: import('./lenet.js').LeNet, images: Pixels, chosen: Uint32Array) => Float32Array} */
function pick(net, images, chosen) {
  const { values } = net.layers.input,
    batch = new Float32Array(chosen.length * values);
  chosen.forEach((image, n) => batch.set(numbers(images, image * values, (image + 1) * values), n * values));
  return batch;
}

/** @type {(net: import('./lenet.js').LeNet, settings: Settings) => Settings} */
function checked(net, settings) {
  whole('batch_size', settings.batch_size);
  whole('seed', settings.seed, 0);
  whole('cycle', settings.cycle, 0);
  if (settings.batch_size > net.maxBatch)
    throw new LabError(
      `batch_size expects at most ${net.maxBatch}, got ${settings.batch_size}; make the net with a larger maxBatch.`,
    );
  for (const name of /** @type {const} */ (['lr', 'momentum']))
    if (!(settings[name] >= 0 && settings[name] < Infinity))
      throw new LabError(`${name} expects a finite number of at least 0, got ${settings[name]}.`);
  return settings;
}

/** @type {(net: import('./lenet.js').LeNet, images: Pixels, labels: ArrayLike<number>) => void} */
function expectPairs(net, images, labels) {
  const { values } = net.layers.input;
  if (!labels.length || images.length !== labels.length * values)
    throw new LabError(`Expected ${values} pixels for every label, got ${images.length} pixels and ${labels.length} labels.`);
}
