// The kernels of ../src/engine/kernels.js in AssemblyScript with 128-bit SIMD: the same names, the same meaning.
// Arrays are given as offsets in linear memory. Buffers end with four spare numbers, so that the last vector may run over.

export { conv2d, conv2dGrad, linear, linearGrad, setScratch } from './layers';
export { act, actGrad, add, crossEntropy, pool, poolGrad, sgd } from './pointwise';

/** Where free memory begins: below it are the tables of exp and log. */
export function heapBase(): usize { return __heap_base; }
