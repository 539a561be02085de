// How a venue enforces: every threshold has a name, a unit and a reason.

import type { LineName } from '../margin/index.ts';

/** When an account is warned, called, closed and let go. Shares are of the requirement on the call line. */
export interface LadderPolicy {
  /** Below this line an account is called. `release` keeps day-to-day noise from calling whoever trades up to initial. */
  readonly callLine: Extract<LineName, 'release' | 'initial'>;
  /** Warned while equity is less than `1 + warnWithin` times the call line. */
  readonly warnWithin: number;
  /** Hysteresis: a warning ends at `1 + warnWithin + easeBy`, a call at `1 + easeBy` times the call line. */
  readonly easeBy: number;
  /** From the call until it is enforced, milliseconds. */
  readonly deadline: number;
  /** What the cure of a call is stated in. */
  readonly cureAsset: string;
  /** Held products that are tried as single trades that cure, those that add most first. */
  readonly cureTrades: number;
}

/** How forced closing goes, until auctions take its place. */
export interface ClosingPolicy {
  /** A forced trade pays so many times what the model says closing costs. */
  readonly costTimes: number;
  /** Where a model does not say, this share of the mark. */
  readonly costShare: number;
  /** Held products that are tried as the next to close, those that add most first. */
  readonly candidates: number;
}

/** When a market may be acted on. */
export interface MarketPolicy {
  /** Older than this a market closes nobody, milliseconds. */
  readonly ageMax: number;
  /** Older than this it opens nothing either: orders that add risk are refused, milliseconds. */
  readonly tradeAgeMax: number;
  /** A clock that jumps ahead by more halts the venue, milliseconds. */
  readonly jumpMax: number;
}

/** What an account may send. */
export interface ThrottlePolicy {
  /** Messages a second, in the long run. */
  readonly rate: number;
  /** Messages at once. */
  readonly burst: number;
}

export interface EnginePolicy {
  readonly version: string;
  readonly ladder: LadderPolicy;
  readonly closing: ClosingPolicy;
  readonly market: MarketPolicy;
  readonly throttle: ThrottlePolicy;
  /** Operators who must agree before parameters change: 1 or 2. */
  readonly approvals: 1 | 2;
  /** An order may be so far beyond the mark: a share of it, and of the index for what costs little. */
  readonly collarShare: number;
  readonly collarIndexShare: number;
  /** What converting costs, a share of what is given. */
  readonly conversionSpread: number;
  /** Longest override of an operator, milliseconds. */
  readonly overrideMax: number;
  /** After a halt nobody is closed for so long, milliseconds. */
  readonly grace: number;
}

const MINUTE = 60_000;

/** Defaults. Deadlines of venues run from none to a day; an hour leaves time for a transfer on a slow chain. */
export const enginePolicy: EnginePolicy = {
  version: 'policy-1',
  ladder: {
    callLine: 'release',
    warnWithin: 0.1,
    easeBy: 0.02,
    deadline: 60 * MINUTE,
    cureAsset: 'USD',
    cureTrades: 4,
  },
  closing: { costTimes: 1.5, costShare: 0.005, candidates: 4 },
  market: { ageMax: MINUTE, tradeAgeMax: 5 * MINUTE, jumpMax: 10 * MINUTE },
  throttle: { rate: 100, burst: 1_000 },
  approvals: 1,
  collarShare: 0.1,
  collarIndexShare: 0.005,
  conversionSpread: 0.0005,
  overrideMax: 24 * 60 * MINUTE,
  grace: 5 * MINUTE,
};
