// Accounts that come, change and go, in columns that the kernel reads where they lie: every change costs as many steps as the account has positions.

import { CROWD_NUMBERS, HELD_MAX, isRefusal, type Refusal, refuse } from '@plimsoll/core';
import type { Arena } from './memory.ts';

/** Most accounts and positions, so that all columns have their place from the start. */
export interface Capacity {
  readonly accounts: number;
  readonly positions: number;
}

/** Positions of one account: rows of the book, ascending, and quantities. */
export interface AccountPositions {
  readonly rows: ArrayLike<number>;
  readonly quantities: ArrayLike<number>;
  /** Profit not yet settled, dollars at the index; nothing where it is not said. */
  readonly unsettled?: number;
}

/** Addresses of the columns. */
export interface AccountColumns {
  readonly span: number;
  readonly rows: number;
  readonly quantities: number;
  readonly out: number;
  readonly list: number;
  /** u8 by account: whether it changed since somebody last asked. */
  readonly touched: number;
}

/** Room for positions is given in steps of so many, so that an account may grow a little where it is. */
const STEP = 4;
const roomFor = (positions: number) => Math.max(1, Math.ceil(positions / STEP));

/**
 * A crowd in shared memory. An account is a number from 0 on; what was never set, or was removed, holds nothing. Twelve bytes a position, seventy-seven an account.
 * @example Accounts.open(arena, { accounts: 1_000_000, positions: 20_000_000 })
 */
export class Accounts {
  readonly columns: AccountColumns;
  readonly capacity: Capacity;
  private readonly span: Int32Array;
  private readonly rows: Int32Array;
  private readonly quantities: Float64Array;
  private readonly losses: Float64Array;
  private readonly list: Int32Array;
  private readonly touched: Uint8Array;
  /** Places that were let go, by how many steps of room they have. */
  private readonly free = new Map<number, number[]>();
  /** Steps of room of each account. */
  private readonly room: Int32Array;
  private end = 0;
  /** Steps of room that accounts have. */
  private taken = 0;
  private highestRow = -1;
  private highest = 0;
  /** Whether threads are reading: nothing changes until they are done. */
  isHeld = false;
  /** A column of profit not yet settled, where whole requirements are wanted. */
  unsettled: Float64Array | undefined;

  private constructor(arena: Arena, columns: AccountColumns, capacity: Capacity) {
    const { buffer } = arena.memory;
    this.columns = columns;
    this.capacity = capacity;
    this.span = new Int32Array(buffer, columns.span, 2 * capacity.accounts);
    this.rows = new Int32Array(buffer, columns.rows, capacity.positions);
    this.quantities = new Float64Array(buffer, columns.quantities, capacity.positions);
    this.losses = new Float64Array(buffer, columns.out, CROWD_NUMBERS * capacity.accounts);
    this.list = new Int32Array(buffer, columns.list, capacity.accounts);
    this.touched = new Uint8Array(buffer, columns.touched, capacity.accounts);
    this.room = new Int32Array(capacity.accounts);
  }

  /** Refuses more than one memory holds. */
  static open(arena: Arena, { accounts, positions }: Capacity): Accounts | Refusal {
    const whole = (value: number) => Number.isSafeInteger(value) && value > 0;
    if (!whole(accounts) || !whole(positions)) {
      return refuse(
        'out-of-range',
        'give whole numbers of accounts and of positions, above zero.',
        'the crowd',
      );
    }
    const room = STEP * Math.ceil(positions / STEP);
    const sizes = [8 * accounts, 4 * room, 8 * room, 8 * CROWD_NUMBERS * accounts, 4 * accounts, accounts];
    const places = sizes.map((bytes) => arena.take(bytes));
    const refusal = places.find(isRefusal);
    if (refusal !== undefined) return refusal;
    const [span, rows, quantities, out, list, touched] = places as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    new Int32Array(arena.memory.buffer, span, 2 * accounts).fill(0);
    new Float64Array(arena.memory.buffer, out, CROWD_NUMBERS * accounts).fill(0);
    new Uint8Array(arena.memory.buffer, touched, accounts).fill(0);
    return new Accounts(arena, { span, rows, quantities, out, list, touched }, { accounts, positions: room });
  }

