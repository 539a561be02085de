// The exponential, the logarithm and the normal law, two at a time: every lane in the operations and the order of core/src/kernel/{elementary,normal,mills}.ts.
// Total where the greeks go: exponents at most 0, logarithms of what is not negative. What is rare is done where a lane asks for it, and selected.

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LN2_INVERSE: f64 = 1.4426950408889634;
// The bits of 1.5 * 2^52 plus a small integer end in that integer.
const ROUNDER: f64 = 6755399441055744.0;
const EXP_MIN: f64 = -745.1332191019412;
const SUBNORMAL_MAX: f64 = 2.2250738585072014e-308;
const LIFT: f64 = 18014398509481984.0; // 2^54
const TWO_THIRDS: f64 = 0.6666666666666666;
export const INVERSE_SQRT_TWO_PI: f64 = 0.3989422804014327;

// @ts-expect-error: decorator
@inline
export function all(x: f64): v128 {
  return f64x2.splat(x);
}

// @ts-expect-error: decorator
@inline
function pair(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

// c + x y
// @ts-expect-error: decorator
@inline
export function plus(c: v128, x: v128, y: v128): v128 {
  return f64x2.add(c, f64x2.mul(x, y));
}

// r^2/2 + r^3/6 + ... + r^13/13!
// @ts-expect-error: decorator
@inline
function expTails(r: v128): v128 {
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const a = plus(plus(all(0.5), r, all(1.0 / 6.0)), r2, plus(all(1.0 / 24.0), r, all(1.0 / 120.0)));
  const b = plus(plus(all(1.0 / 720.0), r, all(1.0 / 5040.0)), r2, plus(all(1.0 / 40320.0), r, all(1.0 / 362880.0)));
  const c = plus(
    plus(all(1.0 / 3628800.0), r, all(1.0 / 39916800.0)),
    r2,
    plus(all(1.0 / 479001600.0), r, all(1.0 / 6227020800.0)),
  );
  return f64x2.mul(r2, plus(a, r4, plus(b, r4, c)));
}

/** e to the high + low for high <= 0: `expSum`. The scale is split in two at every exponent; only a subnormal result is rounded by it, and once. */
export function exps(high: v128, low: v128): v128 {
  const rounder = all(ROUNDER);
  const whole = f64x2.add(f64x2.mul(high, all(LN2_INVERSE)), rounder);
  const k = f64x2.sub(whole, rounder);
  const rest = f64x2.sub(high, f64x2.mul(k, all(LN2_HIGH)));
  const fine = f64x2.sub(low, f64x2.mul(k, all(LN2_LOW)));
  const r = f64x2.add(rest, fine);
  const slip = f64x2.add(f64x2.sub(rest, r), fine);
  const one = f64x2.add(all(1), r);
  const small = f64x2.add(
    f64x2.add(f64x2.sub(all(1), one), r),
    f64x2.add(f64x2.add(slip, f64x2.mul(slip, r)), expTails(r)),
  );
  const value = f64x2.add(one, small);
  const scale = i64x2.shl(i64x2.add(whole, i64x2.splat(2023)), 52); // 2^(k + 1000)
  const scaled = f64x2.mul(f64x2.mul(value, scale), all(9.332636185032189e-302)); // 2^-1000
  return v128.andnot(scaled, f64x2.lt(high, all(EXP_MIN - 1)));
}

/** `gaussian`; `more` is added to the low part of the exponent. */
export function gaussians(x: v128, more: v128): v128 {
  const h = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(x));
  const half = all(-0.5);
  const low = f64x2.mul(f64x2.mul(half, f64x2.sub(x, h)), f64x2.add(x, h));
  return exps(f64x2.mul(f64x2.mul(half, h), h), f64x2.sub(low, more));
}

// 2 (1/5 + q/7 + ... + q^8/21)
// @ts-expect-error: decorator
@inline
function atanhTails(q: v128): v128 {
  const q2 = f64x2.mul(q, q);
  const q4 = f64x2.mul(q2, q2);
  const a = plus(plus(all(2.0 / 5.0), q, all(2.0 / 7.0)), q2, plus(all(2.0 / 9.0), q, all(2.0 / 11.0)));
  const b = plus(plus(all(2.0 / 13.0), q, all(2.0 / 15.0)), q2, plus(all(2.0 / 17.0), q, all(2.0 / 19.0)));
  return plus(a, q4, plus(b, q4, all(2.0 / 21.0)));
}

// @ts-expect-error: decorator
@inline
function logTails(f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(all(2), f));
  const square = f64x2.mul(s, s);
  const series = f64x2.mul(square, plus(all(TWO_THIRDS), square, atanhTails(square)));
  return f64x2.mul(s, f64x2.sub(f, series));
}

/**
 * Logarithm of x >= 0, `log`; in lanes of `near` of 1 + x, by `x - logTail(x)`: an exponent of 0 adds nothing to it.
 */
export function logs(x: v128, near: v128): v128 {
  const isSmall = f64x2.lt(x, all(SUBNORMAL_MAX));
  const lifted = v128.bitselect(f64x2.mul(x, all(LIFT)), x, isSmall);
  // 0x95F62 lifts a mantissa's top 20 bits at sqrt(2) to the next exponent.
  const up = i64x2.shr_u(i64x2.add(lifted, i64x2.splat(0x95f6200000000)), 52);
  const count = v128.andnot(i64x2.sub(up, i64x2.splat(1023)), near);
  const m = i64x2.sub(lifted, i64x2.shl(count, 52));
  const f = v128.bitselect(x, f64x2.sub(m, all(1)), near);
  const fall = v128.and(v128.andnot(i64x2.splat(54), near), isSmall);
  const e = f64x2.sub(i64x2.add(i64x2.sub(count, fall), all(ROUNDER)), all(ROUNDER));
  const short = f64x2.sub(logTails(f), f64x2.mul(e, all(LN2_LOW)));
  const value = plus(f64x2.sub(f, short), e, all(LN2_HIGH));
  const isZero = v128.andnot(f64x2.eq(x, all(0)), near);
  return v128.bitselect(all(-Infinity), value, isZero);
}

