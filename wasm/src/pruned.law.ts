// The pruned sweep against core's plain one: books that are smooth, books that are not, and books made to trip what is passed over.

import { type Crowd, isRefusal, type Prng, type Refusal, seededPrng, sweepPlain } from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockLanes, type LaneBlocks, layRows, openKernel, plainSweep, prunedSweep } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const kernel = sure(await openKernel());
const { arena } = kernel;

/** A book: its rows, and where its lanes stand. */
interface Book {
  readonly rows: Float64Array;
  readonly stride: number;
  readonly seen: Uint8Array;
  readonly blocks: LaneBlocks;
}

/** An account as rows and quantities. */
type Held = readonly (readonly [number, number])[];

const whole = (random: Prng, below: number) => Math.floor(random.next() * below);
/** The number beside another. */
function beside(x: number): number {
  const bits = new BigInt64Array(new Float64Array([x]).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]!;
}

function crowdOf(accounts: readonly Held[]): Crowd {
  const sorted = accounts.map((own) => [...new Map(own)].toSorted(([a], [b]) => a - b));
  const start = new Int32Array(accounts.length + 1);
  sorted.forEach((own, i) => {
    start[i + 1] = start[i]! + own.length;
  });
  return {
    count: accounts.length,
    start,
    rows: Int32Array.from(sorted.flat(), ([row]) => row),
    quantities: Float64Array.from(sorted.flat(), ([, quantity]) => quantity),
  };
}

/** Sweeps a crowd by core, by the kernel plainly, and pruned; the places where the bits differ from core's, and how many blocks were summed of how many. */
function sweepAll({ rows, stride, seen, blocks }: Book, accounts: readonly Held[]) {
  const before = arena.used;
  const crowd = crowdOf(accounts);
  const laid = sure(layRows(kernel, { rows, stride }));
  const pruned = sure(prunedSweep(kernel, laid, seen, blocks));
  const [theirs, plainly, mine] = [0, 1, 2].map(() => new Float64Array(2 * crowd.count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  sweepPlain(crowd, { rows, stride }, seen, 0, crowd.count, theirs);
  sure(plainSweep(kernel, laid, seen)).sweep(crowd, 0, crowd.count, plainly);
  expect(pruned.sweep(crowd, 0, crowd.count, mine)).toBeUndefined();
  arena.release(before);
  const differs = [...theirs.keys()].filter(
    (k) => !(Object.is(mine[k], theirs[k]) && Object.is(plainly[k], theirs[k])),
  );
  return {
    differs: differs.slice(0, 3),
    summed: pruned.summed(),
    blocks: pruned.blocks * crowd.count,
    losses: theirs,
  };
}

/** What a row is made from: a place on the grid, spot -1 to 1 and vol 0 to 1. */
type Shape = (spot: number, vol: number) => number;

/** Rows of given shapes over a grid of lanes; how lanes are seen: all, every second, the middle of spot, or none. */
function gridBook(spots: number, vols: number, shapes: readonly Shape[], sight: number, size?: 4 | 8): Book {
  const count = spots * vols;
  const stride = 16 * Math.ceil(count / 16);
  const places = Array.from({ length: count }, (_, s) => ({
    kin: '',
    spot: spots > 1 ? -1 + (2 * (s % spots)) / (spots - 1) : 0,
    vol: Math.floor(s / spots) / vols,
  }));
  const sights = [
    () => true,
    (s: number) => s % 2 === 0,
    (s: number) => Math.abs(places[s]!.spot) < 0.5,
    () => false,
  ];
  const seen = Uint8Array.from(places, (_, s) => Number(sights[sight % 4]!(s)));
  const rows = new Float64Array(shapes.length * stride);
  shapes.forEach((shape, r) => {
    places.forEach(({ spot, vol }, s) => {
      rows[r * stride + s] = shape(spot, vol);
    });
  });
  return { rows, stride, seen, blocks: blockLanes(places, seen, size) };
}

/** Options and futures, more or less: a kink or a line in spot, a line in vol. */
function marketShape(random: Prng): Shape {
  const [strike, scale, vega] = [2 * random.next() - 1, 10 ** (6 * random.next() - 1), random.next()];
  const side = random.next() < 0.5 ? 1 : -1;
  return random.next() < 0.2
    ? (spot) => scale * spot
    : (spot, vol) =>
        scale * (Math.max(0, side * (spot - strike)) + vega * (vol - 0.5) - Math.max(0, -side * strike));
}

/** The same lanes in another order, with shares that are made up. */
function unordered({ blocks, ...book }: Book, random: Prng): Book {
  const { size } = blocks;
  const count = book.seen.length;
  const order = Array.from({ length: count }, (_, s) => [random.next(), s] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, s]) => s);
  const step = 4 * size;
  const lanes = Int32Array.from(
    { length: step * Math.ceil(count / step) },
    (_, k) => order[Math.min(k, count - 1)]!,
  );
  const shares = Float64Array.from(lanes, () => random.next());
  return { ...book, blocks: { size, lanes, shares, blocksSeen: lanes.length / size } };
}

