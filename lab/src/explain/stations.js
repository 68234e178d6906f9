// The timeline of one step of learning: the layers on the way there, the loss, the layers on the way back, the step.

import { BEFORE } from './explain.js';

/** @typedef {import('../engine/options.js').LayerName} LayerName */
/** @typedef {import('./backward.js').Trace} Trace */

/** `way` is where the timeline moves; a station of the forward or backward way has a layer. */
/** @typedef {{ name: string, way: 'forward' | 'score' | 'backward' | 'step', layer: LayerName | null }} Station */

const LAYERS = /** @type {LayerName[]} */ (['input', ...Object.keys(BEFORE)]);

/** @type {Station[]} */
export const STATIONS = [
  ...LAYERS.map((layer) => ({ name: layer, way: /** @type {const} */ ('forward'), layer })),
  { name: 'softmax', way: 'score', layer: null },
  { name: 'loss', way: 'score', layer: null },
  ...[...LAYERS].reverse().map((layer) => ({ name: layer, way: /** @type {const} */ ('backward'), layer })),
  { name: 'step', way: 'step', layer: null },
];

/** Where on the timeline a layer is reached. @type {(way: 'forward' | 'backward', layer: LayerName) => number} */
export const reached = (way, layer) => STATIONS.findIndex((station) => station.way === way && station.layer === layer);

export const SOFTMAX = STATIONS.findIndex(({ name }) => name === 'softmax');
export const STEP = STATIONS.length - 1;

/** The digit with the largest share. @type {(shares: number[]) => number} */
export const best = (shares) => shares.indexOf(Math.max(...shares));

/** Whether a layer receives a gradient of exactly 0 everywhere. @type {(pass: Trace, layer: LayerName) => boolean} */
export const silent = ({ deltas }, layer) => deltas[layer].every((delta) => delta === 0);
