// All of MNIST from the reader's own disk: four files, as they are published, packed by gzip or not. Nothing is sent anywhere.

import { LabError, SIDE } from '../engine/options.js';
import { unzipped } from '../page/assets.js';
import { say } from '../page/dom.js';

/** @typedef {import('../worker/protocol').Split} Split */

const IMAGES = 0x803,
  LABELS = 0x801; // the first four bytes: numbers from 0 to 255, in three dimensions or in one

/** What a file begins with, by its name. @type {Record<string, number[]>} */
const FILES = {
  'train-images-idx3-ubyte': [IMAGES, 60000, SIDE, SIDE],
  'train-labels-idx1-ubyte': [LABELS, 60000],
  't10k-images-idx3-ubyte': [IMAGES, 10000, SIDE, SIDE],
  't10k-labels-idx1-ubyte': [LABELS, 10000],
};
/** The first labels, by which MNIST differs from other data sets in the same form. @type {Record<string, number[]>} */
const FIRST = { 'train-labels-idx1-ubyte': [5, 0, 4, 1, 9], 't10k-labels-idx1-ubyte': [7, 2, 1, 0, 4] };

/** The digits of these files, or of those among them that are MNIST's. @type {(files: File[]) => Promise<Split>} */
export async function readMnist(files) {
  /** @type {Record<string, Uint8Array>} */
  const found = {};
  for (const file of files.filter(({ name }) => nameOf(name))) found[nameOf(file.name)] ??= await read(file);
  const missing = Object.keys(FILES).filter((name) => !found[name]);
  if (missing.length) {
    const got = files.map(({ name }) => name);
    throw new LabError(say('mnist-missing', { missing: missing.join(', '), got: listed(got) }));
  }
  const part = (/** @type {string} */ name) => ({
    images: found[`${name}-images-idx3-ubyte`],
    labels: found[`${name}-labels-idx1-ubyte`],
  });
  return { train: part('train'), test: part('t10k') };
}

/** Some names, and how many more there are. @type {(names: string[]) => string} */
const listed = (names) => names.slice(0, 4).join(', ') + (names.length > 4 ? ` + ${names.length - 4}` : '');

/** Which of the four files it is; some programs write a point for a dash, as in train-images.idx3-ubyte. @type {(name: string) => string} */
const nameOf = (name) => Object.keys(FILES).find((known) => name.replaceAll('.', '-').startsWith(known)) ?? '';

/** What stands behind the header. @type {(file: File) => Promise<Uint8Array>} */
async function read(file) {
  const name = nameOf(file.name),
    bytes = await plain(new Uint8Array(await file.arrayBuffer()), file.name);
  const [magic, ...sizes] = FILES[name],
    header = 4 + 4 * sizes.length,
    expected = header + sizes.reduce((a, b) => a * b);
  if (bytes.length !== expected) throw new LabError(say('mnist-length', { name: file.name, expected, got: bytes.length }));
  const view = new DataView(bytes.buffer, bytes.byteOffset),
    begins = [magic, ...sizes].map((_, k) => view.getUint32(4 * k));
  if (String(begins) !== String(FILES[name]))
    throw new LabError(say('mnist-header', { name: file.name, expected: FILES[name].join(', '), got: begins.join(', ') }));
  const content = bytes.subarray(header),
    first = Array.from(content.subarray(0, 5));
  if (FIRST[name] && String(first) !== String(FIRST[name]))
    throw new LabError(say('mnist-other', { name: file.name, expected: FIRST[name].join(', '), got: first.join(', ') }));
  return content;
}

/** Unpacked, if it is packed. @type {(bytes: Uint8Array, name: string) => Promise<Uint8Array>} */
async function plain(bytes, name) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return unzipped(bytes).catch((error) => {
    throw typeof DecompressionStream === 'function' ? new LabError(say('mnist-zip', { name })) : error;
  });
}
