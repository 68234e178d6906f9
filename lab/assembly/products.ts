// Two matrix products, each keeping a tile of its result in registers. Everything costly is one of them.

import { at, fma, hsum, ld, ptr, st } from './memory';

/** C[M,N] += A[M,K] B[K,N]; A is addressed through strides, so it may be a transpose; tiles of 6 x 8. */
export function mul(M: i32, N: i32, K: i32, A: ptr, ars: i32, acs: i32, B: ptr, C: ptr): void {
  const ak = (<usize>acs) << 2, bk = (<usize>N) << 2;
  for (let m = 0; m < M; m += 6) {
    // rows past the last one repeat it: they compute and store the same numbers
    const r1 = min(m + 1, M - 1), r2 = min(m + 2, M - 1), r3 = min(m + 3, M - 1), r4 = min(m + 4, M - 1), r5 = min(m + 5, M - 1);
    const A0 = at(A, m * ars), A1 = at(A, r1 * ars), A2 = at(A, r2 * ars), A3 = at(A, r3 * ars), A4 = at(A, r4 * ars), A5 = at(A, r5 * ars);
    const C0 = at(C, m * N), C1 = at(C, r1 * N), C2 = at(C, r2 * N), C3 = at(C, r3 * N), C4 = at(C, r4 * N), C5 = at(C, r5 * N);
    let n = 0;
    for (; n <= N - 8; n += 8) {
      const q = (<usize>n) << 2;
      let x0 = v128.load(C0 + q), y0 = v128.load(C0 + q, 16), x1 = v128.load(C1 + q), y1 = v128.load(C1 + q, 16);
      let x2 = v128.load(C2 + q), y2 = v128.load(C2 + q, 16), x3 = v128.load(C3 + q), y3 = v128.load(C3 + q, 16);
      let x4 = v128.load(C4 + q), y4 = v128.load(C4 + q, 16), x5 = v128.load(C5 + q), y5 = v128.load(C5 + q, 16);
      let b = B + q;
      for (let k: usize = 0, e = (<usize>K) * ak; k < e; k += ak) {
        const u = v128.load(b), v = v128.load(b, 16);
        b += bk;
        let a = v128.load32_splat(A0 + k); x0 = fma(x0, a, u); y0 = fma(y0, a, v);
        a = v128.load32_splat(A1 + k); x1 = fma(x1, a, u); y1 = fma(y1, a, v);
        a = v128.load32_splat(A2 + k); x2 = fma(x2, a, u); y2 = fma(y2, a, v);
        a = v128.load32_splat(A3 + k); x3 = fma(x3, a, u); y3 = fma(y3, a, v);
        a = v128.load32_splat(A4 + k); x4 = fma(x4, a, u); y4 = fma(y4, a, v);
        a = v128.load32_splat(A5 + k); x5 = fma(x5, a, u); y5 = fma(y5, a, v);
      }
      v128.store(C0 + q, x0); v128.store(C0 + q, y0, 16); v128.store(C1 + q, x1); v128.store(C1 + q, y1, 16);
      v128.store(C2 + q, x2); v128.store(C2 + q, y2, 16); v128.store(C3 + q, x3); v128.store(C3 + q, y3, 16);
      v128.store(C4 + q, x4); v128.store(C4 + q, y4, 16); v128.store(C5 + q, x5); v128.store(C5 + q, y5, 16);
    }
    for (; n <= N - 4; n += 4) {
      const q = (<usize>n) << 2;
      let x0 = v128.load(C0 + q), x1 = v128.load(C1 + q), x2 = v128.load(C2 + q), x3 = v128.load(C3 + q), x4 = v128.load(C4 + q), x5 = v128.load(C5 + q);
      let b = B + q;
      for (let k: usize = 0, e = (<usize>K) * ak; k < e; k += ak) {
        const u = v128.load(b);
        b += bk;
        x0 = fma(x0, v128.load32_splat(A0 + k), u); x1 = fma(x1, v128.load32_splat(A1 + k), u);
        x2 = fma(x2, v128.load32_splat(A2 + k), u); x3 = fma(x3, v128.load32_splat(A3 + k), u);
        x4 = fma(x4, v128.load32_splat(A4 + k), u); x5 = fma(x5, v128.load32_splat(A5 + k), u);
      }
      v128.store(C0 + q, x0); v128.store(C1 + q, x1); v128.store(C2 + q, x2);
      v128.store(C3 + q, x3); v128.store(C4 + q, x4); v128.store(C5 + q, x5);
    }
    for (; n < N; n++) {
      const q = (<usize>n) << 2;
      for (let r = m, e = min(m + 6, M); r < e; r++) {
        let s = ld(C, r * N + n);
        for (let k = 0; k < K; k++) s += ld(A, r * ars + k * acs) * ld(B, k * N + n);
        st(C, r * N + n, s);
      }
    }
  }
}

