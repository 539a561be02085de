// Books whose rows the kernel made against core's own.

import {
  buildRiskBook,
  digestValue,
  isRefusal,
  type Market,
  type Refusal,
  type RiskBook,
  standardScenarios,
} from '@plimsoll/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { market } from '../../core/test/sample.ts';
import { kernelRows, openKernel } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const kernel = sure(await openKernel());

it('rows of every product in markets near and far, to the bit, and books of one digest', () => {
  const method = sure(kernelRows(kernel));
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      fc.subarray([...standardScenarios.lanes], { minLength: 1 }),
      (price, bend, lanes) => {
        const moved = {
          ...market,
          underlyings: market.underlyings.map((coin) => ({
            ...coin,
            index: coin.index * price,
            perpetual: coin.perpetual * price,
            slices: coin.slices.map((slice) => ({
              ...slice,
              forward: slice.forward * price,
              deforms: [{ kind: 'scale', factor: bend } as const],
            })),
          })),
        };
        const ranges = () => ({ maintenance: 0.1, initial: 0.2 });
        const [mine, theirs] = [method, undefined].map((how) =>
          sure(buildRiskBook(everything as never, moved as unknown as Market, lanes, ranges, how)),
        ) as [RiskBook, RiskBook];
        expect(digestValue([...mine.rows])).toBe(digestValue([...theirs.rows]));
        expect(mine.digest).toBe(theirs.digest);
      },
    ),
    { numRuns: 40 },
  );
});
