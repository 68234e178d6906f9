// What was answered, kept in this browser: a table of it with a button to save it and one to forget it. Nothing is sent.
'use strict';

/** The last answer, or the first right one, and its day. @typedef {{ answer: string, right: boolean, tries: number, day: string }} Kept */

{
  const KEY = 'lenet-answers';
  /** @type {Record<string, Kept> | null} */
  let here = null; // where the browser keeps nothing

  /** By the name of the exercise, with its seed if it has other numbers. @returns {Record<string, Kept>} */
  function kept() {
    if (here) return here;
    try {
      const found = JSON.parse(localStorage.getItem(KEY) ?? '{}');
      return Object.fromEntries(Object.entries(Object(found)).filter(([, each]) => isKept(each)));
    } catch {
      return {}; // half a file, or no right to read it
    }
  }

  /** @type {(each: any) => boolean} */
  const isKept = (each) => typeof each?.answer === 'string' && typeof each.right === 'boolean' && Number.isInteger(each.tries);

  /** @param {Record<string, Kept>} answers */
  function write(answers) {
    try {
      localStorage.setItem(KEY, JSON.stringify(answers));
      here = null;
    } catch {
      here = answers;
    }
    for (const shown of document.querySelectorAll('.lenet-progress')) fill(shown);
  }

  /** @type {(name: string, answer: string, right: boolean) => void} */
  function keep(name, answer, right) {
    const before = kept(),
      known = before[name],
      tries = (known?.tries ?? 0) + 1;
    const [day] = new Date().toISOString().split('T');
    write({ ...before, [name]: known?.right ? { ...known, tries } : { answer, right, tries, day } });
  }

  /** An element with fields and children; exercises.js makes its own with it. @type {(tag: string, fields?: object, ...children: (Node | string)[]) => any} */
  function make(tag, fields = {}, ...children) {
    const element = Object.assign(document.createElement(tag), fields);
    element.append(...children);
    return element;
  }

  /** The table in an element of the page. @param {Element} element */
  function fill(element) {
    const { words } = /** @type {any} */ (globalThis).lenetExercises,
      answers = kept(),
      names = Object.keys(answers).sort();
    const open = element.querySelector('details')?.open ?? element.hasAttribute('data-open');
    const said = words['page-progress']
      .replace('{right}', String(names.filter((name) => answers[name].right).length))
      .replace('{all}', String(names.length));
    const note = make('p', {}, here ? words['page-not-kept'] : words['page-kept']);
    const parts = [make('summary', {}, said), note, table(names, answers, words), buttons(words)];
    element.replaceChildren(...(names.length ? [make('details', { open }, ...parts)] : []));
  }

  /** @type {(names: string[], answers: Record<string, Kept>, words: Record<string, string>) => HTMLElement} */
  function table(names, answers, words) {
    const columns = [
      words['page-column-exercise'],
      words['page-column-answer'],
      words['page-column-verdict'],
      words['page-column-tries'],
      words['page-column-day'],
    ];
    const heads = columns.map((column) => make('th', { scope: 'col' }, column));
    const rows = names.map((name) => {
      const { answer, right, tries, day } = answers[name];
      const cells = [link(name), answer, right ? words['page-right'] : words['page-not-right'], String(tries), String(day ?? '')];
      return make('tr', {}, ...cells.map((cell) => make('td', {}, cell)));
    });
    return make(
      'div',
      { className: 'wide' },
      make('table', {}, make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...rows)),
    );
  }

  /** The name as a link to its page, which the side bar knows. @type {(name: string) => Node | string} */
  function link(name) {
    const [page] = name.split('/');
    const found = [...document.querySelectorAll('nav a[href]')].find((each) =>
      each.getAttribute('href')?.endsWith(`/${page}.html`),
    );
    return found ? make('a', { href: /** @type {HTMLAnchorElement} */ (found).href }, name) : name;
  }

  /** @type {(words: Record<string, string>) => HTMLElement} */
  function buttons(words) {
    const save = make('button', { type: 'button', textContent: words['page-save'] });
    save.addEventListener('click', () => {
      const file = new Blob([`${JSON.stringify(kept(), null, 1)}\n`], { type: 'application/json' });
      const href = URL.createObjectURL(file);
      make('a', { href, download: 'lenet-answers.json' }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
    });
    const clear = make('button', { type: 'button', textContent: words['page-clear'] });
    clear.addEventListener('click', () => {
      write({});
      dispatchEvent(new Event('lenet-forgotten'));
    });
    return make('p', {}, save, clear);
  }

  addEventListener('storage', ({ key }) => {
    if (key === KEY || key === null) for (const shown of document.querySelectorAll('.lenet-progress')) fill(shown);
  }); // another page of the book
  document.addEventListener('DOMContentLoaded', () => {
    for (const shown of document.querySelectorAll('.lenet-progress')) fill(shown);
  });
  Object.assign(globalThis, { lenetKept: kept, lenetKeep: keep, lenetProgress: fill, lenetMake: make });
}
