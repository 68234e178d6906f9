// Small charts of lines, with the names of their axes; the numbers are in a table beside them.

import { svg } from '../dom.js';

/** `low` and `high` are the ends of an interval at the same x. */
/** @typedef {{ points: [number, number][], low?: [number, number][], high?: [number, number][], dash?: string, colour: string, width?: number }} Line */

/**
 * Lines over x and y, with a few marks at the left and below; `names` stand below the whole numbers of x. `xName` and `yName`
 * say what the axes are, and in which unit.
 * @param {{ label: string, lines: Line[], x: [number, number], y: [number, number], log?: boolean, percent?: boolean, width?: number, height?: number, small?: boolean, names?: string[], xName?: string, yName?: string }} given
 * @returns {SVGElement}
 */
export function chart({
  label,
  lines,
  x,
  y,
  log = false,
  percent = false,
  width = 320,
  height = 170,
  small = false,
  names,
  xName,
  yName,
}) {
  const left = small ? 34 : 40,
    marks = small ? 10 : 16, // from the axis down to its marks
    bottom = xName && !small ? 32 : marks + 4,
    top = yName ? 20 : 8,
    right = 8;
  const scale = log ? Math.log10 : (/** @type {number} */ value) => value;
  const [least, most] = y.map(scale),
    across = (/** @type {number} */ value) => left + ((value - x[0]) / (x[1] - x[0] || 1)) * (width - left - right);
  const down = (/** @type {number} */ value) =>
    height - bottom - ((scale(value) - least) / (most - least || 1)) * (height - bottom - top);
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: 'chart' });
  for (const value of ticks(y, log, small ? 2 : 4)) {
    const at = down(value);
    picture.append(svg('line', { x1: left, x2: width - right, y1: at, y2: at, class: 'grid' }));
    picture.append(
      svg('text', { x: left - 5, y: at + 3.5, 'text-anchor': 'end' }, percent ? `${Math.round(100 * value)} %` : short(value)),
    );
  }
  for (const value of names ? names.keys() : small ? [x[1]] : ticks(x, false, 4))
    picture.append(
      svg(
        'text',
        { x: across(value), y: height - bottom + marks, 'text-anchor': value === x[1] ? 'end' : 'middle' },
        names?.[value] ?? short(value),
      ),
    );
  if (xName) picture.append(svg('text', { x: (left + width - right) / 2, y: height - 4, 'text-anchor': 'middle' }, xName));
  if (yName) picture.append(svg('text', { x: 0, y: 10 }, yName));
  for (const { points, low, high, dash, colour, width: thick = 1.8 } of lines) {
    low?.forEach(([a, from], i) =>
      picture.append(
        svg('line', {
          x1: across(a),
          x2: across(a),
          y1: down(from),
          y2: down(high?.[i][1] ?? from),
          stroke: colour,
          'stroke-opacity': 0.45,
          'stroke-width': 3,
        }),
      ),
    );
    const seen = points.filter(([, value]) => Number.isFinite(value) && (!log || value > 0));
    const d = seen
      .map(
        ([a, b], i) => `${i ? 'L' : 'M'}${across(a).toFixed(1)} ${Math.min(height - bottom, Math.max(top, down(b))).toFixed(1)}`,
      )
      .join('');
    picture.append(
      svg('path', {
        d,
        fill: 'none',
        stroke: colour,
        'stroke-width': thick,
        'stroke-dasharray': dash ?? '',
        'stroke-linejoin': 'round',
      }),
    );
  }
  return picture;
}

/** A few round numbers between two. @type {(range: [number, number], log: boolean, about: number) => number[]} */
export function ticks([low, high], log, about) {
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9),
      last = Math.floor(Math.log10(high) + 1e-9),
      step = Math.max(1, Math.ceil((last - first) / about));
    return Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, i) => 10 ** (first + i * step));
  }
  const rough = (high - low) / about || 1,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** @type {(value: number) => string} */
function short(value) {
  if (value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e5))
    return `10${superscript(Math.round(Math.log10(value)))}`;
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

/** @type {(power: number) => string} */
const superscript = (power) => [...String(power)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('');
