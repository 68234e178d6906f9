// The exercises of the pages: answers that are numbers, shapes or letters are checked here, with the reasons of the notebooks.
//
// exercises.data.js, made by book/tools/page_exercises.py, holds what lenet_utils knows: the right answers, the likely mistakes and the words.
'use strict';

/**
 * @typedef {object} Exercise
 * @property {string} kind  a-number, a-shape, a-choice, or "code" for what only a notebook can check
 * @property {number | number[] | string} [expected]
 * @property {number} [tolerance]
 * @property {[any, string][]} [mistakes]  wrong answers and what is said to them
 * @property {string[]} [letters]
 * @property {string} [right]
 * @property {string[]} hints
 */

/** A number as readers write it: 1,234.5 or 1/26 or 99.6 %. NaN if it is none. @type {(text: string) => number} */
function number(text) {
  const plain = text
    .trim()
    .replace(/[−–]/g, '-')
    .replace(/(\d)[,_](?=\d{3}(?!\d))/g, '$1');
  if (plain === '') return NaN;
  if (plain.endsWith('%')) return number(plain.slice(0, -1)) / 100;
  const [above, below, ...more] = plain.split('/');
  if (below === undefined) return Number(plain);
  return more.length || !below.trim() ? NaN : Number(above) / Number(below);
}

/** A shape such as (1, 28, 28) or 1x28x28; null if it is none. @type {(text: string) => number[] | null} */
function shape(text) {
  const inside = text
    .trim()
    .replace(/^[([](.*)[)\]]$/, '$1')
    .replace(/,\s*$/, '');
  const sides = inside.split(/\s*[,x×]\s*|\s+/).map(Number);
  return inside && sides.every((side) => Number.isFinite(side)) ? sides : null;
}

/** @type {Record<string, (exercise: Exercise, text: string) => any>} */
const READ = {
  'a-number': (exercise, text) => (Number.isNaN(number(text)) ? null : number(text)),
  'a-shape': (exercise, text) => shape(text),
  'a-choice': (exercise, text) => (exercise.letters?.includes(text.trim().toLowerCase()) ? text.trim().toLowerCase() : null),
};

/** @type {(exercise: Exercise, answer: any, wanted: any) => boolean} */
function same(exercise, answer, wanted) {
  if (exercise.kind === 'a-shape') return JSON.stringify(answer) === JSON.stringify(wanted);
  return exercise.kind === 'a-choice' ? answer === wanted : Math.abs(answer - wanted) < (exercise.tolerance ?? 0);
}

/** @type {(text: string, values: Record<string, any>) => string} */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/**
 * What `check` says to the answer that the reader typed; `right` is null for none.
 * @type {(exercise: Exercise, text: string, words: Record<string, string>) => { right: boolean | null, text: string }}
 */
function judge(exercise, text, words) {
  if (!text.trim()) return { right: null, text: words['page-unanswered'] };
  const answer = READ[exercise.kind](exercise, text);
  const expected = words[exercise.kind];
  if (answer === null) return { right: false, text: filled(words['page-kind'], { expected, got: text.trim() }) };
  if (same(exercise, answer, exercise.expected)) return { right: true, text: filled(words.right, { why: exercise.right }) };
  const mistake = exercise.mistakes?.find(([wrong]) => same(exercise, answer, wrong));
  if (mistake) return { right: false, text: filled(words.wrong, { why: mistake[1] }) };
  return { right: false, text: filled(words['page-wrong'], { got: text.trim() }) };
}

/** @type {(tag: string, fields?: object, ...children: (Node | string)[]) => any} */
function make(tag, fields = {}, ...children) {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
}

/** @type {(name: string, exercise: Exercise, words: Record<string, string>) => HTMLElement} */
function form(name, exercise, words) {
  const verdict = make('p', { className: 'verdict' });
  verdict.setAttribute('role', 'status');
  const hints = make('ol', { className: 'hints' });
  const more = make('button', { type: 'button', textContent: words['page-hint'] });
  more.addEventListener('click', () => {
    hints.append(make('li', {}, exercise.hints[hints.children.length]));
    more.disabled = hints.children.length === exercise.hints.length;
  });
  if (exercise.kind === 'code') return make('div', { className: 'exercise' }, inNotebook(words), more, hints);
  const field = exercise.kind === 'a-choice' ? letters(name, exercise, words) : line(name, words);
  const send = make('button', { type: 'submit', textContent: words['page-check'] });
  const whole = make('form', { className: 'exercise' }, field.element, send, more, verdict, hints);
  whole.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    const { right, text } = judge(exercise, field.value(), words);
    verdict.textContent = text;
    verdict.dataset.right = String(right);
  });
  return whole;
}

/** A line to type in. @type {(name: string, words: Record<string, string>) => { element: HTMLElement, value: () => string }} */
function line(name, words) {
  const input = make('input', { type: 'text', autocomplete: 'off', name });
  return { element: make('label', {}, words['page-answer'], ' ', input), value: () => input.value };
}

/** Letters to pick. @type {(name: string, exercise: Exercise, words: Record<string, string>) => { element: HTMLElement, value: () => string }} */
function letters(name, exercise, words) {
  const options = (exercise.letters ?? []).map((letter) => make('input', { type: 'radio', name, value: letter }));
  const labels = options.map((option) => make('label', {}, option, ' ', option.value));
  const value = () => options.find((option) => option.checked)?.value ?? '';
  return { element: make('fieldset', {}, make('legend', {}, words['page-answer']), ...labels), value };
}

/** @type {(words: Record<string, string>) => HTMLElement} */
function inNotebook(words) {
  const source = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[href$=".ipynb"].btn-download-source-button'));
  const text = make('p', {}, words['page-code']);
  if (source) text.append(' ', make('a', { href: source.href, download: '', textContent: words['page-download'] }));
  return text;
}

/** @type {(table: { words: Record<string, string>, exercises: Record<string, Exercise> }) => void} */
function show({ words, exercises }) {
  for (const cell of document.querySelectorAll('div.cell')) {
    const name = cell.querySelector('.cell_input')?.textContent?.match(/^check\("([^"]+)", answer\)/m)?.[1];
    if (!name || !exercises[name]) continue;
    cell.querySelector('.cell_output')?.replaceChildren();
    cell.append(form(name, exercises[name], words));
  }
}

if (typeof document === 'undefined') Object.assign(globalThis, { lenetJudge: judge });
else document.addEventListener('DOMContentLoaded', () => show(/** @type {any} */ (globalThis).lenetExercises));
