// One SVI term in place of two, as near as it gets: an interpolated smile has room for one term from each end.

import { years } from '../base/index.ts';
import { openFence } from './fence.ts';
import type { RawSvi, Smile } from './market.ts';
import { totalVariance } from './smile.ts';
import { type Evidence, fitFrom } from './svi-fit.ts';
import { searchOf, smileOf } from './terms.ts';

/** Sample points in standard deviations: dense where options trade. */
const SAMPLES_AT = [
  -6, -4.5, -3.5, -2.5, -2, -1.5, -1, -0.7, -0.4, -0.2, 0, 0.2, 0.4, 0.7, 1, 1.5, 2, 2.5, 3.5, 4.5, 6,
];

/**
 * The SVI nearest to a smile in vol over six standard deviations; a smile of one term is returned as it is.
 * @example collapsed(oneTerm(svi)) // svi
 */
export function collapsed(smile: Smile): RawSvi {
  if (smile.mix === 0) return smile.near;
  const root = Math.sqrt(totalVariance(smile, 0));
  const k = Float64Array.from(SAMPLES_AT, (at) => at * root);
  // Unit time: only the shape of total variance is copied.
  const vol = k.map((at) => Math.sqrt(totalVariance(smile, at)));
  const evidence: Evidence = { k, vol, half: vol.map((v) => 0.001 * v), years: years(1) };
  const start = smile.mix < 0.5 ? smile.near : smile.far;
  return smileOf(fitFrom(evidence, openFence, searchOf(start), 10).x).near;
}
