// Where a standing puts an account: clear, warned, called, liquidating, bankrupt; with hysteresis, so that noise does not ring the bell twice.

import type { Instant, Usd } from '../base/index.ts';
import type { Standing } from '../margin/index.ts';
import type { StandingFigures } from './facts.ts';
import type { LadderPolicy } from './policy.ts';
import type { Status } from './words.ts';

const SHARE_SCALE = 1_000_000;

/** `amount x share`, rounded up: a line is never lower for being multiplied. */
function times(amount: bigint, share: number): bigint {
  const scaled = amount * BigInt(Math.round(share * SHARE_SCALE));
  return -(-scaled / BigInt(SHARE_SCALE));
}

export function figuresOf({ equity, requirement }: Standing): StandingFigures {
  const { maintenance, release, initial, locked } = requirement;
  return {
    equity,
    maintenance: maintenance.amount,
    release: release.amount,
    initial: initial.amount,
    locked,
  };
}

/** What equity must reach so that a call ends. */
export function curedAt(figures: StandingFigures, { callLine, easeBy }: LadderPolicy): Usd {
  return times(figures[callLine], 1 + easeBy) as Usd;
}

/** What was known of the account before it was judged. */
export interface Before {
  readonly status: Status;
  readonly deadline: Instant | undefined;
  readonly hasPositions: boolean;
}

/**
 * The status that figures ask for (M-210). Below maintenance an account is closed at once; between maintenance and the call line it is called, and closed
 * when the deadline has passed; whoever is being closed is let go at the call line; whoever is called, at `1 + easeBy` times it. Without
 * positions and with less than nothing it is bankrupt.
 * @example statusOf(figures, { status: 'clear', deadline: undefined, hasPositions: true }, now, policy) // ['called', 'below the release line']
 */
export function statusOf(
  figures: StandingFigures,
  { status, deadline, hasPositions }: Before,
  now: Instant,
  policy: LadderPolicy,
): [Status, string] {
  const { equity, maintenance } = figures;
  const line = figures[policy.callLine];
  if (equity < 0n && !hasPositions) return ['bankrupt', 'nothing is left to close'];
  if (equity < maintenance) return ['liquidating', 'below maintenance'];
  if (equity < line) {
    if (status === 'liquidating') return ['liquidating', `below the ${policy.callLine} line`];
    const isLate = status === 'called' && deadline !== undefined && deadline <= now;
    return isLate
      ? ['liquidating', 'the deadline has passed']
      : ['called', `below the ${policy.callLine} line`];
  }
  if (status === 'called' && equity < curedAt(figures, policy)) {
    if (deadline !== undefined && deadline <= now) return ['liquidating', 'the deadline has passed'];
    return ['called', 'not yet cured'];
  }
  const { warnWithin, easeBy } = policy;
  const isWarned = equity < times(line, 1 + warnWithin);
  const staysWarned = status !== 'clear' && equity < times(line, 1 + warnWithin + easeBy);
  return isWarned || staysWarned ? ['warned', 'close to the call line'] : ['clear', 'covered'];
}
