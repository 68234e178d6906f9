// Reading and writing numbers in linear memory; a pointer is an offset in bytes.

export type ptr = usize;

// @ts-ignore: decorator
@inline export function ld(p: ptr, i: i32): f32 { return load<f32>(p + ((<usize>i) << 2)); }
// @ts-ignore: decorator
@inline export function st(p: ptr, i: i32, v: f32): void { store<f32>(p + ((<usize>i) << 2), v); }
// @ts-ignore: decorator
@inline export function at(p: ptr, i: i32): ptr { return p + ((<usize>i) << 2); }
// c + a b, rounded twice and so the same everywhere; with relaxed SIMD once where the processor can, and faster.
// @ts-ignore: decorator
@inline export function fma(c: v128, a: v128, b: v128): v128 {
  // @ts-ignore: known to the compiler
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}
// @ts-ignore: decorator
@inline export function hsum(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}
