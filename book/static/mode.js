// The colours that were chosen before, or those of the system, before anything is drawn. It runs in the head of every page.
'use strict';

{
  const kept = (/** @type {string} */ name) => {
    try {
      return localStorage.getItem(name) ?? 'auto';
    } catch {
      return 'auto'; // where the browser keeps nothing
    }
  };
  const page = document.documentElement.dataset;
  page.mode = kept('mode');
  const dark = page.mode === 'dark' || (page.mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  page.theme = dark ? 'dark' : 'light';
}
