// The risk of one book under SPAN: what the scan finds in each coin, and what it cannot see as charges and credits.

import { creditDown, DAYS_PER_YEAR, owedUp, usd } from '../../base/index.ts';
import {
  type CombinePlan,
  combine,
  type Holdings,
  type RiskBook,
  type Swept,
  sweep,
} from '../../risk/index.ts';
import type { Charge } from '../requirement.ts';
import { pointsOf } from './lanes.ts';
import { type SpanParameters, spanCoin } from './parameters.ts';
import {
  type Calendar,
  type CoinRisk,
  type ExpiryDelta,
  formCalendar,
  formCredits,
  tierAt,
} from './spreads.ts';

/** What a risk is computed from: the arrays, and what was read off them once. */
export interface SpanArrays {
  readonly risk: RiskBook;
  readonly given: SpanParameters;
  /** Composite delta of each product, dollars per unit (M-52). */
  readonly deltas: Float64Array;
}

/** Every coin by itself: nothing that one gains is set against another's loss, but for credits. */
export function soloPlan(risk: RiskBook): CombinePlan {
  const seen = new Uint8Array(risk.lanes.length).fill(1);
  return {
    retained: 1,
    drivers: [],
    seen: { maintenance: seen, initial: seen },
    coins: risk.lanes.map(() => undefined),
  };
}

/** The same rows without what is not scanned: balances. */
export function scanned(holdings: Holdings, risk: RiskBook): Holdings {
  const quantities = holdings.quantities.map((quantity, i) =>
    risk.products[holdings.rows[i]!]!.kind === 'asset' ? 0 : quantity,
  );
  return { rows: holdings.rows, quantities };
}

/** One coin's part of a book. Dollars. */
export interface CoinPart {
  readonly coin: string;
  readonly u: number;
  readonly scan: number;
  readonly expiries: readonly ExpiryDelta[];
  readonly netDelta: number;
  /** What of the scan is due to price alone (M-55). */
  readonly priceRisk: number;
  readonly timeRisk: number;
  /** Short options, in coins, and their least risk. */
  readonly shorts: number;
  readonly least: number;
}

/** The parts of the coins of a book, in its order. `swept` holds what is scanned. */
export function partsOf({ risk, given, deltas }: SpanArrays, swept: Swept): CoinPart[] {
  const { holdings } = swept;
  const { underlyings, underlyingStart, bucketStart, bucketYears } = risk.groups;
  let next = 0;
  return underlyings.flatMap((coin, u): CoinPart[] => {
    const expiries: ExpiryDelta[] = [];
    let shorts = 0;
    for (let g = underlyingStart[u]!; g < underlyingStart[u + 1]!; g++) {
      let delta = 0;
      for (; next < holdings.rows.length && holdings.rows[next]! < bucketStart[g + 1]!; next++) {
        const row = holdings.rows[next]!;
        const quantity = holdings.quantities[next]!;
        delta += quantity * deltas[row]!;
        if (risk.products[row]!.kind === 'option') shorts += Math.max(0, -quantity);
      }
      const days = bucketYears[g]! * DAYS_PER_YEAR;
      if (delta !== 0) expiries.push({ tier: tierAt(given.tiers, days), days, delta });
    }
    const level = risk.levels.coins.get(coin);
    if (level === undefined) return [];
    const points = pointsOf(swept.pnl, u * risk.stride).map((pnl) => -pnl);
    const scan = scanOf(swept, u);
    const timeRisk = points[0]!;
    const priceRisk = Math.min(scan, Math.max(0, Math.max(...points) - timeRisk));
    const netDelta = expiries.reduce((sum, { delta }) => sum + delta, 0);
    const least = given.shortMinimum * shorts * level.index;
    return [{ coin, u, scan, expiries, netDelta, priceRisk, timeRisk, shorts, least }];
  });
}

function scanOf({ pnl, book }: Swept, u: number): number {
  let scan = 0;
  for (let s = 0; s < book.lanes.length; s++) scan = Math.max(scan, -pnl[u * book.stride + s]!);
  return scan;
}

/** Price risk of a dollar of net delta; a future's at most, or a book with hardly a delta would be given back a risk that no price move has. */
function riskPerDelta({ netDelta, priceRisk, coin }: CoinPart, given: SpanParameters): number {
  const future = spanCoin(given, coin).priceScan;
  return Math.abs(netDelta) * future > priceRisk ? priceRisk / Math.abs(netDelta) : future;
}

