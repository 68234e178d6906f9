// One digit forward, its error back, and the step that follows, with every number in between. The plain kernels compute
// with the arrays that they are given: here in double precision, so that each digit that is shown is right.

import { ACTIVATIONS, POOLS, plain } from '../engine/kernels.js';
import { CLASSES, layers, product, shapes } from '../engine/options.js';
import { BEFORE, isConvolution, isPool } from './explain.js';

/** @typedef {import('../engine/kernels.js').Floats} Floats */
/** @typedef {import('../engine/options.js').LayerName} LayerName */
/** @typedef {import('../engine/options.js').Options} Options */
/** @typedef {Record<string, Floats>} Tensors  by PyTorch's names, or by the names of layers */

/**
 * All numbers of one pass. A layer's map `a` is its activation of the sum `z`; a pooling has no sum.
 * @typedef {object} Trace
 * @property {Options} options
 * @property {Record<LayerName, import('../engine/options.js').Layer>} layers
 * @property {Tensors} weights
 * @property {Tensors} maps  a, the logits for OUT
 * @property {Tensors} sums  z
 * @property {number} label
 * @property {number[]} shares  the softmax
 * @property {number} loss  −ln of the label's share, in nats
 * @property {Tensors} arriving  the gradient of the loss by layer: with respect to a
 * @property {Tensors} deltas  with respect to z, or to a where there is no z
 * @property {Tensors} gradients  with respect to the weights
 */

export const ORDER = /** @type {LayerName[]} */ (Object.keys(BEFORE));
const kernels = plain.open([], 0);

/** @type {(length: number) => Floats} */
const doubles = (length) => /** @type {Floats} */ (/** @type {unknown} */ (new Float64Array(length)));

/** @type {(sizes: Record<string, number>) => Tensors} */
const several = (sizes) => Object.fromEntries(Object.entries(sizes).map(([name, length]) => [name, doubles(length)]));

/**
 * What a network of these weights makes of one picture of 784 normalised pixels, and what the loss makes of the weights.
 * @type {(options: Options, weights: Tensors, pixels: Floats, label: number) => Trace}
 */
export function trace(options, weights, pixels, label) {
  const all = layers(options),
    values = Object.fromEntries(Object.entries(all).map(([name, layer]) => [name, layer.values])),
    pass = { options, layers: all, weights, label, shares: [0], loss: 0 };
  const gradients = several(Object.fromEntries(Object.entries(shapes(options)).map(([name, shape]) => [name, product(shape)])));
  const found = {
    ...pass,
    maps: several(values),
    sums: several(values),
    arriving: several(values),
    deltas: several(values),
    gradients,
  };
  found.maps.input.set(pixels);
  for (const layer of ORDER) forward(found, layer);
  score(found);
  for (const layer of [...ORDER].reverse()) backward(found, layer);
  found.deltas.input = found.arriving.input;
  return found;
}

/** @type {(pass: Trace, layer: LayerName) => void} */
function forward({ options, layers, weights, maps, sums }, layer) {
  const from = BEFORE[layer],
    [a, b] = [layers[from], layers[layer]],
    [w, bias, z] = [weights[`${layer}.weight`], weights[`${layer}.bias`], sums[layer]];
  if (isPool(layer)) return kernels.pool(maps[from], maps[layer], a.channels, a.side, a.side, POOLS[options.pool]);
  if (isConvolution(layer))
    kernels.conv2d(maps[from], w, bias, z, 1, a.channels, a.side, a.side, b.channels, options.kernel_size, inset(options, layer));
  else kernels.linear(maps[from], w, bias, z, 1, a.values, b.values);
  if (layer === 'OUT') maps.OUT.set(z);
  else kernels.act(z, maps[layer], b.values, ACTIVATIONS[options.activation]);
}

/** Softmax and cross-entropy, and their gradient. @param {Trace} pass */
function score(pass) {
  const { maps, deltas, arriving, label } = pass;
  pass.loss = kernels.crossEntropy(maps.OUT, new Float32Array([label]), deltas.OUT, 1, CLASSES, 1);
  pass.shares = Array.from(deltas.OUT, (delta, k) => delta + (k === label ? 1 : 0));
  arriving.OUT.set(deltas.OUT);
}

/** From the gradient at the map of `layer` to that at the map before it. @type {(pass: Trace, layer: LayerName) => void} */
function backward({ options, layers, weights, maps, arriving, deltas, gradients }, layer) {
  const from = BEFORE[layer],
    [a, b] = [layers[from], layers[layer]],
    [w, delta, back] = [weights[`${layer}.weight`], deltas[layer], arriving[from]],
    [dw, db] = [gradients[`${layer}.weight`], gradients[`${layer}.bias`]];
  if (isPool(layer)) {
    delta.set(arriving[layer]);
    return kernels.poolGrad(maps[from], maps[layer], delta, back, a.channels, a.side, a.side, POOLS[options.pool]);
  }
  if (layer !== 'OUT') kernels.actGrad(maps[layer], arriving[layer], delta, b.values, ACTIVATIONS[options.activation]);
  if (isConvolution(layer)) {
    const [k, p] = [options.kernel_size, inset(options, layer)];
    kernels.conv2dGrad(maps[from], w, delta, back, dw, db, 1, a.channels, a.side, a.side, b.channels, k, p);
  } else kernels.linearGrad(maps[from], w, delta, back, dw, db, 1, a.values, b.values);
}

/** The padding of a convolution. @type {(options: Options, layer: LayerName) => number} */
export const inset = (options, layer) => (layer === 'C1' ? options.padding : 0);

/** The slope of the activation where it gave `a`. @type {(activation: Options['activation'], a: number) => number} */
export const slope = (activation, a) => ({ sigmoid: a * (1 - a), tanh: 1 - a * a, relu: a > 0 ? 1 : 0 })[activation];

/** The weights after one step of gradient descent. @type {(weights: Tensors, gradients: Tensors, lr: number) => Tensors} */
export const stepped = (weights, gradients, lr) =>
  Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, w.map((weight, i) => weight - lr * gradients[name][i])]));

/** The length of each map's weights, taken as one vector. @type {(weights: Floats, units: number) => number[]} */
export const norms = (weights, units) =>
  Array.from({ length: units }, (_, unit) => {
    const all = weights.length / units;
    return Math.hypot(...weights.subarray(unit * all, (unit + 1) * all));
  });
