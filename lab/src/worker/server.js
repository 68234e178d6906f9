// What the page asks of a network that trains: the same whether it runs in a worker or, where there is none, in the page.
// `protocol.d.ts` has the questions and the answers. While it trains it reports. Where cores are left it hires helpers, servers
// in workers of their own, which compute their shards of every minibatch.

import { TRAIN, part, unpacked } from '../engine/digits.js';
import { LabError } from '../engine/options.js';
import { Runner } from '../engine/race.js';
import { Link } from '../engine/team.js';
import { shardsOf } from '../engine/trainer.js';
import { encode } from '../engine/weights.js';

/** @typedef {import('../engine/race.js').Measures} Measures */
/** @typedef {import('./client.js').Client} Client */
/** @typedef {import('./protocol').Answer} Answer */
/** @typedef {import('./protocol').Opening} Opening */
/** @typedef {import('./protocol').Question} Question */
/** @typedef {import('./protocol').Result} Result */
/** @typedef {import('./protocol').Split} Split */

export class Server {
  /**
   * @param {(answer: Answer) => void} post
   * @param {(name: import('./protocol').KernelName) => Promise<import('../engine/kernels.js').KernelSet>} kernels
   * @param {number} slice  milliseconds of training between two looks at what came in
   * @param {(() => Client) | null} hire  a helper
   */
  constructor(post, kernels, slice, hire = null) {
    this.post = post;
    this.kernels = kernels;
    this.slice = slice;
    this.hire = hire;
    /** @type {Client[]} */
    this.hired = [];
    this.helpers = this.hired; // those that help now
    /** What every helper trains on. @type {Map<Client, Split>} */
    this.supplied = new Map();
    this.digits = /** @type {Split | null} */ (null);
    this.runner = /** @type {Runner | null} */ (null);
    this.state = { measures: /** @type {Measures | null} */ (null), broken: false, done: false };
    this.leads = true;
    this.running = false;
    this.most = Infinity; // epochs
    this.round = 0;
    this.steps = 1; // in the next slice
    /** One thing after the other, since a step may wait for other members. @type {Promise<void>} */
    this.queue = Promise.resolve();
  }

