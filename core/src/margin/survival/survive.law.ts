// Laws of survival: nothing is missed that a finer grid would see, and what is named is crossed there.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryIn, market, option, perpetual, universe } from '../../../test/sample.ts';
import { isRefusal, type Refusal } from '../../base/index.ts';
import { expiryOf } from '../../product/index.ts';
import {
  assess,
  grid,
  gridDefaults,
  type MarginModel,
  type ModelParameters,
  models,
  type Portfolio,
  type Position,
  productsOf,
} from '../index.ts';
import {
  type Axis,
  depthOf,
  leftOf,
  refine,
  type Subject,
  setOut,
  survive,
  THRESHOLDS,
  type ThresholdCrossings,
  TOLERANCE,
} from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** The 27 lanes of price by vol and the tails: every kind of lane that a spot move meets, and quick. */
const fewLanes = {
  ...gridDefaults,
  scenarios: {
    id: 'few',
    lanes: gridDefaults.scenarios.lanes.filter(
      ({ id, line }) => /^(grid|tail)/.test(id) && (line === 'maintenance' || id.includes('100')),
    ),
  },
};

const subjectOf = (
  portfolio: Portfolio,
  model: MarginModel = models.static,
  parameters: ModelParameters = model === grid ? fewLanes : model.defaults,
): Subject => ({ portfolio, market, model, parameters, treatment: 'portfolio', smile: 'sticky-strike' });

// Not the expiry of tomorrow, whose gamma would ask for a finer grid than a test has time for.
const held = universe.filter((product) => (expiryOf(product) ?? Number.POSITIVE_INFINITY) > expiryIn(1));
const portfolios = fc
  .record({
    picked: fc.uniqueArray(fc.nat(held.length - 1), { minLength: 1, maxLength: 6 }),
    sizes: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 6, maxLength: 6 }),
    cash: fc.double({ min: 0, max: 400_000, noNaN: true }),
    coins: fc.double({ min: 0, max: 3, noNaN: true }),
  })
  .map(({ picked, sizes, cash, coins }): Portfolio => {
    const positions = picked.map((i, n): Position => {
      const product = held[i]!;
      const dollarSized = product.kind !== 'option' && product.settlement === 'inverse';
      return { product, quantity: sizes[n]! * (dollarSized ? 40_000 : 1) };
    });
    const balances = [
      { asset: 'USD', kind: 'cash', quantity: cash },
      { asset: 'BTC', kind: 'collateral', quantity: coins },
    ] as const;
    return { account: 'law', balances, positions, orders: [] };
  });

const axes: readonly Axis[] = [
  { kind: 'spot', underlying: 'BTC' },
  { kind: 'spot' },
  { kind: 'vol', form: 'relative' },
  { kind: 'vol', form: 'points', underlying: 'ETH' },
];

/** Every state change between even steps of a coordinate, as the brackets in which they lie. */
function bruteForce(subject: Subject, axis: Axis, low: number, high: number, steps: number) {
  const walk = sure(setOut(subject));
  const moves = Array.from({ length: steps + 1 }, (_, i) => low + ((high - low) * i) / steps);
  const readings = moves.map((move) => sure(walk.read([[axis, move]])));
  return THRESHOLDS.map((threshold) =>
    moves.slice(1).flatMap((move, i) => {
      const [before, after] = [readings[i]!, readings[i + 1]!].map(
        (reading) => leftOf(reading, threshold) < 0n,
      );
      return before === after ? [] : [[moves[i]!, move] as const];
    }),
  );
}

function findsAll(portfolio: Portfolio, axis: Axis, model: MarginModel, steps: number): void {
  const subject = subjectOf(portfolio, model);
  const [low, high] = axis.kind === 'spot' ? [-0.6, 1.5] : [-0.8, 2];
  const { thresholds } = sure(survive(subject, axis, { low, high }));
  const brute = bruteForce(subject, axis, low, high, steps);
  THRESHOLDS.forEach((threshold, t) => {
    for (const [from, to] of brute[t]!) {
      const inside = thresholds[threshold].all.filter(({ move }) => move >= from - 1e-9 && move <= to + 1e-9);
      expect(inside.length, `${threshold} between ${from} and ${to}`).toBeGreaterThan(0);
    }
  });
}

