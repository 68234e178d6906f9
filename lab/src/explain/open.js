// A number of a pass taken apart: a value as the sum that made it, a gradient as the products that made it.

import { LabError } from '../engine/options.js';
import { inset, slope } from './backward.js';
import { BEFORE, isConvolution, isPool } from './explain.js';

/** @typedef {import('./backward.js').Trace} Trace */
/** @typedef {import('../engine/options.js').LayerName} LayerName */
/** A layer's number: map or unit, row, column. @typedef {{ layer: LayerName, channel: number, row: number, column: number }} Place */

/** Two numbers of the pass and their product; the places are those of the layers that they come from. */
/** @typedef {{ factors: [number, number], product: number, place: Place, over?: Place }} Term */

/**
 * `sum` is that of all products; `bias` comes on top; a slope multiplies; `result` is the number that was opened.
 * @typedef {{ terms: Term[], sum: number, bias?: number, slope?: number, result: number }} Opened
 */

/**
 * Which number: its `kind`, its layer, and three numbers that say where. For a value and a delta these are map, row and
 * column; for a weight its unit, the map or unit before it, and the place in its kernel.
 * @typedef {{ kind: 'value' | 'delta' | 'weight', layer: LayerName, at: [number, number, number] }} Name
 */

export const WRITTEN = /^$|^(value|delta|weight)\.(input|C1|S2|C3|S4|F5|F6|OUT)(\.\d{1,3}){3}$/;

/** @type {(text: string) => Name | null} */
export function readName(text) {
  if (!text) return null;
  const [kind, layer, ...at] = text.split('.');
  return /** @type {Name} */ ({ kind, layer, at: at.map(Number) });
}

/** @type {(name: Name) => string} */
export const writtenName = ({ kind, layer, at }) => [kind, layer, ...at].join('.');

/** The number of that name. Throws a LabError for one that the network lacks. @type {(pass: Trace, name: Name) => Opened} */
export function open(pass, name) {
  if (!exists(pass, name)) throw new LabError(`The network has no number ${writtenName(name)}.`);
  if (name.kind === 'weight') return weight(pass, name.layer, name.at);
  const [channel, row, column] = name.at,
    place = { layer: name.layer, channel, row, column };
  return name.kind === 'value' ? value(pass, place) : delta(pass, place);
}

/** @type {(pass: Trace, name: Name) => boolean} */
export function exists({ layers, options }, { kind, layer, at: [a, b, c] }) {
  const { channels, side } = layers[layer];
  if (kind !== 'weight') return a < channels && b < side && c < side;
  if (layer === 'input' || isPool(layer)) return false;
  const before = layers[BEFORE[layer]];
  return (
    a < channels && (isConvolution(layer) ? b < before.channels && c < options.kernel_size ** 2 : b < before.values && c === 0)
  );
}

/** Where a place lies in the array of its layer. @type {(pass: Trace, place: Place) => number} */
export const indexOf = ({ layers }, { layer, channel, row, column }) =>
  (channel * layers[layer].side + row) * layers[layer].side + column;

/** The place of an index. @type {(pass: Trace, layer: LayerName, index: number) => Place} */
export function placeOf({ layers }, layer, index) {
  const { side } = layers[layer],
    area = side * side;
  return { layer, channel: Math.floor(index / area), row: Math.floor((index % area) / side), column: index % side };
}

/** Where a weight of unit or map `unit` lies in its tensor. @type {(pass: Trace, layer: LayerName, at: [number, number, number]) => number} */
export function weightIndex({ layers, options }, layer, [unit, before, cell]) {
  const { channels, values } = layers[BEFORE[layer]],
    area = options.kernel_size ** 2;
  return isConvolution(layer) ? (unit * channels + before) * area + cell : unit * values + before;
}

/** @type {(a: number, b: number, place: Place, over?: Place) => Term} */
const term = (a, b, place, over) => ({ factors: [a, b], product: a * b, place, over });

/** @type {(terms: Term[]) => number} */
const total = (terms) => terms.reduce((sum, { product }) => sum + product, 0);

/** @type {(pass: Trace, place: Place) => Opened} */
function value(pass, place) {
  const { layer, channel } = place,
    result = pass.maps[layer][indexOf(pass, place)];
  if (layer === 'input') return { terms: [], sum: result, result };
  const terms = isPool(layer) ? pooled(pass, place) : inputs(pass, place);
  if (isPool(layer)) return { terms, sum: total(terms), result };
  return { terms, sum: total(terms), bias: pass.weights[`${layer}.bias`][channel], result };
}

/** The four numbers of a window, each with its share in the result. @type {(pass: Trace, place: Place) => Term[]} */
function pooled(pass, { layer, channel, row, column }) {
  const from = BEFORE[layer],
    four = [0, 1, 2, 3].map((k) => ({ layer: from, channel, row: 2 * row + (k >> 1), column: 2 * column + (k & 1) })),
    values = four.map((place) => pass.maps[from][indexOf(pass, place)]),
    winner = values.indexOf(Math.max(...values));
  return four.map((place, k) => term(values[k], pass.options.pool === 'avg' ? 1 / 4 : Number(k === winner), place));
}

