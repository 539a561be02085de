// What no scenario can see: getting out, being wrong, being too big. One function per charge, each a rule of the methodology.

import { dollars, owedUp, type Usd } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import { type Slice, underlyingOf } from '../market/index.ts';
import { expiryOf, type Option } from '../product/index.ts';
import type { Combined, Holdings, RiskBook } from '../risk/index.ts';
import { coinParameters, type GridParameters } from './parameters.ts';
import type { Charge, ChargeName } from './requirement.ts';

/** Everything a charge may look at. */
interface Seen {
  readonly book: RiskBook;
  readonly holdings: Holdings;
  readonly parameters: GridParameters;
}

type Leg = { readonly row: number; readonly quantity: number };

function legsOf(seen: Seen, underlying: string): Leg[] {
  const legs: Leg[] = [];
  seen.holdings.rows.forEach((row, i) => {
    if (seen.book.products[row]!.underlying === underlying) {
      legs.push({ row, quantity: seen.holdings.quantities[i]! });
    }
  });
  return legs;
}

function sliceOf(book: RiskBook, option: Option): Slice {
  return underlyingOf(book.market, option.underlying)!.slices.find(
    (slice) => slice.expiry === option.expiry,
  )!;
}

function charge(
  name: ChargeName,
  amount: number,
  inputs: Record<string, number>,
  underlying?: string,
): Charge | undefined {
  const owed = owedUp(amount);
  if (owed <= 0n) return undefined;
  return underlying === undefined
    ? { name, amount: owed, inputs }
    : { name, underlying, amount: owed, inputs };
}

/** Crossing half the slice's width in vol and the hedge's half-spread, plus the fee, leg by leg. */
function closeOutCost(seen: Seen, underlying: string, index: number): Charge | undefined {
  const { book, parameters } = seen;
  const coin = coinParameters(parameters, underlying);
  const { futureFee, optionFee, optionFeeCap, closeOutVol } = parameters.charges;
  let spread = 0;
  let fees = 0;
  for (const { row, quantity } of legsOf(seen, underlying)) {
    const product = book.products[row]!;
    if (product.kind === 'asset') continue;
    const size = Math.abs(quantity);
    const notional = size * Math.abs(book.columns.delta[row]!) * index;
    spread += notional * coin.halfSpread;
    if (product.kind === 'option') {
      const width = Math.max(closeOutVol, sliceOf(book, product).quality.quoteWidth);
      spread += size * book.columns.vega[row]! * 100 * width;
      fees += size * Math.min(optionFee * index, optionFeeCap * book.columns.value[row]!);
    } else fees += notional * futureFee;
  }
  return charge('close-out-cost', spread + fees, { spread, fees }, underlying);
}

/** Square-root impact of trading out the net delta: `Y sigma Q sqrt(Q / volume)`. */
function concentration(seen: Seen, underlying: string, index: number): Charge | undefined {
  const coin = coinParameters(seen.parameters, underlying);
  let delta = 0;
  for (const { row, quantity } of legsOf(seen, underlying)) {
    if (seen.book.products[row]!.kind !== 'asset') delta += quantity * seen.book.columns.delta[row]!;
  }
  const net = Math.abs(delta) * index;
  const amount = seen.parameters.charges.impact * coin.dailyMove * net * Math.sqrt(net / coin.deltaVolume);
  return charge(
    'concentration',
    amount,
    { netDelta: net, volume: coin.deltaVolume, dailyMove: coin.dailyMove },
    underlying,
  );
}

/** The same law for the net vega. */
function vegaConcentration(seen: Seen, underlying: string): Charge | undefined {
  const coin = coinParameters(seen.parameters, underlying);
  let vega = 0;
  for (const { row, quantity } of legsOf(seen, underlying)) vega += quantity * seen.book.columns.vega[row]!;
  const net = Math.abs(vega);
  const points = coin.dailyVolMove * 100;
  const amount = seen.parameters.charges.impact * points * net * Math.sqrt(net / coin.vegaVolume);
  const inputs = { netVega: net, volume: coin.vegaVolume, dailyVolPoints: points };
  return charge('vega-concentration', amount, inputs, underlying);
}

