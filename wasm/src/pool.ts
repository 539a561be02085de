// Threads that share one memory and sweep a crowd between them. Every account's numbers are its own, so they do not depend on how many threads there are.

import type { Worker } from 'node:worker_threads';
import {
  type CrowdBook,
  type CrowdFigures,
  type GridBook,
  isRefusal,
  type Refusal,
  refuse,
} from '@plimsoll/core';
import { Accounts, type Capacity } from './accounts.ts';
import { type FigureColumns, figureColumns, figuresAt, type LaidFigures, layFigures } from './figures.ts';
import { type Kernel, openKernel } from './kernel.ts';
import { layOut } from './layout.ts';
import { BookBytes, type Moved, movedInAny, whoMoved } from './moved.ts';
import { ended, started } from './threads.ts';

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
  /** Whether whole requirements will be asked for too: forty-nine bytes an account more. */
  readonly figures?: boolean;
  /** For tests of what happens when a thread dies: the first thread does, at its first chunk. */
  readonly firstDies?: boolean;
}

/** What a sweep took. */
export interface SweepReport {
  readonly accounts: number;
  /** Threads that died and were replaced on the way; the sweep was repeated for each. */
  readonly replaced: number;
}

/** A book in the memory, and where threads write beside it. */
interface KeptBook {
  readonly at: number;
  /** Its charges; 0 where it is swept only. */
  readonly charges: number;
  readonly products: number;
  readonly scratch: number;
  readonly scratchAt: number;
  /** u8 by product: room for whose rows moved. */
  readonly movedAt: number;
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
  private readonly columns: FigureColumns | undefined;
  private readonly bookBytes = new BookBytes();
  private book: KeptBook | undefined;
  /** Products whose rows moved since everybody was swept. */
  private moved: Moved = 'all';
  private turn = 0;
  private isBusy = false;

  private constructor(
    kernel: Kernel,
    accounts: Accounts,
    control: number,
    threads: Worker[],
    columns: FigureColumns | undefined,
  ) {
    this.kernel = kernel;
    this.accounts = accounts;
    this.control = control;
    this.words = new Int32Array(kernel.arena.memory.buffer, control, WORDS);
    this.threads = threads;
    this.columns = columns;
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
    const columns = options.figures === true ? figureColumns(kernel.arena, options.accounts) : undefined;
    if (isRefusal(columns)) return columns;
    const start = (index: number) =>
      started(kernel, control, index, options.firstDies === true && index === 0);
    const workers = await Promise.all(Array.from({ length: threads }, (_, index) => start(index)));
    return new Pool(kernel, accounts, control, workers, columns);
  }

  /** Bytes of the memory that are in use. */
  get bytes(): number {
    return this.kernel.arena.used;
  }

  /**
   * The book that is swept from now on. Refuses what the kernel does not hold and what does not fit; then there is none until the next is loaded.
   * @example pool.load({ risk: book.risk, plan: book.plan, windows: book.windows })
   */
  load(book: CrowdBook): Refusal | undefined {
    return this.keep(book, (arena) => {
      const laid = layOut(book, arena);
      return isRefusal(laid) ? laid : { book: laid.at, charges: 0, scratch: laid.scratch, rows: laid.rows };
    });
  }

  /**
   * The same with the book's charges, for whole requirements. Refuses also a pool that was not opened for them.
   * @example pool.loadFigures(book)
   */
  loadFigures(book: GridBook): Refusal | undefined {
    if (this.columns === undefined) return noFigures('open it with `figures: true`');
    return this.keep(book, (arena) => layFigures(book, arena));
  }

  /** Lays a book out in the old one's place, with room for every thread. */
  private keep(
    { risk }: CrowdBook,
    lay: (arena: Kernel['arena']) => LaidFigures | Refusal,
  ): Refusal | undefined {
    if (this.isBusy)
      return refuse('malformed', 'a sweep is under way; load a book when it is done.', 'the pool');
    const { arena } = this.kernel;
    arena.release(this.mark);
    this.book = undefined;
    const laid = lay(arena);
    const products = risk.products.length;
    const end = arena.used;
    const scratch = isRefusal(laid) ? 0 : Math.ceil(laid.scratch / 128) * 128;
    const scratchAt = arena.take(scratch * this.threads.length);
    const movedAt = arena.take(Math.max(1, products));
    const refusal = [laid, scratchAt, movedAt].find(isRefusal);
    if (refusal !== undefined || isRefusal(laid)) {
      this.bookBytes.forget();
      return refusal;
    }
    const moved = this.bookBytes.next(arena.memory, [this.mark, end], laid.rows, products);
    this.moved = movedInAny(this.moved, moved);
    const { book: at, charges } = laid;
    this.book = {
      at,
      charges,
      products,
      scratch,
      scratchAt: scratchAt as number,
      movedAt: movedAt as number,
    };
    return undefined;
  }

