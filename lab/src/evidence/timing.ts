// How long one answer takes: medians of interleaved rounds, on a machine that is named beside them.

import { quantileOf } from './markdown.ts';

/** A clock in milliseconds, how many rounds are counted, and the machine in words. */
export interface Timing {
  readonly clock: () => number;
  readonly rounds: number;
  readonly machine: string;
}

/** A quick answer is asked for several times in a round, because a clock has its own grain and cost. */
const TOGETHER = 8;
/** Rounds before those that count, so that all is compiled. */
const WARM_UP_ROUNDS = 4;

/** Median microseconds of each run. All take turns, round by round, so that a slow minute hits all of them alike. */
export function timed(runs: readonly (() => unknown)[], { clock, rounds }: Timing): number[] {
  const times = runs.map(() => [] as number[]);
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    runs.forEach((run, r) => {
      const began = clock();
      for (let i = 0; i < TOGETHER; i++) run();
      if (round >= WARM_UP_ROUNDS) times[r]!.push(((clock() - began) / TOGETHER) * 1_000);
    });
  }
  return times.map((own) => quantileOf(own, 0.5));
}
