// Price and greeks of structured products: the payoff's own answer, and difference quotients of it.

import {
  type Instant,
  isRefusal,
  MS_PER_DAY,
  type Refusal,
  type RefusalReason,
  refuse,
} from '../base/index.ts';
import { assetUsd, type Market, type UnderlyingMarket, underlyingOf } from '../market/index.ts';
import { KINKS_MAX, type PayoffView, type Structured } from '../product/index.ts';
import type { Greeks, Price } from './value.ts';
import { type Bump, markOf, payoffView, STILL } from './view.ts';

/**
 * Steps of the difference quotients, powers of two so that a step is exact. Central, so the error is of second order: for an option-like
 * payoff of total deviation s about `(step / s)^2 / 6` of delta and gamma (1e-4 of them a day before expiry at a vol of 50 %), 1e-8 of
 * vega; rounding takes about 1e-8 of gamma.
 */
const SPOT_STEP = 2 ** -12;
const VOL_STEP = 2 ** -13;
const DAY_STEP = 2 ** -6;

/** What a structured product is refused for before it is priced, or undefined. */
function doubtStructured(product: Structured, market: Market): Refusal | undefined {
  const { payoff, settlement, settleAsset, underlying, expiry } = product;
  const no = (reason: RefusalReason, message: string) => refuse(reason, message, product.id);
  if (expiry !== undefined && !(expiry > market.at)) {
    return no('expired', 'it expired before the snapshot; settle it to cash and remove the position.');
  }
  const inCoin = settleAsset === underlying;
  if (inCoin !== (settlement === 'inverse') || (!inCoin && underlyingOf(market, settleAsset) !== undefined)) {
    const mend = `settle it inverse in ${underlying}, or linear in a stable asset.`;
    return no(
      'not-supported',
      `it is ${settlement} and settles in ${settleAsset}, which no lane can follow; ${mend}`,
    );
  }
  const terms = Object.entries(payoff.terms);
  const broken = terms.find(([, term]) => typeof term !== 'string' && !Number.isFinite(term));
  if (broken !== undefined) {
    return no('bad-payoff', `its term '${broken[0]}' is neither text nor a finite number; mend the payoff.`);
  }
  const strikes = payoff.strikes ?? [];
  if (terms.length > KINKS_MAX || strikes.length > KINKS_MAX) {
    return no(
      'too-large',
      `its payoff has more than ${KINKS_MAX} terms or strikes; name the ones that matter.`,
    );
  }
  const strike = strikes.find((at) => !(at > 0 && at < Number.POSITIVE_INFINITY));
  return strike === undefined
    ? undefined
    : no('bad-payoff', `its payoff names the strike ${strike}; a strike is above zero.`);
}

/** Mark and worth of a structured product in a coin's market. @example priceStructured(cappedCall, market, bitcoin) // { mark: 812.4, usd: 811.6 } */
export function priceStructured(
  product: Structured,
  market: Market,
  coin: UnderlyingMarket,
): Price | Refusal {
  const doubt = doubtStructured(product, market);
  if (doubt !== undefined) return doubt;
  const settle = assetUsd(market, product.settleAsset);
  if (settle === undefined) {
    const message = `there is no dollar price for ${product.settleAsset}, in which it settles; state it as a peg.`;
    return refuse('unknown-asset', message, product.id);
  }
  const mark = markOf(product, payoffView(coin, market.at, settle));
  if (isRefusal(mark)) return mark;
  return { mark, usd: product.style === 'premium' ? mark * settle : 0 };
}

/**
 * Greeks by central differences: spot `+-2^-12` with vols at their strikes, all vols `+-2^-13`, time `+-2^-6` days (less within 45 minutes
 * of expiry). Of a margined product what is differenced is its profit in dollars. Refuses where the payoff refuses a bumped view.
 */
export function greeksStructured(
  product: Structured,
  market: Market,
  coin: UnderlyingMarket,
): Greeks | Refusal {
  const known = priceStructured(product, market, coin);
  if (isRefusal(known)) return known;
  const settle = assetUsd(market, product.settleAsset)!;
  const entry = product.style === 'premium' ? 0 : known.mark;
  let refusal: Refusal | undefined;
  const worth = (bump: Partial<Bump>): number => {
    const full = { ...STILL, ...bump };
    const settleMoved = product.settlement === 'inverse' ? settle * (1 + full.spot) : settle;
    const mark = markOf(product, payoffView(coin, market.at, settleMoved, full));
    if (!isRefusal(mark)) return (mark - entry) * settleMoved;
    refusal ??= mark;
    return 0;
  };
  const left = product.expiry === undefined ? 1 : (product.expiry - market.at) / MS_PER_DAY;
  const days = Math.min(DAY_STEP, left / 2);
  const [rise, fall] = [worth({ spot: SPOT_STEP }), worth({ spot: -SPOT_STEP })];
  const step = SPOT_STEP * coin.index;
  const greeks = {
    delta: (rise - fall) / (2 * step),
    gamma: (rise - 2 * known.usd + fall) / (step * step),
    vega: (worth({ vol: VOL_STEP }) - worth({ vol: -VOL_STEP })) / (2 * VOL_STEP * 100),
    theta: (worth({ days }) - worth({ days: -days })) / (2 * days),
  };
  return refusal ?? greeks;
}

/** Expiries that a payoff asks for in a market: any at all, and those whose vol it reads. At most `KINKS_MAX` of each. */
export interface Asked {
  readonly expiries: readonly Instant[];
  readonly vols: readonly Instant[];
}

/** What a payoff asks of a market, by listening to it once. @example expiriesAsked(powerPerpetual, market).expiries // [] */
export function expiriesAsked(product: Structured, market: Market): Asked {
  const coin = underlyingOf(market, product.underlying);
  const settle = assetUsd(market, product.settleAsset);
  if (coin === undefined || settle === undefined) return { expiries: [], vols: [] };
  const view = payoffView(coin, market.at, settle);
  const expiries = new Set<Instant>();
  const vols = new Set<Instant>();
  const listening: PayoffView = {
    ...view,
    forward(expiry) {
      expiries.add(expiry);
      return view.forward(expiry);
    },
    stdev(expiry, strike) {
      expiries.add(expiry);
      vols.add(expiry);
      return view.stdev(expiry, strike);
    },
  };
  markOf(product, listening);
  return { expiries: [...expiries].slice(0, KINKS_MAX), vols: [...vols].slice(0, KINKS_MAX) };
}
