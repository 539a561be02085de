// The smile as a function: raw SVI total variance, its two derivatives, and the volatility a pricer asks for.

import { type Instant, type Refusal, refuse, type Years } from '../base/index.ts';
import { log } from '../kernel/index.ts';
import { deformVol, VOL_MIN } from './deform.ts';
import type { RawSvi, Slice, Smile, VolTable } from './market.ts';

/** A total variance and its first two derivatives in log-moneyness. */
export interface VarianceJet {
  readonly w: number;
  readonly slope: number;
  readonly bend: number;
}

/**
 * Raw SVI total variance `w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))`, dimensionless (vol^2 x years).
 * Source: Gatheral & Jacquier, arXiv 1204.0646, section 3.1.
 * @example sviVariance({ a: 0.04, b: 0.1, rho: 0, m: 0, sigma: 0.1 }, 0) // 0.05
 */
export function sviVariance(svi: RawSvi, k: number): number {
  const x = k - svi.m;
  return svi.a + svi.b * (svi.rho * x + Math.sqrt(x * x + svi.sigma * svi.sigma));
}

/**
 * Raw SVI variance with derivatives: `w' = b (rho + x / s)`, `w'' = b sigma^2 / s^3`, `x = k - m`, `s = sqrt(x^2 + sigma^2)`.
 * @example sviJet({ a: 0.04, b: 0.1, rho: 0.2, m: 0, sigma: 0.1 }, 0) // { w: 0.05, slope: 0.02, bend: 1 }
 */
export function sviJet(svi: RawSvi, k: number): VarianceJet {
  const x = k - svi.m;
  const s2 = x * x + svi.sigma * svi.sigma;
  const s = Math.sqrt(s2);
  return {
    w: svi.a + svi.b * (svi.rho * x + s),
    slope: svi.b * (svi.rho + x / s),
    bend: (svi.b * svi.sigma * svi.sigma) / (s2 * s),
  };
}

/**
 * Total variance of a smile, `(1 - mix) near(k) + mix far(k)`, dimensionless.
 * @example totalVariance(oneTerm({ a: 0.04, b: 0.1, rho: 0, m: 0, sigma: 0.1 }), 0) // 0.05
 */
export function totalVariance(smile: Smile, k: number): number {
  const near = sviVariance(smile.near, k);
  return smile.mix === 0 ? near : (1 - smile.mix) * near + smile.mix * sviVariance(smile.far, k);
}

/**
 * Total variance of a smile with its first two derivatives in k.
 * @example smileJet(oneTerm({ a: 0.04, b: 0.1, rho: 0, m: 0, sigma: 0.1 }), 0).slope // 0
 */
export function smileJet(smile: Smile, k: number): VarianceJet {
  const near = sviJet(smile.near, k);
  if (smile.mix === 0) return near;
  const far = sviJet(smile.far, k);
  const keep = 1 - smile.mix;
  return {
    w: keep * near.w + smile.mix * far.w,
    slope: keep * near.slope + smile.mix * far.slope,
    bend: keep * near.bend + smile.mix * far.bend,
  };
}

/**
 * A smile of one SVI term.
 * @example oneTerm({ a: 0.04, b: 0.1, rho: 0, m: 0, sigma: 0.1 }).mix // 0
 */
export function oneTerm(svi: RawSvi): Smile {
  return { near: svi, far: svi, mix: 0 };
}

/**
 * The volatility of a strike: `deformVol(sqrt(w(k) / smileYears), k, deforms)` with `k = ln(strike / smileForward)`.
 * Strike in USD per coin (any unit shared with the forward); answer is a decimal vol, at least `VOL_MIN`.
 * @example volAt(slice, 90_000) // 0.55
 */
export function volAt(slice: Slice, strike: number): number {
  const k = smileMoneyness(strike, slice);
  return deformVol(smileVol(slice, k), k, slice.deforms, leastVol(slice));
}

/** The lowest vol of a slice: where vols are stated, as a venue has them, zero is one; a fitted smile stays above `VOL_MIN`. */
export function leastVol({ table }: Slice): number {
  return table === undefined ? VOL_MIN : 0;
}

/** Below this nothing is priced; a strike of zero is taken to stand here, where every smile still has a value. */
const K_LEAST = -700;

/** `ln(strike / smileForward)`, at least -700. @example smileMoneyness(0, slice) // -700 */
export function smileMoneyness(strike: number, { smileForward }: Slice): number {
  return Math.max(K_LEAST, log(strike / smileForward));
}

