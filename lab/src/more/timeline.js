// One line of stations that can be played, paused, stepped and scrubbed, forward and backward.

import { STATIONS } from '../explain/stations.js';
import { button, h, say } from '../page/dom.js';

/** @typedef {import('../page/element.js').Lab} Lab */

const PACE = 1500; // milliseconds a station

export class Timeline {
  /** @param {Lab} lab  whose field `at` it moves */
  constructor(lab) {
    this.lab = lab;
    this.playing = 0;
    this.play = button(say('play'), () => this.#toggle(), { class: 'play' });
    this.range = h('input', {
      type: 'range',
      min: 0,
      max: STATIONS.length - 1,
      'aria-label': say('learn-timeline'),
      oninput: () => this.#go(Number(this.range.value)),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.names = h(
      'div',
      { class: 'stations', 'aria-hidden': 'true' },
      ...STATIONS.map(({ name, way }, k) => h('span', { class: way, onclick: () => this.#go(k) }, nameOf(name))),
    );
    // says: step-back, step-on
    const arrow = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {number} */ by) =>
      button(sign, () => this.#go(this.lab.state.at + by), { 'aria-label': say(words) });
    this.line = h('div', { class: 'timeline' }, this.range, this.names);
    this.buttons = h('div', { class: 'buttons' }, arrow('←', 'step-back', -1), this.play, arrow('→', 'step-on', 1));
  }

  show() {
    const { at } = this.lab.state,
      { name, way } = STATIONS[at];
    this.range.value = String(at);
    this.range.setAttribute('aria-valuetext', `${nameOf(name)}, ${say(`learn-way-${way}`)}`);
    [...this.names.children].forEach((each, k) => {
      each.classList.toggle('here', k === at);
      each.classList.toggle('seen', k < at);
    });
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.play.textContent = say('play');
  }

  /** By the reader's hand, which ends the playing. @param {number} at */
  #go(at) {
    this.stop();
    this.#move(at);
  }

  /** @param {number} at */
  #move(at) {
    this.lab.set({ at: Math.min(Math.max(at, 0), STATIONS.length - 1) });
  }

  /** From the end it begins anew. */
  #toggle() {
    if (this.playing) return this.stop();
    const last = STATIONS.length - 1;
    this.#move(this.lab.state.at === last ? 0 : this.lab.state.at + 1);
    this.playing = window.setInterval(() => {
      this.#move(this.lab.state.at + 1);
      if (this.lab.state.at === last) this.stop();
    }, PACE);
    this.play.textContent = say('pause');
  }

  /** The arrows are the slider's own. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== ' ') return;
    event.preventDefault();
    this.#toggle();
  }
}

/** What a station is called. @type {(name: string) => string} */
export const nameOf = (name) => (/^[a-z]/.test(name) ? say(`learn-name-${name}`) : name);
