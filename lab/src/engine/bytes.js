// Pixels kept as bytes, a quarter of the memory of numbers: what a batch needs becomes numbers when it is needed.

export class Bytes {
  /**
   * @param {Uint8Array} bytes
   * @param {Float32Array} values  what each of the 256 bytes stands for
   */
  constructor(bytes, values) {
    this.bytes = bytes;
    this.values = values;
  }

  get length() {
    return this.bytes.length;
  }

  /** @type {(from: number, to: number) => Bytes} */
  subarray(from, to) {
    return new Bytes(this.bytes.subarray(from, to), this.values);
  }
}

/** @typedef {Float32Array | Bytes} Pixels */

/** Some of the pixels as numbers. @type {(pixels: Pixels, from: number, to: number) => Float32Array} */
export function numbers(pixels, from, to) {
  const some = pixels.subarray(from, to);
  if (some instanceof Float32Array) return some;
  const all = new Float32Array(some.length);
  write(some, 0, some.length, all);
  return all;
}

/** Writes some of the pixels as numbers to `target`. @type {(pixels: Pixels, from: number, to: number, target: Float32Array, at?: number) => void} */
export function write(pixels, from, to, target, at = 0) {
  if (pixels instanceof Float32Array) return target.set(pixels.subarray(from, to), at);
  const { bytes, values } = pixels;
  for (let i = from; i < to; i++) target[at + i - from] = values[bytes[i]];
}
