// What two networks measured while they trained, as charts and as tables.

import { MEASURED } from '../engine/race.js';
import { complete, countOf, shapes } from '../engine/options.js';
import { chart } from '../page/widgets/chart.js';
import { h, percent, say, show, table, twin } from '../page/dom.js';
import { become } from './become.js';
import { BOTH, configuration } from './sides.js';

/** @typedef {import('../page/element.js').Lab} Lab */
/** @typedef {import('../engine/race.js').Measures} Measures */
/** @typedef {import('../worker/protocol').Progress} Progress */

const DASHES = ['', '5 3'];

export class Curves {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Measures[][]} */
    this.all = [];
    this.charts = h('div', { class: 'charts' });
    this.inside = h('div', { class: 'inside' });
    this.result = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': say('results') });
    this.twin = twin(say('numbers'), () => this.#rows());
  }

  clear() {
    this.all = [];
  }

  /** @param {Progress} report */
  add(report) {
    report.runs.forEach(({ measures }, k) => {
      const curve = (this.all[k] ??= []),
        last = curve[curve.length - 1];
      if (measures && (!last || last.epochs !== measures.epochs)) curve.push(measures);
    });
  }

  /** @type {(report: Progress | null, words: string) => void} */
  show(report, words) {
    const x = /** @type {[number, number]} */ ([0, this.lab.state.epochs]),
      xName = say('epochs');
    const accuracy = this.#lines((each) => each.accuracy),
      loss = this.#lines((each) => each.loss);
    become(this.charts, [
      figure(
        chart({
          label: say('accuracy-alt', { what: words }),
          lines: accuracy,
          x,
          y: [0, 1],
          percent: true,
          xName,
          yName: say('accuracy'),
        }),
        say('accuracy-of', { tested: this.lab.state.data === 'mnist' ? '10,000' : '1,000' }),
      ),
      figure(
        chart({
          label: say('loss-alt', { what: words }),
          lines: loss,
          x,
          y: [0.01, 10],
          log: true,
          xName,
          yName: say('loss-unit'),
        }),
        say('loss-of'),
      ),
    ]);
    become(
      this.inside,
      this.all.length
        ? [h('div', { class: 'head' }, say('inside')), this.#multiples('gradients', x), this.#multiples('outputs', x)]
        : [],
    );
    become(this.result, report ? [table(this.#results(report))] : []);
    this.twin.show();
  }

  /** @type {(get: (each: Measures) => number, colour?: string) => import('../page/widgets/chart.js').Line[]} */
  #lines(get, colour = 'var(--ink)') {
    return this.all.map((curve, k) => ({ points: curve.map((each) => [each.epochs, get(each)]), dash: DASHES[k], colour }));
  }

  /** A small chart a layer, all on one scale. @type {(kind: 'gradients' | 'outputs', x: [number, number]) => HTMLElement} */
  #multiples(kind, x) {
    const values = this.all
      .flat()
      .flatMap((each) => Object.values(each[kind]))
      .filter((value) => value > 0 && value < Infinity);
    const power = (/** @type {number} */ value, /** @type {(value: number) => number} */ round) => 10 ** round(Math.log10(value));
    const y = /** @type {[number, number]} */ (
      values.length ? [power(Math.min(...values), Math.floor), power(Math.max(...values), Math.ceil)] : [0.01, 1]
    );
    const one = (/** @type {string} */ layer) => {
      const lines = this.#lines((each) => each[kind][layer], colourOf(layer));
      return figure(
        chart({
          label: say(`${kind}-alt`, { layer }),
          lines,
          x,
          y,
          log: true,
          width: 116,
          height: 100,
          small: true,
          xName: say('epochs'),
          yName: `${say(kind)}, RMS`,
        }),
        layer,
      );
    };
    return h('div', { class: 'multiples' }, ...MEASURED.map(one));
  }

  /** @type {(report: Progress) => (string | number)[][]} */
  #results({ runs }) {
    // says: network, epochs, loss, accuracy, weights, images-second, dead, hash
    const heads = ['network', 'epochs', 'loss', 'accuracy', 'weights', 'images-second', 'dead', 'hash'].map((key) => say(key));
    return [
      heads,
      ...runs.map((run, k) => {
        const { measures, epochs, seen, seconds, hash } = run,
          { options } = configuration(this.lab.state, BOTH[k]);
        const weights = countOf(shapes(complete(options)));
        const dead = Object.entries(measures.dead)
          .filter(([, share]) => share > 0)
          .map(([layer, share]) => `${layer} ${percent(share)}`);
        const speed = seconds ? Math.round(seen / seconds).toLocaleString('en') : '–';
        return [
          BOTH[k].toUpperCase(),
          epochs.toFixed(2),
          show(measures.loss),
          accuracyOf(this.lab, measures),
          weights.toLocaleString('en'),
          speed,
          dead.join(', ') || '–',
          hash || '…',
        ];
      }),
    ];
  }

  #rows() {
    const layers = MEASURED.flatMap((layer) => [`${layer} ${say('gradients')}`, `${layer} ${say('outputs')}`]);
    const line = (/** @type {Measures} */ each, /** @type {number} */ k) => {
      const inside = MEASURED.flatMap((layer) => [show(each.gradients[layer]), show(each.outputs[layer])]);
      return [BOTH[k].toUpperCase(), each.epochs.toFixed(2), show(each.loss), accuracyOf(this.lab, each), ...inside];
    };
    return [
      [say('network'), say('epochs'), say('loss'), say('accuracy'), ...layers],
      ...this.all.flatMap((curve, k) => curve.map((each) => line(each, k))),
    ];
  }
}

/** Ten thousand test digits are worth another digit. @type {(lab: Lab, measures: Measures) => string} */
export const accuracyOf = ({ state }, { accuracy }) =>
  state.data === 'mnist' ? `${(100 * accuracy).toFixed(2)} %` : percent(accuracy);

/** @type {(picture: SVGElement, words: string) => HTMLElement} */
const figure = (picture, words) => h('figure', {}, picture, h('figcaption', {}, words));

/** @type {(layer: string) => string} */
const colourOf = (layer) => (layer[0] === 'C' ? 'var(--c)' : layer === 'OUT' ? 'var(--o)' : 'var(--f)');
