// From evidence to served smiles. Expiries are fitted from the last to the first under the one after: far expiries are quoted
// over the widest range, so it is always the shorter, extrapolating wing that yields.

import { type Instant, type Refusal, refuse, type Years } from '../base/index.ts';
import { butterflyMin, calendarMin, checkGrid } from './arbitrage.ts';
import { essviRaw } from './essvi.ts';
import { essviFit } from './essvi-fit.ts';
import type { VolQuote } from './filters.ts';
import type { Fitted } from './levenberg.ts';
import type { SliceQuality, Smile } from './market.ts';
import type { FitPolicy } from './policy.ts';
import { weightedMedian } from './robust.ts';
import { oneTerm, scaleVariance, stretch, totalVariance } from './smile.ts';
import { type Evidence, type Fence, fenceBetween, fitFrom, searchOf, smileOf, startsOf } from './svi-fit.ts';

/** One expiry before fitting. */
export interface Expiry {
  readonly expiry: Instant;
  readonly years: Years;
  readonly forward: number;
  /** Ascending in k. */
  readonly quotes: readonly VolQuote[];
  /** Added to the uncertainty of vol: disagreement about the forward, in vol. */
  readonly doubt: number;
}

/** One expiry's smile and where it came from, or why there is none. */
export interface FittedSmile {
  readonly smile: Smile;
  readonly source: SliceQuality['source'];
}

/** Rounds of refitting with walls where the last fit broke the law. */
const REPAIRS_MAX = 3;
/** Bisection steps of a blend: 2^-10 of the way is finer than any quote. */
const BLEND_STEPS = 10;

/**
 * Smiles of a coin's expiries (ascending), each butterfly-free and below its successor on the checked grid, or refused.
 * @example fitSmiles(expiries, fitPolicy)[0]
 */
export function fitSmiles(expiries: readonly Expiry[], policy: FitPolicy): (FittedSmile | Refusal)[] {
  const priors = backbone(expiries, policy);
  const out: (FittedSmile | Refusal)[] = expiries.map(() =>
    refuse('no-quotes', 'No two-sided quote and no mark vol.'),
  );
  let late: Smile | undefined;
  let lateYears: Years | undefined;
  for (let i = expiries.length - 1; i >= 0; i--) {
    const expiry = expiries[i]!;
    if (expiry.quotes.length === 0) continue;
    const prior = priors[i] ?? (late && lateYears ? stretch(late, expiry.years / lateYears) : undefined);
    const fitted = fitOne(expiry, prior, late, lateYears, policy);
    out[i] = fitted;
    if ('smile' in fitted) {
      late = fitted.smile;
      lateYears = expiry.years;
    }
  }
  return out;
}

/** Quotes able to shape a smile by themselves. */
function shaping(expiry: Expiry, policy: FitPolicy): number {
  let count = 0;
  for (const quote of expiry.quotes) if (quote.strength === 'quoted') count++;
  return expiry.years * MS_YEAR < policy.lifeMin ? 0 : count;
}

const MS_YEAR = 365 * 86_400_000;

/** eSSVI through the expiries that can shape; the rest borrow the nearest shaped one, stretched in root time. */
function backbone(expiries: readonly Expiry[], policy: FitPolicy): (Smile | undefined)[] {
  const enough = (count: number) =>
    expiries.map((expiry) => expiry.quotes.length > 0 && shaping(expiry, policy) >= count);
  let chosen = enough(policy.quotesMin);
  if (!chosen.includes(true)) chosen = expiries.map((expiry) => expiry.quotes.length > 0);
  const shaped = expiries.filter((_, i) => chosen[i]);
  const slices = essviFit(
    shaped.map((expiry) => evidenceOf(expiry, undefined, policy)),
    policy.huber,
  );
  return expiries.map((expiry, i) => {
    if (chosen[i]) return oneTerm(essviRaw(slices[shaped.indexOf(expiry)]!));
    let nearest: number | undefined;
    for (let j = 0; j < shaped.length; j++) {
      const closer =
        nearest === undefined ||
        Math.abs(shaped[j]!.years - expiry.years) < Math.abs(shaped[nearest]!.years - expiry.years);
      if (closer) nearest = j;
    }
    if (nearest === undefined) return undefined;
    return stretch(oneTerm(essviRaw(slices[nearest]!)), expiry.years / shaped[nearest]!.years);
  });
}

/** Where a prior is consulted, in standard deviations. */
const PRIOR_AT = [-5, -3, -2, -1.2, -0.5, 0, 0.5, 1.2, 2, 3, 5];
/** How loosely a prior is believed, as a share of vol: where quotes are plenty, and where they are few. */
const PRIOR_LOOSE = 0.2;
const PRIOR_TIGHT = 0.03;

