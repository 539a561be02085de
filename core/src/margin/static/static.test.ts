// Margin by formula: rows that a person can check with a pencil, each named by its rule.

import { describe, expect, it } from 'vitest';
import {
  bankruptcyPrice,
  borrowable,
  crossHealth,
  depositCappedWeight,
  discountedWeight,
  fractionOf,
  type HealthPerpetual,
  type HealthToken,
  inverseBankruptcyPrice,
  inverseLiquidationPrice,
  isqrt,
  type LockedFunds,
  leveragedMargin,
  leverageTiers,
  liquidationPrice,
  lockedBy,
  nakedOption,
  onlyReduces,
  openInterestFraction,
  openInterestShare,
  openSides,
  outOfTheMoney,
  perpetualHealth,
  rampedRate,
  saleThreshold,
  shortOption,
  sizedAssetWeight,
  sizedLiabilityWeight,
  sizeScaled,
  tierAt,
  tieredMargin,
  useOf,
  type VaultLeg,
  vaultExcess,
  withDeductions,
} from './index.ts';

const TIERS = leverageTiers([
  { from: 0, maxLeverage: 40 },
  { from: 150e6, maxLeverage: 20 },
  { from: 400e6, maxLeverage: 5 },
]);

describe('M-40 size', () => {
  it.each([
    [100e6, 1.25e6],
    [150e6, 1.875e6],
    [200e6, 3.125e6],
    // 150 at 1.25 %, 250 at 2.5 %, 100 at 10 %.
    [500e6, 1.875e6 + 6.25e6 + 10e6],
  ])('tiers: a notional of %d needs %d', (notional, margin) => {
    expect(tieredMargin(notional, TIERS)).toBeCloseTo(margin, 6);
  });

  it('a border belongs to the tier above, and tiers that do not ascend are a bug', () => {
    expect(tierAt(TIERS, 150e6).rate).toBe(0.025);
    expect(() => withDeductions([{ from: 1, rate: 0.1 }])).toThrow('starts at 0');
    expect(() => withDeductions([TIERS[0]!, TIERS[0]!])).toThrow('ascend');
  });

  it('ramp, square root, open interest and discount: off without a factor, and by the formula with one', () => {
    expect(rampedRate(0.02, 0.00005, 100)).toBeCloseTo(0.025, 15);
    expect(sizeScaled(1e8, 5e6, 0)).toBe(5e6);
    expect(sizeScaled(1e8, 5e6, 1e-5)).toBeCloseTo(14e6, 6);
    expect(sizeScaled(1e4, 500, 1e-5)).toBe(500);
    expect(openInterestShare(5e9, 20e6, 0)).toBe(0);
    expect(openInterestShare(35e6, 20e6, 50e6)).toBe(0.5);
    expect(openInterestShare(90e6, 20e6, 50e6)).toBe(1);
    expect(discountedWeight(1e10, 0.9, 0)).toBe(0.9);
    expect(discountedWeight(1e10, 0.9, 1e-5)).toBeCloseTo(0.55, 15);
    expect(discountedWeight(1e4, 0.9, 1e-5)).toBe(0.9);
  });

  it('orders count on the side they leave open, and reduce only while they are no larger than the position', () => {
    expect(openSides(-1, 3, 2)).toEqual({ buy: 2, sell: 3 });
    expect(openSides(5, 0, 3)).toEqual({ buy: 5, sell: 0 });
    expect(onlyReduces(10, 0, 5)).toBe(true);
    expect(onlyReduces(10, 0, 13)).toBe(false);
    expect(onlyReduces(10, 1, 5)).toBe(false);
    expect(onlyReduces(-10, 10, 0)).toBe(true);
  });

  it('leverage and loans', () => {
    expect(leveragedMargin(200, 5)).toEqual({ initial: 40, transfer: 40 });
    expect(leveragedMargin(200, 25)).toEqual({ initial: 8, transfer: 20 });
    expect(useOf({ total: 11.5, crossMaintenance: 5, isolated: 1.5 })).toEqual({ available: 10, ratio: 0.5 });
    expect(useOf({ total: 1, crossMaintenance: 5, isolated: 1.5 }).ratio).toBe(Number.POSITIVE_INFINITY);
    expect(useOf({ total: 0, crossMaintenance: 0, isolated: 0 }).ratio).toBe(0);
    expect(borrowable([{ quantity: 1, price: 80_000, loanToValue: 0.5 }])).toBe(40_000);
    expect(lockedBy(100, 40, 0.5)).toBe(5);
    expect(saleThreshold({ quantity: 10, price: 33, loanToValue: 0.5 }, 0.5)).toBe(247.5);
  });
});

