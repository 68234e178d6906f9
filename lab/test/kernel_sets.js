import { plain } from '../src/kernels.js';


/** The set of kernels of this name. */
export async function kernelSet(name) {
  if (name === 'js') return plain;
  throw new Error(`No kernels are called ${name}.`);
}
