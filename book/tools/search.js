// Added to the search of the theme: numbers are looked for as they are written, 61,706 as 61706. Its own splits 0.9 and
// leaves out all digits. The pattern is that of book/tools/search.py.

{
  const TOKEN = /\d{1,3}(?:,\d{3})+(?![\p{L}\p{N}_])|\d+\.\d+(?![\p{L}\p{N}_])|[\p{L}\p{N}_]+/gu;

  /** @type {(text: string) => string[]} */
  globalThis.splitQuery = (text) => (text.match(TOKEN) ?? []).map((token) => token.replace(/,/g, ''));

  const parsed = Search._parseQuery;
  Search._parseQuery = (/** @type {string} */ query) => {
    const found = parsed(query),
      [, required, , highlighted] = found;
    for (const token of globalThis.splitQuery(query)) if (/^\d+$/.test(token)) (required.add(token), highlighted.add(token));
    return found;
  };
}