/** C[M,N] += A[M,K] B[N,K]^T: dot products of rows, tiles of 2 x 6. */
export function dot(M: i32, N: i32, K: i32, A: ptr, B: ptr, C: ptr): void {
  const K4 = K & ~3;
  for (let m = 0; m < M; m += 2) {
    const r = min(m + 1, M - 1), A0 = at(A, m * K), A1 = at(A, r * K), C0 = at(C, m * N), C1 = at(C, r * N);
    for (let n = 0; n < N; n += 6) {
      const n1 = min(n + 1, N - 1), n2 = min(n + 2, N - 1), n3 = min(n + 3, N - 1), n4 = min(n + 4, N - 1), n5 = min(n + 5, N - 1);
      const B0 = at(B, n * K), B1 = at(B, n1 * K), B2 = at(B, n2 * K), B3 = at(B, n3 * K), B4 = at(B, n4 * K), B5 = at(B, n5 * K);
      let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0, y5 = x0;
      for (let k: usize = 0, e = (<usize>K4) << 2; k < e; k += 16) {
        const u = v128.load(A0 + k), v = v128.load(A1 + k);
        let b = v128.load(B0 + k); x0 = fma(x0, u, b); y0 = fma(y0, v, b);
        b = v128.load(B1 + k); x1 = fma(x1, u, b); y1 = fma(y1, v, b);
        b = v128.load(B2 + k); x2 = fma(x2, u, b); y2 = fma(y2, v, b);
        b = v128.load(B3 + k); x3 = fma(x3, u, b); y3 = fma(y3, v, b);
        b = v128.load(B4 + k); x4 = fma(x4, u, b); y4 = fma(y4, v, b);
        b = v128.load(B5 + k); x5 = fma(x5, u, b); y5 = fma(y5, v, b);
      }
      const s0 = sum(x0, A0, B0, K4, K) + ld(C0, n), t0 = sum(y0, A1, B0, K4, K) + ld(C1, n);
      const s1 = sum(x1, A0, B1, K4, K) + ld(C0, n1), t1 = sum(y1, A1, B1, K4, K) + ld(C1, n1);
      const s2 = sum(x2, A0, B2, K4, K) + ld(C0, n2), t2 = sum(y2, A1, B2, K4, K) + ld(C1, n2);
      const s3 = sum(x3, A0, B3, K4, K) + ld(C0, n3), t3 = sum(y3, A1, B3, K4, K) + ld(C1, n3);
      const s4 = sum(x4, A0, B4, K4, K) + ld(C0, n4), t4 = sum(y4, A1, B4, K4, K) + ld(C1, n4);
      const s5 = sum(x5, A0, B5, K4, K) + ld(C0, n5), t5 = sum(y5, A1, B5, K4, K) + ld(C1, n5);
      st(C0, n, s0); st(C1, n, t0); st(C0, n1, s1); st(C1, n1, t1); st(C0, n2, s2); st(C1, n2, t2);
      st(C0, n3, s3); st(C1, n3, t3); st(C0, n4, s4); st(C1, n4, t4); st(C0, n5, s5); st(C1, n5, t5);
    }
  }
}

/** The dot product of two rows: `sums` of whole vectors, and the numbers behind them. */
// @ts-ignore: decorator
@inline function sum(sums: v128, a: ptr, b: ptr, from: i32, to: i32): f32 {
  let s = hsum(sums);
  for (let k = from; k < to; k++) s += ld(a, k) * ld(b, k);
  return s;
}
