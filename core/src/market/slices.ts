// From evidence to served smiles. Expiries are fitted from the last to the first under the one after: far expiries are quoted
// over the widest range, so it is always the shorter, extrapolating wing that yields.

import { assert, type Instant, MS_PER_YEAR, type Refusal, refuse, type Years } from '../base/index.ts';
import { butterflyMin, calendarMin, checkGrid } from './arbitrage.ts';
import { type Band, bandOf } from './bands.ts';
import { essviRaw } from './essvi.ts';
import { essviFit } from './essvi-fit.ts';
import { type Fence, fenceOf, openFence } from './fence.ts';
import type { VolQuote } from './filters.ts';
import type { Fitted } from './levenberg.ts';
import type { SliceQuality, Smile } from './market.ts';
import type { FitPolicy } from './policy.ts';
import { weightedMedian } from './robust.ts';
import { oneTerm, scaleVariance, stretch, totalVariance } from './smile.ts';
import { type Evidence, fitFrom, startsOf } from './svi-fit.ts';
import { searchOf, smileOf, twoTermStarts } from './terms.ts';

/** One expiry before fitting. */
export interface Expiry {
  readonly expiry: Instant;
  readonly years: Years;
  readonly forward: number;
  /** Ascending in k. */
  readonly quotes: readonly VolQuote[];
  /** Added to the uncertainty of vol: disagreement about the forward, in vol. */
  readonly doubt: number;
  /** How old the quotes are at the time that was asked for, milliseconds. */
  readonly age: number;
}

/** One expiry's smile and where it came from, or why there is none. */
export interface FittedSmile {
  readonly smile: Smile;
  readonly source: SliceQuality['source'];
}

/** Walls harden round by round: a search that starts at a hard wall never turns. */
const FORCES = [0.5, 2, 10, 50];
/** Bisection steps of a blend: 2^-10 of the way is finer than any quote. */
const BLEND_STEPS = 10;

/**
 * Smiles of a coin's expiries (ascending), each butterfly-free and below its successor on the checked grid, or refused.
 * Free fits first; where they cross, borders are drawn by who knows more; then from last to first, each under the one after.
 * @example fitSmiles(expiries, fitPolicy)[0]
 */
export function fitSmiles(expiries: readonly Expiry[], policy: FitPolicy): (FittedSmile | Refusal)[] {
  const priors = backbone(expiries, policy);
  const drafts = expiries.map((expiry, i) => draft(expiry, priors[i]!, policy));
  const free = drafts.map(({ smile }, i) => ({ ...expiries[i]!, smile }));
  const out: (FittedSmile | Refusal)[] = [];
  let late: Smile | undefined;
  for (let i = expiries.length - 1; i >= 0; i--) {
    const grid = wallGrid(drafts[i]!.smile, late);
    const fitted = settle(drafts[i]!, grid, bandOf(free, i, grid), late, policy);
    out.unshift(fitted);
    if ('smile' in fitted) late = fitted.smile;
  }
  return out;
}

/** Every fourth point of the checked grid is wall enough while fitting, on the wider of both; the full grid judges after. */
function wallGrid(smile: Smile, late: Smile | undefined): Float64Array {
  const atm = totalVariance(smile, 0);
  const own = checkGrid(atm).filter((_, i) => i % 4 === 0);
  const reach = own[own.length - 1]!;
  if (late === undefined) return own;
  const wide = checkGrid(Math.max(atm, totalVariance(late, 0)));
  const beyond = wide.filter((k, i) => (i % 8 === 0 || i === wide.length - 1) && Math.abs(k) > reach);
  return Float64Array.from([...own, ...beyond]).sort();
}

/** Quotes able to shape a smile by themselves; a chain of mark vols alone is shaped by those. */
function shaping(expiry: Expiry, policy: FitPolicy): number {
  if (expiry.years * MS_PER_YEAR < policy.lifeMin) return 0;
  const quoted = expiry.quotes.filter((quote) => quote.strength === 'quoted').length;
  return quoted > 0 ? quoted : expiry.quotes.length;
}

