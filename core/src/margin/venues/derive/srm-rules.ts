// The Standard Manager's formulas, one by one: pure, signed as the venue writes them (a margin value is at most 0). Prices are in one unit, which
// the answers are in too: dollars that the venue adds to cash as they are.

import type { RatedLine } from '../../static/rules.ts';
import type { SrmOption, SrmOracle } from './srm-parameters.ts';

/** Contracts of one option. Strike per coin; `mark` is what one contract is worth. */
export interface SrmLeg {
  readonly right: 'call' | 'put';
  readonly strike: number;
  readonly mark: number;
  /** Coins; negative is short. */
  readonly quantity: number;
}

/** How far out of the money, as a share of spot; 0 in the money. */
function outOf({ right, strike }: SrmLeg, spot: number): number {
  return Math.max(right === 'call' ? strike - spot : spot - strike, 0) / spot;
}

/**
 * What one short contract needs beyond its mark when it is margined by itself, cash, >= 0 (M-132). With S spot, v the mark, `otm` the
 * distance as a share of spot:
 *
 *     call  maintenance mmCallSpotReq S               initial  max(minSpotReq, maxSpotReq - otm) S
 *     put   maintenance max(mmPutSpotReq S, MMPutMtMReq v)
 *           initial     max( max(minSpotReq, maxSpotReq - otm) S, mmOffsetScale (maintenance + v) - v )
 *
 * @example srmShort({ right: 'call', strike: 2_200, mark: 20, quantity: -1 }, 2_000, rates, 'initial') // 260: 13 % where 15 % - 10 % is less
 */
export function srmShort(leg: SrmLeg, spot: number, rates: SrmOption, line: RatedLine): number {
  const isCall = leg.right === 'call';
  const maintenance = isCall
    ? rates.mmCallSpotReq * spot
    : Math.max(rates.mmPutSpotReq * spot, rates.MMPutMtMReq * leg.mark);
  if (line === 'maintenance') return maintenance;
  const initial = Math.max(rates.minSpotReq, rates.maxSpotReq - outOf(leg, spot)) * spot;
  if (isCall) return initial;
  return Math.max(initial, rates.mmOffsetScale * (maintenance + leg.mark) - leg.mark);
}

/**
 * Options of one expiry, each short one by itself: `sum over shorts of q (v + what it needs)`, cash, <= 0; what is bought counts nothing (M-132).
 * @example srmIsolated([call], 2_000, rates, 'maintenance')
 */
export function srmIsolated(
  legs: readonly SrmLeg[],
  spot: number,
  rates: SrmOption,
  line: RatedLine,
): number {
  let sum = 0;
  for (const leg of legs) {
    if (leg.quantity < 0) sum += leg.quantity * (leg.mark + srmShort(leg, spot, rates, line));
  }
  return sum;
}

/** What one contract pays at a settlement price, USD. @example srmPayoff({ right: 'put', strike: 2_000, mark: 0, quantity: 1 }, 0) // 2000 */
export function srmPayoff({ right, strike }: SrmLeg, settled: number): number {
  return Math.max(right === 'call' ? settled - strike : strike - settled, 0);
}

/** The most that options of one expiry can lose. */
export interface SrmMaxLoss {
  /** Cash, <= 0: the least payoff and what unpaired calls add to it. */
  readonly value: number;
  /** The settlement price of the least payoff; 0 where no payoff is below nothing. */
  readonly settled: number;
  /** Bought less sold calls, contracts. */
  readonly netCalls: number;
}

/** How many times the forward each unpaired call counts. */
export function unpairedScale(rates: SrmOption, line: RatedLine): number {
  return line === 'initial' ? rates.unpairedIMScale : rates.unpairedMMScale;
}

/**
 * The most that options of one expiry can lose, cash, <= 0 (M-133): the least of 0 and their payoff at 0 and at every strike held, where a
 * payoff has its kinks; beyond the highest strike nothing bounds what is sold, so each unpaired call counts `scale x forward` more:
 *
 *     min(0, min over s of sum q payoff(s)) + scale F min(0, net calls)
 *
 * @example srmMaxLoss([shortCall2000, longCall2200], 2_010, rates, 'initial').value // -200
 */
export function srmMaxLoss(
  legs: readonly SrmLeg[],
  forward: number,
  rates: SrmOption,
  line: RatedLine,
): SrmMaxLoss {
  let least = 0;
  let settled = 0;
  let netCalls = 0;
  const look = (price: number) => {
    let sum = 0;
    for (const leg of legs) sum += leg.quantity * srmPayoff(leg, price);
    if (sum >= least) return;
    least = sum;
    settled = price;
  };
  look(0);
  for (const { right, strike, quantity } of legs) {
    if (quantity === 0) continue;
    if (right === 'call') netCalls += quantity;
    look(strike);
  }
  const unpaired = netCalls < 0 ? unpairedScale(rates, line) * forward * netCalls : 0;
  return { value: least + unpaired, settled, netCalls };
}

/**
 * What an oracle that is unsure adds to initial margin, per unit of size, cash (M-135): `(1 - confidence) OCFactor spot` below the
 * threshold, else 0. It jumps there.
 * @example srmDoubtful(0.5, 0.55, 1, 2_000) // 1000
 */
export function srmDoubtful(confidence: number, threshold: number, factor: number, spot: number): number {
  return confidence >= threshold ? 0 : (1 - confidence) * factor * spot;
}

/**
 * What a stable below its threshold adds to initial margin, per perpetual held and option sold, cash (M-136): `(threshold - stable) factor spot`.
 * @example srmDepeg(0.95, { threshold: 0.99, depegFactor: 2 }, 2_000) // 160
 */
export function srmDepeg(
  stable: number,
  { threshold, depegFactor }: { readonly threshold: number; readonly depegFactor: number },
  spot: number,
): number {
  return stable < threshold ? (threshold - stable) * depegFactor * spot : 0;
}

/** Collateral of one asset, as margin sees it. */
export interface SrmCollateral {
  /** Amount times spot, USD; not divided by the stable's price. */
  readonly value: number;
  readonly confidence: number;
}

/** Shares and oracle charges of one asset. */
export interface SrmCollateralRates {
  readonly marginFactor: number;
  readonly IMScale: number;
  readonly oracle: SrmOracle;
}

/**
 * What collateral counts, cash (M-134): `value x marginFactor`, on initial times `IMScale`, and where that is anything less what its oracle is
 * charged for (M-135), which may be more than it counts.
 * @example srmCollateral({ value: 1_000, confidence: 1 }, { marginFactor: 0.8, IMScale: 0.9375, oracle }, 'initial') // 750
 */
export function srmCollateral(
  { value, confidence }: SrmCollateral,
  { marginFactor, IMScale, oracle }: SrmCollateralRates,
  line: RatedLine,
): number {
  const maintenance = value * marginFactor;
  if (line === 'maintenance') return maintenance;
  const counted = maintenance * IMScale;
  if (counted === 0) return counted;
  return counted - srmDoubtful(confidence, oracle.baseThreshold, oracle.OCFactor, value);
}
