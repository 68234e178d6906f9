// The network of the learn panel: a trained one or a new one, after as many steps with digits of the set as the state says.

import { onScale, TRAIN, part, unpacked } from '../engine/digits.js';
import { kernels } from '../engine/kernel_sets.js';
import { LeNet } from '../engine/lenet.js';
import { decode } from '../engine/weights.js';
import { Descent, TESTED, tested } from '../explain/descent.js';
import { interleaved, unzipped } from '../page/assets.js';

/** @typedef {import('../engine/digits.js').Digits} Digits */
/** @typedef {import('../explain/backward.js').Tensors} Tensors */
/** @typedef {{ options: import('../engine/options.js').Options, tensors: Tensors }} Start */

/** Whether the reader wants nothing to move. */
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const SLICE = 14; // milliseconds of training between two pictures

export class Network {
  /** @param {import('../page/element.js').Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Record<string, Start>} */
    this.starts = {};
    this.key = ''; // of what `descent` began with
    this.tests = 0; // how many counts were begun
    this.testable = ''; // the options of the network that counts
  }

  /** The kernels and the digits, once. */
  async open() {
    this.kernels = await kernels();
    this.digits = await this.lab.asset('digits', async (file) => unpacked(await unzipped(file)));
    const all = { images: onScale(this.digits.images, 'pytorch'), labels: this.digits.labels };
    this.train = part(all, 0, TRAIN);
    this.test = part(all, TRAIN, all.labels.length);
    return this.digits;
  }

  /** The weights that training begins with. @returns {Promise<Start>} */
  async #start() {
    const { net, activation, pool } = this.lab.state,
      name = net === 'new' ? `${activation} ${pool}` : net;
    this.starts[name] ??=
      net === 'new'
        ? this.#fresh(activation, pool)
        : await this.lab.asset(`lenet_${net}`, async (file) => decode(await interleaved(file)));
    return this.starts[name];
  }

  /** @type {(activation: 'sigmoid' | 'tanh' | 'relu', pool: 'avg' | 'max') => Start} */
  #fresh(activation, pool) {
    const init = activation === 'sigmoid' ? 'xavier-4' : 'xavier';
    const { options, weights } = new LeNet(this.#set, { activation, pool, init }, 1);
    return { options, tensors: weights };
  }

  get #set() {
    return /** @type {import('../engine/kernels.js').KernelSet} */ (this.kernels);
  }

  /**
   * Options and weights of the state, or null if the state has changed meanwhile. `seen` is called with the weights at the
   * start and those on the way, before each picture of the screen unless nothing
   * should move, and at the end.
   * @type {(seen: (start: Tensors, now: Tensors) => void) => Promise<{ options: import('../engine/options.js').Options, weights: Tensors } | null>}
   */
  async weights(seen) {
    const state = () => ['net', 'activation', 'pool', 'steps', 'pace'].map((name) => this.lab.state[name]).join(),
      asked = state(),
      { steps, pace } = this.lab.state;
    const { options, tensors } = await this.#start();
    if (state() !== asked) return null;
    const key = asked.replace(`,${steps},`, ',');
    if (this.key !== key || !this.descent || this.descent.steps > steps) {
      this.descent = new Descent(this.#set, options);
      this.descent.load(tensors);
      this.key = key;
    }
    const { descent } = this;
    while (descent.steps < steps) {
      const end = performance.now() + SLICE;
      do descent.step(/** @type {Digits} */ (this.train), pace);
      while (descent.steps < steps && performance.now() < end);
      if (!still()) seen(tensors, descent.weights);
      await new Promise(requestAnimationFrame);
      if (state() !== asked) return null;
    }
    if (steps) seen(tensors, descent.weights);
    return { options, weights: descent.weights };
  }

  /** The accuracy of weights on the 1,000 test digits, or null if another count was asked for meanwhile. @type {(options: import('../engine/options.js').Options, weights: Tensors) => ReturnType<typeof tested>} */
  async accuracy(options, weights) {
    const key = JSON.stringify(options),
      own = this.tests;
    if (this.testable !== key) this.tester = new LeNet(this.#set, options, TESTED);
    this.testable = key;
    const pause = () => new Promise((/** @type {(go: boolean) => void} */ go) => setTimeout(() => go(own === this.tests)));
    return tested(/** @type {LeNet} */ (this.tester), weights, /** @type {Digits} */ (this.test), pause);
  }

  /** What is counted is not wanted any more. */
  forget() {
    this.tests++;
  }
}
