// Prices and greeks of options in columns, two at a time: every lane in the operations and the order of core/src/kernel/{black76,greeks}.ts. Branches of the
// reference are selects here; what few options need is passed by when neither of two needs it.

import { all, cdfs, gaussians, INVERSE_SQRT_TWO_PI, logs, mills, millsSlopes, plus } from './normal';

const SERIES_STDEV_MAX: f64 = 0.25;

// ln(lower / upper), `logMoneyness`; below 1e-290 of each by itself.
function logMoneyness(lower: v128, upper: v128): v128 {
  const near = f64x2.le(upper, f64x2.mul(all(1.4), lower));
  const ratio = f64x2.div(v128.bitselect(f64x2.sub(lower, upper), lower, near), upper);
  const nothing = f64x2.eq(lower, upper);
  let x = logs(ratio, near);
  const far = v128.andnot(f64x2.le(ratio, all(1e-290)), v128.or(near, nothing));
  if (v128.any_true(far)) {
    const apart = f64x2.sub(logs(lower, all(0)), logs(upper, all(0)));
    x = v128.bitselect(apart, x, far);
  }
  return v128.andnot(x, nothing);
}

// Sum over odd n <= 11 of Y^(n)(h) q^n / n!, `oddSeries`.
function oddSeries(table: usize, h: v128, q: v128): v128 {
  const y0 = mills(table, h);
  const y1 = millsSlopes(table, h);
  const y2 = plus(y0, h, y1);
  const y3 = f64x2.add(f64x2.mul(h, y2), f64x2.mul(all(2), y1));
  const y4 = f64x2.add(f64x2.mul(h, y3), f64x2.mul(all(3), y2));
  const y5 = f64x2.add(f64x2.mul(h, y4), f64x2.mul(all(4), y3));
  const y6 = f64x2.add(f64x2.mul(h, y5), f64x2.mul(all(5), y4));
  const y7 = f64x2.add(f64x2.mul(h, y6), f64x2.mul(all(6), y5));
  const q2 = f64x2.mul(q, q);
  const fifth = plus(f64x2.mul(y5, all(1.0 / 120.0)), q2, f64x2.mul(y7, all(1.0 / 5040.0)));
  const low = plus(y1, q2, plus(f64x2.mul(y3, all(1.0 / 6.0)), q2, fifth));
  const isShort = f64x2.lt(q, all(0.01));
  if (i64x2.all_true(isShort)) return f64x2.mul(q, low);
  const y8 = f64x2.add(f64x2.mul(h, y7), f64x2.mul(all(7), y6));
  const y9 = f64x2.add(f64x2.mul(h, y8), f64x2.mul(all(8), y7));
  const y10 = f64x2.add(f64x2.mul(h, y9), f64x2.mul(all(9), y8));
  const y11 = f64x2.add(f64x2.mul(h, y10), f64x2.mul(all(10), y9));
  const q8 = f64x2.mul(f64x2.mul(f64x2.mul(q2, q2), q2), q2);
  const ninth = plus(f64x2.mul(y9, all(1.0 / 362880.0)), q2, f64x2.mul(y11, all(1.0 / 39916800.0)));
  return f64x2.mul(q, v128.bitselect(low, plus(low, q8, ninth), isShort));
}

// What `tailGaussian` gives back of what rounding took from d1 = x/s + s/2, times d1.
function tailLoss(x: v128, s: v128, h: v128, d1: v128): v128 {
  const sumError = f64x2.add(f64x2.sub(h, d1), f64x2.mul(all(0.5), s));
  const cut = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(h));
  const cutS = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(s));
  const rest = f64x2.sub(h, cut);
  const restS = f64x2.sub(s, cutS);
  const cross = f64x2.add(f64x2.mul(cut, restS), f64x2.mul(rest, cutS));
  const left = f64x2.sub(f64x2.sub(f64x2.sub(x, f64x2.mul(cut, cutS)), cross), f64x2.mul(rest, restS));
  return f64x2.mul(d1, f64x2.add(sumError, f64x2.div(left, s)));
}

// @ts-expect-error: decorator
@inline
function needsTail(d1: v128): v128 {
  return v128.not(f64x2.gt(d1, all(-4)));
}

