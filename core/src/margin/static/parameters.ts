// What `static` is told: shares of notional by size, a rule for short options, and what collateral counts. Plain data with a version.

import type { AssetHaircut } from '../haircut.ts';
import type { ModelParameters } from '../requirement.ts';
import type { ShortOptionRates } from './short-option.ts';

/** From this notional on, dollars of one product, the next dollar is charged at these rates. */
export interface StaticTier {
  readonly from: number;
  readonly maintenance: number;
  readonly initial: number;
}

/** How a perpetual or future is margined. */
export interface LinearRule {
  readonly tiers: readonly StaticTier[];
  /** Least rate per square root of a dollar of notional; 0 is off. At 1e-5 a position of a hundred million needs at least 10 % and four fifths of its tiers. */
  readonly sizeFactor: number;
  /** Open interest of the product and the caps between which initial margin grows to the whole notional, dollars; an upper cap of 0 is off. */
  readonly openInterest: { readonly held: number; readonly lower: number; readonly upper: number };
}

/** What a balance of an asset counts. */
export interface CollateralRule {
  readonly maintenance: AssetHaircut;
  readonly initial: AssetHaircut;
  /** Size discount of what is owned and premium of what is owed, per square root of a dollar; 0 is off. */
  readonly sizeFactor: number;
  /** What everybody has deposited, and from where on the initial weight shrinks by `start / held`, dollars; a start of 0 is off. */
  readonly deposits: { readonly held: number; readonly start: number };
}

/** The rules of one coin. */
export interface StaticCoin {
  readonly perpetual: LinearRule;
  readonly future: LinearRule;
  readonly option: ShortOptionRates;
  readonly collateral: CollateralRule;
}

/** Trading fees of a fill: share of notional; of an option a share of the index, at most a share of its value. */
export interface StaticFees {
  readonly future: number;
  readonly option: number;
  readonly optionCap: number;
}

/** Everything the `static` model is told. */
export interface StaticParameters extends ModelParameters {
  readonly coins: Readonly<Record<string, StaticCoin>>;
  /** Coins that are not named. */
  readonly otherCoin: StaticCoin;
  /** The stable assets there are; anything else that is no coin of the market is refused. */
  readonly pegs: Readonly<Record<string, CollateralRule>>;
  /** Perpetuals and futures with a rule of their own, by name. */
  readonly products: Readonly<Record<string, LinearRule>>;
  /** Options with rates of their own, by name. */
  readonly options: Readonly<Record<string, ShortOptionRates>>;
  /** Release = maintenance plus this share of what positions and debts ask for. */
  readonly releaseBuffer: number;
  readonly fees: StaticFees;
}

const OFF = { sizeFactor: 0, openInterest: { held: 0, lower: 0, upper: 0 } } as const;
const NO_DEPOSITS = { held: 0, start: 0 } as const;

/** Three tiers that ask for a quarter more and then for double, from these notionals on. */
function tiersOf(maintenance: number, initial: number, second: number, third: number): LinearRule {
  const tier = (from: number, times: number): StaticTier => ({
    from,
    maintenance: times * maintenance,
    initial: times * initial,
  });
  return { tiers: [tier(0, 1), tier(second, 1.25), tier(third, 2)], ...OFF };
}

function collateralOf(maintenance: number, initial: number): CollateralRule {
  return {
    maintenance: { haircut: maintenance, owed: maintenance },
    initial: { haircut: initial, owed: initial },
    sizeFactor: 0,
    deposits: NO_DEPOSITS,
  };
}

function coinOf(
  maintenance: number,
  initial: number,
  [second, third]: readonly [number, number],
  option: ShortOptionRates,
): StaticCoin {
  const linear = tiersOf(maintenance, initial, second, third);
  return { perpetual: linear, future: linear, option, collateral: collateralOf(maintenance, initial) };
}

/**
 * Defaults. Rates are the scan ranges of `grid`, so that one outright future needs about as much under both and what differs is what netting
 * is worth; tiers begin at 0.5 % and 2.5 % of a day's turnover. Options: Deribit's standard margin (15 %, 10 %, 7.5 %) for BTC, for other coins in
 * proportion to their initial range. Collateral is not swept here, so it is cut by its own range. Size factors, open-interest and
 * deposit caps are off: they belong to a venue's own numbers.
 */
export const staticDefaults: StaticParameters = {
  id: 'static',
  version: '2026-11-1',
  coins: {
    BTC: coinOf(0.09, 0.16, [1e8, 5e8], { initial: 0.15, initialMin: 0.1, maintenance: 0.075 }),
    ETH: coinOf(0.115, 0.2, [5e7, 2.5e8], { initial: 0.19, initialMin: 0.125, maintenance: 0.095 }),
    SOL: coinOf(0.15, 0.25, [1.5e7, 7.5e7], { initial: 0.235, initialMin: 0.155, maintenance: 0.115 }),
  },
  otherCoin: coinOf(0.22, 0.35, [1e6, 5e6], { initial: 0.33, initialMin: 0.22, maintenance: 0.165 }),
  pegs: {
    USD: collateralOf(0, 0),
    USDC: collateralOf(0.03, 0.03),
    USDT: collateralOf(0.03, 0.03),
    DAI: collateralOf(0.05, 0.05),
    USDE: collateralOf(0.1, 0.1),
  },
  products: {},
  options: {},
  releaseBuffer: 0.2,
  fees: { future: 0.0005, option: 0.0003, optionCap: 0.125 },
};

/** A coin's rules, the fallback where it has none of its own. @example staticCoin(staticDefaults, 'DOGE').option.initial // 0.33 */
export function staticCoin(parameters: StaticParameters, coin: string): StaticCoin {
  return Object.hasOwn(parameters.coins, coin) ? parameters.coins[coin]! : parameters.otherCoin;
}
