// The kernel against the core: books with every feature, accounts of every shape, the same bits.

import {
  CROWD_NUMBERS,
  type Crowd,
  type CrowdBook,
  isRefusal,
  type MarginModel,
  models,
  type Refusal,
  typescriptBody,
} from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../core/test/history.ts';
import { market } from '../../core/test/sample.ts';
import { openKernel, wasmBody } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const past = { ...market, history: sampleHistory() };
const kernel = sure(await openKernel());

function bookOf(model: MarginModel): CrowdBook {
  return sure(
    model.book(everything as never, past as never, fewWindows(model.defaults) as never),
  ) as unknown as CrowdBook;
}
const grid = bookOf(models.grid as MarginModel);
const dmr = bookOf(models.dmr as MarginModel);
const looking = bookOf(models.var as MarginModel);
/** Factors by sign, as static discounts have them, and one expiry that has none. */
const factored: CrowdBook = {
  ...grid,
  risk: {
    ...grid.risk,
    groups: {
      ...grid.risk.groups,
      signFactors: {
        gain: grid.risk.groups.bucketYears.map((_, g) => (g % 3 === 0 ? 1 : 0.9)),
        loss: grid.risk.groups.bucketYears.map((_, g) => (g % 3 === 0 ? 1 : 1.1)),
      },
    },
  },
};
/** Expiries that net as minus their size, against their own twin, and against one that is another's. */
const odd: CrowdBook = {
  ...grid,
  risk: {
    ...grid.risk,
    twins: grid.risk.twins.map((twin, s) => (twin < 0 || s % 3 === 0 ? twin : s % 3 === 1 ? -1 : s - 1)),
    netsBySum: grid.risk.netsBySum.map((sums, s) => (s % 7 === 5 ? 0 : sums)),
  },
};
/** Lanes that only one coin may drive, among those that net by expiry too. */
const driven: CrowdBook = {
  ...odd,
  plan: {
    ...grid.plan,
    coins: grid.plan.coins.map((coin, s) => (s % 11 === 3 ? 'ETH' : s % 13 === 4 ? 'BTC' : coin)),
  },
};
/** Lanes that maintenance does not see, although partners may be in them. */
const unseen: CrowdBook = {
  ...grid,
  plan: {
    ...grid.plan,
    seen: {
      ...grid.plan.seen,
      maintenance: grid.plan.seen.maintenance.map((seen, s) => (s % 5 === 0 ? 0 : seen)),
    },
  },
};
/** Lanes that net by expiry hurt more than all others, with gains and losses of every size on both sides of a twin. */
const loud: CrowdBook = {
  ...grid,
  risk: {
    ...grid.risk,
    rows: grid.risk.rows.map((cell, i) => {
      const s = i % grid.risk.stride;
      return grid.risk.netsBySum[s] === 0 ? 1e5 * Math.sin(12.9898 * i) : cell;
    }),
  },
};
/** Windows that lose alike to the bit, and weigh differently. */
const tied: CrowdBook = {
  ...dmr,
  risk: {
    ...dmr.risk,
    rows: dmr.risk.rows.map((cell, i) =>
      i % dmr.risk.stride < dmr.plan.coins.length ? cell : 1000 * Math.round(cell / 1000),
    ),
  },
  windows: {
    ...dmr.windows!,
    initial: dmr.windows!.initial.map((own) => ({
      ...own,
      weights: own.weights.map((weight, i) => weight * (1 - (i % 7) / 9)),
    })),
  },
};
/** Windows that are drawn, in three sets. */
const { var: varModel } = models;
const few = fewWindows(varModel.defaults);
const drawn = sure(
  varModel.book(
    everything as never,
    past as never,
    {
      ...few,
      history: { ...few.history, method: 'monte-carlo', draws: { maintenance: 60, initial: 60 } },
    } as never,
  ),
) as unknown as CrowdBook;
const coins = grid.risk.groups.underlyings.length;
const apart: CrowdBook = {
  ...dmr,
  windows: {
    ...dmr.windows!,
    initial: dmr.windows!.initial.map((own) => ({ ...own, apart: new Uint8Array(coins).fill(1, 1, 2) })),
  },
};

/** Adversarial quantities: tiny beside huge, exact opposites, zeros of both signs. */
const quantity = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 1e-300, -1e-300, 1e12, -1e12),
);
const crowdOf = (rows: number): fc.Arbitrary<Crowd> =>
  fc
    .array(
      fc.uniqueArray(fc.tuple(fc.nat(rows - 1), quantity), { selector: ([row]) => row, maxLength: 30 }),
      { maxLength: 12 },
    )
    .map((accounts) => {
      const sorted = accounts.map((held) => held.toSorted(([a], [b]) => a - b));
      const start = Int32Array.from([0, ...sorted.map((_, i) => sorted.slice(0, i + 1).flat().length)]);
      return {
        count: accounts.length,
        start,
        rows: Int32Array.from(sorted.flat(), ([row]) => row),
        quantities: Float64Array.from(sorted.flat(), ([, held]) => held),
      };
    });

describe('DESIGN 18: one contract, two bodies', () => {
  for (const [name, book] of Object.entries({
    grid,
    dmr,
    var: looking,
    'factors by sign': factored,
    'netting of every kind': odd,
    'lanes of one coin': driven,
    'partners out of sight': unseen,
    'netting that hurts most': loud,
    'windows that lose alike': tied,
    'a coin apart': apart,
    'drawn in sets': drawn,
  })) {
    const mine = sure(wasmBody(kernel)(book));
    const theirs = sure(typescriptBody(book));
    it(`${name}: every number of every account, to the bit`, () => {
      fc.assert(
        fc.property(crowdOf(book.risk.products.length), (crowd) => {
          const [a, b] = [0, 1].map(() => new Float64Array(CROWD_NUMBERS * crowd.count)) as [
            Float64Array,
            Float64Array,
          ];
          mine(crowd, 0, crowd.count, a);
          theirs(crowd, 0, crowd.count, b);
          expect(a).toEqual(b);
        }),
        { numRuns: 150 },
      );
    });
  }
});
