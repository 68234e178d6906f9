// Files, and the second script: where they come from, and what it brings.

import { LabError } from '../engine/options.js';
import { say } from './words.js';

/** @typedef {import('./assets.js').Source} Source */

/** Where files come from, for elements that have no source of their own. @type {{ source: Source | null }} */
export const defaults = { source: null };

/** The kinds of panels that the second script brings. */
export const LATER = ['train', 'learn', 'atlas'];

/** What it does for panels of the first. @type {Record<string, (lab: import('./element.js').Lab, ...given: any[]) => void>} */
export const extras = {};

/** @type {Promise<unknown> | null} */
let running = null;

/** Runs it once; a run that failed can be tried again. @type {(source: Source | null) => Promise<void>} */
export async function second(source) {
  if (!source) throw new LabError(say('asset-missing', { name: 'more' }));
  running ??= source.more();
  await running.catch((error) => {
    running = null;
    throw error;
  });
}
