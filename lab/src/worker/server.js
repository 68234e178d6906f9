// What the page asks of the networks that train: the same whether it runs in a worker or, where there is none, in the page.
// `protocol.d.ts` has the questions and the answers. While it trains it reports.

import { TRAIN, part, unpacked } from '../engine/digits.js';
import { LabError } from '../engine/options.js';
import { Runner } from '../engine/race.js';
import { encode } from '../engine/weights.js';

/** @typedef {import('../engine/race.js').Digits} Digits */
/** @typedef {import('../engine/race.js').Measures} Measures */
/** @typedef {import('./protocol').Answer} Answer */
/** @typedef {import('./protocol').Opening} Opening */
/** @typedef {import('./protocol').Question} Question */
/** @typedef {import('./protocol').Result} Result */

export class Server {
  /**
   * @param {(answer: Answer) => void} post
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
    this.digits = /** @type {{ train: Digits, test: Digits } | null} */ (null);
    this.running = false;
    this.most = Infinity; // epochs
    this.round = 0;
    this.next = 0; // epochs at which to measure
  }

  /** @param {Question} question */
  async take(question) {
    const { id, name } = question;
    try {
      this.post({ id, result: await this.#answer(question) });
      if (name !== 'weights') this.#report();
    } catch (error) {
      if (!(error instanceof LabError)) console.error(error);
      this.post({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @type {(question: Question) => Result | Promise<Result>} */
  #answer(question) {
    switch (question.name) {
      case 'open':
        return this.#open(question);
      case 'go':
        return this.#go();
      case 'pause':
        return this.#pause();
      case 'step':
        return this.#one();
      case 'reset':
        return this.#reset();
      case 'weights':
        return this.#file(this.runners[question.which]);
    }
  }

  /** @param {Runner} runner */
  #file({ net, input }) {
    return encode(net, input.standardise ? 'pytorch' : 'note');
  }

  /** @param {Opening} given */
  async #open({ digits, configurations, kernels, most, round }) {
    this.running = false;
    if (digits) this.digits = digits instanceof Uint8Array ? split(unpacked(digits)) : digits;
    if (!this.digits) throw new LabError('The digits are not there yet.');
    const set = await this.kernels(kernels),
      { train, test } = this.digits;
    this.runners = configurations.map((each) => new Runner(set, each, train, test));
    this.most = most;
    this.round = round;
    this.#start();
    return { kernels: set.name };
  }

  #start() {
    this.next = 0;
    this.states = this.runners.map((runner) => ({ measures: runner.measure(), broken: false, done: false }));
  }

  #pause() {
    this.running = false;
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

/** The digits of the book, by what they are for. @type {(digits: import('../engine/digits.js').Digits) => { train: Digits, test: Digits }} */
const split = (digits) => ({ train: part(digits, 0, TRAIN), test: part(digits, TRAIN, digits.labels.length) });

const now = () => performance.now() / 1000;

/** @type {(epochs: number) => number} */
const quarter = (epochs) => Math.floor(4 * epochs + 1e-9);
