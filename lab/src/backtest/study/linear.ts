// What models that look back ask of one linear position, in closed form (M-190): fast enough to try a hundred policies on nine years of hours, and
// held to the model itself by test. Nothing here is reported as a margin: it chooses, the model is then run.

import {
  type FactorHistory,
  factorId,
  type HistoryFactor,
  isRefusal,
  type models,
  type Refusal,
} from '@plimsoll/core';
import { exp, log, pow } from '@plimsoll/core/kernel';
import { type Governing, governUntil, notGoverned } from '../governing.ts';

const HOUR_MS = 3_600_000;
/** No price falls to zero in a window, and none rises a hundredfold (M-161). */
const LOG_MAX = 4.6;

/** Who loses: a long when the price falls, a short when it rises. */
export const SIDES = ['long', 'short'] as const;
export type Side = (typeof SIDES)[number];
export type Sided<T> = Readonly<Record<Side, T>>;

/** What the house model is told. */
export type HouseParameters = (typeof models)['dmr']['defaults'];
type HistoryTerms = HouseParameters['history'];

/** A tail in units of vol: worst log moves of its windows over the vol of their start, and the part of the tail that each makes. */
export interface UnitTail {
  readonly moves: Float64Array;
  readonly shares: Float64Array;
}

/** What the windows that end by a date say: maintenance in units of vol, initial at the vol of now. */
export interface LinearTail {
  readonly vol: number;
  readonly maintenance: Sided<UnitTail>;
  readonly initial: Sided<number>;
}

/** The loss of a tail at a vol a step, as a share of the notional. @example lossOf(tail, 'long', 0.006) // 0.08 */
export function lossOf({ moves, shares }: UnitTail, side: Side, vol: number): number {
  let loss = 0;
  for (let i = 0; i < moves.length; i++) {
    const move = Math.min(LOG_MAX, moves[i]! * vol);
    loss += shares[i]! * (side === 'long' ? 1 - exp(-move) : exp(move) - 1);
  }
  return loss;
}

interface WindowMoves {
  /** Farthest fall and rise of the logs at the dates of the window that starts at each place; NaN where a gap is in it. */
  readonly down: Float64Array;
  readonly up: Float64Array;
  /** Whole windows that start there or whole strides before. */
  readonly wholes: Int32Array;
  readonly horizon: number;
  readonly stride: number;
}

function windowMoves(
  { times, step }: FactorHistory,
  logs: Float64Array,
  given: HistoryTerms,
  line: 'maintenance' | 'initial',
): WindowMoves {
  const steps = (hours: number) => Math.max(1, Math.round((hours * HOUR_MS) / step));
  const [horizon, stride] = [steps(given.horizonHours[line]), steps(given.strideHours[line])];
  const count = Math.min(horizon, given.dates[line]);
  const offsets = Array.from({ length: count }, (_, d) => Math.round(((d + 1) * horizon) / count));
  const [down, up] = [new Float64Array(logs.length), new Float64Array(logs.length)];
  for (let t = 0; t < logs.length; t++) {
    const isWhole = t + horizon < logs.length && times[t + horizon]! - times[t]! === horizon * step;
    for (const offset of offsets) {
      const move = isWhole ? logs[t + offset]! - logs[t]! : Number.NaN;
      down[t] = Math.max(down[t]!, -move);
      up[t] = Math.max(up[t]!, move);
    }
  }
  const wholes = new Int32Array(logs.length);
  for (let t = 0; t < logs.length; t++) {
    wholes[t] = (t < stride ? 0 : wholes[t - stride]!) + (Number.isNaN(down[t]!) ? 0 : 1);
  }
  return { down, up, wholes, horizon, stride };
}

/** The largest of moves over vols, as the part of an expected shortfall that each makes. */
class Largest {
  private readonly kept: number[] = [];
  /** What is no larger changes nothing; below every move until there are enough. */
  least = -1;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  add(value: number): void {
    const { kept } = this;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (kept[middle]! >= value) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, value);
    if (kept.length > this.most) kept.pop();
    if (kept.length === this.most) this.least = kept.at(-1)!;
  }

  /** The mean beyond a coverage, of so many windows. */
  tail(count: number, coverage: number): UnitTail {
    const room = 1 - coverage;
    let left = room;
    const shares: number[] = [];
    for (let i = 0; i < this.kept.length && left > 0; i++) {
      const share = Math.min(1 / count, left);
      shares.push(share / room);
      left -= 1 / count;
    }
    return {
      moves: Float64Array.from(this.kept.slice(0, shares.length)),
      shares: Float64Array.from(shares),
    };
  }
}

/** Squares a step of a series of logs, and the steps to each date: a move across a gap of n steps counts as n steps of an n-th of its square (M-161). */
function squaresOf({ times, step }: FactorHistory, logs: Float64Array) {
  const squares = new Float64Array(logs.length);
  const steps = new Float64Array(logs.length);
  for (let t = 1; t < logs.length; t++) {
    steps[t] = Math.max(1, Math.round((times[t]! - times[t - 1]!) / step));
    squares[t] = (logs[t]! - logs[t - 1]!) ** 2 / steps[t]!;
  }
  return { squares, steps };
}

