// A made-up venue for benches: 2,000 options on 64 lanes, and accounts of every shape over them.

import {
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

const SEED = 31;
export const OPTIONS = 2_000;

export function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** Sixteen spots by so many vols: lanes that net by sum, half of them seen by maintenance. */
export function flatLanes(count: number): Lane[] {
  return Array.from({ length: count }, (_, s): Lane => {
    const relative = -0.16 + (0.32 * (s % 16)) / 15;
    const vols = Math.max(1, Math.ceil(count / 16) - 1);
    const size = -0.25 + (0.7 * Math.floor(s / 16)) / vols;
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

/** The venue of benches: its market, and its products. */
export interface Venue {
  readonly market: Market;
  readonly products: readonly Product[];
}

export function venue(): Venue {
  const snapshot = simulateChain({ seed: SEED, at: instant(Date.UTC(2026, 2, 2, 9, 30)) }).at(-1)!;
  const market = sure(fitMarket(snapshot));
  const products = snapshot.options.map(({ product }) => product).slice(0, OPTIONS);
  return { market, products };
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

function uniform(random: Prng, rows: number, count: number): Map<number, number> {
  const held = new Map<number, number>();
  while (held.size < count) held.set(Math.floor(random.next() * rows), lognormal(random));
  return held;
}

/** A signed size whose logarithm is uniform: many small, few large. */
function lognormal(random: Prng): number {
  return (random.next() < 0.5 ? -1 : 1) * 10 ** (2 * random.next() - 0.5);
}

/** Rows and quantities of one account of about so many positions. */
function accountOf(shape: Shape, random: Prng, rows: number, mean: number): Map<number, number> {
  const count = Math.max(1, Math.min(rows, Math.round(mean * (0.25 + 1.5 * random.next()))));
  switch (shape) {
    case 'random':
      return uniform(random, rows, count);
    case 'spreads': {
      const held = new Map<number, number>();
      for (let i = 0; held.size < count; i++) {
        const row = Math.floor(random.next() * (rows - 2));
        const size = lognormal(random);
        held.set(row, size);
        held.set(row + 2, -size);
        if (i > rows) break;
      }
      return held;
    }
    case 'covered': {
      const held = uniform(random, rows, count);
      for (const [row, size] of held) held.set(row, row % 2 === 0 ? -Math.abs(size) : Math.abs(size) / 2);
      return held;
    }
    case 'heavy-tailed': {
      const held = new Map<number, number>();
      // Half of all interest is in a twentieth of the products.
      for (let i = 0; held.size < count && i < 20 * count; i++) {
        held.set(Math.floor(rows * random.next() ** 4), lognormal(random));
      }
      return held;
    }
    case 'market maker':
      return uniform(random, rows, Math.min(rows, 500));
  }
}

/** So many accounts of a shape over a book's rows. */
export function crowdOf(shape: Shape, accounts: number, rows: number, mean = 20): Crowd {
  const random = seededPrng(SEED + SHAPES.indexOf(shape));
  const start = new Int32Array(accounts + 1);
  const all: (readonly [number, number])[][] = [];
  for (let i = 0; i < accounts; i++) {
    const held = [...accountOf(shape, random, rows, mean)].sort(([a], [b]) => a - b);
    start[i + 1] = start[i]! + held.length;
    all.push(held);
  }
  const positions = start[accounts]!;
  const [places, quantities] = [new Int32Array(positions), new Float64Array(positions)];
  let p = 0;
  for (const held of all) {
    for (const [row, quantity] of held) {
      places[p] = row;
      quantities[p++] = quantity;
    }
  }
  return { count: accounts, start, rows: places, quantities };
}
