// What parameters are going to be: nobody should be surprised by a margin that was bound to rise.

import { type Instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import { type GovernorState, govern } from './govern.ts';
import { MS_PER_HOUR, type Policy } from './policy.ts';

/** What a factor will be in some hours if the raw estimate is from now on some multiple of what it is. */
export interface Foretold {
  readonly hours: number;
  readonly multiple: number;
  readonly value: number;
}

/** One factor as it is announced. */
export interface Announcement {
  readonly factor: string;
  readonly at: Instant;
  readonly value: number;
  readonly foretold: readonly Foretold[];
  /** What it can be at most and at least after each of the hours, whatever happens; only where a speed is promised. */
  readonly reach: readonly { readonly hours: number; readonly least: number; readonly most: number }[];
}

export const HORIZON_HOURS: readonly number[] = [1, 24];
/** The raw estimate stays, doubles, halves. */
export const RAW_MULTIPLES: readonly number[] = [1, 2, 0.5];
const STEPS_MAX = 10_000;

/** The state after some hours of one raw estimate, in steps that a gap allows. */
function ahead(
  state: GovernorState,
  factor: string,
  raw: number,
  hours: number,
  policy: Policy,
): number | Refusal {
  const own = state.factors[factor]!;
  const anchor = own.reported === undefined ? {} : { anchor: own.reported };
  const steps = Math.ceil(hours / policy.gapMax);
  if (!(steps <= STEPS_MAX))
    return refuse('too-large', `${hours} hours are more than ${STEPS_MAX} gaps; ask for less.`, factor);
  let now = { factors: { [factor]: own } } as GovernorState;
  for (let i = 1; i <= steps; i++) {
    const at = (own.at + (hours * MS_PER_HOUR * i) / steps) as Instant;
    const next = govern(now, { at, readings: { [factor]: { raw, ...anchor } } }, policy);
    if (isRefusal(next)) return next;
    now = next;
  }
  return now.factors[factor]!.value;
}

function speedOf(policy: Policy, factor: string) {
  const own = policy.factors[factor]!;
  return own.tool === 'governor' || own.tool === 'speed-limit' ? own.speedMax : undefined;
}

/**
 * Every factor's parameter in 1 h and in 24 h if the raw estimate stays, doubles or halves and the anchor is reported as now (M-153): the
 * value that `govern` will give, not an estimate of it. Refuses what `govern` refuses, and a factor without a policy.
 * @example announce(state, policy)[0].foretold[1] // { hours: 1, multiple: 2, value: 0.097... }
 */
export function announce(
  state: GovernorState,
  policy: Policy,
  horizons: readonly number[] = HORIZON_HOURS,
  multiples: readonly number[] = RAW_MULTIPLES,
): readonly Announcement[] | Refusal {
  const told: Announcement[] = [];
  for (const factor of Object.keys(state.factors).sort()) {
    if (policy.factors[factor] === undefined) {
      return refuse('bad-parameter', 'the policy does not name this factor; add it.', factor);
    }
    const { at, value, raw } = state.factors[factor]!;
    const foretold: Foretold[] = [];
    for (const hours of horizons) {
      for (const multiple of multiples) {
        const found = ahead(state, factor, raw * multiple, hours, policy);
        if (isRefusal(found)) return found;
        foretold.push({ hours, multiple, value: found });
      }
    }
    const speed = speedOf(policy, factor);
    const reach =
      speed === undefined
        ? []
        : horizons.map((hours) => {
            const days = hours / 24;
            return { hours, least: value * exp(-speed.fall * days), most: value * exp(speed.rise * days) };
          });
    told.push({ factor, at, value, foretold, reach });
  }
  return told;
}
