// Two networks race from the same seed on the 4,000 digits, or on all of MNIST, and show what happens inside them.

import { TRAIN } from '../engine/digits.js';
import { LabError, complete, layers } from '../engine/options.js';
import { decode } from '../engine/weights.js';
import { unzipped } from '../page/assets.js';
import { Client } from '../worker/client.js';
import { Curves, accuracyOf } from './curves.js';
import { readMnist } from './mnist.js';
import { program } from './program.js';
import { button, check, filesOpener, h, opener, row, say, select } from '../page/dom.js';
import { PRESETS, fieldsOf } from '../explain/presets.js';
import { BOTH, FILE, Sides, configuration, fields, fieldsOfFile } from './sides.js';
import { choice, flag, number } from '../page/state.js';

/** @typedef {import('../page/element.js').Lab} Lab */
/** @typedef {import('../worker/protocol').Progress} Progress */
/** @typedef {import('../worker/protocol').Report} Report */

const NAMES = [...Object.keys(PRESETS), 'own'];

/** @type {import('../page/element.js').Panel} */
export const train = {
  name: 'train-name',
  fields: {
    preset: choice('preset', 'start', NAMES),
    ...fields,
    alone: flag('alone', false),
    data: choice('data', 'book', ['book', 'mnist']),
    seed: number('seed', 0, 0, 99),
    epochs: number('epochs', fieldsOf('start').epochs, 1, 50),
    kernels: choice('kernels', 'wasm', ['wasm', 'relaxed', 'js']),
  },
  expand: ({ preset }) => (preset in PRESETS ? fieldsOf(preset) : {}),
  start: (lab) => new Race(lab).start(),
};

