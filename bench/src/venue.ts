// A made-up venue for benches: 2,000 options on 64 lanes, and accounts of every shape over them.

import {
  type ChainSnapshot,
  type Crowd,
  fitMarket,
  type GridBook,
  type GridParameters,
  grid,
  gridDefaults,
  instant,
  isRefusal,
  type Lane,
  type Market,
  type Prng,
  type Product,
  type Refusal,
  seededPrng,
} from '@plimsoll/core';
import { simulateChain } from '@plimsoll/lab';
import type { Accounts, Capacity } from '@plimsoll/wasm';

const SEED = 31;
export const OPTIONS = 2_000;

export function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** So many spots, usually sixteen, by vols: lanes that net by sum, half of them seen by maintenance. */
export function flatLanes(count: number, spots = 16): Lane[] {
  return Array.from({ length: count }, (_, s): Lane => {
    const relative = -0.16 + (0.32 * (s % spots)) / (spots - 1);
    const vols = Math.max(1, Math.ceil(count / spots) - 1);
    const size = -0.25 + (0.7 * Math.floor(s / spots)) / vols;
    return {
      id: `s${s}`,
      moves: [
        { kind: 'spot', relative },
        { kind: 'vol', form: 'relative', size, scaling: { short: 0, long: 0, dteFloor: 1 } },
      ],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: s % 2 === 0 ? 'maintenance' : 'initial',
    };
  });
}

/** One lane in so many nets expiry by expiry in the lanes of a whole model; of the house's own set it is one in seventeen. */
const NETTING = 16;

/** Lanes of a whole model: the same moves, and now and then a lane that nets expiry by expiry. */
export function modelLanes(count: number): Lane[] {
  return flatLanes(count).map((lane, s) =>
    s % NETTING === NETTING - 1 ? { ...lane, netting: 'loss-per-expiry' } : lane,
  );
}

/** The venue of benches: a snapshot, its market, and its products. */
export interface Venue {
  readonly snapshot: ChainSnapshot;
  readonly market: Market;
  readonly products: readonly Product[];
}

export function venue(): Venue {
  const snapshot = simulateChain({ seed: SEED, at: instant(Date.UTC(2026, 2, 2, 9, 30)) }).at(-1)!;
  const market = sure(fitMarket(snapshot));
  const products = snapshot.options.map(({ product }) => product).slice(0, OPTIONS);
  return { snapshot, market, products };
}

/** The same market a little later: indices and forwards moved by a share. */
export function moved(market: Market, share: number): Market {
  return {
    ...market,
    underlyings: market.underlyings.map((underlying) => ({
      ...underlying,
      index: underlying.index * (1 + share),
      slices: underlying.slices.map((slice) => ({ ...slice, forward: slice.forward * (1 + share) })),
    })),
  };
}

/** The book of a venue on some lanes, or on the house's own. */
export function bookOf({ market, products }: Venue, lanes?: readonly Lane[]): GridBook {
  const scenarios = lanes === undefined ? gridDefaults.scenarios : { id: 'bench', lanes };
  const parameters: GridParameters = { ...gridDefaults, scenarios, strikeNodeDays: 0 };
  return sure(grid.book(products, market, parameters));
}

/** Shapes of accounts. */
export const SHAPES = ['random', 'spreads', 'covered', 'heavy-tailed', 'market maker'] as const;
export type Shape = (typeof SHAPES)[number];

/** A signed size whose logarithm is uniform: many small, few large. */
function lognormal(random: Prng): number {
  return (random.next() < 0.5 ? -1 : 1) * 10 ** (2 * random.next() - 0.5);
}

/** Most positions of a market maker. */
const MAKER = 500;

/** What one account holds while it is drawn: sizes by row, and which rows. */
class Basket {
  readonly rows: Int32Array;
  readonly sizes: Float64Array;
  private readonly held: Uint8Array;
  count = 0;

