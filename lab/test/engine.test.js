// What needs no PyTorch: sizes, initial weights, files, and the words for what cannot be.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plain } from '../src/engine/kernels.js';
import { LeNet } from '../src/engine/lenet.js';
import { complete, layers } from '../src/engine/options.js';
import { entering } from '../src/engine/race.js';
import { seeded, shuffle } from '../src/engine/random.js';
import { Trainer, accuracy } from '../src/engine/trainer.js';
import { decode, encode, hash } from '../src/engine/weights.js';
import { show } from '../src/page/dom.js';

const images = (number) => Float32Array.from({ length: number * 784 }, seeded(5));

test('the defaults are the network of the note, with 61,706 weights', () => {
  const net = new LeNet(plain);
  assert.equal(net.parameters.length, 61706);
  const sizes = Object.entries(net.layers).map(([name, { channels, side }]) => `${name} ${channels}@${side}`);
  assert.deepEqual(sizes, ['input 1@28', 'C1 6@28', 'S2 6@14', 'C3 16@10', 'S4 16@5', 'F5 120@1', 'F6 84@1', 'OUT 10@1']);
});

test('an odd last row is left out by the pooling', () => {
  const { C1, S2, C3, S4 } = layers(complete({ kernel_size: 3, padding: 0 }));
  assert.deepEqual(
    [C1, S2, C3, S4].map(({ side }) => side),
    [26, 13, 11, 5],
  );
});

// The first three numbers of mulberry32 from seed 1, by its published definition in 32-bit arithmetic (by hand in Python).
test('the generator gives the numbers of mulberry32', () => {
  const random = seeded(1);
  assert.deepEqual(
    [0, 0, 0].map(() => random() * 2 ** 32),
    [2693262067, 11749833, 2265367787],
  );
});

test('shuffling keeps every item', () => {
  const items = Uint32Array.from({ length: 100 }, (_, i) => i),
    before = items.slice();
  shuffle(items, seeded(1));
  assert.notDeepEqual(items, before);
  assert.deepEqual(items.slice().sort(), before);
});

test('weights begin evenly within the bounds of their rule', () => {
  const fans = { C1: [25, 150], C3: [150, 400], F5: [400, 120], F6: [120, 84], OUT: [84, 10] };
  const bounds = {
    xavier: (i, o) => Math.sqrt(6 / (i + o)),
    'xavier-4': (i, o) => 4 * Math.sqrt(6 / (i + o)),
    he: (i) => Math.sqrt(6 / i),
    1998: (i) => 2.4 / i,
    pytorch: (i) => 1 / Math.sqrt(i),
  };
  for (const [init, bound] of Object.entries(bounds)) {
    const net = new LeNet(plain, { init }, 1);
    for (const [layer, [fanIn, fanOut]] of Object.entries(fans))
      for (const [part, limit] of [
        ['weight', bound(fanIn, fanOut)],
        ['bias', 1 / Math.sqrt(fanIn)],
      ]) {
        const numbers = net.weights[`${layer}.${part}`],
          largest = Math.max(...numbers.map(Math.abs));
        assert.ok(largest <= limit * (1 + 1e-6) && largest > 0.7 * limit, `${init} ${layer}.${part}: ${largest} for ${limit}`);
        assert.ok(Math.min(...numbers) < 0 && Math.max(...numbers) > 0);
      }
  }
});

test('a seed fixes the initial weights', () => {
  const [first, again, other] = [1, 1, 2].map((seed) => hash(new LeNet(plain, { seed }, 1)));
  assert.equal(first, again);
  assert.notEqual(first, other);
});

test('one bit of one weight changes the hash', () => {
  const net = new LeNet(plain, {}, 1),
    before = hash(net);
  new Uint32Array(net.parameters.buffer)[30000] ^= 1;
  assert.notEqual(hash(net), before);
});

test('every map of the last forward can be read', () => {
  const net = new LeNet(plain);
  net.forward(images(5));
  net.forward(images(3));
  for (const [name, { values }] of Object.entries(net.layers)) assert.equal(net.map(name).length, 3 * values);
  assert.deepEqual(net.map('input'), images(3));
});