/** What expiries that are about to settle cost (M-54): their net deltas, by whether they stand alone or in a calendar spread. */
function deliveryOf(
  part: CoinPart,
  calendar: Calendar,
  given: SpanParameters,
): { alone: number; spread: number } {
  let alone = 0;
  let spread = 0;
  for (const { tier, days, delta } of part.expiries) {
    if (days === 0 || days > given.delivery.days) continue;
    const share = (delta > 0 ? calendar.spreadLong : calendar.spreadShort)[tier]!;
    spread += share * Math.abs(delta);
    alone += (1 - share) * Math.abs(delta);
  }
  return { alone, spread };
}

/** A charge in dollars, or none. `amount` is the float it was rounded from. */
type Priced = Charge & { readonly dollars: number };

function owed(name: Charge['name'], underlying: string, dollars: number, inputs: Charge['inputs']): Priced[] {
  const amount = owedUp(dollars);
  return amount > 0n ? [{ name, underlying, amount, inputs, dollars }] : [];
}

function calendarCharge(part: CoinPart, calendar: Calendar, given: SpanParameters): Priced[] {
  const factor = spanCoin(given, part.coin).calendarFactor;
  const dollars = factor * calendar.formed.reduce((sum, { charge }) => sum + charge, 0);
  const formed = calendar.formed.map(({ near, far, delta }) => [`${near}/${far}`, delta]);
  return owed('calendar-spread', part.coin, dollars, { ...Object.fromEntries(formed), factor });
}

function deliveryCharge(part: CoinPart, calendar: Calendar, given: SpanParameters): Priced[] {
  const { alone, spread } = deliveryOf(part, calendar, given);
  const rates = given.delivery;
  const dollars = rates.outright * alone + rates.spread * spread;
  return owed('delivery', part.coin, dollars, {
    alone,
    spread,
    outrightRate: rates.outright,
    spreadRate: rates.spread,
  });
}

/** Credits per coin, in the order of the table. */
function creditCharges(parts: readonly CoinPart[], given: SpanParameters): Map<string, Priced[]> {
  const risks = parts.map((part): [string, CoinRisk] => [
    part.coin,
    { delta: part.netDelta, riskPerDelta: riskPerDelta(part, given) },
  ]);
  const charges = new Map<string, Priced[]>();
  for (const { coin, against, credit, delta, riskPerDelta, rate } of formCredits(
    new Map(risks),
    given.credits,
  )) {
    const amount = creditDown(credit);
    if (amount <= 0n) continue;
    const name = 'inter-commodity-credit';
    const inputs = { [`against ${against}`]: delta, riskPerDelta, rate };
    const charge = { name, underlying: coin, amount: usd(-amount), inputs, dollars: -credit } as const;
    charges.set(coin, [...(charges.get(coin) ?? []), charge]);
  }
  return charges;
}

/**
 * What the scan does not see, coin by coin: calendar spreads, delivery, credits (negative), and what all that is short of the least risk of
 * the short options. Per coin never less than a fifth of its scan, because a credit is at most four fifths of the price risk.
 */
export function spanCharges(arrays: SpanArrays, parts: readonly CoinPart[]): Charge[] {
  const { given } = arrays;
  const credits = creditCharges(parts, given);
  return parts.flatMap((part): Charge[] => {
    const calendar = formCalendar(part.expiries, given.tiers, given.calendar);
    const charges = [
      ...calendarCharge(part, calendar, given),
      ...deliveryCharge(part, calendar, given),
      ...(credits.get(part.coin) ?? []),
    ];
    const risk = charges.reduce((sum, { dollars }) => sum + dollars, part.scan);
    const { shorts, least } = part;
    const inputs = { shorts, rate: given.shortMinimum, least, risk };
    const all = [...charges, ...owed('short-minimum', part.coin, least - risk, inputs)];
    return all.map(({ dollars: _, ...charge }) => charge);
  });
}

/** Sweep, combination, parts and charges of holdings, none of them given up. */
export function riskOf(arrays: SpanArrays, plan: CombinePlan, holdings: Holdings) {
  const swept = sweep(arrays.risk, scanned(holdings, arrays.risk));
  const combined = combine(swept, plan, 'maintenance');
  const parts = partsOf(arrays, swept);
  return { swept, combined, parts, charges: spanCharges(arrays, parts) };
}
