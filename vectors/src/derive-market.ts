// Derive's fixtures as a market: forwards, stated vols and confidences per expiry, spot and perpetual per coin, the price of the stable.

import {
  type Instant,
  instant,
  type Market,
  marketDigest,
  type Option,
  oneTerm,
  type Slice,
  type UnderlyingMarket,
  volTable,
  yearsBetween,
} from '@plimsoll/core';
import { has, num, scaled } from './fields.ts';
import { type Raw, spacing, Unreadable } from './suite.ts';

/** When the fixtures are taken to be: they know only how long it is to an expiry. */
const AT = instant(Date.UTC(2026, 0, 1));
const WAD = 18;

/**
 * A confidence as a double that lies below a threshold where the decimal does. One that is a wad under a threshold becomes the same double as
 * it, and a charge that jumps there would be missed; it is read as the next double below.
 * @example confidenceOf({ c: '0.399999999999999999' }, 'c', [{ perpThreshold: '0.4' }]) // 0.39999999999999997
 */
export function confidenceOf(row: Raw, field: string, thresholds: readonly Raw[]): number {
  if (!has(row, field)) return 1;
  const exact = scaled(row, field, WAD);
  let value = num(row, field);
  for (const table of thresholds) {
    for (const name of Object.keys(table).filter((key) => /threshold$/i.test(key))) {
      const threshold = num(table, name);
      if (exact < scaled(table, name, WAD) && value >= threshold) value = threshold - spacing(threshold);
    }
  }
  return value;
}

/** An option of a fixture, by what it is and when it expires. */
export interface FixtureOption {
  readonly product: Option;
  readonly amount: number;
  readonly vol: number;
}

/** What a fixture says of one expiry. */
export interface FixtureExpiry {
  readonly seconds: number;
  readonly forward: number;
  readonly confidence: number;
  /** Share of the settlement average that is not fixed. */
  readonly unfixed: number;
  readonly rate?: number;
  readonly options: readonly FixtureOption[];
}

/** The instant so many seconds away. */
export function expiryIn(seconds: number): Instant {
  return instant(AT + seconds * 1000);
}

/** A linear option settled in USDC. @example optionOf('ETH', 86_400, 2_000, true).right // 'call' */
export function optionOf(coin: string, seconds: number, strike: number, isCall: boolean): Option {
  return {
    kind: 'option',
    id: `${coin}_USDC-${seconds}-${strike}-${isCall ? 'C' : 'P'}`,
    underlying: coin,
    settlement: 'linear',
    settleAsset: 'USDC',
    expiry: expiryIn(seconds),
    strike,
    right: isCall ? 'call' : 'put',
  };
}

/** A word for whether an option is a call. @example isCallOf({ isCall: true }) // true */
export function isCallOf(row: Raw): boolean {
  const value = row['isCall'];
  if (typeof value !== 'boolean') throw new Unreadable('field "isCall" is neither true nor false');
  return value;
}

/** Nothing is fitted: vols are stated, so the smile is never asked. */
const NO_SMILE = oneTerm({ a: 1, b: 0, rho: 0, m: 0, sigma: 1 });
const GIVEN: Slice['quality'] = {
  source: 'given',
  fitError: 0,
  quoteWidth: 0,
  uncertainty: 0,
  confidence: 1,
  quotesUsed: 0,
  insideShare: 1,
  butterflyMin: 0,
  calendarMin: 0,
};

/** A slice of stated vols. */
function sliceOf({ seconds, forward, confidence, unfixed, rate, options }: FixtureExpiry): Slice {
  const expiry = expiryIn(seconds);
  const years = yearsBetween(AT, expiry);
  const stated = options.map(({ product, vol }) => [product.strike, vol] as const);
  return {
    expiry,
    years,
    forward,
    smileForward: forward,
    smileYears: years,
    smile: NO_SMILE,
    table: volTable(forward, stated),
    ...(rate === undefined ? {} : { rate }),
    oracleConfidence: confidence,
    deforms: [],
    unfixed,
    quality: GIVEN,
  };
}

/** A coin of a fixture. */
export interface FixtureCoin {
  readonly name: string;
  readonly spot: number;
  readonly perpetual: number;
  readonly spotConfidence: number;
  readonly perpConfidence: number;
  readonly expiries: readonly FixtureExpiry[];
}

/** The market of a fixture; `pegs` are dollars per unit, the stable's among them. @example marketOf([eth], new Map([['USDC', 1]])).underlyings.length // 1 */
export function marketOf(coins: readonly FixtureCoin[], pegs: ReadonlyMap<string, number>): Market {
  const underlyings = coins.map(({ name, spot, perpetual, expiries }): UnderlyingMarket => {
    return {
      underlying: name,
      index: spot,
      indexUncertainty: 0,
      perpetual: perpetual > 0 ? perpetual : spot,
      futures: [],
      slices: [...expiries].sort((left, right) => left.seconds - right.seconds).map(sliceOf),
      refused: [],
    };
  });
  const confidences = new Map(
    coins.flatMap(({ name, spotConfidence, perpConfidence }) => [
      [`${name}-INDEX`, spotConfidence] as const,
      [`${name}-PERPETUAL`, perpConfidence] as const,
    ]),
  );
  const stated = {
    at: AT,
    underlyings: underlyings.sort((left, right) => (left.underlying < right.underlying ? -1 : 1)),
    pegs: new Map([...pegs, ['USD', 1] as const]),
    confidences,
    touches: new Map(),
  };
  return { ...stated, source: 'fixture', digest: marketDigest(stated) };
}
