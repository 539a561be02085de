// Rows by expansion against rows by full revaluation, over the standard lanes: what passes the guard is as good as the guard says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPIRY_DAYS, future, linearOption, market, option, perpetual } from '../../test/sample.ts';
import { isRefusal } from '../base/index.ts';
import { blackGreeks } from '../kernel/index.ts';
import { assetUsd, type Slice, sliceAt, underlyingOf, volAt } from '../market/index.ts';
import type { Option, Product } from '../product/index.ts';
import { type Lane, shift, standardScenarios } from '../scenario/index.ts';
import {
  buildRiskBook,
  type Expansion,
  type ExpansionGuard,
  expandRows,
  measureExpansion,
  type RiskBook,
} from './index.ts';

const decay: Lane = {
  id: 'time',
  moves: [{ kind: 'time', days: 0.5 }],
  smile: 'sticky-strike',
  damp: 1,
  netting: 'sum',
  line: 'initial',
};
const lanes = [...standardScenarios.lanes, decay];

function build(products: readonly Product[]): RiskBook {
  const book = buildRiskBook(products, market, lanes, () => ({ maintenance: 0.09, initial: 0.16 }));
  if (isRefusal(book)) throw new Error(book.message);
  return book;
}

interface Expanded extends Expansion {
  readonly rows: Float64Array;
}

function expand(book: RiskBook, guard: Partial<ExpansionGuard> = {}): Expanded {
  const rows = new Float64Array(book.rows.length);
  const whole: ExpansionGuard = { tolerance: 0.001, judged: 'ahead', beyond: 'fall-back', ...guard };
  return { rows, ...expandRows(book.products, market, book.shocks, book.stride, rows, whole) };
}

const trusted = { tolerance: Number.POSITIVE_INFINITY } as const;

