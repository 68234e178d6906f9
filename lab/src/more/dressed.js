// The style of what the second script shows, put on a panel once.

import { sheet } from '../page/element.js';
import style from './more.css';

/** @type {CSSStyleSheet | null} */
let own = null;

/** @type {(lab: import('../page/element.js').Lab) => void} */
export function dressed({ shadowRoot }) {
  own ??= sheet(style);
  if (shadowRoot && !shadowRoot.adoptedStyleSheets.includes(own))
    shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, own];
}
