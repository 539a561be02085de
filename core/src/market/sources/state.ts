// What one factor carries from call to call: plain values, so that a journal can hold it and a replay gives the same bits.

import type { Instant } from '../../base/index.ts';
import type { ModeState } from './modes.ts';
import type { SourceKind } from './policy.ts';
import type { SourceMemory } from './reports.ts';
import type { VenueMemory } from './voices.ts';

/** A value and when it stood. */
export interface Stood {
  readonly value: number;
  readonly at: Instant;
}

/** What was last served from fresh sources: it is what freezes when they fall silent. */
export interface Served extends Stood {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Sources that want to move the value further than a step. */
export interface Pressing {
  readonly since: Instant;
  readonly rises: boolean;
}

/** The state of one factor between two calls of `combineSources`. */
export interface SourceState {
  readonly kind: SourceKind;
  /** Of the last call; absent before the first. */
  readonly at?: Instant;
  /** Ascending by source. */
  readonly memory: readonly SourceMemory[];
  /** Venues that are out, or on their way. */
  readonly venues: readonly VenueMemory[];
  /** What steps are measured from. */
  readonly anchor?: Stood;
  readonly pressing?: Pressing;
  readonly served?: Served;
  /** What two or more venues last agreed on. */
  readonly agreed?: Stood;
  /** Of the last call; silence never raises it. */
  readonly confidence?: number;
  readonly mode?: ModeState;
}

/** A factor that has heard nobody. @example combineSources(reports, at, policy, unheard('spot')) */
export function unheard(kind: SourceKind): SourceState {
  return { kind, memory: [], venues: [] };
}