/**
 * A table of stated vols by strike for a smile forward. Strikes and forward in one unit; vols are decimals; a strike that is given twice keeps
 * its last vol.
 * @example volTable(65_000, [[60_000, 0.6], [70_000, 0.55]]).vols // [0.6, 0.55]
 */
export function volTable(
  smileForward: number,
  stated: Iterable<readonly [strike: number, vol: number]>,
): VolTable {
  const byK = new Map<number, number>();
  for (const [strike, vol] of stated) byK.set(Math.max(K_LEAST, log(strike / smileForward)), vol);
  const sorted = [...byK].sort(([left], [right]) => left - right);
  return { ks: sorted.map(([k]) => k), vols: sorted.map(([, vol]) => vol) };
}

function tableVol({ ks, vols }: VolTable, k: number): number {
  const above = ks.findIndex((known) => known >= k);
  if (above < 0) return vols.at(-1)!;
  if (above === 0 || ks[above] === k) return vols[above]!;
  const share = (k - ks[above - 1]!) / (ks[above]! - ks[above - 1]!);
  return vols[above - 1]! + share * (vols[above]! - vols[above - 1]!);
}

/**
 * The volatility at a log-moneyness before any deform: `sqrt(w(k) / smileYears)`, or what a table of stated vols says.
 * @example smileVol(slice, 0) === atmVol(slice) // true
 */
export function smileVol(slice: Slice, k: number): number {
  if (slice.table !== undefined) return tableVol(slice.table, k);
  // Arithmetic of a far strike may leave w a hair below zero where it touches zero; the floor of deformVol serves it.
  return Math.sqrt(Math.max(0, totalVariance(slice.smile, k)) / slice.smileYears);
}

/**
 * At-the-money volatility of a slice's smile, before deforms: `sqrt(w(0) / smileYears)`.
 * @example atmVol(slice) // 0.45
 */
export function atmVol(slice: Slice): number {
  return smileVol(slice, 0);
}

/**
 * The refusal of parameters that are no smile, or undefined: `b >= 0`, `|rho| < 1`, `sigma > 0`,
 * `a + b sigma sqrt(1 - rho^2) >= 0` (variance stays positive) and Lee's `b (1 + |rho|) <= 2` (moments exist).
 * @example sviRefusal({ a: 0.04, b: -0.1, rho: 0, m: 0, sigma: 0.1 })?.reason // 'bad-parameter'
 */
export function sviRefusal(svi: RawSvi): Refusal | undefined {
  const { a, b, rho, m, sigma } = svi;
  if (![a, b, rho, m, sigma].every(Number.isFinite)) {
    return refuse('bad-parameter', 'SVI parameters must be finite numbers.');
  }
  if (b < 0) return refuse('bad-parameter', `SVI b is ${b}; it must be at least 0.`);
  if (Math.abs(rho) >= 1) return refuse('bad-parameter', `SVI rho is ${rho}; it must be inside (-1, 1).`);
  if (sigma <= 0) return refuse('bad-parameter', `SVI sigma is ${sigma}; it must be above 0.`);
  const lowest = a + b * sigma * Math.sqrt(1 - rho * rho);
  // A smile may touch zero; one part in 1e12 is what five roundings can cost.
  if (lowest < -1e-12 * (Math.abs(a) + b * sigma)) {
    return refuse('bad-parameter', `SVI variance falls to ${lowest}; raise a.`);
  }
  const steepest = b * (1 + Math.abs(rho));
  if (steepest > 2) {
    return refuse('bad-parameter', `SVI wing slope is ${steepest}; Lee's bound is 2, lower b or |rho|.`);
  }
  return undefined;
}

/**
 * SVI in jump wings (Gatheral & Jacquier section 3.3): ATM variance, ATM skew, put and call slopes, lowest variance,
 * each per unit of time or root of total variance, so that they compare across expiries.
 */
export interface JumpWings {
  readonly v: number;
  readonly psi: number;
  readonly p: number;
  readonly c: number;
  readonly vTilde: number;
}

/**
 * Raw to jump wings: `v = w0/t`, `psi = (b / 2 sqrt w0)(rho - m / sqrt(m^2 + sigma^2))`, `p = b (1 - rho) / sqrt w0`,
 * `c = b (1 + rho) / sqrt w0`, `vTilde = (a + b sigma sqrt(1 - rho^2)) / t`. Source: arXiv 1204.0646, (3.5).
 * @example jumpWingsOf({ a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 }, 1 as Years).c // 1.316798
 */
