// A number written out: the products that made it with the actual numbers, what came on top, and where each was used.

import { GRADIENTS, twoSided } from '../explain/gradients.js';
import { BEFORE, isConvolution, isPool } from '../explain/explain.js';
import { paint, range } from '../explain/pixels.js';
import { AFTER, indexOf, weightIndex } from '../explain/open.js';
import { factor, figures, foremost } from '../explain/written.js';
import { button, h, percent, say, twin } from '../page/dom.js';
import { nameOf as unitName } from '../page/widgets/unit.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */
/** @typedef {import('../explain/open.js').Name} Name */
/** @typedef {import('../explain/open.js').Opened} Opened */
/** @typedef {import('../explain/open.js').Place} Place */

/** What a place is called. @type {(place: Place) => string} */
export const placeName = (place) =>
  place.layer === 'input' ? say('learn-pixel', { row: place.row + 1, column: place.column + 1 }) : unitName(place);

/** What a number is called. @type {(pass: Trace, name: Name) => string} */
export function titleOf({ options }, { kind, layer, at: [a, b, c] }) {
  // says: learn-title-value, learn-title-delta
  if (kind !== 'weight') return say(`learn-title-${kind}`, { place: placeName({ layer, channel: a, row: b, column: c }) });
  const edge = options.kernel_size,
    unit = layer === 'OUT' ? a : a + 1;
  return isConvolution(layer)
    ? say('learn-title-kernel', { layer, unit, before: b + 1, row: Math.floor(c / edge) + 1, column: (c % edge) + 1 })
    : say('learn-title-weight', { layer, unit, from: BEFORE[layer], before: b + 1 });
}

/** The products with their sum: a·b + c·d + … = e. @type {(opened: Opened) => string} */
export function sumOf({ terms, sum }) {
  if (!terms.length) return figures(0);
  const { shown, others, rest } = foremost(terms),
    products = shown.map(({ factors: [a, b] }) => `${factor(a)}·${factor(b)}`).join(' + ');
  return `${products}${others ? ` + ${say('learn-others', { others, rest: figures(rest) })}` : ''} = ${figures(sum)}`;
}

/** @type {(pass: Trace, name: Name, opened: Opened, lr: number) => string[]} */
export function lines(pass, name, opened, lr) {
  const of = { value: ofValue, delta: ofDelta, weight: ofWeight }[name.kind];
  return of(pass, name, opened, lr);
}

/** @type {(pass: Trace, name: Name, opened: Opened) => string[]} */
function ofValue({ options, shares }, { layer, at }, { terms, sum, bias, result, ...rest }) {
  if (layer === 'input') return [say('learn-pixel-value', { value: figures(result) })];
  if (isPool(layer)) {
    const numbers = terms.map(({ factors }) => figures(factors[0])).join(', ');
    return [say(options.pool === 'max' ? 'pool-max' : 'pool-avg', { numbers, value: figures(result) })];
  }
  const made = sumOf({ terms, sum, result, ...rest }),
    z = figures(sum + (bias ?? 0));
  const last =
    layer === 'OUT'
      ? say('stays', { share: percent(shares[at[0]]) })
      : say('becomes', { activation: options.activation, sum: z, value: figures(result) });
  return [made, say('learn-bias', { bias: figures(bias ?? 0), sum: z }), last];
}

/** @type {(pass: Trace, name: Name, opened: Opened) => string[]} */
function ofDelta(pass, { layer, at: [channel, row, column] }, opened) {
  const { options, label, maps } = pass,
    { terms, sum, slope, result } = opened,
    after = AFTER[layer];
  if (layer === 'OUT') {
    const hot = Number(channel === label);
    return [say('learn-surprise', { share: figures(terms[0].factors[0]), hot, result: figures(result) })];
  }
  const share = terms[0]?.factors[0];
  const pooled = options.pool === 'avg' ? 'learn-from-avg' : share ? 'learn-from-winner' : 'learn-from-loser';
  // says: learn-from-avg, learn-from-winner, learn-from-loser, learn-from-weights
  const lines = [say(isPool(after) ? pooled : 'learn-from-weights', { layer: after }), sumOf(opened)];
  if (slope === undefined) return lines;
  const value = maps[layer][indexOf(pass, { layer, channel, row, column })];
  const given = { value: figures(value), slope: figures(slope), sum: factor(sum), result: figures(result) };
  return [...lines, say('learn-slope', { activation: options.activation, ...given })];
}

/** @type {(pass: Trace, name: Name, opened: Opened, lr: number) => string[]} */
function ofWeight(pass, { layer, at }, opened, lr) {
  const how = isConvolution(layer) ? 'learn-used' : 'learn-once',
    weight = pass.weights[`${layer}.weight`][weightIndex(pass, layer, at)];
  const given = { lr, gradient: factor(opened.result), before: figures(weight), after: figures(weight - lr * opened.result) };
  const from = layer === 'C1' ? say('learn-the-picture') : BEFORE[layer];
  // says: learn-used, learn-once
  return [say(how, { layer, from, places: opened.terms.length }), sumOf(opened), say('learn-moves', given)];
}

export class OpenedView {
  /**
   * @param {import('../page/element.js').Lab} lab
   * @param {() => void} onclose
   */
  constructor(lab, onclose) {
    this.lab = lab;
    this.title = h('div', { class: 'head' });
    this.lines = h('div', { class: 'formula', role: 'status' });
    this.uses = h('canvas', { 'aria-hidden': 'true' });
    this.where = h('figure', {}, this.uses, h('figcaption', {}, say('learn-uses')));
    this.table = twin(say('learn-products'), () => this.#rows());
    const close = button('×', onclose, { 'aria-label': say('learn-close'), class: 'close' });
    this.element = h(
      'div',
      { class: 'opened' },
      close,
      this.title,
      h('div', { class: 'side' }, this.lines, this.where),
      this.table.element,
    );
  }

  /** @type {(pass: Trace, name: Name, opened: Opened) => void} */
  show(pass, name, opened) {
    this.shown = { name, opened };
    this.title.textContent = titleOf(pass, name);
    this.lines.replaceChildren(...lines(pass, name, opened, this.lab.state.lr).map((line) => h('p', {}, line)));
    this.where.hidden = name.kind !== 'weight' || !isConvolution(name.layer);
    if (!this.where.hidden) this.#uses(pass, name, opened);
    this.table.element.hidden = !opened.terms.length;
    this.table.show();
  }

  /** The product at every place where a kernel's weight was used. @type {(pass: Trace, name: Name, opened: Opened) => void} */
  #uses({ layers }, { layer }, { terms }) {
    const { side } = layers[layer],
      products = new Float64Array(side * side);
    for (const { place, product } of terms) products[place.row * side + place.column] = product;
    const { palette, dark } = this.lab;
    const colour = twoSided(palette.wash, GRADIENTS[dark ? 'dark' : 'light'], range(products).largest);
    paint(this.uses, { count: 1, rows: side, columns: side, across: 1, gap: 0 }, products, colour);
    Object.assign(this.uses.style, { width: '112px', height: '112px' });
  }

  #rows() {
    const { name, opened } = /** @type {{ name: Name, opened: Opened }} */ (this.shown);
    // says: learn-factors-value, learn-factors-delta, learn-factors-weight
    const [a, b] = say(`learn-factors-${name.kind}`).split('|');
    return [
      [say('learn-place'), a, b, say('product')],
      ...opened.terms.map(({ factors, product, place, over }) => [
        placeName(over ?? place),
        ...[...factors, product].map((number) => figures(number, DIGITS)),
      ]),
    ];
  }
}

const DIGITS = 6; // of the numbers in the table
