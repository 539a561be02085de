// The cells of Deribit's vectors in their order, by name and by move.

import { BUCKETS_EACH_SIDE, EXTENDED_MOVES, VOL_SCENARIOS } from './risk-matrix.ts';

/** A cell by its place; `spot` says its move where the range of the coin is known. */
export interface DeribitCell {
  readonly name: string;
  /** 0 standard, 1 extended. */
  readonly table: 0 | 1;
  /** Place in its table, from 0. */
  readonly index: number;
  readonly spot: (range: number) => number;
  readonly vol: 'up' | 'same' | 'down';
}

const standard = Array.from({ length: 2 * BUCKETS_EACH_SIDE + 1 }, (_, bucket) =>
  VOL_SCENARIOS.map((vol, v): DeribitCell => {
    const index = bucket * VOL_SCENARIOS.length + v;
    const spot = (range: number) => (range * (bucket - BUCKETS_EACH_SIDE)) / BUCKETS_EACH_SIDE;
    return { name: `standard[${index + 1}]`, table: 0, index, spot, vol };
  }),
).flat();

const extended = EXTENDED_MOVES.map((move, index): DeribitCell => {
  return { name: `extended[${index + 1}]`, table: 1, index, spot: () => move, vol: 'up' };
});

/** The 27 cells of the standard table, then the 8 of the extended one; the venue counts from one. @example DERIBIT_CELLS[24].name // 'standard[25]' */
export const DERIBIT_CELLS: readonly DeribitCell[] = [...standard, ...extended];
