// The guided walks, each a list of stops: the state that it gives the panel, and where to look. Their texts are in words.json.

/**
 * A stop sets the fields of `state`; `strongest` picks the unit of that layer with the largest number; `press` names the text
 * of a button that is pressed if it is there; `look` finds what to look at.
 * @typedef {{ state?: Record<string, any>, strongest?: import('../engine/options.js').LayerName, press?: string, look: string }} Stop
 */

const MAPS = (/** @type {number} */ row) => `.layers > div:nth-child(${2 * row})`; // of the draw panel, from C1 on
const MISTAKE = { net: 'relu', digit: 186, label: 'own', steps: 0, lr: 0.01 };
const SWAP = { preset: 'swap-0.9', seed: 0, alone: false };

/** @type {Record<string, Stop[]>} */
export const WALKS = {
  digit: [
    { state: { unit: '' }, look: '.pad' },
    { state: { unit: '' }, look: '.side > figure' },
    { strongest: 'C1', look: MAPS(1) },
    { strongest: 'S2', look: MAPS(2) },
    { strongest: 'C3', look: MAPS(3) },
    { strongest: 'F6', look: MAPS(6) },
    { strongest: 'OUT', look: '.answer' },
    { state: { unit: '' }, look: '.pad' },
  ],
  backprop: [
    { state: { ...MISTAKE, at: 9, number: '' }, look: '.ruler' },
    { state: { ...MISTAKE, at: 10, number: 'delta.OUT.6.0.0' }, look: '.opened' },
    { state: { ...MISTAKE, at: 10, number: 'weight.OUT.6.48.0' }, look: '.opened' },
    { state: { ...MISTAKE, at: 11, number: 'delta.F6.48.0.0' }, look: '.opened' },
    { state: { ...MISTAKE, at: 14, number: 'delta.C3.1.7.2' }, look: '.opened' },
    { state: { ...MISTAKE, at: 16, number: 'weight.C1.0.0.7' }, look: '.opened' },
    { state: { ...MISTAKE, at: 18, number: '' }, look: '.update' },
    { state: { ...MISTAKE, at: 18, number: '', lr: 0.1 }, look: '.update' },
    {
      state: { ...MISTAKE, at: 18, number: '', net: 'new', activation: 'relu', pool: 'max', lr: 0.1, steps: 100, pace: 0.1 },
      look: '.update',
    },
  ],
  silent: [
    { state: SWAP, look: '.options' },
    { state: SWAP, press: 'train', look: '.side > .charts' },
    { state: SWAP, press: 'train', look: '.scroll + div' },
    { state: SWAP, press: 'train', look: '.scroll' },
    { state: SWAP, press: 'train', look: '.scroll + div' },
    { state: { ...SWAP, preset: 'swap-0.1' }, press: 'train', look: '.side > .charts' },
  ],
};
