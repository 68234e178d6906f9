// The whole network as a table in which every layer can be changed; sizes, weights and cost follow at once.

import { nameOf, readLayers, walk, walkAsFar, WRITTEN, written } from '../../engine/sizes.js';
import { LabError } from '../../engine/options.js';
import { button, h, say, svg } from '../dom.js';
import { number, text } from '../state.js';

/** @typedef {import('../element.js').Lab} Lab */
/** @typedef {import('../../engine/sizes.js').Layer} Layer */
/** @typedef {import('../../engine/sizes.js').Row} Row */

export const NOTE = 'c6k5s1p2-p2s2-c16k5s1p0-p2s2-d120-d84-d10';
/** @type {Record<Layer['kind'], string[]>} */
const NUMBERS = { conv: ['channels', 'kernel', 'stride', 'padding'], pool: ['kernel', 'stride'], dense: ['units'] };
/** @type {Record<Layer['kind'], Layer>} */
const NEW = {
  conv: { kind: 'conv', channels: 16, kernel: 3, stride: 1, padding: 1 },
  pool: { kind: 'pool', kernel: 2, stride: 2 },
  dense: { kind: 'dense', units: 84 },
};
const MOST = 12;

/** @type {import('../element.js').Panel} */
export const shapes = {
  name: 'shapes-name',
  fields: { layers: text('layers', NOTE, WRITTEN), side: number('side', 28, 1, 256), channels: number('channels', 1, 1, 64) },
  start: (lab) => new Shapes(lab).start(),
};

class Shapes {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.table = h('div', { class: 'scroll tall', tabindex: 0, role: 'group', 'aria-label': say('shapes-table') });
    this.picture = h('div', {});
    this.total = h('p', {});
  }

  start() {
    const { lab } = this,
      kinds = /** @type {Layer['kind'][]} */ (Object.keys(NEW));
    this.adds = kinds.map((kind) => button(say(`add-${kind}`), () => this.#add(kind)));
    const back = button(say('note-net'), () => lab.set({ layers: NOTE, side: 28, channels: 1 }));
    lab.body.append(this.picture, this.table, h('div', { class: 'controls' }, ...this.adds, back), this.total);
    return { update: () => this.#update() };
  }

  #update() {
    const { lab } = this,
      layers = readLayers(lab.state.layers),
      active = this.#focused();
    const { rows, error } = walkAsFar(layers, lab.state.channels, lab.state.side);
    this.table.replaceChildren(this.#table(layers, rows));
    /** @type {HTMLElement | null} */ (active && this.table.querySelector(active))?.focus();
    this.picture.replaceChildren(drawing(rows));
    this.adds?.forEach((add) => (add.disabled = layers.length >= MOST));
    const note = walk(readLayers(NOTE)),
      weights = sum(rows, 'weights'),
      macs = sum(rows, 'macs');
    this.total.textContent = error ? '' : this.#compared(weights, macs, note);
    if (error) throw error;
    lab.tell(say('shapes-said', { weights: grouped(weights), macs: grouped(macs) }));
  }

  /** @type {(weights: number, macs: number, note: Row[]) => string} */
  #compared(weights, macs, note) {
    if (this.lab.state.layers === NOTE && weights === sum(note, 'weights')) return say('shapes-as-note');
    const times = (/** @type {number} */ number, /** @type {number} */ other) => String(Number((number / other).toPrecision(2)));
    return say('shapes-total', { of: times(weights, sum(note, 'weights')), cost: times(macs, sum(note, 'macs')) });
  }

  /** Which input had the focus, since the table is made anew. */
  #focused() {
    const name = /** @type {HTMLElement | null} */ (/** @type {ShadowRoot} */ (this.lab.shadowRoot).activeElement)?.dataset.name;
    return name ? `[data-name="${name}"]` : null;
  }

  /** @type {(layers: Layer[], rows: Row[]) => HTMLElement} */
  #table(layers, rows) {
    // says: layer, maps, kernel, stride, padding, output, weights, multiply-adds, field
    const heads = ['layer', 'maps', 'kernel', 'stride', 'padding', 'output', 'weights', 'multiply-adds', 'field'].map((key) =>
      h('th', { scope: 'col' }, say(key)),
    );
    const input = h(
      'tr',
      {},
      h('th', { scope: 'row' }, 'input'),
      h(
        'td',
        {},
        this.#input('channels', 'channels', this.lab.state.channels, (value) => ({ channels: value })),
      ),
      h(
        'td',
        { colspan: 3, class: 'left' },
        `${say('shapes-side')} `,
        this.#input('side', 'side', this.lab.state.side, (value) => ({ side: value })),
      ),
      h('td', {}, form(rows[0])),
      ...Array.from({ length: 4 }, () => h('td')),
    );
    return h(
      'table',
      { class: 'shapes' },
      h('thead', {}, h('tr', {}, ...heads, h('td'))),
      h('tbody', {}, input, ...layers.map((layer, k) => this.#row(layers, layer, k, rows[k + 1]))),
    );
  }

  /** @type {(layers: Layer[], layer: Layer, k: number, row: Row | undefined) => HTMLElement} */
  #row(layers, layer, k, row) {
    const name = nameOf(layers, k),
      places =
        layer.kind === 'pool' ? ['', 'kernel', 'stride', ''] : layer.kind === 'conv' ? NUMBERS.conv : ['units', '', '', ''];
    // says: channels, kernel, stride, padding, units
    const cells = places.map((field) =>
      h(
        'td',
        {},
        field
          ? this.#input(`${k}-${field}`, `${name} ${say(field)}`, /** @type {any} */ (layer)[field], (value) => ({
              layers: written(layers.map((each, i) => (i === k ? { ...each, [field]: value } : each))),
            }))
          : '',
      ),
    );
    const found = row ? [form(row), grouped(row.weights), grouped(row.macs), String(row.field)] : ['?', '?', '?', '?'];
    const remove = button('×', () => this.lab.set({ layers: written(layers.filter((_, i) => i !== k)) }), {
      'aria-label': say('remove', { name }),
      disabled: layers.length === 1,
    });
    return h(
      'tr',
      { class: row ? '' : 'impossible' },
      h('th', { scope: 'row', class: `of-${{ conv: 'c', pool: 's', dense: 'f' }[layer.kind]}` }, name),
      ...cells,
      ...found.map((cell) => h('td', {}, cell)),
      h('td', {}, remove),
    );
  }

  /** @type {(name: string, label: string, value: number, change: (value: number) => Record<string, any>) => HTMLElement} */
  #input(name, label, value, change) {
    const box = h('input', {
      type: 'number',
      min: 0,
      value,
      'data-name': name,
      'aria-label': label,
      onchange: () => this.lab.guard(() => this.#take(box, value, change)),
    });
    return box;
  }

  /** @type {(box: HTMLInputElement, before: number, change: (value: number) => Record<string, any>) => void} */
  #take(box, before, change) {
    const value = Number(box.value);
    if (!box.value || !Number.isInteger(value) || value < 0 || value > 9999) {
      const { value: got } = box;
      box.value = String(before);
      throw new LabError(say('whole-number', { got: got || '–' }));
    }
    const state = change(value);
    for (const [field, given] of Object.entries(state)) shapes.fields[field].read(String(given));
    this.lab.set(state);
  }

  /** Before the dense layers, or before the last one. @param {Layer['kind']} kind */
  #add(kind) {
    const layers = readLayers(this.lab.state.layers),
      dense = layers.findIndex((layer) => layer.kind === 'dense');
    const at = kind === 'dense' ? Math.max(0, layers.length - 1) : dense < 0 ? layers.length : dense;
    this.lab.set({ layers: written([...layers.slice(0, at), NEW[kind], ...layers.slice(at)]) });
  }
}

