// LeNet: forward, loss, backward and step, on either set of kernels. No clock, no page, no files.

import { allocate } from './buffers.js';
import { initialise } from './init.js';
import { ACTIVATIONS, POOLS } from './kernels.js';
import { CLASSES, LabError, complete, layers, product, shapes, whole } from './options.js';

/** @typedef {import('./kernels.js').Floats} Floats */
/** @typedef {import('./options.js').LayerName} LayerName */

export class LeNet {
  /**
   * @param {import('./kernels.js').KernelSet} kernelSet  `plain`, or what `loadWasm` gave
   * @param {Partial<import('./options.js').Options>} [options]
   * @param {number} [maxBatch]  how many images it can take at once
   * @param {number} [spares]  arrays for sums of gradients
   */
  constructor(kernelSet, options = {}, maxBatch = 64, spares = 0) {
    whole('maxBatch', maxBatch);
    this.options = complete(options);
    this.layers = layers(this.options);
    this.shapes = shapes(this.options);
    this.maxBatch = maxBatch;
    this.batch = 0; // images in the last forward
    const memory = allocate(kernelSet, this.options, this.layers, this.shapes, maxBatch, spares);
    this.kernels = memory.kernels;
    this.parameters = memory.parameters;
    this.gradients = memory.gradients;
    this.velocity = memory.velocity;
    this.spares = memory.spares;
    this.labels = memory.labels;
    /** Views of the parameters and of the gradients, by PyTorch's names. */
    this.weights = memory.weights;
    this.weightGradients = memory.weightGradients;
    /** What every layer gives, and what goes into its activation. */
    this.maps = memory.maps;
    this.sums = memory.sums;
    /** After backward: the gradient of the loss with respect to `sums`, and to the maps S2 and S4. */
    this.slopes = memory.slopes;
    this.reset();
  }

  /** The initial weights of the options' seed, and no momentum. */
  reset() {
    initialise(this.weights, this.shapes, this.options);
    this.velocity.fill(0);
  }

  /**
   * Take these weights, and no momentum.
   * @param {Record<string, Floats>} tensors  by the names of `shapes`
   */
  load(tensors) {
    for (const [name, shape] of Object.entries(this.shapes)) {
      const got = tensors[name]?.length ?? 0;
      if (got !== product(shape))
        throw new LabError(
          `${name} expects ${product(shape)} numbers (${shape.join('x')}), got ${got}. Give the net the file's options.`,
        );
    }
    for (const name of Object.keys(this.shapes)) this.weights[name].set(tensors[name]);
    this.velocity.fill(0);
  }

  /**
   * What `name` gave for the images of the last forward, one after the other.
   * @param {LayerName} name
   */
  map(name) {
    return this.maps[name].subarray(0, this.batch * this.layers[name].values);
  }

  /**
   * Logits of one or more images, one after the other; every map stays in `maps`.
   * @param {Floats | number[]} images  normalised pixels, 784 an image
   * @returns {Floats} ten an image
   */
  forward(images) {
    this.#take(images);
    this.#convolve('input', 'C1', this.options.padding);
    this.#activate('C1');
    this.#pool('C1', 'S2');
    this.#convolve('S2', 'C3', 0);
    this.#activate('C3');
    this.#pool('C3', 'S4');
    this.#dense('S4', 'F5');
    this.#activate('F5');
    this.#dense('F5', 'F6');
    this.#activate('F6');
    this.#dense('F6', 'OUT');
    return this.map('OUT');
  }

  /**
   * Mean cross-entropy of the last forward's images, in nats, or their part of it if they are some `of` more images; its
   * gradient stays in `slopes.OUT`.
   * @param {ArrayLike<number>} labels  0 to 9
   */
  loss(labels, of = this.batch) {
    const { batch } = this;
    if (labels.length !== batch) throw new LabError(`loss expects ${batch} labels, one an image, got ${labels.length}.`);
    for (let n = 0; n < batch; n++)
      if (!(Number.isInteger(labels[n]) && labels[n] >= 0 && labels[n] < CLASSES))
        throw new LabError(`Label ${n} is ${labels[n]}; labels are whole numbers from 0 to ${CLASSES - 1}.`);
    this.labels.set(labels);
    return this.kernels.crossEntropy(this.maps.OUT, this.labels, this.slopes.OUT, batch, CLASSES, of) / of;
  }

  /** The forward pass in the other direction, after `loss`: leaves the gradients in `weightGradients`. */
  backward() {
    this.gradients.fill(0);
    this.#denseGrad('F6', 'OUT');
    this.#activateGrad('F6');
    this.#denseGrad('F5', 'F6');
    this.#activateGrad('F5');
    this.#denseGrad('S4', 'F5');
    this.#poolGrad('C3', 'S4');
    this.#activateGrad('C3');
    this.#convolveGrad('S2', 'C3', 0);
    this.#poolGrad('C1', 'S2');
    this.#activateGrad('C1');
    this.#convolveGrad('input', 'C1', this.options.padding);
  }

