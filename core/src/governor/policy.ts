// How fast a market parameter may follow the market: the public part of procyclicality, tool by tool.

import { type Refusal, refuse } from '../base/index.ts';

export const MS_PER_HOUR = 3_600_000;
export const HOURS_PER_DAY = 24;

/** One number for the way up and one for the way down. */
export interface BothWays {
  readonly rise: number;
  readonly fall: number;
}

/** The house's governor (M-150 to M-152): an elasticity around an anchor, half-lives, floor and cap, a speed that is never exceeded. */
export interface GovernorPolicy {
  readonly tool: 'governor';
  /** pi in [0, 1]: the share of a raw move, in logs, that is followed. 0 stays at the anchor, 1 follows in full. */
  readonly elasticity: number;
  /** Hours in which half of the gap to the target closes; 0 at once. */
  readonly halfLife: BothWays;
  /** Least and most of the parameter, in anchors. */
  readonly floor: number;
  readonly cap: number;
  /** Largest change of the logarithm per day, of the parameter and of its anchor; absent where there is no limit. */
  readonly speedMax?: BothWays;
}

/** An exhaustible buffer (EMIR RTS 153/2013, Article 28(1)(a)): `max(raw, (1 + buffer) min(raw, anchor))`, the anchor a calm level such as a year's median. */
export interface BufferPolicy {
  readonly tool: 'buffer';
  /** At least 0.25 by the article. */
  readonly buffer: number;
}

/** Weight on stressed observations (Article 28(1)(b)): `(1 - weight) raw + weight anchor`, the anchor the stressed level. */
export interface StressWeightPolicy {
  readonly tool: 'stress-weight';
  /** At least 0.25 by the article. */
  readonly weight: number;
}

/** A floor (Article 28(1)(c)): `max(raw, anchor)`, the anchor the level of a ten-year look-back. */
export interface FloorPolicy {
  readonly tool: 'floor';
}

/** An asymmetric exponential average of squares, quick up and slow down. */
export interface RatchetPolicy {
  readonly tool: 'ratchet';
  /** Hours. */
  readonly halfLife: BothWays;
}

/** Follows the raw estimate at a bounded speed and not otherwise smoothed. */
export interface SpeedLimitPolicy {
  readonly tool: 'speed-limit';
  /** Largest change of the logarithm per day. */
  readonly speedMax: BothWays;
}

/** How one factor is governed. */
export type FactorPolicy =
  | GovernorPolicy
  | BufferPolicy
  | StressWeightPolicy
  | FloorPolicy
  | RatchetPolicy
  | SpeedLimitPolicy;

/** Several factors under one roof, by name. */
export interface Policy {
  readonly factors: Readonly<Record<string, FactorPolicy>>;
  /** Hours of silence that count at most: after an outage nothing is caught up with faster than this. */
  readonly gapMax: number;
}

/**
 * The defaults of the governor. Elasticity a half and 6 h up, 30 d down: the interior optimum of the notes' simulated cascades, quick enough
 * to leave no bad debt and slow enough not to feed one. Floor 0.67 and cap 2.5 anchors did not bind in 2023-2025. Speeds are those that
 * chain governance publishes for its bounded updates: a quarter up and a twentieth down in a day, here as logarithms, log 1.25 and -log 0.95.
 */
export const governorDefaults: GovernorPolicy = {
  tool: 'governor',
  elasticity: 0.5,
  halfLife: { rise: 6, fall: 720 },
  floor: 0.67,
  cap: 2.5,
  speedMax: { rise: 0.22314355131420976, fall: 0.05129329438755058 },
};

/** A day: whoever looks once a day sees every day, and an outage of a week is not caught up with in one step. */
export const GAP_HOURS_DEFAULT = 24;

const within = (value: number, low: number, high: number) => value >= low && value <= high;

function doubtWays(ways: BothWays, name: string, where: string): Refusal | undefined {
  const wrong = (['rise', 'fall'] as const).find((way) => !within(ways[way], 0, Number.MAX_VALUE));
  if (wrong === undefined) return undefined;
  return refuse('bad-parameter', `${name}.${wrong} is ${ways[wrong]}; give a number of at least 0.`, where);
}

function doubtGovernor(policy: GovernorPolicy, where: string): Refusal | undefined {
  const { elasticity, floor, cap, halfLife, speedMax } = policy;
  if (!within(elasticity, 0, 1)) {
    return refuse('bad-parameter', `elasticity is ${elasticity}; give a number from 0 to 1.`, where);
  }
  if (!(floor > 0 && floor <= 1 && cap >= 1 && cap < Number.POSITIVE_INFINITY)) {
    const message = `floor ${floor} and cap ${cap} are in anchors; give 0 < floor <= 1 <= cap.`;
    return refuse('bad-parameter', message, where);
  }
  const fault = doubtWays(halfLife, 'halfLife', where);
  return fault ?? (speedMax === undefined ? undefined : doubtWays(speedMax, 'speedMax', where));
}

function doubtFactor(policy: FactorPolicy, where: string): Refusal | undefined {
  switch (policy.tool) {
    case 'governor':
      return doubtGovernor(policy, where);
    case 'buffer':
      if (within(policy.buffer, 0, 10)) return undefined;
      return refuse('bad-parameter', `buffer is ${policy.buffer}; give a share from 0 to 10.`, where);
    case 'stress-weight':
      if (within(policy.weight, 0, 1)) return undefined;
      return refuse('bad-parameter', `weight is ${policy.weight}; give a share from 0 to 1.`, where);
    case 'floor':
      return undefined;
    case 'ratchet':
      return doubtWays(policy.halfLife, 'halfLife', where);
    case 'speed-limit':
      return doubtWays(policy.speedMax, 'speedMax', where);
  }
}

/** The first thing wrong with a policy. @example doubtPolicy({ factors: { BTC: governorDefaults }, gapMax: 24 }) // undefined */
export function doubtPolicy({ factors, gapMax }: Policy): Refusal | undefined {
  if (!within(gapMax, 0, Number.MAX_VALUE) || gapMax === 0) {
    return refuse('bad-parameter', `gapMax is ${gapMax} hours; give a number above 0.`, 'policy');
  }
  for (const name of Object.keys(factors).sort()) {
    const fault = doubtFactor(factors[name]!, name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
