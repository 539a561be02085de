// Feeds, funding, lending and fees: rows that a person can check with a pencil, and laws that hold whatever is asked.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, sentence } from '../../base/index.ts';
import {
  DERIVE_SETTLEMENT_SECONDS,
  deriveBorrowRate,
  deriveFundingPaid,
  deriveFundingRate,
  deriveInterest,
  deriveInterestFee,
  deriveInterestFees,
  forwardParts,
  paradexFundingAdvance,
  paradexFundingRate,
  socialisedShare,
  spotWithDifference,
} from './index.ts';

const finite = (options: fc.DoubleConstraints) => fc.double({ noNaN: true, ...options });
/** An answer or a refusal of one line, never NaN, whatever doubles come. */
function total(answers: (draw: () => number) => unknown) {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double()), (stream) => {
      const answer = answers(() => stream.next().value);
      if (isRefusal(answer)) expect(sentence(answer)).not.toContain('\n');
      else
        for (const part of typeof answer === 'number' ? [answer] : Object.values(Object(answer)))
          expect(part).toSatisfy(Number.isFinite);
    }),
  );
}

describe('M-95 feeds', () => {
  it.each([
    // 2000 and a tenth either way.
    [150, 2150],
    [-150, 1850],
    [200, 2200],
    [2500, 2200],
    [-2500, 1800],
  ])('a difference of %d to a spot of 2000, capped at a tenth, is a price of %d', (difference, price) => {
    expect(spotWithDifference({ spot: 2000, difference, cap: 0.1 })).toBe(price);
  });

  it.each([
    [86_400, 0, 2000],
    [DERIVE_SETTLEMENT_SECONDS, 0, 2000],
    // A quarter of the window is left: three quarters of 2040, a quarter of 2000.
    [450, 1530, 500],
    [0, 2040, 0],
    [-60, 2040, 0],
  ])(
    '%d seconds before expiry the forward has %d fixed and %d that moves',
    (secondsToExpiry, fixed, variable) => {
      const print = { spot: 1990, difference: 10, secondsToExpiry, average: 2040 };
      expect(forwardParts(print)).toEqual({ fixed, variable });
    },
  );

  it('before its window opens the average is not looked at; once expired the spot is not', () => {
    const open = { spot: 1990, difference: 10, secondsToExpiry: 86_400, average: Number.NaN };
    expect(forwardParts(open)).toEqual({ fixed: 0, variable: 2000 });
    const closed = { spot: Number.NaN, difference: Number.NaN, secondsToExpiry: 0, average: 2040 };
    expect(forwardParts(closed)).toEqual({ fixed: 2040, variable: 0 });
  });

  it('the parts of a forward lie between the average and the forward', () => {
    const price = finite({ min: 1e-3, max: 1e6 });
    fc.assert(
      fc.property(price, price, fc.integer({ min: -10, max: 4000 }), (spot, average, secondsToExpiry) => {
        const parts = forwardParts({ spot, difference: 0, secondsToExpiry, average });
        if (isRefusal(parts)) throw new Error(sentence(parts));
        const whole = parts.fixed + parts.variable;
        expect(whole).toBeGreaterThanOrEqual(Math.min(spot, average) * (1 - 1e-15));
        expect(whole).toBeLessThanOrEqual(Math.max(spot, average) * (1 + 1e-15));
      }),
    );
  });

  it('answers or refuses by name, never NaN', () => {
    total((draw) => spotWithDifference({ spot: draw(), difference: draw(), cap: draw() }));
    total((draw) =>
      forwardParts({ spot: draw(), difference: draw(), secondsToExpiry: draw(), average: draw() }),
    );
    const refused = spotWithDifference({ spot: 0, difference: 1, cap: 0.1 });
    expect(isRefusal(refused) && sentence(refused)).toBe(
      'spot difference: spot is 0; give a finite number above 0.',
    );
    expect(isRefusal(forwardParts({ spot: 10, difference: -11, secondsToExpiry: 9000, average: 0 }))).toBe(
      true,
    );
  });
});

describe('M-96 funding', () => {
  const at = { index: 2000, convergenceHours: 8, staticRate: 0, rateMax: 0.004 };
  it.each([
    // 8 / 2000 over 8 hours.
    [2008, 2010, 0.0005],
    // Neither side is through the index: no premium.
    [1998, 2003, 0],
    [1980, 1984, -0.001],
    [2200, 2210, 0.004],
    [1700, 1800, -0.004],
  ])('impact prices of %d and %d give %d an hour', (impactBid, impactAsk, rate) => {
    expect(deriveFundingRate({ ...at, impactBid, impactAsk })).toBeCloseTo(rate, 18);
  });

  it('interest is added to the premium before the cap', () => {
    const calm = { ...at, impactBid: 2000, impactAsk: 2000, staticRate: 0.0000125 };
    expect(deriveFundingRate(calm)).toBe(0.0000125);
    expect(deriveFundingRate({ ...calm, impactBid: 2200 })).toBe(0.004);
  });

  it('longs pay what shorts get, in proportion to time', () => {
    // 2 coins of 2000 at 0.05 % an hour for half an hour: 1 dollar.
    const held = { size: -2, index: 2000, rate: 0.0005, seconds: 1800 };
    expect(deriveFundingPaid(held)).toBe(1);
    expect(deriveFundingPaid({ ...held, size: 2 })).toBe(-1);
    expect(deriveFundingPaid({ ...held, seconds: 0 })).toBe(0);
  });

  it('answers or refuses, never NaN', () => {
    total((draw) =>
      deriveFundingRate({
        index: draw(),
        impactBid: draw(),
        impactAsk: draw(),
        convergenceHours: draw(),
        staticRate: draw(),
        rateMax: draw(),
      }),
    );
    total((draw) => deriveFundingPaid({ size: draw(), index: draw(), rate: draw(), seconds: draw() }));
  });
});

