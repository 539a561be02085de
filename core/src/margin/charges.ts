// What no scenario can see: getting out, being wrong, being too big. One function per charge, each a rule of the methodology.

import { type Instant, owedUp, type Usd, yearsBetween } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import { underlyingOf } from '../market/index.ts';
import { expiryOf, type Option, type Product } from '../product/index.ts';
import type { Combined, Holdings, RiskBook } from '../risk/index.ts';
import { coinParameters, type GridParameters } from './parameters.ts';
import type { Charge, ChargeName } from './requirement.ts';

/** Everything a charge may look at: one underlying's holdings, in row order. */
interface Seen {
  readonly book: RiskBook;
  readonly parameters: GridParameters;
  readonly underlying: string;
  /** USD per coin; 0 for an asset that is no coin. */
  readonly index: number;
  readonly legs: readonly Leg[];
}

interface Leg {
  readonly row: number;
  readonly quantity: number;
  readonly product: Product;
}

/** One view per underlying of the book, in its order. */
function viewsOf(book: RiskBook, holdings: Holdings, parameters: GridParameters): Seen[] {
  let next = 0;
  return book.groups.underlyings.map((underlying, u): Seen => {
    const end = book.groups.bucketStart[book.groups.underlyingStart[u + 1]!]!;
    const legs: Leg[] = [];
    for (; next < holdings.rows.length && holdings.rows[next]! < end; next++) {
      const row = holdings.rows[next]!;
      legs.push({ row, quantity: holdings.quantities[next]!, product: book.products[row]! });
    }
    const index = underlyingOf(book.market, underlying)?.index ?? 0;
    return { book, parameters, underlying, index, legs };
  });
}

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
    if (product.kind === 'asset') continue;
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

/** Impact of trading out the net delta of the contracts (M-22). */
function concentration(seen: Seen): Charge | undefined {
  const { deltaVolume, dailyMove } = coinParameters(seen.parameters, seen.underlying);
  let delta = 0;
  for (const { row, quantity, product } of seen.legs) {
    if (product.kind !== 'asset') delta += quantity * seen.book.columns.delta[row]!;
  }
  const netDelta = Math.abs(delta) * seen.index;
  const amount = impactOf(seen, netDelta, dailyMove, deltaVolume);
  return charge('concentration', seen, amount, { netDelta, volume: deltaVolume, dailyMove });
}

/** The same law for the net vega (M-23). */
function vegaConcentration(seen: Seen): Charge | undefined {
  const { vegaVolume, dailyVolMove } = coinParameters(seen.parameters, seen.underlying);
  let vega = 0;
  for (const { row, quantity } of seen.legs) vega += quantity * seen.book.columns.vega[row]!;
  const netVega = Math.abs(vega);
  const dailyVolPoints = dailyVolMove * 100;
  const amount = impactOf(seen, netVega, dailyVolPoints, vegaVolume);
  return charge('vega-concentration', seen, amount, { netVega, volume: vegaVolume, dailyVolPoints });
}

/** The same law for selling a coin balance; capped, so that more collateral never lowers excess (M-24). */
function collateralLiquidity(seen: Seen): Charge | undefined {
  const { deltaVolume, dailyMove } = coinParameters(seen.parameters, seen.underlying);
  const balance = seen.legs.find(({ product }) => product.kind === 'asset')?.quantity ?? 0;
  const value = Math.max(0, balance * seen.index);
  const amount = Math.min(
    value * seen.parameters.charges.collateralCap,
    impactOf(seen, value, dailyMove, deltaVolume),
  );
  return charge('collateral-liquidity', seen, amount, { value, volume: deltaVolume, dailyMove });
}