test('a file holds options and weights', () => {
  const net = new LeNet(plain, { activation: 'tanh', channels: [5, 15], seed: 3 }, 1);
  const { options, tensors, normalise } = decode(encode(net, 'note')),
    copy = new LeNet(plain, { ...options, seed: 4 }, 1);
  assert.deepEqual({ ...options, init: 'xavier', seed: 3 }, net.options);
  assert.equal(normalise, 'note');
  copy.load(tensors);
  assert.equal(hash(copy), hash(net));
});

test('a file that is not whole or not ours is refused with what is wrong', () => {
  const file = encode(new LeNet(plain, {}, 1), 'pytorch');
  const edited = (from, to) => {
    const text = new TextDecoder('latin1').decode(file);
    assert.ok(text.includes(from));
    return Uint8Array.from(text.replace(from, to), (c) => c.charCodeAt(0));
  };
  assert.throws(() => decode(file.subarray(0, 5)), /ends inside its header, after 5 bytes. Download or save it again/);
  assert.throws(() => decode(file.subarray(0, 300)), /ends inside its header, after 300 bytes/);
  assert.throws(() => decode(file.subarray(0, -4)), /ends inside OUT.bias: 246824 bytes expected, 246820 there/);
  assert.throws(() => decode(new Uint8Array([...file, 0])), /lie over each other or apart/);
  assert.throws(() => decode(edited('"lenet":"1"', '"lenet":"2"')), /has version 2, expected 1. Save it again/);
  assert.throws(() => decode(edited('"__metadata__"', '"__metabody__"')), /holds tensors without the options of a LeNet/);
  assert.throws(() => decode(edited('{"__meta', '?"__meta')), /no weights file: its header is not JSON/);
  assert.throws(() => decode(edited('[6,1,5,5]', '[6,1,5,4]')), /C1.weight expects the shape 6x1x5x5, got \[6,1,5,4\]/);
  assert.throws(() => decode(edited('"F32"', '"F64"')), /C1.weight expects 1200 bytes, got the places \[0,600\]/);
  assert.throws(() => decode(edited('"F32"', '"I32"')), /expects floating-point numbers \(F16, BF16, F32, F64\), got "I32"/);
  assert.throws(() => decode(edited('[0,600]', '[4,604]')), /lie over each other or apart/);
  assert.throws(() => decode(edited('[0,600]', '[4,600]')), /C1.weight expects 600 bytes, got the places \[4,600\]/);
});

test('impossible options are refused with what was expected and what came', () => {
  const refused = (options, message) => assert.throws(() => new LeNet(plain, options), { name: 'LabError', message });
  refused({ activation: 'swish' }, 'No activation is called "swish". Known: sigmoid, tanh, relu.');
  refused({ pool: 'sum' }, 'No pool is called "sum". Known: avg, max.');
  refused({ init: 'zero' }, 'No init is called "zero". Known: xavier, xavier-4, he, 1998, pytorch.');
  refused({ kernel: 3 }, /^No option is called "kernel". Known: activation, /);
  refused({ channels: 6 }, 'channels expects two numbers, got 6.');
  refused({ channels: [6, 0] }, 'channels expects a whole number of at least 1, got 0.');
  refused({ hidden: [120] }, 'hidden expects two numbers, got [120].');
  refused({ seed: 1.5 }, 'seed expects a whole number of at least 0, got 1.5.');
  refused({ padding: -1 }, 'padding expects a whole number of at least 0, got -1.');
  refused({ kernel_size: 29, padding: 0 }, /^C1: a 29x29 kernel does not fit into 28x28 pixels with padding 0\. Take/);
  refused({ kernel_size: 14, padding: 0 }, /^C3: a 14x14 kernel does not fit into 7x7 pixels/);
  refused({ kernel_size: 28, padding: 0 }, /^S2: a 2x2 window does not fit into 1x1 pixels/);
});

