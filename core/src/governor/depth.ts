// Depth as the breaker may believe it: what stood in the book even in its thin hours, so that orders shown for a while lift nothing.

import { type Instant, type Refusal, refuse } from '../base/index.ts';
import { MS_PER_HOUR } from './policy.ts';

/** How depth is believed. */
export interface DepthPolicy {
  /** Length of a stretch, in hours; of each only the lowest depth counts. */
  readonly stretch: number;
  /** How many whole stretches are remembered. */
  readonly stretches: number;
  /** Which of them is believed: the one that this share of them stands at or below, 0 the lowest of all. */
  readonly share: number;
}

/** A day of hours, the lowest quarter: orders must stand through every moment of more than eighteen of them to lift it. */
export const depthDefaults: DepthPolicy = { stretch: 1, stretches: 24, share: 0.25 };

/** Running depth: plain data. `lows` are of whole stretches, oldest first. */
export interface DepthState {
  readonly at: Instant;
  /** Where stretches are counted from. */
  readonly since: Instant;
  /** The depth that stands now, and the lowest of the stretch that is running. */
  readonly standing: number;
  readonly low: number;
  /** Whole stretches ended so far. */
  readonly ended: number;
  readonly lows: readonly number[];
}

const STRETCHES_MAX = 10_000;

function doubtDepth({ stretch, stretches, share }: DepthPolicy): Refusal | undefined {
  const counted = Number.isInteger(stretches) && stretches >= 1 && stretches <= STRETCHES_MAX;
  if (counted && stretch > 0 && stretch < Number.POSITIVE_INFINITY && share >= 0 && share < 1)
    return undefined;
  const message = `give a positive stretch, 1 to ${STRETCHES_MAX} whole stretches, a share from 0 to below 1.`;
  return refuse('bad-parameter', message, 'depth');
}

/**
 * Depth after a report (M-158): a reported depth stands until the next report; the lowest that stood in a stretch is what the stretch had. Time
 * weighs because stretches are equally long, however many reports fall into them. Units: dollars, or whatever is reported. Refuses
 * depth that is no number of at least zero and reports out of order.
 * @example watchDepth(undefined, { at, depth: 2e8 }, depthDefaults)
 */
export function watchDepth(
  state: DepthState | undefined,
  { at, depth }: { readonly at: Instant; readonly depth: number },
  policy: DepthPolicy,
): DepthState | Refusal {
  const doubt = doubtDepth(policy);
  if (doubt !== undefined) return doubt;
  if (!(depth >= 0 && depth < Number.POSITIVE_INFINITY && Number.isFinite(at))) {
    return refuse('out-of-range', `a depth of ${depth} at ${at}; give a number of at least 0.`, 'depth');
  }
  if (state === undefined) return { at, since: at, standing: depth, low: depth, ended: 0, lows: [] };
  if (at < state.at)
    return refuse('out-of-range', 'a report is older than the last; give them in order.', 'depth');
  const ended = Math.floor((at - state.since) / (policy.stretch * MS_PER_HOUR));
  const whole = ended - state.ended;
  if (whole <= 0) {
    return { ...state, at, standing: depth, low: Math.min(state.low, depth) };
  }
  // The stretch that was running ends with its low; those without a report had what stood.
  const quiet = Math.min(whole - 1, policy.stretches);
  const lows = [...state.lows, state.low, ...new Array<number>(quiet).fill(state.standing)].slice(
    -policy.stretches,
  );
  // What stood before the report stood in this stretch too, unless the report is at its very start.
  const start = state.since + ended * policy.stretch * MS_PER_HOUR;
  const low = at > start ? Math.min(state.standing, depth) : depth;
  return { ...state, at, standing: depth, low, ended, lows };
}

/**
 * The depth to reckon with: the chosen order statistic of the lows of whole stretches, and never more than the lowest of the stretch that is
 * running: it falls at once and rises only when what is new has stood for most of the window.
 * @example lowDepth(state, depthDefaults) // 1.2e8
 */
export function lowDepth({ lows, low }: DepthState, { share }: DepthPolicy): number {
  if (lows.length === 0) return low;
  const sorted = [...lows].sort((a, b) => a - b);
  return Math.min(low, sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!);
}
