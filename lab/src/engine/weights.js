// Weights as a file, and as a hash. The file has the form of safetensors, which other programs read as well:
//
//   8 bytes   the length of the header, little-endian
//   header    JSON: every tensor's dtype (F16, BF16, F32 or F64), shape and place, and `__metadata__` with strings:
//             `lenet` (the version of this form), `options` (JSON, the options of the network) and `normalise`,
//             the scale of the pixels that it was trained on
//   numbers   little-endian, each tensor where the header says
//
// `lenet_utils/lab/weights.py` reads and writes the same.

import { SCALES } from './digits.js';
import { LabError, complete, product, shapes } from './options.js';

export const VERSION = '1';
const BYTES = { F16: 2, BF16: 2, F32: 4, F64: 8 };
/** @typedef {keyof typeof BYTES} Dtype */
/** @typedef {import('./digits.js').Scale} Scale */

/**
 * The file of a network's weights.
 * @param {import('./lenet.js').LeNet} net
 * @param {Scale} normalise  the scale of the pixels that it was trained on
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(net, normalise) {
  /** @type {Record<string, object>} */
  const header = { __metadata__: { lenet: VERSION, options: JSON.stringify(net.options), normalise } };
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
 * Options, tensors and scale of a file, for `new LeNet(kernels, options)` and `net.load(tensors)`. Throws a LabError for a
 * file that is cut short, of another kind, or at odds with its own options.
 * @param {Uint8Array} file
 */
export function decode(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const header = headerOf(file, view),
    start = 8 + view.getUint32(0, true);
  const { options, normalise } = about(header);
  const tensors = named(header),
    wanted = shapes(options);
  const unknown = Object.keys(tensors).filter((name) => !(name in wanted));
  if (unknown.length)
    throw new LabError(`The file holds ${unknown.sort().join(', ')}, which the network of its options lacks. ${AGAIN}`);
  /** @type {Record<string, Float32Array>} */
  const found = {};
  /** @type {[number, number][]} */
  const places = [];
  for (const [name, shape] of Object.entries(wanted)) {
    const { dtype, shape: got, data_offsets: place } = tensors[name] ?? {};
    if (show(got) !== show(shape))
      throw new LabError(`${name} expects the shape ${shape.join('x')}, got ${got === undefined ? 'none' : show(got)}. ${AGAIN}`);
    if (!Object.hasOwn(BYTES, dtype))
      throw new LabError(
        `${name} expects floating-point numbers (${Object.keys(BYTES).join(', ')}), got ${show(dtype)}. ${AGAIN}`,
      );
    const bytes = product(shape) * BYTES[/** @type {Dtype} */ (dtype)],
      numbers = file.length - start;
    if (!Array.isArray(place) || !place.every(Number.isInteger) || place[0] < 0 || place[1] - place[0] !== bytes)
      throw new LabError(`${name} expects ${bytes} bytes, got the places ${show(place)}. ${AGAIN}`);
    if (place[1] > numbers)
      throw new LabError(`The weights file ends inside ${name}: ${place[1]} bytes expected, ${numbers} there. ${AGAIN}`);
    found[name] = read(view, start + place[0], product(shape), /** @type {Dtype} */ (dtype));
    places.push([place[0], place[1]]);
  }
  const used = places.sort(([a], [b]) => a - b).reduce((end, [from, to]) => (from === end ? to : NaN), 0);
  if (used !== file.length - start) throw new LabError(`The weights in the file lie over each other or apart. ${AGAIN}`);
  return { options, tensors: found, normalise };
}

const AGAIN = 'Download or save it again.';

/** @type {(value: unknown) => string} */
const show = (value) => JSON.stringify(value) ?? 'nothing';

/** The JSON at the beginning of the file. @type {(file: Uint8Array, view: DataView) => Record<string, any>} */
function headerOf(file, view) {
  if ((file[0] === 0x50 && file[1] === 0x4b) || (file[0] === 0x80 && file[1] === 2))
    throw new LabError(
      'This file was written by torch.save. Load it in PyTorch into a LeNet, and write that with lenet_utils.lab.weights.save(net, path).',
    );
  const length = file.length < 8 ? Infinity : view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  if (8 + length > file.length)
    throw new LabError(`The weights file ends inside its header, after ${file.length} bytes. ${AGAIN}`);
  const header = parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  if (!isRecord(header)) throw new LabError(`This is no weights file: its header is ${kindOf(header)}. ${AGAIN}`);
  return header;
}

/** What the metadata say. @type {(header: Record<string, any>) => { options: import('./options.js').Options, normalise: Scale }} */
function about({ __metadata__: metadata }) {
  if (!isRecord(metadata) || metadata.lenet === undefined)
    throw new LabError(
      'The file holds tensors without the options of a LeNet. Load them in PyTorch into a LeNet, and write that with lenet_utils.lab.weights.save(net, path).',
    );
  const { lenet, options, normalise = 'pytorch' } = metadata;
  if (lenet !== VERSION)
    throw new LabError(`The weights file has version ${lenet}, expected ${VERSION}. Save it again with this version.`);
  if (!Object.hasOwn(SCALES, normalise))
    throw new LabError(`The file names the scale ${show(normalise)}; known: ${Object.keys(SCALES).join(', ')}. ${AGAIN}`);
  const strings = Object.values(metadata).every((value) => typeof value === 'string'),
    given = parse((strings && options) || 'null');
  if (!isRecord(given) || !NEEDED.every((name) => name in given))
    throw new LabError(`The header lacks the options of the network. ${AGAIN}`);
  return { options: complete(Object.fromEntries(NEEDED.map((name) => [name, given[name]]))), normalise };
}

const NEEDED = ['activation', 'pool', 'channels', 'kernel_size', 'padding', 'hidden'];

/** The tensors by name; without the `module.` that DataParallel puts before all of them. @type {(header: Record<string, any>) => Record<string, any>} */
function named({ __metadata__: _, ...tensors }) {
  const names = Object.keys(tensors);
  for (const name of names)
    if (!isRecord(tensors[name])) throw new LabError(`${name} is ${kindOf(tensors[name])} in the header. ${AGAIN}`);
  if (!names.every((name) => name.startsWith('module.'))) return tensors;
  return Object.fromEntries(names.map((name) => [name.slice('module.'.length), tensors[name]]));
}

/** @type {(value: any) => boolean} */
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @type {(value: unknown) => string} */
const kindOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`);

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new LabError(`This is no weights file: its header is not JSON. ${AGAIN}`);
  }
}

/** The numbers from `at` on. @type {(view: DataView, at: number, length: number, dtype: Dtype) => Float32Array} */
function read(view, at, length, dtype) {
  const number = {
    F16: (/** @type {number} */ i) => half(view.getUint16(i, true)),
    BF16: (/** @type {number} */ i) => upper(view.getUint16(i, true)),
    F32: (/** @type {number} */ i) => view.getFloat32(i, true),
    F64: (/** @type {number} */ i) => view.getFloat64(i, true),
  }[dtype];
  return Float32Array.from({ length }, (_, i) => number(at + BYTES[dtype] * i));
}

const word = new DataView(new ArrayBuffer(4));

/** The number whose upper 16 of 32 bits are these. @type {(bits: number) => number} */
function upper(bits) {
  word.setUint32(0, bits * 65536);
  return word.getFloat32(0);
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