/** Selling a balance moves its price too; capped, so that more collateral never lowers excess. */
function collateralLiquidity(seen: Seen, underlying: string, index: number): Charge | undefined {
  const { parameters, book } = seen;
  const coin = coinParameters(parameters, underlying);
  const row = book.indexOf.get(underlying);
  const leg = legsOf(seen, underlying).find((candidate) => candidate.row === row);
  const value = Math.max(0, (leg?.quantity ?? 0) * index);
  const share = Math.min(
    parameters.charges.collateralCap,
    parameters.charges.impact * coin.dailyMove * Math.sqrt(value / coin.deltaVolume),
  );
  return charge('collateral-liquidity', value * share, { value, share }, underlying);
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

function shortOptionMinimum(
  seen: Seen,
  underlying: string,
  index: number,
  rate: number,
  sweptLoss: number,
): Charge | undefined {
  const options = legsOf(seen, underlying).flatMap(({ row, quantity }) => {
    const product = seen.book.products[row]!;
    return product.kind === 'option' ? [{ option: product, quantity }] : [];
  });
  const unpaired = nakedShorts(options);
  const least = unpaired * index * rate;
  return charge(
    'short-option-minimum',
    least - sweptLoss,
    { unpaired, rate, least, swept: sweptLoss },
    underlying,
  );
}

/** Forwards of different expiries part from each other and from the index while the book is closed; nothing nets. */
function basis(seen: Seen, underlying: string, index: number): Charge | undefined {
  const { basisMin, basisYearly } = seen.parameters.charges;
  const at = seen.book.market.at;
  const deltas = new Map<number, number>();
  for (const { row, quantity } of legsOf(seen, underlying)) {
    const product = seen.book.products[row]!;
    if (product.kind === 'asset') continue;
    const years = ((expiryOf(product) ?? at) - at) / (365 * 86_400_000);
    deltas.set(years, (deltas.get(years) ?? 0) + quantity * seen.book.columns.delta[row]!);
  }
  let amount = 0;
  let gross = 0;
  for (const [years, delta] of deltas) {
    gross += Math.abs(delta) * index;
    amount += Math.abs(delta) * index * Math.max(basisMin, exp(basisYearly * years) - 1);
  }
  return charge('basis', amount, { expiries: deltas.size, grossDelta: gross }, underlying);
}

/** The vol may be wrong by the slice's uncertainty, leg by leg, against the account. */
function surfaceConfidence(seen: Seen, underlying: string): Charge | undefined {
  let amount = 0;
  let vega = 0;
  for (const { row, quantity } of legsOf(seen, underlying)) {
    const product = seen.book.products[row]!;
    if (product.kind !== 'option') continue;
    const size = Math.abs(quantity) * seen.book.columns.vega[row]!;
    vega += size;
    amount += size * 100 * sliceOf(seen.book, product).quality.uncertainty;
  }
  return charge('surface-confidence', amount, { grossVega: vega }, underlying);
}

/** The index may be wrong by its sources' half-range. */
function oracleConfidence(seen: Seen, underlying: string, index: number): Charge | undefined {
  const uncertainty = underlyingOf(seen.book.market, underlying)!.indexUncertainty;
  let delta = 0;
  for (const { row, quantity } of legsOf(seen, underlying)) delta += quantity * seen.book.columns.delta[row]!;
  const net = Math.abs(delta) * index;
  return charge('oracle-confidence', net * uncertainty, { netDelta: net, uncertainty }, underlying);
}

/** A stable asset that has left its peg may go on leaving. */
function peg(seen: Seen, asset: string): Charge | undefined {
  const { pegThreshold, pegFactor } = seen.parameters.charges;
  const level = seen.book.market.pegs.get(asset) ?? 1;
  let value = 0;
  for (const { quantity } of legsOf(seen, asset)) value += Math.abs(quantity) * level;
  const missing = Math.max(0, pegThreshold - level);
  return charge('peg', value * pegFactor * missing, { value, level, threshold: pegThreshold }, asset);
}

/** What an underlying's options are worth net, and how much of that a sale would bring today. */
export interface OptionValue {
  readonly net: number;
  readonly credited: number;
}

/** Net long option value, credited at `min(bid, mark - fit error * vega)` and capped. */
export function optionValue(seen: Seen, underlying: string): OptionValue {
  const { book, parameters } = seen;
  let longs = 0;
  let sale = 0;
  let net = 0;
  for (const { row, quantity } of legsOf(seen, underlying)) {
    const product = book.products[row]!;
    if (product.kind !== 'option') continue;
    const value = book.columns.value[row]!;
    net += quantity * value;
    if (quantity <= 0) continue;
    // A bid is in the product's price unit; value / mark turns that into dollars.
    const mark = book.columns.mark[row]!;
    const bid = mark > 0 ? ((book.market.touches.get(product.id)?.bid ?? 0) * value) / mark : 0;
    const doubt = sliceOf(book, product).quality.fitError * book.columns.vega[row]! * 100;
    longs += quantity * value;
    sale += quantity * Math.max(0, Math.min(bid, value - doubt));
  }
  if (net <= 0 || longs <= 0) return { net: Math.max(0, net), credited: 0 };
  return { net, credited: Math.min(parameters.charges.optionValueCap, net * (sale / longs)) };
}

function optionValueCharge(seen: Seen, underlying: string): Charge | undefined {
  const { net, credited } = optionValue(seen, underlying);
  return charge('option-value', net - credited, { net, credited }, underlying);
}

/** The charges of one line, in a stated order: by underlying, then by rule. */
export function chargesOf(
  line: 'maintenance' | 'initial',
  book: RiskBook,
  holdings: Holdings,
  parameters: GridParameters,
  combined: Combined,
): Charge[] {
  const seen: Seen = { book, holdings, parameters };
  const found: (Charge | undefined)[] = [];
  book.groups.underlyings.forEach((underlying, u) => {
    const coin = underlyingOf(book.market, underlying);
    if (coin === undefined) {
      if (line === 'initial') found.push(peg(seen, underlying));
      return;
    }
    const rate = parameters.charges.shortMinimum[line];
    found.push(
      closeOutCost(seen, underlying, coin.index),
      concentration(seen, underlying, coin.index),
      vegaConcentration(seen, underlying),
      collateralLiquidity(seen, underlying, coin.index),
      shortOptionMinimum(seen, underlying, coin.index, rate, combined.own[u]!.loss),
      basis(seen, underlying, coin.index),
      surfaceConfidence(seen, underlying),
      oracleConfidence(seen, underlying, coin.index),
    );
    if (line === 'initial') found.push(optionValueCharge(seen, underlying));
  });
  return found.filter((item) => item !== undefined);
}

/** The sum of charges, in ledger units. */
export function totalOf(charges: readonly Charge[]): Usd {
  return charges.reduce((sum, item) => (sum + item.amount) as Usd, 0n as Usd);
}

/** For reports: a charge in dollars. */
export function chargeDollars(item: Charge): number {
  return dollars(item.amount);
}