describe('M-41 size in integers', () => {
  it.each([
    [0n, 200_000n],
    [1_000_000n, 200_000n],
    [1_234_567n, 387_653n],
    [2_000_000n, 1_000_000n],
    [9_000_000n, 1_000_000n],
  ])('open interest %d asks for %d ppm', (openInterest, ppm) => {
    const caps = { openInterest, lower: 1_000_000n, upper: 2_000_000n };
    expect(openInterestFraction(200_000n, caps)).toBe(ppm);
  });

  it('margin rounds up, whatever the side', () => {
    expect(fractionOf(500_000n, 271_393n)).toBe(135_697n);
    expect(fractionOf(-1n, 100_000n)).toBe(1n);
    expect(fractionOf(0n, 100_000n)).toBe(0n);
  });

  it('weights truncate at each division', () => {
    const size = 1_000n * 10n ** 9n;
    expect(sizedAssetWeight({ size, factor: 10_000n, weight: 9_000n })).toBe(8_357n);
    expect(sizedAssetWeight({ size, factor: 0n, weight: 9_000n })).toBe(9_000n);
    expect(sizedLiabilityWeight({ size, factor: 100_000n, weight: 11_000n })).toBe(40_422n);
    expect(sizedLiabilityWeight({ size: 0n, factor: 10n, weight: 11_000n })).toBe(11_000n);
    expect(sizedLiabilityWeight({ size: 0n, factor: 10n, weight: 11_000n }, false)).toBe(8_800n);
    expect(depositCappedWeight(9_000n, 1_500_000n, 500_000n)).toBe(3_000n);
    expect(depositCappedWeight(9_000n, 1_500_000n, 0n)).toBe(9_000n);
  });

  it('the integer root is exact where a double is not', () => {
    const root = 10n ** 20n + 39n;
    for (const [n, expected] of [
      [0n, 0n],
      [1n, 1n],
      [3n, 1n],
      [4n, 2n],
      [root * root, root],
      [root * root - 1n, root - 1n],
    ] as const) {
      expect(isqrt(n)).toBe(expected);
    }
  });
});

