import { readFileSync } from 'node:fs';

import { plain } from '../src/kernels.js';
import { loadWasm } from '../src/wasm.js';

export const wasmBytes = () => readFileSync(new URL('../src/kernels.wasm', import.meta.url));

/** The set of kernels of this name. */
export async function kernelSet(name) {
  if (name === 'js') return plain;
  if (name === 'wasm') return loadWasm(wasmBytes());
  throw new Error(`No kernels are called ${name}.`);
}
