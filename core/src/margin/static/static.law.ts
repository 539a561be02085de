// Laws of margin by formula: what must hold for every number, each named by its rule.

import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  crossHealth,
  discountedWeight,
  fractionOf,
  inverseLiquidationPrice,
  isqrt,
  liquidationPrice,
  openInterestFraction,
  sizedAssetWeight,
  sizedLiabilityWeight,
  sizeScaled,
  tieredMargin,
  type VaultLeg,
  vaultExcess,
  withDeductions,
} from './index.ts';

const law = (name: string, property: fc.IProperty<unknown>) => it(name, () => void fc.assert(property));
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const tiers = fc.array(fc.tuple(between(1, 1e8), between(0.001, 0.15)), { maxLength: 4 }).map((steps) => {
  let [from, rate] = [0, 0.01];
  const out = [{ from, rate }];
  for (const [width, more] of steps) {
    from += width;
    rate += more;
    out.push({ from, rate });
  }
  return withDeductions(out);
});

describe('size', () => {
  law(
    'M-40 tiered and scaled margin is convex in notional: splitting a position never costs more',
    fc.property(tiers, between(0, 1e9), between(0, 1e9), between(0, 1e-5), (steps, a, b, factor) => {
      const margin = (n: number) => sizeScaled(n, tieredMargin(n, steps), factor);
      const slack = 1e-9 * (1 + margin(a + b));
      return (
        margin((a + b) / 2) <= (margin(a) + margin(b)) / 2 + slack &&
        margin(a) + margin(b) <= margin(a + b) + slack
      );
    }),
  );

  law(
    'M-40 more of an asset never counts less, however large its discount',
    fc.property(between(0, 1e12), between(0, 1e9), between(0.1, 1), between(0, 1e-3), (v, more, w, f) => {
      const counted = (value: number) => value * discountedWeight(value, w, f);
      return counted(v + more) >= counted(v) * (1 - 1e-12);
    }),
  );

  law(
    'M-41 integers stand on the safe side of the real rule, by less than one unit of each division',
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 20n }),
      fc.bigInt({ min: 0n, max: 10n ** 6n }),
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      (size, factor, notional) => {
        const root = isqrt(size);
        const asset = sizedAssetWeight({ size, factor, weight: 9_000n });
        const debt = sizedLiabilityWeight({ size, factor, weight: 11_000n });
        const caps = { openInterest: size, lower: 10n ** 18n, upper: 10n ** 19n };
        const ppm = openInterestFraction(factor, caps);
        const margin = fractionOf(notional, ppm) * 1_000_000n - notional * ppm;
        return (
          root * root <= size &&
          (root + 1n) * (root + 1n) > size &&
          asset <= 9_000n &&
          debt >= 11_000n &&
          ppm >= factor &&
          ppm <= 1_000_000n &&
          margin >= 0n &&
          margin < 1_000_000n
        );
      },
    ),
  );
});

const quantity = fc.bigInt({ min: 1n, max: 10n ** 10n });

describe('vaults', () => {
  law(
    'M-42 a vault that holds its largest loss is never short at expiry, and one unit less is short somewhere',
    fc.property(
      fc.constantFrom('call', 'put'),
      quantity,
      quantity,
      quantity,
      quantity,
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      (right, ks, qs, kl, ql, settlement) => {
        const short: VaultLeg = { right, strike: ks, quantity: qs };
        const long: VaultLeg = { right, strike: kl, quantity: ql };
        const decimals = 18;
        const need = -vaultExcess({ short, long, collateral: 0n, decimals });
        const at = (price: bigint, collateral: bigint) =>
          vaultExcess({ short, long, collateral, decimals }, price);
        const prices = [1n, ks, kl, settlement, 10n ** 40n];
        const safe = prices.every((price) => at(price, need) >= 0n);
        // The worst is reached in the limit of a price of nothing or without end; a handful of units says the same.
        const slack = right === 'put' ? ((qs + ql) * 10n ** 18n) / 10n ** 16n : 10n;
        const tight = need <= 0n || prices.some((price) => at(price, need - 1n - slack) < 0n);
        return safe && tight;
      },
    ),
  );
});

