// Two smiles made one: an interpolated slice has room for two terms, and its ends may have two each.

import { years } from '../base/index.ts';
import { butterflyMin, calendarMin, checkGrid } from './arbitrage.ts';
import { fenceBetween, openFence } from './fence.ts';
import type { RawSvi, Smile } from './market.ts';
import { scaleVariance, totalVariance } from './smile.ts';
import { type Evidence, fitFrom } from './svi-fit.ts';
import { searchOf, searchOfSmile, smileOf } from './terms.ts';

/** Sample points in standard deviations: dense where options trade. */
const SAMPLES_AT = [
  -6, -4.5, -3.5, -2.5, -2, -1.5, -1, -0.7, -0.4, -0.2, 0, 0.2, 0.4, 0.7, 1, 1.5, 2, 2.5, 3.5, 4.5, 6,
];
/** Half-width of a copied point, as a share of its vol: a tenth of a vol point at 100 %. */
const COPY_WIDTH = 1e-3;
/** Copies are exact evidence: nothing in them is forgiven. */
const COPY_HUBER = 10;
const COPY_FORCES = [0.5, 5, 50];

/** A target variance as evidence; in unit time, because only its shape is copied. */
function copied(variance: (k: number) => number): Evidence {
  const root = Math.sqrt(variance(0));
  const k = Float64Array.from(SAMPLES_AT, (at) => at * root);
  const vol = k.map((at) => Math.sqrt(variance(at)));
  return { k, vol, half: vol.map((v) => COPY_WIDTH * v), years: years(1) };
}

/**
 * The SVI nearest to a smile in vol over six standard deviations; a smile of one term is returned as it is.
 * @example collapsed(oneTerm(svi)) // svi
 */
export function collapsed(smile: Smile): RawSvi {
  if (smile.mix === 0) return smile.near;
  const evidence = copied((k) => totalVariance(smile, k));
  const start = smile.mix < 0.5 ? smile.near : smile.far;
  return smileOf(fitFrom(evidence, openFence, searchOf(start), COPY_HUBER).x).near;
}

/**
 * `(1 - mix) early + mix late` as a smile between both, free of arbitrage: exact where each end has one term, else the nearest
 * two-term smile between the two, else the shape of one end at the blended level. Undefined when none is lawful.
 * @example blendOf(early, late, 0.5)
 */
export function blendOf(early: Smile, late: Smile, mix: number): Smile | undefined {
  const target = (k: number) => (1 - mix) * totalVariance(early, k) + mix * totalVariance(late, k);
  const lawful = (smile: Smile) =>
    butterflyMin(smile).value >= 0 &&
    calendarMin(early, smile).value >= 0 &&
    calendarMin(smile, late).value >= 0;
  const joined: Smile = { near: collapsed(early), far: collapsed(late), mix };
  if (early.mix === 0 && late.mix === 0 && lawful(joined)) return joined;
  const evidence = copied(target);
  const grid = checkGrid(totalVariance(late, 0)).filter((_, i) => i % 4 === 0);
  let x = searchOfSmile(joined);
  for (const force of COPY_FORCES) {
    x = fitFrom(evidence, fenceBetween(grid, early, late, force), x, COPY_HUBER).x;
    const smile = smileOf(x);
    if (lawful(smile)) return smile;
  }
  const levelled = (smile: Smile) => scaleVariance(smile, target(0) / totalVariance(smile, 0));
  return [joined, levelled(late), levelled(early)].find(lawful);
}
