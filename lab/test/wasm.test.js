// The fast kernels: numbers that are the same wherever WebAssembly runs, and the plain kernels as their oracle.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ACTIVATIONS, POOLS, plain } from '../src/kernels.js';
import { LeNet } from '../src/lenet.js';
import { seeded } from '../src/random.js';
import { Trainer } from '../src/trainer.js';
import { hash } from '../src/weights.js';
import { hasSimd } from '../src/wasm.js';
import { kernelSet } from './kernel_sets.js';

const wasm = await kernelSet('wasm');
const NUMBER = 70;
const random = seeded(5);
const images = Float32Array.from({ length: NUMBER * 784 }, () => random() - 0.2);
const labels = Uint8Array.from({ length: NUMBER }, (_, n) => n % 10);

/** Three epochs with a last batch that is smaller. */
function run(kernels, options, lr = 0.02) {
  const trainer = new Trainer(new LeNet(kernels, { seed: 7, ...options }), images, labels, { batch_size: 32, lr, momentum: 0.9, seed: 1 });
  let loss;
  while (trainer.epochs < 3) loss = trainer.step();
  return { net: trainer.net, loss };
}

test('this machine has the vectors', () => assert.equal(hasSimd(), true));

// From the first build of kernels.wasm; every browser must give the same, and another number means other arithmetic.
const HASHES = { 'sigmoid avg': 'b620c93c', 'tanh avg': '2592546a', 'relu max': '388754ef' };
for (const [name, expected] of Object.entries(HASHES))
  test(`a seeded run ends at the printed hash: ${name}`, () => {
    const [activation, pool] = name.split(' ');
    assert.equal(hash(run(wasm, { activation, pool }).net), expected);
  });

const SIZES = [{}, { channels: [5, 15] }, { kernel_size: 3, padding: 0 }, { kernel_size: 4, padding: 3, channels: [1, 35], hidden: [3, 2] },
  { kernel_size: 8, padding: 0, channels: [2, 3] }, { kernel_size: 1, padding: 0, channels: [3, 2] }];
for (const activation of Object.keys(ACTIVATIONS))
  for (const pool of Object.keys(POOLS))
    test(`both sets of kernels agree for ${activation} and ${pool}`, () => {
      for (const sizes of SIZES) {
        const options = { activation, pool, init: activation === 'sigmoid' ? 'xavier-4' : 'xavier', ...sizes };
        const slow = run(plain, options, 0.005).net, fast = run(wasm, options, 0.005).net;
        for (const [name, weights] of Object.entries(slow.weights)) {
          const far = Math.max(...weights.map((weight, i) => Math.abs(weight - fast.weights[name][i])));
          assert.ok(far < 1e-4, `${JSON.stringify(sizes)} ${name}: ${far}`);
        }
      }
    });

test('the activations and their ends are those of the plain kernels', () => {
  const numbers = [-1e30, -100, -88, -20, -1, -1e-3, -0, 0, 1e-3, 1, 20, 88, 100, 1e30, -Infinity, Infinity];
  const k = wasm.open([numbers.length, numbers.length], 0), x = k.alloc(numbers.length), y = k.alloc(numbers.length);
  x.set(numbers);
  for (const kind of Object.values(ACTIVATIONS)) {
    const expected = new Float32Array(numbers.length);
    plain.open([], 0).act(x, expected, numbers.length, kind);
    k.act(x, y, numbers.length, kind);
    y.forEach((value, i) => assert.ok(value === expected[i] || Math.abs(value - expected[i]) < 3e-7, `${kind} of ${numbers[i]}: ${value}`));
  }
});

for (const kernels of [plain, wasm])
  test(`a training that diverges shows a loss that is no number: ${kernels.name}`, () => {
    for (const activation of Object.keys(ACTIVATIONS)) {
      const net = new LeNet(kernels, { activation, pool: 'max' });
      net.weights['C1.weight'][0] = NaN;
      net.forward(images.subarray(0, 784));
      assert.ok(Number.isNaN(net.loss([1])), activation);
    }
  });

test('two networks share no memory', () => {
  const first = new LeNet(wasm), before = hash(first);
  new LeNet(wasm).parameters.fill(1);
  assert.equal(hash(first), before);
});

test('no array reaches into the next one', () => {
  const net = new LeNet(wasm, { channels: [3, 5], hidden: [7, 9] }, 3), k = net.kernels;
  assert.ok(net.parameters.byteOffset >= k.heapBase());
  assert.throws(() => k.alloc(1e6), RangeError); // nothing more than what was asked for
});