  /** One more than the largest account that was ever set. */
  get count(): number {
    return this.highest;
  }

  /**
   * What an account holds from now on. Refuses while a sweep is under way, an account beyond the capacity, rows that do not ascend, a quantity that is no number, and more positions than
   * there is room for; the account then keeps what it had.
   * @example accounts.set(7, { rows: [3, 9], quantities: [1, -2] })
   */
  set(account: number, { rows, quantities, unsettled = 0 }: AccountPositions): Refusal | undefined {
    const wrong = this.doubtHeld() ?? this.doubt(account, rows, quantities, unsettled);
    if (wrong !== undefined) return wrong;
    const needed = roomFor(rows.length);
    let first = this.span[2 * account]!;
    if (this.room[account]! < needed) {
      const place = this.moved(account, needed);
      if (isRefusal(place)) return place;
      first = place;
    }
    for (let i = 0; i < rows.length; i++) {
      this.rows[first + i] = rows[i]!;
      this.quantities[first + i] = quantities[i]!;
    }
    this.span[2 * account] = first;
    this.span[2 * account + 1] = first + rows.length;
    this.touched[account] = 1;
    if (this.unsettled !== undefined) this.unsettled[account] = unsettled;
    if (account >= this.highest) this.highest = account + 1;
    this.highestRow = Math.max(this.highestRow, rows[rows.length - 1] ?? -1);
    return undefined;
  }

  /** An account that holds nothing from now on; its room is another's. Refuses while a sweep is under way. */
  remove(account: number): Refusal | undefined {
    const held = this.doubtHeld();
    if (held !== undefined || !(account >= 0 && account < this.highest)) return held;
    this.letGo(account);
    this.span.fill(0, 2 * account, 2 * account + 2);
    this.touched[account] = 1;
    this.losses.fill(0, CROWD_NUMBERS * account, CROWD_NUMBERS * (account + 1));
    if (this.unsettled !== undefined) this.unsettled[account] = 0;
    return undefined;
  }

  /** What an account holds. @example accounts.get(7).rows // Int32Array [3, 9] */
  get(account: number): { readonly rows: Int32Array; readonly quantities: Float64Array } {
    const [first, last] = [this.span[2 * account] ?? 0, this.span[2 * account + 1] ?? 0];
    return { rows: this.rows.slice(first, last), quantities: this.quantities.slice(first, last) };
  }

  /** What the last sweep answered: `CROWD_NUMBERS` numbers an account, as the contract of core has them. A view: the next sweep writes over it. */
  get answers(): Float64Array {
    return this.losses.subarray(0, CROWD_NUMBERS * this.highest);
  }

  /** Nobody has changed since now. */
  settle(): void {
    this.touched.fill(0, 0, this.highest);
  }

  /** The refusal of a book that has fewer rows than an account holds. */
  beyond(products: number): Refusal | undefined {
    if (this.highestRow < products) return undefined;
    for (let account = 0; account < this.highest; account++) {
      const [first, last] = [this.span[2 * account]!, this.span[2 * account + 1]!];
      const row = last > first ? this.rows[last - 1]! : -1;
      if (row >= products) {
        const message = `it holds row ${row}, and the book has ${products}; settle what has gone before the book is loaded.`;
        return refuse('unknown-product', message, `account ${account}`);
      }
    }
    // What was beyond has gone; the next book is asked by what is there.
    this.highestRow = products - 1;
    return undefined;
  }

