// Pooling, activations, the loss and the step of gradient descent.

import { at, fma, ld, ptr, st } from './memory';

// Pooling takes four windows of a row at a time, the last four where fewer are left, and one by one in a shorter row.
// @ts-ignore: decorator
@inline function even(p: ptr): v128 { return v128.shuffle<f32>(v128.load(p), v128.load(p, 16), 0, 2, 4, 6); }
// @ts-ignore: decorator
@inline function odd(p: ptr): v128 { return v128.shuffle<f32>(v128.load(p), v128.load(p, 16), 1, 3, 5, 7); }
// @ts-ignore: decorator
@inline function interleave(p: ptr, e: v128, o: v128): void {
  v128.store(p, v128.shuffle<f32>(e, o, 0, 4, 1, 5)); v128.store(p, v128.shuffle<f32>(e, o, 2, 6, 3, 7), 16);
}

export function pool(x: ptr, y: ptr, C: i32, H: i32, W: i32, kind: i32): void {
  const rows = H >> 1, columns = W >> 1, quarter = f32x4.splat(0.25);
  for (let c = 0; c < C; c++)
    for (let i = 0; i < rows; i++) {
      const a = at(x, (c * H + 2 * i) * W), b = at(a, W), out = at(y, (c * rows + i) * columns);
      let j = 0;
      if (columns >= 4) for (; j < columns; j += 4) {
        const k = min(j, columns - 4), p = at(a, 2 * k), q = at(b, 2 * k), t = even(p), u = odd(p), v = even(q), z = odd(q);
        // max is eight instructions, pmax one that may drop a NaN; the sum keeps it
        const sum = f32x4.add(f32x4.add(t, u), f32x4.add(v, z)), most = f32x4.pmax(f32x4.pmax(t, u), f32x4.pmax(v, z));
        v128.store(at(out, k), kind ? v128.or(most, f32x4.ne(sum, sum)) : f32x4.mul(sum, quarter));
      }
      for (; j < columns; j++) {
        const t = ld(a, 2 * j), u = ld(a, 2 * j + 1), v = ld(b, 2 * j), z = ld(b, 2 * j + 1);
        st(out, j, kind ? max(max(t, u), max(v, z)) : ((t + u) + (v + z)) * 0.25);
      }
    }
}

export function poolGrad(x: ptr, y: ptr, dy: ptr, dx: ptr, C: i32, H: i32, W: i32, kind: i32): void {
  const rows = H >> 1, columns = W >> 1, quarter = f32x4.splat(0.25);
  if ((H | W) & 1) memory.fill(dx, 0, (<usize>(C * H * W)) << 2); // a last row or column gets nothing
  for (let c = 0; c < C; c++)
    for (let i = 0; i < rows; i++) {
      const first = (c * H + 2 * i) * W, a = at(x, first), b = at(a, W), da = at(dx, first), db = at(da, W);
      const out = at(y, (c * rows + i) * columns), slope = at(dy, (c * rows + i) * columns);
      let j = 0;
      if (columns >= 4) for (; j < columns; j += 4) {
        const k = min(j, columns - 4), g = v128.load(at(slope, k));
        if (kind) { // the first of the four that equals the largest gets it all
          const p = at(a, 2 * k), q = at(b, 2 * k), m = v128.load(at(out, k));
          const e0 = f32x4.eq(even(p), m), e1 = v128.andnot(f32x4.eq(odd(p), m), e0), t = v128.or(e0, e1);
          const e2 = v128.andnot(f32x4.eq(even(q), m), t);
          interleave(at(da, 2 * k), v128.and(g, e0), v128.and(g, e1));
          interleave(at(db, 2 * k), v128.and(g, e2), v128.andnot(g, v128.or(t, e2)));
        } else {
          const h = f32x4.mul(g, quarter);
          interleave(at(da, 2 * k), h, h);
          interleave(at(db, 2 * k), h, h);
        }
      }
      for (; j < columns; j++) poolGrad1(at(a, 2 * j), at(b, 2 * j), ld(out, j), ld(slope, j), at(da, 2 * j), at(db, 2 * j), kind);
    }
}

