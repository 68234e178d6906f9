// node train.js DIGITS KERNELS EPOCHS [COUNT]: trains the network A that the train panel begins with, on all digits or the
// first COUNT, and prints hash and accuracy. DIGITS is the file that lenet_utils.lab.assets packs.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { TRAIN, part, unpacked } from '../src/engine/digits.js';
import { Runner } from '../src/engine/race.js';
import { fieldsOf } from '../src/explain/presets.js';
import { kernelSet } from './kernel_sets.js';

const [file, name, epochs, count = TRAIN] = process.argv.slice(2);
const digits = unpacked(new Uint8Array(gunzipSync(readFileSync(file))));
const {
  a_lr: lr,
  a_momentum: momentum,
  a_batch: batch_size,
  a_activation: activation,
  a_pool: pool,
  a_init: init,
} = fieldsOf('start');
const runner = new Runner(
  await kernelSet(name),
  {
    options: { activation, pool, init, seed: 0 },
    settings: { lr, momentum, batch_size, seed: 0 },
    input: { count: Number(count), standardise: true, shuffled: false },
  },
  part(digits, 0, TRAIN),
  part(digits, TRAIN, digits.labels.length),
);
while (runner.trainer.epochs < Number(epochs)) await runner.step(() => 0);
process.stdout.write(JSON.stringify({ hash: runner.hash, accuracy: (await runner.measure()).accuracy }));
