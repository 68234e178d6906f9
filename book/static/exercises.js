// A form below every exercise. judge.js judges the answers that are a number, a shape or a letter; progress.js keeps them;
// exercises.data.js holds what is right and the words.
'use strict';

/** @typedef {Record<string, string>} Words */
/** @typedef {{ element: HTMLElement, value: () => string, show: (text: string) => void }} Field */

{
  /** Of the other two scripts. */
  const {
    lenetJudge: judge,
    lenetVariant: variant,
    lenetKept: kept,
    lenetKeep: keep,
    lenetProgress: progress,
    lenetMake: make,
  } = /** @type {any} */ (globalThis);

  /** @type {(text: string, act: () => void) => HTMLButtonElement} */
  function button(text, act) {
    const made = make('button', { type: 'button', textContent: text });
    made.addEventListener('click', act);
    return made;
  }

  /** @type {(name: string, printed: any, words: Words) => HTMLElement} */
  function form(name, printed, words) {
    if (printed.kind === 'code') return make('div', { className: 'exercise' }, inNotebook(words), ...hints(printed, words));
    let [exercise, seed] = [printed, 0];
    const verdict = make('p', { className: 'verdict' });
    verdict.setAttribute('role', 'status');
    const question = make('p', { className: 'question', hidden: true });
    question.setAttribute('aria-live', 'polite');
    const field = printed.kind === 'a-choice' ? letters(name, printed, words) : line(name, words);
    const send = make('button', { type: 'submit', textContent: words['page-check'] });
    const named = () => (seed ? `${name}, seed ${seed}` : name);
    /** @type {(text: string) => boolean | null} */
    const judged = (text) => {
      const { right, text: said } = judge(exercise, text, words);
      verdict.textContent = said;
      verdict.dataset.right = String(right);
      return right;
    };
    const recall = () => {
      const answer = kept()[named()]?.answer ?? '';
      field.show(answer);
      if (answer) judged(answer);
      else [verdict.textContent, verdict.dataset.right] = ['', 'null'];
    };
    const ask = (/** @type {number} */ other) => {
      seed = other;
      exercise = seed ? variant(printed, seed) : printed;
      question.hidden = !seed;
      question.textContent = seed
        ? words['page-variant'].replace('{seed}', String(seed)).replace('{question}', exercise.question)
        : '';
      back.hidden = !seed;
      recall();
    };
    const back = button(words['page-printed'], () => ask(0));
    const next = button(words['page-another'], () => ask((seed % printed.variants.seeds.length) + 1));
    back.hidden = true;
    next.hidden = !printed.variants;
    const parts = [question, field.element, send, next, back, ...hints(printed, words)];
    const whole = make('form', { className: 'exercise' }, ...parts, verdict);
    whole.addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      const right = judged(field.value());
      if (right !== null) keep(named(), field.value().trim(), right);
    });
    addEventListener('lenet-forgotten', recall);
    recall();
    return whole;
  }

  /** A button, and the list to which it adds the next hint. @type {(exercise: any, words: Words) => HTMLElement[]} */
  function hints(exercise, words) {
    const list = make('ol', { className: 'hints' });
    const more = button(words['page-hint'], () => {
      list.append(make('li', {}, exercise.hints[list.children.length]));
      more.disabled = list.children.length === exercise.hints.length;
    });
    return [more, list];
  }

  /** A line to type in. @type {(name: string, words: Words) => Field} */
  function line(name, words) {
    const input = make('input', { type: 'text', autocomplete: 'off', name });
    const element = make('label', {}, words['page-answer'], ' ', input);
    return { element, value: () => input.value, show: (text) => (input.value = text) };
  }

  /** Letters to pick. @type {(name: string, exercise: any, words: Words) => Field} */
  function letters(name, exercise, words) {
    /** @type {HTMLInputElement[]} */
    const options = exercise.letters.map((/** @type {string} */ value) => make('input', { type: 'radio', name, value }));
    const labels = options.map((option) => make('label', {}, option, ' ', option.value));
    const element = make('fieldset', {}, make('legend', {}, words['page-answer']), ...labels);
    const show = (/** @type {string} */ text) => {
      for (const option of options) option.checked = option.value === text;
    };
    return { element, value: () => options.find((option) => option.checked)?.value ?? '', show };
  }

  /** @type {(words: Words) => HTMLElement} */
  function inNotebook(words) {
    const source = /** @type {HTMLAnchorElement | null} */ (
      document.querySelector('a[href$=".ipynb"].btn-download-source-button')
    );
    const text = make('p', {}, words['page-code']);
    if (source) text.append(' ', make('a', { href: source.href, download: '', textContent: words['page-download'] }));
    return text;
  }

  /** @type {(table: { words: Words, exercises: Record<string, any> }) => void} */
  function show({ words, exercises }) {
    let last = null;
    for (const cell of document.querySelectorAll('div.cell')) {
      const name = cell.querySelector('.cell_input')?.textContent?.match(/^check\("([^"]+)", answer\)/m)?.[1];
      if (!name || !exercises[name]) continue;
      cell.querySelector('.cell_output')?.replaceChildren();
      cell.append(form(name, exercises[name], words));
      last = cell;
    }
    const own = last && make('div', { className: 'lenet-progress' });
    if (own) (last?.closest('article') ?? document.body).append(own);
    if (own) progress(own);
  }

  document.addEventListener('DOMContentLoaded', () => show(/** @type {any} */ (globalThis).lenetExercises));
}
