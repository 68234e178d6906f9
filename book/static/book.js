// A Predict box becomes a choice: picking an answer marks it and unfolds the output of the next folded cell.
// The list of questions gets a field that searches it. The folds of the side bar get names, which the theme leaves out; a
// button prints; and a formula is copied as TeX.
'use strict';

document.addEventListener('DOMContentLoaded', () => {
  for (const box of document.querySelectorAll('.predict')) choices(box);
  for (const list of document.querySelectorAll('.question-search')) search(list);
  for (const item of document.querySelectorAll('nav li.has-children')) nameOfFold(item);
  for (const button of document.querySelectorAll('.btn-download-pdf-button:not([onclick])'))
    button.addEventListener('click', () => print());
});

document.addEventListener('copy', (event) => {
  const chosen = getSelection();
  if (!chosen?.rangeCount || !event.clipboardData) return;
  const range = wholeFormulas(chosen.getRangeAt(0).cloneRange()),
    part = range.cloneContents(),
    formulas = part.querySelectorAll('math');
  if (!formulas.length) return;
  for (const formula of formulas) formula.replaceWith(`$${formula.querySelector('annotation')?.textContent ?? ''}$`);
  event.clipboardData.setData('text/plain', part.textContent ?? '');
  event.preventDefault();
});

/** The range with the whole of the formulas in which it begins or ends. @param {Range} range */
function wholeFormulas(range) {
  const at = (/** @type {Node} */ node) => (node instanceof Element ? node : node.parentElement)?.closest('math');
  const [first, last] = [at(range.startContainer), at(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  return range;
}

/** A field above the questions: those that lack a word of what is typed disappear, and fade on the map. @param {Element} list */
function search(list) {
  const field = document.createElement('input');
  field.type = 'search';
  const label = document.createElement('label');
  label.append(list.getAttribute('data-label') ?? '', ' ', field);
  const found = document.createElement('p');
  found.setAttribute('role', 'status');
  list.before(label, found);
  const questions = [...list.querySelectorAll('.question')].map((item) => ({
    item,
    text: `${item.textContent} ${item.getAttribute('data-keywords')}`.toLowerCase(),
    circle: document.querySelector(`.question-map [data-slug="${item.id.slice('question-'.length)}"]`),
  }));
  field.addEventListener('input', () => {
    const typed = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { item, text, circle } of questions) {
      const fits = typed.every((word) => text.includes(word));
      count += Number(fits);
      /** @type {HTMLElement} */ (item).hidden = !fits;
      circle?.classList.toggle('faded', !fits);
    }
    found.textContent = typed.length ? `${count} / ${questions.length}` : '';
  });
}

/** @param {Element} box */
function choices(box) {
  const items = [...box.querySelectorAll('li')];
  for (const item of items) {
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', 'false');
    button.append(...(item.querySelector('p') ?? item).childNodes);
    item.replaceChildren(button);
    button.addEventListener('click', () => {
      for (const other of items) other.firstElementChild?.setAttribute('aria-pressed', String(other === item));
      nextFolded(box)?.setAttribute('open', '');
    });
  }
}

/** The arrow that unfolds a chapter in the side bar gets the chapter's name. @param {Element} item */
function nameOfFold(item) {
  const name = item.querySelector('a')?.textContent?.trim();
  if (name) item.querySelector('summary')?.setAttribute('aria-label', name);
}

/** The folded output that follows `box`, if it comes before another box. @param {Element} box */
function nextFolded(box) {
  for (let next = box.nextElementSibling; next && !next.matches('.predict'); next = next.nextElementSibling) {
    const folded = next.querySelector('.cell_output details, details.below-input');
    if (folded) return folded;
  }
  return null;
}
