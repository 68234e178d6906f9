// The fast kernels: opens kernels.wasm so that its functions take Float32Arrays, like those of kernels.js.

import { LabError } from './options.js';

/** @typedef {import('./kernels.js').Kernels} Kernels */

// The smallest modules that use 128-bit vectors, and a relaxed product and sum of them; only their validity matters.
const PROBE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133,
  2, 11,
];

const valid = (/** @type {number[]} */ probe) => typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(probe));

/** True where WebAssembly has 128-bit vectors: Chrome 91, Firefox 89, Safari 16.4, Node 16.4, and what is newer. */
export const hasSimd = () => valid(PROBE);

/** True where it has relaxed SIMD too, as newer browsers do. */
export const hasRelaxed = () => valid(RELAXED);

/**
 * The set of fast kernels. Every network opened from it gets a memory of its own.
 * @param {BufferSource} bytes  of kernels.wasm
 * @param {'wasm' | 'relaxed'} name
 * @returns {Promise<import('./kernels.js').KernelSet>}
 */
export async function loadWasm(bytes, name = 'wasm') {
  if (!hasSimd()) throw new LabError('This browser lacks WebAssembly SIMD. Use the plain kernels.');
  const module = await WebAssembly.compile(bytes);
  return { name, open: (lengths, scratch) => open(module, [...lengths, scratch]) };
}

const PAGE = 65536; // bytes; memory comes in pages
const TABLES = PAGE; // the first page belongs to the module: tables of exp and log

/** Whole vectors and one spare, since the kernels may run over the end. @type {(length: number) => number} */
const room = (length) => ((length + 7) & ~3) * 4;

/** @type {(module: WebAssembly.Module, lengths: number[]) => Kernels} */
function open(module, lengths) {
  const bytes = lengths.reduce((sum, length) => sum + room(length), TABLES);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const abort = () => {
    throw new LabError('A kernel stopped: the memory of the network is damaged. Make the network again.');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  const functions = /** @type {Record<string, (...numbers: number[]) => number>} */ (/** @type {unknown} */ (exports));
  let top = Math.max(TABLES, functions.heapBase());
  const alloc = (/** @type {number} */ length) => {
    const array = new Float32Array(memory.buffer, top, length);
    top += room(length);
    return array;
  };
  const kernels = Object.keys(exports).map((name) => [name, onArrays(functions[name])]);
  functions.setScratch(alloc(lengths[lengths.length - 1]).byteOffset);
  return { name: 'wasm', alloc, .../** @type {Omit<Kernels, 'name' | 'alloc'>} */ (Object.fromEntries(kernels)) };
}

/** An array becomes its place in memory; nothing becomes 0. @type {(kernel: (...numbers: number[]) => number) => Function} */
function onArrays(kernel) {
  return (/** @type {any[]} */ ...given) => {
    // in place, for a new array at every call would be cleared away by a pause every few steps
    for (let k = 0; k < given.length; k++) if (typeof given[k] === 'object') given[k] = given[k]?.byteOffset ?? 0;
    return kernel(...given);
  };
}
