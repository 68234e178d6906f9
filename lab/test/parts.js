// node parts.js FILE: what the parts of the panels give for the cases in a JSON file, as JSON; tests/test_lab_parts.py compares.

import { readFileSync } from 'node:fs';

import { entering } from '../src/engine/race.js';
import { walk } from '../src/engine/sizes.js';
import { decode } from '../src/engine/weights.js';
import { chart, ticks } from '../src/page/widgets/chart.js';
import { LeNet } from '../src/engine/lenet.js';
import { plain } from '../src/engine/kernels.js';
import { contributions } from '../src/explain/contributions.js';
import { Descent, batch } from '../src/explain/descent.js';
import { convolved } from '../src/explain/convolution.js';
import { prepare } from '../src/explain/preparation.js';
import { fieldsOf } from '../src/explain/presets.js';
import { drawn, readStrokes, written } from '../src/explain/strokes.js';

/** As much of a page as a chart needs: elements that remember what they are given. */
class Element {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [] });
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...children) {
    this.children.push(...children);
  }
}
globalThis.document = { createElementNS: (_, tag) => new Element(tag) };

const acts = {
  prepare: ({ rows, columns, ink, box, side }) => {
    const found = prepare({ rows, columns, ink: Float32Array.from(ink) }, box, side);
    return found && { ...found, pixels: Array.from(found.pixels) };
  },
  walk: ({ layers, channels, side }) => walk(layers, channels, side),
  strokes: ({ text }) => ({ again: written(readStrokes(text)), ink: Array.from(drawn(readStrokes(text)).ink) }),
  decode: ({ path }) => {
    try {
      const { tensors, normalise } = decode(readFileSync(path));
      return {
        normalise,
        tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, Array.from(tensor)])),
      };
    } catch (error) {
      return { refused: `${error.name}: ${error.message}` };
    }
  },
  chart,
  ticks: ({ range, log, about }) => ticks(range, log, about),
  preset: ({ name }) => fieldsOf(name),
  convolved: ({ picture, kernel, stride, padding }) => {
    const { side, edge, values, window } = convolved(picture, kernel, stride, padding);
    return { side, edge, values: Array.from(values), windows: Array.from(values, (_, step) => Array.from(window(step))) };
  },
  descent: ({ path, images, labels, lr, steps }) => {
    const { options, tensors } = decode(readFileSync(path)),
      descent = new Descent(plain, options);
    descent.load(tensors);
    const digits = { images: Float32Array.from(images), labels: Uint8Array.from(labels) };
    for (let k = 0; k < steps; k++) descent.step(digits, lr);
    const batches = Array.from({ length: steps }, (_, k) => Array.from(batch(labels.length, k)));
    return { batches, weights: Object.fromEntries(Object.entries(descent.weights).map(([name, w]) => [name, Array.from(w)])) };
  },
  contributions: ({ path, image, unit }) => {
    const { options, tensors } = decode(readFileSync(path)),
      net = new LeNet(plain, options, 1);
    net.load(tensors);
    net.forward(Float32Array.from(image));
    return contributions(net, unit);
  },
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
