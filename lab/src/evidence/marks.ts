// What the venue itself says a portfolio is worth: the measure of what a day cost, independent of any fit or model.

import {
  type ChainSnapshot,
  expiryOf,
  type Future,
  futureProfit,
  type Instant,
  type Perpetual,
  type Portfolio,
  type Position,
} from '@plimsoll/core';

/** Venue marks of one snapshot: options in coins, futures and index in dollars. */
export class Marks {
  readonly at: Instant;
  private readonly options: ReadonlyMap<string, number>;
  private readonly futures: ReadonlyMap<string, number>;
  private readonly forwards: ReadonlyMap<string, number>;
  private readonly indices = new Map<string, number>([['USD', 1]]);

  constructor(snapshot: ChainSnapshot) {
    this.at = snapshot.at;
    this.options = new Map(snapshot.options.map(({ product, mark }) => [product.id, mark ?? 0]));
    this.futures = new Map(snapshot.futures.map(({ product, mark }) => [product.id, mark]));
    this.forwards = new Map(
      snapshot.options.map(({ product, forward }) => [
        expiryKey(product.underlying, product.expiry),
        forward,
      ]),
    );
    const rows = new Map<string, number[]>();
    for (const { product, index } of snapshot.options) {
      if (index !== undefined) rows.set(product.underlying, [...(rows.get(product.underlying) ?? []), index]);
    }
    for (const [coin, values] of rows) {
      this.indices.set(coin, values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
    }
  }

  /** Dollars per unit of an asset. */
  index(asset: string): number {
    return known(this.indices.get(asset), asset);
  }

  /** A future's own mark; without one, the forward its options are priced with, and for a perpetual the index. */
  mark(product: Perpetual | Future): number {
    const own = this.futures.get(product.id);
    if (own !== undefined) return own;
    if (product.kind === 'perpetual') return this.index(product.underlying);
    return known(this.forwards.get(expiryKey(product.underlying, product.expiry)), product.id);
  }

  /** Dollars of a position; a future's profit counts from its entry, an expired contract is settled at this snapshot's index. */
  private value({ product, quantity }: Position, entry: Marks): number {
    const index = this.index(product.underlying);
    const expiry = expiryOf(product);
    const isOver = expiry !== undefined && expiry <= this.at;
    if (product.kind === 'perpetual' || product.kind === 'future') {
      const mark = isOver ? index : this.mark(product);
      return quantity * futureProfit(product, entry.mark(product), mark) * index;
    }
    if (!isOver) return quantity * known(this.options.get(product.id), product.id) * index;
    if (product.kind !== 'option')
      throw new Error(`${product.id} is not listed; evidence is of listed products.`);
    const { right, strike } = product;
    return quantity * Math.max(0, right === 'call' ? index - strike : strike - index);
  }

  /** Dollars that an account which stood at `entry` is worth now. */
  equity(portfolio: Portfolio, entry: Marks): number {
    const balances = portfolio.balances.reduce(
      (sum, { asset, quantity }) => sum + quantity * this.index(asset),
      0,
    );
    return portfolio.positions.reduce((sum, position) => sum + this.value(position, entry), balances);
  }
}

function expiryKey(underlying: string, expiry: Instant): string {
  return `${underlying} ${expiry}`;
}

/** A snapshot that does not mark what a book holds cannot say what the day cost. */
function known(value: number | undefined, what: string): number {
  if (value === undefined) throw new Error(`${what} has no mark in the snapshot; choose another day.`);
  return value;
}
