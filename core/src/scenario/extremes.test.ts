// The farthest moves of a history against what can be read off it.

import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/index.ts';
import { alignHistory } from '../market/index.ts';
import { extremesOf } from './index.ts';

const HOUR = 3_600_000;
const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const series = (kind: 'spot' | 'vol', of: string, levels: readonly number[], hours?: readonly number[]) => ({
  kind,
  of,
  times: Float64Array.from(levels, (_, i) => (hours?.[i] ?? i) * HOUR),
  levels: Float64Array.from(levels),
  source: of,
});

describe('extremes', () => {
  const btc = series('spot', 'BTC', [100, 90, 80, 60, 90, 100]);
  const eth = series('spot', 'ETH', [10, 10, 9, 10, 5, 6]);
  const vol = series('vol', 'BTC', [0.5, 0.6, 0.7, 1, 0.8, 0.5]);

  it('M-172 takes all factors between the same dates, those of the coin that moved farthest', () => {
    const found = extremesOf(sure(alignHistory([btc, eth, vol])), 2);
    expect(found.map(({ of, side, from, to }) => [of, side, from / HOUR, to / HOUR])).toEqual([
      ['BTC', 'down', 1, 3],
      ['BTC', 'up', 3, 5],
      ['ETH', 'down', 3, 4],
      ['ETH', 'up', 4, 5],
    ]);
    const sizes = found[0]!.moves.map((move) =>
      'relative' in move ? move.relative : (move as { size: number }).size,
    );
    // BTC 90 to 60, ETH 10 to 10, vol 0.6 to 1.
    expect(sizes).toEqual([expect.closeTo(-1 / 3, 12), 0, expect.closeTo(2 / 3, 12)]);
  });

  it('M-172 looks no farther than it is told, and across no gap; what only rises has no fall', () => {
    const day = extremesOf(sure(alignHistory([btc])), 1);
    expect(day[0]).toMatchObject({ side: 'down', from: 2 * HOUR, to: 3 * HOUR });
    const gap = series('spot', 'BTC', [100, 99, 50, 49], [0, 1, 5, 6]);
    expect(extremesOf(sure(alignHistory([gap])), 24)[0]).toMatchObject({ from: 5 * HOUR, to: 6 * HOUR });
    const rising = series('spot', 'BTC', [1, 2, 3]);
    expect(extremesOf(sure(alignHistory([rising])), 24).map(({ side }) => side)).toEqual(['up']);
  });
});
