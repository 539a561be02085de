// Figures of crowds: to the last unit what `assess` says of every account, under every model that lets crowds be judged.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything, accounts as portfolios } from '../../test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../test/history.ts';
import { market, option, perpetual, portfolio } from '../../test/sample.ts';
import { isRefusal, type Refusal } from '../base/index.ts';
import {
  assess,
  columnsOf,
  crowdFigures,
  doubtAccounts,
  type MarginBook,
  type MarginModel,
  models,
  type Portfolio,
  typescriptFigures,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const past = { ...market, history: sampleHistory() };
const crowds = fc.array(portfolios, { minLength: 1, maxLength: 4 });

function bookOf(model: MarginModel): MarginBook {
  return sure(model.book(everything, past as never, fewWindows(model.defaults)));
}

/** What `assess` says, in the order of the columns. */
function assessed(held: Portfolio, book: MarginBook, model: MarginModel): bigint[] {
  const { equity, requirement } = sure(assess(held, book, model));
  const { maintenance, release, initial, locked } = requirement;
  return [equity, maintenance.amount, release.amount, initial.amount, locked];
}

describe('M-01, M-19, M-31: figures of a crowd', () => {
  for (const id of ['grid', 'var', 'dmr', 'greeks'] as const) {
    const model = models[id] as MarginModel;
    const book = bookOf(model);
    const judge = sure(model.figures!(typescriptFigures, book));
    it(`${id}: every figure of every account to the unit`, () => {
      fc.assert(
        fc.property(crowds, (held) => {
          const { crowd, places, apart } = columnsOf(held, book.risk);
          expect(apart.size).toBe(0);
          expect(doubtAccounts(crowd, book.risk)).toBeUndefined();
          const out = crowdFigures(crowd.count);
          judge(crowd, 0, crowd.count, out);
          for (const [i, place] of places.entries()) {
            const own = [out.equity, out.maintenance, out.release, out.initial, out.locked].map(
              (column) => column[i]!,
            );
            expect(out.asked[i]).toBe(0);
            expect(own).toEqual(assessed(held[place]!, book, model));
          }
        }),
        { numRuns: 25 },
      );
    });
  }

  const { grid } = models;
  const book = sure(grid.book(everything, market, grid.defaults));
  const call = option('BTC', 25, 68_000, 'call');
  const plain = portfolio([{ product: call, quantity: 1 }]);

  it('M-34: who has orders, an isolated position or an unknown product is in no column, by name', () => {
    const { crowd, places, apart } = columnsOf(
      [
        { ...plain, orders: [{ product: call, side: 'buy', quantity: 1, price: 0.01 }] },
        plain,
        portfolio([{ product: perpetual('BTC'), quantity: 1, isolated: 1 }]),
        portfolio([{ product: option('SOL', 25, 100, 'call'), quantity: 1 }]),
        plain,
      ],
      book.risk,
    );
    expect(Array.from(places)).toEqual([1, 4]);
    expect(crowd.count).toBe(2);
    expect([...apart].map(([place, { reason }]) => [place, reason])).toEqual([
      [0, 'not-supported'],
      [2, 'not-supported'],
      [3, 'unknown-product'],
    ]);
  });

  it('M-01: amounts that 64 bits do not hold are asked about', () => {
    const judge = sure(typescriptFigures(book));
    const { crowd } = columnsOf([portfolio([], 1e12), plain], book.risk);
    const out = crowdFigures(2);
    judge(crowd, 0, 2, out);
    expect(Array.from(out.asked)).toEqual([1, 0]);
  });

  it('M-33: a crowd that `hold` did not make is doubted: zeros, what is no number, profits that are missing', () => {
    const { crowd } = columnsOf([plain], book.risk);
    const quantities = crowd.quantities.with(0, 0);
    expect(doubtAccounts({ ...crowd, quantities }, book.risk)?.reason).toBe('malformed');
    const huge = crowd.quantities.with(0, 1e19);
    expect(doubtAccounts({ ...crowd, quantities: huge }, book.risk)?.reason).toBe('malformed');
    const unsettled = Float64Array.of(Number.NaN);
    expect(doubtAccounts({ ...crowd, unsettled }, book.risk)?.reason).toBe('malformed');
    const none = new Float64Array(0);
    expect(doubtAccounts({ ...crowd, unsettled: none }, book.risk)?.reason).toBe('malformed');
  });
});
