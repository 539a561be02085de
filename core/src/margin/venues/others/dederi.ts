// Dederi: what a portfolio margin makes of futures, from an annual basis.

import { isRefusal, type Refusal } from '../../../base/index.ts';
import { answerOf, doubtNumbers } from '../numbers.ts';

const DAYS = 365;

/** A future's position. */
export interface DederiFuture {
  /** Coins, signed. */
  readonly coins: number;
  readonly index: number;
  /** Annual basis, a share. */
  readonly basis: number;
  readonly days: number;
}

/**
 * Forward, contingency and P&L under moves of a future (M-119): `forward = index (1 + basis days / 365)`, contingency `rate |coins| index`, P&L
 * `coins forward move`. Dollars. Source: Dederi wiki, portfolio margin. @example dederiFuture({ coins: 10, index: 2243.3, basis: 0.08, days: 20 }, 0.006, [0.15]).pnl // [3380]
 */
export function dederiFuture(
  position: DederiFuture,
  contingencyRate: number,
  moves: readonly number[],
): { readonly forward: number; readonly contingency: number; readonly pnl: readonly number[] } | Refusal {
  const rule = 'Dederi future';
  const kinds = { coins: 'finite', index: 'above-zero', basis: 'finite', days: 'at-least-zero' } as const;
  const doubt =
    doubtNumbers(rule, { ...position }, kinds) ??
    doubtNumbers(rule, { contingencyRate }, { contingencyRate: 'at-least-zero' });
  if (doubt !== undefined) return doubt;
  const { coins, index, basis, days } = position;
  const forward = answerOf(rule, index * (1 + (basis * days) / DAYS));
  if (isRefusal(forward)) return forward;
  const contingency = answerOf(rule, contingencyRate * Math.abs(coins) * index);
  if (isRefusal(contingency)) return contingency;
  const pnl: number[] = [];
  for (const move of moves) {
    const cell = doubtNumbers(rule, { move }, { move: 'finite' }) ?? answerOf(rule, coins * forward * move);
    if (isRefusal(cell)) return cell;
    pnl.push(cell);
  }
  return { forward, contingency, pnl };
}
