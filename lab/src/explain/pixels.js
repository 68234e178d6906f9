// Pictures of numbers: crisp squares in the colours of the page. Ink on paper, maps in the colour of their layer,
// weights from orange over paper to blue.

/** @typedef {[number, number, number]} Colour */
/** @typedef {Record<'paper' | 'wash' | 'ink' | 'muted' | 'line' | 'c' | 's' | 'f' | 'o', Colour>} Palette */

/** @type {Record<'light' | 'dark', Record<keyof Palette, string>>} */
export const PALETTES = {
  light: {
    paper: '#fbfaf7',
    wash: '#f3f0e9',
    ink: '#1d2129',
    muted: '#5a6270',
    line: '#d9d4c8',
    c: '#1f5fa8',
    s: '#0d7a63',
    f: '#b4480b',
    o: '#8e3a78',
  },
  dark: {
    paper: '#14161a',
    wash: '#1c1f25',
    ink: '#e9e6df',
    muted: '#a3abb8',
    line: '#343a44',
    c: '#7db4f0',
    s: '#4fc3a1',
    f: '#f0a066',
    o: '#dd8fc8',
  },
};

/** @type {Record<string, keyof Palette>} */
export const COLOUR_OF = { input: 'ink', C1: 'c', C3: 'c', C5: 'c', S2: 's', S4: 's', F5: 'f', F6: 'f', OUT: 'o' };

/** @type {(hex: string) => Colour} */
const parts = (hex) => /** @type {Colour} */ ([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** @type {(dark: boolean) => Palette} */
export const palette = (dark) =>
  /** @type {Palette} */ (
    Object.fromEntries(Object.entries(PALETTES[dark ? 'dark' : 'light']).map(([name, hex]) => [name, parts(hex)]))
  );

/**
 * Pictures of `rows` x `columns` numbers side by side, `across` of them in a line, `gap` pixels of nothing between.
 * @typedef {{ count: number, rows: number, columns: number, across: number, gap: number }} Sheet
 */

/** @type {(sheet: Sheet) => { width: number, height: number }} */
export function size({ count, rows, columns, across, gap }) {
  const lines = Math.ceil(count / across),
    shown = Math.min(count, across);
  return { width: shown * (columns + gap) - gap, height: lines * (rows + gap) - gap };
}

/** Where picture `k` begins. @type {(sheet: Sheet, k: number) => { x: number, y: number }} */
export const corner = ({ rows, columns, across, gap }, k) => ({
  x: (k % across) * (columns + gap),
  y: Math.floor(k / across) * (rows + gap),
});

/** The picture, row and column at a point of the sheet, or null between pictures. @type {(sheet: Sheet, x: number, y: number) => [number, number, number] | null} */
export function at(sheet, x, y) {
  const { rows, columns, across, gap, count } = sheet;
  const across_ = Math.floor(x / (columns + gap)),
    down = Math.floor(y / (rows + gap));
  const j = Math.floor(x - across_ * (columns + gap)),
    i = Math.floor(y - down * (rows + gap)),
    k = down * across + across_;
  return across_ >= 0 && across_ < across && k >= 0 && k < count && i >= 0 && i < rows && j >= 0 && j < columns
    ? [k, i, j]
    : null;
}

/**
 * Paint a sheet on a canvas, one canvas pixel a number.
 * @type {(canvas: HTMLCanvasElement, sheet: Sheet, values: ArrayLike<number>, colour: (value: number) => Colour) => void}
 */
export function paint(canvas, sheet, values, colour) {
  const { width, height } = size(sheet),
    { count, rows, columns } = sheet;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')),
    image = context.createImageData(width, height);
  for (let k = 0, from = 0; k < count; k++) {
    const { x, y } = corner(sheet, k);
    for (let i = 0; i < rows; i++)
      for (let j = 0, to = 4 * ((y + i) * width + x); j < columns; j++, to += 4) {
        const [red, green, blue] = colour(values[from++]);
        ((image.data[to] = red), (image.data[to + 1] = green), (image.data[to + 2] = blue), (image.data[to + 3] = 255));
      }
  }
  context.putImageData(image, 0, 0);
}

/** From `paper` at `least` to `full` at `most`. @type {(paper: Colour, full: Colour, least: number, most: number) => (value: number) => Colour} */
export function sequential(paper, full, least, most) {
  const span = most - least || 1;
  return (value) => mixed(paper, full, (value - least) / span);
}

/** Orange below zero, nearly paper at zero, blue above. @type {(palette: Palette, largest: number) => (value: number) => Colour} */
export const diverging =
  ({ wash, c, f }, largest) =>
  (value) =>
    mixed(wash, value < 0 ? f : c, Math.abs(value) / (largest || 1));

/** @type {(from: Colour, to: Colour, share: number) => Colour} */
function mixed(from, to, share) {
  const part = Math.min(1, Math.max(0, share)) || 0; // a NaN is paper
  return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]), from[2] + part * (to[2] - from[2])];
}

/** @type {(numbers: ArrayLike<number>) => { least: number, most: number, largest: number }} */
export function range(numbers) {
  let least = Infinity,
    most = -Infinity;
  for (let i = 0; i < numbers.length; i++) ((least = Math.min(least, numbers[i])), (most = Math.max(most, numbers[i])));
  return { least, most, largest: Math.max(Math.abs(least), Math.abs(most)) };
}
