// The flat loops against the core's, on numbers of every size.

import { isRefusal, type Refusal, sweepPlain, worstAfterFills } from '@plimsoll/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layRows, openKernel, orderCheck, plainSweep } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const kernel = sure(await openKernel());
const { arena } = kernel;
const number = fc.oneof(
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc.constantFrom(0, -0, 1e-300, -1e-300, 1e15, -1e15),
);

it('the plain sweep and the check of orders, to the bit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(number, { minLength: 288, maxLength: 288 }),
      fc.array(fc.uniqueArray(fc.tuple(fc.nat(5), number), { selector: ([row]) => row, maxLength: 6 }), {
        maxLength: 5,
      }),
      fc.array(fc.tuple(fc.nat(5), number, number), { maxLength: 12 }),
      (lanes, count, cells, accounts, orders) => {
        const before = arena.used;
        const stride = 48;
        const rows = Float64Array.from(cells, (cell, i) => (i % stride < lanes ? cell : 0));
        const seen = Uint8Array.from({ length: lanes }, (_, s) => (s % 3 === 0 ? 0 : 1));
        const book = { rows, stride };
        const held = accounts.map((own) => own.filter(([row]) => row < count).toSorted(([a], [b]) => a - b));
        const crowd = {
          count: held.length,
          start: Int32Array.from([0, ...held.map((_, i) => held.slice(0, i + 1).flat().length)]),
          rows: Int32Array.from(held.flat(), ([row]) => row),
          quantities: Float64Array.from(held.flat(), ([, quantity]) => quantity),
        };
        const laid = sure(layRows(kernel, book));
        const [mine, theirs] = [0, 1].map(() => new Float64Array(2 * held.length)) as [
          Float64Array,
          Float64Array,
        ];
        expect(sure(plainSweep(kernel, laid, seen)).sweep(crowd, 0, held.length, mine)).toBeUndefined();
        sweepPlain(crowd, book, seen, 0, held.length, theirs);
        expect(mine).toEqual(theirs);

        const check = sure(orderCheck(kernel, laid, lanes));
        expect(check.keep(Float64Array.from(cells.slice(0, lanes)))).toBeUndefined();
        const columns = {
          rows: orders.map(([row]) => row),
          quantities: orders.map(([, quantity]) => quantity),
          jumps: orders.map(([, , jump]) => jump),
        };
        const worst = sure(check.worst(columns));
        // A zero has a sign that nobody reads: adding what loses nothing may turn it.
        expect(worst + 0).toBe(worstAfterFills(book, Float64Array.from(cells.slice(0, lanes)), columns) + 0);
        arena.release(before);
      },
    ),
    { numRuns: 300 },
  );
});
