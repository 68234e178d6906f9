// A guided walk beside its panel: a text, the panel's state, and what to look at. The reader goes on, back or anywhere; the
// page scrolls only if he asks to be shown the place.

import { button, h, say } from '../page/dom.js';
import { dressed } from './dressed.js';
import { WALKS } from './walks.js';

/** @typedef {import('../page/element.js').Lab} Lab */

const FRAMES = 300; // to wait for what is to be looked at

/** Put the walk of the attribute `walk` before the panel's body. @param {Lab} lab */
export function walk(lab) {
  const name = lab.getAttribute('walk') ?? '',
    before = lab.body.previousElementSibling;
  if (!WALKS[name] || before) return;
  dressed(lab);
  new Walk(lab, name).start();
}

class Walk {
  /**
   * @param {Lab} lab
   * @param {string} name
   */
  constructor(lab, name) {
    this.lab = lab;
    this.name = name;
    this.stops = WALKS[name];
    this.at = 0; // counted from 1; 0 before the start
    this.count = h('span', { class: 'muted' });
    this.text = h('p', { role: 'status' });
    this.range = h('input', {
      type: 'range',
      min: 1,
      max: this.stops.length,
      'aria-label': say('walk-stop'),
      oninput: () => this.#go(Number(this.range.value)),
    });
    this.back = button(say('walk-back'), () => this.#go(this.at - 1));
    this.next = button(say('walk-start'), () => this.#go(this.at + 1), { class: 'next' });
    this.there = button(say('walk-there'), () => this.looked?.scrollIntoView({ block: 'center' }), { class: 'there' });
    this.controls = h('div', { class: 'controls' }, this.back, this.next, this.range, this.there);
    // says: walk-digit, walk-backprop, walk-silent
    this.element = h(
      'div',
      { class: 'walk', role: 'group', 'aria-label': say(`walk-${name}`) },
      h('div', { class: 'head' }, say(`walk-${name}`), ' ', this.count),
      this.text,
      this.controls,
    );
  }

  start() {
    this.lab.body.before(this.element);
    this.#show();
    const follow = () => {
      const at = stopOf(location.hash, this.name);
      if (at) this.#go(at);
    };
    window.addEventListener('hashchange', () => this.element.isConnected && follow());
    follow();
  }

  /** @param {number} at */
  #go(at) {
    this.at = Math.min(Math.max(at, 1), this.stops.length);
    const { lab, stops, name } = this,
      { state = {}, strongest, press } = stops[this.at - 1];
    const unit = strongest && { unit: strongestUnit(lab, strongest) };
    lab.set({ ...lab.panel.expand?.(state), ...state, ...unit }, true, `#walk=${name}&stop=${this.at}`);
    if (press) this.#press(say(press));
    this.#show();
  }

  /** @param {string} label */
  #press(label) {
    const all = /** @type {ShadowRoot} */ (this.lab.shadowRoot).querySelectorAll('button');
    [...all].find((each) => each.textContent === label)?.click();
  }

  #show() {
    const { at, stops, name } = this,
      begun = at > 0;
    this.count.textContent = begun ? say('walk-count', { at, all: stops.length }) : '';
    this.text.textContent = say(begun ? `walk-${name}-${at}` : `walk-${name}-0`);
    for (const part of [this.back, this.range, this.there]) part.hidden = !begun;
    this.back.disabled = at <= 1;
    this.next.disabled = at === stops.length;
    this.next.textContent = say(begun ? 'walk-next' : 'walk-start');
    this.range.value = String(at || 1);
    this.range.setAttribute('aria-valuetext', this.count.textContent);
    this.#look(this.#selector);
  }

  /** What is to be looked at, as soon as it is there. @type {(selector: string, tries?: number) => void} */
  #look(selector, tries = FRAMES) {
    this.looked?.classList.remove('looked');
    this.looked = selector ? this.lab.body.querySelector(selector) : null;
    this.looked?.classList.add('looked');
    if (!this.looked && selector && tries)
      requestAnimationFrame(() => selector === this.#selector && this.#look(selector, tries - 1));
  }

  get #selector() {
    return this.at ? this.stops[this.at - 1].look : '';
  }
}

/** The stop that an address names, or 0. @type {(hash: string, name: string) => number} */
export function stopOf(hash, name) {
  const given = new URLSearchParams(hash.slice(1)),
    at = Number(given.get('stop'));
  return given.get('walk') === name && Number.isInteger(at) && at > 0 ? at : 0;
}

/** The unit of a layer with the largest number, as the draw panel names it. @type {(lab: Lab, layer: import('../engine/options.js').LayerName) => string} */
function strongestUnit({ net }, layer) {
  if (!net) return '';
  const values = net.map(layer),
    { side } = net.layers[layer],
    best = values.indexOf(Math.max(...values)),
    cell = best % (side * side);
  return [layer, Math.floor(best / (side * side)), Math.floor(cell / side), cell % side].join('.');
}
