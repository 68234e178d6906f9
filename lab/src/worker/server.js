// What the page asks of the networks that train: the same whether it runs in a worker or, where there is none, in the page.
//
//   { name: 'open', digits, configurations, kernels, most, round }   new networks with their first weights, for `most` epochs
//   { name: 'go' | 'pause' | 'step' | 'reset' }
//   { name: 'weights', which }                          the file of a network's weights
//
// It answers every question with { id, result } or { id, error }, and reports { report } while it trains.

import { TRAIN, part, unpacked } from '../engine/digits.js';
import { LabError } from '../engine/options.js';
import { Runner } from '../engine/race.js';
import { encode } from '../engine/weights.js';

/** @typedef {import('../engine/race.js').Configuration} Configuration */
/** @typedef {import('../engine/race.js').Measures} Measures */
/** One network: `seen` images in `seconds`, `hash` when it stands still, `broken` when its loss is no number any more. */
/** @typedef {{ measures: Measures, epochs: number, seen: number, seconds: number, hash: string, broken: boolean, done: boolean }} Run */
/** `round` is that of the `open` that made the networks. @typedef {{ running: boolean, round: number, runs: Run[] }} Report */

export class Server {
  /**
   * @param {(message: any) => void} post
   * @param {(name: 'wasm' | 'js') => Promise<import('../engine/kernels.js').KernelSet>} kernels
   * @param {number} slice  milliseconds of training between two looks at what came in
   */
  constructor(post, kernels, slice = 40) {
    this.post = post;
    this.kernels = kernels;
    this.slice = slice;
    /** @type {Runner[]} */
    this.runners = [];
    /** @type {{ measures: Measures, broken: boolean, done: boolean }[]} */
    this.states = [];
    this.running = false;
    this.most = Infinity; // epochs
    this.round = 0;
    this.next = 0; // epochs at which to measure
  }

  /** @param {{ id: number, name: string, [name: string]: any }} message */
  async take({ id, name, ...given }) {
    try {
      const acts = /** @type {Record<string, (given: any) => unknown>} */ ({
        open: (all) => this.#open(all),
        go: () => this.#go(),
        pause: () => (this.running = false),
        step: () => this.#one(),
        reset: () => this.#reset(),
        weights: ({ which }) => encode(this.runners[which].net),
      });
      const result = await acts[name](given);
      this.post({ id, result });
      if (name !== 'weights') this.#report();
    } catch (error) {
      if (!(error instanceof LabError)) console.error(error);
      this.post({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param {{ digits?: Uint8Array, configurations: Configuration[], kernels: 'wasm' | 'js', most: number, round: number }} given */
  async #open({ digits, configurations, kernels, most, round }) {
    this.running = false;
    if (digits) this.digits = unpacked(digits);
    if (!this.digits) throw new LabError('The digits are not there yet.');
    const set = await this.kernels(kernels),
      count = this.digits.labels.length;
    const train = part(this.digits, 0, TRAIN),
      test = part(this.digits, TRAIN, count);
    this.runners = configurations.map((each) => new Runner(set, each, train, test));
    this.most = most;
    this.round = round;
    this.#start();
    return { kernels: set.name };
  }

  #start() {
    this.next = 0;
    this.states = this.runners.map(() => ({ measures: /** @type {any} */ (null), broken: false, done: false }));
    this.#measure();
  }

  #reset() {
    this.running = false;
    for (const runner of this.runners) runner.reset();
    this.#start();
  }

  #go() {
    if (this.running || this.#over) return;
    this.running = true;
    this.#loop();
  }

  get #over() {
    return this.states.every(({ broken, done }) => broken || done);
  }

  #loop() {
    if (!this.running) return;
    const end = now() + this.slice / 1000;
    do this.#advance();
    while (now() < end && !this.#over);
    if (this.#over) this.running = false;
    this.#report();
    if (this.running) setTimeout(() => this.#loop());
  }

  /** One minibatch for the network that has seen least, and measures where a quarter of an epoch is full. */
  #advance() {
    const open = this.runners.map((_, k) => k).filter((k) => !this.states[k].broken && !this.states[k].done);
    if (!open.length) return;
    const k = open.reduce((a, b) => (this.runners[b].trainer.epochs < this.runners[a].trainer.epochs ? b : a));
    const runner = this.runners[k],
      state = this.states[k],
      before = quarter(runner.trainer.epochs);
    state.broken = !runner.step(now);
    state.done = runner.trainer.epochs >= this.most - 1e-9;
    if (state.broken || state.done || quarter(runner.trainer.epochs) > before) state.measures = runner.measure();
  }

  #one() {
    this.running = false;
    for (const [k, runner] of this.runners.entries())
      if (!this.states[k].broken) {
        this.states[k].broken = !runner.step(now);
        this.states[k].measures = runner.measure();
      }
  }

  #measure() {
    this.states.forEach((state, k) => (state.measures = this.runners[k].measure()));
  }

  #report() {
    const runs = this.states.map((state, k) => ({
      ...state,
      epochs: this.runners[k].trainer.epochs,
      seen: this.runners[k].trainer.seen,
      seconds: this.runners[k].seconds,
      loss: this.runners[k].last,
      hash: this.running ? '' : this.runners[k].hash,
    }));
    this.post({ report: { running: this.running, round: this.round, runs } });
  }
}

const now = () => performance.now() / 1000;

/** @type {(epochs: number) => number} */
const quarter = (epochs) => Math.floor(4 * epochs + 1e-9);
