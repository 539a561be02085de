// What Derive's portfolio managers ask beside scenarios: perpetuals by size, options nobody covers, collateral, doubt of an oracle (M-90, M-91).

import type { RiskBook } from '../../../risk/index.ts';
import type { Charge } from '../../requirement.ts';
import { grossReach, type Leg, sizeOf, type View } from '../../views.ts';
import { chargeOf, legsOf } from '../sweeping.ts';

/**
 * Options sold that nothing of their own strike covers, contracts: per expiry and strike, where call and put are both short their sum, where one is
 * short what of it the other does not reach. `low` is the least each leg may come to.
 * @example nakedAtStrikes(legs) // 1: short two calls, long one put of the same strike
 */
export function nakedAtStrikes(legs: readonly Leg[]): number {
  const pairs = new Map<string, { call: number; put: number }>();
  for (const { product, low } of legs) {
    if (product.kind !== 'option') continue;
    const key = `${product.expiry}/${product.strike}`;
    const pair = pairs.get(key) ?? { call: 0, put: 0 };
    pair[product.right] += low;
    pairs.set(key, pair);
  }
  let naked = 0;
  for (const { call, put } of pairs.values()) {
    if (call < 0 || put < 0) naked += Math.max(0, -call - put);
  }
  return naked;
}

/** `|q_perp| S rate`: what closing perpetuals may cost. */
export function perpetualContingency(view: View, rate: number): Charge[] {
  const size = grossReach(
    { ...view, legs: legsOf(view, 'perpetual'), fills: fillsOn(view, 'perpetual') },
    () => 1,
  );
  return chargeOf('perpetual-contingency', view.underlying, size * view.index * rate, {
    size,
    index: view.index,
    rate,
  });
}

/** `sum_e naked S rate`: what closing options that nothing covers may cost. */
export function optionContingency(view: View, rate: number): Charge[] {
  const naked = nakedAtStrikes(legsOf(view, 'option'));
  return chargeOf('option-contingency', view.underlying, naked * view.index * rate, {
    naked,
    index: view.index,
    rate,
  });
}

/** The changes of fills in legs of one kind. */
function fillsOn(view: View, kind: Leg['product']['kind']): View['fills'] {
  return view.fills.map((changes) => changes.filter(({ leg }) => leg.product.kind === kind));
}

/** Doubt of an oracle: `(1 - c) margin notional` below the threshold, nothing at or above it. */
export interface ConfidenceRule {
  readonly confThreshold: number;
  readonly confMargin: number;
}

/** What a notional is charged for an oracle's confidence. @example doubtShare({ confThreshold: 0.55, confMargin: 0.4 }, 0.5) // 0.2 */
export function doubtShare({ confThreshold, confMargin }: ConfidenceRule, confidence: number): number {
  return confidence >= confThreshold ? 0 : (1 - confidence) * confMargin;
}

/** How sure the oracles of a coin are: of its index, and with a perpetual held also of its mark. */
export function confidenceOf({ levels }: RiskBook, coin: string) {
  const of = (feed: string) => levels.confidences.get(feed) ?? 1;
  const index = of(`${coin}-INDEX`);
  return { index, withPerpetual: Math.min(index, of(`${coin}-PERPETUAL`)), asset: of };
}

/**
 * What expiries and perpetuals are charged for doubt: of perpetuals their notional at the index, and of each expiry all its contracts, by the least
 * confidence of index, forward, rate, vols, and of the perpetual where one is held.
 */
export function confidenceContingency(view: View, rule: ConfidenceRule, extra: number): Charge[] {
  const { book, underlying, index } = view;
  const perpetuals = { ...view, legs: legsOf(view, 'perpetual'), fills: fillsOn(view, 'perpetual') };
  const held = grossReach(perpetuals, () => 1);
  const known = confidenceOf(book, underlying);
  const spot = held > 0 ? known.withPerpetual : known.index;
  let amount = (held * index + extra) * doubtShare(rule, spot);
  const inputs: Record<string, number> = { index: spot };
  for (const { expiry, confidence = 1 } of book.levels.expiries.get(underlying) ?? []) {
    const isHere = ({ product }: Leg) => product.kind === 'option' && product.expiry === expiry;
    const least = Math.min(spot, confidence);
    const share = doubtShare(rule, least);
    if (share === 0) continue;
    const legs = view.legs.filter(isHere);
    const fills = view.fills.map((changes) => changes.filter(({ leg }) => isHere(leg)));
    const contracts = grossReach({ ...view, legs, fills }, () => 1);
    if (contracts === 0) continue;
    amount += contracts * index * share;
    inputs[`expiry ${expiry}`] = least;
  }
  return chargeOf('confidence-contingency', underlying, amount, inputs);
}

/** What a factor on the worst loss becomes while the stable coin stands below its peg: `factor + max(0, threshold - price) pegLossFactor`. */
export function peggedFactor(
  factor: number,
  { pegLossThreshold, pegLossFactor }: { readonly pegLossThreshold: number; readonly pegLossFactor: number },
  stable: number,
): number {
  return factor + Math.max(0, pegLossThreshold - stable) * pegLossFactor;
}

/** Largest value a balance may come to either way, dollars. */
export function balanceOf(view: View, asset: string): number {
  const leg = view.legs.find(({ product }) => product.kind === 'asset' && product.id === asset);
  return leg === undefined ? 0 : sizeOf(leg) * view.book.columns.value[leg.row]!;
}
