// Many sources, one value: who is heard, what they say together, how sure that is, and whether anybody may be liquidated on it.

import { type Instant, isRefusal, type Refusal, refuse } from '../../base/index.ts';
import {
  type Concern,
  confidenceConcern,
  type ModeChange,
  type ModeReason,
  type SourceMode,
  stepMode,
} from './modes.ts';
import { doubtSourcePolicy, type SourcePolicy } from './policy.ts';
import { bySourceName, type Dropped, type Heard, hear, type SourceReport } from './reports.ts';
import { concern, type Limited, limited, type Said, saidBy, sureness } from './said.ts';
import type { Served, SourceState } from './state.ts';
import { widened } from './steps.ts';
import { agreeWithin, persistence, rejectOutliers, type Voice, voicesOf } from './voices.ts';

/** What a factor is believed to be. Prices are USD per unit, volatilities decimals. */
export interface CombinedValue {
  readonly value: number;
  /** What a long is valued at; never above the value. */
  readonly low: number;
  /** What a short is valued at; never below the value. */
  readonly high: number;
  /** In (0, 1]: `reference / (reference + half-width / value)`, at most one half where one venue speaks. */
  readonly confidence: number;
  readonly halfWidth: number;
  /** The middle of the sources before its step was limited; the value itself where it was not. */
  readonly unlimited: number;
  /** Milliseconds since sources were last fresh; 0 where they are. */
  readonly frozenFor: number;
  /** Venues that are heard; none in a frozen value. */
  readonly venues: readonly string[];
  /** Sources behind the value, ascending. */
  readonly used: readonly string[];
  readonly dropped: readonly Dropped[];
  readonly mayLiquidate: boolean;
  readonly mode: SourceMode;
  readonly reasons: readonly ModeReason[];
}

/** What a call answers: a value or why there is none, the state for the next call, and the change of mode that should be logged. */
export interface Combination {
  readonly combined: CombinedValue | Refusal;
  readonly state: SourceState;
  readonly dropped: readonly Dropped[];
  readonly change?: ModeChange;
}

/** A value from sources that are fresh. */
function fromVoices(
  voices: readonly Voice[],
  state: SourceState,
  at: Instant,
  policy: SourcePolicy,
  heardNew: boolean,
): {
  readonly served: Served;
  readonly halfWidth: number;
  readonly said: Said;
  readonly held: Limited;
} {
  const said = saidBy(voices, state, at, policy);
  const held = limited(said, state, at, policy);
  const { value } = held;
  const gap = Math.abs(value - said.middle);
  const halfWidth = Math.max(said.halfWidth, gap);
  const most = voices.length === 1 ? policy.loneConfidenceMax : 1;
  const earned = Math.min(most, sureness(halfWidth, value, policy));
  const confidence = heardNew ? earned : Math.min(earned, state.confidence ?? 1);
  const low = Math.min(said.low, Math.max(0, value - policy.sides * halfWidth));
  const high = Math.max(said.high, value + policy.sides * halfWidth);
  const sentence = `The sources moved to ${said.middle}; the limit of a step leaves ${value}.`;
  const lags = gap > agreeWithin(said.middle, policy);
  const concerns = lags ? [...said.concerns, concern('widen', 'limited', sentence)] : said.concerns;
  return { served: { value, low, high, confidence, at }, halfWidth, said: { ...said, concerns }, held };
}

/** What is left of the last value once nobody speaks, or why there is nothing. */
function fromFrozen(
  state: SourceState,
  at: Instant,
  policy: SourcePolicy,
): { readonly served: Served; readonly halfWidth: number } | Refusal {
  const { served } = state;
  if (served === undefined || at - served.at > policy.frozenAgeMax) {
    const past = served === undefined ? 'none was ever had' : `the last is ${at - served.at} ms old`;
    const message = `No source of this ${policy.kind} is usable, and ${past}; wait for a report, or state a value by hand.`;
    return refuse('no-quotes', message);
  }
  const { low, high } = widened(served, at - served.at, policy);
  const halfWidth = Math.max(high - served.value, served.value - low);
  const earned = Math.min(
    policy.loneConfidenceMax,
    served.confidence,
    sureness(halfWidth, served.value, policy),
  );
  const confidence = Math.min(earned, state.confidence ?? 1);
  return { served: { ...served, low, high, confidence }, halfWidth };
}

function silence(state: SourceState, at: Instant, policy: SourcePolicy): Concern {
  const last = state.served?.at;
  if (last === undefined) return concern('halt', 'silent', 'No source was ever usable.');
  const age = at - last;
  return age > policy.modes.haltAfter
    ? concern(
        'halt',
        'silent',
        `No source is usable since ${age} ms; trading halts after ${policy.modes.haltAfter} ms.`,
      )
    : concern('reduce-only', 'frozen', `No source is usable; the value is frozen for ${age} ms.`);
}

/** A call that cannot be: another kind, a time that is none or runs backwards, a policy that contradicts itself. */
function doubtCall(at: Instant, policy: SourcePolicy, state: SourceState): Refusal | undefined {
  if (state.kind !== policy.kind) {
    return refuse(
      'bad-parameter',
      `the state is of a ${state.kind}, the policy of a ${policy.kind}; pass those of one factor.`,
    );
  }
  if (!Number.isFinite(at)) return refuse('malformed', `the time of the call is ${at}; give milliseconds.`);
  if (state.at !== undefined && at < state.at) {
    return refuse('out-of-order', `the call is ${state.at - at} ms before the last one; time runs forward.`);
  }
  return doubtSourcePolicy(policy);
}

