// What is kept of a history against all of it: the tails of books along the directions, and between them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededPrng } from '../base/index.ts';
import { normalInverse } from '../kernel/index.ts';
import { farthestDates } from './farthest.ts';

const WINDOWS = 2_000;
const DATES = 3;
const COVERAGE = 0.975;
const RANKS = Math.ceil(1.5 * (1 - COVERAGE) * WINDOWS);

/** Moves of factors that go together, path by path, some of them far: a common part and one of each. */
function movesOf(seed: number, factors: number): Float64Array[] {
  const random = seededPrng(seed);
  const draw = () => normalInverse(Math.min(1 - 1e-9, Math.max(1e-9, random.next())));
  const moves = Array.from({ length: factors }, () => new Float64Array(WINDOWS * DATES));
  for (let i = 0; i < WINDOWS; i++) {
    const size = random.next() < 0.05 ? 4 : 1;
    const at = new Float64Array(factors);
    for (let d = 0; d < DATES; d++) {
      const common = draw();
      for (let f = 0; f < factors; f++) {
        at[f]! += size * (0.8 * common + 0.6 * draw());
        moves[f]![i * DATES + d] = at[f]!;
      }
    }
  }
  return moves;
}

/** Expected shortfall of a linear book over the windows, each at its worst of the dates that are given. */
function shortfall(
  moves: readonly Float64Array[],
  book: readonly number[],
  datesOf: (i: number) => readonly number[],
): number {
  const losses = Array.from({ length: WINDOWS }, (_, i) =>
    datesOf(i).reduce(
      (worst, d) => Math.max(worst, -book.reduce((sum, q, f) => sum + q * moves[f]![i * DATES + d]!, 0)),
      datesOf(i).length === 0 ? 0 : Number.NEGATIVE_INFINITY,
    ),
  ).sort((a, b) => b - a);
  const count = Math.round((1 - COVERAGE) * WINDOWS);
  return losses.slice(0, count).reduce((sum, loss) => sum + loss, 0) / count;
}

const every = Array.from({ length: DATES }, (_, d) => d);
function kept(moves: readonly Float64Array[], room = 1e9) {
  const { windows, from, dates } = farthestDates(moves, DATES, RANKS, room);
  const places = new Map(Array.from(windows, (w, k) => [w, [...dates.slice(from[k]!, from[k + 1]!)]]));
  return { count: dates.length, datesOf: (i: number) => places.get(i) ?? [] };
}

describe('M-161 the dates that are kept', () => {
  it('leave the tail of a book along any direction as it is, to the last bit', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(2),
        fc.nat(2),
        fc.constantFrom(1, -1),
        fc.constantFrom(0, 1, -1),
        (seed, f, g, sign, other) => {
          const moves = movesOf(seed, 3);
          const size = (own: Float64Array) =>
            Math.sqrt(own.reduce((sum, move) => sum + move * move, 0) / own.length);
          const book = [0, 0, 0];
          book[f] = sign / size(moves[f]!);
          if (g !== f) book[g] = other / size(moves[g]!);
          const { datesOf } = kept(moves);
          expect(shortfall(moves, book, datesOf)).toBe(shortfall(moves, book, () => every));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('and nearly so of any book between them, from a small part of all dates', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (seed, book) => {
          fc.pre(book.some((q) => Math.abs(q) > 0.1));
          const moves = movesOf(seed, 3);
          const { count, datesOf } = kept(moves);
          const whole = shortfall(moves, book, () => every);
          const part = shortfall(moves, book, datesOf);
          expect(part).toBeLessThanOrEqual(whole);
          expect(part / whole).toBeGreaterThan(0.93);
          expect(count).toBeLessThan(0.35 * WINDOWS * DATES);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('take no more room than there is, the farthest of every direction first; what never moves has no direction', () => {
    const moves = movesOf(1, 2);
    const all = kept(moves);
    const few = kept(moves, 60);
    expect(few.count).toBe(60);
    for (let i = 0; i < WINDOWS; i++) for (const d of few.datesOf(i)) expect(all.datesOf(i)).toContain(d);
    const still = new Float64Array(WINDOWS * DATES);
    expect(kept([moves[0]!, still]).count).toBe(kept([moves[0]!]).count);
    expect(kept([still]).count).toBe(0);
    // Many factors: each alone, all together, each against all.
    expect(kept(movesOf(2, 7)).count).toBeGreaterThan(7 * RANKS);
  });
});
