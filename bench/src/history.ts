// A seeded past of the made-up venue, for models that look back: hourly spots of two coins that move together, and a vol that rises when they fall.

import {
  alignHistory,
  type FactorHistory,
  type FactorLevels,
  type GridBook,
  type Instant,
  models,
  seededPrng,
} from '@plimsoll/core';
import { exp, normalInverse } from '@plimsoll/core/kernel';
import { sure, type Venue } from './venue.ts';

const SEED = 41;
const HOUR = 3_600_000;
/** A year. */
const HOURS = 8_760;

/** Hourly levels up to a moment. @example history(market.at) */
export function history(at: Instant): FactorHistory {
  const random = seededPrng(SEED);
  const draw = () => normalInverse(Math.min(1 - 1e-9, Math.max(1e-9, random.next())));
  const last = HOUR * Math.floor(at / HOUR);
  const times = Float64Array.from({ length: HOURS }, (_, i) => last - (HOURS - 1 - i) * HOUR);
  const [bitcoin, ether, vol] = [1, 2, 3].map(() => new Float64Array(HOURS)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [b, e, v] = [0, 0, 0];
  for (let i = 0; i < HOURS; i++) {
    const step = 0.006 * draw();
    b += step;
    e += 0.9 * step + 0.004 * draw();
    v = 0.98 * v - 1.5 * step + 0.005 * draw();
    bitcoin[i] = exp(b);
    ether[i] = exp(e);
    vol[i] = 0.55 * exp(v);
  }
  const factor = (kind: FactorLevels['kind'], of: string, levels: Float64Array): FactorLevels => {
    return { kind, of, times, levels, source: 'made up' };
  };
  return sure(
    alignHistory([factor('spot', 'BTC', bitcoin), factor('spot', 'ETH', ether), factor('vol', 'BTC', vol)]),
  );
}

/** The book of the house model over a venue: the lanes of `grid`, and windows of the made-up past that are measured by expected shortfall. */
export function houseBook({ market, products }: Venue): GridBook {
  const { dmr } = models;
  const known = { ...market, history: history(market.at) };
  return sure(dmr.book(products, known, { ...dmr.defaults, strikeNodeDays: 0 }));
}
