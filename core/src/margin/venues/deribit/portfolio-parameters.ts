// What `deribit-pm` is told: the model parameters of the venue's portfolio margin, pair by pair and currency by currency, as seen on three days.

import type { DatedParameters, ModelParameters } from '../../requirement.ts';
import type { StaticFees } from '../../static/parameters.ts';

/** Parameters of a coin against the dollar: the venue's `currency_pair`. */
export interface PmPair {
  /** `price_range`: the farthest move of the standard table. */
  readonly priceRange: number;
  readonly volatilityRangeUp: number;
  readonly volatilityRangeDown: number;
  /** Powers of `30 / DTE` below thirty days and from there on. */
  readonly shortTermVegaPower: number;
  readonly longTermVegaPower: number;
  /** Where vol goes up it goes at least here. */
  readonly minVolatilityForShockUp: number;
  readonly extendedTableFactor: number;
  /** `delta_total_liq_shock_threshold`, dollars. */
  readonly deltaShockThreshold: number;
  /** Growth of the delta shock per coin. */
  readonly mInc: number;
  readonly maxDeltaShock: number;
}

/** Parameters of a settlement currency: the venue's `currency`. `USD` stands for every dollar coin. */
export interface PmCurrency {
  /** Share of gains that may meet losses of the same coin in another currency, and dollars at most. */
  readonly pnlOffset: number;
  readonly maxOffsetablePnl: number;
  readonly annualisedMoveRisk: number;
  readonly minAnnualisedMove: number;
  /** Dollars. */
  readonly extendedDampener: number;
  /** Share of an owned balance that initial margin does not count. */
  readonly haircut: number;
}

/** Everything `deribit-pm` is told. */
export interface DeribitPortfolioParameters extends ModelParameters {
  readonly pairs: Readonly<Record<string, PmPair>>;
  readonly currencies: Readonly<Record<string, PmCurrency>>;
  /** The dollar coins there are, each with its haircut. */
  readonly pegs: Readonly<Record<string, { readonly haircut: number }>>;
  /** `mm_factor`: maintenance as a share of the risk matrix margin. */
  readonly mmFactor: number;
  /** Days to expiry are never taken smaller for vol moves. */
  readonly dteFloor: number;
  readonly fees: StaticFees;
}

const VEGA_POWERS = { shortTermVegaPower: 0.3, longTermVegaPower: 0.13 } as const;

const BTC_2024: PmPair = {
  priceRange: 0.16,
  volatilityRangeUp: 0.5,
  volatilityRangeDown: 0.25,
  ...VEGA_POWERS,
  minVolatilityForShockUp: 0.5,
  extendedTableFactor: 1,
  deltaShockThreshold: 20e6,
  mInc: 5e-5,
  maxDeltaShock: 0.1,
};

const BTC_COIN_2024: PmCurrency = {
  pnlOffset: 0,
  maxOffsetablePnl: 0,
  annualisedMoveRisk: 0.075,
  minAnnualisedMove: 0.01,
  extendedDampener: 100_000,
  haircut: 0,
};

const USD_2024: PmCurrency = {
  pnlOffset: 0,
  maxOffsetablePnl: 0,
  annualisedMoveRisk: 0.1,
  minAnnualisedMove: 0.01,
  extendedDampener: 25_000,
  haircut: 0,
};

const ETH_2026: PmPair = { ...BTC_2024, priceRange: 0.18, volatilityRangeUp: 0.4, mInc: 4e-6 };

const ETH_COIN_2026: PmCurrency = {
  pnlOffset: 0.6,
  maxOffsetablePnl: 20e6,
  annualisedMoveRisk: 0.05,
  minAnnualisedMove: 0.005,
  extendedDampener: 200_000,
  haircut: 0,
};

const portfolio2024: DeribitPortfolioParameters = {
  id: 'deribit-pm',
  version: '2024-06-17',
  pairs: { BTC: BTC_2024 },
  currencies: { BTC: BTC_COIN_2024, USD: USD_2024 },
  pegs: {
    USD: { haircut: 0 },
    USDC: { haircut: 0 },
    USDT: { haircut: 0 },
    USDE: { haircut: 0.05 },
    USYC: { haircut: 0.02 },
    BUIDL: { haircut: 0.02 },
  },
  mmFactor: 0.8,
  dteFloor: 1,
  fees: { future: 0.0005, option: 0.0003, optionCap: 0.125 },
};

const portfolioFebruary: DeribitPortfolioParameters = {
  ...portfolio2024,
  version: '2026-02-15',
  pairs: { BTC: BTC_2024, ETH: ETH_2026 },
  currencies: {
    BTC: BTC_COIN_2024,
    ETH: ETH_COIN_2026,
    USD: { ...USD_2024, pnlOffset: 0.4, maxOffsetablePnl: 1e6 },
  },
};

const portfolioSeptember: DeribitPortfolioParameters = {
  ...portfolioFebruary,
  version: '2026-09-23',
  pairs: { BTC: { ...BTC_2024, priceRange: 0.14, volatilityRangeUp: 0.4 }, ETH: ETH_2026 },
  currencies: {
    ...portfolioFebruary.currencies,
    BTC: { ...BTC_COIN_2024, extendedDampener: 200_000, minAnnualisedMove: 0.005 },
  },
};

const KEPT = 'What was not seen that day is what was seen last.';

/** The parameters of the portfolio margin by date; the venue changes them without notice. */
export const deribitPortfolioHistory: readonly [
  DatedParameters<DeribitPortfolioParameters>,
  DatedParameters<DeribitPortfolioParameters>,
  DatedParameters<DeribitPortfolioParameters>,
] = [
  {
    effective: '2024-06-17',
    source:
      'model_params of the example answer in the documentation of private/pme/simulate: BTC and USD. Haircuts of dollar coins are of 2026.',
    parameters: portfolio2024,
  },
  {
    effective: '2026-02-15',
    source: `model_params of an answer of private/pme/simulate on mainnet: ETH and USD; its extended table factor and delta threshold were not noted. ${KEPT}`,
    parameters: portfolioFebruary,
  },
  {
    effective: '2026-09-23',
    source: `A third party's reading of the venue, BTC: range, vol ranges, dampener, least move. ${KEPT}`,
    parameters: portfolioSeptember,
  },
];