  /** Writes down which accounts a sweep is of; the refusal of one that is none. */
  listed(list: Int32Array | undefined): Refusal | undefined {
    if (list === undefined) return undefined;
    if (list.length > this.capacity.accounts) {
      return refuse(
        'too-large',
        `it names ${list.length} accounts; there is room for ${this.capacity.accounts}.`,
        'the list',
      );
    }
    const wrong = list.find((account) => !(account >= 0 && account < this.highest));
    if (wrong !== undefined) return refuse('out-of-range', `there is no account ${wrong}.`, 'the list');
    this.list.set(list);
    return undefined;
  }

  private doubtHeld(): Refusal | undefined {
    if (!this.isHeld) return undefined;
    return refuse('malformed', 'a sweep is under way; change accounts when it is done.', 'the crowd');
  }

  private doubt(
    account: number,
    rows: ArrayLike<number>,
    quantities: ArrayLike<number>,
    unsettled: number,
  ): Refusal | undefined {
    if (!(Number.isInteger(account) && account >= 0 && account < this.capacity.accounts)) {
      const message = `there is no account ${account}; there is room for ${this.capacity.accounts}, counted from 0.`;
      return refuse('out-of-range', message, 'the crowd');
    }
    if (rows.length !== quantities.length) {
      return refuse(
        'malformed',
        `it has ${rows.length} rows and ${quantities.length} quantities.`,
        `account ${account}`,
      );
    }
    if (!Number.isFinite(unsettled))
      return refuse('malformed', `its unsettled profit is ${unsettled}.`, `account ${account}`);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (!(Number.isInteger(row) && row > (i === 0 ? -1 : rows[i - 1]!))) {
        return refuse('malformed', 'its rows do not ascend from 0; sort and net them.', `account ${account}`);
      }
      if (!(Math.abs(quantities[i]!) <= HELD_MAX)) {
        const message = `its quantity of row ${row} is no number up to ${HELD_MAX} either way.`;
        return refuse('malformed', message, `account ${account}`);
      }
    }
    return undefined;
  }

  /** A larger room for an account, whose old one is let go. Where none is free the others are moved together. */
  private moved(account: number, needed: number): number | Refusal {
    const others = this.taken - this.room[account]!;
    if (STEP * (others + needed) > this.capacity.positions) {
      const message = `there is no room for ${STEP * needed} positions; the crowd was opened for ${this.capacity.positions}, and the others take ${STEP * others}.`;
      return refuse('too-large', message, 'the crowd');
    }
    this.letGo(account);
    const place = this.place(needed) ?? this.compacted(needed);
    this.room[account] = needed;
    this.taken += needed;
    return place;
  }

  private letGo(account: number): void {
    const room = this.room[account]!;
    if (room === 0) return;
    const places = this.free.get(room) ?? [];
    places.push(this.span[2 * account]!);
    this.free.set(room, places);
    this.room[account] = 0;
    this.taken -= room;
  }

  /** A free place; undefined where none is as large. */
  private place(room: number): number | undefined {
    const known = this.free.get(room)?.pop();
    if (known !== undefined) return known;
    const at = this.end;
    if (at + STEP * room > this.capacity.positions) return undefined;
    this.end += STEP * room;
    return at;
  }

  /** Moves all rooms together, and gives the place behind them. Rare: it costs as many steps as there are positions. */
  private compacted(room: number): number {
    const { span, rows, quantities } = this;
    const living = Int32Array.from({ length: this.highest }, (_, account) => account)
      .filter((account) => this.room[account]! > 0)
      .sort((a, b) => span[2 * a]! - span[2 * b]!);
    let end = 0;
    for (const account of living) {
      const [first, last] = [span[2 * account]!, span[2 * account + 1]!];
      rows.copyWithin(end, first, last);
      quantities.copyWithin(end, first, last);
      span[2 * account] = end;
      span[2 * account + 1] = end + last - first;
      end += STEP * this.room[account]!;
    }
    this.free.clear();
    this.end = end + STEP * room;
    return end;
  }
}
