// Implied volatility, or a typed reason why there is none. Never a number that the price does not determine.
//
// The price is reduced to the out-of-the-money time value over the lower of forward and strike, c in (0, 1), with
// x = ln(lower/upper) <= 0. c(s) rises from 0 to 1 and bends at s* = sqrt(2|x|), where d1 = 0. Below c(s*) ln c is matched, starting
// from the normal (Bachelier) model's answer; above, the room 1 - c is matched through its normal quantile, nearly linear in s.

import { logMoneyness, type Right, timeRatio, timeRoom } from './black76.ts';
import { exp, log, log1p } from './elementary.ts';
import { millsSlope } from './mills.ts';
import { normalInverse, normalPdf } from './normal.ts';

/** Why a price has no volatility, or none that it determines. */
export interface NoVolatility {
  readonly kind: 'no-volatility';
  /**
   * `below-intrinsic`: less than exercise now would pay. `above-forward`: a call at or above the forward, a put at or above the strike.
   * `zero-time`: no time for a volatility to act in. `not-recoverable`: the price as a double does not pin the volatility down
   * to VOL_UNCERTAINTY_MAX. `bad-input`: not a finite number, or negative time, forward or strike.
   */
  readonly why: 'below-intrinsic' | 'above-forward' | 'zero-time' | 'not-recoverable' | 'bad-input';
  /** Half an ulp of the price in vol, where that is what failed [1.00 of vol]. */
  readonly uncertainty?: number;
}

/** Half an ulp of the price may move the vol by this much at most, absolutely and as a share of vols above 1. */
export const VOL_UNCERTAINTY_MAX = 1e-8;

// Below this share of the lower of forward and strike our own price loses digits to the end of the doubles.
const SHARE_MIN = 1e-300;
const EVALUATIONS_MAX = 100; // a bracket halving its width is done by then; 3 to 5 are usual
// After a step of this relative size Halley's cubic convergence leaves less than one part in 2^53.
const STEP_ENOUGH = 1e-6;
const SQRT_TWO_PI = 2.5066282746310007;
const LOG_SQRT_TWO_PI = 0.9189385332046727;

/**
 * The volatility at which undiscounted Black-76 gives this price, or the reason why there is none.
 *
 *     blackPrice(right, forward, strike, vol sqrt(years)) = price
 *
 * Converges wherever the price determines a vol: down to 1e-300 of forward, in the money (through the time value), huge vols (through
 * the room below the upper bound). A price at intrinsic, or so near that half an ulp of it moves the vol by more than 1e-8,
 * is `not-recoverable`. Accuracy: the vol reprices to within a few ulp of the price's information.
 * Units: price in the unit of forward and strike, undiscounted (divide by the discount factor first); years; vol per root year.
 * Errors: never thrown; see NoVolatility.
 * @example impliedVol('call', 60000, 66000, 30 / 365, 1962.1563028256598) // 0.6
 */
export function impliedVol(
  right: Right,
  forward: number,
  strike: number,
  years: number,
  price: number,
): number | NoVolatility {
  const sane = forward >= 0 && strike >= 0 && years >= 0 && price - price === 0;
  if (!sane || !(forward + strike + years < Number.POSITIVE_INFINITY)) return none('bad-input');
  const ceiling = right === 'call' ? forward : strike;
  const other = right === 'call' ? strike : forward;
  const floor = ceiling - other;
  if (price < 0 || price < floor) return none('below-intrinsic');
  if (price >= ceiling && price > 0) return none('above-forward');
  if (years === 0) return none('zero-time');
  const lower = Math.min(forward, strike);
  if (lower === 0) return none('not-recoverable');
  const timeValue = floor > 0 ? surplus(price, ceiling, other) : price;
  if (!(timeValue > SHARE_MIN * lower)) return none('not-recoverable');
  // Exact where it matters: price is then within a factor 2 of the ceiling.
  const room = ceiling - price;
  const root = Math.sqrt(years);
  const x = logMoneyness(lower, Math.max(forward, strike));
  const s = stdevOf(x, timeValue / lower, room / lower);
  const vega = lower * normalPdf(x / s + 0.5 * s) * root;
  // 2^-53 of the price is at least half an ulp; below normal doubles half an ulp is 2^-1075.
  const uncertainty = Math.max(price * 1.1102230246251565e-16, 5e-324) / vega;
  const vol = s / root;
  return uncertainty <= VOL_UNCERTAINTY_MAX * Math.max(vol, 1) ? vol : none('not-recoverable', uncertainty);
}

