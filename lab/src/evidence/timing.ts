// How long one answer takes: medians of interleaved rounds, on a machine that is named beside them.

import { quantileOf } from './markdown.ts';

/** A clock in milliseconds, how many rounds are counted, and the machine in words. */
export interface Timing {
  readonly clock: () => number;
  readonly rounds: number;
  readonly machine: string;
}

/** Rounds before those that count, so that all is compiled. */
const WARM_UP_ROUNDS = 20;

/**
 * Median microseconds of each run. All take turns, round by round, so that a slow minute hits all of them alike; one run is one
 * sample, short enough that a busy machine interrupts few of them.
 */
export function timed(runs: readonly (() => unknown)[], { clock, rounds }: Timing): number[] {
  const times = runs.map(() => [] as number[]);
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    runs.forEach((run, r) => {
      const began = clock();
      run();
      if (round >= WARM_UP_ROUNDS) times[r]!.push((clock() - began) * 1_000);
    });
  }
  return times.map((own) => quantileOf(own, 0.5));
}
