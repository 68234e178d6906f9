// What the engine computes for a case that tests/test_lab_engine.py wrote: node test/run.js FOLDER KERNELS
//
// Reads from FOLDER: case.json, start.safetensors, test_images.f32, train_images.f32, train_labels.u8.
// Writes to FOLDER/KERNELS: logits.f32, gradients.safetensors, after.safetensors, report.json.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { LeNet } from '../src/engine/lenet.js';
import { Trainer, accuracy, predict } from '../src/engine/trainer.js';
import { decode, encode, hash } from '../src/engine/weights.js';
import { kernelSet } from './kernel_sets.js';

const [folder, name] = process.argv.slice(2);
const out = `${folder}/${name}`;
const read = (file) => readFileSync(`${folder}/${file}`);
const floats = (file) => new Float32Array(new Uint8Array(read(file)).buffer);
const { batch_size, lr, momentum, steps } = JSON.parse(read('case.json'));
const train = { images: floats('train_images.f32'), labels: read('train_labels.u8') };
const test = { images: floats('test_images.f32'), labels: read('test_labels.u8') };
const start = decode(read('start.safetensors'));

/** The net of the case, with the weights it begins with. */
async function begun() {
  const net = new LeNet(await kernelSet(name), start.options, batch_size);
  net.load(start.tensors);
  return net;
}

/** The i-th minibatch, in the order of the file. */
const batch = (i) => [
  train.images.subarray(i * batch_size * 784, (i + 1) * batch_size * 784),
  train.labels.subarray(i * batch_size, (i + 1) * batch_size),
];

async function logits() {
  const net = await begun(),
    all = new Float32Array(test.labels.length * 10);
  for (let at = 0; at < test.labels.length; at += batch_size)
    all.set(net.forward(test.images.subarray(at * 784, (at + batch_size) * 784)), at * 10);
  writeFileSync(`${out}/logits.f32`, all);
  return { accuracy: accuracy(net, test.images, test.labels), predictions: [...predict(net, test.images)] };
}

async function gradients() {
  const net = await begun(),
    [images, labels] = batch(0);
  net.forward(images);
  net.loss(labels);
  net.backward();
  net.backward(); // a second time finds the same
  net.parameters.set(net.gradients);
  writeFileSync(`${out}/gradients.safetensors`, encode(net));
}

async function descent() {
  const net = await begun(),
    losses = [];
  for (let i = 0; i < steps; i++) losses.push(net.step(...batch(i), lr, momentum));
  writeFileSync(`${out}/after.safetensors`, encode(net));
  return { losses };
}

/** A seeded run of the trainer on a few digits, twice. */
async function seededRun() {
  const few = 100,
    { images, labels } = train; // not a multiple of the batch: the last one is smaller
  const trainer = new Trainer(
    new LeNet(await kernelSet(name), { ...start.options, seed: 7 }, 32),
    images.subarray(0, few * 784),
    labels.subarray(0, few),
    { batch_size: 32, lr: 0.05, momentum: 0.9, seed: 3 },
  );
  const run = () => {
    const sizes = [];
    while (trainer.epochs < 2) {
      trainer.step();
      sizes.push(trainer.net.batch);
    }
    return { hash: hash(trainer.net), sizes };
  };
  const first = run();
  trainer.reset();
  const initial = hash(trainer.net),
    again = run();
  return { initial, first, again };
}

mkdirSync(out, { recursive: true });
const report = { ...(await logits()), ...(await descent()), seeded: await seededRun() };
await gradients();
writeFileSync(`${out}/report.json`, JSON.stringify(report));
