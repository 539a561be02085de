// The worst that a history has seen: of every spot its farthest fall and rise within some hours, all factors as they moved then (M-172).

import type { FactorHistory, FactorKind, HistoryFactor } from '../market/index.ts';
import type { Move } from './shock.ts';
import { TERM_SCALING } from './standard.ts';

/** One way to the other end: what every factor did between two dates of a history. */
export interface Extreme {
  /** The coin whose spot moved farthest, and which way. */
  readonly of: string;
  readonly side: 'down' | 'up';
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly moves: readonly Move[];
}

const HOUR = 3_600_000;

function moveOf({ kind, of }: { readonly kind: FactorKind; readonly of: string }, relative: number): Move {
  switch (kind) {
    case 'spot':
      return { kind: 'spot', relative, underlying: of };
    case 'vol':
      return { kind: 'vol', form: 'relative', size: relative, scaling: TERM_SCALING, underlying: of };
    case 'premium':
      return { kind: 'premium', relative, underlying: of };
    case 'peg':
      return { kind: 'peg', relative, asset: of };
  }
}

/** The dates between which a factor fell or rose most, without a gap between them; the first of equals, undefined where it never did. */
function farthest(
  { levels }: HistoryFactor,
  { times, step }: FactorHistory,
  steps: number,
  side: Extreme['side'],
): readonly [from: number, to: number] | undefined {
  const sign = side === 'down' ? -1 : 1;
  let most = 1;
  let found: readonly [number, number] | undefined;
  for (let t = 0; t < times.length; t++) {
    for (let n = 1; n <= steps && t + n < times.length; n++) {
      if (times[t + n]! - times[t]! !== n * step) break;
      const ratio = sign > 0 ? levels[t + n]! / levels[t]! : levels[t]! / levels[t + n]!;
      if (ratio > most) [most, found] = [ratio, [t, t + n]];
    }
  }
  return found;
}

/**
 * The farthest fall and rise of every spot between two dates at most `hours` apart, with what all factors did between the same dates: no factor's own worst beside
 * another's. Moves are ratios of levels less one, a vol's scaled by tenor as M-11 has it.
 * @example extremesOf(history, 24)[0] // { of: 'BTC', side: 'down', from, to, moves: [{ kind: 'spot', relative: -0.39, underlying: 'BTC' }] }
 */
export function extremesOf(history: FactorHistory, hours: number): Extreme[] {
  const { times, step, factors } = history;
  const steps = Math.max(1, Math.floor((hours * HOUR) / step));
  return factors.flatMap((factor): Extreme[] => {
    if (factor.kind !== 'spot') return [];
    return (['down', 'up'] as const).flatMap((side): Extreme[] => {
      const dates = farthest(factor, history, steps, side);
      if (dates === undefined) return [];
      const [from, to] = dates;
      const moves = factors.map((own) => moveOf(own, own.levels[to]! / own.levels[from]! - 1));
      return [{ of: factor.of, side, from: times[from]!, to: times[to]!, moves }];
    });
  });
}
