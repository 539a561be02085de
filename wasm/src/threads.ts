// Threads of a pool: how one is started, and how its turn ends.

import { Worker } from 'node:worker_threads';
import { type Kernel, kernelModule } from './kernel.ts';

/** A thread that waits for the turn after `turn`. */
export async function started(
  kernel: Kernel,
  control: number,
  index: number,
  { turn, dies }: { readonly turn: number; readonly dies: boolean },
): Promise<Worker> {
  const { memory } = kernel.arena;
  const workerData = { module: await kernelModule(), memory, control, index, turn, dies };
  const thread = new Worker(new URL('../worker.mjs', import.meta.url), { workerData });
  await new Promise<void>((resolve, reject) => {
    thread.once('message', () => resolve());
    thread.once('error', reject);
  });
  thread.removeAllListeners('error');
  // A thread that dies is seen by its end; what it died of is no news that anybody waits for.
  thread.on('error', () => undefined);
  thread.unref();
  return thread;
}

/** A thread that has died has no number. */
export const isDead = (thread: Worker) => thread.threadId === -1;

/** Whether a thread came to the end of its turn. */
export function ended(thread: Worker, turn: number): Promise<boolean> {
  // Its end was told before anybody listened.
  if (isDead(thread)) return Promise.resolve(false);
  return new Promise((resolve) => {
    thread.ref();
    const settle = (isDone: boolean) => {
      thread.off('message', hear);
      thread.off('exit', die);
      thread.unref();
      resolve(isDone);
    };
    const hear = (message: { readonly turn: number }) => {
      if (message.turn === turn) settle(true);
    };
    const die = () => settle(false);
    thread.on('message', hear);
    thread.on('exit', die);
  });
}
