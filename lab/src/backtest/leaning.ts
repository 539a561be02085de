// What Article 28's tools lean on, read from the past alone: a calm level, a stressed level, a level of many years (M-151, M-183).

import { isRefusal } from '@plimsoll/core';
import {
  emptySketch,
  type FactorPolicy,
  type QuantileSketch,
  quantileOf,
  sketched,
} from '@plimsoll/core/governor';

/** Raw estimates seen so far and their plain average, by factor: plain data. */
export interface Leanings {
  readonly seen: Readonly<Record<string, QuantileSketch>>;
  readonly averages: Readonly<Record<string, number>>;
}

/** Of the raw estimates seen so far: half of them lie below what is calm, one in a hundred above what is stressed. */
const LEVELS: Partial<Record<FactorPolicy['tool'], number>> = { buffer: 0.5, 'stress-weight': 0.99 };

/**
 * The anchor of a tool: `buffer` the median of the raw estimates seen so far, `stress-weight` their 99 % quantile, all others the plain average of all
 * dates. Until a quantile has values enough it is the raw estimate.
 * @example leanOn('floor', 'spot:BTC', 0.01, 0.008, undefined).anchor // 0.008
 */
export function leanOn(
  tool: FactorPolicy['tool'],
  factor: string,
  raw: number,
  average: number,
  leanings: Leanings | undefined,
): { readonly anchor: number; readonly leanings?: Leanings } {
  // The governor keeps an anchor of its own, which its state holds.
  if (tool === 'governor') return { anchor: average };
  const { seen = {}, averages = {} } = leanings ?? {};
  const level = LEVELS[tool];
  const known = { ...averages, [factor]: average };
  if (level === undefined) return { anchor: average, leanings: { seen, averages: known } };
  const sketch = sketched(seen[factor] ?? emptySketch, raw);
  if (isRefusal(sketch)) return { anchor: average, leanings: { seen, averages: known } };
  const anchor = quantileOf(sketch, level);
  return {
    anchor: isRefusal(anchor) ? raw : anchor,
    leanings: { seen: { ...seen, [factor]: sketch }, averages: known },
  };
}
