// What no scenario can see: getting out, being wrong, being too big. One function per charge, each a rule of the methodology.

import { type Instant, owedUp, yearsBetween } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import { expiryOf, isPremium } from '../product/index.ts';
import type { Combined, Fill, Holdings, RiskBook, Swept } from '../risk/index.ts';
import type { Measured } from './holdings.ts';
import { optionValue } from './option-value.ts';
import { packingCharge } from './packing.ts';
import {
  type ChargeParameters,
  type CoinParameters,
  coinParameters,
  type GridParameters,
} from './parameters.ts';
import type { Charge, ChargeName } from './requirement.ts';
import { shortOptionMinimum } from './short-minimum.ts';
import { grossReach, type Leg, netReach, type Seen, seenBy, sizeOf } from './views.ts';

function charge(
  name: ChargeName,
  { underlying }: Seen,
  amount: number,
  inputs: Record<string, number>,
): Charge | undefined {
  const owed = owedUp(amount);
  return owed > 0n ? { name, underlying, amount: owed, inputs } : undefined;
}

/** The fee of trading `size` of a row, dollars: a share of the notional, for premiums of the underlying and capped by what they are worth. */
export function tradingFee(
  { columns, products }: Pick<RiskBook, 'columns' | 'products'>,
  row: number,
  size: number,
  index: number,
  { futureFee, optionFee, optionFeeCap }: ChargeParameters,
): number {
  if (!isPremium(products[row]!)) return size * Math.abs(columns.delta[row]!) * index * futureFee;
  return size * Math.min(optionFee * index, optionFeeCap * columns.value[row]!);
}

/** A payoff's vega may be of either sign; what trading it costs is not. */
function vegaSize({ book }: Seen, row: number): number {
  return Math.abs(book.columns.vega[row]!);
}

/**
 * What one unit of a row costs to close, dollars: half of the spread it is crossed over, in vol and in the hedge, and the fee (M-21).
 * @example closingUnit(book.risk, row, 65_000, gridDefaults).fee
 */
export function closingUnit(
  measured: Measured,
  row: number,
  index: number,
  parameters: GridParameters,
): { readonly spread: number; readonly fee: number } {
  const { columns, products } = measured;
  const { halfSpread } = coinParameters(parameters, products[row]!.underlying);
  const crossed = Math.abs(columns.delta[row]!) * index * halfSpread;
  const width = Math.max(parameters.charges.closeOutVol, columns.quoteWidth[row]!);
  const spread = crossed + Math.abs(columns.vega[row]!) * 100 * width;
  return { spread, fee: tradingFee(measured, row, 1, index, parameters.charges) };
}

/** Crossing half the slice's width in vol and the hedge's half-spread, plus the fee, leg by leg (M-21). */
function closeOutCost(seen: Seen): Charge | undefined {
  const { book, parameters, index } = seen;
  const spread = grossReach(seen, ({ row }) => closingUnit(book, row, index, parameters).spread);
  const fees = grossReach(seen, ({ row }) => closingUnit(book, row, index, parameters).fee);
  return charge('close-out-cost', seen, spread + fees, { spread, fees });
}

/**
 * What one unit of every row costs to close, dollars (M-21); nothing of assets that are no coins.
 * @example closingCosts(book.risk, gridDefaults)[book.risk.indexOf.get('BTC-PERPETUAL')!]
 */
export function closingCosts(measured: Measured, parameters: GridParameters): Float64Array {
  return Float64Array.from(measured.products, ({ underlying }, row) => {
    const index = measured.levels.coins.get(underlying)?.index ?? 0;
    if (index === 0) return 0;
    const { spread, fee } = closingUnit(measured, row, index, parameters);
    return spread + fee;
  });
}

/** `Y * move * size * sqrt(size / volume)`: the square-root law of impact (Donier and Bonart 2015). */
export function impactOf({ impact }: ChargeParameters, size: number, move: number, volume: number): number {
  return impact * move * size * Math.sqrt(size / volume);
}

/** Impact of trading out the net delta of the contracts and of coins that are owed (M-22). */
function concentration(seen: Seen): Charge | undefined {
  const { deltaVolume, dailyMove } = coinParameters(seen.parameters, seen.underlying);
  const netDelta = netReach(seen, ({ row }) => seen.book.columns.delta[row]!, 'owed') * seen.index;
  const amount = impactOf(seen.parameters.charges, netDelta, dailyMove, deltaVolume);
  return charge('concentration', seen, amount, { netDelta, volume: deltaVolume, dailyMove });
}

/** The same law for vega, leg by leg: a fly or a calendar of size has to be traded strike by strike (M-23). */
function vegaConcentration(seen: Seen): Charge | undefined {
  const { vegaVolume, dailyVolMove } = coinParameters(seen.parameters, seen.underlying);
  const grossVega = grossReach(seen, ({ row }) => vegaSize(seen, row));
  const dailyVolPoints = dailyVolMove * 100;
  const amount = impactOf(seen.parameters.charges, grossVega, dailyVolPoints, vegaVolume);
  return charge('vega-concentration', seen, amount, { grossVega, volume: vegaVolume, dailyVolPoints });
}

/**
 * The value of a balance, dollars, from which on its next dollar would be charged more than the cap (M-24): `V (cap / (1.5 Y move))^2`.
 * @example bendOf(gridDefaults.charges, gridDefaults.otherCoin)
 */
export function bendOf(
  { impact, collateralCap }: ChargeParameters,
  { deltaVolume, dailyMove }: CoinParameters,
): number {
  // d/dv of Y sigma v sqrt(v / V) is 1.5 Y sigma sqrt(v / V).
  const root = collateralCap / (1.5 * Math.max(impact * dailyMove, 1e-300));
  return deltaVolume * root * root;
}

