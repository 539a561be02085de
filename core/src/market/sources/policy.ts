// How sources are judged: every threshold has a name, a unit and a reason, per kind of number.

import { type Refusal, refuse } from '../../base/index.ts';
import { doubtModes, type ModePolicy, modePolicy } from './modes.ts';

/** What a factor is: an index, a perpetual's mark, the forward of one expiry, or a volatility. */
export type SourceKind = 'spot' | 'perpetual' | 'forward' | 'vol';
/** How a report travels: from an exchange's own feed, or through a chain, which is slower. */
export type SourceRoute = 'exchange' | 'chain';

/**
 * How far a value may move in one update: `sigmas x sigma x sqrt(dt)` (relative, sigma a year's volatility of the factor), or a share per
 * minute, `share x dt`.
 */
export type StepLimit =
  | { readonly form: 'diffusive'; readonly sigmas: number }
  | { readonly form: 'steady'; readonly sharePerMinute: number };

/** Every threshold of `combineSources`. Times in milliseconds; shares are decimals. */
export interface SourcePolicy {
  readonly kind: SourceKind;
  /** Oldest report that still counts, by route. */
  readonly ageMax: Readonly<Record<SourceRoute, number>>;
  /** How far ahead of the call a report may be dated: clocks kept by NTP are within tens of milliseconds of each other. */
  readonly aheadMax: number;
  /** Values outside are no values of this kind. */
  readonly valueMin: number;
  readonly valueMax: number;
  /** A voice further than `max(madMultiple x 1.4826 MAD, floor)` from the median is not heard. */
  readonly madMultiple: number;
  /** The floor under that distance, and how near two voices must be to agree: `max(share x |median|, absolute)`. */
  readonly floorShare: number;
  readonly floorAbsolute: number;
  /** A venue this far off the median (a share of it, and beyond the floor) for `persistTicks` of its own reports in a row is out. */
  readonly persistShare: number;
  readonly persistTicks: number;
  /** Within this share of the median for `persistTicks` reports in a row it is back: nearer than where it was put out, so that it does not flutter. */
  readonly returnShare: number;
  /** Most weight one venue may have where at least `1 / weightCap` are heard. */
  readonly weightCap: number;
  /** Fewest venues without a reason to widen. Three is where one liar can be told. */
  readonly venuesMin: number;
  /** Most confidence that a single venue earns. */
  readonly loneConfidenceMax: number;
  /** A last agreed value older than this confirms nobody. */
  readonly agreedAgeMax: number;
  /** Volatility a year of the factor, relative. State the one of now: it sets the limit of a step and what age adds. */
  readonly sigma: number;
  readonly limit: StepLimit;
  /** The limit is measured from a value at least this old, so that asking more often loosens nothing. */
  readonly limitStep: number;
  /** A move beyond the limit that three venues hold for this long is followed in full: the limit stops ticks, not markets. */
  readonly limitHold: number;
  /** After a silence longer than this two agreeing venues may set the value anew. */
  readonly limitGapMax: number;
  /** Relative half-width at which confidence is one half. */
  readonly reference: number;
  /** Half-widths between the value and its sides (Pyth's price +- conf: 1). */
  readonly sides: number;
  /** What is added, as a share, to a frozen value's range after one hour; it grows with the root of age. */
  readonly widenPerRootHour: number;
  /** Most that is added. */
  readonly widenMax: number;
  /** A frozen value older than this is none. */
  readonly frozenAgeMax: number;
  readonly modes: ModePolicy;
}

/** Most weight a report may state; sums of `SOURCES_MAX` of them stay exact enough to be shares. */
export const WEIGHT_MAX = 1e18;
/** Most sources and venues that one factor remembers; a quorum needs a handful. */
export const SOURCES_MAX = 64;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const spot: SourcePolicy = {
  kind: 'spot',
  // Derive's spot feed has a heartbeat of three minutes on chain; an exchange's own feed ticks many times a second.
  ageMax: { exchange: 5 * SECOND, chain: 3 * MINUTE },
  aheadMax: 100,
  valueMin: 1e-12,
  valueMax: 1e12,
  madMultiple: 5,
  floorShare: 0.005,
  floorAbsolute: 0,
  persistShare: 0.05,
  persistTicks: 5,
  returnShare: 0.025,
  weightCap: 0.4,
  venuesMin: 3,
  loneConfidenceMax: 0.5,
  agreedAgeMax: 10 * MINUTE,
  sigma: 0.8,
  limit: { form: 'diffusive', sigmas: 3 },
  limitStep: SECOND,
  limitHold: 5 * SECOND,
  limitGapMax: 10 * MINUTE,
  reference: 0.01,
  sides: 1,
  // Three standard deviations of an hour at 80 % a year: 3 x 0.8 / sqrt(8760).
  widenPerRootHour: 0.0256,
  widenMax: 0.25,
  frozenAgeMax: DAY,
  modes: modePolicy,
};

