// The colours of gradients, two-sided and their own: ochre below zero, where more lowers the loss, and purple above. They lie
// apart along blue and yellow, which red-green blindness leaves apart, and a number that is opened says its sign.

/** @typedef {import('./pixels.js').Colour} Colour */
/** @typedef {{ less: Colour, more: Colour }} Pair  for gradients below and above zero */

/** @type {Record<'light' | 'dark', Pair>} */
export const GRADIENTS = {
  light: { less: [138, 98, 0], more: [91, 58, 168] },
  dark: { less: [226, 184, 77], more: [178, 156, 245] },
};

/** From `less` over paper to `more`. @type {(paper: Colour, pair: Pair, largest: number) => (value: number) => Colour} */
export const twoSided =
  (paper, { less, more }, largest) =>
  (value) => {
    const full = value < 0 ? less : more,
      share = Math.min(1, Math.abs(value) / (largest || 1)) || 0; // a NaN is paper
    return /** @type {Colour} */ (paper.map((from, k) => from + share * (full[k] - from)));
  };
