// Convolutions and dense layers: a convolution lays out the windows of one image as a matrix, and multiplies.

import { at, hsum, ld, ptr, st } from './memory';
import { dot, mul } from './products';

function fill(p: ptr, n: i32, v: f32): void { for (let i = 0; i < n; i++) st(p, i, v); }

/** Each row of cols is the image as one kernel tap sees it. Vectors run over the end of a row; what comes next overwrites that. */
function im2col(x: ptr, cols: ptr, C: i32, H: i32, W: i32, K: i32, P: i32): void {
  const Ho = H + 2 * P - K + 1, Wo = W + 2 * P - K + 1, zero = f32x4.splat(0);
  let r = cols;
  for (let c = 0; c < C; c++)
    for (let u = 0; u < K; u++)
      for (let v = 0; v < K; v++) {
        const j0 = max(0, P - v), j1 = min(Wo, W + P - v);
        for (let i = 0; i < Ho; i++) {
          const y = i + u - P;
          let j = 0;
          if (y < 0 || y >= H) for (; j < Wo; j += 4) v128.store(at(r, j), zero);
          else {
            const s = at(x, (c * H + y) * W + v - P);
            for (; j < j0; j++) st(r, j, 0);
            for (; j < j1; j += 4) v128.store(at(r, j), v128.load(at(s, j)));
            for (j = j1; j < Wo; j++) st(r, j, 0);
          }
          r = at(r, Wo);
        }
      }
}

function col2im(cols: ptr, x: ptr, C: i32, H: i32, W: i32, K: i32, P: i32): void {
  const Ho = H + 2 * P - K + 1, Wo = W + 2 * P - K + 1;
  memory.fill(x, 0, (<usize>(C * H * W)) << 2);
  let r = cols;
  for (let c = 0; c < C; c++)
    for (let u = 0; u < K; u++)
      for (let v = 0; v < K; v++)
        for (let i = 0; i < Ho; i++) {
          const y = i + u - P, j0 = max(0, P - v), j1 = min(Wo, W + P - v);
          if (y >= 0 && y < H) {
            const s = at(x, (c * H + y) * W + v - P);
            let j = j0;
            for (; j <= j1 - 4; j += 4) v128.store(at(s, j), f32x4.add(v128.load(at(s, j)), v128.load(at(r, j))));
            for (; j <= j1 - 2; j += 2) v128.store64_lane(at(s, j), f32x4.add(v128.load64_zero(at(s, j)), v128.load64_zero(at(r, j))), 0);
            for (; j < j1; j++) st(s, j, ld(s, j) + ld(r, j));
          }
          r = at(r, Wo);
        }
}

let scratch: ptr = 0; // set by the caller: room for an im2col matrix
export function setScratch(p: ptr): void { scratch = p; }

export function conv2d(x: ptr, w: ptr, b: ptr, y: ptr, N: i32, C: i32, H: i32, W: i32, O: i32, K: i32, P: i32): void {
  const area = (H + 2 * P - K + 1) * (W + 2 * P - K + 1), taps = C * K * K;
  for (let n = 0; n < N; n++) {
    const yn = at(y, n * O * area);
    for (let o = 0; o < O; o++) fill(at(yn, o * area), area, ld(b, o));
    im2col(at(x, n * C * H * W), scratch, C, H, W, K, P);
    mul(O, area, taps, w, taps, 1, scratch, yn);
  }
}

export function conv2dGrad(x: ptr, w: ptr, dy: ptr, dx: ptr, dw: ptr, db: ptr, N: i32, C: i32, H: i32, W: i32, O: i32, K: i32, P: i32): void {
  const area = (H + 2 * P - K + 1) * (W + 2 * P - K + 1), taps = C * K * K;
  for (let n = 0; n < N; n++) {
    const dyn = at(dy, n * O * area);
    for (let o = 0; o < O; o++) {
      let s = f32x4.splat(0), i = 0, t: f32 = 0;
      for (; i <= area - 4; i += 4) s = f32x4.add(s, v128.load(at(dyn, o * area + i)));
      for (; i < area; i++) t += ld(dyn, o * area + i);
      st(db, o, ld(db, o) + hsum(s) + t);
    }
    im2col(at(x, n * C * H * W), scratch, C, H, W, K, P);
    dot(O, taps, area, dyn, scratch, dw);
    if (dx) {
      memory.fill(scratch, 0, (<usize>(taps * area)) << 2); // the windows are done with: now their gradients
      mul(taps, area, O, w, 1, taps, dyn, scratch);
      col2im(scratch, at(dx, n * C * H * W), C, H, W, K, P);
    }
  }
}

export function linear(x: ptr, w: ptr, b: ptr, y: ptr, N: i32, I: i32, O: i32): void {
  for (let n = 0; n < N; n++) memory.copy(at(y, n * O), b, (<usize>O) << 2);
  dot(N, O, I, x, w, y);
}

export function linearGrad(x: ptr, w: ptr, dy: ptr, dx: ptr, dw: ptr, db: ptr, N: i32, I: i32, O: i32): void {
  for (let n = 0; n < N; n++) for (let o = 0; o < O; o++) st(db, o, ld(db, o) + ld(dy, n * O + o));
  mul(O, I, N, dy, 1, O, x, dw);
  memory.fill(dx, 0, (<usize>(N * I)) << 2);
  mul(N, I, O, dy, O, 1, w, dx);
}
