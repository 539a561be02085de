// How far a market can go before an account crosses its lines, counting everything else it holds: liquidation prices, in general.

import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import { price } from '../../pricing/index.ts';
import type { ProductId } from '../../product/index.ts';
import { type Axis, type AxisReach, coordinateOf, doubtAxis, moveAt, nodesAlong, reachOf } from './axis.ts';
import { refine, type Sample } from './refine.ts';
import { leftOf, type Reading, type Subject, setOut, THRESHOLDS, type Threshold, type Walk } from './walk.ts';

/** Where a threshold is crossed. */
export interface Crossing {
  /** The move, as the axis counts it; there the account stands as it does beyond. */
  readonly move: number;
  /** Whether the account is below the threshold beyond, further from now; else it recovers there. */
  readonly into: boolean;
  /** Dollars per coin at the crossing, by coin. */
  readonly indices: ReadonlyMap<string, number>;
  /** Marks in the products' own units at the crossing, of all contracts alive then. */
  readonly marks: ReadonlyMap<ProductId, number>;
}

/** One threshold along an axis. */
export interface ThresholdCrossings {
  /** Whether the account is below it now. */
  readonly now: boolean;
  /** Nearest to now on either side; absent where there is none within the reach. */
  readonly down?: Crossing;
  readonly up?: Crossing;
  /** All that there are, ascending. */
  readonly all: readonly Crossing[];
}

/** A reading on the way. */
export interface Waypoint extends Reading {
  readonly move: number;
}

/** How an account fares along an axis. */
export interface Survival {
  readonly axis: Axis;
  readonly reach: AxisReach;
  readonly thresholds: Readonly<Record<Threshold, ThresholdCrossings>>;
  /** The moves that were looked at, ascending, with what was read there. */
  readonly path: readonly Waypoint[];
  /** How often the account was judged. */
  readonly assessments: number;
}

/** Steps of a search for the bottom of a dip: golden sections, 0.618^24 of two steps. */
const DIP_STEPS = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Between two nodes a value may fall this many times the larger change to its neighbours below the lower of them. */
const DIP_DEPTH = 2;

type Read = (coordinate: number) => Reading | Refusal;

/** Readings by coordinate, each taken once. */
function remembering(walk: Walk, axis: Axis): { readonly read: Read; readonly seen: Map<number, Reading> } {
  const seen = new Map<number, Reading>();
  const read: Read = (coordinate) => {
    const known = seen.get(coordinate);
    if (known !== undefined) return known;
    const reading = walk.read([[axis, moveAt(axis, coordinate)]]);
    if (!isRefusal(reading)) seen.set(coordinate, reading);
    return reading;
  };
  return { read, seen };
}

/**
 * Looks between three neighbours of which the middle is nearest to a threshold for a crossing there and back that no node has seen;
 * stops at the first reading beyond the threshold, or at the bottom.
 */
function probeDip(
  nodes: readonly [number, number, number],
  threshold: Threshold,
  read: Read,
): Refusal | undefined {
  const distance = (coordinate: number): number | Refusal => {
    const reading = read(coordinate);
    return isRefusal(reading) ? reading : side * dollars(leftOf(reading, threshold));
  };
  const middle = read(nodes[1]);
  if (isRefusal(middle)) return middle;
  const side = leftOf(middle, threshold) < 0n ? -1 : 1;
  let [low, high] = [nodes[0], nodes[2]];
  for (let n = 0; n < DIP_STEPS; n++) {
    const width = GOLDEN * (high - low);
    const [left, right] = [distance(high - width), distance(low + width)];
    if (isRefusal(left)) return left;
    if (isRefusal(right)) return right;
    if (Math.min(left, right) < 0) return undefined;
    if (left <= right) high = low + width;
    else low = high - width;
  }
  return undefined;
}

