// The style of what the second script shows, put on a panel once; and what lets a line of it stay in view while the page
// scrolls past it.

import { sheet } from '../page/page.js';
import style from './more.css';

/** @type {CSSStyleSheet | null} */
let own = null;

/** @type {(lab: import('../page/element.js').Lab) => void} */
export function dressed(lab) {
  own ??= sheet(style);
  const { shadowRoot: root } = lab;
  if (!root || root.adoptedStyleSheets.includes(own)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, own];
  release(lab);
  lab.style.setProperty('--top', `${headRoom()}px`);
}

/** Frames around a panel hold what should stay in view, though they have nothing to scroll. @param {Element} lab */
function release(lab) {
  for (let at = lab.parentElement; at && at !== document.body; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight + 1) return; // this one scrolls
    if (getComputedStyle(at).overflowY !== 'visible') at.style.overflow = 'visible';
  }
}

/** How many pixels at the top of the window the page keeps for itself. */
function headRoom() {
  for (let at = document.elementFromPoint(innerWidth / 2, 2); at; at = at.parentElement)
    if (['sticky', 'fixed'].includes(getComputedStyle(at).position)) return Math.round(at.getBoundingClientRect().bottom);
  return 0;
}
