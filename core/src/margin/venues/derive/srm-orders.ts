// The subset of open orders that hurts most under the Standard Manager. Cash counts one for one, so perpetuals and expiries are alone with
// their own orders; within an expiry the larger of two margin values is not concave, and is tried in full or bounded.

import type { Fill, Holdings } from '../../../risk/index.ts';
import type { LineName } from '../../requirement.ts';
import { type ProductOrder, worstOfProduct } from '../../static/fills.ts';
import type { RatedLine } from '../../static/rules.ts';
import type { SrmBook, SrmCoin, SrmRow } from './srm-book.ts';
import {
  type SrmLeg,
  srmCollateral,
  srmDoubtful,
  srmIsolated,
  srmMaxLoss,
  srmPayoff,
  srmShort,
  unpairedScale,
} from './srm-rules.ts';

/** Most that any subset of fills could ask for, and the subset found to ask for most. */
export interface SrmWorst {
  readonly bound: number;
  readonly subset: readonly Fill[];
}

/** Orders of one expiry that are tried in every combination. */
const ORDERS_EXACT = 8;
/** Sums in different order differ by less. */
const SLACK = 1e-12;

/** Options on one expiry, held or ordered: what stands before any fill, and the orders of each. */
interface Leg {
  readonly rule: Extract<SrmRow, { kind: 'option' }>;
  readonly quantity: number;
  readonly orders: readonly ProductOrder[];
}

/** How much of the requirement a line asks for, and by which rates. */
function ratedOf({ given }: SrmBook, line: LineName): { readonly rated: RatedLine; readonly times: number } {
  if (line === 'initial') return { rated: 'initial', times: 1 };
  return { rated: 'maintenance', times: line === 'release' ? 1 + given.bufferMarginPercentage : 1 };
}

/** What oracles and the stable add per perpetual held, or per option sold. */
function perUnit(coin: SrmCoin, confidence: number, threshold: number, rated: RatedLine): number {
  if (rated === 'maintenance') return 0;
  return coin.depeg + srmDoubtful(confidence, threshold, coin.oracle.OCFactor, coin.spot);
}

/**
 * `max_A [ times x requirement(after A) - jump_A ]` over the subsets A of fills, part by part (M-138). A perpetual is convex in its quantity, and
 * its worst subset is found. An expiry asks for the lesser of two sums: each short by itself, convex product by product, and the most that
 * can be lost, the largest of sums that are convex product by product, one for each settlement price with and without unpaired calls. The lesser of
 * their worst subsets bounds it, and is the truth where a subset reaches it; where none does, up to eight orders are tried in full.
 * @example srmWorst(book, holdings, fills, 'initial') // { bound: 310, subset: [fills[0]] }
 */
export function srmWorst(
  book: SrmBook,
  holdings: Holdings,
  fills: readonly Fill[],
  line: LineName,
): SrmWorst {
  const { rules, risk } = book;
  const { rated, times } = ratedOf(book, line);
  const quantityOf = new Map(Array.from(holdings.rows, (row, i) => [row, holdings.quantities[i]!]));
  const ordersOf = new Map<number, ProductOrder[]>();
  for (const fill of fills) {
    const { row, quantity } = fill.legs[0]!;
    const own = ordersOf.get(row) ?? [];
    own.push({ fill, change: quantity, cost: -fill.jump });
    ordersOf.set(row, own);
  }
  let bound = 0;
  const subset: Fill[] = [];
  const expiries = new Map<number, Leg[]>();
  for (const row of new Set([...quantityOf.keys(), ...ordersOf.keys()])) {
    const rule = rules[row]!;
    const [quantity, orders] = [quantityOf.get(row) ?? 0, ordersOf.get(row) ?? []];
    if (rule.kind === 'perpetual') {
      const { coin, rates, mark } = rule;
      const share = rated === 'initial' ? rates.imPerpReq : rates.mmPerpReq;
      const each =
        times * (share * mark + perUnit(coin, coin.perpConfidence, coin.oracle.perpThreshold, rated));
      const worst = worstOfProduct((coins) => each * Math.abs(coins), quantity, orders);
      bound += worst.amount;
      subset.push(...worst.filled);
    } else if (rule.kind === 'base') {
      // No fill changes collateral: contracts settle in cash.
      const value = { value: quantity * rule.spot, confidence: rule.confidence };
      const worth = quantity * risk.columns.value[row]!;
      bound += times * (worth - srmCollateral(value, rule.rates, rated));
    } else if (rule.kind === 'option') {
      const bucket = risk.groups.bucketOf[row]!;
      expiries.set(bucket, [...(expiries.get(bucket) ?? []), { rule, quantity, orders }]);
    }
  }
  for (const legs of expiries.values()) {
    const worst = worstOfExpiry(legs, rated, times);
    bound += worst.bound;
    subset.push(...worst.subset);
  }
  return { bound, subset };
}

