// The lab runs backwards: one digit forward, its error back through the same layers, one step; on one timeline.

import { NUMBER, onScale } from '../engine/digits.js';
import { stepped, trace } from '../explain/backward.js';
import { WRITTEN as NUMBERS, exists, open, readName, writtenName } from '../explain/open.js';
import { prepare } from '../explain/preparation.js';
import { STATIONS, STEP, best, reached } from '../explain/stations.js';
import { WRITTEN, readStrokes, written } from '../explain/strokes.js';
import { button, h, row, say } from '../page/dom.js';
import { choice, number, text } from '../page/state.js';
import { Pad } from '../page/widgets/pad.js';
import { MOST, OWN, choices, stepping } from './controls.js';
import { dressed } from './dressed.js';
import { Layers } from './layers.js';
import { Network } from './network.js';
import { OpenedView } from './opened.js';
import { Score } from './score.js';
import { sentence } from './sentences.js';
import { Timeline } from './timeline.js';
import { Update } from './update.js';

/** @typedef {import('../page/element.js').Lab} Lab */
/** @typedef {import('../explain/backward.js').Trace} Trace */
/** @typedef {import('../explain/open.js').Name} Name */
/** @typedef {import('./update.js').Tested} Tested */

const PIXELS = 28 * 28;
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

/** @type {import('../page/element.js').Panel} */
export const learn = {
  name: 'learn-name',
  fields: {
    strokes: text('strokes', '', WRITTEN),
    digit: number('digit', 186, -1, NUMBER - 1), // a 6 that the trained network takes for a 5
    label: choice('label', OWN, [OWN, ...DIGITS]),
    net: choice('net', 'relu', ['relu', 'sigmoid', 'new']),
    activation: choice('activation', 'relu', ['relu', 'tanh', 'sigmoid']),
    pool: choice('pool', 'max', ['max', 'avg']),
    lr: number('lr', 0.01, 0, 100, 0.00001),
    steps: number('steps', 0, 0, MOST),
    pace: number('pace', 0.1, 0, 100, 0.00001),
    at: number('at', 0, 0, STATIONS.length - 1),
    number: text('number', '', NUMBERS),
  },
  start: (lab) => new Learn(lab).start(),
};

/** What the weights follow from. */
const OF_WEIGHTS = ['net', 'activation', 'pool', 'steps', 'pace'];

