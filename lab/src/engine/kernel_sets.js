// The kernels that this browser can run: the fast ones, or the plain ones where they cannot be had.

import { plain } from './kernels.js';
import wasm from './kernels.wasm';
import { hasSimd, loadWasm } from './wasm.js';

/** @typedef {import('./kernels.js').KernelSet} KernelSet */

/** @type {Promise<KernelSet> | null} */
let fast = null;

/** @type {(name?: 'wasm' | 'js') => Promise<KernelSet>} */
export async function kernels(name = 'wasm') {
  if (name === 'js' || !hasSimd()) return plain;
  fast ??= loadWasm(wasm).catch(() => plain); // a page may forbid compiling
  return fast;
}
