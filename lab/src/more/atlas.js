// The trainings that were run beforehand: what the accuracy does along one axis, a small chart for every value of another,
// the others fixed by the reader, with an interval over the seeds.

import { LabError } from '../engine/options.js';
import { chart } from '../page/widgets/chart.js';
import { h, percent, say, svg, twin } from '../page/dom.js';
import { text } from '../page/state.js';

/** @typedef {import('../page/element.js').Lab} Lab */
/** @typedef {{ axes: Record<string, (string | number)[]>, accuracy_in_thousandths: any, loss: any, data: string }} Result */

const NAME = /^[a-z_]{1,20}$/;
// Student's t for 95 %, two-sided, by the number of seeds.
const T = [NaN, NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** @type {import('../page/element.js').Panel} */
export const atlas = {
  name: 'atlas-name',
  fields: {
    across: text('across', 'lr', NAME),
    panels: text('panels', 'activation', NAME),
    lines: text('lines', 'init', NAME),
    fixed: text('fixed', '', /^([a-z_]+:[\w.]+(,[a-z_]+:[\w.]+)*)?$/),
  },
  start: async (lab) => new Atlas(lab, await lab.asset('atlas', table)).start(),
};

/** @type {(file: Uint8Array) => Result} */
function table(file) {
  try {
    return JSON.parse(new TextDecoder().decode(file));
  } catch {
    throw new LabError(say('asset-damaged', { length: file.length }));
  }
}

/** Mean and 95 % interval over the seeds, within 0 and 1. @type {(values: number[]) => { mean: number, low: number, high: number }} */
export function interval(values) {
  const n = values.length,
    mean = values.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(values.reduce((all, value) => all + (value - mean) ** 2, 0) / Math.max(1, n - 1)),
    half = (T[n] * deviation) / Math.sqrt(n);
  return { mean, low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}

/** The runs of one setting, one a seed. @type {(result: Result, setting: Record<string, string | number>) => number[]} */
export function runs(result, setting) {
  let found = result.accuracy_in_thousandths;
  for (const [name, values] of Object.entries(result.axes)) {
    if (name === 'seed') return found.map((/** @type {number} */ value) => value / 1000);
    found = found[values.map(String).indexOf(String(setting[name]))];
  }
  return found;
}

const COLOURS = ['var(--ink)', 'var(--c)', 'var(--s)', 'var(--f)'],
  DASHES = ['', '6 3', '2 2', '8 2 2 2', '', '6 3', '2 2', '8 2 2 2'];

/** What the line of the k-th value looks like. @param {number} k */
function swatch(k) {
  const line = { x2: 28, y1: 1, y2: 1, stroke: COLOURS[k % 4], 'stroke-width': 2, 'stroke-dasharray': DASHES[k] };
  return svg('svg', { class: 'swatch', viewBox: '0 0 28 2', 'aria-hidden': 'true' }, svg('line', line));
}

class Atlas {
  /**
   * @param {Lab} lab
   * @param {Result} result
   */
  constructor(lab, result) {
    this.lab = lab;
    this.result = result;
    this.names = Object.keys(result.axes).filter((name) => name !== 'seed');
    this.charts = h('div', { class: 'charts' });
    this.legend = h('p', { class: 'legend' });
    this.rest = h('div', { class: 'controls' });
    this.roles = h('div', { class: 'controls' });
    this.numbers = twin(say('numbers'), () => this.#rows());
  }

  start() {
    this.lab.body.append(this.roles, this.rest, this.legend, this.charts, this.numbers.element);
    return { update: () => this.#update() };
  }

  #update() {
    const { lab, names } = this,
      { across, panels, lines } = lab.state;
    for (const name of [across, panels, lines])
      if (!names.includes(name)) throw new LabError(say('axis-unknown', { name, known: names.join(', ') }));
    this.#controls();
    if (new Set([across, panels, lines]).size < 3) throw new LabError(say('axes-differ'));
    this.#draw();
    this.numbers.show();
    const best = this.#points().reduce((a, b) => (b.mean > a.mean ? b : a));
    lab.tell(
      say('atlas-best', {
        share: percent(best.mean),
        low: percent(best.low),
        high: percent(best.high),
        where: this.#where(best),
      }),
    );
  }

  /** @param {{ panel: any, line: any, x: any }} point */
  #where({ panel, line, x }) {
    const { across, panels, lines } = this.lab.state;
    return `${say(`field-${panels}`)} ${panel}, ${say(`field-${lines}`)} ${line}, ${say(`field-${across}`)} ${x}`;
  }

  /** What the axes that are not drawn are fixed at. @returns {Record<string, string>} */
  get fixed() {
    const {
        names,
        result: { axes },
        lab: { state },
      } = this,
      given = Object.fromEntries(
        state.fixed
          .split(',')
          .filter(Boolean)
          .map((/** @type {string} */ pair) => pair.split(':')),
      );
    const free = names.filter((name) => ![state.across, state.panels, state.lines].includes(name));
    return Object.fromEntries(
      free.map((name) => [name, axes[name].map(String).includes(given[name]) ? given[name] : String(axes[name][0])]),
    );
  }

  #controls() {
    const {
      lab,
      names,
      result: { axes },
      fixed,
    } = this;
    const role = (/** @type {string} */ field) => {
      const list = h(
        'select',
        { onchange: () => lab.set({ [field]: list.value }) },
        ...names.map((name) => h('option', { value: name, selected: name === lab.state[field] }, say(`field-${name}`))),
      );
      return h('label', {}, `${say(`role-${field}`)} `, list);
    };
    const slide = (/** @type {string} */ name) => {
      const values = axes[name].map(String),
        change = () =>
          lab.set({
            fixed: Object.entries({ ...fixed, [name]: values[Number(range.value)] })
              .map((pair) => pair.join(':'))
              .join(','),
          });
      const range = h('input', {
        type: 'range',
        min: 0,
        max: values.length - 1,
        value: values.indexOf(fixed[name]),
        oninput: change,
        'data-name': name,
        'aria-valuetext': fixed[name],
      });
      return h('label', {}, `${say(`field-${name}`)} `, range, ' ', h('output', {}, fixed[name]));
    };
    const active = /** @type {HTMLElement | null} */ (/** @type {ShadowRoot} */ (lab.shadowRoot).activeElement)?.dataset.name;
    if (this.shown !== [lab.state.across, lab.state.panels, lab.state.lines].join())
      this.roles.replaceChildren(...['across', 'panels', 'lines'].map(role));
    this.shown = [lab.state.across, lab.state.panels, lab.state.lines].join();
    if (!active) this.rest.replaceChildren(...Object.keys(fixed).map(slide));
    else for (const label of this.rest.children) this.#follow(label, fixed);
  }

  /** While a slider is held it stays the same element. @type {(label: Element, fixed: Record<string, string>) => void} */
  #follow(label, fixed) {
    const range = label.querySelector('input'),
      output = label.querySelector('output'),
      value = fixed[range?.dataset.name ?? ''];
    if (output) output.textContent = value;
    range?.setAttribute('aria-valuetext', value);
  }

  /** Mean and interval of every setting that is drawn. */
  #points() {
    const {
        result,
        lab: { state },
        fixed,
      } = this,
      { axes } = result;
    return axes[state.panels].flatMap((panel) =>
      axes[state.lines].flatMap((line) =>
        axes[state.across].map((x) => ({
          panel,
          line,
          x,
          ...interval(runs(result, { ...fixed, [state.panels]: panel, [state.lines]: line, [state.across]: x })),
        })),
      ),
    );
  }

  #draw() {
    const {
        result: { axes },
        lab: { state },
      } = this,
      points = this.#points(),
      places = axes[state.across];
    this.legend.replaceChildren(...axes[state.lines].flatMap((line, k) => [swatch(k), ` ${line}   `]));
    this.charts.replaceChildren(
      ...axes[state.panels].map((panel) => {
        const lines = axes[state.lines].map((line, k) => {
          const own = points.filter((point) => point.panel === panel && point.line === line);
          const at = (/** @type {'mean' | 'low' | 'high'} */ what) =>
            own.map((point, i) => /** @type {[number, number]} */ ([i, point[what]]));
          return { points: at('mean'), low: at('low'), high: at('high'), colour: COLOURS[k % 4], dash: DASHES[k] };
        });
        const label = say('atlas-alt', { panel, across: say(`field-${state.across}`) });
        return h(
          'figure',
          {},
          chart({
            label,
            lines,
            x: [0, places.length - 1],
            y: [0, 1],
            percent: true,
            names: places.map(String),
            width: 260,
            height: 176,
            xName: say(`field-${state.across}`),
            yName: say('accuracy'),
          }),
          h('figcaption', {}, `${say(`field-${state.panels}`)} ${panel}`),
        );
      }),
    );
  }

  #rows() {
    const { panels, lines, across } = this.lab.state;
    return [
      [panels, lines, across].map((name) => say(`field-${name}`)).concat(say('accuracy'), say('interval')),
      ...this.#points().map((point) => [
        String(point.panel),
        String(point.line),
        String(point.x),
        percent(point.mean),
        `${percent(point.low)} – ${percent(point.high)}`,
      ]),
    ];
  }
}
