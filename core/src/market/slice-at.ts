// A smile for any expiry: the fitted one, one between two, or one stretched beyond the ends, and less sure each time.

import {
  type Instant,
  instant,
  MS_PER_YEAR,
  type Refusal,
  refuse,
  type Years,
  years,
} from '../base/index.ts';
import { exp, log } from '../kernel/index.ts';
import { butterflyMin, calendarMin } from './arbitrage.ts';
import { blendOf } from './collapse.ts';
import type { Slice, SliceQuality, Smile, UnderlyingMarket } from './market.ts';
import { type FitPolicy, fitPolicy } from './policy.ts';
import { atmVol, scaleVariance, stretch, unfixedPart } from './smile.ts';

/** Half of the ATM vol gap between two ends is doubted in the middle between them, nothing at the ends. */
const BETWEEN_DOUBT = 0.5;
/** Beyond the ends, each e-fold of time doubts this share of the ATM vol. */
const BEYOND_DOUBT = 0.1;
/** Beyond this ratio of times an extrapolation is a guess, and guesses are refused. */
export const STRETCH_MAX = 8;

/**
 * The slice of an expiry: as fitted; or between two fitted ones, total variance linear in time at fixed log-moneyness and forward
 * log-linear; or beyond the ends, the end's smile with theta in proportion to time and its shape in root time. Confidence falls with
 * the distance; butterfly and calendar are checked again. Refuses an expired expiry, a coin without slices, more than
 * `STRETCH_MAX` times the last (or under that part of the first) time, and a smile that fails the checks.
 * @example sliceAt(bitcoin, expiry) // Slice with quality.source 'interpolated'
 */
export function sliceAt(
  coin: UnderlyingMarket,
  expiry: Instant,
  policy: FitPolicy = fitPolicy,
): Slice | Refusal {
  const { slices } = coin;
  const exact = slices.find((slice) => slice.expiry === expiry);
  if (exact !== undefined) return exact;
  const early = slices.findLast((slice) => slice.expiry < expiry);
  const late = slices.find((slice) => slice.expiry > expiry);
  if (early !== undefined && late !== undefined) return between(early, late, expiry, policy);
  const end = early ?? late;
  if (end === undefined)
    return refuse('no-market', 'No expiry of this coin could be fitted.', coin.underlying);
  return beyond(end, expiry, coin, policy);
}

function between(early: Slice, late: Slice, expiry: Instant, policy: FitPolicy): Slice | Refusal {
  const mix = (expiry - early.expiry) / (late.expiry - early.expiry);
  const smile = blendOf(early.smile, late.smile, mix);
  if (smile === undefined) {
    return refuse('arbitrage', 'No blend of the two neighbouring expiries is free of arbitrage.');
  }
  const blendNumber = (left: number, right: number) => (1 - mix) * left + mix * right;
  const blendLog = (left: number, right: number) => exp(blendNumber(log(left), log(right)));
  const gap = Math.abs(atmVol(late) - atmVol(early));
  const doubt = BETWEEN_DOUBT * gap * 4 * mix * (1 - mix);
  const nearer = mix < 0.5 ? early : late;
  return {
    expiry,
    years: yearsOf(early, expiry),
    forward: blendLog(early.forward, late.forward),
    smileForward: blendLog(early.smileForward, late.smileForward),
    smileYears: years(blendNumber(early.smileYears, late.smileYears)),
    smile,
    ...rateBetween(early, late, blendNumber),
    deforms: nearer.deforms,
    unfixed: unfixedPart(atOf(early), expiry),
    quality: lessSure(worseOf(early.quality, late.quality), doubt, early.smile, smile, policy),
  };
}

/** The rate between two expiries; a slice between two has no stated vols of its own. */
function rateBetween(
  early: Slice,
  late: Slice,
  blend: (left: number, right: number) => number,
): { rate: number } | object {
  if (early.rate === undefined && late.rate === undefined) return {};
  return { rate: blend(early.rate ?? 0, late.rate ?? 0) };
}

function beyond(
  { table: _, ...end }: Slice,
  expiry: Instant,
  coin: UnderlyingMarket,
  policy: FitPolicy,
): Slice | Refusal {
  const own = yearsOf(end, expiry);
  if (!(own > 0)) {
    return refuse(
      'expired',
      'The expiry is not after the market; nothing is left to price.',
      coin.underlying,
    );
  }
  const ratio = own / end.years;
  if (ratio > STRETCH_MAX || ratio < 1 / STRETCH_MAX / STRETCH_MAX) {
    return refuse(
      'no-market',
      'The expiry is too far from every fitted one to guess its smile.',
      coin.underlying,
    );
  }
  for (const smile of [stretch(end.smile, ratio), scaleVariance(end.smile, ratio)]) {
    const [first, second] = ratio < 1 ? [smile, end.smile] : [end.smile, smile];
    if (!(butterflyMin(smile).value >= 0 && calendarMin(first, second).value >= 0)) continue;
    const doubt = BEYOND_DOUBT * atmVol(end) * Math.abs(log(ratio));
    // The carry per year of the end: beyond it nobody says the basis changes.
    const carry = (log(end.forward / coin.index) * ratio) as number;
    const forward = coin.index * exp(carry);
    return {
      ...end,
      expiry,
      years: own,
      forward,
      smileForward: end.smileForward * (forward / end.forward),
      smileYears: years(end.smileYears * ratio),
      smile,
      unfixed: unfixedPart(atOf(end), expiry),
      quality: lessSure(end.quality, doubt, first, second, policy),
    };
  }
  return refuse(
    'arbitrage',
    'The nearest smile cannot be stretched to this expiry without arbitrage.',
    coin.underlying,
  );
}

/** A slice knows its expiry and its time to it, so it knows when its market was. */
function atOf(slice: Slice): Instant {
  return instant(slice.expiry - slice.years * MS_PER_YEAR);
}

function yearsOf(slice: Slice, expiry: Instant): Years {
  return years(slice.years + (expiry - slice.expiry) / MS_PER_YEAR);
}

function worseOf(left: SliceQuality, right: SliceQuality): SliceQuality {
  return left.uncertainty >= right.uncertainty ? left : right;
}

function lessSure(
  quality: SliceQuality,
  doubt: number,
  early: Smile,
  late: Smile,
  policy: FitPolicy,
): SliceQuality {
  const uncertainty = Math.sqrt(quality.uncertainty * quality.uncertainty + doubt * doubt);
  return {
    ...quality,
    source: 'interpolated',
    uncertainty,
    confidence: policy.reference / (policy.reference + uncertainty),
    butterflyMin: Math.min(butterflyMin(early).value, butterflyMin(late).value),
    calendarMin: calendarMin(early, late).value,
  };
}
