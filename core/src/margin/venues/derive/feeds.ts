// What Derive's oracles make of what is signed to them: a price beside the spot, and a forward that turns into the settlement average.

import type { Refusal } from '../../../base/index.ts';
import { answerOf, clamp, doubtNumbers } from '../numbers.ts';

/** A settlement price is the average of spot over the last half hour, seconds. */
export const DERIVE_SETTLEMENT_SECONDS = 1800;

/** A print of a difference to the spot, USD per coin, and how far from the spot it may lead, as a share of the spot. */
export interface SpotDifference {
  readonly spot: number;
  readonly difference: number;
  readonly cap: number;
}

/**
 * A price that is signed as its difference to the spot (perpetual mark, impact bid and ask): `spot + clamp(difference, -cap spot, cap spot)`,
 * USD per coin (M-95). Refuses a spot that is no price, or a negative cap.
 * Source: derivexyz/v2-core, spot-difference feed.
 * @example spotWithDifference({ spot: 2000, difference: 300, cap: 0.1 }) // 2200
 */
export function spotWithDifference(print: SpotDifference): number | Refusal {
  const kinds = { spot: 'above-zero', difference: 'finite', cap: 'at-least-zero' } as const;
  const doubt = doubtNumbers('spot difference', { ...print }, kinds);
  if (doubt !== undefined) return doubt;
  const { spot, difference, cap } = print;
  return answerOf('spot difference', spot + clamp(difference, -cap * spot, cap * spot));
}

/** A print of a forward, as of its own time. Prices in USD per coin. */
export interface ForwardPrint {
  readonly spot: number;
  /** Forward less spot. */
  readonly difference: number;
  /** From the print to expiry, seconds; at most 0 once expired. */
  readonly secondsToExpiry: number;
  /** Average of spot since the settlement window opened; once expired, the settlement price. Not looked at before the window. */
  readonly average: number;
}

/** A forward in two parts, USD per coin: what the settlement average has fixed, which no shock moves, and the rest. */
export interface ForwardParts {
  readonly fixed: number;
  readonly variable: number;
}

/**
 * The forward with the part of its settlement average that has passed (M-95): in the last half hour, `w` the share of it that is left,
 *
 *     fixed = (1 - w) average;  variable = w (spot + difference)
 *
 * before it all of it is variable, at expiry all of it is fixed. USD per coin. Refuses prices that are none; a forward below zero is one.
 * Source: derivexyz/v2-core, forward feed.
 * @example forwardParts({ spot: 1990, difference: 10, secondsToExpiry: 450, average: 2040 }) // { fixed: 1530, variable: 500 }
 */
export function forwardParts(print: ForwardPrint): ForwardParts | Refusal {
  const { spot, difference, secondsToExpiry, average } = print;
  const left = clamp(secondsToExpiry / DERIVE_SETTLEMENT_SECONDS, 0, 1);
  const forward = spot + difference;
  const doubt = doubtNumbers(
    'forward feed',
    { spot, forward, secondsToExpiry, average },
    {
      secondsToExpiry: 'finite',
      ...(left > 0 ? ({ spot: 'above-zero', forward: 'at-least-zero' } as const) : {}),
      ...(left < 1 ? ({ average: 'above-zero' } as const) : {}),
    },
  );
  if (doubt !== undefined) return doubt;
  return { fixed: left < 1 ? (1 - left) * average : 0, variable: left > 0 ? left * forward : 0 };
}