/** Who may be heard in this call, and the state with what was learnt of them. */
function listen(heard: Heard, state: SourceState, at: Instant, policy: SourcePolicy) {
  const { voices, stale } = voicesOf(heard.memory, at, policy);
  const known = new Set(heard.memory.map(({ venue }) => venue));
  const before = state.venues.filter(({ venue }) => known.has(venue));
  const venues = persistence(before, voices, heard.fresh, policy);
  const out = new Set(venues.filter((one) => one.out).map(({ venue }) => venue));
  const { kept, rejected } = rejectOutliers(
    voices.filter(({ venue }) => !out.has(venue)),
    policy,
  );
  const persistent = voices
    .filter(({ venue }) => out.has(venue))
    .flatMap(({ venue, sources, value }) =>
      sources.map((source): Dropped => {
        const sentence = `${venue} is out until it is back near the others; it says ${value}.`;
        return { source, cause: 'persistent-outlier', sentence };
      }),
    );
  const dropped = [...heard.dropped, ...stale, ...rejected, ...persistent].sort(
    (left, right) =>
      bySourceName(left, right) ||
      (left.cause < right.cause ? -1 : left.cause > right.cause ? 1 : 0) ||
      (left.sentence < right.sentence ? -1 : 1),
  );
  return { kept, dropped, next: { ...state, at, memory: heard.memory, venues } };
}

/**
 * Combines what sources report into one value: stale and impossible reports are dropped, each venue becomes one voice, outliers by MAD and
 * persistent ones are not heard, the rest meets in the median by capped weights, moves by no more than a step, and says how sure it is. Where
 * nobody can be heard the last value is frozen and its range widens with age. Refused: a call that goes back in time, a policy or state that
 * cannot be; a value that cannot be had is a refusal inside, beside a state that goes on. Pure, and the order of reports changes nothing.
 * Source: median of a quorum with capped weights (DerivaDEX, CF Benchmarks), price +- conf (Pyth), heartbeats (Derive).
 * @example const { combined, state } = combineSources(reports, at, sourcePolicy('spot'), unheard('spot')) // combined.value, state for the next call
 */
export function combineSources(
  reports: readonly SourceReport[],
  at: Instant,
  policy: SourcePolicy,
  state: SourceState,
): Combination | Refusal {
  const fault = doubtCall(at, policy, state);
  if (fault !== undefined) return fault;
  const heard = hear(state.memory, reports, at, policy);
  if (isRefusal(heard)) return heard;
  const { kept, dropped, next } = listen(heard, state, at, policy);
  const { pressing: _, ...unpressed } = next;
  if (kept.length === 0) return frozenAnswer(unpressed, dropped, at, policy);
  const { served, halfWidth, said, held } = fromVoices(kept, next, at, policy, heard.fresh.size > 0);
  const doubt = confidenceConcern(served.confidence, state.mode?.mode ?? 'normal', policy.modes);
  const step = stepMode(
    state.mode,
    doubt === undefined ? said.concerns : [...said.concerns, doubt],
    at,
    policy.modes,
  );
  const { mode } = step.state;
  const { anchor } = next;
  // A value that lags behind its sources judges one side too harshly.
  const lag = Math.abs(served.value - said.middle);
  const moves = held.isAnew || anchor === undefined || at - anchor.at >= policy.limitStep;
  const combined: CombinedValue = {
    ...bare(served),
    halfWidth,
    unlimited: said.middle,
    frozenFor: 0,
    venues: kept.map(({ venue }) => venue),
    used: kept.flatMap(({ sources }) => sources).sort(),
    dropped,
    mayLiquidate:
      said.confirmed && lag <= agreeWithin(said.middle, policy) && (mode === 'normal' || mode === 'widen'),
    mode,
    reasons: step.reasons,
  };
  return {
    combined,
    dropped,
    state: {
      ...unpressed,
      served,
      confidence: served.confidence,
      mode: step.state,
      anchor: moves ? { value: served.value, at } : anchor,
      ...(held.pressing && { pressing: held.pressing }),
      ...(said.confirmed && kept.length >= 2 && { agreed: { value: said.middle, at } }),
    },
    ...(step.change && { change: step.change }),
  };
}

function bare({ value, low, high, confidence }: Served) {
  return { value, low, high, confidence };
}

function frozenAnswer(
  state: SourceState,
  dropped: readonly Dropped[],
  at: Instant,
  policy: SourcePolicy,
): Combination {
  const step = stepMode(state.mode, [silence(state, at, policy)], at, policy.modes);
  const frozen = fromFrozen(state, at, policy);
  const change = step.change && { change: step.change };
  if (isRefusal(frozen))
    return { combined: frozen, dropped, state: { ...state, mode: step.state }, ...change };
  const { served, halfWidth } = frozen;
  const combined: CombinedValue = {
    ...bare(served),
    halfWidth,
    unlimited: served.value,
    frozenFor: at - served.at,
    venues: [],
    used: [],
    dropped,
    mayLiquidate: false,
    mode: step.state.mode,
    reasons: step.reasons,
  };
  return {
    combined,
    dropped,
    state: { ...state, confidence: served.confidence, mode: step.state },
    ...change,
  };
}
