// One crowd through books of so many lanes, by every body: the plain sweep and a whole model, each by one thread and by two, round by round in turn.

import type { GridBook } from '@plimsoll/core';
import { openKernel, Pool } from '@plimsoll/wasm';
import { plainThreads } from '../threads.ts';
import {
  bookOf,
  crowdOf,
  enter,
  modelLanes,
  positionsOf,
  roomOf,
  type Shape,
  sure,
  type Venue,
} from '../venue.ts';

export const VARIANTS = [
  'plain, 1 thread',
  'plain, 2 threads',
  'model, 1 thread',
  'model, 2 threads',
] as const;
export type Variant = (typeof VARIANTS)[number];

/** A crowd of one shape, and the lanes of the books that it is swept through. */
export interface CrowdSpec {
  readonly shape: Shape;
  readonly accounts: number;
  /** Positions of an account on average. */
  readonly positions: number;
  readonly lanes: readonly number[];
}

/** What a sweep of one crowd through one book took. */
export interface Point {
  readonly shape: Shape;
  readonly accounts: number;
  readonly positions: number;
  readonly lanes: number;
  /** Positions of all accounts. */
  readonly held: number;
  /** Best round, nanoseconds for all accounts. */
  readonly took: Readonly<Record<Variant, number>>;
}

/** How long a variant is measured: rounds at least, rounds at most, and milliseconds after which no more are begun. */
export interface Effort {
  readonly roundsMin: number;
  readonly roundsMax: number;
  readonly ms: number;
}

/** Positions of a crowd that is still measured: the columns of three copies fit into the memory of a small machine. */
export const CROWD_POSITIONS_MAX = 25_000_000;

/** Whether a crowd is small enough to be measured. */
export function isMeasured({ shape, accounts, positions }: CrowdSpec): boolean {
  return accounts * positionsOf(shape, positions) <= CROWD_POSITIONS_MAX;
}

type Runs = Readonly<Record<Variant, () => unknown>>;

/** Best rounds of what is run in turn; the first round of each warms up and does not count. */
async function bestRounds(
  runs: Runs,
  { roundsMin, roundsMax, ms }: Effort,
): Promise<Record<Variant, number>> {
  const best = Object.fromEntries(VARIANTS.map((name) => [name, Number.POSITIVE_INFINITY]));
  const spent = Object.fromEntries(VARIANTS.map((name) => [name, 0]));
  for (let round = 0; round <= roundsMax; round++) {
    for (const name of VARIANTS) {
      if (round > roundsMin && spent[name]! > ms * 1e6) continue;
      const start = process.hrtime.bigint();
      await runs[name]();
      const took = Number(process.hrtime.bigint() - start);
      if (round === 0) continue;
      spent[name]! += took;
      best[name] = Math.min(best[name]!, took);
    }
  }
  return best as Record<Variant, number>;
}

/** Books by their number of lanes, each made once. */
export function bookShelf(place: Venue): (lanes: number) => GridBook {
  const made = new Map<number, GridBook>();
  return (lanes) => {
    const book = made.get(lanes) ?? bookOf(place, modelLanes(lanes));
    made.set(lanes, book);
    return book;
  };
}

/**
 * Measures a crowd through each of its books.
 * @example await measureCrowd({ shape: 'random', accounts: 1000, positions: 20, lanes: [64] }, shelf, effort)
 */
export async function measureCrowd(
  spec: CrowdSpec,
  shelf: (lanes: number) => GridBook,
  effort: Effort,
): Promise<Point[]> {
  const { shape, accounts, positions } = spec;
  const crowd = crowdOf(shape, accounts, shelf(spec.lanes[0]!).risk.products.length, positions);
  const kernel = sure(await openKernel());
  const mark = kernel.arena.used;
  const pools: Pool[] = [];
  for (const threads of [1, 2]) {
    const pool = sure(await Pool.open({ threads, ...roomOf(crowd) }));
    enter(pool.accounts, crowd);
    pools.push(pool);
  }
  const points: Point[] = [];
  for (const lanes of spec.lanes) {
    const book = shelf(lanes);
    for (const pool of pools) {
      const refusal = pool.load(book);
      if (refusal !== undefined) throw new Error(refusal.message);
    }
    const plain = await plainThreads(kernel, book.risk, book.plan.seen.maintenance, crowd, 2);
    const swept = (k: number) => async () => sure(await pools[k]!.sweep());
    const took = await bestRounds(
      {
        'plain, 1 thread': plain.alone,
        'plain, 2 threads': plain.together,
        'model, 1 thread': swept(0),
        'model, 2 threads': swept(1),
      },
      effort,
    );
    const held = crowd.start[crowd.count]!;
    points.push({ shape, accounts, positions: positionsOf(shape, positions), lanes, held, took });
    plain.close();
    kernel.arena.release(mark);
  }
  await Promise.all(pools.map((pool) => pool.close()));
  return points;
}
