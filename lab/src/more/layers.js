// Every layer in a row: its maps and weights as they stood on the way there, and beside each its gradient on the way back.

import { GRADIENTS, twoSided } from '../explain/gradients.js';
import { BEFORE, isConvolution } from '../explain/explain.js';
import { COLOUR_OF, diverging, range, sequential } from '../explain/pixels.js';
import { reached } from '../explain/stations.js';
import { h, say } from '../page/dom.js';
import { nameOf } from './timeline.js';
import { framesOf } from './frames.js';
import { Sheet } from './sheet.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */
/** @typedef {import('../explain/open.js').Name} Name */
/** @typedef {import('../explain/open.js').Opened} Opened */
/** @typedef {import('../engine/options.js').LayerName} LayerName */
/** @typedef {import('./sheet.js').Spot} Spot */
/** @typedef {'value' | 'delta' | 'weight' | 'gradient'} Part */
/** @typedef {Record<string, Partial<Record<Part, Sheet>>>} Sheets */

const LAYERS = /** @type {LayerName[]} */ (['input', ...Object.keys(BEFORE)]);
const ACROSS = { input: 1, C1: 3, S2: 6, C3: 8, S4: 8, F5: 30, F6: 28, OUT: 10 }; // maps, or units, in a line
const MOST = { input: 4, C1: 3.4, S2: 3.4, C3: 4, S4: 6, F5: 10, F6: 10, OUT: 18 }; // pixels of the page a number
const KERNELS_ACROSS = { C1: 6, C3: 24 };

/** Numbers side by side that are no maps, in lines. @type {(count: number, columns: number) => import('../explain/pixels.js').Sheet} */
const flat = (count, columns) => ({ count: 1, rows: Math.ceil(count / columns), columns, across: 1, gap: 0 });

export class Layers {
  /**
   * @param {import('../page/element.js').Lab} lab
   * @param {(name: Name) => void} onpick
   */
  constructor(lab, onpick) {
    this.lab = lab;
    this.onpick = onpick;
    this.element = h('div', { class: 'layers passes' });
    /** @type {Sheets} */
    this.sheets = {};
    /** @type {Record<string, HTMLElement>} where the number opened in a layer is written out */
    this.slots = {};
    /** @type {Record<string, number>} of a dense layer, the unit whose weights are shown */
    this.units = {};
    /** @type {Record<string, HTMLElement>} */
    this.captions = {};
  }

  /** Make room for a network like that of `pass`; `score` is the row behind the last layer. @type {(pass: Trace, score: HTMLElement[]) => void} */
  open(pass, score) {
    this.sheets = {};
    const key = ['less', 'more'].map((sign) => h('small', { class: `key ${sign}` }, say(`learn-key-${sign}`)));
    // says: learn-key-less, learn-key-more
    const heads = [
      h('div'),
      h('div', { class: 'head way' }, say('learn-side-forward')),
      h('div', { class: 'head way backward' }, say('learn-side-backward'), ...key),
    ];
    this.element.replaceChildren(...heads, ...LAYERS.flatMap((layer) => this.#row(pass, layer)), ...score);
  }

  /** Paint what the timeline has reached at `at`; frame what the opened number is made of. @type {(pass: Trace, at: number, name: Name | null, opened: Opened | null) => void} */
  show(pass, at, name, opened) {
    const width = this.#width(),
      frames = framesOf(pass, name, opened);
    for (const layer of LAYERS) {
      this.units[layer] = unitOf(pass, layer, name);
      const there = at >= reached('forward', layer),
        back = at >= reached('backward', layer);
      for (const [key, sheet] of Object.entries(this.sheets[layer])) {
        const part = /** @type {Part} */ (key),
          values = this.#values(pass, layer, part);
        const seen = part === 'weight' || (part === 'value' ? there : back);
        sheet.show(width, seen ? values : null, this.#colour(layer, part, values));
        const picked = name?.layer === layer && (name.kind === part || (name.kind === 'weight' && part === 'gradient'));
        sheet.mark(
          seen ? (frames[`${part}.${layer}`] ?? []) : [],
          picked && seen ? this.#spot(pass, /** @type {Name} */ (name)) : null,
        );
      }
      const caption = this.captions[layer];
      if (caption)
        caption.textContent = say(isConvolution(layer) ? 'learn-kernels' : 'learn-weights', {
          unit: this.units[layer] + (layer === 'OUT' ? 0 : 1),
        });
    }
  }

  #width() {
    const room = this.element.clientWidth || 600;
    return room > 480 ? (room - 100) / 2 : (room - 12) / 2;
  }

  /** @type {(pass: Trace, layer: LayerName) => HTMLElement[]} */
  #row(pass, layer) {
    const { channels, side } = pass.layers[layer],
      form = side === 1 ? `${channels}` : `${channels}@${side}×${side}`,
      both = h('div', { class: 'both' }),
      back = h('div', { class: 'both' });
    const put = (
      /** @type {Part} */ part,
      /** @type {import('../explain/pixels.js').Sheet} */ sheet,
      /** @type {number} */ most,
    ) => {
      // says: learn-sheet-value, learn-sheet-delta, learn-sheet-weight, learn-sheet-gradient
      const made = new Sheet(say(`learn-sheet-${part}`, { layer: nameOf(layer) }), sheet, most, (spot) =>
        this.#pick(pass, layer, part, spot),
      );
      (this.sheets[layer] ??= {})[part] = made;
      (part === 'value' || part === 'weight' ? both : back).append(made.element);
    };
    const maps =
      side === 1 ? flat(channels, ACROSS[layer]) : { count: channels, rows: side, columns: side, across: ACROSS[layer], gap: 2 };
    put('value', maps, MOST[layer]);
    put('delta', maps, MOST[layer]);
    if (`${layer}.weight` in pass.weights) {
      this.captions[layer] = h('div', { class: 'muted' });
      both.append(this.captions[layer]);
      back.append(h('div', { class: 'muted' }, say('learn-gradients')));
      for (const part of /** @type {const} */ (['weight', 'gradient']))
        put(part, this.#weights(pass, layer), isConvolution(layer) ? 6 : 5);
    }
    this.slots[layer] = h('div', { class: 'slot' });
    return [
      h('div', { class: `head of-${COLOUR_OF[layer]}` }, nameOf(layer), h('small', {}, form)),
      both,
      back,
      this.slots[layer],
    ];
  }

  /** How the weights of a layer are laid out: all its kernels, or those of one unit in the form of what it looks at. @type {(pass: Trace, layer: LayerName) => import('../explain/pixels.js').Sheet} */
  #weights({ layers, options }, layer) {
    const edge = options.kernel_size,
      from = BEFORE[layer],
      { channels, side } = layers[from];
    if (layer === 'C1' || layer === 'C3')
      return { count: layers[layer].channels * channels, rows: edge, columns: edge, across: KERNELS_ACROSS[layer], gap: 1 };
    return side === 1 ? flat(channels, ACROSS[from]) : { count: channels, rows: side, columns: side, across: channels, gap: 1 };
  }

  /** @type {(pass: Trace, layer: LayerName, part: Part) => ArrayLike<number>} */
  #values(pass, layer, part) {
    if (part === 'value') return pass.maps[layer];
    if (part === 'delta') return pass.deltas[layer];
    const all = (part === 'weight' ? pass.weights : pass.gradients)[`${layer}.weight`];
    if (isConvolution(layer)) return all;
    const inputs = pass.layers[BEFORE[layer]].values,
      unit = this.units[layer];
    return all.subarray(unit * inputs, (unit + 1) * inputs);
  }

