// Black-76 to second order, and how wrong that can be. A value moves with its forward F and with s = vol sqrt(T) alone, so two steps,
// u = F'/F - 1 and q = s' - s, and five sensitivities say all that delta, gamma, vega, vanna, volga and theta can.
//
// The remainder. With m = F'/F, e = ln(F m / K)/s and a = s^2/4 the third derivative of V/F along the step is
//
//     sqrt(m K/F) phi(e) exp(-a/2) / s^2 x [ -(e + 1.5 s) r^3 + 3 (e^2 - a - 1) r^2 q
//                                           + 3 (2e - (e^2 - a)(e - s/2)) r q^2 + ((e^2 - a)^2 - 3 e^2 - a) q^3 ],  r = u/m,
//
// and Taylor's remainder is at most a sixth of its largest size on the way from (1, s) to (m, s'). Each bracket times phi(e) has a largest
// size over all e, so the bound asks for no moneyness, no normal law and no revaluation.

import { blackGreeks } from './greeks.ts';
import type { StrikeLanes } from './rows.ts';

/** Sensitivities of V/F of a call at (F, s), in relative steps of the forward and in steps of s; a put's delta is one less. */
export interface BlackJet {
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly vanna: number;
  readonly volga: number;
}

/**
 * The jet of one strike: Black's greeks with the forward as the unit of money and s as the unit of vol.
 *
 *     delta = N(d1);  gamma = phi(d1)/s;  vega = phi(d1);  vanna = -phi(d1) d2/s;  volga = phi(d1) d1 d2/s
 *
 * Pure numbers; kOverF = K/F > 0, stdev = vol sqrt(T) > 0. Errors: as `blackGreeks`. Source: quant notes 3.1.
 * @example blackJet(1, 0.2).gamma // 1.98
 */
export function blackJet(kOverF: number, stdev: number): BlackJet {
  // A year at the vol s: one unit of vol is one unit of s.
  return blackGreeks('call', 1, kOverF, stdev, 1);
}

/** Lanes of an expiry as an expansion sees them, once for all its strikes. */
export interface ExpansionLanes {
  readonly count: number;
  /** u = m - 1, m = F_l / F_0 */
  readonly steps: Float64Array;
  /** What one unit of value / F_0 is worth [money]: scale / m. */
  readonly worths: Float64Array;
  /** Four weights of the bound per lane: worth / 6 times `sqrt(lo) r^3, 3 sqrt(lo) r^2, 3 sqrt(lo) r, sqrt(hi)`, `r = |u| / lo`. */
  readonly weights: Float64Array;
}

/**
 * Steps, worths and weights of the first `count` lanes; lo and hi of a weight are the smaller and the larger of 1 and m.
 * @example expansionLanes(lanes, 64).steps[0] // 0.16
 */
export function expansionLanes({ invShift, scale }: StrikeLanes, count: number): ExpansionLanes {
  const steps = new Float64Array(count);
  const worths = new Float64Array(count);
  const weights = new Float64Array(4 * count);
  for (let l = 0; l < count; l++) {
    const moved = 1 / invShift[l]!;
    const low = Math.min(1, moved);
    const rate = Math.abs(moved - 1) / low;
    steps[l] = moved - 1;
    worths[l] = scale[l]! * invShift[l]!;
    const unit = worths[l]! / 6;
    const root = unit * Math.sqrt(low);
    weights[4 * l] = root * rate * rate * rate;
    weights[4 * l + 1] = 3 * root * rate * rate;
    weights[4 * l + 2] = 3 * root * rate;
    weights[4 * l + 3] = unit * Math.sqrt(Math.max(1, moved));
  }
  return { count, steps, worths, weights };
}

/**
 * Fills `out[l]` and `out[putAt + l]` with the expanded values of a call and a put in every lane; `call` and `put` are their V/F where
 * nothing moves.
 *
 *     out = worth (base + delta u + gamma u^2 / 2 + vega q + vanna u q + volga q^2 / 2),  q = stdevs[l] - stdev
 *
 * Units are those of worth. Errors: none.
 * @example fillExpanded(blackJet(kOverF, s), call, put, expansionLanes(lanes, 64), stdevs, s, rows, 64)
 */
export function fillExpanded(
  jet: BlackJet,
  call: number,
  put: number,
  { count, steps, worths }: ExpansionLanes,
  stdevs: Float64Array,
  stdev: number,
  out: Float64Array,
  putAt: number,
): void {
  const { delta, gamma, vega, vanna, volga } = jet;
  for (let l = 0; l < count; l++) {
    const u = steps[l]!;
    const q = stdevs[l]! - stdev;
    const worth = worths[l]!;
    const bend = u * (0.5 * gamma * u + vanna * q) + q * (vega + 0.5 * volga * q);
    out[l] = worth * (call + delta * u + bend);
    out[putAt + l] = worth * (put + (delta - 1) * u + bend);
  }
}

// The largest size over all e, rounded up, of phi(e) times: 1; e; e^2; 2e - e^3; e^4 - 3 e^2.
const PEAK_ONE = 0.39895;
const PEAK_E = 0.24198;
const PEAK_E2 = 0.29353;
const PEAK_MIXED = 0.3313;
const PEAK_VOLGA = 0.48395;

/**
 * Fills `out[l]` with a bound on the size of expanded minus true value in every lane, in units of worth; call and put alike. With the
 * smaller and the larger s of a lane, `A = sMax^2/4` and the weights w of the lane:
 *
 *     out = sqrt(K/F) / sMin^2 (w0 k0 + w1 k1 |q| + w2 k2 q^2 + w3 k3 |q|^3)
 *     k0 = .242 + .599 sMax;  k1 = .399 (1 + A);  k2 = .331 + .242 A + sMax/2 max(.294, .399 A);  k3 = .484 + .588 A + .399 A max(1, A)
 *
 * Exact arithmetic is meant: rounding of either pricer comes on top. Errors: none. Source: the head of this file.
 * @example fillRemainders(kOverF, expansionLanes(lanes, 64), stdevs, s, bounds)
 */
export function fillRemainders(
  kOverF: number,
  { count, weights }: ExpansionLanes,
  stdevs: Float64Array,
  stdev: number,
  out: Float64Array,
): void {
  const root = Math.sqrt(kOverF);
  for (let l = 0; l < count; l++) {
    const moved = stdevs[l]!;
    const most = Math.max(moved, stdev);
    const least = Math.min(moved, stdev);
    const q = most - least;
    const a = 0.25 * most * most;
    const k0 = PEAK_E + 1.5 * PEAK_ONE * most;
    const k1 = PEAK_ONE * (1 + a);
    const k2 = PEAK_MIXED + PEAK_E * a + 0.5 * most * Math.max(PEAK_E2, PEAK_ONE * a);
    const k3 = PEAK_VOLGA + 2 * PEAK_E2 * a + PEAK_ONE * a * Math.max(1, a);
    const w = 4 * l;
    const sum =
      weights[w]! * k0 + q * (weights[w + 1]! * k1 + q * (weights[w + 2]! * k2 + q * weights[w + 3]! * k3));
    out[l] = (root * sum) / (least * least);
  }
}
