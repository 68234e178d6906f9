// The title page: the example in the square gives way to the reader's digit, and the walk, which takes the second script,
// comes when it is asked for.
'use strict';

{
  const START = '#walk=digit&stop=1';

  document.addEventListener('DOMContentLoaded', () => {
    const invitation = document.querySelector('.title-walk'),
      panel = document.querySelector('lenet-lab');
    if (!invitation || !panel) return;
    drawOver(panel, invitation);
    const follow = () => begin(panel, invitation);
    invitation.querySelector('button')?.addEventListener('click', () => {
      location.hash = START;
      follow();
    });
    addEventListener('hashchange', follow);
    follow();
  });

  /** The first stroke clears the example, unless the address asks for it. @type {(panel: any, invitation: Element) => void} */
  function drawOver(panel, invitation) {
    const first = (/** @type {Event} */ event) => {
      if (!(/** @type {Element} */ (event.composedPath()[0]).matches('.pad'))) return;
      panel.removeEventListener('pointerdown', first, true);
      if (!location.hash) panel.set({ strokes: '' });
      repeatAnswer(panel.line, invitation);
    };
    panel.addEventListener('pointerdown', first, true);
  }

  /** On a phone the panel's own line is below the screen. @type {(line: Element, invitation: Element) => void} */
  function repeatAnswer(line, invitation) {
    const answer = /** @type {Element} */ (invitation.querySelector('.after'));
    const repeat = () => void (answer.textContent = line.textContent);
    new MutationObserver(repeat).observe(line, { childList: true });
    repeat();
    invitation.classList.add('drawn');
  }

  /** The walk, in the place of the invitation to it. @type {(panel: any, invitation: Element) => Promise<void>} */
  async function begin(panel, invitation) {
    if (!location.hash.startsWith('#walk=digit&') || !invitation.isConnected) return;
    panel.setAttribute('walk', 'digit');
    await ready(panel);
    panel.guard(async () => {
      await panel.more('walk');
      invitation.remove();
      panel.shadowRoot.querySelector('.walk .next').focus({ preventScroll: true });
    });
  }

  /** @type {(panel: Element) => Promise<void>} */
  function ready(panel) {
    return new Promise((done) => {
      const look = () => panel.hasAttribute('ready') && (watch.disconnect(), done());
      const watch = new MutationObserver(look);
      watch.observe(panel, { attributeFilter: ['ready'] });
      look();
    });
  }
}
