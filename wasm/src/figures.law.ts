// Figures of the kernel against `assess` itself: books with every feature, accounts of every shape, every amount to the last unit.

import {
  assess,
  type Balance,
  columnsOf,
  crowdFigures,
  type GridBook,
  instant,
  isRefusal,
  type MarginModel,
  type Market,
  models,
  type Portfolio,
  type Position,
  type Product,
  type Refusal,
  typescriptFigures,
} from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything as sampled, accounts as sampledAccounts } from '../../core/test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../core/test/history.ts';
import { expiryIn, market } from '../../core/test/sample.ts';
import { openKernel, wasmFigures } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
/** The sample is core's own source; its types are those of what was built of it. */
const sample = sampled as unknown as readonly Product[];
/** With a second listing of some options, at the same strike of the same chain. */
const everything = sample.flatMap((product, i) =>
  product.kind === 'option' && i % 3 === 0 ? [product, { ...product, id: `${product.id}-2` }] : [product],
);
const ordinary = sampledAccounts as unknown as fc.Arbitrary<Portfolio>;
const past = { ...market, history: sampleHistory() };

/** A model with a book of all products, some of its numbers other than the defaults. */
function bookOf(
  id: 'grid' | 'var' | 'dmr' | 'greeks',
  changed: object = {},
  within: object = past,
): [MarginModel, GridBook] {
  const model = models[id] as MarginModel;
  const parameters = { ...fewWindows(model.defaults), ...changed };
  return [model, sure(model.book(everything, within as unknown as Market, parameters)) as GridBook];
}

/** The same book where options would bring a little less than their mark, more or less by row. */
function withBids([model, book]: [MarginModel, GridBook]): [MarginModel, GridBook] {
  const { columns } = book.risk;
  const bid = columns.value.map((value, row) => value * (1 - 0.02 * (row % 4)));
  return [model, { ...book, risk: { ...book.risk, columns: { ...columns, bid } } }];
}

const { charges } = models.grid.defaults;
/** Charges at sizes that the accounts of a law come to: caps that bind, minimums that count, a vol that is thin. */
const tight = {
  charges: {
    ...charges,
    optionValueCap: 50_000,
    collateralCap: 0.02,
    shortMinimum: { maintenance: 0.05, initial: 0.09 },
    pegThreshold: 1,
    basisMin: 0.004,
  },
};
const depegged = { ...past, pegs: new Map([...market.pegs, ['USDC', 0.93]]) };
/** Ten minutes before the first expiry settles. */
const settling = { ...market, at: instant(expiryIn(1) - 600_000) };
const books = {
  grid: bookOf('grid'),
  'grid with charges that bind': bookOf('grid', tight),
  'grid off the peg': bookOf('grid', tight, depegged),
  'grid in the settlement window': bookOf('grid', {}, settling),
  greeks: bookOf('greeks'),
  var: bookOf('var'),
  dmr: bookOf('dmr'),
  'dmr with charges that bind': bookOf('dmr', tight),
  'grid with bids': withBids(bookOf('grid')),
  'dmr with bids and a cap': withBids(bookOf('dmr', tight)),
};

const size = fc.oneof(
  fc.double({ min: -30, max: 30, noNaN: true }),
  fc.constantFrom(1, -1, 1e-9, -1e-9, 1e-300, 2_000, -2_000, 1e7, -1e7),
);
const share = fc.double({ min: -1, max: 1, noNaN: true });
const balance = (asset: string, most: number, kind: Balance['kind'] = 'cash') =>
  share.map((part): Balance => ({ asset, kind, quantity: part * most }));

/** Up to thirty positions: of any sign, all bought, all sold, or one bought against another. */
const positions = fc
  .record({
    held: fc.uniqueArray(fc.tuple(fc.nat(everything.length - 1), size), {
      selector: ([i]) => i,
      maxLength: 30,
    }),
    sign: fc.constantFrom('any', 'bought', 'sold'),
  })
  .map(({ held, sign }): Position[] =>
    held.flatMap(([i, quantity]) => {
      const product = everything[i]!;
      if (product.kind === 'asset') return [];
      const signed = sign === 'any' ? quantity : sign === 'bought' ? Math.abs(quantity) : -Math.abs(quantity);
      const isDollars = product.kind !== 'option' && product.settlement === 'inverse';
      return [{ product, quantity: isDollars ? signed * 10_000 : signed }];
    }),
  );
