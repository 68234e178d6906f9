// The one script of the pages and of the notebooks. As a page script it defines <lenet-lab>; in a worker, which runs the same
// text, it trains; for anywidget it leaves `render`.

import { folder, remembered } from './assets.js';
import { bundle, serve } from './client.js';
import { defaults, define } from './element.js';
import { atlas } from './panels/atlas.js';
import { convolve } from './panels/convolve.js';
import { draw } from './panels/draw.js';
import { shapes } from './panels/shapes.js';
import { train } from './panels/train.js';

/**
 * For anywidget: the panel of the model in `el`; files come from the kernel, the state goes back to it.
 * @param {{ model: any, el: HTMLElement }} given
 */
function render({ model, el }) {
  const element = /** @type {import('./element.js').LenetLab} */ (document.createElement('lenet-lab'));
  element.setAttribute('kind', model.get('kind'));
  element.setAttribute('state', JSON.stringify(model.get('state')));
  element.id = `lab-${model.get('kind')}-${model.model_id ?? ''}`;
  element.source = remembered((name) => fromKernel(model, name));
  element.onstate = (state) => {
    model.set('state', state);
    model.save_changes();
  };
  el.append(element);
}

/** @type {(model: any, name: string) => Promise<Uint8Array>} */
function fromKernel(model, name) {
  return new Promise((resolve) => {
    const listen = (/** @type {any} */ message, /** @type {DataView[]} */ [buffer]) => {
      if (message?.asset !== name) return;
      model.off('msg:custom', listen);
      resolve(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    };
    model.on('msg:custom', listen);
    model.send({ asset: name });
  });
}

bundle.source = `(${lenetLab})()`;
if (typeof document === 'undefined') serve();
else {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (script?.src) defaults.source = folder(script.src.replace(/[^/]*$/, 'lab/'));
  define({ draw, convolve, shapes, train, atlas });
  Object.assign(globalThis, { lenetLab: { render } });
}