describe('M-97 borrowing', () => {
  const model = { rateMin: 0.02, slope: 0.08, slopeHigh: 0.85, utilisationBest: 0.9 };
  it.each([
    [0, 0.02],
    [50, 0.06],
    [90, 0.092],
    // A tenth beyond the bend: 0.092 + 0.085.
    [100, 0.177],
  ])('with %d of 100 lent, cash costs %d a year', (borrows, rate) => {
    expect(deriveBorrowRate(model, { supply: 100, borrows })).toBeCloseTo(rate, 15);
  });

  it('an empty pool lends at the least rate; debt without supply is refused', () => {
    expect(deriveBorrowRate(model, { supply: 0, borrows: 0 })).toBe(0.02);
    expect(isRefusal(deriveBorrowRate(model, { supply: 0, borrows: 1 }))).toBe(true);
  });

  it('debt grows as e to the rate times years of 365 days, small intervals too', () => {
    expect(deriveInterest(0.06, 365 * 86_400)).toBeCloseTo(Math.expm1(0.06), 15);
    // To second order; the next term is 2e-20 of it.
    const second = 0.01 / 31_536_000;
    expect(deriveInterest(0.01, 1)).toBeCloseTo(second + second ** 2 / 2, 24);
    expect(deriveInterest(0.06, 0)).toBe(0);
    const [half, whole] = [deriveInterest(0.3, 1e7), deriveInterest(0.3, 2e7)] as number[];
    expect((1 + half!) ** 2).toBeCloseTo(1 + whole!, 14);
  });

  it('more lent never costs less; answers or refuses, never NaN', () => {
    const share = finite({ min: 0, max: 1 });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const rates = [a, b]
          .sort((x, y) => x - y)
          .map((borrows) => deriveBorrowRate(model, { supply: 1, borrows }));
        expect(rates[1]).toBeGreaterThanOrEqual(rates[0] as number);
      }),
    );
    total((draw) =>
      deriveBorrowRate(
        { rateMin: draw(), slope: draw(), slopeHigh: draw(), utilisationBest: draw() },
        { supply: draw(), borrows: draw() },
      ),
    );
    total((draw) => deriveInterest(draw(), draw()));
  });
});

describe('M-98 open-interest fee', () => {
  const opening = { quantity: -3, price: 2000, openBefore: 10, openAfter: 13 };
  it('is charged on what trades while open interest grows, on either side', () => {
    expect(deriveInterestFee(opening, 0.001)).toBe(6);
    expect(deriveInterestFee({ ...opening, quantity: 3 }, 0.001)).toBe(6);
    expect(deriveInterestFee({ ...opening, openAfter: 10 }, 0.001)).toBe(0);
    expect(deriveInterestFee({ ...opening, openAfter: 7 }, 0.001)).toBe(0);
  });

  it('what is settled together pays its sum, at least the minimum, and nothing where nothing is opened', () => {
    const closing = { ...opening, openAfter: 7 };
    expect(deriveInterestFees([opening, closing, opening], 0.001, 5)).toBe(12);
    expect(deriveInterestFees([opening, closing], 0.001, 50)).toBe(50);
    expect(deriveInterestFees([closing], 0.001, 50)).toBe(0);
    expect(deriveInterestFees([], 0.001, 50)).toBe(0);
  });

  it('answers or refuses, never NaN', () => {
    const trade = { ...opening, quantity: 1e300, price: 1e300 };
    expect(isRefusal(deriveInterestFees([trade], 0.001, 50))).toBe(true);
    total((draw) => {
      const trade = { quantity: draw(), price: draw(), openBefore: draw(), openAfter: draw() };
      return deriveInterestFees([trade], draw(), draw());
    });
  });
});

describe('M-99 Paradex', () => {
  it.each([
    // Within the band the rate is the baseline; beyond it the premium less the band.
    [0.0002, 0.0001],
    [-0.0004, 0.0001],
    [0.0009, 0.0004],
    [-0.0009, -0.0004],
    [0.5, 0.02],
  ])('a premium of %d is a rate of %d', (premiumRate, rate) => {
    const funding = { premiumRate, baseline: 0.0001, band: 0.0005, rateMax: 0.02 };
    expect(paradexFundingRate(funding)).toBeCloseTo(rate, 15);
  });

  it('the index advances with time, in units of what is settled in', () => {
    const stretch = { rate: 0.0001, spot: 60_000, settle: 1, seconds: 14_400, periodSeconds: 28_800 };
    expect(paradexFundingAdvance(stretch)).toBeCloseTo(3, 14);
    expect(paradexFundingAdvance({ ...stretch, settle: 0.5 })).toBeCloseTo(6, 14);
  });

  it('when all withdraw, what is there is paid out to the last cent', () => {
    const amount = finite({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(amount, amount, (missing, held) => {
        const share = socialisedShare({ missing, held }) as number;
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        const paid = (held + missing) * (1 - share);
        expect(Math.abs(paid - held)).toBeLessThanOrEqual(1e-15 * (held + missing));
      }),
    );
    expect(socialisedShare({ missing: 1000, held: 4000 })).toBe(0.2);
    expect(socialisedShare({ missing: 0, held: 0 })).toBe(0);
  });

  it('answers or refuses, never NaN', () => {
    total((draw) =>
      paradexFundingRate({ premiumRate: draw(), baseline: draw(), band: draw(), rateMax: draw() }),
    );
    total((draw) =>
      paradexFundingAdvance({
        rate: draw(),
        spot: draw(),
        settle: draw(),
        seconds: draw(),
        periodSeconds: draw(),
      }),
    );
    total((draw) => socialisedShare({ missing: draw(), held: draw() }));
  });
});
