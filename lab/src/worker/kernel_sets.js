// The kernels that train: those of the page, and on demand those that round once where the exact ones round twice.

import relaxed from '../engine/kernels_relaxed.wasm';
import { kernels } from '../engine/kernel_sets.js';
import { hasRelaxed, loadWasm } from '../engine/wasm.js';

/** @typedef {import('../engine/kernels.js').KernelSet} KernelSet */

/** @type {Promise<KernelSet> | null} */
let once = null;

/** The kernels of this name, or the next that this browser can run. @type {(name?: import('./protocol').KernelName) => Promise<KernelSet>} */
export async function trainingKernels(name = 'wasm') {
  if (name !== 'relaxed') return kernels(name);
  if (!hasRelaxed()) return kernels();
  once ??= loadWasm(relaxed, 'relaxed').catch(() => kernels());
  return once;
}
