// Every word that a panel says to the reader stands in words.json; a translation is one more file beside it.

import ENGLISH from '../words.json' with { type: 'json' };

/** @type {Record<string, string>} */
const WORDS = ENGLISH;

/** Words that the second script brings. @type {(words: Record<string, string>) => void} */
export const learnWords = (words) => void Object.assign(WORDS, words);

/** The text of `key` with its {places} filled in. @type {(key: string, values?: Record<string, unknown>) => string} */
export function say(key, values = {}) {
  const text = WORDS[key];
  if (text === undefined) throw new Error(`There is no text ${key}.`);
  return text.replace(/\{([a-z]+)\}/g, (_, name) => String(values[name]));
}
