// Sizes, weights, cost and receptive fields of any row of layers; the twin of lenet_utils/nets/shapes.py, which explains them.

import { LabError, whole } from './options.js';

/** @typedef {{ kind: 'conv', channels: number, kernel: number, stride: number, padding: number }} Conv */
/** @typedef {{ kind: 'pool', kernel: number, stride: number }} Pool */
/** @typedef {{ kind: 'dense', units: number }} Dense */
/** @typedef {Conv | Pool | Dense} Layer */
/** @typedef {{ name: string, channels: number, side: number, weights: number, connections: number, macs: number, field: number, jump: number }} Row */

/** Side of the output of a window over `n` pixels. @type {(n: number, kernel: number, stride: number, padding: number) => number} */
export function outputSize(n, kernel, stride, padding) {
  whole('kernel', kernel);
  whole('stride', stride);
  whole('padding', padding, 0);
  if (kernel > n + 2 * padding)
    throw new LabError(
      `A ${kernel}x${kernel} kernel does not fit into ${n}x${n} pixels with padding ${padding}. Take a smaller kernel or more padding.`,
    );
  return Math.floor((n + 2 * padding - kernel) / stride) + 1;
}

/** C1, S2, ... by kind and place; the last layer is OUT. @type {(layers: Layer[], k: number) => string} */
export const nameOf = (layers, k) =>
  k === layers.length - 1 && layers[k].kind === 'dense'
    ? 'OUT'
    : `${{ conv: 'C', pool: 'S', dense: 'F' }[layers[k].kind]}${k + 1}`;

/** A row per layer, the input first. Throws a LabError that names a layer that does not fit. @type {(layers: Layer[], channels?: number, side?: number) => Row[]} */
export function walk(layers, channels, side) {
  const { rows, error } = walkAsFar(layers, channels, side);
  if (error) throw error;
  return rows;
}

/** A row for each layer up to the first that does not fit, and what is wrong with that one. @type {(layers: Layer[], channels?: number, side?: number) => { rows: Row[], error: LabError | null }} */
export function walkAsFar(layers, channels = 1, side = 28) {
  whole('channels', channels);
  whole('size', side);
  const rows = [{ name: 'input', channels, side, weights: 0, connections: 0, macs: 0, field: 1, jump: 1 }];
  for (const [k, layer] of layers.entries()) {
    const name = nameOf(layers, k);
    try {
      const row = { name, ...after(layer, rows[k]) };
      if (layer.kind === 'dense') row.field = Math.min(row.field, side); // sees no padding
      rows.push(row);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return { rows, error: new LabError(`${name}: ${error.message}`) };
    }
  }
  return { rows, error: null };
}

/** @type {(layer: Layer, before: Row) => Omit<Row, 'name'>} */
function after(layer, before) {
  if (layer.kind === 'dense') return dense(layer, before);
  if (layer.kind === 'conv') return convolved(layer, before);
  const side = outputSize(before.side, layer.kernel, layer.stride, 0);
  return {
    ...grown(before, layer.kernel, layer.stride),
    channels: before.channels,
    side,
    weights: 0,
    connections: side * side * before.channels * layer.kernel ** 2,
    macs: 0,
  };
}

/** @type {(layer: Conv, before: Row) => Omit<Row, 'name'>} */
function convolved({ channels, kernel, stride, padding }, before) {
  whole('maps', channels);
  const side = outputSize(before.side, kernel, stride, padding),
    kernels = before.channels * channels * kernel ** 2,
    macs = side * side * kernels;
  return {
    ...grown(before, kernel, stride),
    channels,
    side,
    weights: kernels + channels,
    connections: macs + side * side * channels,
    macs,
  };
}

/** @type {(layer: Dense, before: Row) => Omit<Row, 'name'>} */
function dense({ units }, before) {
  whole('units', units);
  const macs = before.channels * before.side ** 2 * units,
    field = before.field + (before.side - 1) * before.jump;
  return { channels: units, side: 1, weights: macs + units, connections: macs + units, macs, field, jump: before.jump };
}

/** @type {(before: Row, kernel: number, stride: number) => { field: number, jump: number }} */
const grown = (before, kernel, stride) => ({ field: before.field + (kernel - 1) * before.jump, jump: before.jump * stride });

/** Layers as text: c6k5s1p2-p2s2-d120. @type {(layers: Layer[]) => string} */
export const written = (layers) =>
  layers
    .map((layer) =>
      layer.kind === 'conv'
        ? `c${layer.channels}k${layer.kernel}s${layer.stride}p${layer.padding}`
        : layer.kind === 'pool'
          ? `p${layer.kernel}s${layer.stride}`
          : `d${layer.units}`,
    )
    .join('-');

const ONE = '(c\\d{1,3}k\\d{1,2}s\\d{1,2}p\\d{1,2}|p\\d{1,2}s\\d{1,2}|d\\d{1,4})';
export const WRITTEN = new RegExp(`^${ONE}(-${ONE})*$`);

/** @type {(text: string) => Layer[]} */
export const readLayers = (text) =>
  text.split('-').map((layer) => {
    const numbers = (layer.match(/\d+/g) ?? []).map(Number);
    if (layer[0] === 'c')
      return { kind: 'conv', channels: numbers[0], kernel: numbers[1], stride: numbers[2], padding: numbers[3] };
    return layer[0] === 'p' ? { kind: 'pool', kernel: numbers[0], stride: numbers[1] } : { kind: 'dense', units: numbers[0] };
  });