interface Found {
  readonly amount: number;
  readonly filled: readonly Fill[];
}

/** The worst subset where every leg is charged by itself: `of(leg)` is what a quantity of it needs, convex. */
function alone(legs: readonly Leg[], of: (leg: Leg) => (quantity: number) => number): Found {
  let amount = 0;
  const filled: Fill[] = [];
  for (const leg of legs) {
    const worst = worstOfProduct(of(leg), leg.quantity, leg.orders);
    amount += worst.amount;
    filled.push(...worst.filled);
  }
  return { amount, filled };
}

function worstOfExpiry(legs: readonly Leg[], rated: RatedLine, times: number): SrmWorst {
  const { coin, rates, forward, confidence } = legs[0]!.rule;
  const each = perUnit(coin, confidence, coin.oracle.optionThreshold, rated);
  const isolated = alone(legs, ({ rule }) => {
    const { mark } = rule.leg;
    const short = srmShort({ ...rule.leg, quantity: -1 }, coin.spot, rates, rated) + each;
    return (quantity) => times * (quantity >= 0 ? quantity * mark : -quantity * short);
  });
  const prices = [undefined, 0, ...legs.map(({ rule }) => rule.leg.strike)];
  const tail = unpairedScale(rates, rated) * forward;
  let lost: Found | undefined;
  for (const settled of new Set(prices)) {
    for (const unpaired of [0, tail]) {
      const found = alone(legs, ({ rule }) => {
        const leg = { ...rule.leg, quantity: 1 };
        const paid = settled === undefined ? 0 : srmPayoff(leg, settled);
        const slope = leg.mark - paid - (leg.right === 'call' ? unpaired : 0);
        return (quantity) => times * (quantity * slope + Math.max(0, -quantity) * each);
      });
      if (lost === undefined || found.amount > lost.amount) lost = found;
    }
  }
  const bound = Math.min(isolated.amount, lost!.amount);
  return certified(bound, [isolated.filled, lost!.filled, []], legs, (after) => {
    const held = legs.map(({ rule }, i): SrmLeg => ({ ...rule.leg, quantity: after[i]! }));
    const value = Math.max(
      srmIsolated(held, coin.spot, rates, rated),
      srmMaxLoss(held, forward, rates, rated).value,
    );
    const needs = held.map(({ mark, quantity }) => quantity * mark + Math.max(0, -quantity) * each);
    return times * (needs.reduce((sum, need) => sum + need, 0) - value);
  });
}

/** A bound that one of the subsets reaches, or the worst of all where they are few, or the bound with the worst that was tried. */
function certified(
  bound: number,
  subsets: readonly (readonly Fill[])[],
  legs: readonly Leg[],
  need: (after: readonly number[]) => number,
): SrmWorst {
  const orders = legs.flatMap((leg) => leg.orders);
  const tried = (filled: ReadonlySet<Fill>): number => {
    const after = legs.map((leg) =>
      leg.orders.reduce((sum, { fill, change }) => sum + (filled.has(fill) ? change : 0), leg.quantity),
    );
    return orders.reduce((sum, { fill, cost }) => sum + (filled.has(fill) ? cost : 0), need(after));
  };
  let amount = Number.NEGATIVE_INFINITY;
  let subset: readonly Fill[] = [];
  const look = (filled: readonly Fill[]) => {
    const asked = tried(new Set(filled));
    if (asked <= amount) return;
    amount = asked;
    subset = filled;
  };
  for (const filled of subsets) look(filled);
  if (bound - amount <= SLACK * Math.abs(bound) || orders.length > ORDERS_EXACT) return { bound, subset };
  for (let mask = 1; mask < 2 ** orders.length; mask++) {
    look(orders.filter((_, i) => (mask >> i) & 1).map(({ fill }) => fill));
  }
  return { bound: amount, subset };
}