/** Short options that no long option of the same strike and expiry stands against: Derive's pairing rule. */
export function nakedShorts(options: readonly { option: Option; quantity: number }[]): number {
  const strikes = new Map<string, { short: number; long: number }>();
  for (const { option, quantity } of options) {
    const key = `${option.expiry}/${option.strike}`;
    const pair = strikes.get(key) ?? { short: 0, long: 0 };
    if (quantity < 0) pair.short -= quantity;
    else pair.long += quantity;
    strikes.set(key, pair);
  }
  let naked = 0;
  for (const { short, long } of strikes.values()) naked += Math.max(0, short - long);
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
  const at = seen.book.market.at;
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
  const uncertainty = underlyingOf(seen.book.market, seen.underlying)!.indexUncertainty;
  let delta = 0;
  for (const { row, quantity } of seen.legs) delta += quantity * seen.book.columns.delta[row]!;
  const netDelta = Math.abs(delta) * seen.index;
  return charge('oracle-confidence', seen, netDelta * uncertainty, { netDelta, uncertainty });
}

/** A stable asset that has left its peg may go on leaving (M-29). */
function peg(seen: Seen): Charge | undefined {
  const { pegThreshold, pegFactor } = seen.parameters.charges;
  const level = seen.book.market.pegs.get(seen.underlying) ?? 1;
  let value = 0;
  for (const { quantity } of seen.legs) value += Math.abs(quantity) * level;
  const missing = Math.max(0, pegThreshold - level);
  return charge('peg', seen, value * pegFactor * missing, { value, level, threshold: pegThreshold });
}

/** What an underlying's options are worth net, and how much of that a sale would bring today. */
interface OptionValue {
  readonly net: number;
  readonly credited: number;
}

/** Net long option value, credited at `min(bid, mark - fit error * vega)` and capped (M-30). */
function optionValue({ book, legs, parameters }: Seen): OptionValue {
  const { value, vega, bid, fitError } = book.columns;
  let longs = 0;
  let sale = 0;
  let net = 0;
  for (const { row, quantity, product } of legs) {
    if (product.kind !== 'option') continue;
    net += quantity * value[row]!;
    if (quantity <= 0) continue;
    longs += quantity * value[row]!;
    const doubted = value[row]! - fitError[row]! * vega[row]! * 100;
    sale += quantity * Math.max(0, Math.min(bid[row]!, doubted));
  }
  if (net <= 0 || longs <= 0) return { net: Math.max(0, net), credited: 0 };
  return { net, credited: Math.min(parameters.charges.optionValueCap, net * (sale / longs)) };
}

/** Net long option value that counts towards initial margin over all underlyings, dollars; it may not be withdrawn (M-31). */
export function creditedOptionValue(book: RiskBook, holdings: Holdings, parameters: GridParameters): number {
  return viewsOf(book, holdings, parameters).reduce((sum, seen) => sum + optionValue(seen).credited, 0);
}

function optionValueCharge(seen: Seen): Charge | undefined {
  const { net, credited } = optionValue(seen);
  return charge('option-value', seen, net - credited, { net, credited });
}

/** The charges of one line, in a stated order: by underlying, then by rule. */
export function chargesOf(
  line: 'maintenance' | 'initial',
  book: RiskBook,
  holdings: Holdings,
  parameters: GridParameters,
  combined: Combined,
): Charge[] {
  const found: (Charge | undefined)[] = [];
  viewsOf(book, holdings, parameters).forEach((seen, u) => {
    if (seen.index === 0) {
      if (line === 'initial') found.push(peg(seen));
      return;
    }
    found.push(
      closeOutCost(seen),
      concentration(seen),
      vegaConcentration(seen),
      collateralLiquidity(seen),
      shortOptionMinimum(seen, parameters.charges.shortMinimum[line], combined.own[u]!.loss),
      basis(seen),
      surfaceConfidence(seen),
      oracleConfidence(seen),
    );
    if (line === 'initial') found.push(optionValueCharge(seen));
  });
  return found.filter((item) => item !== undefined);
}

/** The sum of charges, in ledger units. */
export function totalOf(charges: readonly Charge[]): Usd {
  return charges.reduce((sum, item) => (sum + item.amount) as Usd, 0n as Usd);
}
