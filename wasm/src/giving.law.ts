// Giving up what costs nothing: bought options that are worth nothing at the mark, in books whose lanes make that pay, against the body in TypeScript.

import {
  columnsOf,
  crowdFigures,
  type GridBook,
  isRefusal,
  type Lane,
  type MarginModel,
  models,
  type Portfolio,
  type Position,
  type Product,
  type Refusal,
  typescriptFigures,
} from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything as sampled } from '../../core/test/arbitrary.law.ts';
import { structured } from '../../core/test/payoffs.ts';
import { market } from '../../core/test/sample.ts';
import { openKernel, wasmFigures } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const everything = sampled as unknown as readonly Product[];
const model = models.grid as MarginModel;
const { charges } = models.grid.defaults;

/** `50 max(0, S - K)` and its put, paid for in advance, at strikes just out of the money. */
const atNothing = (
  [
    ['BTC', 65_000],
    ['ETH', 1_900],
  ] as const
).flatMap(([coin, index]) =>
  [1.000_000_1, 1.000_5, 0.999_5].map((share) => {
    const strike = index * share;
    const sign = share > 1 ? 1 : -1;
    const mark = (view: { readonly index: number; readonly settle: number }) =>
      (50 * Math.max(0, sign * (view.index - strike))) / view.settle;
    const payoff = { family: 'intrinsic', terms: { strike, sign }, mark };
    return structured(`${coin}-INTRINSIC-${share}`, coin, 'USDC', payoff) as unknown as Product;
  }),
);

const scaling = { short: 0.3, long: 0.13, dteFloor: 1 };
const vol = (size: number): Lane['moves'][number] => ({ kind: 'vol', form: 'relative', size, scaling });
const spot = (ranges: number): Lane['moves'][number] => ({ kind: 'spot', ranges });
const lane = (
  id: string,
  line: Lane['line'],
  moves: Lane['moves'],
  netting: Lane['netting'] = 'sum',
): Lane => ({ id, line, moves, smile: 'sticky-strike', damp: 1, netting });
/** Lanes that add up gains and losses. */
const flat = [
  lane('f0/up', 'maintenance', [spot(1)]),
  lane('f0/down', 'maintenance', [spot(-1)]),
  lane('f0/half', 'initial', [spot(0.5), vol(0.3)]),
  lane('f1/calm', 'maintenance', [spot(-0.5), vol(-0.2)]),
  lane('f1/vol', 'initial', [vol(0.5)]),
];
/** Lanes in which what an expiry gains is lost as well, so that what is bought may cost more than it is worth. */
const perExpiry = [
  lane('f0/up', 'maintenance', [spot(1)], 'loss-per-expiry'),
  lane('f0/down', 'maintenance', [spot(-1)], 'loss-per-expiry'),
  lane('f0/half', 'initial', [spot(0.5), vol(0.3)]),
  lane(
    'f1/one',
    'maintenance',
    [{ kind: 'spot', relative: -0.2, underlying: 'ETH' }, vol(0.3)],
    'loss-per-expiry',
  ),
  lane('f1/vol', 'maintenance', [vol(0.5)]),
];

function bookOf(lanes: readonly Lane[], products: readonly Product[]): GridBook {
  const parameters = {
    ...model.defaults,
    retained: 0,
    scenarios: { id: 'law', lanes },
    charges: { ...charges, closeOutVol: 0.05, shortMinimum: { maintenance: 0, initial: 0 } },
  };
  return sure(model.book(products, market as never, parameters as never)) as GridBook;
}

/** The same book where eight options of nine are marked at nothing. */
function withZeroMarks(book: GridBook): GridBook {
  const { columns, products } = book.risk;
  const value = columns.value.map((own, row) => (products[row]!.kind === 'option' && row % 9 > 0 ? 0 : own));
  return { ...book, risk: { ...book.risk, columns: { ...columns, value } } };
}

const size = fc.double({ min: 0.1, max: 20, noNaN: true });
/** Some of `bought`, and some of what moves with a coin sold. */
function coverOf(coin: string, bought: readonly Product[]): fc.Arbitrary<Position[]> {
  const some = (of: readonly Product[], unit: (product: Product) => number) =>
    fc
      .array(fc.tuple(fc.constantFrom(...of.filter(({ underlying }) => underlying === coin)), size), {
        minLength: 1,
        maxLength: 2,
      })
      .map((held) =>
        held.map(([product, many]) => ({
          product,
          quantity: many * (coin === 'BTC' ? 1 : 30) * unit(product),
        })),
      );
  const sold = everything.filter(({ kind }) => kind !== 'asset');
  return fc
    .tuple(
      some(bought, ({ kind }) => (kind === 'structured' ? 0.05 : 1)),
      some(sold, ({ kind }) => (kind === 'option' ? -1 : -3_000)),
    )
    .map((held) => held.flat() as Position[]);
}

const kernel = sure(await openKernel());
const FIGURES = ['equity', 'maintenance', 'release', 'initial', 'locked'] as const;
const options = everything.filter(({ kind }) => kind === 'option');
const books = {
  'payoffs just out of the money': [bookOf(perExpiry, [...everything, ...atNothing]), atNothing],
  'options marked at nothing': [withZeroMarks(bookOf(flat, everything)), options],
} as const;

describe('M-19: giving up what costs nothing', () => {
  for (const [name, [book, bought]] of Object.entries(books)) {
    it(`${name}: the figures of both bodies are the same`, () => {
      const [mine, theirs] = [wasmFigures(kernel), typescriptFigures].map((body) =>
        sure(model.figures!(body, book)),
      );
      const held = fc.tuple(coverOf('BTC', bought), coverOf('ETH', bought)).map(
        (positions): Portfolio => ({
          account: 'law',
          balances: [],
          orders: [],
          positions: positions.flat(),
        }),
      );
      let judged = 0;
      const wrong: string[] = [];
      fc.assert(
        fc.property(fc.array(held, { minLength: 10, maxLength: 10 }), (portfolios) => {
          const { crowd } = columnsOf(portfolios, book.risk);
          const [own, other] = [crowdFigures(crowd.count), crowdFigures(crowd.count)];
          expect(mine!(crowd, 0, crowd.count, own)).toBeUndefined();
          expect(theirs!(crowd, 0, crowd.count, other)).toBeUndefined();
          for (let i = 0; i < crowd.count; i++) {
            if (own.asked[i] === 1) continue;
            judged++;
            for (const figure of FIGURES)
              if (own[figure][i] !== other[figure][i])
                wrong.push(`${figure}: ${own[figure][i]} for ${other[figure][i]}`);
          }
        }),
        { numRuns: 250 },
      );
      expect(wrong).toEqual([]);
      expect(judged).toBeGreaterThan(2_000);
    });
  }
});
