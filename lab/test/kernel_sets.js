import { readFileSync } from 'node:fs';

import { plain } from '../src/engine/kernels.js';
import { loadWasm } from '../src/engine/wasm.js';

export const wasmBytes = () => readFileSync(new URL('../src/engine/kernels.wasm', import.meta.url));

/** The set of kernels of this name. */
export async function kernelSet(name) {
  if (name === 'js') return plain;
  if (name === 'wasm') return loadWasm(wasmBytes());
  throw new Error(`No kernels are called ${name}.`);
}
