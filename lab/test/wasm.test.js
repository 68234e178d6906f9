// The fast kernels: numbers that are the same wherever WebAssembly runs, and the plain kernels as their oracle.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ACTIVATIONS, POOLS, plain } from '../src/engine/kernels.js';
import { LeNet } from '../src/engine/lenet.js';
import { seeded } from '../src/engine/random.js';
import { Trainer } from '../src/engine/trainer.js';
import { hash } from '../src/engine/weights.js';
import { hasRelaxed, hasSimd } from '../src/engine/wasm.js';
import { kernelSet } from './kernel_sets.js';

const wasm = await kernelSet('wasm'),
  relaxed = hasRelaxed() ? await kernelSet('relaxed') : wasm;
const NUMBER = 70;
const random = seeded(5);
const images = Float32Array.from({ length: NUMBER * 784 }, () => random() - 0.2);
const labels = Uint8Array.from({ length: NUMBER }, (_, n) => n % 10);

/** Three epochs with a last batch that is smaller. */
function run(kernels, options, lr = 0.02) {
  const trainer = new Trainer(new LeNet(kernels, { seed: 7, ...options }), images, labels, {
    batch_size: 32,
    lr,
    momentum: 0.9,
    seed: 1,
  });
  let loss;
  while (trainer.epochs < 3) loss = trainer.step();
  return { net: trainer.net, loss };
}

test('this machine has the vectors, relaxed ones too', () => assert.ok(hasSimd() && hasRelaxed(), 'Take Node 21 or newer.'));

// From the first build of kernels.wasm; every browser must give the same, and another number means other arithmetic.
const HASHES = { 'sigmoid avg': 'b620c93c', 'tanh avg': '2592546a', 'relu max': '388754ef' };
for (const [name, expected] of Object.entries(HASHES))
  test(`a seeded run ends at the printed hash: ${name}`, () => {
    const [activation, pool] = name.split(' ');
    assert.equal(hash(run(wasm, { activation, pool }).net), expected);
  });

const SIZES = [
  {},
  { channels: [5, 15] },
  { kernel_size: 3, padding: 0 },
  { kernel_size: 4, padding: 3, channels: [1, 35], hidden: [3, 2] },
  { kernel_size: 8, padding: 0, channels: [2, 3] },
  { kernel_size: 1, padding: 0, channels: [3, 2] },
];
for (const activation of Object.keys(ACTIVATIONS))
  for (const pool of Object.keys(POOLS))
    test(`all sets of kernels agree for ${activation} and ${pool}`, () => {
      for (const sizes of SIZES) {
        const options = { activation, pool, init: activation === 'sigmoid' ? 'xavier-4' : 'xavier', ...sizes };
        const slow = run(plain, options, 0.005).net;
        for (const set of [wasm, relaxed]) {
          const fast = run(set, options, 0.005).net;
          for (const [name, weights] of Object.entries(slow.weights)) {
            const far = Math.max(...weights.map((weight, i) => Math.abs(weight - fast.weights[name][i])));
            assert.ok(far < 1e-4, `${set.name} ${JSON.stringify(sizes)} ${name}: ${far}`);
          }
        }
      }
    });

/** What a kernel of both sets leaves in its arrays: `arrays` by name, `call` gives the arguments. */
function both(name, arrays, call, scratch = 0) {
  return [plain, wasm].map((set) => {
    const k = set.open(
      Object.values(arrays).map((values) => values.length),
      scratch,
    );
    const own = Object.fromEntries(
      Object.entries(arrays).map(([key, values]) => {
        const array = k.alloc(values.length);
        array.set(values);
        return [key, array];
      }),
    );
    k[name](...call(own));
    return own;
  });
}

const drawn = (length, draw = () => random() - 0.5) => Float32Array.from({ length }, draw);

test('one convolution backwards: every gradient, for odd sizes, with padding and without', () => {
  for (const [C, H, W, O, K, P] of [
    [1, 5, 7, 3, 3, 0],
    [2, 6, 5, 1, 3, 1],
    [3, 9, 4, 7, 4, 2],
    [1, 3, 3, 2, 1, 0],
    [2, 11, 11, 5, 5, 0],
  ]) {
    const N = 2,
      area = (H + 2 * P - K + 1) * (W + 2 * P - K + 1),
      taps = C * K * K;
    const arrays = {
      x: drawn(N * C * H * W),
      w: drawn(O * taps),
      dy: drawn(N * O * area),
      dx: drawn(N * C * H * W),
      dw: drawn(O * taps),
      db: drawn(O),
    };
    const [slow, fast] = both(
      'conv2dGrad',
      arrays,
      ({ x, w, dy, dx, dw, db }) => [x, w, dy, dx, dw, db, N, C, H, W, O, K, P],
      taps * area,
    );
    for (const name of ['dx', 'dw', 'db'])
      slow[name].forEach((value, i) =>
        assert.ok(Math.abs(value - fast[name][i]) < 1e-5, `${[C, H, W, O, K, P]} ${name}[${i}]: ${value}, ${fast[name][i]}`),
      );
  }
});

