// The ten operations of LeNet in plain JavaScript: the explanation, the fallback and the oracle of the fast ones.
//
// All numbers lie in Float32Arrays in the order image, channel, row, column, one after the other.
// N images, C channels of H x W pixels, O output channels, K x K kernels, P pixels of padding on each side.
// A function that ends in Grad takes the gradient of the loss with respect to what the operation gave (dy), and finds
// those with respect to what it took: dx is overwritten; dw and db are added to, since all images share the weights.
// ../../assembly has the same functions in WebAssembly.

/** @typedef {Float32Array} Floats */

/**
 * What a network computes with. `alloc` gives an array of zeros.
 * @typedef {object} Kernels
 * @property {string} name
 * @property {(length: number) => Floats} alloc
 * @property {typeof conv2d} conv2d
 * @property {typeof conv2dGrad} conv2dGrad
 * @property {typeof linear} linear
 * @property {typeof linearGrad} linearGrad
 * @property {typeof pool} pool
 * @property {typeof poolGrad} poolGrad
 * @property {typeof act} act
 * @property {typeof actGrad} actGrad
 * @property {typeof crossEntropy} crossEntropy
 * @property {typeof add} add
 * @property {typeof sgd} sgd
 */

/**
 * A set of kernels; `open` gives one network its own memory for arrays of these lengths, and `scratch` numbers more.
 * @typedef {{ name: string, open: (lengths: number[], scratch: number) => Kernels }} KernelSet
 */

/** The numbers that pick an activation or a pooling. */
export const ACTIVATIONS = { sigmoid: 0, tanh: 1, relu: 2 };
export const POOLS = { avg: 0, max: 1 };

/**
 * y[n,o,i,j] = b[o] + sum over c,u,v of w[o,c,u,v] x[n,c,i+u-P,j+v-P], where x is 0 outside the picture.
 * @type {(x: Floats, w: Floats, b: Floats, y: Floats,
 *   N: number, C: number, H: number, W: number, O: number, K: number, P: number) => void}
 */
export function conv2d(x, w, b, y, N, C, H, W, O, K, P) {
  const rows = H + 2 * P - K + 1,
    columns = W + 2 * P - K + 1;
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++) {
      const map = (n * O + o) * rows * columns;
      y.fill(b[o], map, map + rows * columns);
      for (let c = 0; c < C; c++)
        for (let u = 0; u < K; u++)
          for (let v = 0; v < K; v++) {
            const weight = w[((o * C + c) * K + u) * K + v];
            // The outputs for which this weight meets a pixel and not the padding.
            const top = Math.max(0, P - u),
              bottom = Math.min(rows, H + P - u);
            const left = Math.max(0, P - v),
              right = Math.min(columns, W + P - v);
            for (let i = top; i < bottom; i++) {
              const out = map + i * columns,
                pixel = ((n * C + c) * H + i + u - P) * W + v - P;
              for (let j = left; j < right; j++) y[out + j] += weight * x[pixel + j];
            }
          }
    }
}

/**
 * The gradients of conv2d: the same loops, where every product gives its two factors their shares.
 * The first layer has no use for dx and gives null.
 * @type {(x: Floats, w: Floats, dy: Floats, dx: Floats | null, dw: Floats, db: Floats,
 *   N: number, C: number, H: number, W: number, O: number, K: number, P: number) => void}
 */
export function conv2dGrad(x, w, dy, dx, dw, db, N, C, H, W, O, K, P) {
  const rows = H + 2 * P - K + 1,
    columns = W + 2 * P - K + 1;
  dx?.fill(0, 0, N * C * H * W);
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++) {
      const map = (n * O + o) * rows * columns;
      let sum = 0;
      for (let i = 0; i < rows * columns; i++) sum += dy[map + i];
      db[o] += sum;
      for (let c = 0; c < C; c++)
        for (let u = 0; u < K; u++)
          for (let v = 0; v < K; v++) {
            const at = ((o * C + c) * K + u) * K + v,
              weight = w[at];
            const top = Math.max(0, P - u),
              bottom = Math.min(rows, H + P - u);
            const left = Math.max(0, P - v),
              right = Math.min(columns, W + P - v);
            let share = 0;
            for (let i = top; i < bottom; i++) {
              const out = map + i * columns,
                pixel = ((n * C + c) * H + i + u - P) * W + v - P;
              for (let j = left; j < right; j++) share += dy[out + j] * x[pixel + j];
              if (dx) for (let j = left; j < right; j++) dx[pixel + j] += weight * dy[out + j];
            }
            dw[at] += share;
          }
    }
}

/**
 * y[n,o] = b[o] + sum over i of w[o,i] x[n,i]: I inputs, O outputs.
 * @type {(x: Floats, w: Floats, b: Floats, y: Floats, N: number, I: number, O: number) => void}
 */
export function linear(x, w, b, y, N, I, O) {
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++) {
      let sum = b[o];
      for (let i = 0; i < I; i++) sum += w[o * I + i] * x[n * I + i];
      y[n * O + o] = sum;
    }
}

