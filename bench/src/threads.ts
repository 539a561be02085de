// The plain sweep by several threads over one memory: this one and others that take chunks of accounts. Pools of `@plimsoll/wasm` sweep whole models, so the
// bench brings its own threads for the loop that whole models are measured by.

import { Worker } from 'node:worker_threads';
import type { Crowd, RiskBook } from '@plimsoll/core';
import { type Kernel, kernelModule, layRows, plainSweep } from '@plimsoll/wasm';
import { sure } from './venue.ts';

const [TURN, NEXT, DONE] = [0, 1, 2];
const WORDS = 4;
const CHUNK = 512;
/** A thread that does not end in so many milliseconds has died. */
const PATIENCE = 60_000;

/** A plain sweep of one crowd that is kept, by one thread or by several. */
export interface PlainThreads {
  /** Worst losses, two an account: a view that the next sweep writes over. */
  readonly alone: () => Float64Array;
  readonly together: () => Float64Array;
  readonly close: () => void;
}

/** What the kernel is called with after `from` and `to`, heard from a call of nothing. */
function placesOf(kernel: Kernel, laid: Parameters<typeof plainSweep>[1], seen: Uint8Array, crowd: Crowd) {
  let places: number[] = [];
  const hearing: Kernel = {
    ...kernel,
    run: {
      ...kernel.run,
      sweepPlain(...[, , ...rest]) {
        places = rest;
      },
    },
  };
  const kept = sure(sure(plainSweep(hearing, laid, seen)).keep(crowd));
  return { out: kept(0, 0), places };
}

/**
 * Keeps a crowd in a kernel's memory and starts the threads that sweep it besides this one.
 * @example const sweeps = await plainThreads(kernel, book.risk, seen, crowd, 2); sweeps.together()[0]; sweeps.close()
 */
export async function plainThreads(
  kernel: Kernel,
  risk: RiskBook,
  seen: Uint8Array,
  crowd: Crowd,
  threads: number,
): Promise<PlainThreads> {
  const { out, places } = placesOf(kernel, sure(layRows(kernel, risk)), seen, crowd);
  const { memory } = kernel.arena;
  const control = sure(kernel.arena.take(4 * WORDS));
  const words = new Int32Array(memory.buffer, control, WORDS).fill(0);
  const { count } = crowd;
  const workerData = { module: await kernelModule(), memory, control, count, chunk: CHUNK, places };
  const others = Array.from({ length: threads - 1 }, () => {
    const worker = new Worker(new URL('../sweeper.mjs', import.meta.url), { workerData });
    worker.unref();
    return worker;
  });
  const [from, ...rest] = places as [number, ...number[]];
  const sweep = (first: number, last: number) => kernel.run.sweepPlain(first, last, from, ...(rest as Rest));
  await arrived(words, others.length);
  return {
    alone() {
      sweep(0, count);
      return out;
    },
    together() {
      Atomics.store(words, NEXT, 0);
      Atomics.store(words, DONE, 0);
      Atomics.add(words, TURN, 1);
      Atomics.notify(words, TURN);
      for (;;) {
        const first = Atomics.add(words, NEXT, CHUNK);
        if (first >= count) break;
        sweep(first, Math.min(count, first + CHUNK));
      }
      waitFor(words, others.length);
      return out;
    },
    close() {
      Atomics.store(words, TURN, -1);
      Atomics.notify(words, TURN);
      for (const other of others) void other.terminate();
    },
  };
}

type Rest = Parameters<Kernel['run']['sweepPlain']> extends [number, number, number, ...infer R] ? R : never;

/** Until all are there; threads start while this one still answers events. */
async function arrived(words: Int32Array, others: number): Promise<void> {
  const until = Date.now() + PATIENCE;
  while (Atomics.load(words, DONE) < others) {
    if (Date.now() > until) throw new Error('a thread of the plain sweep did not start');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function waitFor(words: Int32Array, others: number): void {
  for (let done = Atomics.load(words, DONE); done < others; done = Atomics.load(words, DONE)) {
    if (Atomics.wait(words, DONE, done, PATIENCE) === 'timed-out')
      throw new Error('a thread of the plain sweep died');
  }
}