class Learn {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.network = new Network(lab);
    this.timeline = new Timeline(lab);
    this.pad = new Pad(lab, { onink: () => this.#pass(), onstroke: (strokes) => this.#take(strokes) });
    this.layers = new Layers(lab, (name) => this.#open(name));
    this.score = new Score(lab);
    this.opened = new OpenedView(lab, () => lab.set({ number: '' }));
    this.step = new Update(lab);
    this.controls = [choices(lab, learn.fields.digit), stepping(lab)];
    /** @type {{ options: import('../engine/options.js').Options, weights: import('../explain/backward.js').Tensors } | null} */
    this.net = null;
    /** @type {{ before: Tested | null, after: Tested | null }} */
    this.tested = { before: null, after: null };
  }

  async start() {
    const { lab, controls } = this;
    dressed(lab);
    this.digits = await this.network.open();
    await this.network.weights(() => {}); // so that all is there when the panel is said to be ready
    const undo = button(say('undo'), () => this.#take(readStrokes(lab.state.strokes).slice(0, -1))),
      clear = button(say('clear'), () => this.#take([])),
      pad = h('div', { class: 'pad-side' }, this.pad.element, row(undo, clear).element);
    this.step.element.prepend(controls[1].element);
    lab.body.append(
      h('div', { class: 'side chosen' }, pad, controls[0].element),
      h('div', { class: 'ruler' }, this.timeline.line, h('div', { class: 'now' }, this.timeline.buttons, lab.line)),
      this.step.element,
      this.layers.element,
    );
    return {
      update: (/** @type {Set<string>} */ changed) => this.#update(changed),
      stop: () => (this.timeline.stop(), this.network.forget()),
      again: () => this.#pass(),
    };
  }

  /** @param {Set<string>} changed */
  async #update(changed) {
    const { lab } = this;
    for (const control of this.controls) control.show();
    if (changed.has('strokes') || changed.has('digit')) this.pad.show(readStrokes(lab.state.strokes));
    if (changed.has('theme')) this.pad.paint();
    this.timeline.show();
    if (!this.net || OF_WEIGHTS.some((name) => changed.has(name))) {
      if (!lab.state.steps) this.step.untrained();
      const found = await this.network.weights((start, now) => this.step.train(start, now));
      if (!found) return; // the state went on, and what is shown follows it
      if (this.net?.options !== found.options) this.pass = null;
      this.net = found;
      this.tested.before = null;
    }
    this.#pass();
  }

  /** The pass of the state, and all of it on the screen. */
  #pass() {
    const { net, lab } = this;
    if (!net) return;
    const pixels = onScale(this.#seen(), 'pytorch'),
      first = !this.pass;
    const pass = (this.pass = this.#traced(pixels));
    if (first) this.layers.open(pass, this.score.row);
    this.then = trace(net.options, stepped(net.weights, pass.gradients, lab.state.lr), pixels, pass.label);
    this.#show(pass, this.then);
  }

  /** @type {(pixels: Float32Array) => Trace} */
  #traced(pixels) {
    const { net, lab, digits } = this,
      { options, weights } = /** @type {NonNullable<Learn['net']>} */ (net),
      { label, digit } = lab.state;
    if (label !== OWN) return trace(options, weights, pixels, Number(label));
    if (this.#ofSet)
      return trace(options, weights, pixels, /** @type {import('../engine/digits.js').Digits} */ (digits).labels[digit]);
    return trace(options, weights, pixels, best(trace(options, weights, pixels, 0).shares)); // a drawing has no label
  }

  get #ofSet() {
    return this.lab.state.digit >= 0 && !this.pad.drawing;
  }

  /** Pixels from 0 to 1. @returns {Float32Array} */
  #seen() {
    const { digit } = this.lab.state;
    if (this.#ofSet) return this.digits?.images.slice(digit * PIXELS, (digit + 1) * PIXELS) ?? new Float32Array(PIXELS);
    return prepare(this.pad.picture)?.pixels ?? new Float32Array(PIXELS);
  }

  /** @type {(pass: Trace, then: Trace) => void} */
  #show(pass, then) {
    const { lab } = this,
      { at } = lab.state,
      asked = readName(lab.state.number),
      name = asked && at >= stationOf(asked) && exists(pass, asked) ? asked : null,
      opened = name && open(pass, name);
    this.layers.show(pass, at, name, opened);
    this.score.show(pass, at);
    for (const slot of Object.values(this.layers.slots)) if (slot.firstChild && !opened) slot.replaceChildren();
    if (name && opened) {
      const slot = this.layers.slots[name.layer];
      if (slot.firstChild !== this.opened.element) slot.replaceChildren(this.opened.element);
      this.opened.show(pass, name, opened);
    }
    lab.tell(sentence(pass, then, at, lab.state.lr));
    this.step.element.hidden = at !== STEP;
    this.#count(pass, then);
    if (asked && !name) open(pass, asked); // says what cannot be
  }

  /** Before and after the step, the accuracy as soon as it is counted. @type {(pass: Trace, then: Trace) => Promise<void>} */
  async #count(pass, then) {
    const { network, tested, step } = this;
    network.forget();
    if (this.lab.state.at !== STEP) return;
    tested.after = null;
    step.show(pass, then, tested);
    tested.before ??= await network.accuracy(pass.options, pass.weights);
    const after = tested.before && (await network.accuracy(pass.options, then.weights));
    if (!after) return; // another pass is shown
    tested.after = after;
    step.show(pass, then, tested);
  }

  /** A number that is not reached yet takes the timeline to its station. @param {Name} name */
  #open(name) {
    this.timeline.stop();
    this.lab.set({ number: writtenName(name), at: Math.max(this.lab.state.at, stationOf(name)) });
  }

  /** What is drawn from now on, instead of a digit of the set. @param {import('../explain/strokes.js').Stroke[]} strokes */
  #take(strokes) {
    this.lab.set({ strokes: written(strokes), digit: -1 }, true);
  }
}

/** Where on the timeline a number is known. @type {(name: Name) => number} */
const stationOf = ({ kind, layer }) => reached(kind === 'value' ? 'forward' : 'backward', layer);