/**
 * Time value as a share of the lower of forward and strike, `timeRatio`. h = x / s; `near` and `far` are mills at -|d1| and -|d2| of the option that is out of the
 * money, `bell` its Gaussian at d1 where that is above -4.
 */
function timeRatio(table: usize, x: v128, s: v128, h: v128, bell: v128, near: v128, far: v128): v128 {
  const half = f64x2.mul(all(0.5), s);
  const d1 = f64x2.add(h, half);
  let weight = bell;
  const isTail = needsTail(d1);
  if (v128.any_true(isTail)) weight = v128.bitselect(gaussians(d1, tailLoss(x, s, h, d1)), bell, isTail);
  const density = f64x2.mul(all(INVERSE_SQRT_TWO_PI), weight);
  const isSeries = f64x2.lt(s, all(SERIES_STDEV_MAX));
  const inside = f64x2.sub(all(1), f64x2.mul(density, f64x2.add(near, far)));
  const outside = f64x2.mul(density, f64x2.sub(near, far));
  let share = v128.bitselect(inside, outside, f64x2.gt(d1, all(0)));
  if (v128.any_true(isSeries)) {
    const series = f64x2.mul(f64x2.mul(all(2), density), oddSeries(table, h, half));
    share = v128.bitselect(series, share, isSeries);
  }
  const isNothing = v128.or(f64x2.eq(s, all(0)), v128.or(f64x2.eq(x, all(-Infinity)), f64x2.lt(d1, all(-40))));
  return v128.andnot(share, isNothing);
}

// @ts-expect-error: decorator
@inline
function silenced(density: v128, factor: v128): v128 {
  return v128.andnot(f64x2.mul(density, factor), f64x2.eq(density, all(0)));
}

/**
 * Greeks of `count` options, an even number, as `fillGreeks` and with `coin` as `fillCoinGreeks`. Columns are `span` bytes apart: forward, strike, vol,
 * years and rights (1 for a call, -1 for a put) from `options`; value, delta, gamma, vega, theta, vanna, volga and for coin the net delta from `out`. Gives
 * the number of options before the first pair with one that cannot be.
 */
export function fillGreeks(table: usize, options: usize, span: usize, count: i32, coin: bool, out: usize): i32 {
  for (let i = 0; i < count; i += 2) {
    const at = options + (<usize>i << 3);
    const forward = v128.load(at);
    const strike = v128.load(at + span);
    const vol = v128.load(at + 2 * span);
    const root = f64x2.sqrt(v128.load(at + 3 * span));
    const s = f64x2.mul(vol, root);
    const zero = all(0);
    const start = coin ? f64x2.gt(forward, zero) : f64x2.ge(forward, zero);
    const isOption = v128.and(
      v128.and(start, f64x2.ge(strike, zero)),
      v128.and(f64x2.ge(s, zero), f64x2.lt(f64x2.add(forward, strike), all(Infinity))),
    );
    if (!i64x2.all_true(isOption)) return i;
    pairOf(table, forward, strike, vol, root, v128.load(at + 4 * span), coin, out + (<usize>i << 3), span);
  }
  return count;
}