const adversarial: fc.Arbitrary<Portfolio> = fc
  .record({
    positions,
    balances: fc.tuple(
      balance('USD', 3e6),
      balance('USDC', 1e6),
      balance('BTC', 2_000),
      balance('ETH', 300),
      balance('USD', 1e5, 'unsettled'),
    ),
  })
  .map((held) => ({ account: 'law', orders: [], ...held }));
const crowds = fc.array(fc.oneof(ordinary, adversarial), { minLength: 1, maxLength: 6 });

const kernel = sure(await openKernel());
const FIGURES = ['equity', 'maintenance', 'release', 'initial', 'locked'] as const;

describe('DESIGN 18: figures of crowds, one contract, two bodies', () => {
  for (const [name, [model, book]] of Object.entries(books)) {
    it(`M-19, M-25, M-30: ${name}: every figure of every account is what assess says`, () => {
      const judge = sure(model.figures!(wasmFigures(kernel), book));
      let judged = 0;
      let asked = 0;
      fc.assert(
        fc.property(crowds, (held) => {
          const { crowd, places } = columnsOf(held, book.risk);
          const out = crowdFigures(crowd.count);
          judge(crowd, 0, crowd.count, out);
          for (const [i, place] of places.entries()) {
            if (out.asked[i] === 1) {
              asked++;
              continue;
            }
            judged++;
            const { equity, requirement } = sure(assess(held[place]!, book, model));
            const { maintenance, release, initial, locked } = requirement;
            const amounts = [equity, maintenance.amount, release.amount, initial.amount, locked];
            expect(FIGURES.map((figure) => out[figure][i])).toEqual(amounts);
          }
        }),
        { numRuns: 120 },
      );
      expect(asked).toBeLessThan(judged / 4);
    });
  }

  it('M-01: both bodies say the same of a crowd, whatever part of it is judged', () => {
    const [model, book] = books.dmr;
    const [mine, theirs] = [wasmFigures(kernel), typescriptFigures].map((body) =>
      sure(model.figures!(body, book)),
    );
    fc.assert(
      fc.property(fc.array(ordinary, { minLength: 2, maxLength: 6 }), (held) => {
        const { crowd } = columnsOf(held, book.risk);
        const [a, c] = [crowdFigures(crowd.count), crowdFigures(crowd.count)];
        mine!(crowd, 1, crowd.count, a);
        mine!(crowd, 0, 1, a);
        theirs!(crowd, 0, crowd.count, c);
        expect(a).toEqual(c);
      }),
      { numRuns: 20 },
    );
  });

  it('M-54: what has expired and is not yet paid is left to the model, and so is more than the kernel counts', () => {
    const [model, book] = bookOf('grid', {}, { ...market, at: expiryIn(1) });
    const judge = sure(model.figures!(wasmFigures(kernel), book));
    const expired = book.risk.products.find(
      (product) => 'expiry' in product && Number(product.expiry) === Number(expiryIn(1)),
    );
    const rich: Portfolio = {
      account: 'rich',
      balances: [{ asset: 'USD', kind: 'cash', quantity: 2e10 }],
      positions: [],
      orders: [],
    };
    const held = [{ ...rich, balances: [] }, rich];
    if (expired !== undefined && expired.kind !== 'asset')
      held.push({ ...rich, balances: [], positions: [{ product: expired, quantity: 1 }] });
    const { crowd } = columnsOf(held, book.risk);
    const out = crowdFigures(crowd.count);
    judge(crowd, 0, crowd.count, out);
    expect(Array.from(out.asked)).toEqual([0, 1, ...(held.length > 2 ? [1] : [])]);
  });
});
