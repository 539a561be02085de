// What no scenario can see: getting out, being wrong, being too big. One function per charge, each a rule of the methodology.

import { type Instant, owedUp, type Usd, yearsBetween } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import { expiryOf, type Option } from '../product/index.ts';
import type { Combined, Holdings, RiskBook } from '../risk/index.ts';
import { optionValue } from './option-value.ts';
import { coinParameters, type GridParameters } from './parameters.ts';
import type { Charge, ChargeName } from './requirement.ts';
import { type Seen, viewsOf } from './views.ts';

function charge(
  name: ChargeName,
  { underlying }: Seen,
  amount: number,
  inputs: Record<string, number>,
): Charge | undefined {
  const owed = owedUp(amount);
  return owed > 0n ? { name, underlying, amount: owed, inputs } : undefined;
}

/** Crossing half the slice's width in vol and the hedge's half-spread, plus the fee, leg by leg (M-21). */
function closeOutCost(seen: Seen): Charge | undefined {
  const { book, parameters, index } = seen;
  const coin = coinParameters(parameters, seen.underlying);
  const { futureFee, optionFee, optionFeeCap, closeOutVol } = parameters.charges;
  let spread = 0;
  let fees = 0;
  for (const { row, quantity, product } of seen.legs) {
    // A coin that is owed has to be bought back; one that is owned is M-24's.
    if (product.kind === 'asset' && quantity >= 0) continue;
    const size = Math.abs(quantity);
    const notional = size * Math.abs(book.columns.delta[row]!) * index;
    spread += notional * coin.halfSpread;
    if (product.kind === 'option') {
      const width = Math.max(closeOutVol, book.columns.quoteWidth[row]!);
      spread += size * book.columns.vega[row]! * 100 * width;
      fees += size * Math.min(optionFee * index, optionFeeCap * book.columns.value[row]!);
    } else fees += notional * futureFee;
  }
  return charge('close-out-cost', seen, spread + fees, { spread, fees });
}

/** `Y * move * size * sqrt(size / volume)`: the square-root law of impact (Donier and Bonart 2015). */
function impactOf(seen: Seen, size: number, move: number, volume: number): number {
  return seen.parameters.charges.impact * move * size * Math.sqrt(size / volume);
}

/** Impact of trading out the net delta of the contracts and of coins that are owed (M-22). */
function concentration(seen: Seen): Charge | undefined {
  const { deltaVolume, dailyMove } = coinParameters(seen.parameters, seen.underlying);
  let delta = 0;
  for (const { row, quantity, product } of seen.legs) {
    if (product.kind !== 'asset' || quantity < 0) delta += quantity * seen.book.columns.delta[row]!;
  }
  const netDelta = Math.abs(delta) * seen.index;
  const amount = impactOf(seen, netDelta, dailyMove, deltaVolume);
  return charge('concentration', seen, amount, { netDelta, volume: deltaVolume, dailyMove });
}

/** The same law for vega, leg by leg: a fly or a calendar of size has to be traded strike by strike (M-23). */
function vegaConcentration(seen: Seen): Charge | undefined {
  const { vegaVolume, dailyVolMove } = coinParameters(seen.parameters, seen.underlying);
  let grossVega = 0;
  for (const { row, quantity } of seen.legs) grossVega += Math.abs(quantity) * seen.book.columns.vega[row]!;
  const dailyVolPoints = dailyVolMove * 100;
  const amount = impactOf(seen, grossVega, dailyVolPoints, vegaVolume);
  return charge('vega-concentration', seen, amount, { grossVega, volume: vegaVolume, dailyVolPoints });
}

/**
 * The same law for selling a coin balance (M-24). From the size on where the next dollar would be charged more than the cap, it is
 * charged the cap, so that more collateral never lowers excess.
 */
function collateralLiquidity(seen: Seen): Charge | undefined {
  const { deltaVolume, dailyMove } = coinParameters(seen.parameters, seen.underlying);
  const { impact, collateralCap } = seen.parameters.charges;
  const balance = seen.legs.find(({ product }) => product.kind === 'asset')?.quantity ?? 0;
  const value = Math.max(0, balance * seen.index);
  // d/dv of Y sigma v sqrt(v / V) is 1.5 Y sigma sqrt(v / V).
  const root = collateralCap / (1.5 * Math.max(impact * dailyMove, 1e-300));
  const bend = Math.min(value, deltaVolume * root * root);
  const amount = impactOf(seen, bend, dailyMove, deltaVolume) + collateralCap * (value - bend);
  return charge('collateral-liquidity', seen, amount, { value, volume: deltaVolume, dailyMove });
}

/**
 * Short options that no long option covers: one of the same expiry and right that pays at least as much wherever the short one does
 * (a call struck no higher, a put struck no lower).
 */
export function nakedShorts(options: readonly { option: Option; quantity: number }[]): number {
  const sides = new Map<string, { distance: number; quantity: number }[]>();
  for (const { option, quantity } of options) {
    const key = `${option.expiry}/${option.right}/${option.settleAsset}`;
    // The further out of the money, the later: what was bought earlier covers it.
    const distance = option.right === 'call' ? option.strike : -option.strike;
    sides.set(key, [...(sides.get(key) ?? []), { distance, quantity }]);
  }
  let naked = 0;
  for (const legs of sides.values()) {
    let cover = 0;
    for (const { quantity } of legs.sort((a, b) => a.distance - b.distance || b.quantity - a.quantity)) {
      if (quantity >= 0) cover += quantity;
      else {
        const covered = Math.min(cover, -quantity);
        cover -= covered;
        naked += -quantity - covered;
      }
    }
  }
  return naked;
}

