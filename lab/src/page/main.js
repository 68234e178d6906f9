// The one script of the pages and of the notebooks. As a page script it defines <lenet-lab>; for anywidget it leaves `render`;
// in a worker, which runs the same text, it leaves what the second script takes of it.

import { LabError } from '../engine/options.js';
import * as parts from '../parts.js';
import { folder, remembered } from './assets.js';
import { define } from './element.js';
import { defaults } from './later.js';
import { convolve } from './panels/convolve.js';
import { draw } from './panels/draw.js';
import { shapes } from './panels/shapes.js';
import { say } from './words.js';

/**
 * For anywidget: the panel of the model in `el`; files come from the kernel, the state goes back to it.
 * @param {{ model: any, el: HTMLElement }} given
 */
function render({ model, el }) {
  const element = /** @type {import('./element.js').LenetLab} */ (document.createElement('lenet-lab'));
  element.setAttribute('kind', model.get('kind'));
  element.setAttribute('state', JSON.stringify(model.get('state')));
  element.id = `lab-${model.get('kind')}-${model.model_id ?? ''}`;
  const walk = model.get('walk');
  if (walk) element.setAttribute('walk', walk);
  const source = (/** @type {string} */ name) => fromKernel(model, name);
  element.source = remembered(source, async () => import(URL.createObjectURL(script(await source('more')))));
  element.onstate = (state) => {
    model.set('state', state);
    model.save_changes();
  };
  el.append(element);
}

/** @type {(file: Uint8Array) => Blob} */
const script = (file) => new Blob([/** @type {BlobPart} */ (file)], { type: 'text/javascript' });

const PATIENCE = 60_000; // milliseconds, for a kernel that is busy

/** @type {(model: any, name: string) => Promise<Uint8Array>} */
function fromKernel(model, name) {
  return new Promise((resolve, reject) => {
    const listen = (/** @type {any} */ message, /** @type {DataView[]} */ [buffer]) => {
      if (message?.asset !== name) return;
      model.off('msg:custom', listen);
      clearTimeout(late);
      resolve(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    };
    const late = setTimeout(() => reject(new LabError(say('kernel-silent'))), PATIENCE);
    model.on('msg:custom', listen);
    model.send({ asset: name });
  });
}

const source = `(${lenetLab})()`;
if (typeof document === 'undefined') Object.assign(globalThis, { lenetLab: { parts, source } });
else if (!(/** @type {any} */ (globalThis).lenetLab)) {
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript ?? {}),
    from = (/** @type {string} */ base) => void (defaults.source = folder(base)); // where the files lie
  if (src) from(src.replace(/[^/]*$/, 'lab/'));
  define({ draw, convolve, shapes });
  Object.assign(globalThis, { lenetLab: { render, from, parts, source } }); // for a notebook, another site, and the second script
}
