// The rules for initial weights: those of PyTorch and of `lenet_utils.nets.lenet`, drawn by our own seeded generator.

import { seeded } from './random.js';

/**
 * Every rule draws evenly between plus and minus a bound that depends on how many numbers a unit takes and gives.
 * @type {Record<import('./options.js').Options['init'], (fanIn: number, fanOut: number) => number>}
 */
const BOUNDS = {
  xavier: (fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut)),
  'xavier-4': (fanIn, fanOut) => 4 * Math.sqrt(6 / (fanIn + fanOut)), // the slope of the sigmoid is 1/4 at most
  he: (fanIn) => Math.sqrt(6 / fanIn),
  1998: (fanIn) => 2.4 / fanIn, // LeCun et al. 1998, Appendix A
  pytorch: (fanIn) => 1 / Math.sqrt(fanIn), // what nn.Conv2d and nn.Linear choose
};

/**
 * Fill `weights` in place. Biases follow PyTorch's own rule whatever `init` says, as in `lenet_utils.nets.lenet.LeNet`.
 * @param {Record<string, Float32Array>} weights
 * @param {Record<string, number[]>} shapes
 * @param {Pick<import('./options.js').Options, 'init' | 'seed'>} options
 */
export function initialise(weights, shapes, { init, seed }) {
  const random = seeded(seed);
  for (const layer of ['C1', 'C3', 'F5', 'F6', 'OUT']) {
    const [outputs, inputs, ...field] = shapes[`${layer}.weight`],
      area = field.reduce((a, b) => a * b, 1);
    draw(weights[`${layer}.weight`], BOUNDS[init](inputs * area, outputs * area), random);
    draw(weights[`${layer}.bias`], BOUNDS.pytorch(inputs * area, outputs * area), random);
  }
}

/** @type {(numbers: Float32Array, bound: number, random: () => number) => void} */
function draw(numbers, bound, random) {
  for (let i = 0; i < numbers.length; i++) numbers[i] = (2 * random() - 1) * bound;
}
