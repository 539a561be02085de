// What `okx-pm` is told: OKX's portfolio margin parameters, as they stood on three days.

import type { DatedParameters, ModelParameters } from '../../requirement.ts';
import type { OkxBasis, OkxBorrow, OkxTier } from './terms.ts';

/** What OKX says of one coin. Shares are decimals. */
export interface OkxCoin {
  /** Spot moves of MR1, ascending, each taken both ways; every coin has as many. */
  readonly moves: readonly number[];
  /** The spot move of MR6, taken both ways. */
  readonly extreme: number;
  /** MR4. */
  readonly basis: OkxBasis;
  /** MR7 before its multipliers: slippage and taker fee, a share of the dollars of delta. */
  readonly unwind: number;
  /** Multipliers of MR7, slice by slice of the raw charge in dollars. */
  readonly tiers: readonly OkxTier[];
  /** One less the discount rate of the first tier: the share of an owned balance that does not count. */
  readonly haircut: number;
  /** MR8. */
  readonly borrow: OkxBorrow;
}

/** What OKX says of a dollar coin. */
export interface OkxStable {
  readonly haircut: number;
  readonly borrow: OkxBorrow;
}

/** A vol move at a tenor. */
export interface OkxVolNode {
  readonly days: number;
  readonly move: number;
}

/** MR9: what a dollar that is hedged across quote currencies counts, slice by slice of the hedged size. */
export interface OkxDepeg {
  /** At this price of the stable coin and above. */
  readonly near: { readonly price: number; readonly tiers: readonly OkxTier[] };
  /** At this price and below; between the two, linear in the price. */
  readonly far: { readonly price: number; readonly factor: number };
}

/** Everything `okx-pm` is told. */
export interface OkxParameters extends ModelParameters {
  readonly coins: Readonly<Record<string, OkxCoin>>;
  /** Coins that are not named. */
  readonly otherCoin: OkxCoin;
  readonly pegs: Readonly<Record<string, OkxStable>>;
  /** Vol moves of MR1, up and down: in points, and as a share of the vol; the worse counts. Linear between tenors, flat beyond. */
  readonly vols: { readonly points: readonly OkxVolNode[]; readonly relative: readonly OkxVolNode[] };
  /** Days that MR2 lets pass. */
  readonly thetaDays: number;
  /** Share of the loss of MR6 that counts. */
  readonly extremeShare: number;
  /** MR3: share of the smaller side of vega that another expiry's offsets. */
  readonly vegaOffset: number;
  /** MR7 of an option: its delta counts as at least so many coins; its fee is a share of the index, capped by a share of its value. */
  readonly option: { readonly deltaMin: number; readonly fee: number; readonly feeCap: number };
  readonly depeg: OkxDepeg;
  /** IMR over MMR. */
  readonly initialFactor: number;
  /** Taker fee of a future's fill, a share of notional. */
  readonly futureFee: number;
}

/** Multipliers from 1 up, at the ends of the slices before. */
function tiersOf(ends: readonly number[], factors: readonly number[]): readonly OkxTier[] {
  return factors.map((factor, i) => ({ from: i === 0 ? 0 : ends[i - 1]!, factor }));
}

/** The slices of 2021 for BTC and ETH, which still held in the first days of 2025. */
const TIERS_LARGE = tiersOf([10_000, 70_000, 170_000, 300_000, 470_000, 700_000], [1, 2, 4, 6, 8, 10, 12]);
/** The slices of 2021 for the coins next to them, as far as they were found; taken for all others too. */
const TIERS_OTHER = tiersOf(
  [7_000, 16_000, 29_000, 43_000, 69_000, 95_000, 121_000],
  [1, 2, 3, 4, 5, 6, 7, 8],
);

/** 2 % and 10 % stand in the position-builder example for USDT; higher tiers and other coins ask for more. */
const BORROW: OkxBorrow = { maintenance: 0.02, initial: 0.1 };
const BORROW_OTHER: OkxBorrow = { maintenance: 0.03, initial: 0.1 };

type Group = 'large' | 'middle' | 'other';

const MOVES: Readonly<Record<'before' | 'since', Readonly<Record<Group, readonly number[]>>>> = {
  before: { large: [0.05, 0.1, 0.15], middle: [0.07, 0.14, 0.2], other: [0.08, 0.16, 0.25] },
  since: { large: [0.04, 0.08, 0.12], middle: [0.06, 0.12, 0.18], other: [0.08, 0.16, 0.25] },
};
const EXTREMES: Readonly<Record<'before' | 'since', Readonly<Record<Group, number>>>> = {
  before: { large: 0.3, middle: 0.4, other: 0.5 },
  since: { large: 0.24, middle: 0.36, other: 0.5 },
};
/** Yearly moves are announced; the least moves of BTC and LTC stand in the position-builder example, of the rest they are judgement. */
const BASIS: Readonly<Record<Group, OkxBasis>> = {
  large: { min: 0.002, yearly: 0.05 },
  middle: { min: 0.008, yearly: 0.15 },
  other: { min: 0.016, yearly: 0.3 },
};
/** The first two stand in the position-builder example for BTC and LTC; the third is judgement. */
const UNWIND: Readonly<Record<Group, number>> = { large: 0.0045, middle: 0.007, other: 0.01 };
/** First tiers of 2025 and 2026: 0.98 for BTC by press, 0.90 for BCH, 0.80 for what is small; the rest is judgement. */
const HAIRCUT: Readonly<Record<Group, number>> = { large: 0.02, middle: 0.1, other: 0.2 };

