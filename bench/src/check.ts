// The check before an order, against a profit row that is kept.

import { holdingsOf, type OrderColumns, seededPrng, sweep, worstAfterFills } from '@plimsoll/core';
import { layRows, openKernel, orderCheck } from '@plimsoll/wasm';
import { type Bench, type Measured, medianOf, type Ratio, ratioOf, type Suite } from './bench.ts';
import { bookOf, flatLanes, sure, venue } from './venue.ts';

const LANES = 64;
const OPEN = [0, 1, 10, 100] as const;
/** Checks in a round: one alone is too short to time. */
const CHECKS = 2_000;

/** What one more open order adds, between ten and a hundred of them. */
function slopeOf(results: readonly Measured[], body: string): Ratio[] {
  const [few, many] = [medianOf(results, `${body}, 10 `), medianOf(results, `${body}, 100 `)];
  if (few === undefined || many === undefined) return [];
  return [{ name: `${body}, each order more`, value: (many - few) / 90, unit: 'ns' }];
}

export const checkSuite: Suite = {
  name: 'check',
  async benches() {
    const { risk } = bookOf(venue(), flatLanes(LANES));
    const kernel = sure(await openKernel());
    const laid = sure(layRows(kernel, risk));
    const check = sure(orderCheck(kernel, laid, LANES));
    const random = seededPrng(5);
    const row = () => Math.floor(random.next() * risk.products.length);
    const held = new Map(Array.from({ length: 20 }, () => [row(), 10 * random.next() - 5]));
    const pnl = sweep(risk, holdingsOf(held)).pnl.slice(0, LANES);
    sure(check.keep(pnl) ?? true);
    return OPEN.flatMap((count): Bench[] => {
      const orders: OrderColumns = {
        rows: Int32Array.from({ length: count }, row),
        quantities: Float64Array.from({ length: count }, () => 2 * random.next() - 1),
        jumps: Float64Array.from({ length: count }, () => 10 * random.next() - 5),
      };
      const times = (worst: () => number) => () => {
        let sum = 0;
        for (let k = 0; k < CHECKS; k++) sum += worst();
        return sum;
      };
      const each = { unit: 'ns' as const, work: CHECKS };
      return [
        { ...each, name: `WebAssembly, ${count} orders`, run: times(() => check.worst(orders) as number) },
        {
          ...each,
          name: `TypeScript, ${count} orders`,
          run: times(() => worstAfterFills(risk, pnl, orders)),
        },
      ];
    });
  },
  ratios: (results) => [
    ...OPEN.flatMap((count) =>
      ratioOf(
        `TypeScript over WebAssembly, ${count} orders`,
        medianOf(results, `TypeScript, ${count} `),
        medianOf(results, `WebAssembly, ${count} `),
      ),
    ),
    ...slopeOf(results, 'WebAssembly'),
    ...slopeOf(results, 'TypeScript'),
  ],
};
