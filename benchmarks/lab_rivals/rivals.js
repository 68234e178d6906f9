// LeNet with ReLU and max pooling in other libraries. Each entry of `rivals` makes a function that trains on one batch:
// (pixels, labels) for batches of 32, pixels standardised, one image after the other.

import * as jax from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import convnetjs from 'convnetjs';

const LR = 0.01,
  MOMENTUM = 0.9,
  BATCH = 32,
  LEAST = 10;

/** TensorFlow.js in WebAssembly. It has no gradient for a 2-D convolution there, so ours have a depth of one. */
async function tensorflow() {
  setWasmPaths('./');
  await tf.setBackend('wasm');
  await tf.ready();
  const weight = (...shape) => {
    const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1),
      bound = Math.sqrt(6 / (fanIn + shape[shape.length - 1]));
    return tf.variable(tf.randomUniform(shape, -bound, bound));
  };
  const C1 = weight(1, 5, 5, 1, 6),
    C3 = weight(1, 5, 5, 6, 16),
    F5 = weight(400, 120),
    F6 = weight(120, 84),
    OUT = weight(84, 10);
  const biases = [6, 16, 120, 84, 10].map((n) => tf.variable(tf.zeros([n])));
  const pool = (x) => {
    const [n, , h, w, c] = x.shape;
    return tf.maxPool(x.reshape([n, h, w, c]), 2, 2, 'valid').reshape([n, 1, h / 2, w / 2, c]);
  };
  const optimizer = tf.train.momentum(LR, MOMENTUM);
  return (pixels, labels) => {
    const loss = optimizer.minimize(() => {
      let x = tf.tensor(pixels, [labels.length, 1, 28, 28, 1]);
      x = pool(tf.relu(tf.conv3d(x, C1, 1, 'same').add(biases[0])));
      x = pool(tf.relu(tf.conv3d(x, C3, 1, 'valid').add(biases[1])));
      x = tf.relu(x.reshape([labels.length, 400]).matMul(F5).add(biases[2]));
      x = tf.relu(x.matMul(F6).add(biases[3]));
      const logits = x.matMul(OUT).add(biases[4]);
      return tf
        .oneHot(tf.tensor1d(labels, 'int32'), 10)
        .mul(tf.logSoftmax(logits))
        .sum()
        .mul(-1 / labels.length)
        .asScalar();
    }, true);
    const value = loss.dataSync()[0];
    loss.dispose();
    return value;
  };
}

function convnet() {
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: 'input', out_sx: 28, out_sy: 28, out_depth: 1 },
    { type: 'conv', sx: 5, filters: 6, stride: 1, pad: 2, activation: 'relu' },
    { type: 'pool', sx: 2, stride: 2 },
    { type: 'conv', sx: 5, filters: 16, stride: 1, pad: 0, activation: 'relu' },
    { type: 'pool', sx: 2, stride: 2 },
    { type: 'fc', num_neurons: 120, activation: 'relu' },
    { type: 'fc', num_neurons: 84, activation: 'relu' },
    { type: 'softmax', num_classes: 10 },
  ]);
  const trainer = new convnetjs.SGDTrainer(net, {
    method: 'sgd',
    learning_rate: LR,
    momentum: MOMENTUM,
    batch_size: BATCH,
    l2_decay: 0,
  });
  const image = new convnetjs.Vol(28, 28, 1, 0);
  return (pixels, labels) => {
    let loss = 0;
    labels.forEach((label, n) => {
      for (let i = 0; i < 784; i++) image.w[i] = pixels[784 * n + i];
      loss += trainer.train(image, label).loss / labels.length;
    });
    return loss;
  };
}

/**
 * jax-js in WebAssembly, a whole step compiled at once. With its own convolution it is a quarter as fast as with ours, which
 * multiplies shifted copies of the maps by a matrix; the batch is the last axis.
 */
async function jaxjs() {
  const { lax, nn, numpy: np, random, tree } = jax;
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const weight = (fanIn, fanOut) => {
    const bound = Math.sqrt(6 / (fanIn + fanOut)),
      key = random.key(Math.floor(2 ** 31 * Math.random()));
    return random.uniform(key, [fanOut, fanIn], { minval: -bound, maxval: bound });
  };
  let weights = {
    C1: weight(25, 6),
    C3: weight(150, 16),
    F5: weight(400, 120),
    F6: weight(120, 84),
    OUT: weight(84, 10),
    biases: [6, 16, 120, 84, 10].map((n) => np.zeros([n, 1])),
  };
  let velocity = tree.map((w) => np.zeros(w.shape), weights);
  const shifts = (x, axis) => {
    const size = x.shape[axis] - 4,
      shifted = (k) => x.ref.slice(...x.shape.map((_, i) => (i === axis ? [k, k + size] : [])));
    const all = np.concatenate([0, 1, 2, 3, 4].map(shifted));
    x.dispose();
    return all;
  };
  const conv = (x, w, b) => {
    const columns = shifts(shifts(x, 1), 2),
      [n, ...rest] = columns.shape;
    return np
      .dot(w, columns.reshape([n, -1]))
      .add(b)
      .reshape([-1, ...rest]);
  };
  const pool = (x) => lax.reduceWindow(x, np.max, [2, 2, 1], [2, 2, 1]);
  const lossOf = ({ C1, C3, F5, F6, OUT, biases }, x, labels) => {
    x = pool(nn.relu(conv(x, C1, biases[0])));
    x = pool(nn.relu(conv(x, C3, biases[1])));
    x = nn.relu(np.dot(F5, x.reshape([400, -1])).add(biases[2]));
    x = nn.relu(np.dot(F6, x).add(biases[3]));
    const logits = np.dot(OUT, x).add(biases[4]).transpose();
    return nn
      .oneHot(labels, 10)
      .mul(nn.logSoftmax(logits))
      .sum()
      .mul(-1 / BATCH);
  };
  const update = jax.jit((weights, velocity, pixels, labels) => {
    const x = np.pad(pixels.transpose([1, 2, 3, 0]), [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ]);
    const [loss, gradient] = jax.valueAndGrad(lossOf)(tree.ref(weights), x, labels);
    velocity = tree.map((v, g) => v.mul(MOMENTUM).add(g), velocity, gradient);
    weights = tree.map((w, v) => w.sub(v.mul(LR)), weights, tree.ref(velocity));
    return [loss, weights, velocity];
  });
  return (pixels, labels) => {
    const x = np.array(pixels).reshape([labels.length, 1, 28, 28]);
    let loss;
    [loss, weights, velocity] = update(weights, velocity, x, np.array(labels, { dtype: np.int32 }));
    return loss.dataSync()[0];
  };
}

globalThis.rivals = { 'TensorFlow.js': tensorflow, ConvNetJS: convnet, 'jax-js': jaxjs };

/**
 * Images a second over `seconds` on one batch of noise, after some steps that do not count, with the loss of the first step
 * and of the last one. At least `LEAST` steps, so that it can fall.
 */
globalThis.speed = async (name, seconds) => {
  const step = await globalThis.rivals[name](),
    labels = Array.from({ length: BATCH }, (_, n) => n % 10);
  const pixels = Float32Array.from({ length: BATCH * 784 }, () => Math.sqrt(12) * (Math.random() - 0.5)); // mean 0, deviation 1
  const before = step(pixels, labels);
  let after = before,
    steps = 0;
  for (let k = 0; k < 2; k++) step(pixels, labels);
  const start = performance.now();
  for (; steps < LEAST || performance.now() - start < 1000 * seconds; steps++) after = step(pixels, labels);
  return { speed: (1000 * steps * BATCH) / (performance.now() - start), before, after };
};