  /** @type {(layer: LayerName, part: Part, values: ArrayLike<number>) => (value: number) => import('../explain/pixels.js').Colour} */
  #colour(layer, part, values) {
    const { palette, dark } = this.lab,
      { least, most, largest } = range(values);
    if (part === 'delta' || part === 'gradient') return twoSided(palette.wash, GRADIENTS[dark ? 'dark' : 'light'], largest);
    if (part === 'weight' || layer === 'OUT' || (least < 0 && layer !== 'input')) return diverging(palette, largest);
    return sequential(layer === 'input' ? palette.paper : palette.wash, palette[COLOUR_OF[layer]], Math.min(0, least), most);
  }

  /** @type {(pass: Trace, layer: LayerName, part: Part, spot: Spot) => void} */
  #pick(pass, layer, part, [k, i, j]) {
    const { form } = /** @type {Sheet} */ (this.sheets[layer][part]),
      { channels, side } = pass.layers[layer];
    if (part === 'value' || part === 'delta') {
      const unit = i * form.columns + j;
      if (side > 1) this.onpick({ kind: part, layer, at: [k, i, j] });
      else if (unit < channels) this.onpick({ kind: part, layer, at: [unit, 0, 0] });
      return;
    }
    const cell = i * form.columns + j,
      before = pass.layers[BEFORE[layer]];
    if (isConvolution(layer))
      return this.onpick({ kind: 'weight', layer, at: [Math.floor(k / before.channels), k % before.channels, cell] });
    const index = k * form.rows * form.columns + cell;
    if (index < before.values) this.onpick({ kind: 'weight', layer, at: [this.units[layer], index, 0] });
  }

  /** Where a number stands on its sheet. @type {(pass: Trace, name: Name) => Spot} */
  #spot(pass, { kind, layer, at: [a, b, c] }) {
    const { columns, rows } = /** @type {Sheet} */ (this.sheets[layer][kind]).form,
      spot = (/** @type {number} */ k, /** @type {number} */ cell) =>
        /** @type {Spot} */ ([k, Math.floor(cell / columns), cell % columns]);
    if (kind !== 'weight') return pass.layers[layer].side === 1 ? spot(0, a) : [a, b, c];
    if (isConvolution(layer)) return spot(a * pass.layers[BEFORE[layer]].channels + b, c);
    return spot(Math.floor(b / (rows * columns)), b % (rows * columns));
  }
}

/** The unit of a dense layer that is opened, or the one with the largest gradient. @type {(pass: Trace, layer: LayerName, name: Name | null) => number} */
function unitOf(pass, layer, name) {
  if (name?.layer === layer) return name.at[0];
  return pass.deltas[layer].reduce((best, delta, k, all) => (Math.abs(delta) > Math.abs(all[best]) ? k : best), 0);
}
