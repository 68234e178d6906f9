// The program and the training of the train panel for the cases of tests/lab/test_lab_script.py: node test/script.js FOLDER
//
// Reads from FOLDER: digits.bin, as lenet_utils.lab.assets packs it, and cases.json, a list of name, fields, steps and the file
// of the first weights, if any. Writes there, for each, NAME.py, NAME_before.safetensors, NAME_after.safetensors;
// prints the accuracies after the steps.

import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { NUMBER, TRAIN, part, unpacked } from '../src/engine/digits.js';
import { Runner } from '../src/engine/race.js';
import { encode } from '../src/engine/weights.js';
import { script } from '../src/explain/script.js';
import { configuration } from '../src/page/widgets/sides.js';
import { kernelSet } from './kernel_sets.js';

const [folder] = process.argv.slice(2);
const kernels = await kernelSet('wasm'),
  digits = unpacked(new Uint8Array(gunzipSync(readFileSync(`${folder}/digits.bin`))));
const train = part(digits, 0, TRAIN),
  test = part(digits, TRAIN, NUMBER);

function run({ name, fields, steps, file }) {
  const letter = name.slice(-1),
    given = configuration(fields, letter),
    weights = file && readFileSync(`${folder}/${file}`);
  writeFileSync(`${folder}/${name}.py`, script(letter.toUpperCase(), given, fields.epochs, file));
  const runner = new Runner(kernels, { ...given, weights }, train, test),
    save = (when) => writeFileSync(`${folder}/${name}_${when}.safetensors`, encode(runner.net, 'pytorch'));
  save('before');
  for (let k = 0; k < steps; k++) runner.step(() => 0);
  save('after');
  return runner.measure().accuracy;
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(`${folder}/cases.json`)).map(run)));