/** @type {(x: Floats, w: Floats, dy: Floats, dx: Floats, dw: Floats, db: Floats, N: number, I: number, O: number) => void} */
export function linearGrad(x, w, dy, dx, dw, db, N, I, O) {
  dx.fill(0, 0, N * I);
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++) {
      const slope = dy[n * O + o];
      db[o] += slope;
      for (let i = 0; i < I; i++) dw[o * I + i] += slope * x[n * I + i];
      for (let i = 0; i < I; i++) dx[n * I + i] += slope * w[o * I + i];
    }
}

/**
 * Windows of 2x2 with stride 2 on C maps (images times channels) of H x W: their mean (kind 0) or largest (kind 1).
 * An odd last row or column is left out, as in PyTorch.
 * @type {(x: Floats, y: Floats, C: number, H: number, W: number, kind: number) => void}
 */
export function pool(x, y, C, H, W, kind) {
  const rows = H >> 1,
    columns = W >> 1;
  for (let c = 0, out = 0; c < C; c++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++, out++) {
        const a = (c * H + 2 * i) * W + 2 * j,
          b = a + W; // the upper and the lower pair
        y[out] = kind ? Math.max(x[a], x[a + 1], x[b], x[b + 1]) : (x[a] + x[a + 1] + x[b] + x[b + 1]) / 4;
      }
}

/**
 * The mean shares its gradient among four; the largest takes it all (the first of them, if several are equal).
 * @type {(x: Floats, y: Floats, dy: Floats, dx: Floats, C: number, H: number, W: number, kind: number) => void}
 */
export function poolGrad(x, y, dy, dx, C, H, W, kind) {
  const rows = H >> 1,
    columns = W >> 1;
  dx.fill(0, 0, C * H * W);
  for (let c = 0, out = 0; c < C; c++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++, out++) {
        const a = (c * H + 2 * i) * W + 2 * j,
          b = a + W,
          largest = y[out];
        if (kind) dx[x[a] === largest ? a : x[a + 1] === largest ? a + 1 : x[b] === largest ? b : b + 1] = dy[out];
        else dx[a] = dx[a + 1] = dx[b] = dx[b + 1] = dy[out] / 4;
      }
}

/**
 * The sigmoid (kind 0), the hyperbolic tangent (1) or ReLU (2) of n numbers.
 * @type {(x: Floats, y: Floats, n: number, kind: number) => void}
 */
export function act(x, y, n, kind) {
  if (kind === 0) for (let i = 0; i < n; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
  else if (kind === 1) for (let i = 0; i < n; i++) y[i] = Math.tanh(x[i]);
  else for (let i = 0; i < n; i++) y[i] = Math.max(0, x[i]);
}

/**
 * All three slopes follow from y alone, and dx may be the array dy itself.
 * @type {(y: Floats, dy: Floats, dx: Floats, n: number, kind: number) => void}
 */
export function actGrad(y, dy, dx, n, kind) {
  if (kind === 0) for (let i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
  else if (kind === 1) for (let i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
  else for (let i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

/**
 * The cross-entropy of the softmax of logits z (N x C), added over the images, in nats; dz becomes the gradient of its
 * mean over M, of which these are a part: the softmax, less 1 at the label, over M.
 * @type {(z: Floats, labels: Floats, dz: Floats, N: number, C: number, M: number) => number}
 */
export function crossEntropy(z, labels, dz, N, C, M) {
  let total = 0;
  for (let n = 0; n < N; n++) {
    const row = n * C,
      label = labels[n];
    let largest = -Infinity,
      sum = 0;
    for (let j = 0; j < C; j++) largest = Math.max(largest, z[row + j]);
    for (let j = 0; j < C; j++) sum += Math.exp(z[row + j] - largest);
    total += largest + Math.log(sum) - z[row + label];
    for (let j = 0; j < C; j++) dz[row + j] = (Math.exp(z[row + j] - largest) / sum - (j === label ? 1 : 0)) / M;
  }
  return total;
}

/** Adds n numbers of `more` to `sum`. @type {(sum: Floats, more: Floats, n: number) => void} */
export function add(sum, more, n) {
  for (let i = 0; i < n; i++) sum[i] += more[i];
}

/**
 * Gradient descent on n weights p with gradients g: the velocity v keeps `momentum` of itself and takes g, p loses lr v.
 * @type {(p: Floats, g: Floats, v: Floats, n: number, lr: number, momentum: number) => void}
 */
export function sgd(p, g, v, n, lr, momentum) {
  for (let i = 0; i < n; i++) {
    v[i] = momentum * v[i] + g[i];
    p[i] -= lr * v[i];
  }
}

const alloc = (/** @type {number} */ length) => new Float32Array(length);
const kernels = { conv2d, conv2dGrad, linear, linearGrad, pool, poolGrad, act, actGrad, crossEntropy, add, sgd };

/** @type {KernelSet} */
export const plain = { name: 'js', open: () => ({ name: 'js', alloc, ...kernels }) };