// Coefficients n and n + 1 of a row, one Horner step of the even and of the odd series at once.
// @ts-expect-error: decorator
@inline
function step(row: usize, n: usize, d2: v128, rest: v128): v128 {
  return plus(v128.load(row + (n << 3)), d2, rest);
}

function millsOf(table: usize, z: f64): f64 {
  const place = <i32>(0.5 - 8.0 * max(z, -16.0));
  const d = z + <f64>place / 8.0;
  const row = table + (<usize>place << 7);
  const d2 = all(d * d);
  const sum = step(row, 0, d2, step(row, 2, d2, step(row, 4, d2, step(row, 6, d2, step(row, 8, d2, v128.load(row, 80))))));
  return f64x2.extract_lane(sum, 0) + d * f64x2.extract_lane(sum, 1);
}

// The same of n a_n: the derivative.
// @ts-expect-error: decorator
@inline
function slopeStep(row: usize, n: usize, weights: v128, d2: v128, rest: v128): v128 {
  return plus(f64x2.mul(weights, v128.load(row + (n << 3))), d2, rest);
}

function slopeOf(table: usize, z: f64): f64 {
  const place = <i32>(0.5 - 8.0 * max(z, -16.0));
  const d = z + <f64>place / 8.0;
  const row = table + (<usize>place << 7);
  const d2 = all(d * d);
  const last = f64x2.mul(f64x2(11.0, 12.0), v128.load(row, 88));
  const high = slopeStep(row, 7, f64x2(7.0, 8.0), d2, slopeStep(row, 9, f64x2(9.0, 10.0), d2, last));
  const middle = slopeStep(row, 3, f64x2(3.0, 4.0), d2, slopeStep(row, 5, f64x2(5.0, 6.0), d2, high));
  const sum = slopeStep(row, 1, f64x2(1.0, 2.0), d2, middle);
  return f64x2.extract_lane(sum, 0) + d * f64x2.extract_lane(sum, 1);
}

function asymptoticSlopes(z: v128): v128 {
  const w = f64x2.div(all(1), f64x2.mul(z, z));
  let nested = all(1);
  for (let odd: f64 = 25; odd >= 3; odd -= 2) {
    nested = f64x2.sub(all(1), f64x2.mul(f64x2.mul(all(odd), w), nested));
  }
  return f64x2.mul(w, nested);
}

/** `mills` of z <= 0; the table is core's. */
export function mills(table: usize, z: v128): v128 {
  const value = pair(millsOf(table, f64x2.extract_lane(z, 0)), millsOf(table, f64x2.extract_lane(z, 1)));
  const isFar = f64x2.lt(z, all(-16));
  if (!v128.any_true(isFar)) return value;
  return v128.bitselect(f64x2.div(f64x2.sub(asymptoticSlopes(z), all(1)), z), value, isFar);
}

/** `millsSlope` of z <= 0. */
export function millsSlopes(table: usize, z: v128): v128 {
  const value = pair(slopeOf(table, f64x2.extract_lane(z, 0)), slopeOf(table, f64x2.extract_lane(z, 1)));
  const isFar = f64x2.lt(z, all(-16));
  return v128.any_true(isFar) ? v128.bitselect(asymptoticSlopes(z), value, isFar) : value;
}

// N(x) - 1/2 for |x| <= 1.
function centres(x: v128): v128 {
  const q = f64x2.mul(x, x);
  const q2 = f64x2.mul(q, q);
  const q4 = f64x2.mul(q2, q2);
  const a = f64x2.sub(
    plus(all(-1.0 / 6.0), q, all(1.0 / 40.0)),
    f64x2.mul(q2, f64x2.sub(all(1.0 / 336.0), f64x2.mul(q, all(1.0 / 3456.0)))),
  );
  const b = f64x2.sub(
    plus(all(-1.0 / 42240.0), q, all(1.0 / 599040.0)),
    f64x2.mul(q2, f64x2.sub(all(1.0 / 9676800.0), f64x2.mul(q, all(1.0 / 175472640.0)))),
  );
  const c = f64x2.sub(
    plus(all(-1.0 / 3530096640.0), q, all(1.0 / 78033715200.0)),
    f64x2.mul(q2, f64x2.sub(all(1.0 / 1880240947200.0), f64x2.mul(q, all(1.0 / 49049763840000.0)))),
  );
  const d = plus(all(-1.0 / 1377317368627200.0), q, all(1.0 / 41421544567603200.0));
  const sum = f64x2.mul(q, plus(a, q4, plus(b, q4, plus(c, q4, d))));
  return f64x2.mul(all(INVERSE_SQRT_TWO_PI), plus(x, x, sum));
}

/** `normalCdf` of x, its density and mills(-|x|) given; where |x| <= 1 the tail is not looked at. */
export function cdfs(x: v128, density: v128, tail: v128): v128 {
  const size = f64x2.abs(x);
  const lower = v128.andnot(f64x2.mul(density, tail), f64x2.lt(x, all(-40)));
  const upper = v128.bitselect(all(1), f64x2.sub(all(1), lower), f64x2.gt(x, all(9)));
  const outer = v128.bitselect(lower, upper, f64x2.lt(x, all(0)));
  const isOuter = f64x2.gt(size, all(1));
  if (i64x2.all_true(isOuter)) return outer;
  return v128.bitselect(outer, f64x2.add(all(0.5), centres(x)), isOuter);
}