export function jumpWingsOf(svi: RawSvi, years: Years): JumpWings {
  const w0 = sviVariance(svi, 0);
  const root = Math.sqrt(w0);
  return {
    v: w0 / years,
    psi: (svi.b / (2 * root)) * (svi.rho - svi.m / Math.sqrt(svi.m * svi.m + svi.sigma * svi.sigma)),
    p: (svi.b * (1 - svi.rho)) / root,
    c: (svi.b * (1 + svi.rho)) / root,
    vTilde: (svi.a + svi.b * svi.sigma * Math.sqrt(1 - svi.rho * svi.rho)) / years,
  };
}

/**
 * Jump wings to raw (arXiv 1204.0646, lemma 3.2). Refuses wings that no SVI has (`|beta| > 1`, flat wings).
 * @example rawOf({ v: 0.01742625, psi: -0.1752111, p: 0.6997381, c: 1.316798, vTilde: 0.0116249 }, 1 as Years)
 */
export function rawOf(wings: JumpWings, years: Years): RawSvi | Refusal {
  const { v, psi, p, c, vTilde } = wings;
  const root = Math.sqrt(v * years);
  const b = (root * (c + p)) / 2;
  if (!(b > 0)) return refuse('bad-parameter', 'Jump wings are flat or negative; p + c must be above 0.');
  const rho = 1 - (p * root) / b;
  const beta = rho - (2 * psi * root) / b;
  if (!(Math.abs(beta) <= 1)) {
    return refuse('bad-parameter', `Jump-wing skew ${psi} is outside its wings; need -p <= 2 psi <= c.`);
  }
  const flank = Math.sqrt(1 - rho * rho);
  if (beta === 0) {
    const sigma = ((v - vTilde) * years) / (b * (1 - flank));
    return valid({ a: vTilde * years - b * sigma * flank, b, rho, m: 0, sigma });
  }
  // m / sqrt(m^2 + sigma^2) = beta, so sigma = m alpha with alpha = sgn(beta) sqrt(1/beta^2 - 1).
  const sign = beta < 0 ? -1 : 1;
  const alpha = sign * Math.sqrt(1 / (beta * beta) - 1);
  const m = ((v - vTilde) * years) / (b * (-rho + sign * Math.sqrt(1 + alpha * alpha) - alpha * flank));
  const sigma = alpha * m;
  return valid({ a: vTilde * years - b * sigma * flank, b, rho, m, sigma });
}

function valid(svi: RawSvi): RawSvi | Refusal {
  return sviRefusal(svi) ?? svi;
}

/** Rescales a smile fitted at one expiry to another, shape kept in units of root time: `w(k) -> (t'/t) w(k sqrt(t/t'))`.
 * Butterfly freedom survives shortening: of Durrleman's g only `-w'^2/16` changes, and it shrinks.
 * @example stretch(smile, 0.5).near.b // smile.near.b * Math.sqrt(0.5)
 */
export function stretch(smile: Smile, ratio: number): Smile {
  const root = Math.sqrt(ratio);
  const bend = (svi: RawSvi): RawSvi => ({
    a: svi.a * ratio,
    b: svi.b * root,
    rho: svi.rho,
    m: svi.m * root,
    sigma: svi.sigma * root,
  });
  return { near: bend(smile.near), far: bend(smile.far), mix: smile.mix };
}

/**
 * Multiplies a smile's total variance: `w(k) -> factor w(k)`. Shrinking keeps butterfly freedom: g is concave in the factor
 * and non-negative at 0 and 1.
 * @example scaleVariance(smile, 0.5).near.a // smile.near.a * 0.5
 */
export function scaleVariance(smile: Smile, factor: number): Smile {
  const scaled = (svi: RawSvi): RawSvi => ({ ...svi, a: svi.a * factor, b: svi.b * factor });
  return { near: scaled(smile.near), far: scaled(smile.far), mix: smile.mix };
}

/**
 * Part of a settlement average not fixed yet: Deribit settles on the mean of the index over the last half hour.
 * `clamp((expiry - at) / window, 0, 1]`, never 0.
 * @example unfixedPart(0 as Instant, 900_000 as Instant) // 0.5
 */
export function unfixedPart(at: Instant, expiry: Instant): number {
  return Math.min(1, Math.max((expiry - at) / SETTLEMENT_WINDOW_MS, Number.EPSILON));
}

/** Deribit, OKX and Derive all settle on a 30-minute average of the index. */
export const SETTLEMENT_WINDOW_MS = 30 * 60 * 1000;
