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
import { Accounts } from './accounts.ts';
import { type FigureColumns, figureColumns, figuresAt, type LaidFigures, layFigures } from './figures.ts';
import { type Kernel, openKernel } from './kernel.ts';
import { layOut } from './layout.ts';
import { BookBytes, type Moved, movedInAny, whoMoved } from './moved.ts';
import type { KeptBook, PoolOptions, SweepReport } from './pool-types.ts';
import { CLOSED, noFigures, UNDER_WAY } from './refusals.ts';
import { ended, isDead, started } from './threads.ts';

/** Words of the control block, as `worker.mjs` reads them. */
const TURN = 0;
const NEXT = 1;
const WORDS = 16;
/** Accounts a thread takes at once: long enough that taking costs nothing, short enough that threads end together. */
const CHUNK = 512;
export const THREADS_MAX = 64;
/** A sweep is repeated so often for threads that died before it is given up. */
const REPEATS_MAX = 3;

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
  private isClosed = false;

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
    if (columns !== undefined) accounts.unsettled = this.unsettled;
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
      started(kernel, control, index, { turn: 0, dies: options.firstDies === true && index === 0 });
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
    const busy = this.doubtFree();
    if (busy !== undefined) return busy;
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
   * Profit not yet settled by account, dollars at the index, as `accounts.set` has it; whoever writes here does so between sweeps. Empty where the pool was not opened for figures.
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
    const busy = this.doubtFree();
    if (busy !== undefined) return busy;
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
    const busy = this.doubtFree();
    if (busy !== undefined) return busy;
    if (book === undefined) return refuse('empty', 'there is no book yet; load one.', 'the pool');
    const wrong = this.accounts.beyond(book.products) ?? this.accounts.listed(list);
    if (wrong !== undefined) return wrong;
    this.isBusy = true;
    this.accounts.isHeld = true;
    try {
      const count = list?.length ?? this.accounts.count;
      let replaced = await this.replaceDead();
      for (let repeats = 0; repeats <= REPEATS_MAX && !this.isClosed; repeats++) {
        if (await this.turnOver(book, count, list !== undefined, columns))
          return { accounts: count, replaced };
        replaced += await this.replaceDead();
      }
      if (this.isClosed) return CLOSED;
      const message = `threads died in ${REPEATS_MAX + 1} sweeps one after the other; nothing it answered counts.`;
      return refuse('not-supported', message, 'the pool');
    } finally {
      this.isBusy = false;
      this.accounts.isHeld = false;
    }
  }

  /** The refusal of a pool that is at work, or closed. */
  private doubtFree(): Refusal | undefined {
    if (this.isClosed) return CLOSED;
    return this.isBusy ? UNDER_WAY : undefined;
  }

  /** Ends the threads; a sweep that is under way is refused, and whatever is asked after it. */
  async close(): Promise<void> {
    this.isClosed = true;
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

  /** Starts a thread for each that died; how many they were. */
  private async replaceDead(): Promise<number> {
    let replaced = 0;
    for (const [index, thread] of this.threads.entries()) {
      if (!isDead(thread) || this.isClosed) continue;
      this.threads[index] = await started(this.kernel, this.control, index, { turn: this.turn, dies: false });
      replaced++;
    }
    return replaced;
  }
}