  /**
   * Profit not yet settled by account, dollars at the index: written by whoever knows it. Empty where the pool was not opened for figures.
   * @example pool.unsettled[7] = 120.5
   */
  get unsettled(): Float64Array {
    const { buffer } = this.kernel.arena.memory;
    const { unsettled, each } = this.columns ?? { unsettled: 0, each: 0 };
    return new Float64Array(buffer, unsettled, each / 8);
  }

  /** What the last `figures` answered. A view: the next one writes over it. */
  get judged(): CrowdFigures {
    const { buffer } = this.kernel.arena.memory;
    const { out, each } = this.columns ?? { out: 0, each: 0 };
    return figuresAt(buffer, out, each, this.columns === undefined ? 0 : this.accounts.count);
  }

  /**
   * Whole requirements of all accounts, or of those that are named, to the unit what `assess` says; they are then in `judged`. Refuses as `sweep` does, and a
   * book that was loaded without its charges.
   * @example await pool.figures()
   */
  async figures(list?: Int32Array): Promise<SweepReport | Refusal> {
    const { columns } = this;
    if (columns === undefined || this.book?.charges === 0)
      return noFigures('open it with `figures: true` and load the book with `loadFigures`');
    return this.turns(list, columns);
  }

  /**
   * Sweeps all accounts, or those that are named; their numbers are then in `accounts.answers`. A thread that dies is replaced and the sweep repeated.
   * Refuses without a book, where an account holds a row that the book has not, and where threads die again and again.
   * @example await pool.sweep()
   */
  async sweep(list?: Int32Array): Promise<SweepReport | Refusal> {
    const report = await this.turns(list, undefined);
    if (list === undefined && !isRefusal(report)) this.settle();
    return report;
  }

  /**
   * Sweeps those whose numbers may have moved since all were swept: accounts that changed, and where nothing but rows of some products moved from book to book,
   * those that hold any of these; else all. `accounts.answers` are then those of a whole sweep, to the bit.
   * @example pool.load(next); await pool.update() // { accounts: 40_120, replaced: 0 }
   */
  async update(): Promise<SweepReport | Refusal> {
    const { book, moved, accounts, kernel } = this;
    const list = book === undefined ? undefined : whoMoved(kernel, accounts, book, moved);
    const report = await this.turns(list, undefined);
    if (!isRefusal(report)) this.settle();
    return report;
  }

  private settle(): void {
    this.moved = new Uint8Array(this.book!.products);
    this.accounts.settle();
  }

  private async turns(
    list: Int32Array | undefined,
    columns: FigureColumns | undefined,
  ): Promise<SweepReport | Refusal> {
    const { book } = this;
    if (this.isBusy) return refuse('malformed', 'a sweep is under way already; wait for it.', 'the pool');
    if (book === undefined) return refuse('empty', 'there is no book yet; load one.', 'the pool');
    const wrong = this.accounts.beyond(book.products) ?? this.accounts.listed(list);
    if (wrong !== undefined) return wrong;
    this.isBusy = true;
    this.accounts.isHeld = true;
    try {
      const count = list?.length ?? this.accounts.count;
      for (let replaced = 0; replaced <= REPEATS_MAX; replaced++) {
        if (await this.turnOver(book, count, list !== undefined, columns))
          return { accounts: count, replaced };
        await this.replaceDead();
      }
      const message = `threads died in ${REPEATS_MAX + 1} sweeps one after the other; nothing it answered counts.`;
      return refuse('not-supported', message, 'the pool');
    } finally {
      this.isBusy = false;
      this.accounts.isHeld = false;
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
    book: KeptBook,
    count: number,
    isListed: boolean,
    columns: FigureColumns | undefined,
  ): Promise<boolean> {
    const { span, rows, quantities, out, list } = this.accounts.columns;
    const whole = columns === undefined ? [0, 0, 0] : [book.charges, columns.unsettled, columns.each];
    const into = columns?.out ?? out;
    const room = [book.scratchAt, book.scratch];
    const places = [book.at, isListed ? list : 0, span, rows, quantities, into, ...room, ...whole];
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

function noFigures(mend: string): Refusal {
  return refuse('not-supported', `it has no room or no charges for whole requirements; ${mend}.`, 'the pool');
}
