// A digit of the data set by its number, or none.

import { NUMBER } from '../../engine/digits.js';
import { button, h, say } from '../dom.js';

/** A box with arrows for the field `digit`, −1 for none. @type {(lab: import('../element.js').Lab, field: import('../state.js').Field) => import('../dom.js').Control} */
export function chooser(lab, field) {
  const go = (/** @type {number} */ by) => {
    const before = lab.state.digit < 0 && by < 0 ? 0 : lab.state.digit; // from none to the last one
    lab.set({ digit: (before + by + NUMBER) % NUMBER });
  };
  const take = () => lab.guard(() => lab.set({ digit: field.read(box.value || '-1') }));
  const box = h('input', { type: 'number', min: 0, max: NUMBER - 1, 'aria-label': say('digit-number'), onchange: take });
  // says: previous-digit, next-digit
  const arrow = (/** @type {string} */ sign, /** @type {string} */ name, /** @type {number} */ by) =>
    button(sign, () => go(by), { 'aria-label': say(name) });
  const element = h(
    'span',
    { class: 'chooser' },
    `${say('digit-from-set')} `,
    arrow('←', 'previous-digit', -1),
    box,
    arrow('→', 'next-digit', 1),
  );
  return { element, show: () => (box.value = lab.state.digit < 0 ? '' : String(lab.state.digit)) };
}