// price - (ceiling - other), giving back what rounding took from the difference in brackets.
function surplus(price: number, ceiling: number, other: number): number {
  const intrinsic = ceiling - other;
  return price - intrinsic - (ceiling - intrinsic - other);
}

// The s with timeRatio(x, s) = share and timeRoom = room = 1 - share; both are given, each accurate where it is small.
function stdevOf(x: number, share: number, room: number): number {
  return share < 0.5 ? matchLog(x, share, normalModelStdev(x, share)) : matchRoom(x, room);
}

// Newton on u(s) = N^-1(room(s)), u' = -phi(d1)/phi(u). The start lies below the root for two reasons, each sharp at its end:
// N(-d1) <= room, and the room at x = 0, 2 N(-s/2), is the least.
function matchRoom(x: number, room: number): number {
  const goal = normalInverse(room);
  let s = Math.max(Math.sqrt(goal * goal - 2 * x) - goal, -2 * normalInverse(0.5 * room));
  for (let i = 0; i < EVALUATIONS_MAX; i++) {
    const d1 = x / s + 0.5 * s;
    const u = normalInverse(timeRoom(d1, d1 - s));
    const step = ((goal - u) * normalPdf(u)) / normalPdf(d1);
    if (!(Math.abs(step) <= s)) return Number.NaN;
    s -= step;
    if (Math.abs(step) <= 1e-8 * s) break;
  }
  return s;
}

// Halley on f(s) = ln timeRatio(x, s) - ln share, f' = phi(d1)/timeRatio = r, f''/f' = d1 d2/s - r, inside a bracket.
function matchLog(x: number, share: number, guess: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let s = guess;
  for (let i = 0; i < EVALUATIONS_MAX; i++) {
    const ratio = timeRatio(x, s);
    const off = (ratio - share) / share;
    if (off === 0) return s;
    if (off < 0) low = s;
    else high = s;
    const miss = Math.abs(off) < 0.5 ? log1p(off) : log(ratio) - log(share);
    const d1 = x / s + 0.5 * s;
    const r = normalPdf(d1) / ratio;
    const newton = miss / r;
    const bend = 1 - 0.5 * newton * ((d1 * (d1 - s)) / s - r);
    const next = s - newton / Math.min(Math.max(bend, 0.5), 2);
    if (Math.abs(next - s) <= STEP_ENOUGH * s) return next;
    if (next > low && next < high) s = next;
    else s = high === Number.POSITIVE_INFINITY ? 2 * s : 0.5 * (low + high);
  }
  return s;
}

// The stdev in the normal model: share = s B(|x|/s), B(h) = phi(h) - h N(-h) = phi(h) Y'(-h), after taking sqrt(F K) for unit,
// which makes the two models agree to second order in s. With h = |x|/s and G = B/h the equation is G(h) = share e^(x/2)/|x|.
function normalModelStdev(x: number, share: number): number {
  const centred = share * exp(0.5 * x);
  if (centred > -x / 12) return SQRT_TWO_PI * (centred - 0.5 * x); // h < 1, where G is near 1/(sqrt(2 pi) h) - 1/2
  const goal = log(share) + 0.5 * x - log(-x);
  let h = Math.sqrt(1 - 2 * (goal + 2.4849066497880004)); // G(1) is near 1/12 = e^-2.4849; beyond, ln G is near -h^2/2
  for (let step = 0; step < 2; step++) {
    const slope = millsSlope(-h);
    h += (log(slope / h) - 0.5 * h * h - LOG_SQRT_TWO_PI - goal) * h * slope;
  }
  return -x / h;
}

function none(why: NoVolatility['why'], uncertainty?: number): NoVolatility {
  return uncertainty === undefined
    ? { kind: 'no-volatility', why }
    : { kind: 'no-volatility', why, uncertainty };
}
