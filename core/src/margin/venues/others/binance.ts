// Binance's portfolio margin: one ratio of adjusted equity to maintenance margin, and what goes into it.

import type { Refusal } from '../../../base/index.ts';
import { answerOf, doubtNumbers } from '../numbers.ts';

/** What counts of one asset, in units of it. */
export interface BinanceAsset {
  /** Margin account and futures wallets. */
  readonly held: number;
  readonly loan: number;
  /** Unsettled profit of futures that settle in it. */
  readonly profit: number;
  /** Dollars per unit. */
  readonly price: number;
  /** Share of an owned value that counts, at most 1. */
  readonly rate: number;
}

/**
 * What an asset counts as equity, dollars (M-117): `min(net x price x rate, net x price)`, so that the rate cuts what is owned and spares what is
 * owed. Source: Binance, portfolio margin pro. @example binanceEquity({ held: 0.1, loan: 0.04, profit: 0, price: 40_000, rate: 0.95 }) // 2280
 */
export function binanceEquity(asset: BinanceAsset): number | Refusal {
  const rule = 'Binance equity';
  const doubt = doubtNumbers(
    rule,
    { ...asset },
    {
      held: 'finite',
      loan: 'at-least-zero',
      profit: 'finite',
      price: 'at-least-zero',
      rate: 'at-least-zero',
    },
  );
  if (doubt !== undefined) return doubt;
  const value = (asset.held - asset.loan + asset.profit) * asset.price;
  return answerOf(rule, Math.min(value * asset.rate, value));
}

/** A futures position. USDⓈ-margined: size in coins, price in dollars. Coin-margined: size in dollars, the answer in coins at `1 / mark`. */
export interface BinanceFuture {
  readonly kind: 'usd-margined' | 'coin-margined';
  readonly size: number;
  readonly mark: number;
  /** Maintenance rate of its tier, and what the tiers below take off. */
  readonly rate: number;
  readonly deduction: number;
}

/**
 * Maintenance margin of a future in what it settles in (M-117): `|size x mark| rate - deduction`, coin-margined `|size / mark| rate - deduction`; at
 * least zero. Source: Binance, portfolio margin pro. @example binanceMaintenance({ kind: 'usd-margined', size: -0.05, mark: 40_000, rate: 0.005, deduction: 0 }) // 10
 */
export function binanceMaintenance({ kind, ...future }: BinanceFuture): number | Refusal {
  const rule = 'Binance maintenance';
  const doubt = doubtNumbers(
    rule,
    { ...future },
    { size: 'finite', mark: 'above-zero', rate: 'at-least-zero', deduction: 'at-least-zero' },
  );
  if (doubt !== undefined) return doubt;
  const { size, mark, rate, deduction } = future;
  const notional = Math.abs(kind === 'usd-margined' ? size * mark : size / mark);
  return answerOf(rule, Math.max(0, notional * rate - deduction));
}

/** Profit of a USD-margined future since its entry, dollars. @example binanceProfit(-0.05, 52_000, 40_000) // 600 */
export function binanceProfit(size: number, entry: number, mark: number): number | Refusal {
  const kinds = { size: 'finite', entry: 'at-least-zero', mark: 'at-least-zero' } as const;
  return (
    doubtNumbers('Binance profit', { size, entry, mark }, kinds) ??
    answerOf('Binance profit', size * (mark - entry))
  );
}

/** Maintenance rate on margin loans by the leverage of the account. */
export const BINANCE_LOAN_RATES: Readonly<Record<3 | 5 | 10, number>> = { 3: 0.1, 5: 0.08, 10: 0.05 };

/** Maintenance margin of a loan, in units of the asset (M-117). @example binanceLoanMaintenance(15, 3) // 1.5 */
export function binanceLoanMaintenance(
  loan: number,
  leverage: keyof typeof BINANCE_LOAN_RATES,
): number | Refusal {
  const rule = 'Binance loan';
  return (
    doubtNumbers(rule, { loan }, { loan: 'at-least-zero' }) ??
    answerOf(rule, loan * BINANCE_LOAN_RATES[leverage])
  );
}

/** What a ratio means for an account; borders belong to the worse side. */
export type BinanceBand = 'free' | 'reminded' | 'reduce-only' | 'liquidated';

/**
 * `uniMMR = (equity - open order loss) / maintenance` and its band (M-117): above 1.5 free, above 1.2 reminded, above 1.05 reduce-only, else
 * liquidated. Nothing to maintain leaves no ratio: free. Source: Binance, portfolio margin pro. @example binanceRatio(2_000, 0, 1_000) // { ratio: 2, band: 'free' }
 */
export function binanceRatio(
  equity: number,
  orderLoss: number,
  maintenance: number,
): { readonly ratio: number | undefined; readonly band: BinanceBand } | Refusal {
  const rule = 'Binance ratio';
  const doubt = doubtNumbers(
    rule,
    { equity, orderLoss, maintenance },
    { equity: 'finite', orderLoss: 'at-least-zero', maintenance: 'at-least-zero' },
  );
  if (doubt !== undefined) return doubt;
  if (maintenance === 0) return { ratio: undefined, band: 'free' };
  const ratio = answerOf(rule, (equity - orderLoss) / maintenance);
  if (typeof ratio !== 'number') return ratio;
  const band = ratio > 1.5 ? 'free' : ratio > 1.2 ? 'reminded' : ratio > 1.05 ? 'reduce-only' : 'liquidated';
  return { ratio, band };
}
