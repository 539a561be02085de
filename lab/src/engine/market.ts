// A market made by hand, cheap to make and to judge on: two coins on paths that are calm, trend, crash or jump, smiles with skew, a stable coin.

import {
  type Instant,
  type Market,
  marketDigest,
  type Slice,
  type UnderlyingMarket,
  yearsBetween,
} from '@plimsoll/core';
import type { Dice } from './dice.ts';
import { COINS, FAR, INDEX_FIRST, NEAR } from './products.ts';

/** How a coin moves for a while. Shares of the index a step. */
const MOODS = {
  calm: { drift: 0, noise: 0.001, jump: 0 },
  trend: { drift: 0.004, noise: 0.003, jump: 0 },
  fall: { drift: -0.006, noise: 0.004, jump: 0 },
  crash: { drift: -0.02, noise: 0.02, jump: 8 },
  wild: { drift: 0, noise: 0.03, jump: 15 },
} as const;
type Mood = keyof typeof MOODS;

/** One coin on its way. */
export interface CoinPath {
  readonly coin: string;
  index: number;
  vol: number;
  mood: Mood;
}

/** @example pathsOf(rollOf(1)).map(({ coin }) => coin) // ['BTC', 'ETH'] */
export function pathsOf(dice: Dice): CoinPath[] {
  return COINS.map((coin) => ({
    coin,
    index: INDEX_FIRST[coin] * (0.9 + 0.2 * dice.next()),
    vol: 0.4 + 0.4 * dice.next(),
    mood: 'calm',
  }));
}

/** One step of every path; coins fall together more often than not. */
export function stepPaths(dice: Dice, paths: readonly CoinPath[], isStormy: boolean): void {
  const common = dice.normal();
  if (dice.percent(isStormy ? 25 : 10)) {
    const mood = dice.weighted(
      isStormy
        ? { calm: 12, trend: 22, fall: 26, crash: 20, wild: 20 }
        : { calm: 40, trend: 20, fall: 20, crash: 12, wild: 8 },
    );
    for (const path of paths) path.mood = mood;
  }
  for (const path of paths) {
    const { drift, noise, jump } = MOODS[path.mood];
    const leap = dice.percent(jump) ? (dice.percent(70) ? -1 : 1) * (0.05 + 0.15 * dice.next()) : 0;
    const move = drift + noise * (0.8 * common + 0.6 * dice.normal()) + leap;
    path.index = Math.max(1, path.index * (1 + Math.max(-0.5, Math.min(0.5, move))));
    path.vol = Math.min(2.5, Math.max(0.15, path.vol * (1 + 0.2 * Math.abs(move) - 0.002)));
  }
}

function sliceOf(at: Instant, expiry: Instant, forward: number, vol: number): Slice {
  const years = yearsBetween(at, expiry);
  const theta = vol * vol * years;
  const rho = -0.2;
  const phi = 1.2 / Math.sqrt(theta * (1 + theta));
  const svi = {
    a: (theta * (1 - rho * rho)) / 2,
    b: (theta * phi) / 2,
    rho,
    m: -rho / phi,
    sigma: Math.sqrt(1 - rho * rho) / phi,
  };
  return {
    expiry,
    years,
    forward,
    smileForward: forward,
    smileYears: years,
    smile: { near: svi, far: svi, mix: 0 },
    deforms: [],
    unfixed: 1,
    quality: {
      source: 'given',
      fitError: 0.002,
      quoteWidth: 0.004,
      uncertainty: 0.003,
      confidence: 0.94,
      quotesUsed: 20,
      insideShare: 1,
      butterflyMin: 0.1,
      calendarMin: 0.0001,
    },
  };
}

function coinAt(at: Instant, { coin, index, vol }: CoinPath): UnderlyingMarket {
  const dates = [NEAR, FAR].filter((expiry) => expiry > at);
  return {
    underlying: coin,
    index,
    indexUncertainty: 0.0002,
    perpetual: index * 1.0003,
    futures: FAR > at ? [{ expiry: FAR, forward: index * 1.004 }] : [],
    slices: dates.map((expiry) => sliceOf(at, expiry, index * (expiry === FAR ? 1.004 : 1), vol)),
    refused: [],
  };
}

/** The market that paths make at a time. @example marketAt(START, paths, 1).underlyings.length // 2 */
export function marketAt(at: Instant, paths: readonly CoinPath[], peg: number): Market {
  const market = {
    at,
    source: 'simulated',
    underlyings: paths.map((path) => coinAt(at, path)),
    pegs: new Map([
      ['USD', 1],
      ['USDC', peg],
    ]),
    touches: new Map(),
  };
  return { ...market, digest: marketDigest(market) };
}
