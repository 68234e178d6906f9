import { readFileSync } from 'node:fs';

import { plain } from '../src/engine/kernels.js';
import { loadWasm } from '../src/engine/wasm.js';

export const wasmBytes = (file = 'kernels') => readFileSync(new URL(`../src/engine/${file}.wasm`, import.meta.url));

/** The set of kernels of this name. */
export async function kernelSet(name) {
  if (name === 'js') return plain;
  if (name === 'wasm') return loadWasm(wasmBytes());
  if (name === 'relaxed') return loadWasm(wasmBytes('kernels_relaxed'), name);
  throw new Error(`No kernels are called ${name}.`);
}