/** Every number that a unit takes, times its weight. @type {(pass: Trace, place: Place) => Term[]} */
function inputs(pass, { layer, channel, row, column }) {
  const from = BEFORE[layer],
    w = pass.weights[`${layer}.weight`],
    { channels, side, values } = pass.layers[from];
  if (!isConvolution(layer))
    return Array.from({ length: values }, (_, i) => term(pass.maps[from][i], w[channel * values + i], placeOf(pass, from, i)));
  const edge = pass.options.kernel_size,
    padding = inset(pass.options, layer),
    terms = [];
  for (let c = 0; c < channels; c++)
    for (let cell = 0; cell < edge * edge; cell++) {
      const place = {
        layer: from,
        channel: c,
        row: row + Math.floor(cell / edge) - padding,
        column: column + (cell % edge) - padding,
      };
      if (inside(place, side))
        terms.push(term(pass.maps[from][indexOf(pass, place)], w[weightIndex(pass, layer, [channel, c, cell])], place));
    }
  return terms;
}

/** @type {(place: Place, side: number) => boolean} */
const inside = ({ row, column }, side) => row >= 0 && column >= 0 && row < side && column < side;

/** @type {Record<string, LayerName>} */
export const AFTER = Object.fromEntries(Object.entries(BEFORE).map(([layer, from]) => [from, /** @type {LayerName} */ (layer)]));

/** @type {(pass: Trace, place: Place) => Opened} */
function delta(pass, place) {
  const { layer } = place,
    at = indexOf(pass, place),
    result = pass.deltas[layer][at];
  const terms = layer === 'OUT' ? surprise(pass, place) : returned(pass, place);
  if (layer === 'OUT' || layer === 'input' || isPool(layer)) return { terms, sum: total(terms), result };
  return { terms, sum: total(terms), slope: slope(pass.options.activation, pass.maps[layer][at]), result };
}

/** Softmax minus one-hot. @type {(pass: Trace, place: Place) => Term[]} */
const surprise = (pass, place) => [
  term(pass.shares[place.channel], 1, place),
  term(Number(place.channel === pass.label), -1, place),
];

/** What a number receives from the layer behind it: every gradient there, times the weight between. @type {(pass: Trace, place: Place) => Term[]} */
function returned(pass, place) {
  const after = AFTER[place.layer],
    at = indexOf(pass, place),
    { values } = pass.layers[after];
  if (isPool(after)) return unpooled(pass, place, after);
  if (isConvolution(after)) return uses(pass, place, after);
  const w = pass.weights[`${after}.weight`],
    inputs = pass.layers[place.layer].values;
  return Array.from({ length: values }, (_, k) => term(w[k * inputs + at], pass.deltas[after][k], placeOf(pass, after, k)));
}

/** @type {(pass: Trace, place: Place, after: LayerName) => Term[]} */
function unpooled(pass, place, after) {
  const window = { layer: after, channel: place.channel, row: place.row >> 1, column: place.column >> 1 };
  if (!inside(window, pass.layers[after].side)) return []; // an odd last row or column is left out
  const own = pooled(pass, window)[(place.row & 1) * 2 + (place.column & 1)];
  return [term(own.factors[1], pass.deltas[after][indexOf(pass, window)], window)];
}

/** Every sum of a convolution in which a number took part. @type {(pass: Trace, place: Place, after: LayerName) => Term[]} */
function uses(pass, { channel, row, column }, after) {
  const { channels, side } = pass.layers[after],
    edge = pass.options.kernel_size,
    padding = inset(pass.options, after),
    terms = [];
  for (let o = 0; o < channels; o++)
    for (let cell = 0; cell < edge * edge; cell++) {
      const place = {
        layer: after,
        channel: o,
        row: row - Math.floor(cell / edge) + padding,
        column: column - (cell % edge) + padding,
      };
      if (inside(place, side)) {
        const w = pass.weights[`${after}.weight`][weightIndex(pass, after, [o, channel, cell])];
        terms.push(term(w, pass.deltas[after][indexOf(pass, place)], place));
      }
    }
  return terms;
}

/** A weight's gradient: delta times activation, at every place where the weight was used. @type {(pass: Trace, layer: LayerName, at: [number, number, number]) => Opened} */
function weight(pass, layer, at) {
  const [unit, before, cell] = at,
    from = BEFORE[layer],
    result = pass.gradients[`${layer}.weight`][weightIndex(pass, layer, at)],
    { side } = pass.layers[layer],
    edge = pass.options.kernel_size,
    padding = inset(pass.options, layer);
  const terms = Array.from({ length: side * side }, (_, n) => {
    const place = { layer, channel: unit, row: Math.floor(n / side), column: n % side };
    const over = isConvolution(layer)
      ? {
          layer: from,
          channel: before,
          row: place.row + Math.floor(cell / edge) - padding,
          column: place.column + (cell % edge) - padding,
        }
      : placeOf(pass, from, before);
    if (!inside(over, pass.layers[from].side)) return null; // there it met the padding
    return term(pass.deltas[layer][indexOf(pass, place)], pass.maps[from][indexOf(pass, over)], place, over);
  }).filter((each) => each !== null);
  return { terms, sum: total(terms), result };
}
