// Where a backtest takes place: times, a market at each, what is listed at each. One is driven by a history, one stands on real chains.

import {
  type ChainSnapshot,
  expiryOf,
  type FactorHistory,
  type Instant,
  isRefusal,
  type Market,
  type OptionQuote,
  type Product,
  type Refusal,
  refuse,
  type Touch,
  underlyingOf,
  volAt,
  yearsBetween,
} from '@plimsoll/core';
import { blackPrice, exp, log } from '@plimsoll/core/kernel';
import { listedExpiries, listedStrikes } from '../simulate/listing.ts';
import { listedContract, listedOption } from '../simulate/quotes.ts';
import { simulatedVol } from '../simulate/smile.ts';
import { SIMULATED_UNDERLYINGS, type SimulatedUnderlying } from '../simulate/underlyings.ts';
import {
  type Asked,
  type DrivenCoin,
  drivenForward,
  drivenMarket,
  drivenSurface,
  HALF_WIDTH,
} from './surface.ts';

/** Lowest and highest spot inside a bar. */
export interface Extremes {
  readonly low: number;
  readonly high: number;
}

/** Times and what is known at each. */
export interface Scene {
  /** Said in every output. */
  readonly label: string;
  /** What a path is seen at, for a person. */
  readonly seen: 'closes' | 'snapshots';
  readonly times: Float64Array;
  /** Longest distance of two times that is no gap, milliseconds. */
  readonly step: number;
  /** How far after the end of a horizon a time still counts as its end. */
  readonly slack: number;
  /** How long before that the last time of a path may stand; a step where absent. */
  readonly within?: number;
  readonly coins: readonly string[];
  /** Whether there are options to hold. */
  readonly hasOptions: boolean;
  /** The market at a time, with what some products need, and their bids where these are asked for. */
  marketAt(i: number, products: readonly Product[], quoted?: boolean): Market | Refusal;
  /** What is listed at a time, to strike books by. */
  listedAt(i: number): ChainSnapshot;
  /** Why nothing can be margined or struck at a time, where nothing can. */
  closedAt?(i: number): Refusal | undefined;
  /** Dollars of one unit by the venue's own mark, where there is one. */
  markAt?(i: number, product: Product, market: Market): number | undefined;
  /** How far a coin's spot went inside the bar that ends at a time, where bars say so and nothing else of its path matters. */
  extremesAt?(i: number, coin: string): Extremes | undefined;
}

const HOURS_PER_YEAR = 8_760;
const HOUR_MS = 3_600_000;
const TREND_HOURS = 72;
/** The long-run variance is that of the last year or so. */
const LONG_HOURS = 4_380;
/** Without a vol of its own a coin takes that of the one that has, times so much: what ETH's was over BTC's. */
const VOL_BETA = 1.3;

interface CoinSeries {
  readonly coin: string;
  readonly spot: Float64Array;
  readonly premium: Float64Array | undefined;
  readonly vol: Float64Array;
  readonly longVariance: Float64Array;
  readonly trend: Float64Array;
}

