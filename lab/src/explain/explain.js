// How one unit came to its number: what it sees, with which weights, and the sums.

import { product } from '../engine/options.js';
import { walk } from '../engine/sizes.js';

/** @typedef {import('../engine/lenet.js').LeNet} LeNet */
/** @typedef {import('../engine/options.js').LayerName} LayerName */

/** What one input map contributes. @typedef {{ channel: number, rows: number, columns: number, values: Float32Array, weights: Float32Array, total: number }} Share */
/** The pixels that matter to a unit; they may begin beyond the edge. @typedef {{ top: number, left: number, rows: number, columns: number }} Field */
/**
 * @typedef {object} Explained
 * @property {LayerName} layer
 * @property {LayerName} from
 * @property {Share[]} shares
 * @property {number} products  their sum
 * @property {number} bias
 * @property {number} sum
 * @property {number} value
 * @property {Field} field
 */

/** @type {Record<string, LayerName>} */
export const BEFORE = { C1: 'input', S2: 'C1', C3: 'S2', S4: 'C3', F5: 'S4', F6: 'F5', OUT: 'F6' };
export const isPool = (/** @type {string} */ layer) => layer[0] === 'S';
export const isConvolution = (/** @type {string} */ layer) => layer[0] === 'C';

/**
 * The unit at (channel, row, column) of a layer, for the first image of the last forward.
 * @type {(net: LeNet, layer: LayerName, channel: number, row: number, column: number) => Explained}
 */
export function explain(net, layer, channel, row, column) {
  const { side } = net.layers[layer],
    place = (channel * side + row) * side + column;
  const shares = isPool(layer) ? [window(net, layer, channel, row, column)] : weighted(net, layer, channel, row, column);
  const products = shares.reduce((sum, share) => sum + share.total, 0);
  const bias = isPool(layer) ? 0 : net.weights[`${layer}.bias`][channel];
  const value = net.maps[layer][place];
  return {
    layer,
    from: BEFORE[layer],
    shares,
    products,
    bias,
    sum: products + bias,
    value,
    field: field(net, layer, row, column),
  };
}

/** The four numbers of a pooling; its weights are all one. @type {(net: LeNet, layer: LayerName, channel: number, row: number, column: number) => Share} */
function window(net, layer, channel, row, column) {
  const values = patch(net, BEFORE[layer], channel, 2 * row, 2 * column, 2),
    weights = new Float32Array(4).fill(1);
  return {
    channel,
    rows: 2,
    columns: 2,
    values,
    weights,
    total: net.options.pool === 'max' ? Math.max(...values) : sum(values) / 4,
  };
}

/** @type {(net: LeNet, layer: LayerName, unit: number, row: number, column: number) => Share[]} */
function weighted(net, layer, unit, row, column) {
  const from = BEFORE[layer],
    { channels, side } = net.layers[from],
    { kernel_size, padding } = net.options;
  const dense = !isConvolution(layer),
    edge = dense ? side : kernel_size,
    inset = layer === 'C1' ? padding : 0;
  const [, ...inputs] = net.shapes[`${layer}.weight`],
    all = product(inputs);
  if (dense && side === 1)
    return [
      share(
        0,
        channels,
        1,
        net.maps[from].subarray(0, channels),
        net.weights[`${layer}.weight`].subarray(unit * all, (unit + 1) * all),
      ),
    ];
  return Array.from({ length: channels }, (_, c) => {
    const at = unit * all + c * edge * edge;
    const values = dense ? patch(net, from, c, 0, 0, side) : patch(net, from, c, row - inset, column - inset, edge);
    return share(c, edge, edge, values, net.weights[`${layer}.weight`].subarray(at, at + edge * edge));
  });
}

/** @type {(channel: number, rows: number, columns: number, values: Float32Array, weights: Float32Array) => Share} */
const share = (channel, rows, columns, values, weights) => ({
  channel,
  rows,
  columns,
  values,
  weights,
  total: sum(values.map((value, i) => value * weights[i])),
});

/** `edge` x `edge` numbers of a map from (top, left) on, zeros beyond its edge. @type {(net: LeNet, layer: LayerName, channel: number, top: number, left: number, edge: number) => Float32Array} */
function patch(net, layer, channel, top, left, edge) {
  const { side } = net.layers[layer],
    map = net.maps[layer].subarray(channel * side * side, (channel + 1) * side * side);
  return Float32Array.from({ length: edge * edge }, (_, n) => {
    const i = top + Math.floor(n / edge),
      j = left + (n % edge);
    return i >= 0 && j >= 0 && i < side && j < side ? map[i * side + j] : 0;
  });
}

/** @type {(numbers: Float32Array) => number} */
const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

/** The receptive field of a unit, as the walk through the layers finds it. @type {(net: LeNet, layer: LayerName, row: number, column: number) => Field} */
export function field(net, layer, row, column) {
  const { kernel_size: kernel, padding, channels } = net.options,
    { side } = net.layers.input;
  if (!isPool(layer) && !isConvolution(layer)) return { top: 0, left: 0, rows: side, columns: side };
  const pool = { kind: /** @type {const} */ ('pool'), kernel: 2, stride: 2 },
    convolution = { kind: /** @type {const} */ ('conv'), kernel, stride: 1 };
  const [C1, C3] = channels.map((maps, k) => ({ ...convolution, channels: maps, padding: k ? 0 : padding }));
  const rows = walk([C1, pool, C3, pool], 1, side);
  const { field: width, jump } = /** @type {import('../engine/sizes.js').Row} */ (rows.find(({ name }) => name === layer));
  return { top: row * jump - padding, left: column * jump - padding, rows: width, columns: width };
}

/** The softmax of logits. @type {(logits: Float32Array) => number[]} */
export function softmax(logits) {
  const most = Math.max(...logits),
    powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const all = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / all);
}