/** Quotes as columns, with the prior's shape, moved to the quotes' own level, as faint evidence. */
function evidenceOf(expiry: Expiry, prior: Smile | undefined, policy: FitPolicy): Evidence {
  const { quotes, years } = expiry;
  const rows = quotes.map(({ k, vol, halfWidth }) => ({ k, vol, half: halfWidth }));
  if (prior !== undefined) {
    const thin = shaping(expiry, policy) < policy.quotesMin;
    const width = thin ? PRIOR_TIGHT : PRIOR_LOOSE;
    const root = Math.sqrt(totalVariance(prior, 0));
    for (const at of PRIOR_AT) {
      const k = at * root;
      const vol = Math.sqrt(totalVariance(prior, k) / years);
      rows.push({ k, vol, half: width * vol });
    }
    rows.sort((left, right) => left.k - right.k);
  }
  return {
    k: Float64Array.from(rows, (row) => row.k),
    vol: Float64Array.from(rows, (row) => row.vol),
    half: Float64Array.from(rows, (row) => row.half),
    years,
  };
}

/** The prior at the level the quotes speak of. */
function levelled(prior: Smile, expiry: Expiry): Smile {
  const ratios = expiry.quotes.map(({ k, vol }) => (vol * vol * expiry.years) / totalVariance(prior, k));
  const weights = expiry.quotes.map(({ vol, halfWidth }) => vol / halfWidth);
  return scaleVariance(prior, weightedMedian(ratios, weights) ?? 1);
}

function fitOne(
  expiry: Expiry,
  prior: Smile | undefined,
  late: Smile | undefined,
  lateYears: Years | undefined,
  policy: FitPolicy,
): FittedSmile | Refusal {
  const anchor = prior === undefined ? undefined : levelled(prior, expiry);
  const evidence = evidenceOf(expiry, anchor, policy);
  const starts = startsOf(evidence, 2);
  if (anchor !== undefined) starts.push(searchOf(anchor.near));
  const grid = wallGrid(evidence, late);
  let fence = fenceBetween(grid, undefined, late, NONE);
  let best = bestFit(evidence, fence, starts, policy.huber);
  for (let round = 0; round <= REPAIRS_MAX; round++) {
    const smile = smileOf(best.x);
    const wound = woundOf(smile, late);
    if (wound === undefined) return { smile, source: round === 0 ? 'svi' : 'repaired' };
    const walls = sorted(grid, wound.at);
    fence = fenceBetween(walls, undefined, late, walls);
    best = bestFit(evidence, fence, [best.x, ...starts], policy.huber);
  }
  const safe = [anchor, prior, late && lateYears ? stretch(late, expiry.years / lateYears) : undefined, late];
  return blended(smileOf(best.x), safe, late);
}

const NONE = new Float64Array(0);

function bestFit(evidence: Evidence, fence: Fence, starts: readonly Float64Array[], delta: number): Fitted {
  let best: Fitted | undefined;
  for (const start of starts) {
    const fitted = fitFrom(evidence, fence, start, delta);
    if (best === undefined || fitted.loss < best.loss) best = fitted;
  }
  return best!;
}

/** Every fourth point of the checked grid is wall enough while fitting; the full grid judges after. */
function wallGrid(evidence: Evidence, late: Smile | undefined): Float64Array {
  const middle = evidence.vol[evidence.vol.length >> 1]!;
  const atm = late === undefined ? middle * middle * evidence.years : totalVariance(late, 0);
  return checkGrid(atm).filter((_, i) => i % 4 === 0);
}

function sorted(grid: Float64Array, extra: readonly number[]): Float64Array {
  return Float64Array.from([...grid, ...extra]).sort();
}

/** Where a smile breaks the law, or undefined when it does not. */
function woundOf(smile: Smile, late: Smile | undefined): { readonly at: readonly number[] } | undefined {
  const butterfly = butterflyMin(smile);
  const calendar = late === undefined ? undefined : calendarMin(smile, late);
  const at: number[] = [];
  if (!(butterfly.value >= 0)) at.push(butterfly.k);
  if (calendar !== undefined && !(calendar.value >= 0)) at.push(calendar.k);
  return at.length === 0 ? undefined : { at };
}

/** Moves a smile towards the first safe one just as far as the law asks. */
function blended(
  smile: Smile,
  safe: readonly (Smile | undefined)[],
  late: Smile | undefined,
): FittedSmile | Refusal {
  for (const target of safe) {
    if (target === undefined || target.mix !== 0 || woundOf(target, late) !== undefined) continue;
    let far = 1;
    let near = 0;
    for (let step = 0; step < BLEND_STEPS; step++) {
      const mix = (near + far) / 2;
      if (woundOf({ near: smile.near, far: target.near, mix }, late) === undefined) far = mix;
      else near = mix;
    }
    return far === 1
      ? { smile: target, source: 'essvi' }
      : { smile: { near: smile.near, far: target.near, mix: far }, source: 'repaired' };
  }
  return refuse('arbitrage', 'No smile near the quotes is free of arbitrage against the next expiry.');
}
