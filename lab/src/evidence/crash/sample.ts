// How everybody stands on a market: counted, summed, and who has least.

import { atmVol, dollars, type Instant, isRefusal, type Market, type UnderlyingMarket } from '@plimsoll/core';
import { STATUSES, type Status } from '@plimsoll/core/engine';
import type { Shade } from './notes.ts';
import type { Stage } from './stage.ts';

/** How everybody stands on one market. */
export interface Sample {
  readonly at: Instant;
  /** Whether the market was fitted to quotes; else it lies between two that were. */
  readonly isFitted: boolean;
  /** USD per coin, and the at-the-money vol of the expiry nearest 30 days. */
  readonly coins: ReadonlyMap<string, { readonly index: number; readonly vol: number }>;
  readonly statuses: Readonly<Record<Status, number>>;
  readonly equity: number;
  readonly initial: number;
  readonly worst: { readonly account: string; readonly equity: number };
  readonly shades: ReadonlyMap<string, Shade>;
}

/** At-the-money vol of the expiry nearest to so many days. */
export function volNear(coin: UnderlyingMarket, days: number): number {
  const far = (years: number) => Math.abs(years * 365 - days);
  const nearest = coin.slices.reduce((best, slice) => (far(slice.years) < far(best.years) ? slice : best));
  return atmVol(nearest);
}

/** Everybody as they are now; what is computed beside is what the last round of slices said. */
export function sampleOf(
  stage: Stage,
  accounts: Iterable<string>,
  market: Market,
  isFitted: boolean,
): Sample {
  const statuses = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  let [equity, initial] = [0, 0];
  let worst = { account: '', equity: Number.POSITIVE_INFINITY };
  for (const id of accounts) {
    const account = stage.account(id);
    statuses[account.status]++;
    const figures = stage.figures(account);
    if (isRefusal(figures)) continue;
    const own = dollars(figures.equity);
    equity += own;
    initial += dollars(figures.initial);
    if (own < worst.equity) worst = { account: id, equity: own };
  }
  const coins = new Map(
    market.underlyings.map((coin) => [coin.underlying, { index: coin.index, vol: volNear(coin, 30) }]),
  );
  return { at: market.at, isFitted, coins, statuses, equity, initial, worst, shades: stage.notes.shades };
}
