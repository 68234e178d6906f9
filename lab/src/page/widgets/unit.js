// The sum that made one unit, written out and drawn: what it saw, its weights, and what came of them.

import { h, percent, say, show, twin } from '../dom.js';
import { explain, isPool, softmax } from '../../explain/explain.js';
import { COLOUR_OF, diverging, paint, range, sequential } from '../../explain/pixels.js';

/** @typedef {import('../../explain/explain.js').Explained} Explained */
/** @typedef {import('../element.js').Lab} Lab */
/** @typedef {import('./maps.js').Unit} Unit */

/** @type {(layer: string) => boolean} */
const one = (layer) => ['F5', 'F6', 'OUT'].includes(layer);

/** What a unit is called. @type {(unit: Unit) => string} */
export const nameOf = ({ layer, channel, row, column }) =>
  one(layer)
    ? say('unit-one', { layer, channel: layer === 'OUT' ? channel : channel + 1 })
    : say('unit-map', { layer, channel: channel + 1, row: row + 1, column: column + 1 });

/** The lines of arithmetic for a unit. @type {(net: import('../../engine/lenet.js').LeNet, unit: Unit, found: Explained) => string[]} */
export function arithmetic(net, unit, found) {
  const { field, layer, value } = found;
  const sees = one(layer) ? say('sees-all') : say('sees', { height: field.rows, width: field.columns });
  if (isPool(layer)) {
    const numbers = Array.from(found.shares[0].values, show).join(', ');
    return [sees, say(net.options.pool === 'max' ? 'pool-max' : 'pool-avg', { numbers, value: show(value) })];
  }
  const terms = found.shares.reduce((all, { values }) => all + values.length, 0);
  const sum = say('sum-is', { terms, products: show(found.products), bias: show(found.bias), sum: show(found.sum) });
  const last =
    layer === 'OUT'
      ? say('stays', { share: percent(softmax(net.map('OUT').subarray(0, 10))[unit.channel]) })
      : say('becomes', { activation: net.options.activation, sum: show(found.sum), value: show(value) });
  return [sees, sum, last];
}

export class UnitView {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.title = h('div', { class: 'head', role: 'status' });
    this.lines = h('div', { class: 'formula' });
    this.shares = h('div', { class: 'shares' });
    this.numbers = twin(say('sum-numbers'), () => this.#rows());
    this.map = twin(say('map-numbers'), () => this.#mapRows());
    this.element = h('div', {}, this.title, this.lines, this.shares, this.numbers.element, this.map.element);
  }

  /** @type {(net: import('../../engine/lenet.js').LeNet, unit: Unit | null) => Explained | null} */
  show(net, unit) {
    this.numbers.element.hidden = !unit;
    this.shown = { net, unit: unit ?? { layer: 'C1', channel: 0, row: 0, column: 0 } };
    this.map.show();
    if (!unit) {
      this.title.textContent = '';
      this.lines.replaceChildren(h('p', { class: 'muted' }, say('pick')));
      this.shares.replaceChildren();
      return null;
    }
    this.found = explain(net, unit.layer, unit.channel, unit.row, unit.column);
    this.title.textContent = nameOf(unit);
    this.title.className = `head of-${COLOUR_OF[unit.layer]}`;
    this.lines.replaceChildren(...arithmetic(net, unit, this.found).map((line) => h('p', {}, line)));
    this.#draw(this.found);
    this.numbers.show();
    return this.found;
  }

  /** @param {Explained} found */
  #draw(found) {
    const weights = Math.max(...found.shares.map((share) => range(share.weights).largest));
    const most = Math.max(...found.shares.map((share) => range(share.values).largest));
    const bar = found.shares.length > 1 || found.shares[0].rows > 60;
    this.shares.replaceChildren(...found.shares.map((share) => this.#share(found, share, most, weights, bar)));
  }

  /** Values and weights of one input map side by side. @type {(found: Explained, share: import('../../explain/explain.js').Share, most: number, weights: number, bar: boolean) => HTMLElement} */
  #share(found, share, most, weights, bar) {
    const { palette } = this.lab,
      flat = share.columns === 1,
      [rows, columns] = flat ? [Math.ceil(share.rows / 20), 20] : [share.rows, share.columns];
    const sheet = { count: 1, rows, columns, across: 1, gap: 0 },
      scale = flat ? 7 : bar ? 8 : 14;
    const picture = (
      /** @type {Float32Array} */ numbers,
      /** @type {(value: number) => import('../../explain/pixels.js').Colour} */ colour,
    ) => {
      const canvas = h('canvas', { 'aria-hidden': 'true' }),
        padded = new Float32Array(rows * columns);
      padded.set(numbers);
      paint(canvas, sheet, padded, colour);
      Object.assign(canvas.style, { width: `${columns * scale}px`, height: `${rows * scale}px` });
      return canvas;
    };
    const signed = range(share.values).least < 0;
    const values = picture(
      share.values,
      signed ? diverging(palette, most) : sequential(palette.wash, palette[COLOUR_OF[found.from]], 0, most),
    );
    const label = `${found.from === 'input' ? say('window') : say('from', { layer: found.from, channel: flat ? '' : share.channel + 1 })}: ${show(share.total)}`;
    return h(
      'figure',
      {},
      h('div', {}, values, isPool(found.layer) ? null : picture(share.weights, diverging(palette, weights))),
      h('figcaption', {}, label),
    );
  }

  /** All numbers of the map in which the picked unit lies, or of its layer if that has no maps. */
  #mapRows() {
    const { net, unit } = /** @type {{ net: import('../../engine/lenet.js').LeNet, unit: Unit }} */ (this.shown),
      { layer, channel } = unit;
    const { side } = net.layers[layer],
      values = net.map(layer);
    if (side === 1)
      return [[layer, say('value')], ...Array.from(values, (value, k) => [layer === 'OUT' ? k : k + 1, show(value)])];
    const row = (/** @type {number} */ i) =>
      Array.from(values.subarray((channel * side + i) * side, (channel * side + i + 1) * side), show);
    const name = `${layer} ${channel + 1}`;
    return [
      [name, ...Array.from({ length: side }, (_, j) => j + 1)],
      ...Array.from({ length: side }, (_, i) => [i + 1, ...row(i)]),
    ];
  }

  #rows() {
    const found = /** @type {Explained} */ (this.found),
      rows = /** @type {(string | number)[][]} */ ([
        [say('from', { layer: found.from, channel: '' }), say('row'), say('column'), say('value'), say('weight'), say('product')],
      ]);
    for (const { channel, columns, values, weights } of found.shares)
      values.forEach((value, n) => {
        const place = columns === 1 ? [n + 1, 1, 1] : [channel + 1, Math.floor(n / columns) + 1, (n % columns) + 1];
        rows.push([
          ...place,
          show(value),
          isPool(found.layer) ? '–' : show(weights[n]),
          isPool(found.layer) ? '–' : show(value * weights[n]),
        ]);
      });
    return rows;
  }
}