const amounts = between(-1_000, 1_000);
const locked = fc.record({
  base: fc.constantFrom('B', 'C'),
  quote: fc.constant('Q'),
  lockedBase: between(0, 100),
  lockedQuote: between(0, 100),
});

describe('cross health', () => {
  const token = (balance: number, price: number) => ({
    balance,
    price,
    assetWeight: 0.5,
    debtWeight: 1.5,
    deposits: 0,
    borrows: 0,
    depositsStart: 1e15,
    borrowsStart: 1e15,
  });

  law(
    'M-43 with orders health is never above that of any way to fill them',
    fc.property(amounts, amounts, amounts, fc.array(locked, { maxLength: 5 }), (q, b, c, markets) => {
      const tokens = { Q: token(q, 1), B: token(b, 5), C: token(c, 10) };
      const health = crossHealth({ tokens, markets, perpetuals: [] });
      for (let ways = 0; ways < 2 ** markets.length; ways++) {
        const after = { Q: { ...tokens.Q }, B: { ...tokens.B }, C: { ...tokens.C } };
        markets.forEach(({ base, lockedBase, lockedQuote }, i) => {
          const price = base === 'B' ? 5 : 10;
          if ((ways >> i) & 1) after[base].balance += lockedBase + lockedQuote / price;
          else after.Q.balance += lockedQuote + lockedBase * price;
        });
        const filled = crossHealth({ tokens: after, markets: [], perpetuals: [] });
        if (filled < health - 1e-9 * (1 + Math.abs(health))) return false;
      }
      return true;
    }),
  );

  law(
    'M-43 more of a token never lowers health',
    fc.property(amounts, amounts, between(0, 100), fc.array(locked), (q, b, more, markets) => {
      const health = (extra: number) =>
        crossHealth({
          tokens: { Q: token(q + extra, 1), B: token(b, 5), C: token(0, 10) },
          markets,
          perpetuals: [],
        });
      return health(more) >= health(0) - 1e-9;
    }),
  );
});

describe('liquidation price', () => {
  law(
    'M-44 at the price equity is maintenance margin, and where there is none equity stays above it (long) or below (short)',
    fc.property(
      amounts,
      between(1, 1e5),
      between(-1e6, 1e6),
      tiers,
      between(0, 1e5),
      (size, mark, equity, steps, other) => {
        fc.pre(Math.abs(size) > 1e-3);
        const free = (price: number) =>
          equity + size * (price - mark) - other - tieredMargin(Math.abs(size) * price, steps);
        const price = liquidationPrice({ size, mark, equity, tiers: steps, other });
        const scale = Math.abs(equity) + Math.abs(size) * (mark + (price ?? 0)) + other;
        if (price !== undefined) return Math.abs(free(price)) <= 1e-9 * scale;
        return size > 0 ? free(0) >= -1e-9 * scale : free(0) <= 1e-9 * scale;
      },
    ),
  );

  law(
    'M-44 a root on a border between tiers is found from either side',
    fc.property(
      between(0.1, 1e4),
      fc.integer({ min: 1, max: 4 }),
      between(1, 1e5),
      tiers,
      (size, n, mark, steps) => {
        const border = steps[Math.min(n, steps.length - 1)]!;
        const price = border.from / size;
        fc.pre(border.from > 0);
        return [size, -size].every((held) => {
          // The equity that is just the margin at the border.
          const equity = tieredMargin(border.from, steps) - held * (price - mark);
          const found = liquidationPrice({ size: held, mark, equity, tiers: steps });
          return found !== undefined && Math.abs(found - price) <= 1e-9 * (price + mark);
        });
      },
    ),
  );

  law(
    'M-44 inverse: the same in coins',
    fc.property(
      between(1, 1e6),
      fc.boolean(),
      between(100, 1e5),
      between(0, 10),
      (n, isLong, mark, equity) => {
        const size = isLong ? n : -n;
        const steps = withDeductions([
          { from: 0, rate: 0.01 },
          { from: 2, rate: 0.02 },
        ]);
        const price = inverseLiquidationPrice({ size, mark, equity, tiers: steps });
        if (price === undefined) return !isLong && equity >= (n / mark) * (1 - 1e-9);
        const free = equity + size / mark - size / price - tieredMargin(n / price, steps);
        return Math.abs(free) <= 1e-9 * (equity + n / mark + n / price);
      },
    ),
  );
});
