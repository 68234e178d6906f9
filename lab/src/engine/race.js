// A network that trains, alone or as a member of a team, with measures of what happens inside. No clock but the one it is given.

import { Bytes, numbers } from './bytes.js';
import { standardised } from './digits.js';
import { LeNet } from './lenet.js';
import { SIDE } from './options.js';
import { seeded, shuffle } from './random.js';
import { ALONE } from './team.js';
import { Trainer, right, shardsOf } from './trainer.js';
import { decode, hash } from './weights.js';

/** Which pixels enter: as many digits as said, standardised or from 0 to 1, all shuffled alike or not. @typedef {{ count: number, standardise: boolean, shuffled: boolean }} Input */
/** The bytes of a file of `weights` take the place of the initial ones. @typedef {{ options: Partial<import('./options.js').Options>, settings: Partial<import('./trainer.js').Settings>, input: Input, weights?: Uint8Array }} Configuration */
/** @typedef {{ images: Float32Array | Uint8Array, labels: Uint8Array }} Digits  as in digits.js: numbers, or bytes */

/**
 * What a network measured at one moment. Of every layer with weights: the root of the mean square of its gradients and
 * of its outputs, and the share of its units that gave nothing but zeros for all test digits looked at.
 * @typedef {object} Measures
 * @property {number} epochs
 * @property {number} seconds
 * @property {number} loss  mean over the steps since the last measures
 * @property {number} accuracy
 * @property {Record<string, number>} gradients
 * @property {Record<string, number>} outputs
 * @property {Record<string, number>} dead
 */

const NOTHING = new Float32Array(0);
const LOOKED_AT = 64; // test digits for the measures inside
export const MEASURED = /** @type {const} */ (['C1', 'C3', 'F5', 'F6', 'OUT']);

export class Runner {
  /**
   * @param {import('./kernels.js').KernelSet} kernels
   * @param {Configuration} configuration
   * @param {Digits} train
   * @param {Digits} test
   * @param {import('./team.js').Team} team
   */
  constructor(kernels, { options, settings, input, weights }, train, test, team = ALONE) {
    const shards = shardsOf(settings.batch_size);
    const chosen = { images: train.images.subarray(0, input.count * SIDE * SIDE), labels: train.labels.subarray(0, input.count) };
    this.train = entering(chosen, input);
    this.test = entering(test, input);
    this.trainer = new Trainer(
      new LeNet(kernels, options, Math.max(LOOKED_AT, settings.batch_size ?? 32), Math.log2(shards)),
      this.train.images,
      this.train.labels,
      { ...settings, shards },
    );
    this.team = team;
    this.input = input;
    this.given = weights && decode(weights).tensors;
    this.seconds = 0;
    this.losses = this.counted = 0; // since the last measures
    this.last = NaN;
    this.reset();
  }

  get net() {
    return this.trainer.net;
  }

  /** Back to the initial weights, or to those of the file. */
  reset() {
    this.trainer.reset();
    if (this.given) this.net.load(this.given);
    this.seconds = this.losses = this.counted = 0;
    this.last = NaN;
  }

  /** One minibatch; true if the loss still is a number. @param {() => number} now  seconds */
  async step(now) {
    const start = now();
    this.last = await this.#gradient();
    this.trainer.descend();
    this.seconds += now() - start;
    this.losses += this.last;
    this.counted++;
    return Number.isFinite(this.last);
  }

  /** The own shards, then those of the others. */
  async #gradient() {
    const { trainer, net } = this,
      [from, to] = this.#part(trainer.settings.shards);
    let loss = trainer.gradient(from, to);
    for (const link of this.team.links) {
      const [theirs, others] = await link.swap(net.gradients, loss);
      net.add(theirs);
      loss += others;
    }
    return loss;
  }

  /** What falls to this member of so many things. @type {(count: number) => [number, number]} */
  #part(count) {
    const { index, links } = this.team,
      cut = (/** @type {number} */ at) => Math.floor((at * count) / 2 ** links.length);
    return [cut(index), cut(index + 1)];
  }

  /** The share of the test digits that are read as their labels say. */
  async #accuracy() {
    const { images, labels } = this.test,
      [from, to] = this.#part(labels.length),
      area = SIDE * SIDE;
    let all = right(this.net, images.subarray(from * area, to * area), labels.subarray(from, to));
    for (const link of this.team.links) all += (await link.swap(NOTHING, all))[1];
    return all / labels.length;
  }

  /** @returns {Promise<Measures>} */
  async measure() {
    const { trainer, seconds } = this,
      loss = this.counted ? this.losses / this.counted : this.#testLoss();
    const share = await this.#accuracy();
    const inside = this.#inside();
    this.losses = this.counted = 0;
    return { epochs: trainer.epochs, seconds, loss, accuracy: share, ...inside };
  }

  get hash() {
    return hash(this.net);
  }

  #some() {
    return { images: numbers(this.test.images, 0, LOOKED_AT * SIDE * SIDE), labels: this.test.labels.subarray(0, LOOKED_AT) };
  }

  #testLoss() {
    const { images, labels } = this.#some();
    this.net.forward(images);
    return this.net.loss(labels);
  }

  /** The gradients are those of the same test digits at every measure, so that they can be compared. */
  #inside() {
    const { net } = this,
      { images, labels } = this.#some();
    net.forward(images);
    net.loss(labels);
    net.backward();
    const gradients = by((name) => rootMeanSquare(net.weightGradients[`${name}.weight`]));
    const outputs = by((name) => rootMeanSquare(net.map(name)));
    return { gradients, outputs, dead: by((name) => deadShare(net.map(name), net.layers[name])) };
  }
}

/** @type {(measure: (name: typeof MEASURED[number]) => number) => Record<string, number>} */
const by = (measure) => Object.fromEntries(MEASURED.map((name) => [name, measure(name)]));

/** @type {(numbers: Float32Array) => number} */
export function rootMeanSquare(numbers) {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] * numbers[i];
  return Math.sqrt(sum / numbers.length);
}

/** The share of maps, or of units, that are 0 everywhere for all images. @type {(values: Float32Array, layer: import('./options.js').Layer) => number} */
export function deadShare(values, { channels, side }) {
  const alive = new Uint8Array(channels),
    area = side * side;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) alive[Math.floor(i / area) % channels] = 1;
  return 1 - alive.reduce((a, b) => a + b, 0) / channels;
}

/** The digits as a network takes them. @type {(digits: Digits, input: Input) => { images: import('./bytes.js').Pixels, labels: Uint8Array }} */
export function entering({ images, labels }, { standardise, shuffled }) {
  const scaled = (/** @type {Float32Array} */ pixels) => (standardise ? standardised(pixels) : pixels);
  const bytes = (/** @type {Uint8Array} */ all) => new Bytes(all, scaled(LEVELS));
  if (images instanceof Uint8Array) return { images: bytes(shuffled ? reordered(images) : images), labels };
  return { images: scaled(shuffled ? reordered(images) : images), labels };
}

const LEVELS = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The pixels in another order, the same for all digits, to train on and to test. @type {<T extends Float32Array | Uint8Array>(pixels: T) => T} */
function reordered(pixels) {
  const order = Uint32Array.from({ length: SIDE * SIDE }, (_, i) => i),
    result = /** @type {typeof pixels} */ (pixels.slice());
  shuffle(order, seeded(0));
  for (let i = 0; i < result.length; i++) result[i] = pixels[i - (i % order.length) + order[i % order.length]];
  return result;
}
