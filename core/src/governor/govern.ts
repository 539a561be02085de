// The governor: where market parameters stand after an observation. A wilder market passes through here; a bigger position does not.

import { type Instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import { pow } from '../kernel/index.ts';
import { approach, closed } from './approach.ts';
import {
  doubtPolicy,
  type FactorPolicy,
  type GovernorPolicy,
  MS_PER_HOUR,
  type Policy,
  type RatchetPolicy,
} from './policy.ts';

/** What is known of a factor now, in the factor's own unit (a range as a share, a vol shock in points, a rate). */
export interface Reading {
  /** R: the fast estimate. */
  readonly raw: number;
  /** A: the level the tool leans on: through the cycle, calm, stressed or of ten years, as the tool says. `ratchet` and `speed-limit` need none. */
  readonly anchor?: number;
}

/** Readings at a time, by factor. A factor without a reading stays where it is. */
export interface Observation {
  readonly at: Instant;
  readonly readings: Readonly<Record<string, Reading>>;
}

/** What decided where a factor stands: its target as it is, or a limit. */
export type Held = 'free' | 'floor' | 'cap' | 'speed';

/** One factor: plain data, so that it is journalled, compared and replayed. */
export interface FactorState {
  /** When it was last read. */
  readonly at: Instant;
  /** The last reading. */
  readonly raw: number;
  readonly reported?: number;
  /** The anchor that floor and cap stand on: the reported one, followed no faster than the speed allows. */
  readonly anchor?: number;
  /** The parameter that is in force. */
  readonly value: number;
  /** Where it is going. */
  readonly target: number;
  readonly held: Held;
}

/** Every factor by name: what a journal keeps, as canonical JSON. */
export interface GovernorState {
  readonly factors: Readonly<Record<string, FactorState>>;
}

/** Before anything was observed. */
export const ungoverned: GovernorState = { factors: {} };

const NEEDS_ANCHOR = new Set<FactorPolicy['tool']>(['governor', 'buffer', 'stress-weight', 'floor']);

function doubtReading({ raw, anchor }: Reading, { tool }: FactorPolicy, where: string): Refusal | undefined {
  // Every tool but the governor with a floor may take raw as its level, and a level of zero has no logarithm.
  const least = tool === 'governor' ? 0 : Number.MIN_VALUE;
  if (!(raw >= least && raw < Number.POSITIVE_INFINITY)) {
    return refuse(
      'out-of-range',
      `the raw estimate is ${raw}; give a positive number or leave the factor out.`,
      where,
    );
  }
  if (anchor === undefined) {
    if (!NEEDS_ANCHOR.has(tool)) return undefined;
    return refuse(
      'out-of-range',
      `'${tool}' leans on an anchor and none was given; add it to the reading.`,
      where,
    );
  }
  if (anchor > 0 && anchor < Number.POSITIVE_INFINITY) return undefined;
  return refuse('out-of-range', `the anchor is ${anchor}; give a positive number.`, where);
}

/** `clip(A (R / A)^pi, floor A, cap A)`; the ends of the elasticity are exact, not to the last bit of a power. */
function targetOf(policy: GovernorPolicy, raw: number, anchor: number): { target: number; held: Held } {
  const { elasticity, floor, cap } = policy;
  const bare = elasticity === 0 ? anchor : elasticity === 1 ? raw : anchor * pow(raw / anchor, elasticity);
  if (bare <= floor * anchor) return { target: floor * anchor, held: 'floor' };
  if (bare >= cap * anchor) return { target: cap * anchor, held: 'cap' };
  return { target: bare, held: 'free' };
}

type Born = Omit<FactorState, 'at' | 'raw' | 'reported'>;

/** Moved in logs under half-lives and speed; floor and cap of an anchor that itself keeps the speed hold without breaking it. */
function governed(
  policy: GovernorPolicy,
  { raw, anchor }: Required<Reading>,
  hours: number,
  last?: FactorState,
): Born {
  const { speedMax, halfLife, floor, cap } = policy;
  const base = approach(last?.anchor ?? anchor, anchor, hours, { halfLife: { rise: 0, fall: 0 }, speedMax });
  const { target, held } = targetOf(policy, raw, base);
  if (last === undefined) return { anchor: base, value: target, target, held };
  const moved = approach(last.value, target, hours, { halfLife, speedMax });
  const value = Math.min(cap * base, Math.max(floor * base, moved));
  const limit = speedMax === undefined ? undefined : speedMax[target > last.value ? 'rise' : 'fall'];
  const free = limit === undefined ? value : approach(last.value, target, hours, { halfLife });
  return { anchor: base, value, target, held: free === moved ? held : 'speed' };
}

/** An average of squares: `M^2 += (1 - 2^(-dt/h)) (R^2 - M^2)`. */
function ratcheted({ halfLife }: RatchetPolicy, raw: number, hours: number, last?: FactorState): Born {
  if (last === undefined) return { value: raw, target: raw, held: 'free' };
  const gap = raw * raw - last.value * last.value;
  const way = gap > 0 ? 'rise' : 'fall';
  const step = closed(Math.abs(gap), hours, halfLife[way], Number.POSITIVE_INFINITY);
  if (step >= Math.abs(gap)) return { value: raw, target: raw, held: 'free' };
  const square = last.value * last.value + (gap > 0 ? step : -step);
  return { value: Math.sqrt(square), target: raw, held: 'free' };
}

function stepOf(policy: FactorPolicy, reading: Reading, hours: number, last?: FactorState): Born {
  const { raw } = reading;
  const anchor = reading.anchor!;
  const at = (value: number): Born => ({ anchor, value, target: value, held: 'free' });
  switch (policy.tool) {
    case 'governor':
      return governed(policy, { raw, anchor }, hours, last);
    case 'buffer':
      return at(Math.max(raw, (1 + policy.buffer) * Math.min(raw, anchor)));
    case 'stress-weight':
      return at((1 - policy.weight) * raw + policy.weight * anchor);
    case 'floor':
      return raw > anchor ? at(raw) : { ...at(anchor), held: 'floor' };
    case 'ratchet':
      return ratcheted(policy, raw, hours, last);
    case 'speed-limit': {
      const gait = { halfLife: { rise: 0, fall: 0 }, speedMax: policy.speedMax };
      const value = last === undefined ? raw : approach(last.value, raw, hours, gait);
      return { value, target: raw, held: value === raw ? 'free' : 'speed' };
    }
  }
}

function governFactor(
  last: FactorState | undefined,
  at: Instant,
  reading: Reading,
  policy: FactorPolicy,
  gapMax: number,
  name: string,
): FactorState | Refusal {
  const fault = doubtReading(reading, policy, name);
  if (fault !== undefined) return fault;
  const hours = last === undefined ? 0 : (at - last.at) / MS_PER_HOUR;
  if (!(hours >= 0)) {
    return refuse(
      'out-of-range',
      `an observation is older than the one before it; give them in order of time.`,
      name,
    );
  }
  const { anchor, ...rest } = stepOf(policy, reading, Math.min(hours, gapMax), last);
  const leaning =
    reading.anchor === undefined ? {} : { reported: reading.anchor, anchor: anchor ?? reading.anchor };
  const next: FactorState = { at, raw: reading.raw, ...leaning, ...rest };
  if (next.value > 0 && next.value < Number.POSITIVE_INFINITY) return next;
  return refuse(
    'out-of-range',
    `raw ${reading.raw} and anchor ${reading.anchor} give no positive number.`,
    name,
  );
}

/**
 * Where every factor stands after an observation: pure, the same bits from the same inputs (M-150). For the tool `governor`
 *
 *     T = clip(A (R / A)^pi, floor A, cap A)
 *     ln M moves to ln T, half of the gap per half-life (up and down apart), never faster than speedMax
 *
 * the exact solution over the time since the factor's last reading, at most `gapMax` hours of it; R and A count as if they had held all that time.
 * A factor seen for the first time starts at its target. Units: the factor's own; hours; logarithms per day. Refuses, naming the factor: an
 * unknown one, a raw estimate or an anchor that is no positive number, an observation older than the last.
 * Source: quant notes, section 0.3; EMIR RTS 153/2013, Article 28, for the other tools.
 * @example govern(ungoverned, { at, readings: { BTC: { raw: 0.2, anchor: 0.09 } } }, { factors: { BTC: governorDefaults }, gapMax: 24 })
 */
export function govern(
  state: GovernorState,
  observation: Observation,
  policy: Policy,
): GovernorState | Refusal {
  const doubt = doubtPolicy(policy);
  if (doubt !== undefined) return doubt;
  if (!Number.isFinite(observation.at)) {
    return refuse(
      'out-of-range',
      `the time is ${observation.at}; give milliseconds since 1970.`,
      'observation',
    );
  }
  const factors: Record<string, FactorState> = { ...state.factors };
  for (const name of Object.keys(observation.readings).sort()) {
    const own = policy.factors[name];
    if (own === undefined) {
      return refuse('bad-parameter', 'the policy does not name this factor; add it or leave it out.', name);
    }
    const reading = observation.readings[name]!;
    const next = governFactor(state.factors[name], observation.at, reading, own, policy.gapMax, name);
    if (isRefusal(next)) return next;
    factors[name] = next;
  }
  return { factors };
}

/** A journal of observations taken from the start or from a state; the first refusal ends it. @example replayGovernor(journal, policy) */
export function replayGovernor(
  journal: Iterable<Observation>,
  policy: Policy,
  from: GovernorState = ungoverned,
): GovernorState | Refusal {
  let state = from;
  for (const observation of journal) {
    const next = govern(state, observation, policy);
    if (isRefusal(next)) return next;
    state = next;
  }
  return state;
}
