// SPAN's sixteen scenarios as lanes (M-50), and what can be read off an array that was filled by them (M-52).

import type { RiskBook } from '../../risk/index.ts';
import type { Lane, LaneMove } from '../../scenario/index.ts';
import { type SpanParameters, spanCoin } from './parameters.ts';

/** Lanes of a SPAN book. */
export const SCENARIOS = 16;
/** The seven price points in price scan ranges; point i is lanes 2i (vol up) and 2i + 1 (vol down). */
const POINTS = [0, 1 / 3, -1 / 3, 2 / 3, -2 / 3, 1, -1] as const;
/** Price points from the lowest to the highest, by their place in `POINTS`. */
const RISING = [6, 4, 2, 0, 1, 3, 5] as const;

function percent(ranges: number): string {
  return `${ranges < 0 ? '-' : '+'}${Math.round(Math.abs(ranges) * 100)}%r`;
}

/**
 * Lanes 1 to 16 for coins of these names: prices by thirds of the price scan range, each with vol up and down, then two extremes of which a part
 * counts. A vol scan range is a coin's own, so that a lane has a vol move for each.
 * @example spanLanes(spanDefaults, ['BTC'])[10].id // 'span/11/spot+100%r/vol-up'
 */
export function spanLanes(parameters: SpanParameters, coins: readonly string[]): Lane[] {
  const { extreme, lookAheadDays, volForm: form, volScaling: scaling } = parameters;
  const time: readonly LaneMove[] = lookAheadDays > 0 ? [{ kind: 'time', days: lookAheadDays }] : [];
  const spot = (ranges: number): readonly LaneMove[] => (ranges === 0 ? [] : [{ kind: 'spot', ranges }]);
  const vol = (sign: 1 | -1): readonly LaneMove[] =>
    coins.map((coin) => {
      const size = sign * spanCoin(parameters, coin).volScan;
      return { kind: 'vol', form, size, scaling, underlying: coin };
    });
  const rest = { smile: 'sticky-strike', netting: 'sum', line: 'maintenance' } as const;
  const scan = POINTS.flatMap((ranges, i): Lane[] =>
    ([1, -1] as const).map((sign, j) => ({
      id: `span/${2 * i + j + 1}/spot${percent(ranges)}/vol-${sign > 0 ? 'up' : 'down'}`,
      moves: [...spot(ranges), ...vol(sign), ...time],
      damp: 1,
      ...rest,
    })),
  );
  const far = ([1, -1] as const).map((sign, i): Lane => {
    const ranges = sign * extreme.ranges;
    const id = `span/${15 + i}/spot${percent(ranges)}`;
    return { id, moves: [...spot(ranges), ...time], damp: extreme.cover, ...rest };
  });
  return [...scan, ...far];
}

/** P&L at each price point, the mean of its two vols; then of the two extremes. Nine numbers, in the order of the lanes. */
export function pointsOf(pnl: Float64Array, at: number): number[] {
  const means = POINTS.map((_, i) => (pnl[at + 2 * i]! + pnl[at + 2 * i + 1]!) / 2);
  return [...means, pnl[at + 14]!, pnl[at + 15]!];
}

/**
 * Composite delta of every product of a book, dollars per relative move of its coin and unit held: the average over the seven price points,
 * weighted by how likely they are, of the slope there, which is read off the risk array as the difference of the neighbouring points over their
 * distance. Exact for futures; zero for what does not move with a coin.
 * @example compositeDeltas(book, spanDefaults)[book.indexOf.get('BTC-PERPETUAL')!] // 1: a dollar of notional
 */
export function compositeDeltas(book: RiskBook, parameters: SpanParameters): Float64Array {
  const { still, third, twoThirds, whole } = parameters.deltaWeights;
  const weights = [whole, twoThirds, third, still, third, twoThirds, whole];
  return Float64Array.from(book.products, ({ underlying }, p) => {
    if (!book.levels.coins.has(underlying)) return 0;
    const points = pointsOf(book.rows, p * book.stride);
    const step = spanCoin(parameters, underlying).priceScan / 3;
    const rising = RISING.map((i) => points[i]!);
    let delta = 0;
    for (let i = 0; i < rising.length; i++) {
      const low = Math.max(0, i - 1);
      const high = Math.min(rising.length - 1, i + 1);
      delta += (weights[i]! * (rising[high]! - rising[low]!)) / ((high - low) * step);
    }
    return delta;
  });
}