describe('M-42 short options by formula', () => {
  const DERIBIT = { initial: 0.15, initialMin: 0.1, maintenance: 0.075 };

  it('near the money the rate less the distance, far away the least, deep in the money by the mark', () => {
    expect(shortOption(DERIBIT, 0, 0.05)).toEqual({ initial: 0.15, maintenance: 0.075 });
    expect(shortOption(DERIBIT, 0.03, 0.02).initial).toBeCloseTo(0.12, 15);
    expect(shortOption(DERIBIT, 0.2, 0.001)).toEqual({ initial: 0.1, maintenance: 0.075 });
    // A put struck at three times the index.
    expect(shortOption(DERIBIT, 0, 2.4).initial).toBeCloseTo(0.18, 15);
    expect(outOfTheMoney('call', 110, 100)).toBe(0.1);
    expect(outOfTheMoney('put', 110, 100)).toBe(0);
  });

  it('naked, by a bound on time value at a shocked spot', () => {
    expect(nakedOption('put', 100, 150, 0.1678, 0.75)).toBeCloseTo(16.78, 12);
    expect(nakedOption('put', 150, 100, 0.1678, 0.75)).toBeCloseTo(0.1678 * 75 + 75, 12);
    expect(nakedOption('call', 2500, 1800, 0.1678, 0.75)).toBeCloseTo(0.1678, 15);
    expect(nakedOption('call', 1800, 1800, 0.1678, 0.75)).toBeCloseTo(0.1678 * 0.75 + 0.25, 15);
  });

  const leg = (right: 'call' | 'put', strike: number, quantity: number): VaultLeg => ({
    right,
    strike: BigInt(Math.round(strike * 1e8)),
    quantity: BigInt(Math.round(quantity * 1e8)),
  });

  it.each([
    ['naked put', leg('put', 250, 1), undefined, undefined, -250_000_000n],
    ['put spread', leg('put', 250, 1), leg('put', 200, 1), undefined, -50_000_000n],
    ['call spread', leg('call', 200, 1), leg('call', 250, 1), undefined, -200_000n],
    ['call ratio', leg('call', 200, 3), leg('call', 250, 1), undefined, -2_000_000n],
    ['thirds round against the vault', leg('call', 200, 1), leg('call', 300, 1), undefined, -333_334n],
    ['dust owes one unit', leg('put', 0.25, 1e-8), undefined, undefined, -1n],
    ['settled put', leg('put', 250, 1), undefined, 150, -100_000_000n],
    ['settled call pays in coins', leg('call', 250, 1), leg('call', 200, 1), 210, 47_619n],
    ['a long alone owes nothing', undefined, leg('put', 200, 1), undefined, 0n],
  ] as const)('vault: %s', (_, short, long, settlement, excess) => {
    const at = settlement === undefined ? undefined : BigInt(settlement) * 10n ** 8n;
    expect(vaultExcess({ short, long, collateral: 0n, decimals: 6 }, at)).toBe(excess);
  });

  it('legs of two rights are no vault', () => {
    const vault = { short: leg('put', 1, 1), long: leg('call', 1, 1), collateral: 0n, decimals: 6 };
    expect(() => vaultExcess(vault)).toThrow('share a right');
  });
});

describe('M-43 cross health', () => {
  const NO_LIMIT = { deposits: 0, borrows: 0, depositsStart: 1e15, borrowsStart: 1e15 };
  const token = (balance: number, price: number, assetWeight: number, debtWeight: number): HealthToken => ({
    balance,
    price,
    assetWeight,
    debtWeight,
    ...NO_LIMIT,
  });
  const perpetual: HealthPerpetual = {
    settle: 'Q',
    lots: 3,
    quote: -131,
    bidLots: 7,
    askLots: 11,
    lotValue: 50,
    assetWeight: 0.8,
    debtWeight: 1.2,
    overallWeight: 0.95,
  };
  const market = (locked: Partial<LockedFunds>): LockedFunds => ({
    base: 'B',
    quote: 'Q',
    lockedBase: 0,
    lockedQuote: 0,
    ...locked,
  });

  it('a perpetual is the worse of bids and asks, and counts less where it is a gain', () => {
    // Bids: 10 x 50 x 0.8 - 131 - 350; asks: -8 x 50 x 1.2 - 131 + 550.
    expect(perpetualHealth(perpetual)).toBeCloseTo(-81, 12);
    expect(perpetualHealth({ ...perpetual, lots: 10, quote: 100, bidLots: 0, askLots: 0 })).toBeCloseTo(475);
  });

  it('locked funds go where they help less, and close a debt only where one is sure to be left', () => {
    const tokens = { Q: token(100, 1, 0.8, 1.2), B: token(-10, 5, 0.5, 1.5) };
    const funds = market({ lockedBase: 15, lockedQuote: 20 });
    // 19 x 0.8 after the perpetual, -75, and 95 of quote x 0.8 < 10 closed x 7.5 + 9 x 2.5.
    expect(crossHealth({ tokens, markets: [funds], perpetuals: [perpetual] })).toBeCloseTo(16.2, 12);
    const owed = { Q: token(-14, 1, 0.8, 1.2), B: token(0, 5, 0.5, 1.5) };
    // All as quote: 17 in all, of which 3 are beyond the debt; as base: 3.4 x 2.5.
    expect(crossHealth({ tokens: owed, markets: [market({ lockedQuote: 17 })], perpetuals: [] })).toBeCloseTo(
      -16.8 + 3.4 * 2.5,
    );
  });

  it('own limits count where they are worse than the mark', () => {
    const tokens = { Q: token(-100, 1, 0.8, 1.2), B: token(-100, 5, 0.5, 1.5) };
    const health = (limits: Partial<LockedFunds>) =>
      crossHealth({
        tokens,
        markets: [market({ lockedBase: 10, lockedQuote: 50, ...limits })],
        perpetuals: [],
      });
    expect(health({})).toBeCloseTo(-870 + 100 * 1.2);
    expect(health({ lowestAsk: 6 })).toBeCloseTo(-870 + 100 * 1.2);
    expect(health({ lowestAsk: 4 })).toBeCloseTo(-870 + 90 * 1.2);
    // As base at a bid of ten times the mark: 10 + 1 coins x 7.5.
    expect(health({ highestBid: 50 })).toBeCloseTo(-870 + 11 * 7.5);
    expect(health({ highestBid: 4 })).toBeCloseTo(-870 + 120);
  });

  it('what everybody deposits and borrows moves the weights beyond its start', () => {
    const crowd = { deposits: 2_000, borrows: 3_000, depositsStart: 5_000, borrowsStart: 5_000 };
    const at = (balance: number) =>
      crossHealth({
        tokens: { B: { ...token(balance, 5, 0.5, 1.5), ...crowd } },
        markets: [],
        perpetuals: [],
      });
    expect(at(100)).toBeCloseTo(500 * 0.5 * 0.5);
    expect(at(-100)).toBeCloseTo(-500 * 1.5 * 3);
  });
});

