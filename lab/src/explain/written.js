// Numbers and sums as a reader sees them.

/** A number with so many digits that count, a small or large one with a power of ten. @type {(value: number, digits?: number) => string} */
export function figures(value, digits = 4) {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power >= -3 && power < 5) return value.toPrecision(digits).replace('-', '−');
  const [front, back] = value.toExponential(digits - 1).split('e');
  return `${front}·10${raised(Number(back))}`.replace('-', '−');
}

/** @type {(power: number) => string} */
const raised = (power) => [...String(power)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('');

/** As a factor: what is below zero stands in parentheses. @type {(value: number, digits?: number) => string} */
export const factor = (value, digits) => (value < 0 ? `(${figures(value, digits)})` : figures(value, digits));

/**
 * The products that matter most, largest first, and how many others there are with their sum.
 * @type {(terms: import('./open.js').Term[], most?: number) => { shown: import('./open.js').Term[], others: number, rest: number }}
 */
export function foremost(terms, most = 5) {
  if (terms.length <= most + 1) return { shown: terms, others: 0, rest: 0 };
  const sorted = [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product)),
    others = sorted.slice(most);
  return { shown: sorted.slice(0, most), others: others.length, rest: others.reduce((sum, { product }) => sum + product, 0) };
}
