// Elements and controls. A control shows one field of a panel's state and changes it.

import { say } from './words.js';

/** @typedef {Node | string | null | undefined} Child */

/**
 * An element. Names that begin with "on" are listeners; true and false set and leave out an attribute.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} attributes
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** The same for the elements of a drawing. @type {(tag: string, attributes?: Record<string, any>, ...children: Child[]) => SVGElement} */
export function svg(tag, attributes = {}, ...children) {
  return dress(/** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', tag)), attributes, children);
}

/** @type {<T extends Element>(element: T, attributes: Record<string, any>, children: Child[]) => T} */
function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style')
      /** @type {any} */ (element).style.cssText = value; // the policy forbids the attribute
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined)));
  return element;
}

/** @typedef {import('./element.js').Lab} Lab */
/** @typedef {{ element: HTMLElement, show: () => void }} Control  `show` follows the state */

/** @type {(lab: Lab, field: string, label: string, options: [string, string][]) => Control} */
export function select(lab, field, label, options) {
  const list = h('select', { onchange: () => lab.set({ [field]: list.value }) });
  for (const [value, name] of options) list.append(h('option', { value }, name));
  return { element: h('label', {}, `${label} `, list), show: () => (list.value = String(lab.state[field])) };
}

/** @type {(lab: Lab, field: string, label: string) => Control} */
export function check(lab, field, label) {
  const box = h('input', { type: 'checkbox', onchange: () => lab.set({ [field]: box.checked }) });
  return { element: h('label', {}, box, ` ${label}`), show: () => (box.checked = lab.state[field]) };
}

/**
 * A number, as a slider with its value beside it.
 * @type {(lab: Lab, field: string, label: string, least: number, most: number, step?: number) => Control}
 */
export function slider(lab, field, label, least, most, step = 1) {
  const range = h('input', {
    type: 'range',
    min: least,
    max: most,
    step,
    oninput: () => lab.set({ [field]: Number(range.value) }),
  });
  const value = h('output');
  const show = () => {
    range.value = String(lab.state[field]);
    value.textContent = String(lab.state[field]);
  };
  return { element: h('label', {}, `${label} `, range, ' ', value), show };
}

/** @type {(label: string, onclick: () => void, attributes?: Record<string, any>) => HTMLButtonElement} */
export const button = (label, onclick, attributes = {}) => h('button', { type: 'button', onclick, ...attributes }, label);

/**
 * A button that opens a file and gives its bytes.
 * @type {(lab: Lab, label: string, take: (file: Uint8Array) => unknown) => HTMLElement}
 */
export const opener = (lab, label, take) =>
  filesOpener(lab, label, async ([file]) => take(new Uint8Array(await file.arrayBuffer())), { accept: '.safetensors' });

/**
 * A button that opens files; `more` says which, and how many.
 * @type {(lab: Lab, label: string, take: (files: File[]) => unknown, more: Record<string, any>) => HTMLElement}
 */
export function filesOpener(lab, label, take, more) {
  const read = async () => {
    const files = [...(box.files ?? [])];
    box.value = ''; // so that the same file can be opened again
    if (files.length) await take(files);
  };
  const attributes = { type: 'file', hidden: true, 'aria-label': label, ...more };
  const box = h('input', { ...attributes, onchange: () => lab.guard(read) });
  const press = button(label, () => box.click());
  return h('span', {}, press, box);
}

/** A row of controls and buttons. @type {(...parts: (Control | Node)[]) => Control} */
export function row(...parts) {
  const element = h('div', { class: 'controls' }, ...parts.map((part) => ('show' in part ? part.element : part)));
  return { element, show: () => parts.forEach((part) => 'show' in part && part.show()) };
}

/**
 * A folded table, the twin in numbers of a picture: filled when it is unfolded. `fill` gives the rows, the first one
 * being the heads of the columns.
 * @type {(title: string, fill: () => (string | number)[][]) => Control}
 */
export function twin(title, fill) {
  const place = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title });
  const show = () => fold.open && place.replaceChildren(table(fill()));
  const fold = h('details', { ontoggle: () => show() }, h('summary', {}, title), place);
  return { element: fold, show };
}

/** @type {(rows: (string | number)[][]) => HTMLTableElement} */
export function table([heads, ...rows]) {
  const line = (/** @type {(string | number)[]} */ [first, ...rest]) =>
    h('tr', {}, h('th', { scope: 'row' }, String(first)), ...rest.map((cell) => h('td', {}, String(cell))));
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, String(head))))),
    h('tbody', {}, ...rows.map(line)),
  );
}

/** A number for reading: three digits behind the point, or fewer if it is large. @type {(value: number) => string} */
export function show(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size > 0 && size < 0.001) return value.toExponential(1).replace('e-', '·10^−').replace('-', '−');
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3).replace('-', '−');
}

/** @type {(share: number) => string} */
export const percent = (share) => (share > 0.9995 && share < 1 ? '> 99.9 %' : `${(100 * share).toFixed(1)} %`);

/** The spoken line of a panel. @type {() => HTMLElement} */
export const spoken = () => h('p', { class: 'say', role: 'status', 'aria-live': 'polite' });

export { say };
