// What `deribit-sm` is told: Deribit's standard margin rates, as they stood on two days.

import type { DatedParameters } from '../../requirement.ts';
import type { ByPositionParameters } from '../../static/by-position.ts';
import type { ShortOptionRates } from '../../static/short-option.ts';

/** A rate that grows with the coins of the whole position: `base + slope x coins`. */
export interface Ramp {
  readonly base: number;
  readonly slope: number;
}

/** The rates of one coin. */
export interface DeribitStandardCoin {
  /** Perpetuals and futures, coin-settled and linear alike. */
  readonly linear: { readonly initial: Ramp; readonly maintenance: Ramp };
  /** Short options, shares of the index beyond the mark. */
  readonly option: ShortOptionRates;
  /** Share of an owned balance that initial margin does not count. */
  readonly haircut: number;
}

/** Everything `deribit-sm` is told. */
export interface DeribitStandardParameters extends ByPositionParameters {
  readonly coins: Readonly<Record<string, DeribitStandardCoin>>;
  /** The dollar coins there are, each with its haircut. */
  readonly pegs: Readonly<Record<string, { readonly haircut: number }>>;
}

const OPTION: ShortOptionRates = { initial: 0.15, initialMin: 0.1, maintenance: 0.075 };

function coinOf(initial: Ramp, maintenance: Ramp, haircut: number): DeribitStandardCoin {
  return { linear: { initial, maintenance }, option: OPTION, haircut };
}

/**
 * Taker fees of Deribit's schedule; a fill pays one. Release is maintenance itself: liquidation stops once below one hundred percent.
 * BTC and ETH count in full (`haircut` 0 in the venue's answers); the haircut of SOL is not known and is judgement.
 */
const standard2022: DeribitStandardParameters = {
  id: 'deribit-sm',
  version: '2022-01-11',
  coins: {
    BTC: coinOf({ base: 0.02, slope: 5e-5 }, { base: 0.01, slope: 5e-5 }, 0),
    ETH: coinOf({ base: 0.02, slope: 4e-6 }, { base: 0.01, slope: 4e-6 }, 0),
    SOL: coinOf({ base: 0.04, slope: 5e-6 }, { base: 0.02, slope: 5e-6 }, 0.1),
  },
  pegs: {
    USD: { haircut: 0 },
    USDC: { haircut: 0 },
    USDT: { haircut: 0 },
    USDE: { haircut: 0.05 },
    USYC: { haircut: 0.02 },
    BUIDL: { haircut: 0.02 },
  },
  releaseBuffer: 0,
  fees: { future: 0.0005, option: 0.0003, optionCap: 0.125 },
};

/** A coin whose maintenance rate is two thirds of the initial one at every size. */
function thirds({ linear, ...coin }: DeribitStandardCoin): DeribitStandardCoin {
  const { base, slope } = linear.initial;
  return { ...coin, linear: { ...linear, maintenance: { base: (base * 2) / 3, slope: (slope * 2) / 3 } } };
}

/** The rework: two thirds, and the slopes of before, because the table of leverages by size was not published with it. */
const standard2026: DeribitStandardParameters = {
  ...standard2022,
  version: '2026-08-01',
  coins: Object.fromEntries(Object.entries(standard2022.coins).map(([name, coin]) => [name, thirds(coin)])),
};

/** Deribit's standard margin by date. */
export const deribitStandardHistory: readonly [
  DatedParameters<DeribitStandardParameters>,
  DatedParameters<DeribitStandardParameters>,
] = [
  {
    effective: '2022-01-11',
    source:
      'Deribit support, "11 January 2022" (BTC, ETH) and "Linear Perpetual" (BTC, SOL). Haircuts: exchange updates of 2026; of SOL not known.',
    parameters: standard2022,
  },
  {
    effective: '2026-08-01',
    source:
      'Deribit insights, "New SM margin model", abstract: initial 1/50 for a small BTC position, maintenance two thirds of initial; the month is known, the day is not. How leverage falls with size is not known: slopes are those of 2022, and other coins follow the same two thirds.',
    parameters: standard2026,
  },
];
