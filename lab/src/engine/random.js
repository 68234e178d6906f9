// A small seeded generator, so that a run can be repeated number by number in every browser.

/**
 * Mulberry32: 32 bits of state, integer arithmetic only, hence the same numbers everywhere.
 * @param {number} seed  a whole number
 * @returns {() => number} a function that gives the next number, at least 0 and below 1
 */
export function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Bring `items` into a random order, in place (Fisher and Yates).
 * @param {Uint32Array} items
 * @param {() => number} random
 */
export function shuffle(items, random) {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}
