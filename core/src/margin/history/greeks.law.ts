// Laws of the tail by formula: what it is of straight and bent books, whose part is whose, and where it is not believed.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything } from '../../../test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../../test/history.ts';
import { market, perpetual } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import {
  cholesky,
  combineGreeks,
  cornishFisherTail,
  normalTail,
  type SquareMatrix,
  type Swept,
  symmetricOf,
  type WindowPlan,
} from '../../risk/index.ts';
import { assess, LINE_NAMES, type Order, type Portfolio } from '../index.ts';
import { varModel } from '../models/var.ts';
import { bumpWindows } from './bumps.ts';
import { factorLaw } from './law.ts';
import type { HistoryParameters } from './parameters.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const CENT = 0.01;
const past = { ...market, history: sampleHistory() };
const linear = [...everything, perpetual('BTC', 'linear'), perpetual('ETH', 'linear')];

/** A sweep of one coin whose P&L is known lane by lane, and the plan of its lanes. */
function made(pnl: readonly number[], measure: 'es' | 'var', coverage = 0.99): [Swept, WindowPlan] {
  const stride = pnl.length;
  const book = { groups: { underlyings: ['BTC'] }, stride, laneCount: stride };
  const plan: WindowPlan = {
    from: Int32Array.from({ length: stride + 1 }, (_, i) => i),
    weights: new Float64Array(stride),
    ...{ coverage, measure },
  };
  return [{ book, pnl: Float64Array.from(pnl) } as unknown as Swept, plan];
}

/** P&L at one deviation along the directions of a covariance, of a book of known greeks. */
function lanesOf(delta: readonly number[], gamma: SquareMatrix, covariance: SquareMatrix): number[] {
  const { size, values } = sure(cholesky(covariance));
  const column = (i: number) => Array.from({ length: size }, (_, j) => values[j * size + i]!);
  const at = (r: readonly number[]) =>
    r.reduce((sum, x, i) => {
      const bent = r.reduce((part, y, j) => part + gamma.values[i * size + j]! * y, 0);
      return sum + delta[i]! * x + (x * bent) / 2;
    }, 0);
  const both = (r: readonly number[]) => [at(r), at(r.map((x) => -x))];
  const pairs = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size - i - 1 }, (_, k) => column(i).map((x, j) => x + column(i + k + 1)[j]!)),
  ).flat();
  return [...Array.from({ length: size }, (_, i) => both(column(i))).flat(), ...pairs.flatMap(both)];
}

/** The portfolio of the design notes, of skew -0.78 and excess kurtosis 1.46. */
const notes = {
  carry: 0,
  delta: [100, -60],
  gamma: sure(
    symmetricOf([
      [-800, 100],
      [100, -500],
    ]),
  ),
  covariance: sure(
    symmetricOf([
      [0.0016, 0.0016],
      [0.0016, 0.0025],
    ]),
  ),
};

describe('M-167 the formula', () => {
  it('is Cornish and Fisher of the greeks, whatever the directions they were seen along', () => {
    const known = sure(cornishFisherTail(notes, 0.99));
    const lanes = lanesOf(notes.delta, notes.gamma, notes.covariance);
    const es = combineGreeks(...made(lanes, 'es'), 0.2, 'initial')!;
    expect([es.by, es.joint]).toEqual(['cornish-fisher', expect.closeTo(known.expectedShortfall, 9)]);
    expect(combineGreeks(...made(lanes, 'var'), 0.2, 'initial')!.joint).toBeCloseTo(known.valueAtRisk, 9);
    // The notes' own number, to its three digits.
    expect(known.valueAtRisk).toBeCloseTo(9.456, 2);
  });

  it('parts are its derivative by the P&L of each lane, and add up to it', () => {
    const lanes = lanesOf(notes.delta, notes.gamma, notes.covariance);
    for (const measure of ['es', 'var'] as const) {
      const whole = combineGreeks(...made(lanes, measure), 0, 'initial')!;
      const { weights } = whole.tail!.own[0]!;
      expect(lanes.reduce((sum, pnl, s) => sum + weights[s]! * pnl, 0)).toBeCloseTo(-whole.amount, 9);
      lanes.forEach((pnl, s) => {
        const moved = (by: number) =>
          combineGreeks(...made(lanes.with(s, pnl + by), measure), 0, 'initial')!.amount;
        expect((moved(1e-4) - moved(-1e-4)) / 2e-4).toBeCloseTo(-weights[s]!, 5);
      });
    }
  });

  it('is none where the polynomial falls somewhere, and nothing where nothing moves', () => {
    const one = sure(symmetricOf([[1]]));
    expect(combineGreeks(...made(lanesOf([1], sure(symmetricOf([[-2]])), one), 'es'), 0, 'initial')).toBe(
      undefined,
    );
    expect(combineGreeks(...made([0, 0], 'es'), 0, 'initial')).toMatchObject({ amount: 0, by: 'normal' });
  });
});

function bookOf(more: Partial<HistoryParameters>) {
  const few = fewWindows(varModel.defaults);
  const drawn = { method: 'delta-gamma', draws: { maintenance: 120, initial: 120 } };
  const given = { ...few, history: { ...few.history, ...drawn, ...more } };
  return sure(varModel.book(linear, past, given));
}
const stand = (held: Portfolio, book: ReturnType<typeof bookOf>) =>
  sure(assess(held, book, varModel)).requirement;
