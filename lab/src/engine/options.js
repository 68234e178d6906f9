// The options of a network, checked, and the sizes that follow from them.

import { ACTIVATIONS, POOLS } from './kernels.js';

/**
 * PyTorch's names, the note's defaults; those of `lenet_utils.nets.lenet.LeNet`.
 * @typedef {object} Options
 * @property {'sigmoid' | 'tanh' | 'relu'} activation
 * @property {'avg' | 'max'} pool
 * @property {[number, number]} channels  maps of C1 and of C3
 * @property {number} kernel_size
 * @property {number} padding  of C1; C3 has none
 * @property {[number, number]} hidden  units of F5 and of F6
 * @property {'xavier' | 'xavier-4' | 'he' | '1998' | 'pytorch'} init
 * @property {number} seed  of the initial weights
 */

/** @type {Options} */
export const DEFAULTS = {
  activation: 'sigmoid',
  pool: 'avg',
  channels: [6, 16],
  kernel_size: 5,
  padding: 2,
  hidden: [120, 84],
  init: 'xavier',
  seed: 0,
};

export const INITS = ['xavier', 'xavier-4', 'he', '1998', 'pytorch'];
export const CLASSES = 10;
export const SIDE = 28; // pixels of a digit, both ways

/** What was given is not what was expected; the message says both, and what to do. */
export class LabError extends Error {
  name = 'LabError';
}

/** @type {(value: unknown) => string} */
const show = (value) => JSON.stringify(value) ?? String(value);

/** @type {(what: string, name: unknown, known: string[]) => void} */
export function oneOf(what, name, known) {
  if (!known.includes(/** @type {string} */ (name)))
    throw new LabError(`No ${what} is called ${show(name)}. Known: ${known.join(', ')}.`);
}

/** @type {(name: string, value: unknown, least?: number) => void} */
export function whole(name, value, least = 1) {
  if (!Number.isInteger(value) || /** @type {number} */ (value) < least)
    throw new LabError(`${name} expects a whole number of at least ${least}, got ${show(value)}.`);
}

/** @type {(name: string, pair: unknown) => void} */
function two(name, pair) {
  if (!Array.isArray(pair) || pair.length !== 2) throw new LabError(`${name} expects two numbers, got ${show(pair)}.`);
  for (const value of pair) whole(name, value);
}

/**
 * The given options, checked, with the defaults for the rest.
 * @param {Partial<Options>} options
 * @returns {Options}
 */
export function complete(options) {
  for (const name of Object.keys(options)) oneOf('option', name, Object.keys(DEFAULTS));
  const all = { ...DEFAULTS, ...options };
  oneOf('activation', all.activation, Object.keys(ACTIVATIONS));
  oneOf('pool', all.pool, Object.keys(POOLS));
  oneOf('init', all.init, INITS);
  two('channels', all.channels);
  two('hidden', all.hidden);
  whole('kernel_size', all.kernel_size);
  whole('padding', all.padding, 0);
  whole('seed', all.seed, 0);
  return all;
}

/**
 * One layer's output: `channels` maps of `side` x `side`, or `channels` units with side 1; `values` numbers an image.
 * @typedef {{ channels: number, side: number, values: number }} Layer
 */

/** @typedef {'input' | 'C1' | 'S2' | 'C3' | 'S4' | 'F5' | 'F6' | 'OUT'} LayerName */

/**
 * The sizes of all layers. Throws a LabError for a layer that does not fit.
 * @param {Options} options
 * @returns {Record<LayerName, Layer>}
 */
export function layers({ channels, kernel_size, padding, hidden }) {
  const input = layer(1, SIDE);
  const C1 = convolved('C1', input, channels[0], kernel_size, padding);
  const S2 = pooled('S2', C1);
  const C3 = convolved('C3', S2, channels[1], kernel_size, 0);
  const S4 = pooled('S4', C3);
  return { input, C1, S2, C3, S4, F5: layer(hidden[0], 1), F6: layer(hidden[1], 1), OUT: layer(CLASSES, 1) };
}

/** @type {(channels: number, side: number) => Layer} */
const layer = (channels, side) => ({ channels, side, values: channels * side * side });

/** @type {(name: string, from: Layer, channels: number, kernel: number, padding: number) => Layer} */
function convolved(name, { side }, channels, kernel, padding) {
  if (side + 2 * padding < kernel)
    throw new LabError(
      `${name}: a ${kernel}x${kernel} kernel does not fit into ${side}x${side} pixels with padding ${padding}. ` +
        'Take a smaller kernel or more padding.',
    );
  return layer(channels, side + 2 * padding - kernel + 1);
}

/** @type {(name: string, from: Layer) => Layer} */
function pooled(name, { channels, side }) {
  if (side < 2)
    throw new LabError(`${name}: a 2x2 window does not fit into ${side}x${side} pixels. Take a smaller kernel or more padding.`);
  return layer(channels, side >> 1);
}

/**
 * The shapes of all weights, by the names and in the order of PyTorch's `state_dict`.
 * @param {Options} options
 * @returns {Record<string, number[]>}
 */
export function shapes({ channels: [c1, c3], kernel_size: k, hidden: [f5, f6], ...rest }) {
  const { S4 } = layers({ channels: [c1, c3], kernel_size: k, hidden: [f5, f6], ...rest });
  return {
    'C1.weight': [c1, 1, k, k],
    'C1.bias': [c1],
    'C3.weight': [c3, c1, k, k],
    'C3.bias': [c3],
    'F5.weight': [f5, S4.values],
    'F5.bias': [f5],
    'F6.weight': [f6, f5],
    'F6.bias': [f6],
    'OUT.weight': [CLASSES, f6],
    'OUT.bias': [CLASSES],
  };
}

/** How many numbers these shapes hold together. @type {(shapes: Record<string, number[]>) => number} */
export const countOf = (shapes) => Object.values(shapes).reduce((sum, shape) => sum + product(shape), 0);

/** @type {(shape: number[]) => number} */
export const product = (shape) => shape.reduce((a, b) => a * b, 1);
