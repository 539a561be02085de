// Bybit's unified trading account: how a portfolio margin is put together from its stress table, and when profits are cut (auto-deleveraging).

import { isRefusal, type Refusal, refuse } from '../../../base/index.ts';
import { answerOf, doubtNumbers } from '../numbers.ts';

/** P&L of one price scale of the stress table, dollars. */
export interface BybitScale {
  /** Move of the index, a share. */
  readonly price: number;
  /** Perpetuals and futures. */
  readonly futures: number;
  /** Options, one number for each vol of the table. */
  readonly options: readonly number[];
  /** Spot that hedges, limited to hedging by the venue. */
  readonly spot: number;
}

/** A portfolio margin of Bybit. */
export interface BybitMargin {
  /** Per price scale, the worst vol. */
  readonly pnl: readonly number[];
  /** The worst scale, and the place of its worst vol; none where nothing loses. */
  readonly worst: { readonly price: number; readonly vol: number } | undefined;
  readonly contingencies: number;
  readonly maintenance: number;
  readonly initial: number;
}

/**
 * Maintenance is the worst loss of the table (at least zero) plus contingencies (short option, vega spread, USDT-USDC spread, future delta, future);
 * initial is `factor` times that (M-116). Dollars. Refuses what is no number, a table without scales, and scales with different numbers of vols.
 * Source: Bybit API, portfolio margin, worked example. @example bybitMargin([{ price: -0.1, futures: -972, options: [-24, -40], spot: 7 }], [57], 1.2).maintenance // 1062
 */
export function bybitMargin(
  scales: readonly BybitScale[],
  contingencies: readonly number[],
  factor: number,
): BybitMargin | Refusal {
  const doubt = doubtScales(scales) ?? doubtParts(contingencies, factor);
  if (doubt !== undefined) return doubt;
  const cells = scales.map(({ price, futures, options, spot }) => {
    const vol = options.reduce((worst, pnl, i) => (pnl < options[worst]! ? i : worst), 0);
    return { price, vol, pnl: futures + (options[vol] ?? 0) + spot };
  });
  const broken = cells.map(({ pnl }) => answerOf('Bybit margin', pnl)).find(isRefusal);
  if (broken !== undefined) return broken;
  const worst = cells.reduce((a, b) => (b.pnl < a.pnl ? b : a));
  const added = contingencies.reduce((sum, part) => sum + part, 0);
  const maintenance = answerOf('Bybit margin', Math.max(0, -worst.pnl) + added);
  if (isRefusal(maintenance)) return maintenance;
  const initial = answerOf('Bybit margin', factor * maintenance);
  if (isRefusal(initial)) return initial;
  return {
    pnl: cells.map(({ pnl }) => pnl),
    worst: worst.pnl < 0 ? { price: worst.price, vol: worst.vol } : undefined,
    contingencies: added,
    maintenance,
    initial,
  };
}

function doubtScales(scales: readonly BybitScale[]): Refusal | undefined {
  const rule = 'Bybit margin';
  if (scales.length === 0)
    return refuse('empty', 'the stress table has no price scale; give at least one.', rule);
  for (const { price, futures, spot, options } of scales) {
    const doubt = doubtNumbers(
      rule,
      { price, futures, spot },
      { price: 'finite', futures: 'finite', spot: 'finite' },
    );
    if (doubt !== undefined) return doubt;
    if (options.length !== scales[0]!.options.length) {
      return refuse('malformed', 'price scales have different numbers of vols; give each as many.', rule);
    }
    for (const option of options) {
      const wrong = doubtNumbers(rule, { option }, { option: 'finite' });
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function doubtParts(contingencies: readonly number[], factor: number): Refusal | undefined {
  for (const contingency of contingencies) {
    const doubt = doubtNumbers('Bybit margin', { contingency }, { contingency: 'at-least-zero' });
    if (doubt !== undefined) return doubt;
  }
  return doubtNumbers('Bybit margin', { factor }, { factor: 'above-zero' });
}

/** A symbol's profit in an insurance pool. Dollars; shares are of the pool's eight-hour maximum. */
export interface BybitDrawdown {
  readonly poolMax: number;
  /** Change of the symbol's profit against its own eight-hour maximum. */
  readonly change: number;
  /** Below zero: at this share and beyond profits are cut. */
  readonly threshold: number;
}

/**
 * The share of the pool that a symbol has lost, whether profits are cut for it, and how much of the loss is beyond the threshold (M-116).
 * Source: Bybit API, ADL alert. @example bybitDrawdown({ poolMax: 1e6, change: -350_000, threshold: -0.3 }) // { share: -0.35, cuts: true, excess: 50_000 }
 */
export function bybitDrawdown({
  poolMax,
  change,
  threshold,
}: BybitDrawdown): { readonly share: number; readonly cuts: boolean; readonly excess: number } | Refusal {
  const rule = 'Bybit drawdown';
  const doubt = doubtNumbers(
    rule,
    { poolMax, change, threshold },
    { poolMax: 'above-zero', change: 'finite', threshold: 'finite' },
  );
  if (doubt !== undefined) return doubt;
  if (threshold > 0)
    return refuse('out-of-range', `threshold is ${threshold}; it is a loss, at most 0.`, rule);
  const share = answerOf(rule, change / poolMax);
  if (isRefusal(share)) return share;
  const excess = answerOf(rule, Math.max(0, threshold * poolMax - change));
  if (isRefusal(excess)) return excess;
  return { share, cuts: share <= threshold, excess };
}
