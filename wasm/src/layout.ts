// A book as the kernel reads it: arrays one after the other, and a descriptor of words that says where each is (`assembly/book.ts`).

import {
  type CrowdBook,
  dampAt,
  doubtFormula,
  isRefusal,
  type Refusal,
  refuse,
  type WindowPlan,
} from '@plimsoll/core';
import type { Arena } from './memory.ts';

/** Lanes of a tile. */
const TILE = 16;
const WORD = 4;

type Numbers = Int32Array | Uint8Array | Float64Array | BigInt64Array;

/** Writes arrays and remembers the first refusal, after which nothing more is written. */
class Writer {
  readonly arena: Arena;
  refusal: Refusal | undefined;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  put(values: Numbers): number {
    const at = this.refusal ?? this.arena.take(Math.max(1, values.byteLength));
    if (isRefusal(at)) {
      this.refusal = at;
      return 0;
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.arena.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  words(values: readonly number[]): number {
    return this.put(Int32Array.from(values));
  }
}

/** Lanes rounded up to whole tiles. */
const tiled = (lanes: number) => Math.ceil(lanes / TILE) * TILE;

/** Where lanes of a book stand in the kernel: those of the scenario set padded to tiles, dates of windows after them. */
export interface LaidOut {
  /** The descriptor's address. */
  readonly at: number;
  /** Padded lanes of the scenario set, and of all. */
  readonly standing: number;
  readonly lanes: number;
  /** Bytes that a sweep needs beside it. */
  readonly scratch: number;
}

/** Row `p` of the book, its dates moved behind the padding. */
function rowsOf({ risk }: CrowdBook, standing: number, lanes: number): Float64Array {
  const { rows, stride, laneCount } = risk;
  const own = risk.standing.length;
  const into = new Float64Array(risk.products.length * lanes);
  for (let p = 0; p < risk.products.length; p++) {
    into.set(rows.subarray(p * stride, p * stride + own), p * lanes);
    into.set(rows.subarray(p * stride + own, p * stride + laneCount), p * lanes + standing);
  }
  return into;
}

/** Damps by bucket and lane where factors apply, else 0. */
function dampsOf({ risk }: CrowdBook, standing: number): Float64Array {
  const { groups, standing: lanes, shocks } = risk;
  const damps = new Float64Array(groups.bucketYears.length * standing);
  groups.bucketYears.forEach((years, g) => {
    const own = shocks.get(groups.underlyings[groups.underlyingOf[g]!]!)!;
    lanes.forEach((lane, s) => {
      if (lane.plain !== true) damps[g * standing + s] = dampAt(own[s]!, years);
    });
  });
  return damps;
}

/** The lists of lanes that a coin may be in while others drive, each once: where each begins and what is in it; and by driver the list of every lane. */
interface PartnerLists {
  readonly from: number[];
  readonly lanes: number[];
  readonly byDriver: Int32Array[];
}

function partnerListsOf({ plan }: CrowdBook, u: number): PartnerLists {
  const known = new Map<string, number>();
  const from = [0];
  const all: number[] = [];
  const byDriver = plan.drivers.map(({ partners }) => {
    const { from: starts, lanes } = partners[u]!;
    return Int32Array.from({ length: starts.length - 1 }, (_, s) => {
      const list = lanes.subarray(starts[s]!, starts[s + 1]!);
      const key = list.join(' ');
      const found = known.get(key);
      if (found !== undefined) return found;
      all.push(...list);
      from.push(all.length);
      known.set(key, known.size);
      return known.size - 1;
    });
  });
  return { from, lanes: all, byDriver };
}

/** Addresses of drivers and of the lists of every coin, and how many lists a coin has at most. */
function driversOf(book: CrowdBook, writer: Writer, names: ReadonlyMap<string, number>) {
  const { plan, risk } = book;
  const lists = risk.groups.underlyings.map((_, u) => partnerListsOf(book, u));
  const drivers = plan.drivers.flatMap(({ name, underlying }, d) => [
    ...[underlying, names.get(name)!],
    ...lists.map(({ byDriver }) => writer.put(byDriver[d]!)),
  ]);
  const addresses = lists.map(({ from, lanes }) =>
    writer.words([from.length - 1, writer.words(from), writer.words(lanes)]),
  );
  const most = lists.reduce((count, { from }) => Math.max(count, from.length - 1), 0);
  return { drivers: writer.words(drivers), lists: writer.words(addresses), most };
}

/** A number as two words. */
const wordsOf = (value: number): number[] => [...new Uint32Array(Float64Array.of(value).buffer)];

/** Losses that a tail can reach: those that fit into the room, one in part, and one for what rounding makes of it. */
function reachOf({ weights, coverage }: WindowPlan): number {
  const least = weights.reduce((low, weight) => Math.min(low, weight), 1);
  return Math.min(weights.length, Math.ceil((1 - coverage) / least) + 2);
}

/** How many sets of windows a line has, and where they are. */
function setsOf(plans: readonly WindowPlan[], writer: Writer, moved: number, coins: number): number {
  return writer.words([plans.length, ...plans.map((plan) => windowsOf(plan, writer, moved, coins))]);
}

function windowsOf(plan: WindowPlan, writer: Writer, moved: number, coins: number): number {
  return writer.words([
    writer.put(plan.from.map((lane) => lane + moved)),
    writer.put(plan.weights),
    plan.weights.length,
    reachOf(plan),
    writer.put(plan.apart ?? new Uint8Array(coins)),
    0,
    ...wordsOf(1 - plan.coverage),
  ]);
}

/** Nothing that is no number goes into shared memory, where it would be the worst of nothing. */
function doubtRows({ rows, products, stride }: CrowdBook['risk']): Refusal | undefined {
  const broken = rows.findIndex((cell) => !Number.isFinite(cell));
  if (broken < 0) return undefined;
  const product = products[Math.floor(broken / stride)]?.id ?? 'a row';
  return refuse('out-of-range', 'a cell of its row is no number; build the book again.', product);
}

/**
 * Lays a book out in a memory. Refuses what does not fit, and windows measured by their quantile, which the kernel does not do.
 * @example layOut(book, arena)
 */
export function layOut(book: CrowdBook, arena: Arena): LaidOut | Refusal {
  const { risk, plan, windows } = book;
  const plans = [...(windows?.maintenance ?? []), ...(windows?.initial ?? [])];
  const wrong = doubtFormula(book) ?? doubtRows(risk);
  if (wrong !== undefined) return wrong;
  if (plans.some(({ measure }) => measure === 'var')) {
    const message =
      'it measures windows by their quantile, and the kernel by expected shortfall only; use the body in TypeScript.';
    return refuse('not-supported', message, 'the kernel');
  }
  const writer = new Writer(arena);
  const { groups, netsBySum, twins } = risk;
  const own = risk.standing.length;
  const standing = tiled(own);
  const lanes = standing + tiled(risk.laneCount - own);
  const coins = groups.underlyings.length;
  const netting = Int32Array.from(risk.standing.keys()).filter((s) => netsBySum[s] === 0);
  // Padding nets by sum, is all zeros, and is never seen by maintenance.
  const sums = BigInt64Array.from({ length: standing }, (_, s) => (netsBySum[s] === 0 ? 0n : -1n));
  const seen = plan.seen.maintenance;
  const unseen = Float64Array.from({ length: standing }, (_, s) =>
    seen[s] === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
  );
  const names = new Map(
    [...new Set([...plan.drivers.map(({ name }) => name), ...plan.coins])].flatMap((name, k) =>
      name === undefined ? [] : [[name, k]],
    ),
  );
  const movers = Int32Array.from({ length: standing }, (_, s) => {
    const coin = plan.coins[s];
    return coin === undefined ? -1 : names.get(coin)!;
  });
  const factors = groups.signFactors;
  const moved = standing - own;
  const partners = driversOf(book, writer, names);
  const listStride = 16 * Math.ceil((partners.most + 1) / 2);
  const at = writer.words([
    ...[writer.put(rowsOf(book, standing, lanes)), lanes * 8, standing * 8, own, coins],
    ...[writer.put(groups.bucketOf), writer.put(groups.underlyingOf), writer.put(unseen), writer.put(sums)],
    ...[writer.put(netting), netting.length, writer.put(twins)],
    ...(factors === undefined
      ? [0, 0, 0, 0]
      : [
          writer.put(factors.gain),
          writer.put(factors.loss),
          writer.put(dampsOf(book, standing)),
          writer.put(risk.columns.value),
        ]),
    ...[writer.put(movers), partners.drivers, plan.drivers.length],
    setsOf(windows?.maintenance ?? [], writer, moved, coins),
    setsOf(windows?.initial ?? [], writer, moved, coins),
    partners.lists,
    ...wordsOf(plan.retained),
    listStride,
  ]);
  if (writer.refusal !== undefined) return writer.refusal;
  const reach = Math.max(0, ...plans.map(reachOf));
  const scratch = (2 + coins) * lanes * 8 + coins * listStride + (coins + 8) * WORD + 64 + 16 * (reach + 2);
  return { at, standing, lanes, scratch };
}
