// <lenet-lab kind="draw">: a frame with a shadow root in which one panel lives. It starts when it comes near the view.

import { LabError } from '../engine/options.js';
import { button, h, say, spoken } from './dom.js';
import { fromFragment, initial, read, toFragment } from './state.js';
import { palette } from '../explain/pixels.js';
import { LATER, defaults, extras, second } from './later.js';
import { free, isDark, sheet } from './page.js';
import style from './style.css';

/**
 * What a panel is: its fields, and how it starts. `start` fills `lab.body` and gives the function that shows the state,
 * which is told the names of the fields that changed.
 * @typedef {object} Panel
 * @property {import('./state.js').Fields} fields
 * @property {string} name  of the text that is its title
 * @property {(lab: Lab) => Promise<Shown> | Shown} start
 * @property {(given: Record<string, any>) => import('./state.js').State} [expand]  fields that follow from those that are given
 */
/** `again` shows everything anew at once. */
/** @typedef {{ update: (changed: Set<string>) => void, stop?: () => void, again?: () => void }} Shown */

/** What a panel is given. @typedef {LenetLab} Lab */

const SAVE = 300; // milliseconds of rest before the address follows the state
const GESTURE = 500; // milliseconds: the click that leaves a field ends after the complaint about what was typed there

/** @type {Record<string, Panel>} */
const panels = {};

/** @type {(known: Record<string, Panel>) => void} */
export function define(known) {
  Object.assign(panels, known);
  if (!customElements.get('lenet-lab')) customElements.define('lenet-lab', LenetLab);
}

// In node, where the tests of the parts run, there are no elements.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

export class LenetLab extends Base {
  /** @type {import('./state.js').State} */
  state = {};
  /** @type {import('./assets.js').Source | null} */
  source = null;
  /** Called with the whole state after each change. @type {(state: import('./state.js').State) => void} */
  onstate = () => {};
  /** What is drawn goes through it. @type {import('../engine/lenet.js').LeNet | null} */
  net = null;
  body = /** @type {HTMLElement} */ (/** @type {unknown} */ (null));
  #shown = /** @type {Shown | null} */ (null);
  #failed = false;
  #timer = 0;
  #watchers = /** @type {(() => void)[]} */ ([]);
  #address = ''; // that stands for the state, if it is not the panel's own

  /** @type {Panel} */
  get panel() {
    return panels[this.getAttribute('kind') ?? ''];
  }

  connectedCallback() {
    const kind = this.getAttribute('kind') ?? '',
      known = Object.keys(panels).concat(LATER);
    if (known.includes(kind)) this.id ||= free(`lab-${kind}`);
    if (this.panel) {
      this.#frame();
      this.#begin();
      this.#follow();
    } else if (LATER.includes(kind)) this.#near(() => this.#late());
    else {
      this.#frame();
      this.complain(new LabError(say('kinds', { kind, known: [...new Set(known)].join(', ') })));
    }
  }