/** The middle group of MR1 until a day in 2025, by the announcement of 2025-01-02. */
const MIDDLE_MOVES = ['LTC', 'BCH', 'EOS', 'OKB', 'DOT', 'BSV', 'LINK', 'FIL', 'ADA', 'TRX', 'UNI', 'XRP'];
/** The middle group of MR4 and MR6, and by the documentation of 2025-12-04 of MR1 too. */
const MIDDLE = ['SOL', 'DOGE', 'PEPE', 'XRP', 'BNB', 'SHIB', 'LTC', 'ORDI', 'WLD', 'BCH', 'ADA'];

function coinOf(times: 'before' | 'since', moves: Group, rest: Group): OkxCoin {
  return {
    moves: MOVES[times][moves],
    extreme: EXTREMES[times][rest],
    basis: BASIS[rest],
    unwind: UNWIND[rest],
    tiers: rest === 'large' ? TIERS_LARGE : TIERS_OTHER,
    haircut: HAIRCUT[rest],
    borrow: rest === 'large' ? BORROW : BORROW_OTHER,
  };
}

function coinsOf(times: 'before' | 'since', middleMoves: readonly string[]): Record<string, OkxCoin> {
  // Every set names the same coins, so that two of them differ in numbers.
  const names = [...new Set(['BTC', 'ETH', ...MIDDLE_MOVES, ...MIDDLE])];
  const large = new Set(['BTC', 'ETH']);
  const groupIn = (middle: readonly string[], coin: string): Group =>
    large.has(coin) ? 'large' : middle.includes(coin) ? 'middle' : 'other';
  return Object.fromEntries(
    names.map((coin) => [coin, coinOf(times, groupIn(middleMoves, coin), groupIn(MIDDLE, coin))]),
  );
}

const okx2024: OkxParameters = {
  id: 'okx-pm',
  version: '2024-12-30',
  coins: coinsOf('before', MIDDLE_MOVES),
  otherCoin: coinOf('before', 'other', 'other'),
  pegs: {
    USD: { haircut: 0, borrow: BORROW },
    USDC: { haircut: 0, borrow: BORROW },
    USDT: { haircut: 0, borrow: BORROW },
  },
  vols: {
    points: [
      { days: 0, move: 0.3 },
      { days: 30, move: 0.25 },
      { days: 60, move: 0.2 },
    ],
    relative: [
      { days: 0, move: 0.5 },
      { days: 30, move: 0.35 },
      { days: 60, move: 0.25 },
    ],
  },
  thetaDays: 1,
  extremeShare: 0.5,
  // What Deribit's first portfolio margin kept of vega offset across expiries; OKX prints no number.
  vegaOffset: 0.25,
  option: { deltaMin: 1, fee: 0.0003, feeCap: 0.125 },
  depeg: {
    // The row of the venue's worked example, taken to hold at 0.99 and above, where its documentation has a floor of 0.5 % and 1 %.
    near: { price: 0.99, tiers: tiersOf([1e6, 5e6], [0.0075, 0.0175, 0.025]) },
    far: { price: 0.8, factor: 0.4 },
  },
  initialFactor: 1.3,
  futureFee: 0.0005,
};

const okx2025: OkxParameters = {
  ...okx2024,
  version: '2025-01-06',
  coins: coinsOf('since', MIDDLE_MOVES),
  otherCoin: coinOf('since', 'other', 'other'),
};

const okxLatest: OkxParameters = { ...okx2025, version: '2025-12-04', coins: coinsOf('since', MIDDLE) };

const ANNOUNCED = 'OKX help, "OKX will further adjust portfolio margin parameters", 2025-01-02';

/** OKX's portfolio margin by date. */
export const okxHistory: readonly [
  DatedParameters<OkxParameters>,
  DatedParameters<OkxParameters>,
  DatedParameters<OkxParameters>,
] = [
  {
    effective: '2024-12-30',
    source: `${ANNOUNCED}, columns "before" of MR1 and MR6; MR4 as announced there, with the merged risk units from this day on. Vol moves: an older reading, points and percent. Not known: MR3, MR5, rates of MR9, least moves of MR4 but for BTC and LTC, discount rates beyond the first tier.`,
    parameters: okx2024,
  },
  {
    effective: '2025-01-06',
    source: `${ANNOUNCED}: MR1 and MR6 of this day, four days after the notice. MR7 changed on 2025-01-15 to multipliers that were not found; those of 2021 stand, the first of which holds in the position-builder example of that day.`,
    parameters: okx2025,
  },
  {
    effective: '2025-12-04',
    source:
      'OKX product documentation, "Portfolio margin mode: cross-margin trading (Risk Unit Merge)", as updated on this day: the middle group of MR1 is that of MR6. The day of the change is not known.',
    parameters: okxLatest,
  },
];

/** A coin's parameters, the fallback where it has none of its own. @example okxCoin(parameters, 'BTC').extreme // 0.24 */
export function okxCoin(parameters: OkxParameters, coin: string): OkxCoin {
  return parameters.coins[coin] ?? parameters.otherCoin;
}