const options = fc
  .array(
    fc.record({
      coin: fc.constantFrom('BTC', 'ETH'),
      days: fc.constantFrom(...EXPIRY_DAYS),
      moneyness: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      right: fc.constantFrom<'call' | 'put'>('call', 'put'),
      linear: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((picked) =>
    picked.map(({ coin, days, moneyness, right, linear }) => {
      const strike = Math.round(underlyingOf(market, coin)!.index * Math.exp(moneyness));
      return (linear ? linearOption : option)(coin, days, strike, right);
    }),
  );

/** Forward of an option's expiry, the unit of the tolerance. */
function forwardOf(product: Option): number {
  return (sliceAt(underlyingOf(market, product.underlying)!, product.expiry) as Slice).forward;
}

/** Every cell: its error as a share of the forward, and whether it fell back; its row is one of the two to the bit. */
function cellsOf(book: RiskBook, { fellBack, rows }: Expanded) {
  const alone = expand(book, trusted).rows;
  return book.products.flatMap((product, p) =>
    lanes.map((lane, s) => {
      const cell = p * book.stride + s;
      const error = Math.abs(alone[cell]! - book.rows[cell]!) / forwardOf(product as Option);
      const fell = fellBack[cell] === 1;
      if (rows[cell] !== (fell ? book.rows : alone)[cell])
        throw new Error(`${product.id} ${lane.id}: neither`);
      return { lane, error, fell };
    }),
  );
}

// Beyond the tolerance stands what either pricer rounds: 2e-12 of the forward, in tails at six times the index.
const ROUNDING = 2e-11;

describe('M-60 the expansion', () => {
  it('is V + delta dF + gamma dF^2/2 + vega dv + vanna dF dv + volga dv^2/2, in the option’s own unit, at the lane’s dollars', () => {
    const products: Option[] = [
      option('BTC', 25, 60_000, 'put'),
      option('BTC', 116, 80_000, 'call'),
      linearOption('ETH', 11, 2_000, 'call'),
    ];
    const book = build(products);
    const { rows } = expand(book, trusted);
    for (const product of products) {
      const p = book.indexOf.get(product.id)!;
      const inverse = product.settlement === 'inverse';
      const see = (within: typeof market) => {
        const coin = underlyingOf(within, product.underlying)!;
        const slice = sliceAt(coin, product.expiry) as Slice;
        const peg = inverse ? 1 : assetUsd(within, product.settleAsset)!;
        const forward = slice.forward / peg;
        return {
          forward,
          vol: volAt(slice, product.strike * peg),
          years: slice.years,
          dollars: inverse ? coin.index / forward : peg,
        };
      };
      const base = see(market);
      const g = blackGreeks(product.right, base.forward, product.strike, base.vol, base.years);
      book.shocks.get(product.underlying)!.forEach((shock, s) => {
        if (shock.id === 'time') return;
        const moved = see(shift(market, shock));
        const [dF, dv] = [moved.forward - base.forward, moved.vol - base.vol];
        const value =
          g.value +
          g.delta * dF +
          (g.gamma * dF * dF) / 2 +
          g.vega * dv +
          g.vanna * dF * dv +
          (g.volga * dv * dv) / 2;
        const row = shock.damp * (moved.dollars * value - base.dollars * g.value);
        // Terms of opposite sign are sums of large numbers in far tails.
        const size = 1 + Math.abs(g.gamma * dF * dF * moved.dollars);
        expect(Math.abs(rows[p * book.stride + s]! - row) / size, `${product.id} ${shock.id}`).toBeLessThan(
          1e-6,
        );
      });
    }
  });

  it('leaves assets, perpetuals and futures as they are, to the bit', () => {
    const asset = (id: string): Product => ({ kind: 'asset', id, underlying: id });
    const plain = [
      asset('BTC'),
      asset('USDC'),
      perpetual('BTC'),
      perpetual('ETH', 'linear'),
      future('BTC', 25),
    ];
    const book = build(plain);
    const { rows, fellBack } = expand(book);
    expect(rows).toEqual(book.rows);
    expect(fellBack.some((cell) => cell === 1)).toBe(false);
  });

  it('moves a call and a put of one strike apart by the forward alone, as full revaluation does', () => {
    fc.assert(
      fc.property(options, ([given]) => {
        const pair = (['call', 'put'] as const).map((right) => ({
          ...given!,
          right,
          id: `${given!.id}-${right}`,
        }));
        const book = build(pair);
        const { rows } = expand(book, trusted);
        const [call, put] = pair.map(({ id }) => book.indexOf.get(id)! * book.stride) as [number, number];
        for (let s = 0; s < lanes.length; s++) {
          const apart = rows[call + s]! - rows[put + s]!;
          const full = book.rows[call + s]! - book.rows[put + s]!;
          expect(Math.abs(apart - full)).toBeLessThan(1e-9 * (forwardOf(given!) + Math.abs(rows[call + s]!)));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('M-62 judged ahead', () => {
  it('whatever is not revalued is within the tolerance, and most of what is within it is not revalued', () => {
    let [within, kept] = [0, 0];
    fc.assert(
      fc.property(options, fc.double({ min: -4, max: -2, noNaN: true }), (products, digits) => {
        const tolerance = 10 ** digits;
        const book = build(products);
        for (const { lane, error, fell } of cellsOf(book, expand(book, { tolerance }))) {
          if (!fell) expect(error, lane.id).toBeLessThanOrEqual(tolerance + ROUNDING);
          within += error <= tolerance ? 1 : 0;
          kept += fell ? 0 : 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(kept / within).toBeGreaterThan(0.6);
  });

  it('with no tolerance at all the rows are those of full revaluation, to the bit', () => {
    fc.assert(
      fc.property(options, (products) => {
        const book = build(products);
        const { rows } = expand(book, { tolerance: 0 });
        for (let i = 0; i < rows.length; i++)
          if (rows[i] !== book.rows[i]) expect(rows[i]).toBe(book.rows[i]);
      }),
      { numRuns: 60 },
    );
  });

  it('calm lanes of a far expiry are expanded, the near expiry’s and the tails are revalued', () => {
    const book = build([option('BTC', 116, 65_000, 'call'), option('BTC', 1, 65_000, 'call')]);
    const { fellBack } = expand(book);
    const fell = (days: number, id: string) => {
      const p = book.indexOf.get(option('BTC', days, 65_000, 'call').id)!;
      return fellBack[p * book.stride + lanes.findIndex((lane) => lane.id === id)] === 1;
    };
    expect(fell(116, 'grid/spot-50%r/vol-same')).toBe(false);
    expect(fell(116, 'skew/linear+')).toBe(false);
    expect(fell(1, 'grid/spot-50%r/vol-same')).toBe(true);
    expect(fell(116, 'grid/tail+500%')).toBe(true);
  });
});

describe('M-63 judged by measuring', () => {
  it('revalues what is wrong beyond the tolerance, and nothing else', () => {
    fc.assert(
      fc.property(options, (products) => {
        const book = build(products);
        const guard = { judged: 'measured', tolerance: 0.002 } as const;
        for (const { error, fell } of cellsOf(book, expand(book, guard))) {
          if (fell) expect(error).toBeGreaterThan(0.002 - ROUNDING);
          else expect(error).toBeLessThanOrEqual(0.002 + ROUNDING);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuses by leg, lane and error where a book may not fall back', () => {
    const near = option('BTC', 1, 65_000, 'call');
    const book = build([near, perpetual('BTC')]);
    const measured = expand(book, { judged: 'measured', beyond: 'refuse' }).refused;
    expect([...measured.keys()]).toEqual([near.id]);
    expect(measured.get(near.id)).toMatchObject({ reason: 'imprecise', where: near.id });
    expect(measured.get(near.id)!.message).toMatch(
      /is wrong by \S+ USD per unit in scenario (grid|wide)\/tail/,
    );
    const ahead = expand(book, { beyond: 'refuse' }).refused;
    expect(ahead.get(near.id)!.message).toMatch(/may be wrong by \S+ USD per unit in scenario/);
    expect(expand(book, { judged: 'measured', beyond: 'refuse', tolerance: 1e9 }).refused.size).toBe(0);
  });
});

describe('M-64 the error shown', () => {
  it('is expanded less full, and the worst of a row is the worst of those cells', () => {
    const book = build([option('BTC', 25, 65_000, 'call'), option('ETH', 11, 1_900, 'put')]);
    const expansion = expand(book);
    const alone = expand(book, trusted).rows;
    const measure = measureExpansion({ ...book, rows: expansion.rows }, expansion, market);
    for (const [p] of book.products.entries()) {
      const cells = lanes.map((_, s) => measure.at(p, s));
      cells.forEach(({ expanded, full, error }, s) => {
        expect(expanded).toBe(alone[p * book.stride + s]);
        expect(full).toBe(book.rows[p * book.stride + s]);
        expect(error).toBe(expanded - full);
      });
      for (const used of ['expanded', 'full'] as const) {
        const sizes = cells.filter((cell) => cell.used === used).map(({ error }) => Math.abs(error));
        expect(Math.abs(measure.worst(p, used)!.error)).toBe(Math.max(...sizes));
      }
    }
  });
});