const quantity = (random: Prng) =>
  [0, -0, 1e-300, -1e18, 1e17][whole(random, 60)] ?? (random.next() - 0.5) * 10 ** whole(random, 9);
const account = (random: Prng, rows: number, most: number): Held =>
  Array.from({ length: whole(random, most) }, () => [whole(random, rows), quantity(random)] as const);

const bookNumbers = [
  fc.nat(1e9),
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 9 }),
  fc.nat(3),
] as const;
const law = (
  name: string,
  runs: number,
  of: (random: Prng, spots: number, vols: number, sight: number) => unknown,
) =>
  it(name, () => {
    fc.assert(
      fc.property(...bookNumbers, (seed, spots, vols, sight) => {
        expect(of(seededPrng(seed), spots, vols, sight)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

describe('the pruned sweep has the bits of the plain one', () => {
  law('books of a market, by their own blocks and by any', 300, (random, spots, vols, sight) => {
    const shapes = Array.from({ length: 1 + whole(random, 30) }, () => marketShape(random));
    const book = gridBook(spots, vols, shapes, sight, random.next() < 0.5 ? 4 : 8);
    const accounts = Array.from({ length: 12 }, () => account(random, shapes.length, 40));
    return [...sweepAll(book, accounts).differs, ...sweepAll(unordered(book, random), accounts).differs];
  });

  law('rows of numbers of every size, zeros among them', 200, (random, spots, vols, sight) => {
    const cell = () =>
      [0, -0, 1e-310, 1e25][whole(random, 40)] ?? (random.next() - 0.5) * 10 ** (whole(random, 30) - 15);
    const shapes = Array.from({ length: 6 }, (): Shape => (random.next() < 0.2 ? () => 0 : cell));
    const small = (random: Prng) => (random.next() - 0.5) * 10 ** (whole(random, 24) - 12);
    const accounts = Array.from({ length: 10 }, () =>
      Array.from({ length: 6 }, (_, row) => [row, random.next() < 0.2 ? 0 : small(random)] as const),
    );
    return sweepAll(gridBook(spots, vols, shapes, sight), accounts).differs;
  });

  // Every block has the same least but for one unit in the last place, and no line of it is exact in 32 bits: whatever is rounded the wrong way shows.
  law('near-ties between blocks', 300, (random, spots, vols, sight) => {
    const depths = Array.from({ length: 8 }, () => random.next() * 10 ** whole(random, 8));
    const slopes = depths.map(() => random.next() - 0.5);
    const shapes = depths.map(
      (depth, r): Shape =>
        (spot) => {
          const least = random.next() < 0.5 ? -depth : beside(-depth);
          return least + (random.next() < 0.5 ? 0 : depth * slopes[r]! * (1 + spot) * 1e-9);
        },
    );
    const accounts = Array.from({ length: 12 }, () =>
      shapes.map((_, row) => [row, random.next() * 10 ** whole(random, 4)] as const),
    );
    return sweepAll(gridBook(spots, vols, shapes, sight), accounts).differs;
  });

  law('exact hedges, and what is tiny beside what is huge', 200, (random, spots, vols, sight) => {
    const shapes = Array.from({ length: 10 }, () => marketShape(random));
    // Every second row is the one before it, or beside it.
    const twins = shapes.flatMap((shape): Shape[] => [
      shape,
      random.next() < 0.5 ? shape : (x, y) => beside(shape(x, y)),
    ]);
    const accounts = Array.from({ length: 12 }, () =>
      shapes.flatMap((_, k) => {
        const size = random.next() < 0.1 ? 1e-9 * random.next() : 1e9 * random.next();
        return random.next() < 0.3
          ? []
          : ([
              [2 * k, size],
              [2 * k + 1, -size],
            ] as const);
      }),
    );
    return sweepAll(gridBook(spots, vols, twins, sight), accounts).differs;
  });

  it('one lane; accounts of thousands of positions, and of more than lines are added for', () => {
    const random = seededPrng(7);
    const shapes = Array.from({ length: 5_000 }, () => marketShape(random));
    const all = (count: number): Held =>
      shapes.slice(0, count).map((_, row) => [row, random.next() - 0.5] as const);
    const accounts = [all(3_000), all(4_096), all(4_097), all(5_000), []];
    expect(sweepAll(gridBook(16, 8, shapes, 1), accounts).differs).toEqual([]);
    expect(sweepAll(gridBook(1, 1, shapes.slice(0, 3), 0), [[[1, 2]], [[0, -1]]]).differs).toEqual([]);
  });

  it('sums beyond all sense are left to the plain sweep', () => {
    const { summed, blocks } = sweepAll(gridBook(8, 4, [() => 1e200, () => 1e150], 0), [
      [[0, 1]],
      [[1, 1e18]],
    ]);
    expect(summed).toBe(blocks);
  });
});

it('a smooth book is swept by a few of its blocks', () => {
  const random = seededPrng(11);
  const shapes = Array.from({ length: 50 }, () => marketShape(random));
  const accounts = Array.from(
    { length: 200 },
    (): Held => Array.from({ length: 20 }, () => [whole(random, 50), random.next() - 0.5] as const),
  );
  for (const sight of [0, 1, 2, 3]) {
    const { summed, blocks, differs } = sweepAll(gridBook(64, 8, shapes, sight), accounts);
    expect(differs).toEqual([]);
    expect(summed).toBeLessThan(blocks / 8);
  }
});

describe('blocks of lanes at the door', () => {
  const book = gridBook(8, 2, [(spot) => spot], 1, 4);
  const said = (blocks: LaneBlocks) => {
    const before = arena.used;
    const answer = prunedSweep(kernel, sure(layRows(kernel, book)), book.seen, blocks);
    arena.release(before);
    return isRefusal(answer) ? answer.message : 'answered';
  };
  const { blocks } = book;
  const changed = (k: number, lane: number) => ({ ...blocks, lanes: blocks.lanes.with(k, lane) });
  it('every lane in one, shares between the ends, those of maintenance first', () => {
    expect(said(blocks)).toBe('answered');
    expect(said({ ...blocks, size: 5 as 4 })).toMatch(/a block has 5 lanes/);
    expect(said({ ...blocks, shares: blocks.shares.slice(1) })).toMatch(/16 places and 15 shares/);
    expect(said({ ...blocks, shares: blocks.shares.with(1, Number.NaN) })).toMatch(/share of place 1 is NaN/);
    expect(said({ ...blocks, blocksSeen: 3 })).toMatch(/3 blocks are of maintenance/);
    expect(said({ ...blocks, blocksSeen: 0 })).toMatch(/maintenance sees lane 0/);
    expect(said(changed(0, 16))).toMatch(/place 0 has lane 16 of 16/);
    expect(said(changed(1, -1))).toMatch(/place 1 has lane -1/);
    expect(said(changed(5, blocks.lanes[6]!))).toMatch(new RegExp(`lane ${blocks.lanes[5]} is in none`));
  });
});