  constructor(rows: number) {
    this.rows = new Int32Array(rows);
    this.sizes = new Float64Array(rows);
    this.held = new Uint8Array(rows);
  }

  set(row: number, size: number): void {
    if (this.held[row] === 0) {
      this.held[row] = 1;
      this.rows[this.count++] = row;
    }
    this.sizes[row] = size;
  }

  /** Its rows, ascending. */
  sorted(): Int32Array {
    return this.rows.subarray(0, this.count).sort();
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.held[this.rows[i]!] = 0;
    this.count = 0;
  }
}

function fillUniform(basket: Basket, random: Prng, rows: number, count: number): void {
  while (basket.count < count) basket.set(Math.floor(random.next() * rows), lognormal(random));
}

/** One account of about so many positions. */
function fillAccount(basket: Basket, shape: Shape, random: Prng, rows: number, mean: number): void {
  const count = Math.max(1, Math.min(rows, Math.round(mean * (0.25 + 1.5 * random.next()))));
  switch (shape) {
    case 'random':
      fillUniform(basket, random, rows, count);
      return;
    case 'spreads':
      for (let i = 0; basket.count < count && i <= rows; i++) {
        const row = Math.floor(random.next() * (rows - 2));
        const size = lognormal(random);
        basket.set(row, size);
        basket.set(row + 2, -size);
      }
      return;
    case 'covered':
      fillUniform(basket, random, rows, count);
      for (const row of basket.rows.subarray(0, basket.count)) {
        const size = Math.abs(basket.sizes[row]!);
        basket.set(row, row % 2 === 0 ? -size : size / 2);
      }
      return;
    case 'heavy-tailed':
      // Half of all interest is in a twentieth of the products.
      for (let i = 0; basket.count < count && i < 20 * count; i++) {
        basket.set(Math.floor(rows * random.next() ** 4), lognormal(random));
      }
      return;
    case 'market maker':
      fillUniform(basket, random, rows, Math.min(rows, MAKER));
  }
}

/** About how many positions accounts of a shape have, of those that were asked for. @example positionsOf('market maker', 20) // 500 */
export function positionsOf(shape: Shape, mean: number): number {
  return shape === 'market maker' ? MAKER : mean;
}

/** So many accounts of a shape over a book's rows. */
export function crowdOf(shape: Shape, accounts: number, rows: number, mean = 20): Crowd {
  const random = seededPrng(SEED + SHAPES.indexOf(shape));
  const basket = new Basket(rows);
  const start = new Int32Array(accounts + 1);
  const most = Math.min(rows, shape === 'market maker' ? MAKER : Math.ceil(1.75 * mean) + 2);
  const [places, quantities] = [new Int32Array(accounts * most), new Float64Array(accounts * most)];
  let p = 0;
  for (let i = 0; i < accounts; i++) {
    fillAccount(basket, shape, random, rows, mean);
    for (const row of basket.sorted()) {
      places[p] = row;
      quantities[p++] = basket.sizes[row]!;
    }
    start[i + 1] = p;
    basket.clear();
  }
  return { count: accounts, start, rows: places.subarray(0, p), quantities: quantities.subarray(0, p) };
}

/** Gives a pool the accounts of a crowd, one by one as they would come. */
export function enter(accounts: Accounts, crowd: Crowd): void {
  for (let i = 0; i < crowd.count; i++) {
    const [from, to] = [crowd.start[i]!, crowd.start[i + 1]!];
    const refusal = accounts.set(i, {
      rows: crowd.rows.subarray(from, to),
      quantities: crowd.quantities.subarray(from, to),
    });
    if (refusal !== undefined) throw new Error(refusal.message);
  }
}

/** Room for a crowd in a pool: an account gets room in steps of so many positions. */
const STEP = 4;

export function roomOf({ count, start }: Crowd): Capacity {
  let positions = 0;
  for (let i = 0; i < count; i++) {
    positions += STEP * Math.max(1, Math.ceil((start[i + 1]! - start[i]!) / STEP));
  }
  return { accounts: count, positions };
}
