// Margin by formula: vaults, naked options, weights and health, as the field's own test suites state them.

import {
  type CrossAccount,
  crossHealth,
  depositCappedWeight,
  fractionOf,
  nakedOption,
  openInterestFraction,
  type SizedWeight,
  sizedAssetWeight,
  sizedLiabilityWeight,
  type VaultLeg,
  vaultExcess,
} from '@plimsoll/core/static';
import { has, list, num, numOf, part, right, scaled, tolerance, word } from './fields.ts';
import { exactly, holds, near, type Raw, type Suite, Unreadable, within } from './suite.ts';

/** Strikes, prices and quantities of a vault have eight decimals. */
const VAULT_DECIMALS = 8;

function vaultLeg(row: Raw, field: string): VaultLeg | undefined {
  if (!has(row, field)) return undefined;
  const leg = part(row, field);
  const amount = (name: string) => scaled(leg, name, VAULT_DECIMALS);
  return { right: right(leg), strike: amount('strike'), quantity: amount('qty') };
}

const maxLoss: Suite = {
  id: 'margin.max-loss-spreads',
  answer(row) {
    const vault = {
      short: vaultLeg(row, 'short'),
      long: vaultLeg(row, 'long'),
      collateral: scaled(row, 'collateralUnits', 0),
      decimals: num(row, 'collateralDecimals'),
    };
    const settlement = has(row, 'settlementPrice')
      ? scaled(row, 'settlementPrice', VAULT_DECIMALS)
      : undefined;
    const excess = vaultExcess(vault, settlement);
    const out = part(row, 'out');
    const isCovered = excess >= 0n;
    return [
      holds('hasExcess', out['hasExcess'] === true, isCovered, ''),
      exactly('netUnits', scaled(out, 'netUnits', 0), isCovered ? excess : -excess),
    ];
  },
};

const naked: Suite = {
  id: 'margin.naked-opyn',
  answer(row, suite) {
    const [strike, spot, bound] = [num(row, 'strike'), num(row, 'spot'), num(row, 'upperBound')];
    const got = num(row, 'qty') * nakedOption(right(row), strike, spot, bound, num(row, 'spotShock'));
    return [near('required', num(row, 'required'), got, tolerance(suite, 'relative', 1e-12), 0)];
  },
};

const openInterest: Suite = {
  id: 'margin.open-interest-scaled-imf',
  answer(row) {
    const whole = (field: string) => scaled(row, field, 0);
    const fraction = openInterestFraction(whole('baseImfPpm'), {
      openInterest: whole('openNotional'),
      lower: whole('oiLowerCap'),
      upper: whole('oiUpperCap'),
    });
    const checks = has(row, 'effectiveImfPpm')
      ? [exactly('effectiveImfPpm', whole('effectiveImfPpm'), fraction)]
      : [];
    if (has(row, 'initialMargin')) {
      const got = fractionOf(whole('positionNotional'), fraction);
      checks.push(exactly('initialMargin', whole('initialMargin'), got));
    }
    return checks;
  },
};

/** The weight of a side of a balance sheet, both names of the debt side. */
export function sizedWeight(kind: string, sized: SizedWeight, isBounded: boolean): bigint {
  if (kind === 'asset') return sizedAssetWeight(sized);
  if (kind === 'liab' || kind === 'liability') return sizedLiabilityWeight(sized, isBounded);
  throw new Unreadable(`field "kind" is "${kind}"; asset or liability is needed`);
}

const sizeScaled: Suite = {
  id: 'collateral.size-scaled-weights',
  answer(row) {
    const sized = {
      size: scaled(row, 'sizeUnits', 9),
      factor: scaled(row, 'imfFactor1e6', 0),
      weight: scaled(row, 'baseWeight1e4', 0),
    };
    return [exactly('weight1e4', scaled(row, 'weight1e4', 0), sizedWeight(word(row, 'kind'), sized, true))];
  },
};

const depositCap: Suite = {
  id: 'collateral.deposit-cap-scaling',
  answer(row) {
    const deposits = scaled(row, 'totalDepositsUnits', 9) * scaled(row, 'price', 9);
    const weight = depositCappedWeight(
      scaled(row, 'baseWeight1e4', 0),
      deposits,
      scaled(row, 'start', 9 + 9),
    );
    return [exactly('weight1e4', scaled(row, 'weight1e4', 0), weight)];
  },
};

/** What the source's cases share and say in words: three tokens by price and weights, and a perpetual settled in the first. */
const HEALTH_TOKENS = [
  { name: 'token1', price: 1, assetWeight: 0.8, debtWeight: 1.2 },
  { name: 'token2', price: 5, assetWeight: 0.5, debtWeight: 1.5 },
  { name: 'token3', price: 10, assetWeight: 0.5, debtWeight: 1.5 },
] as const;
const HEALTH_PERPETUAL = { lotValue: 50, assetWeight: 0.8, debtWeight: 1.2, overallWeight: 0.95 } as const;

function numbers(row: Raw, field: string, count: number): readonly number[] {
  const items = list(row, field);
  if (items.length !== count)
    throw new Unreadable(`field "${field}" has ${items.length} items, not ${count}`);
  return items.map((item, i) => numOf(item, `${field}[${i}]`));
}

function healthAccount(row: Raw): CrossAccount {
  const tokens = HEALTH_TOKENS.map(({ name, ...weights }, i) => {
    const [everybody = 0, start = 0] = numbers(row, `bs${i + 1}`, 2);
    const shared = { deposits: everybody, borrows: everybody, depositsStart: start, borrowsStart: start };
    return [name, { balance: num(row, name), ...weights, ...shared }] as const;
  });
  const market = (i: 2 | 3) => {
    const [lockedQuote = 0, lockedBase = 0] = numbers(row, `openOrders1${i}`, 2);
    // The best bid is stated as one over it; nothing placed is 0.
    const [bidInverse = 0, ask = 0] = has(row, `bestBidAsk1${i}`) ? numbers(row, `bestBidAsk1${i}`, 2) : [];
    return {
      base: `token${i}`,
      quote: 'token1',
      lockedBase,
      lockedQuote,
      highestBid: bidInverse === 0 ? undefined : 1 / bidInverse,
      lowestAsk: ask === 0 ? undefined : ask,
    };
  };
  const [lots = 0, quote = 0, bidLots = 0, askLots = 0] = numbers(row, 'perp', 4);
  return {
    tokens: Object.fromEntries(tokens),
    markets: [market(2), market(3)],
    perpetuals: [{ settle: 'token1', lots, quote, bidLots, askLots, ...HEALTH_PERPETUAL }],
  };
}

const health: Suite = {
  id: 'margin.cross-health-open-orders',
  answer(row, suite) {
    const got = crossHealth(healthAccount(row));
    return [within('initHealth', num(row, 'initHealth'), got, tolerance(suite, 'absolute', 1e-7))];
  },
};

/** Suites about margin and collateral by formula. */
export const staticSuites: readonly Suite[] = [maxLoss, naked, openInterest, sizeScaled, depositCap, health];