describe('survival', () => {
  it('M-71 a finer grid sees no crossing that was missed: formula margin', () => {
    fc.assert(
      fc.property(portfolios, fc.constantFrom(...axes), (portfolio, axis) => {
        findsAll(portfolio, axis, models.static, 700);
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  it('M-71 a finer grid sees no crossing that was missed: full revaluation', () => {
    fc.assert(
      fc.property(portfolios, fc.constantFrom(...axes.slice(0, 2)), (portfolio, axis) => {
        findsAll(portfolio, axis, grid, 250);
      }),
      { numRuns: 2 },
    );
  }, 120_000);

  it('M-71 at a crossing the account is beyond, a hair nearer it is not', () => {
    fc.assert(
      fc.property(portfolios, fc.constantFrom(...axes), (portfolio, axis) => {
        const subject = subjectOf(portfolio);
        const walk = sure(setOut(subject));
        const { thresholds } = sure(survive(subject, axis));
        for (const threshold of THRESHOLDS) {
          for (const { move, into } of thresholds[threshold].all) {
            const below = (at: number) => leftOf(sure(walk.read([[axis, at]])), threshold) < 0n;
            expect(below(move)).toBe(into);
            // Ends are narrowed to 2e-12 of the coordinate; moves lose some digits of it near minus one.
            expect(below(move - Math.sign(move) * 1e-9 * (1 + move))).toBe(!into);
          }
        }
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  it('M-71 lines are crossed in their order, and today is today', () => {
    fc.assert(
      fc.property(portfolios, (portfolio) => {
        const { thresholds, path } = sure(
          survive(subjectOf(portfolio, grid), { kind: 'spot' }, { low: -0.3, high: 0.3 }),
        );
        const now = path.find(({ move }) => move === 0)!;
        const book = sure(grid.book(productsOf(portfolio), market, fewLanes));
        const standing = sure(assess(portfolio, book, grid));
        expect(Math.abs(Number(now.excess.initial - standing.excess.initial))).toBeLessThan(1e4);
        const order = THRESHOLDS.map((threshold) => thresholds[threshold]);
        order.slice(1).forEach((deeper, i) => {
          const { now: below, down, up } = order[i]!;
          if (deeper.now) expect(below).toBe(true);
          if (below) return;
          if (deeper.down) expect(down!.move >= deeper.down.move).toBe(true);
          if (deeper.up) expect(up!.move <= deeper.up.move).toBe(true);
        });
      }),
      { numRuns: 2, endOnFailure: true },
    );
  }, 120_000);

  it('M-71 a bracket narrows to its crossing, smooth, kinked or broken', () => {
    const shapes: readonly ((x: number, root: number) => number)[] = [
      (x, root) => root - x,
      (x, root) => 5 * (x - root) ** 3 + (x - root),
      (x, root) => (x < root ? 1e-6 * (root - x) : 1e9 * (root - x)),
      (x, root) => (x < root ? 3 : -1e-8),
      (x, root) => 1 - (x / root) ** 40,
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.boolean(),
        (shape, root, turned) => {
          let calls = 0;
          const value = (x: number) => {
            calls++;
            return shape(x, root);
          };
          const ends = [0, 1].map((at) => ({ at, left: shape(at, root) }));
          const [from, to] = turned ? [ends[1]!, ends[0]!] : [ends[0]!, ends[1]!];
          const [near, far] = sure(refine(from, to, value));
          expect(near.left < 0).toBe(from.left < 0);
          expect(far.left < 0).toBe(to.left < 0);
          expect(Math.abs(near.at - far.at)).toBeLessThanOrEqual(2 * TOLERANCE);
          expect(Math.abs(near.at - root)).toBeLessThan(1e-11);
          // Halving alone takes 39.
          expect(calls).toBeLessThanOrEqual(41);
        },
      ),
    );
  });
});

const none = ({ down, up, all }: ThresholdCrossings) =>
  down === undefined && up === undefined && all.length === 0;
const book = (positions: readonly Position[], cash: number): Portfolio => ({
  account: 'a',
  balances: [{ asset: 'USD', kind: 'cash', quantity: cash }],
  positions,
  orders: [],
});
const btc: Axis = { kind: 'spot', underlying: 'BTC' };

describe('shapes of books', () => {
  it('M-70 a short straddle has a liquidation price on either side', () => {
    const straddle = [option('BTC', 25, 65_000, 'call'), option('BTC', 25, 65_000, 'put')];
    const { thresholds } = sure(
      survive(
        subjectOf(
          book(
            straddle.map((product) => ({ product, quantity: -5 })),
            150_000,
          ),
        ),
        btc,
      ),
    );
    const { down, up, all, now } = thresholds.maintenance;
    expect(now).toBe(false);
    expect(all.length).toBe(2);
    expect(down!.indices.get('BTC')).toBeLessThan(65_000);
    expect(up!.indices.get('BTC')).toBeGreaterThan(65_000);
    expect(down!.marks.get(straddle[1]!.id)).toBeGreaterThan(down!.marks.get(straddle[0]!.id)!);
  });

  it('M-70 an iron fly with its worst loss in cash has none', () => {
    const legs = [
      [option('BTC', 116, 65_000, 'call'), -1],
      [option('BTC', 116, 65_000, 'put'), -1],
      [option('BTC', 116, 80_000, 'call'), 1],
      [option('BTC', 116, 55_000, 'put'), 1],
    ] as const;
    // Inverse: 1 - K/F coins at the top is at most 15,000 / 80,000 coins, whose dollars rise without end; so coins stand behind it.
    const fly: Portfolio = {
      ...book(
        legs.map(([product, quantity]) => ({ product, quantity })),
        60_000,
      ),
      balances: [
        { asset: 'USD', kind: 'cash', quantity: 60_000 },
        { asset: 'BTC', kind: 'collateral', quantity: 1.5 },
      ],
    };
    const { thresholds, reach } = sure(survive(subjectOf(fly, grid), btc));
    expect(reach).toEqual({ low: -0.99, high: 9 });
    for (const threshold of THRESHOLDS) expect(none(thresholds[threshold]), threshold).toBe(true);
  });

  it('M-70 a hedge that is larger than the position turns the side', () => {
    const positions = [
      { product: perpetual('BTC'), quantity: 100_000 },
      { product: option('BTC', 116, 55_000, 'call'), quantity: -6 },
    ];
    const { maintenance } = sure(survive(subjectOf(book(positions, 200_000)), btc)).thresholds;
    expect(maintenance.up!.marks.get('BTC-PERPETUAL')).toBeGreaterThan(65_000);
  });

  it('M-70 open orders count: what may be filled brings the crossing nearer', () => {
    const long = book([{ product: perpetual('BTC'), quantity: 200_000 }], 60_000);
    const more = { product: perpetual('BTC'), side: 'buy', quantity: 200_000, price: 64_000 } as const;
    const reach = { low: -0.5, high: 0.1 };
    const [alone, wanting] = [long, { ...long, orders: [more] }].map(
      (held) => sure(survive(subjectOf(held, grid), btc, reach)).thresholds.maintenance.down!,
    );
    expect(wanting!.move).toBeGreaterThan(alone!.move + 0.01);
  });

  it('M-70 an account that is below a line says so, and where it would not be', () => {
    const short = [{ product: perpetual('ETH', 'linear'), quantity: -100 }];
    const { initial, bankruptcy } = sure(
      survive(subjectOf(book(short, 20_000)), { kind: 'spot', underlying: 'ETH' }),
    ).thresholds;
    expect(initial.now).toBe(true);
    expect(bankruptcy.now).toBe(false);
    expect(initial.down).toMatchObject({ into: false });
    expect(initial.up).toBeUndefined();
    expect(bankruptcy.up).toMatchObject({ into: true });
  });

  it('M-69 days settle what expires, and a crossing may be at an expiry', () => {
    // A short option that expires worthless frees its margin at once.
    const short = [{ product: option('BTC', 25, 80_000, 'call'), quantity: -10 }];
    const { initial, maintenance } = sure(
      survive(subjectOf(book(short, 66_000)), { kind: 'days' }),
    ).thresholds;
    expect(initial.now).toBe(true);
    expect(initial.up).toMatchObject({ into: false });
    expect(initial.up!.move).toBeLessThanOrEqual(25);
    expect(maintenance.down).toBeUndefined();
  });

  it('M-69 a peg moves what is held in it', () => {
    const usdc: Portfolio = {
      ...book([{ product: perpetual('ETH'), quantity: 50_000 }], 0),
      balances: [{ asset: 'USDC', kind: 'cash', quantity: 20_000 }],
    };
    const { maintenance } = sure(survive(subjectOf(usdc), { kind: 'peg', asset: 'USDC' })).thresholds;
    expect(maintenance.down!.move).toBeGreaterThan(-0.95);
    expect(maintenance.down!.indices.get('ETH')).toBe(1900);
  });

  it('M-69 refuses what cannot be walked', () => {
    const subject = subjectOf(book([{ product: perpetual('BTC'), quantity: 1000 }], 1000));
    expect(survive(subject, { kind: 'spot', underlying: 'SOL' })).toMatchObject({ reason: 'no-market' });
    expect(survive(subject, { kind: 'peg', asset: 'USD' })).toMatchObject({ reason: 'unknown-asset' });
    for (const reach of [
      { low: -1, high: 1 },
      { low: 0.1, high: 1 },
      { low: 0, high: 0 },
      { low: -0.5, high: Number.NaN },
    ]) {
      expect(survive(subject, btc, reach)).toMatchObject({ reason: 'out-of-range' });
    }
    expect(survive(subject, { kind: 'days' }, { low: -1, high: 1 })).toMatchObject({
      reason: 'out-of-range',
    });
    expect(depthOf(sure(sure(setOut(subject)).read([])))).toBe('clear');
  });
});
