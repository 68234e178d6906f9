// What two networks can race about: for every preset the fields that differ from the base, of both, of A and of B.

/**
 * The fields of one network.
 * @typedef {object} Side
 * @property {string} activation
 * @property {string} pool
 * @property {string} init
 * @property {number} lr
 * @property {number} momentum
 * @property {number} batch
 * @property {boolean} cycle  the rate rises, and falls to 0
 * @property {string} channels  as "6/16"
 * @property {number} kernel
 * @property {number} padding
 * @property {boolean} standardise
 * @property {number} digits
 * @property {boolean} shuffled
 */

/** @type {Side} */
export const BASE = {
  activation: 'relu',
  pool: 'max',
  init: 'xavier',
  lr: 0.01,
  momentum: 0.9,
  batch: 32,
  cycle: false,
  channels: '6/16',
  kernel: 5,
  padding: 2,
  standardise: true,
  digits: 4000,
  shuffled: false,
};

// The LeNet of the note with its training: sigmoid, average pooling, plain Xavier, pixels from 0 to 1.
const NOTE = { activation: 'sigmoid', pool: 'avg', momentum: 0, batch: 256, standardise: false };
const SIGMOID = { activation: 'sigmoid', pool: 'avg', init: 'xavier-4', lr: 0.1 };

/** @type {Record<string, { both?: Partial<Side>, a?: Partial<Side>, b?: Partial<Side>, epochs?: number, data?: 'book' | 'mnist' }>} */
export const PRESETS = {
  start: { a: SIGMOID },
  'flat-line': { both: { ...SIGMOID, momentum: 0.9 }, a: { init: 'xavier', standardise: false }, epochs: 20 },
  gain: { both: { ...SIGMOID, standardise: false }, a: { init: 'xavier' }, epochs: 20 },
  standardise: { both: { ...SIGMOID, init: 'xavier' }, a: { standardise: false }, epochs: 20 },
  'swap-0.9': { both: { ...NOTE, lr: 0.9 }, b: { activation: 'relu' }, epochs: 20 },
  'swap-0.1': { both: { ...NOTE, lr: 0.1 }, b: { activation: 'relu' }, epochs: 20 },
  pooling: { b: { pool: 'avg' } },
  channels: { a: { channels: '5/15' } },
  wide: { b: { channels: '24/64' }, epochs: 5 },
  'little-data': { b: { digits: 200 } },
  shuffled: { b: { shuffled: true } },
  mnist: { both: { init: 'he', lr: 0.1, batch: 128, cycle: true, digits: 60000 }, epochs: 5, data: 'mnist' },
};

/** The fields of a preset, those of the networks named a_… and b_…; on all of MNIST one network trains. @type {(name: string) => Record<string, any>} */
export function fieldsOf(name) {
  const { both = {}, a = {}, b = {}, epochs = 10, data = 'book' } = PRESETS[name];
  const named = (/** @type {string} */ letter, /** @type {object} */ side) =>
    Object.entries(side).map(([field, value]) => [`${letter}_${field}`, value]);
  return Object.fromEntries([
    ...named('a', { ...BASE, ...both, ...a }),
    ...named('b', { ...BASE, ...both, ...b }),
    ['epochs', epochs],
    ['data', data],
    ['alone', data === 'mnist'],
  ]);
}