function pairOf(table: usize, forward: v128, strike: v128, vol: v128, root: v128, right: v128, coin: bool, out: usize, span: usize): void {
  const s = f64x2.mul(vol, root);
  const below = f64x2.le(forward, strike);
  const lower = f64x2.min(forward, strike);
  const x = logMoneyness(lower, f64x2.max(forward, strike));
  const sharp = v128.or(f64x2.eq(s, all(0)), f64x2.eq(x, all(-Infinity)));
  const h = f64x2.div(v128.bitselect(x, f64x2.neg(x), below), s);
  const half = f64x2.mul(all(0.5), s);
  const d1 = f64x2.add(h, half);
  const d2 = f64x2.sub(h, half);
  const limit = v128.bitselect(all(-Infinity), all(Infinity), below);
  const kink = v128.andnot(limit, f64x2.eq(forward, strike));
  const bell1 = gaussians(d1, all(0));
  const density1 = v128.andnot(f64x2.mul(all(INVERSE_SQRT_TWO_PI), bell1), sharp);
  // Of the option that is out of the money d1 and d2 are those, or -d2 and -d1; its bell is wanted where the tail's own is not.
  let bell2 = bell1;
  let tail1 = all(0);
  let tail2 = tail1;
  const isFlipped = v128.andnot(f64x2.lt(d2, all(4)), below);
  const wide = f64x2.ge(s, all(SERIES_STDEV_MAX));
  if (coin || v128.any_true(isFlipped)) bell2 = gaussians(d2, all(0));
  const size1 = f64x2.abs(d1);
  const size2 = f64x2.abs(d2);
  if (v128.any_true(coin ? wide : v128.or(wide, f64x2.gt(size1, all(1))))) tail1 = mills(table, f64x2.neg(size1));
  if (v128.any_true(coin ? v128.or(wide, f64x2.gt(size2, all(1))) : wide)) tail2 = mills(table, f64x2.neg(size2));
  const ratio = timeRatio(
    table,
    x,
    s,
    v128.bitselect(h, f64x2.neg(h), below),
    v128.bitselect(bell1, bell2, below),
    v128.bitselect(tail1, tail2, below),
    v128.bitselect(tail2, tail1, below),
  );
  const timeValue = f64x2.mul(lower, ratio);
  const intrinsic = f64x2.mul(right, f64x2.sub(forward, strike));
  const value = v128.bitselect(f64x2.add(intrinsic, timeValue), timeValue, f64x2.gt(intrinsic, all(0)));
  const at = v128.bitselect(kink, coin ? d2 : d1, sharp);
  const density2 = v128.andnot(f64x2.mul(all(INVERSE_SQRT_TWO_PI), bell2), sharp);
  const share = cdfs(f64x2.mul(right, at), coin ? density2 : density1, coin ? tail2 : tail1);
  if (coin) storeCoin(out, span, value, forward, strike, vol, root, d1, d2, density1, f64x2.mul(f64x2.mul(right, f64x2.div(strike, forward)), share));
  else storeMoney(out, span, value, forward, vol, root, d1, d2, density1, f64x2.mul(right, share));
}

function storeMoney(out: usize, span: usize, value: v128, forward: v128, vol: v128, root: v128, d1: v128, d2: v128, density: v128, delta: v128): void {
  const none = f64x2.eq(density, all(0));
  const vega = silenced(density, f64x2.mul(forward, root));
  const theta = f64x2.div(f64x2.mul(f64x2.mul(f64x2.neg(forward), density), vol), f64x2.mul(all(2), root));
  v128.store(out, value);
  v128.store(out + span, delta);
  v128.store(out + 2 * span, v128.andnot(f64x2.div(density, f64x2.mul(f64x2.mul(forward, vol), root)), none));
  v128.store(out + 3 * span, vega);
  v128.store(out + 4 * span, v128.andnot(theta, none));
  v128.store(out + 5 * span, silenced(density, f64x2.div(f64x2.neg(d2), vol)));
  v128.store(out + 6 * span, silenced(vega, f64x2.div(f64x2.mul(d1, d2), vol)));
}

function storeCoin(out: usize, span: usize, value: v128, forward: v128, strike: v128, vol: v128, root: v128, d1: v128, d2: v128, density: v128, netDelta: v128): void {
  const none = f64x2.eq(density, all(0));
  const vega = silenced(density, root);
  const curvature = v128.andnot(f64x2.div(density, f64x2.mul(vol, root)), none);
  const bend = f64x2.div(f64x2.sub(curvature, f64x2.mul(all(2), netDelta)), forward);
  const theta = f64x2.div(f64x2.mul(f64x2.neg(density), vol), f64x2.mul(all(2), root));
  v128.store(out, f64x2.div(value, forward));
  v128.store(out + span, f64x2.div(netDelta, forward));
  v128.store(out + 2 * span, f64x2.div(bend, forward));
  v128.store(out + 3 * span, vega);
  v128.store(out + 4 * span, v128.andnot(theta, none));
  v128.store(out + 5 * span, silenced(density, f64x2.div(f64x2.neg(d1), f64x2.mul(vol, forward))));
  v128.store(out + 6 * span, silenced(vega, f64x2.div(f64x2.mul(d1, d2), vol)));
  v128.store(out + 7 * span, netDelta);
}