/** One window: its upper and lower pair, what it gave, and the gradient to share out. */
function poolGrad1(a: ptr, b: ptr, largest: f32, g: f32, da: ptr, db: ptr, kind: i32): void {
  const share: f32 = kind ? 0 : g * 0.25;
  st(da, 0, share); st(da, 1, share); st(db, 0, share); st(db, 1, share);
  if (!kind) return;
  if (ld(a, 0) == largest) st(da, 0, g);
  else if (ld(a, 1) == largest) st(da, 1, g);
  else if (ld(b, 0) == largest) st(db, 0, g);
  else st(db, 1, g);
}

/** 1 / (1 + exp(-x)), exp by range reduction and a polynomial (Cephes), relative error about 1e-7. */
// @ts-ignore: decorator
@inline function sigmoid4(x: v128): v128 {
  const z = f32x4.pmax(f32x4.pmin(f32x4.neg(x), f32x4.splat(87)), f32x4.splat(-87)) /* the order keeps a NaN */;
  const n = f32x4.nearest(f32x4.mul(z, f32x4.splat(1.44269504)));
  const r = f32x4.sub(f32x4.sub(z, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = fma(f32x4.splat(1.3981999507e-3), f32x4.splat(1.9875691500e-4), r);
  p = fma(f32x4.splat(8.3334519073e-3), p, r); p = fma(f32x4.splat(4.1665795894e-2), p, r);
  p = fma(f32x4.splat(1.6666665459e-1), p, r); p = fma(f32x4.splat(5.0000001201e-1), p, r);
  p = f32x4.add(fma(r, p, f32x4.mul(r, r)), f32x4.splat(1));
  const e = f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
}

export function act(x: ptr, y: ptr, n: i32, kind: i32): void { // buffers are padded to whole vectors
  const one = f32x4.splat(1), two = f32x4.splat(2), zero = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(at(x, i));
    v128.store(at(y, i), kind == 0 ? sigmoid4(v) : kind == 1 ? f32x4.sub(f32x4.mul(two, sigmoid4(f32x4.mul(two, v))), one) : f32x4.pmax(v, zero)); // in this order a NaN stays one
  }
}

export function actGrad(y: ptr, dy: ptr, dx: ptr, n: i32, kind: i32): void {
  const one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(at(y, i)), g = v128.load(at(dy, i));
    v128.store(at(dx, i), kind == 0 ? f32x4.mul(g, f32x4.mul(v, f32x4.sub(one, v)))
      : kind == 1 ? f32x4.mul(g, f32x4.sub(one, f32x4.mul(v, v))) : v128.and(g, f32x4.gt(v, zero)));
  }
}

export function add(sum: ptr, more: ptr, n: i32): void {
  for (let i = 0; i < n; i += 4) v128.store(at(sum, i), f32x4.add(v128.load(at(sum, i)), v128.load(at(more, i))));
}

export function sgd(p: ptr, g: ptr, v: ptr, n: i32, lr: f32, momentum: f32): void {
  const l = f32x4.splat(lr), m = f32x4.splat(momentum);
  for (let i = 0; i < n; i += 4) {
    const u = fma(v128.load(at(g, i)), m, v128.load(at(v, i)));
    v128.store(at(v, i), u);
    v128.store(at(p, i), f32x4.sub(v128.load(at(p, i)), f32x4.mul(l, u)));
  }
}

export function crossEntropy(z: ptr, labels: ptr, dz: ptr, N: i32, C: i32, M: i32): f32 {
  let total: f32 = 0;
  for (let n = 0; n < N; n++) {
    const row = at(z, n * C), d = at(dz, n * C), label = i32(ld(labels, n));
    let m = ld(row, 0), s: f32 = 0;
    for (let j = 1; j < C; j++) m = max(m, ld(row, j));
    for (let j = 0; j < C; j++) { const e = Mathf.exp(ld(row, j) - m); st(d, j, e); s += e; }
    total += m + Mathf.log(s) - ld(row, label);
    for (let j = 0; j < C; j++) st(d, j, (ld(d, j) / s - f32(j == label)) / f32(M));
  }
  return total;
}
