// What Deribit adds to the worst case: roll shock, delta shock, and the haircut of collateral; under open orders at their farthest reach.

import type { RiskBook } from '../../../risk/index.ts';
import type { Charge } from '../../requirement.ts';
import { type Leg, netReach, type View } from '../../views.ts';
import { chargeOf, type RatedLine } from '../sweeping.ts';
import type { DeribitPortfolioParameters, PmCurrency } from './portfolio-parameters.ts';
import { deltaShock, rollRate } from './risk-matrix.ts';

/** The currency that a contract settles in, as the parameters name it: dollar coins are one. */
export function currencyOf({ product }: Pick<Leg, 'product'>): string {
  if (product.kind === 'asset') return product.id;
  return product.settlement === 'inverse' ? product.settleAsset : 'USD';
}

/**
 * Coins that one unit gains per relative move of its price (M-106): of a coin-settled option Black's delta less its mark, since its profit is in
 * coins; of everything else its delta.
 */
export function coinDelta(book: RiskBook, { row, product }: Leg): number {
  const { delta, mark } = book.columns;
  const isCoinOption = product.kind === 'option' && product.settlement === 'inverse';
  return isCoinOption ? delta[row]! - mark[row]! : delta[row]!;
}

/** The roll shock of one coin, dollars (M-106): every expiry of every settlement currency by itself. */
export function rollShockOf(view: View, currencies: DeribitPortfolioParameters['currencies']) {
  const { book, index, legs } = view;
  const keyOf = (leg: Leg) => `${book.groups.bucketOf[leg.row]!}/${currencyOf(leg)}`;
  const keys = new Map(legs.flatMap((leg) => (leg.product.kind === 'asset' ? [] : [[keyOf(leg), leg]])));
  let gross = 0;
  let amount = 0;
  for (const [key, first] of keys) {
    const net = netReach(
      view,
      (leg) => (leg.product.kind !== 'asset' && keyOf(leg) === key ? coinDelta(book, leg) : 0),
      'all',
    );
    const years = book.groups.bucketYears[book.groups.bucketOf[first.row]!]!;
    gross += net;
    amount += net * rollRate(currencies[currencyOf(first)]!, years) * index;
  }
  return { amount, netDeltas: gross };
}

/**
 * Between what the delta of the delta shock may lie (M-107): bought options bring the rest nearer to zero, never across. With open orders every
 * leg stands at the end that hurts.
 */
export function deltaReach({ book, legs }: View): { readonly low: number; readonly high: number } {
  const rest = { low: 0, high: 0 };
  const bought = { low: 0, high: 0 };
  const add = (to: { low: number; high: number }, one: number, other: number) => {
    to.low += Math.min(one, other);
    to.high += Math.max(one, other);
  };
  for (const leg of legs) {
    if (leg.product.kind === 'asset') continue;
    const unit = coinDelta(book, leg);
    if (leg.product.kind !== 'option') add(rest, leg.low * unit, leg.high * unit);
    else {
      add(rest, Math.min(0, leg.low) * unit, Math.min(0, leg.high) * unit);
      add(bought, Math.max(0, leg.low) * unit, Math.max(0, leg.high) * unit);
    }
  }
  return {
    low: Math.min(0, rest.low + Math.max(0, bought.low)),
    high: Math.max(0, rest.high + Math.min(0, bought.high)),
  };
}

/** Roll shock and delta shock of a coin on a line, times `mm_factor` on maintenance. */
export function shockCharges(view: View, given: DeribitPortfolioParameters, line: RatedLine): Charge[] {
  const pair = given.pairs[view.underlying];
  if (pair === undefined || view.index === 0) return [];
  const factor = line === 'maintenance' ? given.mmFactor : 1;
  const roll = rollShockOf(view, given.currencies);
  const { low, high } = deltaReach(view);
  const delta = Math.max(high, -low);
  const shock = deltaShock(delta, view.index, pair) * view.index;
  return [
    ...chargeOf('roll-shock', view.underlying, factor * roll.amount, { netDeltas: roll.netDeltas, factor }),
    ...chargeOf('delta-shock', view.underlying, factor * shock, { delta, factor }),
  ];
}

/** The haircut of an asset: of a coin its currency's, of a dollar coin its own. */
function haircutOf(asset: string, { currencies, pegs }: DeribitPortfolioParameters): number {
  const known: Pick<PmCurrency, 'haircut'> | undefined = Object.hasOwn(pegs, asset)
    ? pegs[asset]
    : currencies[asset];
  return known?.haircut ?? 0;
}

/** What initial margin does not count of owned balances (M-102). */
export function haircutCharges(
  { book, underlying, legs }: View,
  given: DeribitPortfolioParameters,
): Charge[] {
  return legs.flatMap(({ row, product, high }) => {
    if (product.kind !== 'asset') return [];
    const share = haircutOf(product.id, given);
    const value = Math.max(0, high) * book.columns.value[row]!;
    return chargeOf('collateral-haircut', underlying, value * share, { value, share });
  });
}