/**
 * The same law for selling a coin balance of some value in dollars (M-24). From the size on where the next dollar would be charged more than
 * the cap, it is charged the cap, so that more collateral never lowers excess.
 */
export function liquidityOf(charges: ChargeParameters, coin: CoinParameters, value: number): number {
  const bend = Math.min(value, bendOf(charges, coin));
  return impactOf(charges, bend, coin.dailyMove, coin.deltaVolume) + charges.collateralCap * (value - bend);
}

function collateralLiquidity(seen: Seen): Charge | undefined {
  const coin = coinParameters(seen.parameters, seen.underlying);
  const { deltaVolume, dailyMove } = coin;
  const balance = seen.legs.find(({ product }) => product.kind === 'asset')?.high ?? 0;
  const value = Math.max(0, balance * seen.index);
  const amount = liquidityOf(seen.parameters.charges, coin, value);
  return charge('collateral-liquidity', seen, amount, { value, volume: deltaVolume, dailyMove });
}

/** What a forward may move against the index, relative, while a position in its expiry is rolled (M-26). */
export function basisRate({ basisMin, basisYearly }: ChargeParameters, at: Instant, expiry: Instant): number {
  return Math.max(basisMin, exp(basisYearly * yearsBetween(at, expiry)) - 1);
}

/** Forwards of different expiries part from each other and from the index while the book is closed; nothing nets (M-26). */
function basis(seen: Seen): Charge | undefined {
  const at = seen.book.levels.at;
  const expiries = new Set<number>();
  for (const { product } of seen.legs) if (product.kind !== 'asset') expiries.add(expiryOf(product) ?? at);
  let amount = 0;
  let grossDelta = 0;
  for (const expiry of expiries) {
    const unitOf = ({ product, row }: Leg) =>
      product.kind !== 'asset' && (expiryOf(product) ?? at) === expiry ? seen.book.columns.delta[row]! : 0;
    const delta = netReach(seen, unitOf, 'all');
    const size = delta * seen.index;
    grossDelta += size;
    amount += size * basisRate(seen.parameters.charges, at, expiry as Instant);
  }
  return charge('basis', seen, amount, { expiries: expiries.size, grossDelta });
}

/** The vol may be wrong by the slice's uncertainty, leg by leg, against the account (M-27). */
function surfaceConfidence(seen: Seen): Charge | undefined {
  const { uncertainty } = seen.book.columns;
  const grossVega = grossReach(seen, ({ row }) => vegaSize(seen, row));
  const amount = grossReach(seen, ({ row }) => vegaSize(seen, row) * 100 * uncertainty[row]!);
  return charge('surface-confidence', seen, amount, { grossVega });
}

/** The index may be wrong by its sources' half-range (M-28). */
function oracleConfidence(seen: Seen): Charge | undefined {
  const uncertainty = seen.book.levels.coins.get(seen.underlying)!.uncertainty;
  const netDelta = netReach(seen, ({ row }) => seen.book.columns.delta[row]!, 'all') * seen.index;
  return charge('oracle-confidence', seen, netDelta * uncertainty, { netDelta, uncertainty });
}

/** Share of a stable asset's dollar value that its distance from the peg is charged at (M-29). */
export function pegShare({ pegThreshold, pegFactor, pegCap }: ChargeParameters, level: number): number {
  return Math.min(pegCap, pegFactor * Math.max(0, pegThreshold - level));
}

/** A stable asset that has left its peg may go on leaving, or come back on those who owe it (M-29). */
function peg(seen: Seen): Charge | undefined {
  const { pegThreshold } = seen.parameters.charges;
  const level = seen.book.levels.pegs.get(seen.underlying) ?? 1;
  let value = 0;
  for (const leg of seen.legs) value += sizeOf(leg) * level;
  const share = pegShare(seen.parameters.charges, level);
  return charge('peg', seen, value * share, { value, level, threshold: pegThreshold });
}

function optionValueCharge(seen: Seen): Charge | undefined {
  const { net, credited } = optionValue(seen);
  return charge('option-value', seen, net - credited, { net, credited });
}

/**
 * The charges on size alone, M-22 and M-23, by underlying: what holdings of several accounts are charged as one.
 * @example sizeChargesOf(book.risk, holdings, [], gridDefaults) // [{ name: 'concentration', underlying: 'BTC', ... }]
 */
export function sizeChargesOf(
  book: RiskBook,
  holdings: Holdings,
  fills: readonly Fill[],
  parameters: GridParameters,
): Charge[] {
  return seenBy(book, holdings, fills, parameters).flatMap((seen) =>
    seen.index === 0 ? [] : present([concentration(seen), vegaConcentration(seen)]),
  );
}

/** The charges of one line, in a stated order: by underlying, then by rule. Each is the most that any subset of fills may cost. */
export function chargesOf(
  line: 'maintenance' | 'initial',
  book: RiskBook,
  holdings: Holdings,
  fills: readonly Fill[],
  parameters: GridParameters,
  combined: Combined,
  swept: Swept,
): Charge[] {
  return seenBy(book, holdings, fills, parameters).flatMap((seen) => {
    if (seen.index === 0) return present([line === 'initial' ? peg(seen) : undefined, packingCharge(seen)]);
    return present([
      line === 'initial' ? optionValueCharge(seen) : undefined,
      closeOutCost(seen),
      concentration(seen),
      vegaConcentration(seen),
      collateralLiquidity(seen),
      shortOptionMinimum(seen, parameters.charges.shortMinimum[line], combined, swept),
      basis(seen),
      surfaceConfidence(seen),
      oracleConfidence(seen),
      packingCharge(seen),
    ]);
  });
}

function present(charges: readonly (Charge | undefined)[]): Charge[] {
  return charges.filter((item) => item !== undefined);
}
