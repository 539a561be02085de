// What voices say together: the middle, its sides, and whether anybody confirms it.

import type { Instant } from '../../base/index.ts';
import { median } from '../robust.ts';
import type { Concern, ModeReason, SourceMode } from './modes.ts';
import type { SourcePolicy } from './policy.ts';
import type { Pressing, SourceState, Stood } from './state.ts';
import { driftOf, stepMax } from './steps.ts';
import { agreeWithin, cappedWeights, MAD_SCALE, middleByWeight, type Voice } from './voices.ts';

/** What voices say together. */
export interface Said {
  readonly voices: readonly Voice[];
  readonly middle: number;
  readonly halfWidth: number;
  readonly low: number;
  readonly high: number;
  /** Whether the middle is confirmed: by three venues, by two that agree, by one that agrees with what was last agreed. */
  readonly confirmed: boolean;
  readonly concerns: readonly Concern[];
}

/** A concern in one line. */
export const concern = (mode: SourceMode, code: ModeReason['code'], sentence: string): Concern => ({
  mode,
  reason: { code, sentence },
});

/** `max(1.4826 MAD, what sources quote, what age adds)`: middles by weight, so that no source alone can make it large. */
function halfWidthOf(
  voices: readonly Voice[],
  weights: readonly number[],
  middle: number,
  policy: SourcePolicy,
): number {
  const gaps = voices.map(({ value }) => Math.abs(value - middle));
  const quoted = middleByWeight(
    voices.map(({ halfWidth }) => halfWidth),
    weights,
  )!;
  const age = middleByWeight(
    voices.map((voice) => voice.age),
    weights,
  )!;
  const spread = MAD_SCALE * median(gaps)!;
  return Math.max(spread, quoted, driftOf(age, policy) * middle);
}

/** Two venues: the middle of both, and both inside the sides. Confirmed where they agree. */
function ofTwo(said: Said, policy: SourcePolicy): Said {
  const [left, right] = said.voices.map(({ value }) => value) as [number, number];
  if (Math.abs(left - right) <= agreeWithin(said.middle, policy)) return said;
  const sentence = `${said.voices[0]!.venue} says ${left}, ${said.voices[1]!.venue} ${right}; nobody else speaks.`;
  return {
    ...said,
    low: Math.min(said.low, left, right),
    high: Math.max(said.high, left, right),
    confirmed: false,
    concerns: [...said.concerns, concern('reduce-only', 'two-disagree', sentence)],
  };
}

/** One venue: confirmed where it is near what was last agreed, not too long ago; else the sides reach from one to the other. */
function ofOne(said: Said, agreed: Stood | undefined, at: Instant, policy: SourcePolicy): Said {
  const { venue } = said.voices[0]!;
  // A lone voice is doubted by what two that agree may differ by.
  const halfWidth = Math.max(said.halfWidth, agreeWithin(said.middle, policy));
  const sides = {
    low: Math.max(0, said.middle - policy.sides * halfWidth),
    high: said.middle + policy.sides * halfWidth,
  };
  const near =
    agreed !== undefined && Math.abs(said.middle - agreed.value) <= agreeWithin(agreed.value, policy);
  if (near && at - agreed.at <= policy.agreedAgeMax) {
    const sentence = `Only ${venue} speaks; it agrees with what was last agreed.`;
    return {
      ...said,
      ...sides,
      halfWidth,
      confirmed: true,
      concerns: [...said.concerns, concern('widen', 'lone', sentence)],
    };
  }
  const past =
    agreed === undefined
      ? 'nothing was agreed before'
      : `${agreed.value} was agreed ${at - agreed.at} ms ago`;
  const sentence = `Only ${venue} speaks and says ${said.middle}; ${past}.`;
  return {
    ...said,
    halfWidth: Math.max(halfWidth, agreed === undefined ? 0 : Math.abs(said.middle - agreed.value)),
    low: Math.min(sides.low, agreed?.value ?? sides.low),
    high: Math.max(sides.high, agreed?.value ?? sides.high),
    confirmed: false,
    concerns: [...said.concerns, concern('reduce-only', 'lone-disagrees', sentence)],
  };
}

/**
 * What voices say together, at least one of them: middle by capped weights, half-width, sides, and who confirms it.
 * @example saidBy(voices, unheard('spot'), at, sourcePolicy('spot')).middle
 */
export function saidBy(
  voices: readonly Voice[],
  state: SourceState,
  at: Instant,
  policy: SourcePolicy,
): Said {
  const weights = cappedWeights(
    voices.map(({ weight }) => weight),
    policy.weightCap,
  );
  const middle = middleByWeight(
    voices.map(({ value }) => value),
    weights,
  )!;
  const halfWidth = halfWidthOf(voices, weights, middle, policy);
  const few = `${voices.length} of ${policy.venuesMin} venues speak.`;
  const said: Said = {
    voices,
    middle,
    halfWidth,
    low: Math.max(0, middle - policy.sides * halfWidth),
    high: middle + policy.sides * halfWidth,
    confirmed: true,
    concerns: voices.length < policy.venuesMin ? [concern('widen', 'few-venues', few)] : [],
  };
  if (voices.length === 1) return ofOne(said, state.agreed, at, policy);
  return voices.length === 2 ? ofTwo(said, policy) : said;
}

/** A value and what its limit holds back. */
export interface Limited {
  readonly value: number;
  /** The sources set it, whatever came before: steps are measured from here. */
  readonly isAnew: boolean;
  readonly pressing?: Pressing;
}

/**
 * The middle, no further from the anchor than a step. A bad tick passes; a move that three venues hold for `limitHold` is the market and is
 * followed in full, as is whatever confirmed venues say after a silence longer than `limitGapMax`.
 * @example limited(said, state, at, policy).value
 */
export function limited(
  { middle, confirmed, voices }: Said,
  { anchor, served, pressing }: SourceState,
  at: Instant,
  policy: SourcePolicy,
): Limited {
  if (anchor === undefined) return { value: middle, isAnew: true };
  const anew = confirmed && voices.length >= 2 && at - (served?.at ?? anchor.at) > policy.limitGapMax;
  const share = stepMax(at - anchor.at, policy);
  const least = anchor.value * Math.max(0, 1 - share);
  const most = anchor.value * (1 + share);
  if (anew || (middle >= least && middle <= most)) return { value: middle, isAnew: anew };
  const rises = middle > most;
  const held = pressing !== undefined && pressing.rises === rises ? pressing.since : at;
  if (!confirmed || voices.length < HOLDERS_MIN) return { value: rises ? most : least, isAnew: false };
  if (at - held >= policy.limitHold) return { value: middle, isAnew: true };
  return { value: rises ? most : least, isAnew: false, pressing: { since: held, rises } };
}

/** Venues that can tell a move from a lie. */
const HOLDERS_MIN = 3;

/** `reference / (reference + half-width / value)`. @example sureness(1, 100, sourcePolicy('spot')) // 0.5 */
export const sureness = (halfWidth: number, value: number, { reference }: SourcePolicy): number =>
  reference / (reference + halfWidth / value);
