// What is said at each station of the timeline.

import { STATIONS, best, silent } from '../explain/stations.js';
import { isPool } from '../explain/explain.js';
import { figures } from '../explain/written.js';
import { percent, say } from '../page/dom.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */

/** The sentence of station `at`; `then` is the pass after the step. @type {(pass: Trace, then: Trace, at: number, lr: number) => string} */
export function sentence(pass, then, at, lr) {
  const { shares, label, options, loss } = pass,
    { name, way, layer } = STATIONS[at],
    digit = best(shares);
  if (!Number.isFinite(loss)) return say('not-numbers');
  const values = {
    label,
    digit,
    share: percent(shares[digit]),
    own: percent(shares[label]),
    activation: options.activation,
    loss: figures(loss),
    lr,
    pull: figures(shares[label] - 1),
    then: figures(then.loss),
    ...sizes(pass),
  };
  // says: learn-score-softmax, learn-score-loss, learn-step-step, learn-forward-input, learn-forward-C1, learn-forward-C3
  // says: learn-forward-F5, learn-forward-F6, learn-forward-OUT, learn-forward-avg, learn-forward-max
  // says: learn-backward-input, learn-backward-avg, learn-backward-max
  // says: learn-backward-S2, learn-backward-S4, learn-backward-F5, learn-backward-F6, learn-backward-OUT
  const pools = (way === 'forward' && layer && isPool(layer)) || (way === 'backward' && (layer === 'C1' || layer === 'C3')),
    words = say(`learn-${way}-${pools ? options.pool : name}`, { ...values, layer: name });
  return way === 'backward' && layer && silent(pass, layer) ? `${words} ${say('learn-silent', { layer })}` : words;
}

/** How many maps, units and weights the layers have. @type {(pass: Trace) => Record<string, number>} */
const sizes = ({ layers: { C1, S2, C3, S4, F5, F6 }, options: { kernel_size } }) => ({
  first: C1.channels,
  second: C3.channels,
  each: S2.channels,
  flat: S4.values,
  five: F5.values,
  six: F6.values,
  edge: kernel_size,
});