/** Running averages of a spot: each knows its own past only. */
function runningOf(spot: Float64Array, step: number) {
  const hours = step / HOUR_MS;
  const [keepLong, keepMonth, keepTrend] = [LONG_HOURS, 360, TREND_HOURS].map((life) =>
    exp(-hours / life),
  ) as [number, number, number];
  const [longVariance, realised, trend] = [0, 1, 2].map(() => new Float64Array(spot.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [long, month, lean] = [0.4, 0.4, 0];
  for (let i = 0; i < spot.length; i++) {
    const move = i === 0 ? 0 : log(spot[i]! / spot[i - 1]!);
    const square = (move * move * HOURS_PER_YEAR) / hours;
    long = keepLong * long + (1 - keepLong) * square;
    month = keepMonth * month + (1 - keepMonth) * square;
    lean = keepTrend * lean + move;
    longVariance[i] = long;
    realised[i] = Math.sqrt(month);
    trend[i] = lean;
  }
  return { longVariance, realised, trend };
}

function seriesOf({ factors, step }: FactorHistory): CoinSeries[] {
  const levels = (kind: string, coin: string) =>
    factors.find((factor) => factor.kind === kind && factor.of === coin)?.levels;
  const lent = factors.find(({ kind }) => kind === 'vol')?.levels;
  return factors
    .filter(({ kind }) => kind === 'spot')
    .map(({ of: coin, levels: spot }): CoinSeries => {
      const { longVariance, realised, trend } = runningOf(spot, step);
      const vol = levels('vol', coin) ?? lent?.map((level) => VOL_BETA * level) ?? realised;
      return { coin, spot, premium: levels('premium', coin), vol, longVariance, trend };
    });
}

/** Bids half a quote's width of vol below the surface: what is bought could be sold for as much. */
function withBids(market: Market, products: readonly Product[]): Market {
  const touches = new Map<string, Touch>();
  for (const product of products) {
    if (product.kind !== 'option') continue;
    const slice = underlyingOf(market, product.underlying)?.slices.find(
      ({ expiry }) => expiry === product.expiry,
    );
    if (slice === undefined) continue;
    const vol = Math.max(0.01, volAt(slice, product.strike) - HALF_WIDTH);
    const deviation = vol * Math.sqrt(slice.years);
    const bid = blackPrice(product.right, slice.forward, product.strike, deviation) / slice.forward;
    touches.set(product.id, { bid });
  }
  return { ...market, touches };
}

/** Expiries by coin that products need: of options a slice, of futures a mark. */
export function askedBy(products: readonly Product[]): Map<string, Asked> {
  const slices = new Map<string, Set<Instant>>();
  const futures = new Map<string, Set<Instant>>();
  for (const product of products) {
    const expiry = expiryOf(product);
    if (expiry === undefined) continue;
    const into = product.kind === 'future' ? futures : slices;
    into.set(product.underlying, (into.get(product.underlying) ?? new Set()).add(expiry));
  }
  const sorted = (found: Set<Instant> | undefined) => [...(found ?? [])].sort((a, b) => a - b);
  const coins = [...new Set([...slices.keys(), ...futures.keys()])].sort();
  return new Map(
    coins.map((coin) => [coin, { slices: sorted(slices.get(coin)), futures: sorted(futures.get(coin)) }]),
  );
}

function temperOf(coin: string): SimulatedUnderlying {
  const known = SIMULATED_UNDERLYINGS.find(({ asset }) => asset === coin);
  return known ?? { ...SIMULATED_UNDERLYINGS[0]!, asset: coin };
}

/** Options that a venue would list of a coin, each at the surface's own vol. */
function listCoin(coin: DrivenCoin, at: Instant): OptionQuote[] {
  const surface = drivenSurface(coin);
  const one = temperOf(coin.coin);
  return listedExpiries(at).flatMap(({ expiry }) => {
    const years = yearsBetween(at, expiry);
    const forward = drivenForward(coin, years);
    const deviation = Math.sqrt(surface.atmVariance(years));
    const future = listedContract(one, expiry);
    return listedStrikes(forward, deviation).flatMap((strike) =>
      (['call', 'put'] as const).map((right): OptionQuote => {
        const markVol = simulatedVol(surface, log(strike / forward), years);
        const mark = blackPrice(right, forward, strike, markVol * Math.sqrt(years)) / forward;
        const product = listedOption(future, strike, right);
        return { product, row: 1, mark, markVol, forward, index: coin.spot, openInterest: 0 };
      }),
    );
  });
}

/**
 * A history as a scene: real spots, premiums and 30-day vols, and around them surfaces that a model makes. Refuses a history without a spot.
 * @example drivenScene(history).label // 'surfaces generated by a model, ...'
 */
export function drivenScene(history: FactorHistory): Scene | Refusal {
  const series = seriesOf(history);
  if (series.length === 0) {
    return refuse(
      'no-history',
      'the history has no spot of any coin; give the bars of at least one.',
      'history',
    );
  }
  const coinsAt = (i: number): DrivenCoin[] =>
    series.map(({ coin, spot, premium, vol, longVariance, trend }) => ({
      coin,
      spot: spot[i]!,
      premium: premium?.[i] ?? 1,
      vol: vol[i]!,
      longVariance: longVariance[i]!,
      trend: trend[i]!,
    }));
  const hasOptions = history.factors.some(({ kind }) => kind === 'vol');
  const vols = 'option surfaces are generated by a model, driven by real spot and 30-day vol';
  const spots = new Map(history.factors.filter(({ kind }) => kind === 'spot').map((own) => [own.of, own]));
  const hasPremium = new Set(history.factors.filter(({ kind }) => kind === 'premium').map(({ of }) => of));
  return {
    label: hasOptions ? vols : 'real spot; no vol in the history, so no options',
    seen: 'closes',
    times: history.times,
    step: history.step,
    slack: 0,
    coins: series.map(({ coin }) => coin),
    hasOptions,
    marketAt(i, products, quoted = false) {
      const market = drivenMarket(history.times[i]! as Instant, coinsAt(i), askedBy(products));
      return quoted ? withBids(market, products) : market;
    },
    listedAt(i) {
      const at = history.times[i]! as Instant;
      const options = coinsAt(i).flatMap((coin) => listCoin(coin, at));
      return { at, source: 'generated by a model', options, futures: [], pegs: new Map() };
    },
    extremesAt(i, coin) {
      const { lows, highs } = spots.get(coin) ?? {};
      if (lows === undefined || highs === undefined || hasPremium.has(coin)) return undefined;
      return { low: lows[i]!, high: highs[i]! };
    },
  };
}

/** The market of a time, or an error of our own: whoever asks has asked for it before. */
export function marketIn(scene: Scene, i: number, products: readonly Product[]): Market {
  const market = scene.marketAt(i, products);
  if (isRefusal(market)) throw new Error(market.message);
  return market;
}