/** Where a value comes near its threshold between nodes, the nodes are not enough. */
function probeDips(nodes: readonly number[], read: Read): Refusal | undefined {
  for (const threshold of THRESHOLDS) {
    for (let i = 1; i + 1 < nodes.length; i++) {
      const three = [nodes[i - 1]!, nodes[i]!, nodes[i + 1]!] as const;
      const readings = three.map(read);
      const refused = readings.find(isRefusal);
      if (refused !== undefined) return refused;
      const [a, b, c] = (readings as Reading[]).map((reading) => dollars(leftOf(reading, threshold))) as [
        number,
        number,
        number,
      ];
      const sameSide = a < 0 === b < 0 && b < 0 === c < 0;
      const nearest = Math.abs(b) <= Math.abs(a) && Math.abs(b) <= Math.abs(c);
      const change = Math.max(Math.abs(a - b), Math.abs(c - b));
      if (!sameSide || !nearest || change === 0 || Math.abs(b) > DIP_DEPTH * change) continue;
      const fault = probeDip(three, threshold, read);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function crossingAt(walk: Walk, axis: Axis, move: number, into: boolean): Crossing {
  const market = walk.marketAt([[axis, move]]);
  const marks = new Map<ProductId, number>();
  for (const product of walk.products) {
    if (product.kind === 'asset') continue;
    const known = price(product, market);
    if (!isRefusal(known)) marks.set(product.id, known.mark);
  }
  const indices = new Map(market.underlyings.map(({ underlying, index }) => [underlying, index]));
  return { move, into, indices, marks };
}

/** All crossings of one threshold between neighbouring readings, each narrowed; ends are taken outward from now. */
function crossingsOf(
  threshold: Threshold,
  nodes: readonly number[],
  read: Read,
  found: (coordinate: number, into: boolean) => Crossing,
): Crossing[] | Refusal {
  const sample = (at: number): Sample | Refusal => {
    const reading = read(at);
    return isRefusal(reading) ? reading : { at, left: dollars(leftOf(reading, threshold)) };
  };
  const leftAt = (at: number) => {
    const taken = sample(at);
    return isRefusal(taken) ? taken : taken.left;
  };
  const crossings: Crossing[] = [];
  for (let i = 0; i + 1 < nodes.length; i++) {
    const [low, high] = [sample(nodes[i]!), sample(nodes[i + 1]!)];
    if (isRefusal(low)) return low;
    if (isRefusal(high)) return high;
    if (low.left < 0 === high.left < 0) continue;
    const narrow = low.at >= 0 ? refine(low, high, leftAt) : refine(high, low, leftAt);
    if (isRefusal(narrow)) return narrow;
    const [, beyond] = narrow;
    crossings.push(found(beyond.at, beyond.left < 0));
  }
  return crossings;
}

function thresholdOf(now: boolean, all: readonly Crossing[]): ThresholdCrossings {
  const down = all.findLast(({ move }) => move < 0);
  const up = all.find(({ move }) => move > 0);
  return { now, ...(down === undefined ? {} : { down }), ...(up === undefined ? {} : { up }), all };
}

/**
 * Takes a pool along an axis, everything else it holds and wants included, and says where it crosses each line and zero equity. The axis is
 * scanned at nodes (even steps, strikes, expiries), dips between nodes are searched, and each crossing is narrowed to 2e-12 of the
 * coordinate. Refuses what the model refuses anywhere on the way, and an axis the market does not have.
 * @example survive(subject, { kind: 'spot', underlying: 'BTC' }).thresholds.maintenance.down?.marks.get('BTC-PERPETUAL') // the liquidation price
 */
export function survive(subject: Subject, axis: Axis, reach: AxisReach = reachOf(axis)): Survival | Refusal {
  const walk = setOut(subject);
  if (isRefusal(walk)) return walk;
  const doubt = doubtAxis(axis, reach, subject.market, walk.market.pegs);
  if (doubt !== undefined) return doubt;
  const { read, seen } = remembering(walk, axis);
  const now = read(coordinateOf(axis, 0));
  if (isRefusal(now)) return now;
  const fault = probeDips(nodesAlong(axis, reach, walk.products, walk.market), read);
  if (fault !== undefined) return fault;
  const nodes = [...seen.keys()].sort((a, b) => a - b);
  const path = nodes.map((at): Waypoint => {
    const { equity, excess } = seen.get(at)!;
    return { move: moveAt(axis, at), equity, excess };
  });
  const found = (at: number, into: boolean) => crossingAt(walk, axis, moveAt(axis, at), into);
  const thresholds = {} as Record<Threshold, ThresholdCrossings>;
  for (const threshold of THRESHOLDS) {
    const all = crossingsOf(threshold, nodes, read, found);
    if (isRefusal(all)) return all;
    thresholds[threshold] = thresholdOf(leftOf(now, threshold) < 0n, all);
  }
  return { axis, reach, thresholds, path, assessments: walk.assessments() };
}
