// Threads that share one memory and sweep a crowd between them. Every account's numbers are its own, so they do not depend on how many threads there are.

import { Worker } from 'node:worker_threads';
import { type CrowdBook, isRefusal, type Refusal, refuse } from '@plimsoll/core';
import { Accounts, type Capacity } from './accounts.ts';
import { type Kernel, kernelModule, openKernel } from './kernel.ts';
import { type LaidOut, layOut } from './layout.ts';

/** Words of the control block, as `worker.mjs` reads them. */
const TURN = 0;
const NEXT = 1;
const WORDS = 16;
/** Accounts a thread takes at once: long enough that taking costs nothing, short enough that threads end together. */
const CHUNK = 512;
export const THREADS_MAX = 64;
/** A sweep is repeated so often for threads that died before it is given up. */
const REPEATS_MAX = 3;

export interface PoolOptions extends Capacity {
  readonly threads: number;
  /** For tests of what happens when a thread dies: the first thread does, at its first chunk. */
  readonly firstDies?: boolean;
}

/** What a sweep took. */
export interface SweepReport {
  readonly accounts: number;
  /** Threads that died and were replaced on the way; the sweep was repeated for each. */
  readonly replaced: number;
}

/** A crowd, the book it is swept through, and threads. */
export class Pool {
  readonly accounts: Accounts;
  private readonly kernel: Kernel;
  private readonly control: number;
  private readonly words: Int32Array;
  private readonly threads: Worker[];
  /** Where the memory of books begins: a new book takes the old one's place. */
  private readonly mark: number;
  private book: (LaidOut & { readonly products: number; readonly scratchAt: number }) | undefined;
  private turn = 0;
  private isBusy = false;

  private constructor(kernel: Kernel, accounts: Accounts, control: number, threads: Worker[]) {
    this.kernel = kernel;
    this.accounts = accounts;
    this.control = control;
    this.words = new Int32Array(kernel.arena.memory.buffer, control, WORDS);
    this.threads = threads;
    this.mark = kernel.arena.used;
  }

  /**
   * A pool with room for so many accounts and positions. Refuses a runtime without SIMD or shared memory, and more than one memory holds.
   * @example const pool = await Pool.open({ threads: 2, accounts: 100_000, positions: 2_000_000 })
   */
  static async open(options: PoolOptions): Promise<Pool | Refusal> {
    const { threads } = options;
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= THREADS_MAX)) {
      return refuse('out-of-range', `give 1 to ${THREADS_MAX} threads.`, 'threads');
    }
    const kernel = await openKernel();
    if (isRefusal(kernel)) return kernel;
    const control = kernel.arena.take(4 * WORDS);
    if (isRefusal(control)) return control;
    const accounts = Accounts.open(kernel.arena, options);
    if (isRefusal(accounts)) return accounts;
    const start = (index: number) =>
      started(kernel, control, index, options.firstDies === true && index === 0);
    const workers = await Promise.all(Array.from({ length: threads }, (_, index) => start(index)));
    return new Pool(kernel, accounts, control, workers);
  }

  /** Bytes of the memory that are in use. */
  get bytes(): number {
    return this.kernel.arena.used;
  }

  /**
   * The book that is swept from now on. Refuses what does not fit; the old book then still stands.
   * @example pool.load({ risk: book.risk, plan: book.plan, windows: book.windows })
   */
  load(book: CrowdBook): Refusal | undefined {
    if (this.isBusy)
      return refuse('malformed', 'a sweep is under way; load a book when it is done.', 'the pool');
    const { arena } = this.kernel;
    arena.release(this.mark);
    this.book = undefined;
    const laid = layOut(book, arena);
    if (isRefusal(laid)) return laid;
    const bytes = Math.ceil(laid.scratch / 128) * 128;
    const scratchAt = arena.take(bytes * this.threads.length);
    if (isRefusal(scratchAt)) return scratchAt;
    this.book = { ...laid, scratch: bytes, products: book.risk.products.length, scratchAt };
    return undefined;
  }

  /**
   * Sweeps all accounts, or those that are named; their numbers are then in `accounts.answers`. A thread that dies is replaced and the sweep repeated.
   * Refuses without a book, where an account holds a row that the book has not, and where threads die again and again.
   * @example await pool.sweep()
   */
  async sweep(list?: Int32Array): Promise<SweepReport | Refusal> {
    const { book } = this;
    if (this.isBusy) return refuse('malformed', 'a sweep is under way already; wait for it.', 'the pool');
    if (book === undefined) return refuse('empty', 'there is no book yet; load one.', 'the pool');
    const wrong = this.accounts.beyond(book.products) ?? this.accounts.listed(list);
    if (wrong !== undefined) return wrong;
    this.isBusy = true;
    try {
      const count = list?.length ?? this.accounts.count;
      for (let replaced = 0; replaced <= REPEATS_MAX; replaced++) {
        if (await this.turnOver(book, count, list !== undefined)) return { accounts: count, replaced };
        await this.replaceDead();
      }
      const message = `threads died in ${REPEATS_MAX + 1} sweeps one after the other; nothing it answered counts.`;
      return refuse('not-supported', message, 'the pool');
    } finally {
      this.isBusy = false;
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    Atomics.store(this.words, TURN, -1);
    Atomics.notify(this.words, TURN);
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  /** One turn of all threads; false where one died in it. */
  private async turnOver(
    book: NonNullable<Pool['book']>,
    count: number,
    isListed: boolean,
  ): Promise<boolean> {
    const { span, rows, quantities, out, list } = this.accounts.columns;
    const places = [book.at, isListed ? list : 0, span, rows, quantities, out, book.scratchAt, book.scratch];
    this.words.set([0, count, CHUNK, ...places], NEXT);
    const turn = this.turn + 1;
    this.turn = turn;
    const ends = this.threads.map((thread) => ended(thread, turn));
    Atomics.store(this.words, TURN, turn);
    Atomics.notify(this.words, TURN);
    return (await Promise.all(ends)).every(Boolean);
  }

  private async replaceDead(): Promise<void> {
    for (const [index, thread] of this.threads.entries()) {
      if (thread.threadId === -1)
        this.threads[index] = await started(this.kernel, this.control, index, false);
    }
  }
}

/** A thread that waits for its turn. */
async function started(kernel: Kernel, control: number, index: number, dies: boolean): Promise<Worker> {
  const { memory } = kernel.arena;
  const workerData = { module: await kernelModule(), memory, control, index, dies };
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

/** Whether a thread came to the end of its turn. */
function ended(thread: Worker, turn: number): Promise<boolean> {
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
