// What a payoff must keep to be margined, as a list of what it breaks: for whoever writes one.

import { canonicalJson, type Instant, isRefusal, MS_PER_DAY, type Refusal, refuse } from '../base/index.ts';
import { assetUsd, type Market, underlyingOf } from '../market/index.ts';
import { greeks, markOf, payoffView } from '../pricing/index.ts';
import type { PayoffView, Structured } from '../product/index.ts';
import { daysPassed, type Lane, pegAfter, resolveLane, shift, standardScenarios } from '../scenario/index.ts';
import { withExpiries } from './columns.ts';

/** Ranges as wide as the standard coins': a payoff that holds here holds in the standard book. */
const RANGES = { maintenance: 0.09, initial: 0.16 };

/**
 * What a structured product breaks in a market: nothing where it has a price and greeks, a finite mark in every lane, a premium that is never below
 * zero, the same bits when it is asked again in another order, and terms that can be digested. Each breach is a refusal that says
 * where. Rules M-80 to M-84.
 * @example conformPayoff(cappedCall, market) // []
 */
export function conformPayoff(
  product: Structured,
  observed: Market,
  lanes: readonly Lane[] = standardScenarios.lanes,
): Refusal[] {
  const sensed = greeks(product, observed);
  if (isRefusal(sensed)) return [sensed];
  const terms = canonicalJson(product.payoff.terms);
  const market = withExpiries(observed, [product]);
  const settle = assetUsd(market, product.settleAsset)!;
  const views = lanes.map((lane): [string, PayoffView] => {
    const shock = resolveLane(lane, RANGES);
    const coin = underlyingOf(shift(market, shock), product.underlying)!;
    const at = (market.at + daysPassed(shock) * MS_PER_DAY) as Instant;
    const settleMoved =
      product.settlement === 'inverse' ? coin.index : pegAfter(shock, product.settleAsset, settle);
    return [lane.id, payoffView(coin, at, settleMoved)];
  });
  const first = views.map(([, view]) => markOf(product, view));
  const again = [...views].reverse().map(([, view]) => markOf(product, view));
  const breaches = views.flatMap(([lane], s): Refusal[] => {
    const [mark, other] = [first[s]!, again[views.length - 1 - s]!];
    if (isRefusal(mark)) return [refuse(mark.reason, `in scenario ${lane} ${mark.message}`, product.id)];
    if (Object.is(mark, other)) return [];
    const message = `in scenario ${lane} its payoff gives ${mark} and then ${String(other)}; a payoff is a function of its view alone.`;
    return [refuse('bad-payoff', message, product.id)];
  });
  return terms === canonicalJson(product.payoff.terms)
    ? breaches
    : [
        ...breaches,
        refuse('bad-payoff', 'its terms change when it is asked; they say what it is.', product.id),
      ];
}
