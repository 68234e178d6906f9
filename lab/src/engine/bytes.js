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
  const { bytes, values } = some,
    all = new Float32Array(bytes.length);
  for (let i = 0; i < all.length; i++) all[i] = values[bytes[i]];
  return all;
}