test('wrong pictures and labels are refused with what was expected and what came', () => {
  const net = new LeNet(plain, {}, 4);
  assert.throws(() => net.forward(images(5)), /expects 1 to 4 images of 784 pixels, got 3920 numbers/);
  assert.throws(() => net.forward(new Float32Array(0)), /expects 1 to 4 images of 784 pixels, got 0 numbers/);
  assert.throws(() => net.forward(new Float32Array(1000)), /got 1000 numbers/);
  net.forward(images(2));
  assert.throws(() => net.loss([1]), /loss expects 2 labels, one an image, got 1/);
  assert.throws(() => net.loss([1, 10]), /Label 1 is 10; labels are whole numbers from 0 to 9/);
  assert.throws(() => net.loss([1, NaN]), /Label 1 is NaN/);
  const { 'OUT.bias': _, ...short } = net.weights;
  assert.throws(() => net.load(short), /OUT.bias expects 10 numbers \(10\), got 0. Give the net the file's options/);
  assert.throws(
    () => net.load({ ...net.weights, 'C1.weight': new Float32Array(7) }),
    /C1.weight expects 150 numbers \(6x1x5x5\), got 7/,
  );
});

test('bytes train as the numbers that they stand for', () => {
  const bytes = Uint8Array.from({ length: 20 * 784 }, (_, i) => (i * i) % 256),
    labels = Uint8Array.from({ length: 20 }, (_, n) => n % 10);
  for (const shuffled of [false, true]) {
    const [fromBytes, fromNumbers] = [bytes, Float32Array.from(bytes, (byte) => byte / 255)].map((images) => {
      const entered = entering({ images, labels }, { standardise: true, shuffled });
      const trainer = new Trainer(new LeNet(plain, {}, 8), entered.images, labels, { batch_size: 8, lr: 0.01 });
      while (trainer.epochs < 1) trainer.step();
      return { hash: hash(trainer.net), right: accuracy(trainer.net, entered.images, labels) };
    });
    assert.deepEqual(fromBytes, fromNumbers);
  }
});

test('the rate of a cycle rises to the given one and falls to 0', () => {
  const trainer = new Trainer(new LeNet(plain, {}, 4), images(4), [1, 2, 3, 4], { batch_size: 1, lr: 0.8, cycle: 5 });
  const rates = Array.from({ length: 22 }, (_, k) => ((trainer.seen = k), trainer.rate));
  assert.equal(rates.indexOf(Math.max(...rates)), 6);
  assert.deepEqual([rates[0], rates[20], rates[21]], [0.8 * (0.025 / 0.3), 0, 0]);
  assert.ok(Math.abs(rates[19] - (0.8 * 0.025) / 0.7) < 1e-12);
});

test('wrong settings of a training are refused', () => {
  const net = new LeNet(plain, {}, 4),
    four = images(4);
  const refused = (settings, message) =>
    assert.throws(() => new Trainer(net, four, [1, 2, 3, 4], { batch_size: 2, ...settings }), { message });
  refused({ batch_size: 5 }, 'batch_size expects at most 4, got 5; make the net with a larger maxBatch.');
  refused({ batch_size: 0 }, 'batch_size expects a whole number of at least 1, got 0.');
  refused({ lr: -1 }, 'lr expects a finite number of at least 0, got -1.');
  refused({ momentum: NaN }, 'momentum expects a finite number of at least 0, got NaN.');
  assert.throws(
    () => new Trainer(net, four, [1, 2], { batch_size: 2 }),
    /Expected 784 pixels for every label, got 3136 pixels and 2 labels/,
  );
  assert.throws(() => accuracy(net, four, []), /got 3136 pixels and 0 labels/);
});

test('a number for reading has three digits behind the point, fewer if it is large, and a power of ten if it is small', () =>
  assert.deepEqual([0, 0.5, -12.345, 678.9, 0.001, 3.6e-4, -1.26e-12, NaN].map(show), [
    '0.000',
    '0.500',
    '−12.35',
    '678.9',
    '0.001',
    '3.6·10^−4',
    '−1.3·10^−12',
    'NaN',
  ]));
