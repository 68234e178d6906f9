// A drawing as strokes, and its ink on a grid. No canvas is read back: privacy browsers add noise to that.

/** Points of the pen, both coordinates from 0 to 255. @typedef {[number, number][]} Stroke */

export const GRID = 112; // four pixels of the grid for one of MNIST
const RADIUS = 4.5; // of the pen, in pixels of the grid

// A three, so that something is there to look at.
export const THREE = '5a3c7428932aa62fb1439b5d80695f6c80709d79b48db49e99b97bcb5ecc47be';

/** @typedef {import('./preparation.js').Picture} Picture */

/** @type {() => Picture} */
export const blank = () => ({ rows: GRID, columns: GRID, ink: new Float32Array(GRID * GRID) });

/** Ink from one point to another, on top of what is there. @type {(picture: Picture, from: [number, number], to: [number, number]) => void} */
export function line({ ink }, from, to) {
  const [x0, y0] = from.map(onGrid),
    [x1, y1] = to.map(onGrid),
    dx = x1 - x0,
    dy = y1 - y0,
    squared = dx * dx + dy * dy;
  const reach = RADIUS + 1;
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach)),
    bottom = Math.min(GRID - 1, Math.ceil(Math.max(y0, y1) + reach));
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach)),
    right = Math.min(GRID - 1, Math.ceil(Math.max(x0, x1) + reach));
  for (let i = top; i <= bottom; i++)
    for (let j = left; j <= right; j++) {
      const along = squared ? Math.min(1, Math.max(0, ((j - x0) * dx + (i - y0) * dy) / squared)) : 0;
      const distance = Math.hypot(j - x0 - along * dx, i - y0 - along * dy);
      ink[i * GRID + j] = Math.max(ink[i * GRID + j], Math.min(1, Math.max(0, RADIUS + 0.5 - distance)));
    }
}

/** @type {(value: number) => number} */
const onGrid = (value) => (value / 255) * GRID - 0.5;

/** The ink of all strokes. @type {(strokes: Stroke[]) => Picture} */
export function drawn(strokes) {
  const picture = blank();
  for (const stroke of strokes) stroke.forEach((point, i) => line(picture, stroke[Math.max(0, i - 1)], point));
  return picture;
}

/** Strokes as hexadecimal digits, four a point, with a dash between strokes. @type {(strokes: Stroke[]) => string} */
export const written = (strokes) =>
  strokes
    .map((stroke) =>
      stroke
        .flat()
        .map((value) => value.toString(16).padStart(2, '0'))
        .join(''),
    )
    .join('-');

export const WRITTEN = /^([0-9a-f]{4})*(-([0-9a-f]{4})+)*$/;

/** @type {(text: string) => Stroke[]} */
export const readStrokes = (text) =>
  text
    .split('-')
    .filter(Boolean)
    .map((stroke) =>
      (stroke.match(/.{4}/g) ?? []).map((point) => [parseInt(point.slice(0, 2), 16), parseInt(point.slice(2), 16)]),
    );
