// What a payoff sees of a coin's market, and what is believed of its answer: a mark, or a refusal by name.

import { DAYS_PER_YEAR, type Instant, isRefusal, MS_PER_DAY, type Refusal, refuse } from '../base/index.ts';
import { sliceAt, type UnderlyingMarket, volAt } from '../market/index.ts';
import type { PayoffView, Structured } from '../product/index.ts';

/** A small move for a difference quotient: prices times `1 + spot` at unmoved strikes' vols, vols plus `vol`, `days` later. */
export interface Bump {
  readonly spot: number;
  readonly vol: number;
  readonly days: number;
}

/** A mark beyond this is no price of anything, and its products with other numbers must stay finite. */
const MARK_MAX = 1e15;

/** No move at all. */
export const STILL: Bump = { spot: 0, vol: 0, days: 0 };

/**
 * A coin's market as a payoff sees it, `settle` being USD per unit of the settle asset in it. An expiry between the market's own is
 * interpolated; one that has passed and has no slice is worth the index, without deviation.
 * @example payoffView(bitcoin, market.at, 1).forward(expiry) // 65_310.2
 */
export function payoffView(
  coin: UnderlyingMarket,
  at: Instant,
  settle: number,
  { spot, vol, days }: Bump = STILL,
): PayoffView {
  const now = (at + days * MS_PER_DAY) as Instant;
  const factor = 1 + spot;
  const isOver = (expiry: Instant) => expiry <= now && coin.slices.every((slice) => slice.expiry !== expiry);
  return {
    at: now,
    index: coin.index * factor,
    perpetual: coin.perpetual * factor,
    settle,
    forward(expiry) {
      if (isOver(expiry)) return coin.index * factor;
      const slice = sliceAt(coin, expiry);
      return isRefusal(slice) ? slice : slice.forward * factor;
    },
    stdev(expiry, strike) {
      if (!(strike > 0 && strike < Number.POSITIVE_INFINITY)) {
        return refuse('bad-payoff', `it asks for the vol of strike ${strike}; a strike is above zero.`);
      }
      if (isOver(expiry)) return 0;
      const slice = sliceAt(coin, expiry);
      if (isRefusal(slice)) return slice;
      return (volAt(slice, strike) + vol) * Math.sqrt(Math.max(0, slice.years - days / DAYS_PER_YEAR));
    },
  };
}

/** The view in which a product is settled: its expiry has come, and the index is what the forward has become. */
export function settlementView(
  coin: UnderlyingMarket,
  at: Instant,
  expiry: Instant,
  settle: number,
): PayoffView {
  const open = { ...coin, slices: coin.slices.filter((slice) => slice.expiry > expiry) };
  return payoffView(open, at, settle, { ...STILL, days: (expiry - at) / MS_PER_DAY });
}

/**
 * The mark of a structured product in a view, settle asset per unit. Whatever is no price is refused and names the product: a payoff that
 * throws, an answer that is no finite number, a premium below zero; and whatever the payoff refuses itself.
 * @example markOf(powerPerpetual, view) // 4225
 */
export function markOf(product: Structured, view: PayoffView): number | Refusal {
  const faulty = (what: string) =>
    refuse('bad-payoff', `its payoff '${product.payoff.family}' ${what}.`, product.id);
  let mark: unknown;
  try {
    mark = product.payoff.mark(view);
  } catch (error) {
    const said = error instanceof Error ? error.message : 'something that is no error';
    return faulty(`threw ${JSON.stringify(said.slice(0, 80))}; a payoff answers every view, or refuses`);
  }
  if (isRefusal(mark)) return refuse(mark.reason, mark.message, product.id);
  if (typeof mark !== 'number' || !(Math.abs(mark) <= MARK_MAX)) {
    const shown = typeof mark === 'number' ? `${mark}` : `of type ${typeof mark}`;
    return faulty(`gives a mark that is ${shown}; a mark is a number up to ${MARK_MAX}, or a refusal`);
  }
  if (product.style === 'premium' && mark < 0) {
    return faulty(
      `gives a mark of ${mark}; a premium is never below zero, make it margined or floor it at 0`,
    );
  }
  return mark;
}
