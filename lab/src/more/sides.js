// The options of two networks side by side: fields of the state, and a table with a row an option, a column a network.

import { ACTIVATIONS, POOLS } from '../engine/kernels.js';
import { DEFAULTS, INITS, LabError } from '../engine/options.js';
import { h, say } from '../page/dom.js';
import { fieldsOf } from '../explain/presets.js';
import { choice, flag, number, text } from '../page/state.js';

/** @typedef {import('../page/element.js').Lab} Lab */
/** @typedef {import('../page/dom.js').Control} Control */
/** @typedef {'a' | 'b'} Letter */
/** @typedef {(name: string, initial: any) => import('../page/state.js').Field} Make */

/** @type {Letter[]} */
export const BOTH = ['a', 'b'];

/** The initial weights that come from a file instead of a rule. */
export const FILE = 'file';

/** What a reader can choose of each network. @type {Record<string, Make>} */
const OPTIONS = {
  activation: (name, initial) => choice(name, initial, Object.keys(ACTIVATIONS)),
  pool: (name, initial) => choice(name, initial, Object.keys(POOLS)),
  init: (name, initial) => choice(name, initial, [...INITS, FILE]),
  lr: (name, initial) => number(name, initial, 0, 100, 0.001),
  momentum: (name, initial) => number(name, initial, 0, 0.999, 0.001),
  batch: (name, initial) => number(name, initial, 1, 256),
  cycle: flag,
  channels: (name, initial) => text(name, initial, /^[1-9]\d?\/[1-9]\d?$/),
  kernel: (name, initial) => number(name, initial, 1, 11),
  padding: (name, initial) => number(name, initial, 0, 6),
  standardise: flag,
  digits: (name, initial) => number(name, initial, 10, 60000),
  shuffled: flag,
};
/** Those that are chosen from a list. @type {Record<string, (string | number)[]>} */
const LISTS = {
  activation: Object.keys(ACTIVATIONS),
  pool: Object.keys(POOLS),
  init: INITS,
  batch: [1, 8, 16, 32, 64, 128, 256],
  digits: [50, 100, 200, 500, 1000, 2000, 4000],
};

const start = fieldsOf('start');

/** The fields a_activation, b_activation and so on. @type {import('../page/state.js').Fields} */
export const fields = Object.fromEntries(
  BOTH.flatMap((letter) =>
    Object.entries(OPTIONS).map(([option, make]) => {
      const name = `${letter}_${option}`;
      return [name, make(name, start[name])];
    }),
  ),
);

/** What the fields of one network mean to the engine. @type {(state: any, letter: Letter) => import('../engine/race.js').Configuration} */
export function configuration(state, letter) {
  const get = (/** @type {string} */ name) => state[`${letter}_${name}`];
  const [first, second] = get('channels').split('/').map(Number);
  const options = { activation: get('activation'), pool: get('pool'), channels: [first, second] },
    init = get('init') === FILE ? {} : { init: get('init') };
  return {
    options: /** @type {any} */ ({ ...options, ...init, kernel_size: get('kernel'), padding: get('padding'), seed: state.seed }),
    settings: {
      lr: get('lr'),
      momentum: get('momentum'),
      batch_size: get('batch'),
      cycle: get('cycle') ? state.epochs : 0,
      seed: state.seed,
    },
    input: { count: get('digits'), standardise: get('standardise'), shuffled: get('shuffled') },
  };
}

/** The fields of a network that begins with the weights of a file. @type {(file: ReturnType<typeof import('../engine/weights.js').decode>, letter: Letter) => Record<string, any>} */
export function fieldsOfFile({ options, normalise }, letter) {
  const { activation, pool, channels, kernel_size: kernel, padding, hidden } = options;
  if (String(hidden) !== String(DEFAULTS.hidden)) throw new LabError(say('file-hidden', { got: hidden.join('/') }));
  if (normalise === '1998') throw new LabError(say('file-scale'));
  const given = {
    activation,
    pool,
    channels: channels.join('/'),
    kernel,
    padding,
    init: FILE,
    standardise: Number(normalise === 'pytorch'),
  };
  return Object.fromEntries(
    Object.entries(given).map(([option, value]) => [`${letter}_${option}`, fields[`${letter}_${option}`].read(String(value))]),
  );
}

/** The table, in which every option can be changed. */
export class Sides {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Control[]} */
    this.controls = [];
    const head = [h('th', { scope: 'col' }, say('option')), ...BOTH.map(heading)];
    const rows = Object.keys(OPTIONS).map((option) =>
      h('tr', {}, h('th', { scope: 'row' }, say(`field-${option}`)), ...BOTH.map((letter) => this.#cell(letter, option))),
    );
    this.element = h('table', { class: 'options' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows));
  }

  /** Follow the state. */
  show() {
    for (const control of this.controls) control.show();
    for (const cell of this.element.querySelectorAll(':is(td, th):nth-child(3)'))
      cell.toggleAttribute('hidden', this.lab.state.alone);
  }

  /** @type {(letter: Letter, option: string) => HTMLElement} */
  #cell(letter, option) {
    const name = `${letter}_${option}`,
      label = `${say(`field-${option}`)} ${letter.toUpperCase()}`;
    const make = LISTS[option] ? this.#list : typeof fields[name].initial === 'boolean' ? this.#box : this.#text;
    const control = make.call(this, name, label, option);
    this.controls.push(control);
    return h('td', {}, control.element);
  }

  /** @type {(name: string, label: string) => Control} */
  #box(name, label) {
    const element = h('input', {
      type: 'checkbox',
      'aria-label': label,
      onchange: () => this.#take(name, String(+element.checked)),
    });
    return { element, show: () => (element.checked = this.lab.state[name]) };
  }

  /** @type {(name: string, label: string) => Control} */
  #text(name, label) {
    const change = () => this.#take(name, element.value);
    const element = h('input', { type: 'text', inputmode: 'decimal', 'aria-label': label, onchange: change });
    return { element, show: () => (element.value = String(this.lab.state[name])) };
  }

  /** @type {(name: string, label: string, option: string) => Control} */
  #list(name, label, option) {
    const element = h('select', { 'aria-label': label, onchange: () => this.#take(name, element.value) });
    const show = () => {
      const value = this.lab.state[name],
        all = [...new Set([...LISTS[option], value])]; // a link may bring another number
      element.replaceChildren(...all.map((each) => h('option', { value: each, selected: each === value }, String(each))));
    };
    return { element, show };
  }

  /** A value that cannot be is said, and the old one stays. @type {(name: string, value: string) => void} */
  #take(name, value) {
    this.lab.guard(() => {
      try {
        this.lab.set({ [name]: fields[name].read(value), preset: 'own' });
      } finally {
        this.show();
      }
    });
  }
}

/** With the line that stands for the network in all charts. @type {(letter: Letter) => HTMLElement} */
const heading = (letter) =>
  h('th', { scope: 'col' }, h('span', { class: `line-${letter}`, 'aria-hidden': 'true' }), ` ${letter.toUpperCase()}`);
