// Risk arrays of structured products: the payoff asked anew in every lane, the base value from the same body.

import { type Instant, isRefusal, MS_PER_DAY, type Refusal, refuse, yearsBetween } from '../base/index.ts';
import { assetUsd, type Market, type UnderlyingMarket } from '../market/index.ts';
import { markOf, payoffView } from '../pricing/index.ts';
import type { Structured } from '../product/index.ts';
import { dampAt, daysPassed, pegAfter, type Shock } from '../scenario/index.ts';
import type { LaneMarkets } from './lane-markets.ts';

/**
 * Writes a structured product's row at `out[at]`: `damp (mark' settle' - mark settle)` dollars per unit of a premium, `damp (mark' - mark)
 * settle'` of what is margined. The product has a price in the unshocked market. Refuses the whole product when its payoff fails in a lane,
 * and names the lane.
 */
export function fillStructured(
  product: Structured,
  market: Market,
  lanes: LaneMarkets,
  out: Float64Array,
  at: number,
): Refusal | undefined {
  const settle = assetUsd(market, product.settleAsset)!;
  const base = markOf(product, payoffView(lanes.base!, market.at, settle)) as number;
  const yearsTo = product.expiry === undefined ? 0 : yearsBetween(market.at, product.expiry);
  for (let s = 0; s < lanes.shocks.length; s++) {
    const shock = lanes.shocks[s]!;
    const settleMoved = settleAfter(product, lanes.shifted[s]!, shock, settle);
    const time = (market.at + daysPassed(shock) * MS_PER_DAY) as Instant;
    const mark = markOf(product, payoffView(lanes.shifted[s]!, time, settleMoved));
    if (isRefusal(mark)) return refuse(mark.reason, `in scenario ${shock.id} ${mark.message}`, product.id);
    const gain =
      product.style === 'premium' ? mark * settleMoved - base * settle : (mark - base) * settleMoved;
    out[at + s] = dampAt(shock, yearsTo) * gain;
  }
  return undefined;
}

function settleAfter(product: Structured, coin: UnderlyingMarket, shock: Shock, settle: number): number {
  return product.settlement === 'inverse' ? coin.index : pegAfter(shock, product.settleAsset, settle);
}
