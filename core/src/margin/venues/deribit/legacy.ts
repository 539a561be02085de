// The terms of Deribit's first portfolio margins, before the extended table: kept because other venues still build on them.

import type { Refusal } from '../../../base/index.ts';
import { pow } from '../../../kernel/index.ts';
import { answerOf, doubtNumbers } from '../numbers.ts';

/**
 * How far implied vol is moved, as a share: `range (30 / days)^power` (M-109). Refuses days that are not above zero.
 * @example legacyVolShock({ days: 15, power: 0.5, range: 0.4 }) // 0.5657
 */
export function legacyVolShock(of: {
  readonly days: number;
  readonly power: number;
  readonly range: number;
}): number | Refusal {
  const kinds = { days: 'above-zero', power: 'at-least-zero', range: 'at-least-zero' } as const;
  const doubt = doubtNumbers('legacy vol shock', of, kinds);
  return doubt ?? answerOf('legacy vol shock', of.range * pow(30 / of.days, of.power));
}

/**
 * Contingency of net short options, coins: so much per option that calls and puts of one strike are short together (M-109).
 * @example shortOptionContingency([{ call: 10, put: -20 }], 0.01) // 0.1
 */
export function shortOptionContingency(
  strikes: readonly { readonly call: number; readonly put: number }[],
  perOption: number,
): number {
  return strikes.reduce((sum, { call, put }) => sum + Math.max(0, -(call + put)) * perOption, 0);
}

/**
 * Contingency of futures that offset each other, coins: a share of what is long in some and short in others (M-109).
 * @example futuresOffsetContingency([100, -100], 0.01) // 1
 */
export function futuresOffsetContingency(sizes: readonly number[], rate: number): number {
  const long = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  const short = sizes.reduce((sum, size) => sum + Math.max(0, -size), 0);
  return Math.min(long, short) * rate;
}