class Race {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.curves = new Curves(lab);
    this.sides = new Sides(lab);
    /** @type {Client[]} */
    this.clients = []; // one a network
    /** @type {Report[]} */
    this.reports = []; // the last ones
    /** @type {Progress | null} */
    this.report = null; // of all
    /** @type {Record<string, Uint8Array>} */
    this.files = {}; // weights to begin with, by letter
    this.opened = ''; // what the networks in the worker were made from
    this.round = 0; // of the networks, the last that were asked for
    /** @type {import('../worker/protocol').Split | null} */
    this.mnist = null; // the reader's files
    /** @type {string[]} */
    this.sent = []; // the digits that the workers have
    this.told = ''; // of the kernels
    /** @type {import('./sides.js').Letter | ''} */
    this.coded = ''; // whose program is shown
    this.code = h('div', {});
    this.go = button(say('train'), () => lab.guard(() => this.#call(this.report?.running ? 'pause' : 'go')));
    this.why = h('p', { class: 'muted' });
  }

  start() {
    const { lab, curves } = this,
      act = (/** @type {'step' | 'reset'} */ name) => lab.guard(() => this.#call(name));
    this.presets = select(
      lab,
      'preset',
      say('preset'),
      NAMES.map((name) => [name, say(`preset-${name}`)]),
    );
    const computed = select(lab, 'kernels', say('kernels'), [
      ['wasm', 'SIMD'],
      ['relaxed', say('relaxed')],
      ['js', 'JavaScript'],
    ]);
    const buttons = [this.go, button(say('one-step'), () => act('step')), button(say('reset'), () => act('reset'))];
    this.controls = row(
      ...buttons,
      this.#number('epochs', 1, 50),
      this.#number('seed', 0, 99),
      check(lab, 'alone', say('alone')),
      computed,
    );
    this.saves = BOTH.map((letter, k) =>
      button(say('download', { name: letter.toUpperCase() }), () => lab.guard(() => this.#save(k))),
    );
    this.begins = BOTH.map((letter) =>
      opener(lab, say('begin-with', { name: letter.toUpperCase() }), (file) => this.#begin(letter, file)),
    );
    this.codes = BOTH.map((letter) =>
      button(say('as-pytorch', { name: letter.toUpperCase() }), () => {
        this.coded = this.coded === letter ? '' : letter;
        this.#code();
      }),
    );
    lab.body.append(
      row(this.presets, ...this.#openers()).element,
      this.why,
      h('div', { class: 'side' }, h('div', { class: 'form' }, this.sides.element), curves.charts),
      this.controls.element,
      lab.line,
      curves.result,
      curves.inside,
      row(...this.saves, ...this.begins, ...this.codes).element,
      this.code,
      curves.twin.element,
    );
    return { update: () => this.#update(), stop: () => this.clients.forEach((client) => client.stop()) };
  }

  /** Buttons for the files of MNIST, or for their folder. */
  #openers() {
    const open = async (/** @type {File[]} */ files) => {
      this.lab.tell(say('mnist-reading'));
      this.mnist = await readMnist(files);
      this.sent = [];
      this.#forget();
      this.lab.set({ preset: 'mnist' }, true);
      return this.#call('go');
    };
    return [
      filesOpener(this.lab, say('mnist-files'), open, { multiple: true }),
      filesOpener(this.lab, say('mnist-folder'), open, { webkitdirectory: true }),
    ];
  }

  /** @type {(name: 'epochs' | 'seed', least: number, most: number) => import('../page/dom.js').Control} */
  #number(name, least, most) {
    const change = () => this.lab.guard(() => this.lab.set({ [name]: train.fields[name].read(box.value) }));
    const box = h('input', { type: 'number', min: least, max: most, onchange: change });
    // says: epochs, seed
    return { element: h('label', {}, `${say(name)} `, box), show: () => (box.value = String(this.lab.state[name])) };
  }

  #update() {
    const { preset, alone } = this.lab.state;
    for (const control of [this.presets, this.controls, this.sides]) control?.show();
    for (const each of [this.saves, this.begins, this.codes]) each?.[1].toggleAttribute('hidden', alone);
    this.why.textContent = preset === 'own' ? '' : say(`why-${preset}`);
    if (this.opened && this.opened !== this.#key()) this.#forget();
    this.#code();
    this.#show();
    for (const letter of this.#letters()) layers(complete(this.#configuration(letter).options)); // says what cannot be
  }

  #letters() {
    return this.lab.state.alone ? BOTH.slice(0, 1) : BOTH;
  }

  /** @param {import('./sides.js').Letter} letter */
  #configuration(letter) {
    const { state } = this.lab,
      weights = state[`${letter}_init`] === FILE ? this.files[letter] : undefined;
    if (state[`${letter}_init`] === FILE && !weights) throw new LabError(say('own-missing'));
    const got = state[`${letter}_digits`];
    if (state.data === 'book' && got > TRAIN)
      throw new LabError(say('too-many', { have: TRAIN, name: letter.toUpperCase(), got }));
    return { ...configuration(state, letter), weights };
  }

  /** The program of the chosen network for PyTorch. */
  #code() {
    const { lab, coded, code } = this;
    this.codes?.forEach((each, k) => each.setAttribute('aria-expanded', String(coded === BOTH[k])));
    code.replaceChildren();
    code.hidden = !coded || !this.#letters().includes(coded);
    if (coded && !code.hidden) program(lab, code, coded, this.#configuration(coded));
  }

  /** Everything that the networks depend on, files apart. */
  #key() {
    const { preset, ...state } = this.lab.state;
    return JSON.stringify(state);
  }

  /** What ran belongs to other options. */
  #forget() {
    for (const client of this.clients) client.call('pause', {});
    this.round++;
    this.opened = '';
    this.reports = [];
    this.curves.clear();
    this.report = null;
  }

  /** The client of a network, whose worker starts when it is needed. @param {number} k */
  #client(k) {
    return (this.clients[k] ??= new Client((report) => this.#take(report, k)));
  }

  /** Something that all networks do. @param {'go' | 'pause' | 'step' | 'reset'} name */
  async #call(name) {
    if (this.opened !== this.#key()) await this.#open();
    else if (name === 'reset') {
      this.curves.clear();
      this.reports = [];
      this.round++;
    }
    const { round } = this;
    await Promise.all(this.#letters().map((_, k) => this.#client(k).call(name, { round })));
  }

  /** New networks from the options that are shown. */
  async #open() {
    const { lab } = this,
      { data, kernels, epochs } = lab.state,
      key = this.#key();
    const letters = this.#letters(),
      configurations = letters.map((letter) => this.#configuration(letter)),
      known = letters.every((_, k) => this.sent[k] === data),
      digits = known ? undefined : await this.#digits(data);
    this.curves.clear();
    this.opened = key;
    const given = { kernels, most: epochs, round: ++this.round, workers: workersFor(letters.length) };
    const opened = configurations.map(async (configuration, k) => {
      const sent = this.sent[k] === data;
      const made = await this.#client(k).call('open', { ...given, configuration, digits: sent ? undefined : digits });
      this.sent[k] = data;
      return made.kernels;
    });
    const used = await Promise.all(opened).catch((error) => {
      this.opened = '';
      throw error;
    });
    this.told = ofKernels(kernels, used);
  }

  /** What the worker trains on. @type {(data: 'book' | 'mnist') => Promise<Uint8Array | import('../worker/protocol').Split>} */
  async #digits(data) {
    if (data === 'book') this.lab.tell(say('loading'));
    else if (!this.mnist) throw new LabError(say('mnist-first'));
    return data === 'mnist' && this.mnist ? this.mnist : this.lab.asset('digits', unzipped);
  }

  /** @type {(report: Report, k: number) => void} */
  #take(report, k) {
    if (report.round !== this.round) return; // it comes late, for options that are gone
    this.reports[k] = report;
    const all = this.#letters().map((_, at) => this.reports[at]);
    if (!all.every(Boolean)) return;
    this.report = { running: all.some(({ running }) => running), runs: all.map(({ run }) => run) };
    this.curves.add(this.report);
    if (!this.waiting) requestAnimationFrame(() => ((this.waiting = false), this.#show()));
    this.waiting = true;
  }

  #show() {
    const { report, lab } = this,
      running = !!report?.running,
      words = this.#words();
    this.go.textContent = say(running ? 'pause' : report?.runs.some((run) => run.seen) ? 'go-on' : 'train');
    lab.toggleAttribute('running', running);
    this.curves.show(report, words);
    if (!running || !this.spoke || performance.now() - this.spoke > SPEAK) {
      this.spoke = performance.now();
      lab.tell(words);
    }
  }

  /** A sentence a network. */
  #words() {
    if (!this.report) return say('not-yet');
    const lines = this.report.runs.map(({ broken, done, epochs, measures }, k) => {
      const values = { name: BOTH[k].toUpperCase(), accuracy: accuracyOf(this.lab, measures), epochs: epochs.toFixed(1) };
      const layer = Object.keys(measures.dead).find((each) => measures.dead[each] === 1);
      return (
        say(broken ? 'diverged' : done ? 'finished' : 'so-far', values) +
        (layer && !broken ? ` ${say('dead-layer', { layer })}` : '')
      );
    });
    if (this.told) lines.push(this.told);
    if (!this.clients.every(({ apart }) => apart)) lines.push(say('no-worker'));
    return lines.join(' ');
  }

  /** A network begins with the weights of a file, and takes its options. @type {(letter: import('./sides.js').Letter, file: Uint8Array) => Promise<void>} */
  #begin(letter, file) {
    const fields = fieldsOfFile(decode(file), letter);
    this.files[letter] = file;
    this.#forget();
    this.lab.set({ ...fields, preset: 'own' });
    return this.#call('reset');
  }

  /** @param {number} which */
  async #save(which) {
    if (this.opened !== this.#key()) await this.#open();
    const file = await this.#client(which).call('weights', {});
    const link = h('a', { href: URL.createObjectURL(new Blob([file])), download: `lenet_${BOTH[which]}.safetensors` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

/** Workers for each network, so that each has a core: 1, 2, 4 or 8. @param {number} networks */
const workersFor = (networks) =>
  2 ** Math.floor(Math.log2(Math.min(8, Math.max(1, (navigator.hardwareConcurrency || 1) / networks))));

const SPEAK = 2000; // milliseconds between two sentences while it trains

/** What to say where other kernels compute than were asked for, or where their numbers are this machine's own.
 * @type {(asked: import('../worker/protocol').KernelName, used: string[]) => string}
 */
function ofKernels(asked, used) {
  if (asked !== 'js' && used.includes('js')) return say('plain-kernels');
  if (asked !== 'relaxed') return '';
  return used.includes('wasm') ? say('no-relaxed') : say('relaxed-hash');
}
