// Where values first fall below zero along a ladder of coordinates, for many at once: whoever asks for the same coordinate is answered together.

import { isRefusal, type Refusal } from '../../base/index.ts';
import type { Sample } from './refine.ts';

/** A coordinate that is asked for; lower orders are answered first, so that askers stay in step. */
export interface Asked {
  readonly order: number;
  readonly at: number;
}

/** A search: asks for values, is given them, and says at last what it found. */
export type Search<T> = Generator<Asked, T, number>;

// Scanning comes first, node by node; then dips, then halving, level by level.
const DIPS_FROM = 10_000;
const HALVES_FROM = 1_000_000;
/** A dip is followed to a 512th of a step. */
const DIP_LEVELS = 8;
/** As in `survive`: between two nodes a value may fall this many times the larger change to its neighbours below the lower of them. */
const DIP_DEPTH = 2;
const HALVES_MAX = 60;

type Three = readonly [Sample, Sample, Sample];

/** Whether a middle that is nearest to zero may hide a fall below it and back. */
function mayDip([a, b, c]: Three): boolean {
  const change = Math.max(a.left - b.left, c.left - b.left);
  return b.left <= a.left && b.left <= c.left && change > 0 && b.left <= DIP_DEPTH * change;
}

/** Halves both stretches around the lowest of three until a value below zero is found, or the dip is narrow. */
function* probeDip(three: Three, from: number): Search<readonly [Sample, Sample] | undefined> {
  let [a, b, c] = three;
  for (let n = 0; n < DIP_LEVELS; n++) {
    const between: Sample[] = [];
    for (const [low, high] of [
      [a, b],
      [b, c],
    ] as const) {
      const at = low.at + (high.at - low.at) / 2;
      const left = yield { order: from + n, at };
      if (left < 0) return [low, { at, left }];
      between.push({ at, left });
    }
    const [p, q] = between as [Sample, Sample];
    if (p.left < b.left && p.left <= q.left) [b, c] = [p, b];
    else if (q.left < b.left) [a, b] = [b, q];
    else [a, c] = [p, q];
  }
  return undefined;
}

/** Halves a bracket until the chord across it is right to the tolerance: what it was wrong by in the middle, a quarter of that after halving. */
function* halve(from: Sample, to: Sample, tolerance: number): Search<number> {
  let [low, high] = [from, to];
  for (let n = 0; n < HALVES_MAX; n++) {
    const width = Math.abs(high.at - low.at);
    if (width <= tolerance) break;
    const middle = { at: low.at + (high.at - low.at) / 2, left: 0 };
    const expected = (low.left + high.left) / 2;
    middle.left = yield { order: HALVES_FROM + n, at: middle.at };
    if (middle.left < 0) high = middle;
    else low = middle;
    const slope = (low.left - high.left) / (width / 2);
    if (Math.abs(middle.left - expected) / 4 <= tolerance * slope) break;
  }
  return low.at + (low.left / (low.left - high.left)) * (high.at - low.at);
}

/**
 * The first coordinate, going through `nodes` from zero on, at which a value falls below zero, to a tolerance of the coordinate; undefined where none does. Between
 * nodes that are all above, dips are searched. `now` is the value at zero, at least zero.
 * @example firstBelow([-0.01, -0.02, -0.03], 5, 1e-6) // asks for -0.01 first
 */
export function* firstBelow(
  nodes: readonly number[],
  now: number,
  tolerance: number,
): Search<number | undefined> {
  const seen: Sample[] = [{ at: 0, left: now }];
  let bracket: readonly [Sample, Sample] | undefined;
  for (const [order, at] of nodes.entries()) {
    const here = { at, left: yield { order, at } };
    const before = seen.at(-1)!;
    if (here.left < 0) {
      bracket = [before, here];
      break;
    }
    seen.push(here);
  }
  for (let i = 1; i + 1 < seen.length; i++) {
    const three: Three = [seen[i - 1]!, seen[i]!, seen[i + 1]!];
    if (!mayDip(three)) continue;
    const dip = yield* probeDip(three, DIPS_FROM + i * DIP_LEVELS);
    if (dip === undefined) continue;
    bracket = dip;
    break;
  }
  return bracket === undefined ? undefined : yield* halve(bracket[0], bracket[1], tolerance);
}

/**
 * Runs searches side by side. `answer` gives, for one coordinate, the value of each asker; it is called once for all that ask for it at the same
 * time. Refuses what `answer` refuses.
 * @example together([firstBelow(nodes, 5, 1e-6)], (at) => (search) => 5 + 1000 * at)
 */
export function together<T>(
  searches: readonly Search<T>[],
  answer: (at: number) => ((search: number) => number | Refusal) | Refusal,
): T[] | Refusal {
  const found: T[] = new Array(searches.length);
  /** Askers by order, then by coordinate. */
  const waiting = new Map<number, Map<number, number[]>>();
  const step = (search: number, next: IteratorResult<Asked, T>) => {
    if (next.done === true) {
      found[search] = next.value;
      return;
    }
    const { order, at } = next.value;
    const places = waiting.get(order) ?? new Map<number, number[]>();
    waiting.set(order, places);
    const askers = places.get(at);
    if (askers === undefined) places.set(at, [search]);
    else askers.push(search);
  };
  searches.forEach((search, i) => {
    step(i, search.next());
  });
  while (waiting.size > 0) {
    const order = Math.min(...waiting.keys());
    const places = waiting.get(order)!;
    waiting.delete(order);
    for (const [at, askers] of places) {
      const readingOf = answer(at);
      if (isRefusal(readingOf)) return readingOf;
      for (const search of askers) {
        const value = readingOf(search);
        if (isRefusal(value)) return value;
        step(search, searches[search]!.next(value));
      }
    }
  }
  return found;
}