/** Expected vols a step at each date from the first on: the filter of M-161. */
function fillVols(
  vols: Float64Array,
  { squares, steps }: ReturnType<typeof squaresOf>,
  first: number,
  end: number,
  given: HistoryTerms,
) {
  // Whole steps of an hour, as the windows of the model have them.
  const lambda = pow(2, -1 / Math.max(1, Math.round(given.halfLifeHours)));
  let [mean, count] = [0, 0];
  for (let t = first + 1; t < end; t++) {
    mean += squares[t]! * steps[t]!;
    count += steps[t]!;
  }
  mean /= Math.max(1, count);
  const least = given.floor * Math.sqrt(mean);
  let variance = mean;
  for (let t = first; t < end; t++) {
    if (t > first) {
      const kept = steps[t] === 1 ? lambda : pow(lambda, steps[t]!);
      variance = kept * variance + (1 - kept) * squares[t]!;
    }
    vols[t] = Math.max(least, Math.sqrt(variance));
  }
}

function sweep(
  moves: WindowMoves,
  vols: Float64Array,
  [first, end]: readonly [number, number],
  coverage: number,
): Sided<UnitTail> {
  const { down, up, wholes, horizon, stride } = moves;
  const most = Math.ceil((1 - coverage) * (end - first)) + 1;
  const [long, short] = [new Largest(most), new Largest(most)];
  let t = end - 1 - horizon;
  const last = t;
  // Windows with a gap in them are no numbers, and no number is larger than anything.
  for (; t >= first; t -= stride) {
    const vol = vols[t]!;
    if (down[t]! > long.least * vol) long.add(down[t]! / vol);
    if (up[t]! > short.least * vol) short.add(up[t]! / vol);
  }
  const count = last < first ? 0 : wholes[last]! - (t < 0 ? 0 : wholes[t]!);
  return { long: long.tail(count, coverage), short: short.tail(count, coverage) };
}

/**
 * Tails of the first spot of an hourly history at some of its dates, each from the `lookBack` dates up to it, filtered (M-161); the measure is the
 * expected shortfall. Units: logs over vol a step. Errors: none; too short a past has an empty tail.
 * @example tailsOf(history, [20_000], historyDefaults, 17_520)[0].initial.long // 0.11
 */
export function tailsOf(
  history: FactorHistory,
  places: readonly number[],
  given: HistoryTerms,
  lookBack: number,
): LinearTail[] {
  const spot = spotOf(history);
  const logs = spot.levels.map((level) => log(level));
  const maintenance = windowMoves(history, logs, given, 'maintenance');
  const initial = windowMoves(history, logs, given, 'initial');
  const vols = new Float64Array(logs.length);
  const squares = squaresOf(history, logs);
  return places.map((place) => {
    const span = [Math.max(0, place + 1 - lookBack), place + 1] as const;
    fillVols(vols, squares, span[0], span[1], given);
    const vol = vols[place]!;
    const day = sweep(initial, vols, span, given.coverage.initial);
    return {
      vol,
      maintenance: sweep(maintenance, vols, span, given.coverage.maintenance),
      initial: { long: lossOf(day.long, 'long', vol), short: lossOf(day.short, 'short', vol) },
    };
  });
}

function spotOf({ factors }: FactorHistory): HistoryFactor {
  return factors.find(({ kind }) => kind === 'spot')!;
}

/** Where the governor has a factor: vols a step. */
export interface GovernedVol {
  readonly raw: number;
  readonly anchor: number;
  readonly value: number;
}

/** Where the governor has the first spot of a history at some of its dates, ascending; refuses what the governor refuses. */
export function governedVols(
  history: FactorHistory,
  places: readonly number[],
  governing: Governing,
): GovernedVol[] | Refusal {
  const spot = spotOf(history);
  const own = { ...history, factors: [spot] };
  const found: GovernedVol[] = [];
  let state = notGoverned;
  for (const place of places) {
    const next = governUntil(state, own, history.times[place]!, governing);
    if (isRefusal(next)) return next;
    state = next;
    const { raw, anchor, value } = state.governor.factors[factorId(spot)]!;
    found.push({ raw, anchor: anchor!, value });
  }
  return found;
}

/** Ranges and what charges come to, as shares of the notional. */
export interface LinearTerms {
  readonly range: { readonly maintenance: number; readonly initial: number };
  readonly charges: { readonly maintenance: number; readonly initial: number };
  readonly releaseBuffer: number;
}

/** Both lines of one position, shares of its notional. */
export interface LinearAsked {
  readonly maintenance: number;
  readonly initial: number;
}

const RANGE_MAX = 0.9;

/**
 * The house model on one linear position: `max(range g, tail at the governed vol) + charges`, `g` governed over anchor; initial the same with the larger of
 * governed and raw, the tail at the vol of now, never below release. Source: M-163, M-170, M-171, M-183.
 * @example askedOf(tail, governed, terms, 'long').maintenance // 0.083
 */
export function askedOf(
  tail: LinearTail,
  { raw, anchor, value }: GovernedVol,
  { range, charges, releaseBuffer }: LinearTerms,
  side: Side,
): LinearAsked {
  const near = Math.min(RANGE_MAX, range.maintenance * (value / anchor));
  const far = Math.min(RANGE_MAX, Math.max(near, range.initial * Math.max(value / anchor, raw / anchor)));
  const held = Math.max(near, lossOf(tail.maintenance[side], side, Math.min(1, value)));
  const maintenance = held + charges.maintenance;
  const initial = Math.max(far, tail.initial[side]) + charges.initial;
  return { maintenance, initial: Math.max(initial, (1 + releaseBuffer) * maintenance) };
}
