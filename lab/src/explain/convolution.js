// Pictures, kernels, and the sums of one convolution, for the panel that shows it step by step.

import { SIDE } from '../engine/options.js';
import { outputSize } from '../engine/sizes.js';
import { prepare } from './preparation.js';
import { THREE, drawn, readStrokes } from './strokes.js';

/** @type {Record<string, string>} */
export const KERNELS = {
  vertical: '-1,0,1,-1,0,1,-1,0,1',
  horizontal: '-1,-1,-1,0,0,0,1,1,1',
  outline: '-1,-1,-1,-1,8,-1,-1,-1,-1',
  blur: '0.11,0.11,0.11,0.11,0.12,0.11,0.11,0.11,0.11',
  identity: '0,0,0,0,1,0,0,0,0',
  stroke: '-1,0,2,0,-1,-1,0,2,0,-1,-1,0,2,0,-1,-1,0,2,0,-1,-1,0,2,0,-1',
};

/** Pictures by name: the digit of the draw panel, and smaller ones in which every number can be read. @type {Record<string, () => { side: number, values: Float32Array }>} */
export const PICTURES = {
  three: () => ({ side: SIDE, values: prepare(drawn(readStrokes(THREE)))?.pixels ?? new Float32Array(SIDE * SIDE) }),
  edge: () => made(8, (i, j) => (j < 4 ? 0 : 1)),
  cross: () => made(8, (i, j) => (i === j || i + j === 7 ? 1 : 0)),
  ramp: () => made(8, (i, j) => j / 7),
};

/** @type {(side: number, value: (i: number, j: number) => number) => { side: number, values: Float32Array }} */
const made = (side, value) => ({
  side,
  values: Float32Array.from({ length: side * side }, (_, n) => value(Math.floor(n / side), n % side)),
});

/**
 * The output of a kernel over a picture, and for every step what it sees.
 * @type {(picture: { side: number, values: Float32Array }, kernel: number[], stride: number, padding: number) => { side: number, edge: number, values: Float32Array, window: (step: number) => Float32Array }}
 */
export function convolved({ side, values }, kernel, stride, padding) {
  const edge = Math.sqrt(kernel.length),
    out = outputSize(side, edge, stride, padding);
  const window = (/** @type {number} */ step) => {
    const top = Math.floor(step / out) * stride - padding,
      left = (step % out) * stride - padding;
    return Float32Array.from(kernel, (_, n) => {
      const i = top + Math.floor(n / edge),
        j = left + (n % edge);
      return i >= 0 && j >= 0 && i < side && j < side ? values[i * side + j] : 0;
    });
  };
  const sums = Float32Array.from({ length: out * out }, (_, step) =>
    window(step).reduce((all, value, n) => all + value * kernel[n], 0),
  );
  return { side: out, edge, values: sums, window };
}
