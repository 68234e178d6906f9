// node backward.js FOLDER: passes for the cases in FOLDER/cases.json, which tests/lab/test_lab_backward.py wrote and compares.
//
// Writes FOLDER/N.f64 for case N: maps, sums, arriving, deltas and gradients, each by name in the order of the report;
// and FOLDER/report.json: losses, shares, what was opened, and what a step changed.

import { readFileSync, writeFileSync } from 'node:fs';

import { onScale } from '../src/engine/digits.js';
import { decode } from '../src/engine/weights.js';
import { norms, stepped, trace } from '../src/explain/backward.js';
import { open, readName } from '../src/explain/open.js';
import { prepare } from '../src/explain/preparation.js';
import { drawn, readStrokes } from '../src/explain/strokes.js';

const folder = process.argv[2];
const PARTS = ['maps', 'sums', 'arriving', 'deltas', 'gradients'];

const report = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8')).map(
  ({ weights, strokes, scale = 'note', label, lr, names }, n) => {
    const { options, tensors } = decode(readFileSync(weights));
    const pixels = onScale(prepare(drawn(readStrokes(strokes))).pixels, scale);
    const pass = trace(options, tensors, pixels, label);
    const numbers = PARTS.flatMap((part) => Object.entries(pass[part]).map(([name, values]) => [part, name, values]));
    writeFileSync(`${folder}/${n}.f64`, new Float64Array(numbers.flatMap(([, , values]) => Array.from(values))));
    const opened = Object.fromEntries(names.map((name) => [name, attempt(() => open(pass, readName(name)))]));
    const weightsAfter = stepped(tensors, pass.gradients, lr),
      after = trace(options, weightsAfter, pixels, label);
    return {
      pixels: Array.from(pixels),
      arrays: numbers.map(([part, name, { length }]) => [part, name, length]),
      opened,
      loss: pass.loss,
      shares: pass.shares,
      after: { loss: after.loss, shares: after.shares, norms: norms(weightsAfter['C3.weight'], options.channels[1]) },
    };
  },
);
writeFileSync(`${folder}/report.json`, JSON.stringify(report));

/** @type {(act: () => unknown) => unknown} */
function attempt(act) {
  try {
    return act();
  } catch (error) {
    return { refused: `${error.name}: ${error.message}` };
  }
}
