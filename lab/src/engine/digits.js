// The 5,000 digits of the data set, with 16 levels of grey, as `lenet_utils.lab.assets` packs them:
// per digit 392 bytes, two pixels a byte, the left one in the upper half; then a byte a label.

import { LabError, SIDE } from './options.js';

const PIXELS = SIDE * SIDE,
  PACKED = PIXELS / 2;
export const TRAIN = 4000; // the first are to train on, the rest to test
export const NUMBER = 5000;

/** How PyTorch's MNIST example standardises pixels from 0 to 1. */
export const MEAN = 0.1307,
  DEVIATION = 0.3081;

/** @typedef {{ images: Float32Array, labels: Uint8Array }} Digits  pixels from 0 to 1 */
/** @typedef {{ images: Uint8Array, labels: Uint8Array }} Scans  the same with bytes for pixels, 255 for 1 */

/** @type {(all: Uint8Array) => Digits} */
export function unpacked(all) {
  const count = all.length / (PACKED + 1);
  if (count !== NUMBER)
    throw new LabError(
      `The file of digits is damaged: ${NUMBER * (PACKED + 1)} bytes expected, got ${all.length}. Load the page again.`,
    );
  const images = new Float32Array(count * PIXELS);
  for (let i = 0; i < count * PACKED; i++) {
    images[2 * i] = (all[i] >> 4) / 15;
    images[2 * i + 1] = (all[i] & 15) / 15;
  }
  return { images, labels: all.slice(count * PACKED) };
}

/** @type {(digits: Digits, from: number, to: number) => Digits} */
export const part = ({ images, labels }, from, to) => ({
  images: images.subarray(from * PIXELS, to * PIXELS),
  labels: labels.subarray(from, to),
});

/** What paper and ink are on each scale of `lenet_utils.data`. */
export const SCALES = {
  note: [0, 1],
  pytorch: [-MEAN / DEVIATION, (1 - MEAN) / DEVIATION],
  1998: [-0.1, 1.175],
};
/** @typedef {'note' | 'pytorch' | '1998'} Scale */

/** Pixels from 0 to 1 on another scale. @type {(pixels: Float32Array, scale: Scale) => Float32Array} */
export function onScale(pixels, scale) {
  const [paper, ink] = SCALES[scale];
  return scale === 'pytorch' ? standardised(pixels) : pixels.map((pixel) => paper + (ink - paper) * pixel);
}

/** Pixels from 0 to 1 on the scale that the trained networks expect. @type {(pixels: Float32Array) => Float32Array} */
export const standardised = (pixels) => pixels.map((pixel) => (pixel - MEAN) / DEVIATION);