describe('M-44 liquidation price', () => {
  const flat = (rate: number) => withDeductions([{ from: 0, rate }]);

  it.each([
    ['short on its own', { size: -3, mark: 3_000, equity: 1_000, tiers: flat(0.05) }, 10_000 / 3.15],
    ['long on its own', { size: 1, mark: 100, equity: 20, tiers: flat(0.05) }, 80 / 0.95],
    ['long, margin fixed at entry', { size: 1, mark: 6_000, equity: 60, tiers: flat(0), other: 30 }, 5_970],
    // 4000 coins at 50,000 are 200e6, in the second tier; at the end 0.025 N - 1.875e6 is left.
    ['long in a tier', { size: 4_000, mark: 50_000, equity: 10e6, tiers: TIERS }, 188.125e6 / 3_900],
    ['already below: above the mark', { size: 1, mark: 100, equity: 1, tiers: flat(0.05) }, 99 / 0.95],
  ] as const)('%s', (_, held, price) => {
    expect(liquidationPrice(held)).toBeCloseTo(price, 8);
  });

  it('there is none without a position, for a long that is paid for, for a short that is lost already', () => {
    expect(liquidationPrice({ size: 0, mark: 100, equity: 1, tiers: flat(0.05) })).toBeUndefined();
    expect(liquidationPrice({ size: 1, mark: 100, equity: 100, tiers: flat(0.05) })).toBeUndefined();
    expect(liquidationPrice({ size: -1, mark: 100, equity: -101, tiers: flat(0.05) })).toBeUndefined();
  });

  it('bankruptcy is where equity is gone', () => {
    expect(bankruptcyPrice({ size: 1, mark: 6_000, equity: 60 })).toBe(5_940);
    expect(bankruptcyPrice({ size: -2, mark: 6_000, equity: 60 })).toBe(6_030);
    expect(inverseBankruptcyPrice({ size: 10_000, mark: 50_000, equity: 0.05 })).toBeCloseTo(40_000, 8);
  });

  it('inverse: a short backed coin for coin is never liquidated, a long always can be', () => {
    const short = { size: -10_000, mark: 50_000, tiers: flat(0.01) };
    expect(inverseLiquidationPrice({ ...short, equity: 0.2 })).toBeUndefined();
    // 0.1 - 0.2 + 10,000 / P = 0.01 x 10,000 / P.
    expect(inverseLiquidationPrice({ ...short, equity: 0.1 })).toBeCloseTo(9_900 / 0.1, 8);
    const long = { ...short, size: 10_000, equity: 5 };
    expect(inverseLiquidationPrice(long)).toBeCloseTo(10_100 / 5.2, 8);
  });
});
