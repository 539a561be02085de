// How sure we are of a slice: measured against the quotes it was made from, and turned into one number that becomes a charge.

import { MS_PER_DAY } from '../base/index.ts';
import type { VolQuote } from './filters.ts';
import type { SliceQuality, Smile } from './market.ts';
import type { FitPolicy } from './policy.ts';
import { median } from './robust.ts';
import { totalVariance } from './smile.ts';

/** What is measured before the neighbours are known. */
export interface SliceMeasure {
  readonly smile: Smile;
  readonly source: SliceQuality['source'];
  readonly quotes: readonly VolQuote[];
  readonly years: number;
  readonly doubt: number;
  /** Of the quotes, milliseconds before the time that was asked for. */
  readonly age: number;
  readonly butterflyMin: number;
  readonly calendarMin: number;
}

/** A thin slice's vol may be wrong by its neighbours' disagreement: a tenth of its own vol, shrinking as quotes come in. */
const THIN_SHARE = 0.1;

/**
 * Quality of a slice: `fitError` = rms of model minus mid weighted by 1/half^2 with Huber weights, `quoteWidth` = median half-width,
 * `uncertainty = sqrt(fitError^2 + quoteWidth^2 + doubt^2 + thin^2 + old^2)`, `old = dailyVolMove * atm * sqrt(age in days)`,
 * `confidence = reference / (reference + uncertainty)`; vols.
 * @example qualityOf(measure, fitPolicy).confidence // 0.86
 */
export function qualityOf(measure: SliceMeasure, policy: FitPolicy): SliceQuality {
  const quoted = measure.quotes.filter((quote) => quote.strength === 'quoted');
  const used = quoted.length > 0 ? quoted : measure.quotes;
  let weights = 0;
  let squares = 0;
  let inside = 0;
  for (const { k, vol, halfWidth, bidVol, askVol } of used) {
    const model = Math.sqrt(Math.max(totalVariance(measure.smile, k), 0) / measure.years);
    const error = Math.abs(model - vol);
    const huber = error <= policy.huber * halfWidth ? 1 : (policy.huber * halfWidth) / error;
    const weight = huber / (halfWidth * halfWidth);
    weights += weight;
    squares += weight * error * error;
    if (model >= bidVol && model <= askVol) inside++;
  }
  const fitError = weights > 0 ? Math.sqrt(squares / weights) : 0;
  const quoteWidth = median(used.map((quote) => quote.halfWidth)) ?? 0;
  const atm = Math.sqrt(Math.max(totalVariance(measure.smile, 0), 0) / measure.years);
  const lack = Math.max(0, policy.quotesMin - quoted.length) / policy.quotesMin;
  const thin = THIN_SHARE * atm * lack;
  const old = policy.dailyVolMove * atm * Math.sqrt(measure.age / MS_PER_DAY);
  const doubts = measure.doubt * measure.doubt + thin * thin + old * old;
  const uncertainty = Math.sqrt(fitError * fitError + quoteWidth * quoteWidth + doubts);
  return {
    source: measure.source,
    fitError,
    quoteWidth,
    uncertainty,
    confidence: policy.reference / (policy.reference + uncertainty),
    quotesUsed: used.length,
    insideShare: quoted.length > 0 ? inside / quoted.length : 0,
    butterflyMin: measure.butterflyMin,
    calendarMin: measure.calendarMin,
  };
}
