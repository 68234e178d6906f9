// From a drawing to a picture like those of MNIST; the twin of lenet_utils/preparation.py, which explains the steps.

/** A picture: `rows` x `columns` numbers, 0 where it is blank. @typedef {{ rows: number, columns: number, ink: Float32Array }} Picture */

/**
 * Cropped, fitted into `box` pixels, its centre of mass in the middle of `side` x `side`; null for a blank picture.
 * With it where the digit lies, in pixels of the result.
 * @type {(picture: Picture, box?: number, side?: number) => { pixels: Float32Array, top: number, left: number, rows: number, columns: number } | null}
 */
export function prepare(picture, box = 20, side = 28) {
  const part = cropped(picture);
  if (!part) return null;
  const longest = Math.max(part.rows, part.columns);
  const rows = Math.max(1, roundHalfToEven((box * part.rows) / longest));
  const columns = Math.max(1, roundHalfToEven((box * part.columns) / longest));
  const digit = scaled(part, rows, columns),
    [middle, centre] = centreOfMass(digit);
  const top = first(middle, rows, side),
    left = first(centre, columns, side),
    pixels = new Float32Array(side * side);
  for (let i = 0; i < rows; i++) pixels.set(digit.ink.subarray(i * columns, (i + 1) * columns), (top + i) * side + left);
  return { pixels, top, left, rows, columns };
}

/** The smallest part that holds all ink, or null. @type {(picture: Picture) => Picture | null} */
export function cropped({ rows, columns, ink }) {
  let top = rows,
    left = columns,
    bottom = -1,
    right = -1;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      if (ink[i * columns + j] > 0) {
        ((top = Math.min(top, i)), (bottom = Math.max(bottom, i)));
        ((left = Math.min(left, j)), (right = Math.max(right, j)));
      }
  if (bottom < 0) return null;
  const height = bottom - top + 1,
    width = right - left + 1,
    part = new Float32Array(height * width);
  for (let i = 0; i < height; i++) part.set(ink.subarray((top + i) * columns + left, (top + i) * columns + right + 1), i * width);
  return { rows: height, columns: width, ink: part };
}

/** Every new pixel is the mean of the ink that falls into it. @type {(picture: Picture, rows: number, columns: number) => Picture} */
export function scaled(picture, rows, columns) {
  const down = means(picture.rows, rows),
    across = means(picture.columns, columns),
    ink = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (const [row, a] of down[i])
        for (const [column, b] of across[j]) sum += a * b * picture.ink[row * picture.columns + column];
      ink[i * columns + j] = sum;
    }
  return { rows, columns, ink };
}

/** Which of `before` pixels in a line make each of `after` new ones, and their shares. @type {(before: number, after: number) => [number, number][][]} */
function means(before, after) {
  return Array.from({ length: after }, (_, k) => {
    const from = (k * before) / after,
      to = ((k + 1) * before) / after;
    /** @type {[number, number][]} */
    const shares = [];
    for (let i = Math.floor(from); i < Math.min(before, Math.ceil(to)); i++)
      shares.push([i, ((Math.min(to, i + 1) - Math.max(from, i)) * after) / before]);
    return shares;
  });
}

/** Row and column of the mean place of the ink. @type {(picture: Picture) => [number, number]} */
export function centreOfMass({ rows, columns, ink }) {
  let all = 0,
    down = 0,
    across = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const value = ink[i * columns + j];
      ((all += value), (down += i * value), (across += j * value));
    }
  return [down / all, across / all];
}

/** @type {(middle: number, length: number, side: number) => number} */
const first = (middle, length, side) => Math.min(Math.max(Math.floor(Math.floor(side / 2) - middle + 0.5), 0), side - length);

/** As Python rounds. @type {(value: number) => number} */
function roundHalfToEven(value) {
  const whole = Math.floor(value),
    rest = value - whole;
  return rest === 0.5 ? whole + (whole % 2) : Math.round(value);
}
