// The program of a network for PyTorch, with a button that copies it.

import { script } from '../explain/script.js';
import { button, h, row, say } from '../page/dom.js';
import { dressed } from './dressed.js';

/** @typedef {import('../engine/race.js').Configuration} Configuration */

/** Show it in `place`. @type {(lab: import('../page/element.js').Lab, place: HTMLElement, letter: string, configuration: Configuration) => void} */
export function program(lab, place, letter, configuration) {
  dressed(lab);
  const name = letter.toUpperCase(),
    file = configuration.weights && `lenet_${letter}.safetensors`, // as the panel saves them
    label = say('script-name', { name }),
    text = h('pre', { class: 'scroll program', tabindex: 0, role: 'region', 'aria-label': label });
  text.textContent = script(name, configuration, /** @type {any} */ (lab.state), file);
  const said = h('span', { class: 'muted', role: 'status' });
  // says: script-copied, script-selected
  const copy = button(say('script-copy'), async () => (said.textContent = say(await copied(text))));
  place.replaceChildren(h('p', { class: 'muted' }, say('script-what', { name })), text, row(copy, said).element);
}

/** Where a page may not copy, the text is selected. @type {(text: HTMLElement) => Promise<string>} */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent ?? '');
    return 'script-copied';
  } catch {
    getSelection()?.selectAllChildren(text);
    return 'script-selected';
  }
}
