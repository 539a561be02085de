// How far a factor is trusted, and its way back: worse at once, better one step at a time and only after a grace.

import { type Instant, type Refusal, refuse } from '../../base/index.ts';

/** In order of severity. `widen`: margin for doubt. `reduce-only`: nobody may add, nobody is liquidated. `halt`: no trading in it. */
export const SOURCE_MODES = ['normal', 'widen', 'reduce-only', 'halt'] as const;
export type SourceMode = (typeof SOURCE_MODES)[number];

/** Why a mode is wanted, for programs and in a sentence. */
export interface ModeReason {
  readonly code:
    | 'few-venues'
    | 'lone'
    | 'lone-disagrees'
    | 'two-disagree'
    | 'low-confidence'
    | 'limited'
    | 'frozen'
    | 'silent'
    | 'grace';
  readonly sentence: string;
}

/** One thing that speaks against full trust. */
export interface Concern {
  readonly mode: SourceMode;
  readonly reason: ModeReason;
}

/** Where a factor stands. Times are those of the calls. */
export interface ModeState {
  readonly mode: SourceMode;
  readonly since: Instant;
  /** When it was last judged. */
  readonly at: Instant;
  /** Milliseconds for which it has been better than its mode, without a break; absent where the last call did not find it better. */
  readonly better?: number;
}

/** A step that the caller should log. */
export interface ModeChange {
  readonly from: SourceMode;
  readonly to: SourceMode;
  readonly at: Instant;
  readonly reasons: readonly ModeReason[];
}

/** Thresholds of the modes. Times in milliseconds. */
export interface ModePolicy {
  /** Below this confidence a factor widens (Derive charges for doubt below 0.55); the second number is what it must reach to leave. */
  readonly widenBelow: number;
  readonly widenLeave: number;
  /** Below this it is reduce-only: the half-width is three times what makes confidence one half. */
  readonly reduceBelow: number;
  readonly reduceLeave: number;
  /** Without a usable source for this long trading halts. */
  readonly haltAfter: number;
  /** How long a factor must be better before it leaves a mode. After a halt the longest: people need time to bring collateral. */
  readonly grace: Readonly<Record<Exclude<SourceMode, 'normal'>, number>>;
  /** Most of the time between two calls that counts as better: nobody looked in between. */
  readonly beatMax: number;
}

/** Defaults: a minute of silence halts spot, and after a halt it takes five minutes, one and a half more to be as before. */
export const modePolicy: ModePolicy = {
  widenBelow: 0.55,
  widenLeave: 0.65,
  reduceBelow: 0.25,
  reduceLeave: 0.35,
  haltAfter: 60_000,
  grace: { widen: 30_000, 'reduce-only': 60_000, halt: 300_000 },
  beatMax: 10_000,
};

/** Thresholds of modes that cannot be, or undefined. @example doubtModes(modePolicy, 'spot') // undefined */
export function doubtModes(policy: ModePolicy, where: string): Refusal | undefined {
  const { widenBelow, widenLeave, reduceBelow, reduceLeave, haltAfter, grace, beatMax } = policy;
  const bars = [0, reduceBelow, reduceLeave, widenLeave, 1];
  const ordered =
    bars.every((bar, i) => i === 0 || bar >= bars[i - 1]!) &&
    widenBelow <= widenLeave &&
    reduceBelow <= widenBelow;
  if (!ordered) {
    const message = `the bars of confidence are ${reduceBelow}/${reduceLeave} and ${widenBelow}/${widenLeave}; each leaves above where it enters, from 0 to 1.`;
    return refuse('bad-parameter', message, where);
  }
  const times = [haltAfter, beatMax, ...Object.values(grace)];
  if (times.every((time) => time >= 0 && time <= Number.MAX_VALUE)) return undefined;
  return refuse('bad-parameter', 'haltAfter, beatMax and grace are milliseconds of at least 0.', where);
}

const rank = (mode: SourceMode): number => SOURCE_MODES.indexOf(mode);

/** The worse of modes; `normal` of none. @example worstMode(['widen', 'normal']) // 'widen' */
export function worstMode(modes: readonly SourceMode[]): SourceMode {
  return modes.reduce((worst, mode) => (rank(mode) > rank(worst) ? mode : worst), 'normal');
}

/**
 * Concern about a confidence: bars to enter a mode, higher bars to leave the one in force (hysteresis).
 * @example confidenceConcern(0.6, 'normal', modePolicy) // undefined, while in 'widen' it is a concern until 0.65
 */
export function confidenceConcern(
  confidence: number,
  mode: SourceMode,
  policy: ModePolicy,
): Concern | undefined {
  const reduceBar = rank(mode) >= rank('reduce-only') ? policy.reduceLeave : policy.reduceBelow;
  const widenBar = rank(mode) >= rank('widen') ? policy.widenLeave : policy.widenBelow;
  const [wanted, bar]: [SourceMode, number] =
    confidence < reduceBar ? ['reduce-only', reduceBar] : ['widen', widenBar];
  if (confidence >= bar) return undefined;
  const sentence = `Confidence is ${confidence.toFixed(3)}, below ${bar}.`;
  return { mode: wanted, reason: { code: 'low-confidence', sentence } };
}

/** What `stepMode` answers. */
export interface ModeStep {
  readonly state: ModeState;
  readonly change?: ModeChange;
  readonly reasons: readonly ModeReason[];
}

/**
 * The next mode: the worst concern at once where it is worse than the mode in force, one step down once `grace` of better has added up.
 * A factor that is judged for the first time takes the mode of its concerns.
 * @example stepMode(undefined, [], at, modePolicy).state.mode // 'normal'
 */
export function stepMode(
  state: ModeState | undefined,
  concerns: readonly Concern[],
  at: Instant,
  policy: ModePolicy,
): ModeStep {
  const wanted = worstMode(concerns.map(({ mode }) => mode));
  const reasons = concerns.map(({ reason }) => reason);
  if (state === undefined) return { state: { mode: wanted, since: at, at }, reasons };
  const { mode, since } = state;
  const moved = (to: SourceMode): ModeStep => ({
    state: { mode: to, since: at, at },
    change: { from: mode, to, at, reasons },
    reasons,
  });
  if (rank(wanted) > rank(mode)) return moved(wanted);
  if (rank(wanted) === rank(mode)) return { state: { mode, since, at }, reasons };
  const better = state.better === undefined ? 0 : state.better + Math.min(at - state.at, policy.beatMax);
  const grace = policy.grace[mode as Exclude<SourceMode, 'normal'>];
  if (better >= grace) return moved(SOURCE_MODES[rank(mode) - 1]!);
  const sentence = `Better than ${mode} for ${better} ms; it is left after ${grace} ms.`;
  return {
    state: { mode, since, at, better },
    reasons: [...reasons, { code: 'grace', sentence }],
  };
}
