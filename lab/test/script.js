// The program and the training of the train panel for the cases of tests/lab/test_lab_script.py: node test/script.js FOLDER
//
// Reads from FOLDER: digits.bin, as lenet_utils.lab.assets packs it, scans.bin, and cases.json, a list of name, fields, steps and the file
// of the first weights, if any. Writes there, for each, NAME.py, NAME_before.safetensors, NAME_after.safetensors;
// prints the accuracies after the steps.

import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { NUMBER, TRAIN, part, unpacked } from '../src/engine/digits.js';
import { Runner } from '../src/engine/race.js';
import { encode } from '../src/engine/weights.js';
import { script } from '../src/explain/script.js';
import { configuration } from '../src/more/sides.js';
import { kernelSet } from './kernel_sets.js';

const [folder] = process.argv.slice(2);
const kernels = await kernelSet('wasm'),
  digits = unpacked(new Uint8Array(gunzipSync(readFileSync(`${folder}/digits.bin`))));
const train = part(digits, 0, TRAIN),
  test = part(digits, TRAIN, NUMBER);

/** What stands in for all of MNIST: scans.bin, the 5,000 digits again and again, bytes of pixels and then of labels. */
function mnist() {
  const all = readFileSync(`${folder}/scans.bin`),
    labels = all.subarray(70000 * 28 * 28);
  const part = (from, to) => ({
    images: new Uint8Array(all.subarray(from * 28 * 28, to * 28 * 28)),
    labels: labels.subarray(from, to),
  });
  return [part(0, 60000), part(60000, 70000)];
}

async function run({ name, fields, steps, file }) {
  const letter = name.slice(-1),
    given = configuration(fields, letter),
    weights = file && readFileSync(`${folder}/${file}`);
  writeFileSync(`${folder}/${name}.py`, script(letter.toUpperCase(), given, fields, file));
  const runner = new Runner(kernels, { ...given, weights }, ...(fields.data === 'mnist' ? mnist() : [train, test])),
    save = (when) => writeFileSync(`${folder}/${name}_${when}.safetensors`, encode(runner.net, 'pytorch'));
  save('before');
  for (let k = 0; k < steps; k++) await runner.step(() => 0);
  save('after');
  return (await runner.measure()).accuracy;
}

const accuracies = [];
for (const each of JSON.parse(readFileSync(`${folder}/cases.json`))) accuracies.push(await run(each));
process.stdout.write(JSON.stringify(accuracies));
