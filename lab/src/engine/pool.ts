// Many seeds on some threads: each takes every so-manieth seed, so that the sums do not depend on how many there are.

import { Worker } from 'node:worker_threads';
import { addSums, noSums, runSeed, type Sums } from './tally.ts';
import type { WorldModel } from './world.ts';

export interface Batch {
  readonly first: number;
  readonly runs: number;
  readonly inputs: number;
  readonly model?: WorldModel;
  readonly jobs: number;
}

/** What a thread is told. */
export interface Share extends Batch {
  readonly job: number;
}

/** The seeds of one share, one after the other. */
export async function runShare(
  { first, runs, inputs, model, jobs, job }: Share,
  done: (sums: Sums) => void,
): Promise<void> {
  for (let seed = first + job; seed < first + runs; seed += jobs) done(await runSeed(seed, inputs, model));
}

/** Runs seeds on threads, or here where one is enough. `said` is told of progress. */
export async function runBatch(batch: Batch, said: (sums: Sums) => void): Promise<Sums> {
  const total = noSums();
  const done = (sums: Sums) => {
    addSums(total, sums);
    said(total);
  };
  if (batch.jobs === 1) {
    await runShare({ ...batch, job: 0 }, done);
    return total;
  }
  const threads = Array.from({ length: batch.jobs }, (_, job) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { ...batch, job } });
    return new Promise<void>((resolve, reject) => {
      worker.on('message', done);
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  });
  await Promise.all(threads);
  total.failures.sort((a, b) => a.seed - b.seed);
  return total;
}
