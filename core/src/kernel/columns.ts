// Greeks of many options at once: columns in, columns out, no object per option. The numbers are those of `blackGreeks` and
// `coinGreeks` to the bit, with less work: one logarithm serves price and distances, one density serves all greeks.

import { logMoneyness, timeRatio } from './black76.ts';
import { type BlackGreeks, type CoinGreeks, silenced } from './greeks.ts';
import { normalCdfGiven, normalPdf } from './normal.ts';

/** Options in columns: option i is row i of each. */
export interface OptionColumns {
  /** 0 for a call, anything else for a put */
  readonly right: Uint8Array;
  readonly forward: Float64Array;
  readonly strike: Float64Array;
  readonly vol: Float64Array;
  readonly years: Float64Array;
}

/** A column for each of `BlackGreeks`. */
export type GreekColumns = { readonly [Greek in keyof BlackGreeks]: Float64Array };

/** A column for each of `CoinGreeks`. */
export type CoinGreekColumns = { readonly [Greek in keyof CoinGreeks]: Float64Array };

/**
 * Writes price and greeks of the first `count` options into columns: row i is `blackGreeks` of option i, to the bit.
 *
 *     out.delta[i] = blackGreeks(right[i], forward[i], strike[i], vol[i], years[i]).delta, and so on
 *
 * Units, limits, accuracy: those of `blackGreeks`. Errors: RangeError that names the first option with a NaN, negative or infinite
 * input; the rows before it are written. A body in WebAssembly has this contract too.
 * @example fillGreeks({ right, forward, strike, vol, years }, 2000, greeks); greeks.vega[7]
 */
export function fillGreeks(options: OptionColumns, count: number, out: GreekColumns): void {
  const { right, forward, strike, vol, years } = options;
  for (let i = 0; i < count; i++) {
    const f = forward[i]!;
    const k = strike[i]!;
    const v = vol[i]!;
    const isCall = right[i] === 0;
    const root = Math.sqrt(years[i]!);
    const stdev = v * root;
    if (!(f >= 0 && isOption(f, k, stdev))) throw unfit('fillGreeks wants', i, f, k, stdev);
    const x = f <= k ? logMoneyness(f, k) : logMoneyness(k, f);
    out.value[i] = priceAt(isCall, f, k, x, stdev);
    const sharp = isSharp(x, stdev);
    const h = sharp ? limitOf(f, k) : (f <= k ? x : -x) / stdev;
    const d1 = h + 0.5 * stdev;
    const d2 = h - 0.5 * stdev;
    const density = sharp ? 0 : normalPdf(d1);
    const vega = silenced(density, f * root);
    const at = sharp ? h : d1;
    out.delta[i] = isCall ? normalCdfGiven(at, density) : -normalCdfGiven(-at, density);
    out.gamma[i] = density === 0 ? 0 : density / (f * v * root);
    out.vega[i] = vega;
    out.theta[i] = density === 0 ? 0 : (-f * density * v) / (2 * root);
    out.vanna[i] = silenced(density, -d2 / v);
    out.volga[i] = silenced(vega, (d1 * d2) / v);
  }
}

/**
 * Writes price in coin and greeks of the first `count` coin-settled options into columns: row i is `coinGreeks` of option i, to the bit.
 *
 *     out.delta[i] = coinGreeks(right[i], forward[i], strike[i], vol[i], years[i]).delta, and so on
 *
 * Units, limits, accuracy: those of `coinGreeks`. Errors: as `fillGreeks`, and for a forward of 0.
 * @example fillCoinGreeks({ right, forward, strike, vol, years }, 2000, greeks); greeks.netDelta[7]
 */
export function fillCoinGreeks(options: OptionColumns, count: number, out: CoinGreekColumns): void {
  const { right, forward, strike, vol, years } = options;
  for (let i = 0; i < count; i++) {
    const f = forward[i]!;
    const k = strike[i]!;
    const v = vol[i]!;
    const isCall = right[i] === 0;
    const root = Math.sqrt(years[i]!);
    const stdev = v * root;
    if (!(f > 0 && isOption(f, k, stdev)))
      throw unfit('fillCoinGreeks wants a forward above 0 and', i, f, k, stdev);
    const x = f <= k ? logMoneyness(f, k) : logMoneyness(k, f);
    out.value[i] = priceAt(isCall, f, k, x, stdev) / f;
    const sharp = isSharp(x, stdev);
    const h = sharp ? limitOf(f, k) : (f <= k ? x : -x) / stdev;
    const d1 = h + 0.5 * stdev;
    const d2 = h - 0.5 * stdev;
    const density = sharp ? 0 : normalPdf(d1);
    const moneyness = k / f;
    const at = sharp ? h : d2;
    const other = sharp ? 0 : normalPdf(d2);
    const netDelta = isCall ? moneyness * normalCdfGiven(at, other) : -moneyness * normalCdfGiven(-at, other);
    const vega = silenced(density, root);
    const curvature = density === 0 ? 0 : density / (v * root);
    out.delta[i] = netDelta / f;
    out.netDelta[i] = netDelta;
    out.gamma[i] = (curvature - 2 * netDelta) / f / f;
    out.vega[i] = vega;
    out.theta[i] = density === 0 ? 0 : (-density * v) / (2 * root);
    out.vanna[i] = silenced(density, -d1 / (v * f));
    out.volga[i] = silenced(vega, (d1 * d2) / v);
  }
}

function isOption(forward: number, strike: number, stdev: number): boolean {
  return strike >= 0 && stdev >= 0 && forward + strike < Number.POSITIVE_INFINITY;
}

function unfit(wanted: string, i: number, forward: number, strike: number, stdev: number): RangeError {
  return new RangeError(
    `${wanted} finite numbers >= 0, option ${i} has F=${forward} K=${strike} stdev=${stdev}`,
  );
}

// No density: no time, no vol, or one of forward and strike is 0.
function isSharp(x: number, stdev: number): boolean {
  return stdev === 0 || x === Number.NEGATIVE_INFINITY;
}

// Where d1 and d2 go when there is no density.
function limitOf(forward: number, strike: number): number {
  if (forward === strike) return 0;
  return forward < strike ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

// `blackPrice`, its logarithm given.
function priceAt(isCall: boolean, forward: number, strike: number, x: number, stdev: number): number {
  const intrinsic = isCall ? forward - strike : strike - forward;
  const timeValue = Math.min(forward, strike) * timeRatio(x, stdev);
  return intrinsic > 0 ? intrinsic + timeValue : timeValue;
}
