// Weights as a file, and as a hash. The file has the form of safetensors, which other programs read as well:
//
//   8 bytes   the length of the header, little-endian
//   header    JSON: every tensor's dtype (F32 or F16), shape and place, and `__metadata__` with two strings,
//             `lenet` (the version of this form) and `options` (JSON, the options of the network)
//   numbers   little-endian, each tensor where the header says
//
// `lenet_utils/lab/weights.py` reads and writes the same.

import { LabError, complete, oneOf, product, shapes } from './options.js';

export const VERSION = '1';
const BYTES = { F32: 4, F16: 2 };

/**
 * The file of a network's weights.
 * @param {import('./lenet.js').LeNet} net
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(net) {
  /** @type {Record<string, object>} */
  const header = { __metadata__: { lenet: VERSION, options: JSON.stringify(net.options) } };
  let at = 0;
  for (const [name, shape] of Object.entries(net.shapes))
    header[name] = { dtype: 'F32', shape, data_offsets: [at, (at += 4 * product(shape))] };
  let text = JSON.stringify(header);
  text = text.padEnd(Math.ceil(text.length / 8) * 8); // so that the numbers begin at a multiple of eight
  const file = new Uint8Array(8 + text.length + at),
    view = new DataView(file.buffer);
  view.setUint32(0, text.length, true);
  file.set(new TextEncoder().encode(text), 8);
  net.parameters.forEach((weight, i) => view.setFloat32(8 + text.length + 4 * i, weight, true));
  return file;
}

/**
 * Options and tensors of a file, for `new LeNet(kernels, options)` and `net.load(tensors)`. Throws a LabError for a file
 * that is cut short, of another version, or at odds with its own options.
 * @param {Uint8Array} file
 */
export function decode(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < 8 ? Infinity : view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  if (8 + length > file.length)
    throw new LabError(`The weights file ends inside its header, after ${file.length} bytes. ${AGAIN}`);
  const { __metadata__: metadata, ...tensors } = parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  if (metadata?.lenet !== VERSION)
    throw new LabError(
      `The weights file has version ${metadata?.lenet ?? 'none'}, expected ${VERSION}. Save it again with this version.`,
    );
  const options = complete(parse(metadata.options)),
    numbers = file.length - 8 - length;
  /** @type {Record<string, Float32Array>} */
  const found = {};
  /** @type {[number, number][]} */
  const places = [];
  for (const [name, shape] of Object.entries(shapes(options))) {
    const { dtype, shape: got, data_offsets: place } = tensors[name] ?? {};
    if (String(got) !== String(shape))
      throw new LabError(`${name} expects the shape ${shape.join('x')}, got ${got?.join('x') ?? 'none'}. ${AGAIN}`);
    oneOf('dtype', dtype, Object.keys(BYTES));
    const bytes = product(shape) * BYTES[/** @type {'F32' | 'F16'} */ (dtype)];
    if (!Array.isArray(place) || place[0] < 0 || place[1] - place[0] !== bytes)
      throw new LabError(`${name} expects ${bytes} bytes, got the places ${place}. ${AGAIN}`);
    if (place[1] > numbers)
      throw new LabError(`The weights file ends inside ${name}: ${place[1]} bytes expected, ${numbers} there. ${AGAIN}`);
    found[name] = read(view, 8 + length + place[0], product(shape), dtype);
    places.push([place[0], place[1]]);
  }
  const used = places.sort(([a], [b]) => a - b).reduce((end, [from, to]) => (from === end ? to : NaN), 0);
  if (Number.isNaN(used)) throw new LabError(`The weights in the file lie over each other or apart. ${AGAIN}`);
  if (numbers !== used) throw new LabError(`The weights file expects ${used} bytes of weights, got ${numbers}. ${AGAIN}`);
  return { options, tensors: found };
}

const AGAIN = 'Download or save it again.';

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new LabError(`This is no weights file: its header is not JSON. ${AGAIN}`);
  }
}

/** @type {(view: DataView, at: number, length: number, dtype: string) => Float32Array} */
function read(view, at, length, dtype) {
  if (dtype === 'F16') return Float32Array.from({ length }, (_, i) => half(view.getUint16(at + 2 * i, true)));
  return Float32Array.from({ length }, (_, i) => view.getFloat32(at + 4 * i, true));
}

/** The number that 16 bits stand for: sign, five bits of exponent, ten of fraction. @type {(bits: number) => number} */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/**
 * Eight hexadecimal digits that change with any bit of any weight (FNV-1a over their bytes).
 * @param {import('./lenet.js').LeNet} net
 */
export function hash({ parameters }) {
  let sum = 0x811c9dc5;
  for (const byte of new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength))
    sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}