/** What the swept loss is short of a minimum per unpaired short option (M-25). */
function shortOptionMinimum(seen: Seen, rate: number, swept: number): Charge | undefined {
  const options = seen.legs.flatMap(({ product, quantity }) =>
    product.kind === 'option' ? [{ option: product, quantity }] : [],
  );
  const unpaired = nakedShorts(options);
  const least = unpaired * seen.index * rate;
  return charge('short-option-minimum', seen, least - swept, { unpaired, rate, least, swept });
}

/** Forwards of different expiries part from each other and from the index while the book is closed; nothing nets (M-26). */
function basis(seen: Seen): Charge | undefined {
  const { basisMin, basisYearly } = seen.parameters.charges;
  const at = seen.book.levels.at;
  const deltas = new Map<number, number>();
  for (const { row, quantity, product } of seen.legs) {
    if (product.kind === 'asset') continue;
    const expiry = expiryOf(product) ?? at;
    deltas.set(expiry, (deltas.get(expiry) ?? 0) + quantity * seen.book.columns.delta[row]!);
  }
  let amount = 0;
  let grossDelta = 0;
  for (const [expiry, delta] of deltas) {
    const size = Math.abs(delta) * seen.index;
    grossDelta += size;
    amount += size * Math.max(basisMin, exp(basisYearly * yearsBetween(at, expiry as Instant)) - 1);
  }
  return charge('basis', seen, amount, { expiries: deltas.size, grossDelta });
}

/** The vol may be wrong by the slice's uncertainty, leg by leg, against the account (M-27). */
function surfaceConfidence(seen: Seen): Charge | undefined {
  let amount = 0;
  let grossVega = 0;
  for (const { row, quantity } of seen.legs) {
    const vega = Math.abs(quantity) * seen.book.columns.vega[row]!;
    grossVega += vega;
    amount += vega * 100 * seen.book.columns.uncertainty[row]!;
  }
  return charge('surface-confidence', seen, amount, { grossVega });
}

/** The index may be wrong by its sources' half-range (M-28). */
function oracleConfidence(seen: Seen): Charge | undefined {
  const uncertainty = seen.book.levels.coins.get(seen.underlying)!.uncertainty;
  let delta = 0;
  for (const { row, quantity } of seen.legs) delta += quantity * seen.book.columns.delta[row]!;
  const netDelta = Math.abs(delta) * seen.index;
  return charge('oracle-confidence', seen, netDelta * uncertainty, { netDelta, uncertainty });
}

/** A stable asset that has left its peg may go on leaving, or come back on those who owe it (M-29). */
function peg(seen: Seen): Charge | undefined {
  const { pegThreshold, pegFactor, pegCap } = seen.parameters.charges;
  const level = seen.book.levels.pegs.get(seen.underlying) ?? 1;
  let value = 0;
  for (const { quantity } of seen.legs) value += Math.abs(quantity) * level;
  const share = Math.min(pegCap, pegFactor * Math.max(0, pegThreshold - level));
  return charge('peg', seen, value * share, { value, level, threshold: pegThreshold });
}

function optionValueCharge(seen: Seen): Charge | undefined {
  const { net, credited } = optionValue(seen);
  return charge('option-value', seen, net - credited, { net, credited });
}

/**
 * The charges on size alone, M-22 and M-23, by underlying: what holdings of several accounts are charged as one.
 * @example sizeChargesOf(book.risk, holdings, gridDefaults) // [{ name: 'concentration', underlying: 'BTC', ... }]
 */
export function sizeChargesOf(book: RiskBook, holdings: Holdings, parameters: GridParameters): Charge[] {
  return viewsOf(book, holdings, parameters).flatMap((seen) =>
    seen.index === 0 ? [] : present([concentration(seen), vegaConcentration(seen)]),
  );
}

/** The charges of one line, in a stated order: by underlying, then by rule. */
export function chargesOf(
  line: 'maintenance' | 'initial',
  book: RiskBook,
  holdings: Holdings,
  parameters: GridParameters,
  combined: Combined,
): Charge[] {
  return viewsOf(book, holdings, parameters).flatMap((seen, u) => {
    const { loss } = combined.own[u]!;
    if (seen.index === 0) return line === 'initial' ? present([peg(seen)]) : [];
    return present([
      line === 'initial' ? optionValueCharge(seen) : undefined,
      closeOutCost(seen),
      concentration(seen),
      vegaConcentration(seen),
      collateralLiquidity(seen),
      shortOptionMinimum(seen, parameters.charges.shortMinimum[line], loss),
      basis(seen),
      surfaceConfidence(seen),
      oracleConfidence(seen),
    ]);
  });
}

function present(charges: readonly (Charge | undefined)[]): Charge[] {
  return charges.filter((item) => item !== undefined);
}

/** The sum of charges, in ledger units. */
export function totalOf(charges: readonly Charge[]): Usd {
  return charges.reduce((sum, item) => (sum + item.amount) as Usd, 0n as Usd);
}