/** @type {(row: Row) => string} */
const form = ({ channels, side }) => (side > 1 ? `${channels}@${side}×${side}` : String(channels));
const grouped = (/** @type {number} */ number) => number.toLocaleString('en');
/** @type {(rows: Row[], name: 'weights' | 'macs') => number} */
const sum = (rows, name) => rows.reduce((all, row) => all + row[name], 0);

/** The layers as boxes: as high as their maps are wide, as wide as they have maps. @type {(rows: Row[]) => SVGElement} */
function drawing(rows) {
  const shapes = rows.map(({ name, channels, side }) => ({
    name,
    height: side > 1 ? 8 + 74 * Math.sqrt(side / Math.max(28, rows[0].side)) : 8 + 5 * Math.log2(channels),
    width: side > 1 ? 5 + 4.2 * Math.log2(channels + 1) : 7,
  }));
  const gap = 17,
    width = shapes.reduce((all, shape) => all + shape.width + gap, 0),
    picture = svg('svg', {
      viewBox: `0 0 ${width} 104`,
      'aria-hidden': 'true',
      class: 'net',
    });
  picture.style.maxWidth = `${width * 1.25}px`;
  let x = gap / 2;
  for (const { name, height, width: wide } of shapes) {
    const colour = { C: 'c', S: 's', F: 'f', O: 'o' }[name[0]] ?? 'ink';
    picture.append(
      svg('rect', {
        x,
        y: 46 - height / 2,
        width: wide,
        height,
        fill: `var(--${colour})`,
        'fill-opacity': 0.18,
        stroke: `var(--${colour})`,
      }),
    );
    picture.append(svg('text', { x: x + wide / 2, y: 101, 'text-anchor': 'middle', fill: `var(--${colour})` }, name));
    x += wide + gap;
  }
  return picture;
}