/** eSSVI through the expiries that can shape; the rest borrow the nearest shaped one, stretched in root time. */
function backbone(expiries: readonly Expiry[], policy: FitPolicy): Smile[] {
  const enough = (count: number) => expiries.map((expiry) => shaping(expiry, policy) >= count);
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
    assert(nearest !== undefined, 'every expiry handed to the fit has a quote');
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

/** Four more parameters need this many quotes to speak for them, */
const TWO_TERM_MIN = 12;
/** and must take away this share of the robust loss and this much of it: noise alone would take two. */
const TWO_TERM_GAIN = 0.9;
const TWO_TERM_COST = 1.5;

/** A free fit and what is needed to fit it again under walls. */
interface Draft {
  readonly evidence: Evidence;
  /** Whether quotes are enough to speak for two terms. */
  readonly rich: boolean;
  readonly single: Float64Array;
  readonly double: Float64Array | undefined;
  readonly smile: Smile;
  /** Safe shapes at the quotes' level. */
  readonly anchor: Smile;
}

function draft(expiry: Expiry, prior: Smile, policy: FitPolicy): Draft {
  const anchor = levelled(prior, expiry);
  const evidence = evidenceOf(expiry, anchor, policy);
  const single = bestFit(
    evidence,
    openFence,
    [...startsOf(evidence, 2), searchOf(anchor.near)],
    policy.huber,
  );
  const rich = shaping(expiry, policy) >= TWO_TERM_MIN;
  const double =
    rich && single.loss > TWO_TERM_COST
      ? bestFit(evidence, openFence, twoTermStarts(single.x), policy.huber)
      : undefined;
  const best = double !== undefined && paysFor(double.loss, single.loss) ? double : single;
  return { evidence, rich, single: single.x, double: double?.x, smile: smileOf(best.x), anchor };
}

/** Whether a two-term fit earns its four parameters over the one-term fit. */
function paysFor(double: number, single: number): boolean {
  return double < TWO_TERM_GAIN * single - TWO_TERM_COST;
}

/** The free fit where it is lawful; else refitted inside its band and under its successor; else moved to a safe shape. */
function settle(
  sketch: Draft,
  grid: Float64Array,
  band: Band,
  late: Smile | undefined,
  policy: FitPolicy,
): FittedSmile | Refusal {
  const { smile: free } = sketch;
  const inBand = grid.every((k, i) => {
    const w = totalVariance(free, k);
    return w >= band.floor[i]! && w <= band.ceiling[i]!;
  });
  if (inBand && woundOf(free, late) === undefined) return { smile: free, source: 'svi' };
  const single = walled(sketch, sketch.single, grid, band, late, policy);
  const best = richest(sketch, single, grid, band, late, policy);
  if (best.lawful) return { smile: best.smile, source: 'repaired' };
  const level = totalVariance(sketch.anchor, 0);
  const shrunk = late === undefined ? [] : [scaleVariance(late, Math.min(1, level / totalVariance(late, 0)))];
  return blended(single.smile, [sketch.anchor, ...shrunk], late);
}

interface Walled {
  readonly x: Float64Array;
  readonly smile: Smile;
  readonly loss: number;
  readonly lawful: boolean;
}

/** A fit under walls that harden until the law holds. */
function walled(
  { evidence }: Draft,
  start: Float64Array,
  grid: Float64Array,
  band: Band,
  late: Smile | undefined,
  policy: FitPolicy,
): Walled {
  let fitted: Fitted = { x: start, loss: Number.POSITIVE_INFINITY };
  for (const force of FORCES) {
    fitted = fitFrom(evidence, fenceOf(grid, band, late, force), fitted.x, policy.huber);
    const smile = smileOf(fitted.x);
    if (woundOf(smile, late) === undefined) return { ...fitted, smile, lawful: true };
  }
  return { ...fitted, smile: smileOf(fitted.x), lawful: false };
}

/** The one-term fit under walls, or a two-term one that earns its parameters there: walls are where one term runs out of bends. */
function richest(
  sketch: Draft,
  single: Walled,
  grid: Float64Array,
  band: Band,
  late: Smile | undefined,
  policy: FitPolicy,
): Walled {
  if (!sketch.rich || (single.lawful && single.loss < TWO_TERM_COST)) return single;
  let best = single;
  const starts = twoTermStarts(single.x).slice(0, 2);
  if (sketch.double !== undefined) starts.unshift(sketch.double);
  for (const start of starts) {
    const double = walled(sketch, start, grid, band, late, policy);
    if (!double.lawful) continue;
    const better = best === single ? paysFor(double.loss, single.loss) : double.loss < best.loss;
    if (!best.lawful || better) best = double;
  }
  return best;
}

function bestFit(evidence: Evidence, fence: Fence, starts: readonly Float64Array[], delta: number): Fitted {
  let best: Fitted | undefined;
  for (const start of starts) {
    const fitted = fitFrom(evidence, fence, start, delta);
    if (best === undefined || fitted.loss < best.loss) best = fitted;
  }
  return best!;
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
function blended(smile: Smile, safe: readonly Smile[], late: Smile | undefined): FittedSmile | Refusal {
  for (const target of safe) {
    if (woundOf(target, late) !== undefined) continue;
    // A smile carries two terms: one of each can be joined, a richer target is taken whole.
    if (target.mix !== 0 || smile.mix !== 0) return { smile: target, source: 'essvi' };
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
