// node parts.js FILE: what the parts of the panels give for the cases in a JSON file, as JSON; tests/test_lab_parts.py compares.

import { readFileSync } from 'node:fs';

import { entering } from '../src/race.js';
import { walk } from '../src/sizes.js';
import { decode } from '../src/weights.js';
import { prepare } from '../src/page/preparation.js';
import { drawn, readStrokes, written } from '../src/page/strokes.js';

const acts = {
  prepare: ({ rows, columns, ink, box, side }) => {
    const found = prepare({ rows, columns, ink: Float32Array.from(ink) }, box, side);
    return found && { ...found, pixels: Array.from(found.pixels) };
  },
  walk: ({ layers, channels, side }) => walk(layers, channels, side),
  strokes: ({ text }) => ({ again: written(readStrokes(text)), ink: Array.from(drawn(readStrokes(text)).ink) }),
  decode: ({ path }) => Object.fromEntries(Object.entries(decode(readFileSync(path)).tensors).map(([name, tensor]) => [name, Array.from(tensor)])),
  entering: ({ images, input }) =>
    Array.from(entering({ images: Float32Array.from(images), labels: Uint8Array.of(0) }, input).images),
};

const answers = JSON.parse(readFileSync(process.argv[2], 'utf8')).map(({ act, ...given }) => {
  try {
    return { result: acts[act](given) };
  } catch (error) {
    return { error: error.message, name: error.name };
  }
});
process.stdout.write(JSON.stringify(answers));
