// What a reader chooses in the learn panel: the digit and its target, the network, the rate, and steps with other digits.

import { button, h, row, say, select } from '../page/dom.js';
import { chooser } from '../page/widgets/chooser.js';

/** @typedef {import('../page/element.js').Lab} Lab */
/** @typedef {import('../page/dom.js').Control} Control */

export const OWN = 'own', // the target that comes with the digit
  MOST = 2000, // steps with digits of the set
  HUNDRED = 100;
const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** @type {(lab: Lab, digit: import('../page/state.js').Field) => Control} */
export function choices(lab, digit) {
  const digits = Array.from({ length: 10 }, (_, k) => /** @type {[string, string]} */ ([String(k), String(k)]));
  const target = select(lab, 'label', say('learn-target'), [[OWN, say('learn-target-own')], ...digits]);
  const net = select(lab, 'net', say('net'), [
    ['relu', say('learn-net-relu')],
    ['sigmoid', say('learn-net-sigmoid')],
    ['new', say('learn-net-new')],
  ]);
  const kinds = [
    select(
      lab,
      'activation',
      say('field-activation'),
      ['relu', 'tanh', 'sigmoid'].map((name) => [name, name]),
    ),
    select(lab, 'pool', say('field-pool'), [
      ['max', 'max'],
      ['avg', 'avg'],
    ]),
  ];
  const all = row(chooser(lab, digit), target, net, ...kinds);
  const show = () => {
    all.show();
    for (const { element } of kinds) element.hidden = lab.state.net !== 'new';
  };
  return { element: all.element, show };
}

/** The rate, on a slider whose places multiply. @type {(lab: Lab) => Control} */
function rate(lab) {
  const range = h('input', {
    type: 'range',
    min: 0,
    max: RATES.length - 1,
    oninput: () => lab.set({ lr: RATES[Number(range.value)] }),
  });
  const value = h('output');
  const show = () => {
    const { lr } = lab.state,
      place = RATES.findIndex((each) => each >= lr);
    range.value = String(place < 0 ? RATES.length - 1 : place);
    range.setAttribute('aria-valuetext', (value.textContent = String(lr)));
  };
  return { element: h('label', {}, `${say('field-lr')} `, range, ' ', value), show };
}

/** The rate, and a hundred steps at that rate; at another rate they begin anew. @type {(lab: Lab) => Control} */
export function stepping(lab) {
  const hundred = () => {
    const { lr, pace, steps } = lab.state;
    lab.set({ pace: lr, steps: lr === pace ? Math.min(MOST, steps + HUNDRED) : HUNDRED });
  };
  const more = button(say('learn-hundred'), hundred),
    back = button(say('reset'), () => lab.set({ steps: 0 }));
  const all = row(rate(lab), more, back);
  const show = () => {
    const { steps, lr, pace } = lab.state;
    all.show();
    back.disabled = steps === 0;
    more.disabled = steps >= MOST && lr === pace;
  };
  return { element: all.element, show };
}