  /** A panel of the second script. */
  async #late() {
    try {
      await this.more();
      if (this.isConnected) this.connectedCallback();
    } catch (error) {
      this.#frame();
      this.#failed = true;
      this.complain(error);
    }
  }

  /** What the second script does by that name, or nothing but to have it there. @type {(name?: string, ...given: unknown[]) => Promise<void>} */
  async more(name = '', ...given) {
    await second(this.source ?? defaults.source);
    extras[name]?.(this, ...given);
  }

  disconnectedCallback() {
    for (const stop of this.#watchers.splice(0)) stop();
    this.#shown?.stop?.();
    this.#shown = null;
  }

  /**
   * What `open` makes of a file by name, from the page or from the kernel. A file that it can't open is not kept.
   * @template T
   * @param {string} name
   * @param {(file: Uint8Array) => T | Promise<T>} open
   * @returns {Promise<T>}
   */
  async asset(name, open) {
    const source = this.source ?? defaults.source;
    if (!source) throw new LabError(say('asset-missing', { name }));
    const file = await source(name);
    try {
      return await open(file);
    } catch (error) {
      source.forget(name);
      throw error;
    }
  }

  /**
   * Change fields of the state with what follows from them, show it, and let the address follow.
   * @param {import('./state.js').State} changes
   * @param {boolean} [anew]  show the fields that stay as they are, too
   * @param {string} [address]  that stands for this state, such as a stop of a walk
   */
  set(changes, anew = false, address = '') {
    const whole = { ...this.panel?.expand?.(changes), ...changes };
    const changed = Object.keys(whole).filter((name) => anew || this.state[name] !== whole[name]);
    if (!changed.length) return;
    Object.assign(this.state, whole);
    this.#address = address;
    this.update(new Set(changed), true);
    this.onstate({ ...this.state });
    clearTimeout(this.#timer);
    if (!this.source) this.#timer = window.setTimeout(() => this.#save(), SAVE);
  }

  /** Show the state; an error becomes a sentence, and the panel stays. @type {(changed: Set<string>, ofState?: boolean) => void} */
  update(changed, ofState) {
    this.guard(() => this.#shown?.update(changed), ofState);
  }

  /**
   * Run something whose errors the reader should see as a sentence. The sentence stays until the reader has done something
   * and what followed went well, or until another state can be shown if the sentence is about the state.
   * @param {() => unknown} act
   * @param {boolean} [ofState]  whether `act` shows another state
   */
  async guard(act, ofState = false) {
    try {
      await act();
      this.#alert.hidden ||= this.#acted > this.#until || (ofState && this.#ofState);
    } catch (error) {
      this.complain(error);
      this.#ofState = ofState;
    }
  }

  /** @param {unknown} error */
  complain(error) {
    if (!(error instanceof LabError)) console.error(error);
    this.#alert.textContent = error instanceof Error ? error.message : String(error);
    this.#alert.hidden = false;
    this.#until = performance.now() + GESTURE;
  }

  /** A line that is shown below the controls and spoken. @param {string} text */
  tell(text) {
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  /** Milliseconds that the panel takes to show its state, the mean of `times`. @param {number} times */
  timed(times) {
    const start = performance.now(),
      shown = /** @type {Shown} */ (this.#shown);
    for (let k = 0; k < times; k++) shown.again?.();
    return (performance.now() - start) / times;
  }

  get dark() {
    return this.hasAttribute('dark');
  }

  get palette() {
    return palette(this.dark);
  }

  /** The whole address that opens this panel as it is. */
  get link() {
    return location.href.split('#')[0] + this.#fragment;
  }

  get #fragment() {
    return this.#address || toFragment(this.id, this.panel.fields, this.state);
  }

  /** Whether the address of the page is about this panel. */
  get #meant() {
    return [`#${this.id}?`, `#walk=${this.getAttribute('walk')}&`].some((start) => location.hash.startsWith(start));
  }

  #alert = /** @type {HTMLElement} */ (/** @type {unknown} */ (null));
  #acted = 0; // when the reader did something
  #until = 0; // then what he does is no answer to the complaint yet
  #ofState = false; // the complaint
  /** The line that `tell` fills; a panel may move it to where it belongs. */
  line = /** @type {HTMLElement} */ (/** @type {unknown} */ (null));

  #frame() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    this.body = h('div', { class: 'body' });
    this.#alert = h('p', { class: 'alert', role: 'alert', hidden: true });
    this.line = spoken();
    // says: draw-name, convolve-name, shapes-name, train-name, learn-name, atlas-name
    const name = this.panel ? say(this.panel.name) : 'LeNet',
      number = /^lab-[a-z]+-(\d+)$/.exec(this.id)?.[1];
    const foot = h(
      'div',
      { class: 'foot' },
      button(say('again'), () => this.again()),
      this.source ? null : button(say('link'), () => this.#copy()),
    );
    const act = (/** @type {Event} */ { timeStamp }) => void (this.#acted = timeStamp);
    for (const name of ['pointerdown', 'click', 'keydown', 'input']) root.addEventListener(name, act, true);
    const section = { 'aria-label': number ? `${name} (${number})` : name }; // two panels of a page have two names
    root.adoptedStyleSheets = [sheet(style)];
    root.replaceChildren(h('section', section, this.body, this.line, this.#alert, foot));
  }

  /** The defaults with what the element and the address say. */
  #begin() {
    this.state = initial(this.panel.fields);
    this.guard(() => (this.state = this.#own())).then(() => this.guard(() => Object.assign(this.state, this.#fromAddress())));
  }

  /** The state that the element asks for. */
  #own() {
    return read(this.panel.fields, JSON.parse(this.getAttribute('state') || '{}'), this.panel.expand);
  }

  #fromAddress() {
    return fromFragment(this.id, this.panel.fields, location.hash, this.panel.expand);
  }

  /** Back to how the element began; a panel that could not start tries again. */
  again() {
    if (!this.panel) return void this.#late();
    if (this.#failed) this.#start();
    this.guard(() => this.set(this.#own(), true));
  }

  #follow() {
    const dark = () => {
      const was = this.dark;
      this.toggleAttribute('dark', isDark(this));
      if (was !== this.dark) this.update(new Set(['theme']));
    };
    dark();
    const theme = new MutationObserver(dark),
      attributes = ['data-theme', 'data-jp-theme-light', 'class'];
    for (const element of [document.documentElement, document.body]) theme.observe(element, { attributeFilter: attributes });
    this.#near(() => this.#start());
    const address = () =>
      this.guard(() => {
        const state = this.#fromAddress();
        if (!state) return;
        this.#until = -1;
        this.set(state, true);
      });
    window.addEventListener('hashchange', address);
    let width = 0;
    const resized = new ResizeObserver(([{ contentRect }]) => {
      if (width !== (width = Math.round(contentRect.width))) this.update(new Set(['width']));
    });
    resized.observe(this);
    this.#watchers.push(
      () => theme.disconnect(),
      () => resized.disconnect(),
      () => window.removeEventListener('hashchange', address),
    );
  }

  /** Acts once the panel comes near the view, or at once if the address is about it. @param {() => void} act */
  #near(act) {
    if (this.#meant) return act();
    const near = new IntersectionObserver(([entry]) => entry.isIntersecting && (near.disconnect(), act()), {
      rootMargin: '150px',
    });
    near.observe(this);
    this.#watchers.push(() => near.disconnect());
  }

  async #start() {
    const start = performance.now();
    this.#alert.hidden ||= this.#failed;
    this.#failed = false;
    try {
      this.body.replaceChildren();
      this.#shown = await this.panel.start(this);
      this.update(new Set(Object.keys(this.panel.fields)));
      this.toggleAttribute('ready', true);
      performance.measure(`${this.id}:ready`, { start });
      if (this.hasAttribute('walk')) await this.more('walk');
      if (this.#meant) this.scrollIntoView();
    } catch (error) {
      this.#failed = true;
      this.complain(error);
    }
  }

  #save() {
    history.replaceState(history.state, '', this.#fragment);
  }

  async #copy() {
    clearTimeout(this.#timer);
    this.#save();
    const copied = await navigator.clipboard?.writeText(this.link).then(
      () => true,
      () => false,
    );
    this.tell(say(copied ? 'link-copied' : 'link-shown'));
  }
}
