// Images a second of the three sets of kernels, in turns: node test/speed.js [SECONDS]

import { LeNet } from '../src/engine/lenet.js';
import { seeded } from '../src/engine/random.js';
import { Trainer } from '../src/engine/trainer.js';
import { kernelSet } from './kernel_sets.js';

const seconds = Number(process.argv[2] ?? 2);
const images = Float32Array.from({ length: 640 * 784 }, seeded(1)),
  labels = Uint8Array.from({ length: 640 }, (_, n) => n % 10);
for (let round = 0; round < 3; round++)
  for (const options of [
    { activation: 'sigmoid', pool: 'avg' },
    { activation: 'relu', pool: 'max' },
  ])
    for (const name of ['js', 'wasm', 'relaxed']) {
      const trainer = new Trainer(new LeNet(await kernelSet(name), options), images, labels, { batch_size: 32, lr: 0.01 });
      for (let i = 0; i < 5; i++) trainer.step();
      const begin = performance.now(),
        before = trainer.seen;
      while (performance.now() - begin < seconds * 1000) trainer.step();
      const speed = (1000 * (trainer.seen - before)) / (performance.now() - begin);
      console.log(`${options.activation}/${options.pool} ${name}: ${Math.round(speed)} images/s`);
    }
