// Accounts netted by row of a book, one after the other, into columns: what `hold` makes of each, without an object for any of them.

import { isMargined, type Product } from '../product/index.ts';
import type { Crowd } from '../risk/index.ts';
import { doubtQuantity, type Measured, unsettledOf } from './holdings.ts';
import type { Balance } from './portfolio.ts';

/** A crowd with what equity needs to know apart. Rows ascend and no quantity is zero, as `hold` nets them. */
export interface CrowdAccounts extends Crowd {
  /** Profit not yet settled, dollars at the index, by account. */
  readonly unsettled: Float64Array;
}

const ACCOUNTS_FIRST = 64;
const POSITIONS_EACH = 16;

/** Twice the room, with what was there. */
function grown<A extends Int32Array | Float64Array>(column: A, room: number): A {
  if (column.length >= room) return column;
  const larger = new (column.constructor as new (length: number) => A)(Math.max(room, 2 * column.length));
  larger.set(column);
  return larger;
}

/**
 * Columns in the making. Balances and positions of one account are added in the order of its lists, then it is kept or dropped.
 * @example const columns = new CrowdColumns(book.risk); columns.balance('BTC', 2, 'cash'); columns.keep(); columns.crowd().count // 1
 */
export class CrowdColumns {
  private readonly book: Measured;
  /** Quantity of each row that the account of now touches, and which rows those are. */
  private readonly sums: Float64Array;
  private readonly isTouched: Uint8Array;
  private readonly touched: Int32Array;
  private touchedCount = 0;
  private profit = 0;
  private count = 0;
  private end = 0;
  private start = new Int32Array(ACCOUNTS_FIRST + 1);
  private rows = new Int32Array(ACCOUNTS_FIRST * POSITIONS_EACH);
  private quantities = new Float64Array(ACCOUNTS_FIRST * POSITIONS_EACH);
  private unsettled = new Float64Array(ACCOUNTS_FIRST);

  constructor(book: Measured) {
    const size = book.products.length;
    this.book = book;
    this.sums = new Float64Array(size);
    this.isTouched = new Uint8Array(size);
    this.touched = new Int32Array(size);
  }

  /** Adds a balance; false where `hold` would refuse it. */
  balance(asset: string, quantity: number, kind: Balance['kind']): boolean {
    const row = this.add(asset, quantity);
    if (row < 0) return false;
    if (kind === 'unsettled') this.profit += quantity * this.book.columns.value[row]!;
    return true;
  }

  /** Adds a position; false where `hold` would refuse it. */
  position(product: Product, quantity: number, entryPrice: number | undefined): boolean {
    if (this.add(product.id, quantity) < 0) return false;
    if (entryPrice === undefined || !isMargined(product)) return true;
    const profit = unsettledOf(product, quantity, entryPrice, this.book);
    const row = this.add(product.settleAsset, profit);
    if (row < 0) return false;
    this.profit += profit * this.book.columns.value[row]!;
    return true;
  }

  /** The account is whole. */
  keep(): void {
    const own = this.touched.subarray(0, this.touchedCount).sort();
    this.rows = grown(this.rows, this.end + own.length);
    this.quantities = grown(this.quantities, this.end + own.length);
    for (let i = 0; i < own.length; i++) {
      const row = own[i]!;
      if (this.sums[row] === 0) continue;
      this.rows[this.end] = row;
      this.quantities[this.end++] = this.sums[row]!;
    }
    this.unsettled = grown(this.unsettled, this.count + 1);
    this.unsettled[this.count++] = this.profit;
    this.start = grown(this.start, this.count + 1);
    this.start[this.count] = this.end;
    this.drop();
  }

  /** What was added since the last account that was kept is forgotten. */
  drop(): void {
    for (let i = 0; i < this.touchedCount; i++) this.isTouched[this.touched[i]!] = 0;
    this.touchedCount = 0;
    this.profit = 0;
  }

  /** The accounts that were kept, in their order; views that further accounts do not change. */
  crowd(): CrowdAccounts {
    return {
      count: this.count,
      start: this.start.subarray(0, this.count + 1),
      rows: this.rows.subarray(0, this.end),
      quantities: this.quantities.subarray(0, this.end),
      unsettled: this.unsettled.subarray(0, this.count),
    };
  }

  /** The row of a product, its quantity raised; -1 where it has none or the quantity is none. */
  private add(id: string, quantity: number): number {
    const row = this.book.indexOf.get(id);
    if (row === undefined || doubtQuantity(id, quantity) !== undefined) return -1;
    if (this.isTouched[row] === 0) {
      this.isTouched[row] = 1;
      this.touched[this.touchedCount++] = row;
      this.sums[row] = 0;
    }
    this.sums[row]! += quantity;
    return row;
  }
}