const account = (positions: Portfolio['positions'], orders: readonly Order[] = []): Portfolio => {
  return { account: 'a', balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }], positions, orders };
};
const long = (coin: string, quantity: number) => ({ product: perpetual(coin, 'linear'), quantity });

describe('M-167 what a model asks by formula', () => {
  const plain = { correlationStress: 0, measure: 'es', coverage: { maintenance: 0.99, initial: 0.975 } };
  const enough = { draws: { maintenance: 1_000, initial: 400 } };

  it('of a straight book: the normal law of M-142, on half of the room where a path is watched', () => {
    const held = account([long('BTC', 3), long('ETH', -50)]);
    const law = sure(factorLaw(past.history, { halfLife: 120, floor: 0.67 }));
    const names = law.factors.map(({ kind, of }) => `${kind}:${of}`);
    const rho = law.correlation.values[names.indexOf('spot:BTC') * names.length + names.indexOf('spot:ETH')]!;
    const deltaOf = (coin: string, quantity: number, book: ReturnType<typeof bookOf>) =>
      quantity * book.risk.columns.mark[book.risk.indexOf.get(perpetual(coin, 'linear').id)!]!;
    for (const [dates, coverage] of [
      [1, 0.975],
      [6, 0.9875],
    ] as const) {
      const book = bookOf({ ...plain, ...enough, dates: { maintenance: 1, initial: dates } });
      const { combined } = stand(held, book).initial;
      const peg = market.pegs.get('USDC')!;
      const at = (coin: string, quantity: number) =>
        deltaOf(coin, quantity, book) * peg * law.vols[names.indexOf(`spot:${coin}`)]! * Math.sqrt(24);
      const [b, e] = [at('BTC', 3), at('ETH', -50)];
      const known = sure(normalTail(Math.sqrt(b * b + e * e + 2 * rho * b * e), coverage));
      expect(combined.by).toBe('normal');
      expect(combined.joint / known.expectedShortfall).toBeCloseTo(1, 2);
    }
  });

  it('of bent books: the windows; of written options no less than they ask', () => {
    const [formula, windows] = [bookOf({}), bookOf({ method: 'monte-carlo', copula: 'gaussian' })];
    fc.assert(
      fc.property(accounts, (held) => {
        const [quick, slow] = [stand(held, formula), stand(held, windows)];
        for (const line of ['maintenance', 'initial'] as const) {
          const { by } = quick[line].combined;
          const isWritten = held.positions.some(
            ({ product, quantity }) => product.kind === 'option' && quantity < 0,
          );
          if (by === 'revaluation') expect(quick[line].swept).toBe(slow[line].swept);
          else if (isWritten) expect(quick[line].swept >= slow[line].swept).toBe(true);
        }
        expect(quick.maintenance.amount <= quick.release.amount).toBe(true);
        expect(quick.release.amount <= quick.initial.amount).toBe(true);
        const parts = quick.contributions.reduce((sum, part) => sum + part.amount, 0n);
        expect(parts).toBe(-quick.initial.swept);
      }),
      { numRuns: 60 },
    );
  });

  it('parts of legs are their own derivative: a tenth more of a leg is a tenth of its part', () => {
    const book = bookOf({ correlationStress: 0 });
    const legs = [long('BTC', 3), long('ETH', -50)];
    const { contributions, initial } = stand(account(legs), book);
    expect(initial.combined.by).toBe('normal');
    legs.forEach(({ product, quantity }, i) => {
      const row = book.risk.indexOf.get(product.id)!;
      const part = dollars(contributions.find((one) => one.row === row)!.amount);
      const at = (factor: number) =>
        dollars(stand(account(legs.with(i, { product, quantity: quantity * factor })), book).initial.swept);
      expect((at(1.001) - at(0.999)) / 0.002 / -part).toBeCloseTo(1, 4);
    });
  });

  it('an order never lowers what is asked', () => {
    const book = bookOf({});
    const order = (quantity: number): Order => {
      const side = quantity > 0 ? 'buy' : 'sell';
      return { product: perpetual('BTC', 'linear'), side, quantity: Math.abs(quantity), price: 65_000 };
    };
    fc.assert(
      fc.property(accounts, fc.integer({ min: -5, max: 5 }), (held, size) => {
        if (size === 0) return;
        const [before, after] = [stand(held, book), stand({ ...held, orders: [order(size)] }, book)];
        for (const line of LINE_NAMES)
          expect(dollars(after[line].amount)).toBeGreaterThanOrEqual(dollars(before[line].amount) - CENT);
      }),
      { numRuns: 60 },
    );
  });

  it('more coverage never asks for less of a straight book, and a law too wide is refused', () => {
    const held = account([long('BTC', 3), long('ETH', 50)]);
    const asked = [0.7, 0.8, 0.9, 0.95].map((coverage) =>
      dollars(stand(held, bookOf({ coverage: { maintenance: coverage, initial: coverage } })).initial.amount),
    );
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
    const law = sure(factorLaw(past.history, { halfLife: 120, floor: 0.67 }));
    const wide = bumpWindows({ ...law, set: 'draw' }, 'initial', 24 * 365);
    expect(isRefusal(wide) && wide.message).toMatch(/more than half.* use method monte-carlo/);
  });
});