  /**
   * One step of gradient descent on a minibatch; returns its loss before the step.
   * @param {Floats} images
   * @param {ArrayLike<number>} labels
   * @param {number} lr
   * @param {number} [momentum]
   */
  step(images, labels, lr, momentum = 0) {
    const loss = this.gradient(images, labels);
    this.descend(lr, momentum);
    return loss;
  }

  /**
   * Leaves the gradient of the loss of some images in `gradients` and returns the loss.
   * @param {Floats} images
   * @param {ArrayLike<number>} labels
   * @param {number} [of]  as for `loss`
   */
  gradient(images, labels, of) {
    this.forward(images);
    const loss = this.loss(labels, of);
    this.backward();
    return loss;
  }

  /** A step along the gradients. @type {(lr: number, momentum: number) => void} */
  descend(lr, momentum) {
    this.kernels.sgd(this.parameters, this.gradients, this.velocity, this.parameters.length, lr, momentum);
  }

  /** Adds the gradients of other images; they may lie in `spares`. @param {Floats} others */
  add(others) {
    const here = this.spares.includes(others) ? others : this.spares[0];
    if (here !== others) here.set(others);
    this.kernels.add(this.gradients, here, here.length);
  }

  #take(/** @type {Floats | number[]} */ images) {
    const { values } = this.layers.input,
      batch = images.length / values;
    if (!Number.isInteger(batch) || batch < 1 || batch > this.maxBatch)
      throw new LabError(`forward expects 1 to ${this.maxBatch} images of ${values} pixels, got ${images.length} numbers.`);
    this.maps.input.set(images);
    this.batch = batch;
  }

  /** @type {(from: LayerName, to: LayerName, padding: number) => void} */
  #convolve(from, to, padding) {
    const { kernels, batch, maps, sums, weights: w } = this;
    const { kernel_size } = this.options;
    const { channels, side } = this.layers[from],
      out = this.layers[to].channels;
    kernels.conv2d(
      maps[from],
      w[`${to}.weight`],
      w[`${to}.bias`],
      sums[to],
      batch,
      channels,
      side,
      side,
      out,
      kernel_size,
      padding,
    );
  }

  /** @type {(from: LayerName, to: LayerName, padding: number) => void} */
  #convolveGrad(from, to, padding) {
    const { kernels, batch, maps, slopes, weights, weightGradients: g } = this;
    const { kernel_size } = this.options;
    const { channels, side } = this.layers[from],
      out = this.layers[to].channels,
      weight = `${to}.weight`;
    const wanted = slopes[from] ?? null; // nobody needs the gradient with respect to the pixels
    kernels.conv2dGrad(
      maps[from],
      weights[weight],
      slopes[to],
      wanted,
      g[weight],
      g[`${to}.bias`],
      batch,
      channels,
      side,
      side,
      out,
      kernel_size,
      padding,
    );
  }

  /** @type {(from: LayerName, to: LayerName) => void} */
  #dense(from, to) {
    const { kernels, batch, maps, sums, weights: w } = this;
    kernels.linear(
      maps[from],
      w[`${to}.weight`],
      w[`${to}.bias`],
      sums[to],
      batch,
      this.layers[from].values,
      this.layers[to].values,
    );
  }

  /** @type {(from: LayerName, to: LayerName) => void} */
  #denseGrad(from, to) {
    const { kernels, batch, maps, slopes, weights, weightGradients: g } = this;
    const weight = `${to}.weight`,
      inputs = this.layers[from].values,
      outputs = this.layers[to].values;
    kernels.linearGrad(maps[from], weights[weight], slopes[to], slopes[from], g[weight], g[`${to}.bias`], batch, inputs, outputs);
  }

  #pool(/** @type {LayerName} */ from, /** @type {LayerName} */ to) {
    const { channels, side } = this.layers[from];
    this.kernels.pool(this.maps[from], this.maps[to], this.batch * channels, side, side, POOLS[this.options.pool]);
  }

  #poolGrad(/** @type {LayerName} */ from, /** @type {LayerName} */ to) {
    const { maps, slopes } = this,
      { channels, side } = this.layers[from],
      kind = POOLS[this.options.pool];
    this.kernels.poolGrad(maps[from], maps[to], slopes[to], slopes[from], this.batch * channels, side, side, kind);
  }

  #activate(/** @type {LayerName} */ name) {
    const count = this.batch * this.layers[name].values;
    this.kernels.act(this.sums[name], this.maps[name], count, ACTIVATIONS[this.options.activation]);
  }

  #activateGrad(/** @type {LayerName} */ name) {
    const slope = this.slopes[name],
      count = this.batch * this.layers[name].values;
    this.kernels.actGrad(this.maps[name], slope, slope, count, ACTIVATIONS[this.options.activation]);
  }
}
