// Files that a panel asks for when it needs them: weights, digits, results.
//
// Over http they are fetched. From disk, where browsers block that, NAME.js is run, which holds the same bytes as text.
// In a notebook the kernel sends them.

import { LabError } from '../engine/options.js';
import { say } from './words.js';

/**
 * `forget` lets a file that turned out to be damaged be asked for again; `more` runs the second script.
 * @typedef {((name: string) => Promise<Uint8Array>) & { forget: (name: string) => void, more: () => Promise<unknown> }} Source
 */

/**
 * The files in the folder at `base`, such as the one that the script of the page was loaded from.
 * @type {(base: string) => Source}
 */
export function folder(base) {
  const get = base.startsWith('file:') ? run : download;
  return remembered(
    (name) => get(base, name),
    () => runScript(`${base}more.js?v=${MORE}`, 'more'),
  );
}

/** @type {(source: (name: string) => Promise<Uint8Array>, more: () => Promise<unknown>) => Source} */
export function remembered(source, more) {
  /** @type {Map<string, Promise<Uint8Array>>} */
  const known = new Map();
  const forget = (/** @type {string} */ name) => void known.delete(name);
  const get = (/** @type {string} */ name) => {
    const file = known.get(name) ?? source(name);
    known.set(name, file);
    file.catch(() => forget(name)); // so that another try can succeed
    return file;
  };
  return Object.assign(get, { forget, more });
}

/** @type {(base: string, name: string) => Promise<Uint8Array>} */
async function download(base, name) {
  const answer = await fetch(`${base}${name}.bin`, { cache: 'no-cache' }).catch(() => null); // no file of an older book
  if (!answer?.ok) throw new LabError(say('asset-missing', { name }));
  return new Uint8Array(await answer.arrayBuffer());
}

/** @type {(base: string, name: string) => Promise<Uint8Array>} */
async function run(base, name) {
  await runScript(`${base}${name}.js`, name);
  return bytes(/** @type {any} */ (globalThis).lenetAssets[name]);
}

/** @type {(address: string, name: string) => Promise<void>} */
function runScript(address, name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => {
      script.remove();
      resolve();
    };
    script.onerror = () => reject(new LabError(say('asset-missing', { name })));
    document.head.append(script);
  });
}

/** @type {(base64: string) => Uint8Array} */
const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** What was packed by gzip. @type {(file: Uint8Array) => Promise<Uint8Array>} */
export async function unzipped(file) {
  if (typeof DecompressionStream !== 'function') throw new LabError(say('no-unzip'));
  const stream = new Blob([/** @type {BlobPart} */ (file)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const bytes = await new Response(stream).arrayBuffer().catch(() => null);
  if (!bytes) throw new LabError(say('asset-damaged', { length: file.length }));
  return new Uint8Array(bytes);
}

/** Packed as `lenet_utils.lab.assets.weights` does: every other byte first, then the rest. @type {(file: Uint8Array) => Promise<Uint8Array>} */
export async function interleaved(file) {
  const all = await unzipped(file),
    half = all.length / 2;
  return Uint8Array.from(all, (_, i) => all[i % 2 ? half + (i >> 1) : i >> 1]);
}