const forward: SourcePolicy = {
  ...spot,
  kind: 'forward',
  // A forward is spot and a basis that moves slowly; Derive's heartbeat is an hour.
  ageMax: { exchange: MINUTE, chain: HOUR },
  modes: { ...modePolicy, haltAfter: 2 * HOUR },
};

const vol: SourcePolicy = {
  ...spot,
  kind: 'vol',
  ageMax: { exchange: MINUTE, chain: 20 * MINUTE },
  valueMin: 0.05,
  valueMax: 5,
  // Two vol points are an everyday gap between venues.
  floorShare: 0,
  floorAbsolute: 0.02,
  // Three daily moves of 6 % of vol (the age term of fits) make a year's: 0.06 x sqrt(365).
  sigma: 1.146,
  limit: { form: 'steady', sharePerMinute: 0.2 },
  agreedAgeMax: HOUR,
  limitHold: MINUTE,
  limitGapMax: HOUR,
  reference: 0.05,
  widenPerRootHour: 0.25,
  widenMax: 1,
  modes: { ...modePolicy, haltAfter: 2 * HOUR },
};

const defaults: Readonly<Record<SourceKind, SourcePolicy>> = {
  spot,
  perpetual: { ...spot, kind: 'perpetual' },
  forward,
  vol,
};

/**
 * The policy of a kind, with whatever is stated otherwise. Defaults are the notes' and Derive's heartbeats; `sigma` should be the vol of now.
 * @example sourcePolicy('spot', { sigma: 0.55 }).ageMax.exchange // 5000
 */
export function sourcePolicy(kind: SourceKind, own: Partial<Omit<SourcePolicy, 'kind'>> = {}): SourcePolicy {
  return { ...defaults[kind], ...own };
}

type Range = readonly [least: number, most: number];
const POSITIVE: Range = [Number.MIN_VALUE, Number.MAX_VALUE];
const AT_LEAST_ZERO: Range = [0, Number.MAX_VALUE];
const SHARE: Range = [Number.MIN_VALUE, 1];
const COUNT: Range = [1, SOURCES_MAX];

const RANGES = {
  aheadMax: AT_LEAST_ZERO,
  valueMin: POSITIVE,
  valueMax: POSITIVE,
  madMultiple: POSITIVE,
  floorShare: AT_LEAST_ZERO,
  floorAbsolute: AT_LEAST_ZERO,
  persistShare: POSITIVE,
  persistTicks: COUNT,
  returnShare: POSITIVE,
  // At one half a venue could stand against all others.
  weightCap: [1 / SOURCES_MAX, 0.499],
  venuesMin: COUNT,
  loneConfidenceMax: SHARE,
  agreedAgeMax: AT_LEAST_ZERO,
  sigma: POSITIVE,
  limitStep: AT_LEAST_ZERO,
  limitHold: AT_LEAST_ZERO,
  limitGapMax: AT_LEAST_ZERO,
  reference: POSITIVE,
  sides: AT_LEAST_ZERO,
  widenPerRootHour: AT_LEAST_ZERO,
  widenMax: AT_LEAST_ZERO,
  frozenAgeMax: AT_LEAST_ZERO,
} as const satisfies Partial<Record<keyof SourcePolicy, Range>>;

const NAMED_RANGES = Object.entries(RANGES) as unknown as readonly (readonly [keyof typeof RANGES, Range])[];

/** Whether a number lies in a range; NaN lies in none. */
export const within = (value: number, [least, most]: Range): boolean => value >= least && value <= most;

/**
 * The first threshold that cannot be, or undefined.
 * @example doubtSourcePolicy(sourcePolicy('spot', { weightCap: 0.7 }))?.reason // 'bad-parameter'
 */
export function doubtSourcePolicy(policy: SourcePolicy): Refusal | undefined {
  const wrong = (name: string, value: number, [least, most]: Range) =>
    refuse('bad-parameter', `${name} is ${value}; give a number from ${least} to ${most}.`, policy.kind);
  for (const [name, range] of NAMED_RANGES) {
    const value = policy[name];
    if (!within(value, range)) return wrong(name, value, range);
  }
  for (const route of ['exchange', 'chain'] as const) {
    const age = policy.ageMax[route];
    if (!within(age, AT_LEAST_ZERO)) return wrong(`ageMax.${route}`, age, AT_LEAST_ZERO);
  }
  const { limit } = policy;
  const [name, size] =
    limit.form === 'diffusive' ? ['sigmas', limit.sigmas] : ['sharePerMinute', limit.sharePerMinute];
  if (!within(size as number, POSITIVE)) return wrong(`limit.${name}`, size as number, POSITIVE);
  if (policy.floorShare + policy.floorAbsolute === 0) {
    const message = 'floorShare and floorAbsolute are both 0; sources would have to be equal to agree.';
    return refuse('bad-parameter', message, policy.kind);
  }
  return doubtModes(policy.modes, policy.kind);
}