test('pooling and its gradient, where numbers are equal and where a row or a column is left over', () => {
  const few = () => Math.floor(3 * random()); // so that the largest is often there twice
  for (const [H, W] of [
    [8, 8],
    [7, 10],
    [10, 9],
    [3, 18],
    [2, 2],
  ])
    for (const kind of [0, 1]) {
      const C = 3,
        out = C * (H >> 1) * (W >> 1),
        x = drawn(C * H * W, few);
      const [slow, fast] = both('pool', { x, y: new Float32Array(out) }, ({ x, y }) => [x, y, C, H, W, kind]);
      assert.deepEqual(fast.y, slow.y);
      const arrays = { x, y: slow.y, dy: drawn(out), dx: drawn(C * H * W) };
      const [slowly, fastly] = both('poolGrad', arrays, ({ x, y, dy, dx }) => [x, y, dy, dx, C, H, W, kind]);
      assert.deepEqual(fastly.dx, slowly.dx, `${H}x${W} ${kind}`);
    }
});

test('the activations and their ends are those of the plain kernels', () => {
  const numbers = [-1e30, -100, -88, -20, -1, -1e-3, -0, 0, 1e-3, 1, 20, 88, 100, 1e30, -Infinity, Infinity];
  const k = wasm.open([numbers.length, numbers.length], 0),
    x = k.alloc(numbers.length),
    y = k.alloc(numbers.length);
  x.set(numbers);
  for (const kind of Object.values(ACTIVATIONS)) {
    const expected = new Float32Array(numbers.length);
    plain.open([], 0).act(x, expected, numbers.length, kind);
    k.act(x, y, numbers.length, kind);
    y.forEach((value, i) =>
      assert.ok(value === expected[i] || Math.abs(value - expected[i]) < 3e-7, `${kind} of ${numbers[i]}: ${value}`),
    );
  }
});

test('a window with a number that is none gives none, wherever in it that stands', () => {
  for (const W of [4, 6, 8, 10, 14])
    for (const wrong of [0, 1, W - 2, W - 1, W, W + 1, 2 * W - 2, 2 * W - 1])
      for (const kind of Object.values(POOLS)) {
        const x = drawn(2 * W);
        x[wrong] = NaN;
        const [slow, fast] = both('pool', { x, y: new Float32Array(W / 2) }, ({ x, y }) => [x, y, 1, 2, W, kind]);
        assert.ok(slow.y.some(Number.isNaN));
        assert.deepEqual(fast.y.map(Number.isNaN), slow.y.map(Number.isNaN), `${W} ${wrong} ${kind}`);
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

test('one convolution forwards, and a dense layer, keep to their rows', () => {
  for (const O of [1, 5, 7, 13]) {
    const [C, H, W, K, P, N] = [2, 6, 7, 3, 1, 2],
      taps = C * K * K;
    const arrays = {
      x: drawn(N * C * H * W),
      w: drawn(O * taps),
      b: drawn(O),
      y: drawn(N * O * H * W),
      guard: new Float32Array(4 * H * W).fill(7),
    };
    const [slow, fast] = both('conv2d', arrays, ({ x, w, b, y }) => [x, w, b, y, N, C, H, W, O, K, P], taps * H * W);
    slow.y.forEach((value, i) => assert.ok(Math.abs(value - fast.y[i]) < 1e-5));
    assert.deepEqual(fast.guard, slow.guard);
    const I = 9,
      dense = {
        x: drawn(3 * I),
        w: drawn(O * I),
        dy: drawn(3 * O),
        dx: drawn(3 * I),
        dw: drawn(O * I),
        db: drawn(O),
        guard: new Float32Array(60).fill(7),
      };
    const [slowly, fastly] = both('linearGrad', dense, ({ x, w, dy, dx, dw, db }) => [x, w, dy, dx, dw, db, 3, I, O]);
    for (const name of ['dx', 'dw', 'db', 'guard'])
      slowly[name].forEach((value, i) => assert.ok(Math.abs(value - fastly[name][i]) < 1e-5, `${name} ${O}`));
  }
});

test('two networks share no memory', () => {
  const first = new LeNet(wasm),
    before = hash(first);
  new LeNet(wasm).parameters.fill(1);
  assert.equal(hash(first), before);
});

test('no array reaches into the next one', () => {
  for (const [name, call] of [
    ['act', (x, y) => [x, y, 5, 0]],
    ['actGrad', (x, y) => [x, x, y, 5, 1]],
    ['sgd', (x, y) => [y, x, x, 5, 1, 0]],
    ['pool', (x, y) => [x, y, 1, 2, 10, 1]],
  ]) {
    const k = wasm.open([20, 5, 5], 0),
      x = k.alloc(20),
      y = k.alloc(5),
      guard = k.alloc(5);
    guard.fill(7);
    k[name](...call(x, y));
    assert.ok(
      guard.every((value) => value === 7),
      name,
    );
  }
  const net = new LeNet(wasm, { channels: [3, 5], hidden: [7, 9] }, 3),
    k = net.kernels;
  assert.ok(net.parameters.byteOffset >= k.heapBase());
  assert.throws(() => k.alloc(1e6), RangeError); // nothing more than what was asked for
});
