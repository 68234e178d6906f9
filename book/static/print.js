// On paper: the outputs that a prediction keeps folded are open, the solutions stand at the end of the page, a panel is a
// picture of what it shows, or a sentence where it has not started. After printing everything is as it was.
'use strict';

{
  /** What gives the page back its form. @type {(() => void)[]} */
  const undo = [];
  const onPaper = new CSSStyleSheet();
  onPaper.replaceSync('.controls, .foot, .alert, button, select, input, details { display: none !important; }');

  addEventListener('beforeprint', () => {
    if (undo.length) return;
    for (const folded of document.querySelectorAll('.cell_output details, .cell details.below-input')) open(folded);
    for (const panel of document.querySelectorAll('lenet-lab')) still(panel);
    solutions();
  });
  addEventListener('afterprint', () => {
    for (const act of undo.splice(0)) act();
  });

  /** @param {Element} folded */
  function open(folded) {
    if (folded.hasAttribute('open')) return;
    folded.setAttribute('open', '');
    undo.push(() => folded.removeAttribute('open'));
  }

  /** @param {Element} panel */
  function still(panel) {
    const root = panel.shadowRoot;
    if (panel.hasAttribute('ready') && root) {
      root.adoptedStyleSheets.push(onPaper);
      undo.push(() => (root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== onPaper)));
      return;
    }
    const inside = panel.querySelector('img, p')?.cloneNode(true);
    if (!inside) return;
    panel.classList.add('not-on-paper');
    panel.after(inside);
    undo.push(() => (panel.classList.remove('not-on-paper'), /** @type {ChildNode} */ (inside).remove()));
  }

  /** A list at the end: each solution under the number of its exercise. */
  function solutions() {
    const article = document.querySelector('article');
    const boxes = [...document.querySelectorAll('article details')].filter(
      (box) => box.querySelector('summary')?.textContent?.trim() === 'Solution',
    );
    if (!article || !boxes.length) return;
    const list = document.createElement('section');
    const heading = document.createElement('h2');
    heading.textContent = 'Solutions';
    list.append(heading);
    for (const [place, box] of boxes.entries()) {
      const copy = /** @type {Element} */ (box.cloneNode(true)),
        number = document.createElement('p');
      copy.querySelector('summary')?.remove();
      number.append(Object.assign(document.createElement('strong'), { textContent: `${place + 1}.` }));
      list.append(number, ...copy.childNodes);
    }
    article.append(list);
    undo.push(() => list.remove());
  }
}
