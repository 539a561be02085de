// Vega: risk factors from the expected shortfall of a lognormal price, and the linear margins made of them.

import { isRefusal, type Refusal, refuse } from '../../../base/index.ts';
import { exp, normalCdf, normalInverse } from '../../../kernel/index.ts';
import { answerOf, doubtNumbers } from '../numbers.ts';

/** The lognormal model of a price. */
export interface VegaModel {
  /** Level of the expected shortfall, in (0, 1): the share of worst outcomes. */
  readonly level: number;
  /** Horizon in years. */
  readonly years: number;
  /** Drift and volatility a year. */
  readonly drift: number;
  readonly vol: number;
}

/**
 * Shares of the price that a short and a long unit may lose on average in the worst share of outcomes (M-118). With `v = vol sqrt(years)`,
 * `z = N^-1(1 - level)`: `short = e^(drift years) N(v - z) / level - 1`, `long = 1 - e^(drift years) N(-z - v) / level`. Refuses a level outside (0, 1).
 * Source: Vega specification 0018-RSKM. @example vegaRiskFactors({ level: 1e-6, years: 0.1, drift: 0, vol: 1 }).short // 3.5569
 */
export function vegaRiskFactors(
  model: VegaModel,
): { readonly short: number; readonly long: number } | Refusal {
  const rule = 'Vega risk factors';
  const kinds = {
    level: 'above-zero',
    years: 'at-least-zero',
    drift: 'finite',
    vol: 'at-least-zero',
  } as const;
  const doubt = doubtNumbers(rule, { ...model }, kinds);
  if (doubt !== undefined) return doubt;
  const { level, years, drift, vol } = model;
  if (level >= 1) return refuse('out-of-range', `level is ${level}; give a share below 1.`, rule);
  const v = answerOf(rule, vol * Math.sqrt(years));
  if (isRefusal(v)) return v;
  // 1 - level loses the digits of a small level; the inverse is odd.
  const z = -normalInverse(level);
  const growth = exp(drift * years);
  const short = answerOf(rule, (growth * normalCdf(v - z)) / level - 1);
  const long = answerOf(rule, 1 - (growth * normalCdf(-z - v)) / level);
  if (isRefusal(short)) return short;
  return isRefusal(long) ? long : { short, long };
}

/** What a position's margin is made of. */
export interface VegaPosition {
  /** Signed. */
  readonly size: number;
  readonly mark: number;
  /** Linear slippage, a share of the mark. */
  readonly slippage: number;
  /** The risk factor of its side. */
  readonly factor: number;
}

/** Maintenance margin (M-118): `|size| mark (slippage + factor)`. Source: Vega specification 0019-MCAL. @example vegaMaintenance({ size: -1, mark: 15_900, slippage: 0.25, factor: 0.1 }) // 5565 */
export function vegaMaintenance(position: VegaPosition): number | Refusal {
  const rule = 'Vega maintenance';
  const kinds = {
    size: 'finite',
    mark: 'at-least-zero',
    slippage: 'at-least-zero',
    factor: 'at-least-zero',
  } as const;
  const { size, mark, slippage, factor } = position;
  const margin = Math.abs(size) * mark * slippage + Math.abs(size) * factor * mark;
  return doubtNumbers(rule, { ...position }, kinds) ?? answerOf(rule, margin);
}

/**
 * Margin of an order during an auction (M-118): `size factor max(limit, indicative)`.
 * Source: Vega specification 0019-MCAL. @example vegaAuctionOrder({ size: 10, limit: 3, indicative: 100, factor: 0.1 }) // 100
 */
export function vegaAuctionOrder(order: {
  readonly size: number;
  readonly limit: number;
  readonly indicative: number;
  readonly factor: number;
}): number | Refusal {
  const rule = 'Vega auction order';
  const kinds = {
    size: 'at-least-zero',
    limit: 'at-least-zero',
    indicative: 'at-least-zero',
    factor: 'at-least-zero',
  } as const;
  const { size, limit, indicative, factor } = order;
  return (
    doubtNumbers(rule, { ...order }, kinds) ?? answerOf(rule, size * factor * Math.max(limit, indicative))
  );
}

/** What a perpetual's funding payment is made of; averages over the period so far. */
export interface VegaFunding {
  readonly spot: number;
  readonly future: number;
  /** Years so far. */
  readonly years: number;
  /** Interest a year. */
  readonly interest: number;
}

/**
 * Funding payment per unit held long (M-118): `future - spot + ((1 + years interest) spot - future)`, the bounds of the bracket left open.
 * Source: Vega specification 0053-PERP. @example vegaFundingPayment({ spot: 1_600, future: 1_590, years: 0.002, interest: 0.05 }) // 0.16
 */
export function vegaFundingPayment(funding: VegaFunding): number | Refusal {
  const rule = 'Vega funding';
  const kinds = {
    spot: 'at-least-zero',
    future: 'at-least-zero',
    years: 'at-least-zero',
    interest: 'finite',
  } as const;
  const { spot, future, years, interest } = funding;
  const payment = future - spot + ((1 + years * interest) * spot - future);
  return doubtNumbers(rule, { ...funding }, kinds) ?? answerOf(rule, payment);
}

/** What funding adds to the margin of a position (M-118): `factor max(0, payment size)`. @example vegaFundingMargin(0.5, 0.16, 1) // 0.08 */
export function vegaFundingMargin(factor: number, payment: number, size: number): number | Refusal {
  const kinds = { factor: 'at-least-zero', payment: 'finite', size: 'finite' } as const;
  const rule = 'Vega funding margin';
  return (
    doubtNumbers(rule, { factor, payment, size }, kinds) ??
    answerOf(rule, factor * Math.max(0, payment * size))
  );
}
