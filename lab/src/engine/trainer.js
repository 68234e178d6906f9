// Minibatches in seeded order. One call of step() is one minibatch; whoever calls it keeps the clock.

import { numbers, write } from './bytes.js';
import { CLASSES, LabError, whole } from './options.js';
import { seeded, shuffle } from './random.js';

/** @typedef {import('./bytes.js').Pixels} Pixels */

/**
 * `cycle` is the number of epochs in which the rate rises to `lr` and falls to 0 again; with 0 it stays `lr`.
 * Of `shards`, a power of two, every minibatch is cut into as many, whose gradients are added up.
 * @typedef {{ batch_size: number, lr: number, momentum: number, seed: number, cycle: number, shards: number }} Settings
 */

/** @type {Settings} */
export const SETTINGS = Object.freeze({ batch_size: 32, lr: 0.1, momentum: 0.9, seed: 0, cycle: 0, shards: 1 });
const RISE = 0.3; // the part of a cycle in which the rate rises

const SHARDS = 8, // as many members as can share a minibatch
  LEAST = 8; // images that are worth a shard

/** The shards of minibatches of this size; it is all that their number depends on. */
export const shardsOf = (batch_size = SETTINGS.batch_size) =>
  2 ** Math.floor(Math.log2(Math.min(SHARDS, Math.max(1, batch_size / LEAST))));

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
    this.chosen = this.order; // the next minibatch
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
    this.#choose();
  }

  /** The last minibatch of an epoch may be smaller. */
  #choose() {
    const at = this.seen % this.order.length;
    if (at === 0) shuffle(this.order, this.random);
    this.chosen = this.order.subarray(at, at + this.settings.batch_size);
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

  /** Train on the next minibatch and return its loss. */
  step() {
    const loss = this.gradient();
    this.descend();
    return loss;
  }

  /**
   * Leaves in the network the gradient of some shards of the next minibatch and returns their part of its loss. Halves are
   * added up, and halves of halves: a tree, whose branches may also be added up elsewhere, with the same result bit by bit.
   * @returns {number}
   */
  gradient(from = 0, to = this.settings.shards, depth = 0) {
    if (to - from === 1) return this.#shard(from);
    const { net } = this,
      half = (from + to) / 2,
      first = this.gradient(from, half, depth + 1);
    net.spares[depth].set(net.gradients);
    const second = this.gradient(half, to, depth + 1);
    net.add(net.spares[depth]);
    return first + second;
  }

  /** @param {number} k */
  #shard(k) {
    const { net, chosen } = this,
      cut = (/** @type {number} */ at) => Math.floor((at * chosen.length) / this.settings.shards);
    const own = chosen.subarray(cut(k), cut(k + 1));
    if (own.length)
      return net.gradient(
        pick(net, this.images, own),
        Float32Array.from(own, (i) => this.labels[i]),
        chosen.length,
      );
    net.gradients.fill(0);
    return 0;
  }

  /** The step along the gradient that `gradient` left. */
  descend() {
    this.net.descend(this.rate, this.settings.momentum);
    this.steps++;
    this.seen += this.chosen.length;
    this.#choose();
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
export const accuracy = (net, images, labels) => right(net, images, labels) / labels.length;

/** How many they are. @type {(net: import('./lenet.js').LeNet, images: Pixels, labels: ArrayLike<number>) => number} */
export function right(net, images, labels) {
  expectPairs(net, images, labels);
  return predict(net, images).filter((digit, i) => digit === labels[i]).length;
}

/** @param {Float32Array} numbers */
function largest(numbers) {
  let best = 0;
  for (let j = 1; j < numbers.length; j++) if (numbers[j] > numbers[best]) best = j;
  return best;
}

/** The chosen images, written to where the network takes its input from. @type {(net: import('./lenet.js').LeNet, images: Pixels, chosen: Uint32Array) => Float32Array} */
function pick(net, images, chosen) {
  const { values } = net.layers.input,
    batch = net.maps.input.subarray(0, chosen.length * values);
  chosen.forEach((image, n) => write(images, image * values, (image + 1) * values, batch, n * values));
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
