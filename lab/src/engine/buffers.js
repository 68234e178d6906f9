// The memory of one network, asked for once: weights, gradients, and a map and its gradient for every layer.

import { countOf, product } from './options.js';

/** @typedef {import('./kernels.js').Floats} Floats */

/**
 * Weights and gradients lie in one array each, seen through views by name.
 * @param {import('./kernels.js').KernelSet} kernelSet
 * @param {import('./options.js').Options} options
 * @param {Record<import('./options.js').LayerName, import('./options.js').Layer>} layers
 * @param {Record<string, number[]>} shapes
 * @param {number} maxBatch
 * @param {number} spares  more arrays like that of the gradients
 */
export function allocate(kernelSet, options, layers, shapes, maxBatch, spares) {
  const size = countOf(shapes);
  const { input, OUT, ...hidden } = lengths(layers, maxBatch);
  const { S2: _, S4: __, ...summed } = hidden; // pooling has no activation behind it
  const asked = [
    size,
    size,
    size,
    ...Array(spares).fill(size),
    maxBatch,
    input,
    OUT,
    OUT,
    ...[hidden, hidden, summed].flatMap((sizes) => Object.values(sizes)),
  ];
  const kernels = kernelSet.open(asked, scratch(options, layers));
  const several = (/** @type {Record<string, number>} */ sizes) =>
    /** @type {Record<string, Floats>} */ (mapped(sizes, (length) => kernels.alloc(length)));
  const parameters = kernels.alloc(size),
    gradients = kernels.alloc(size),
    velocity = kernels.alloc(size);
  const maps = several({ input, ...hidden, OUT });
  /** @type {Record<string, Floats>} */
  const sums = { ...several(summed), OUT: maps.OUT };
  return {
    kernels,
    parameters,
    gradients,
    velocity,
    spares: Array.from({ length: spares }, () => kernels.alloc(size)),
    maps,
    labels: kernels.alloc(maxBatch),
    slopes: several({ ...hidden, OUT }),
    sums,
    weights: views(parameters, shapes),
    weightGradients: views(gradients, shapes),
  };
}

/** @type {(layers: Record<string, import('./options.js').Layer>, maxBatch: number) => Record<string, number>} */
const lengths = (layers, maxBatch) => mapped(layers, ({ values }) => values * maxBatch);

/**
 * How many numbers the fast convolutions need to lay out all windows of an image.
 * @param {import('./options.js').Options} options
 * @param {Record<string, import('./options.js').Layer>} layers
 */
function scratch({ kernel_size }, { C1, S2, C3 }) {
  return kernel_size ** 2 * Math.max(C1.side ** 2, S2.channels * C3.side ** 2);
}

/** @type {(all: Floats, shapes: Record<string, number[]>) => Record<string, Floats>} */
function views(all, shapes) {
  let at = 0;
  return mapped(shapes, (shape) => all.subarray(at, (at += product(shape))));
}

/**
 * @template A, B
 * @param {Record<string, A>} record
 * @param {(value: A) => B} change
 * @returns {Record<string, B>}
 */
const mapped = (record, change) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