  /** @param {Question} question */
  take(question) {
    if (!GOES_ON.includes(question.name)) this.running = false;
    this.queue = this.queue.then(() => this.#reply(question));
    return this.queue;
  }

  /** @param {Question} question */
  async #reply(question) {
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
        return;
      case 'advance':
        return this.#advance(question.steps);
      case 'step':
        return this.#together('step', {}, () => this.#one());
      case 'reset':
        return this.#together('reset', { round: question.round }, () => this.#reset(question.round));
      case 'weights':
        return this.#file(this.#trained);
    }
  }

  /** @param {Runner} runner */
  #file({ net, input }) {
    return encode(net, input.standardise ? 'pytorch' : 'note');
  }

  /** @param {Opening} opening */
  async #open(opening) {
    const { digits, configuration, kernels, most, round, workers, team } = opening;
    if (digits) this.digits = digits instanceof Uint8Array ? split(unpacked(digits)) : digits;
    if (!this.digits) throw new LabError('The digits are not there yet.');
    const set = await this.kernels(kernels);
    this.helpers = await this.#helpers(Math.min(workers, shardsOf(configuration.settings.batch_size)));
    const ports = wired(this.helpers.length + 1);
    const { index, ports: own } = team ?? { index: 0, ports: ports[0] };
    const links = own.map((port) => new Link(port));
    this.leads = !index;
    this.runner = new Runner(set, configuration, this.digits.train, this.digits.test, { index, links });
    this.most = most;
    const briefed = this.helpers.map((each, k) => this.#brief(each, opening, { index: k + 1, ports: ports[k + 1] }));
    await Promise.all([this.#start(round), ...briefed]); // together, since all measure
    return { kernels: set.name };
  }

  /** Helpers in workers that run, so that there are `count` members; none if they cannot be had. @param {number} count */
  async #helpers(count) {
    if (!this.hire) return [];
    while (this.hired.length < count - 1) this.hired.push(this.hire());
    const some = this.hired.slice(0, count - 1);
    await Promise.all(some.map((each) => each.call('pause', {})));
    return some.every(({ apart }) => apart) ? some : [];
  }

  /** @type {(helper: Client, opening: Opening, team: import('./protocol').Seat) => Promise<unknown>} */
  #brief(helper, opening, team) {
    const all = /** @type {Split} */ (this.digits),
      digits = this.supplied.get(helper) === all ? undefined : all;
    this.supplied.set(helper, all);
    return helper.call('open', { ...opening, digits, workers: 1, team });
  }

  /** @param {number} round */
  async #start(round) {
    this.round = round;
    this.steps = 1;
    this.state = { measures: await this.#trained.measure(), broken: false, done: false };
  }

  get #trained() {
    if (!this.runner) throw new LabError('The network is not there yet.');
    return this.runner;
  }

  /**
   * What all members do at the same time.
   * @template {import('./protocol').Name} N
   * @param {N} name
   * @param {import('./protocol').Calls[N]['given']} given
   * @param {() => Promise<void>} act
   */
  async #together(name, given, act) {
    await Promise.all([act(), ...this.helpers.map((each) => each.call(name, given))]);
  }

  /** @param {number} round */
  #reset(round) {
    this.#trained.reset();
    return this.#start(round);
  }

  #go() {
    if (this.running || this.#over) return;
    this.running = true;
    this.queue.then(() => this.#loop());
  }

  get #over() {
    return this.state.broken || this.state.done;
  }

  /** Slices of training; between two of them other questions have their turn. */
  #loop() {
    this.queue = this.queue.then(async () => {
      if (!this.running) return;
      const start = now(),
        { steps } = this;
      await this.#together('advance', { steps }, () => this.#advance(steps));
      this.steps = Math.max(1, Math.round(steps * Math.min(2, this.slice / 1000 / (now() - start))));
      if (this.#over) this.running = false;
      this.#report();
      if (this.running) setTimeout(() => this.#loop());
    });
  }

  /** Every member stops after the same step. @param {number} steps */
  async #advance(steps) {
    for (; steps > 0 && !this.#over; steps--) await this.#step();
  }

  /** One minibatch, and measures where a quarter of an epoch is full. */
  async #step() {
    const runner = this.#trained,
      { state } = this,
      before = quarter(runner.trainer.epochs);
    state.broken = !(await runner.step(now));
    state.done = runner.trainer.epochs >= this.most - 1e-9;
    if (this.#over || quarter(runner.trainer.epochs) > before) state.measures = await runner.measure();
  }

  async #one() {
    if (this.state.broken) return;
    this.state.broken = !(await this.#trained.step(now));
    this.state.measures = await this.#trained.measure();
  }

  #report() {
    const { runner, state, running, round } = this;
    if (!runner || !state.measures || !this.leads) return;
    const { trainer, seconds, last } = runner;
    const run = { ...state, measures: state.measures, epochs: trainer.epochs, seen: trainer.seen, seconds, loss: last };
    this.post({ report: { running, round, run: { ...run, hash: running ? '' : runner.hash } } });
  }
}

const GOES_ON = ['go', 'weights', 'advance']; // what does not end a training

/** Channels between members whose numbers differ in one binary digit: of every member its ports, the last digit's first. @type {(count: number) => MessagePort[][]} */
function wired(count) {
  const ports = Array.from({ length: count }, () => /** @type {MessagePort[]} */ ([]));
  for (let bit = 1; bit < count; bit *= 2)
    ports.forEach((own, k) => {
      if (k & bit) return;
      const { port1, port2 } = new MessageChannel();
      own.push(port1);
      ports[k | bit].push(port2);
    });
  return ports;
}

/** The digits of the book, by what they are for. @type {(digits: import('../engine/digits.js').Digits) => Split} */
const split = (digits) => ({ train: part(digits, 0, TRAIN), test: part(digits, TRAIN, digits.labels.length) });

const now = () => performance.now() / 1000;

/** @type {(epochs: number) => number} */
const quarter = (epochs) => Math.floor(4 * epochs + 1e-9);
