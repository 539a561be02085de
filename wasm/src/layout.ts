// A book as the kernel reads it: arrays one after the other, and a descriptor of words that says where each is (`assembly/book.ts`).

import {
  type CombinePlan,
  type CrowdBook,
  dampAt,
  doubtFormula,
  isRefusal,
  LANES_MAX,
  type Refusal,
  refuse,
} from '@plimsoll/core';
import { type JointPlan, jointPlan } from './joint-plan.ts';
import { type LaneOrder, orderLanes, type WindowPlaces } from './lanes.ts';
import { CELL_MAX } from './loops.ts';
import type { Arena } from './memory.ts';
import type { ProductBytes } from './moved.ts';

const WORD = 4;
const NUMBER = 8;
/** Windows that a tail looks at together. */
const WINDOWS_STEP = 8;

type Numbers = Int32Array | Uint8Array | Float64Array;

/** Writes arrays and remembers the first refusal, after which nothing more is written. */
class Writer {
  readonly arena: Arena;
  refusal: Refusal | undefined;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  put(values: Numbers): number {
    const at = this.room(values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    if (this.refusal === undefined) new Uint8Array(this.arena.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  words(values: readonly number[]): number {
    return this.put(Int32Array.from(values));
  }

  /** Numbers that somebody else writes; absent where there is no room. */
  numbers(count: number): { readonly at: number; readonly numbers: Float64Array | undefined } {
    const at = this.room(NUMBER * count);
    if (this.refusal !== undefined) return { at, numbers: undefined };
    return { at, numbers: new Float64Array(this.arena.memory.buffer, at, count) };
  }

  private room(bytes: number): number {
    const at = this.refusal ?? this.arena.take(Math.max(1, bytes));
    if (!isRefusal(at)) return at;
    this.refusal = at;
    return 0;
  }
}

/** A book in the kernel's memory. */
export interface LaidOut {
  /** The descriptor's address. */
  readonly at: number;
  /** Its rows. */
  readonly rows: ProductBytes;
  /** Lanes of a row, padding included. */
  readonly lanes: number;
  /** Coins of the book, and bytes of each in a sweep: its row and the least of its lists. */
  readonly coins: number;
  readonly coinBytes: number;
  /** Bytes that summing a coin needs beside its row. */
  readonly bucketBytes: number;
  /** Bytes for the losses of a tail. */
  readonly keptBytes: number;
  /** Bytes that a sweep needs beside it. */
  readonly scratch: number;
}

/** Rows of the book in the kernel's order of lanes; the address of the first. */
function putRows({ risk }: CrowdBook, { from, to, lanes }: LaneOrder, writer: Writer): number {
  const { rows, stride, products } = risk;
  const { at, numbers } = writer.numbers(products.length * lanes);
  if (numbers === undefined) return at;
  numbers.fill(0);
  for (let p = 0; p < products.length; p++) {
    const [source, target] = [p * stride, p * lanes];
    for (let k = 0; k < from.length; k++) numbers[target + to[k]!] = rows[source + from[k]!]!;
  }
  return at;
}

/** Damps by bucket and place where factors apply, else 0. */
function dampsOf({ risk }: CrowdBook, { places, standing }: LaneOrder): Float64Array {
  const { groups, standing: lanes, shocks } = risk;
  const damps = new Float64Array(groups.bucketYears.length * standing);
  groups.bucketYears.forEach((years, g) => {
    const own = shocks.get(groups.underlyings[groups.underlyingOf[g]!]!)!;
    lanes.forEach((lane, s) => {
      if (lane.plain !== true) damps[g * standing + places[s]!] = dampAt(own[s]!, years);
    });
  });
  return damps;
}

/** A number as two words. */
const wordsOf = (value: number): number[] => [...new Uint32Array(Float64Array.of(value).buffer)];

/** How many sets of windows a line has, and where they are. */
function setsOf(sets: readonly WindowPlaces[], writer: Writer, coins: number): number {
  return writer.words([sets.length, ...sets.map((set) => windowsOf(set, writer, coins))]);
}

function windowsOf({ plan, planes, lanes, order }: WindowPlaces, writer: Writer, coins: number): number {
  const weights = new Float64Array(WINDOWS_STEP * Math.ceil(order.length / WINDOWS_STEP));
  for (const [place, window] of order.entries()) weights[place] = plan.weights[window]!;
  return writer.words([
    writer.words(planes.flatMap(({ at, count }) => [NUMBER * at, NUMBER * count])),
    ...[writer.put(weights), order.length, writer.put(plan.apart ?? new Uint8Array(coins)), planes.length],
    NUMBER * lanes,
    ...wordsOf(1 - plan.coverage),
    writer.put(order),
  ]);
}

/** Nothing that is no number goes into shared memory, where it would be the worst of nothing. */
function doubtRows({ rows, products, stride }: CrowdBook['risk']): Refusal | undefined {
  const broken = rows.findIndex((cell) => !(Math.abs(cell) <= CELL_MAX));
  if (broken < 0) return undefined;
  const product = products[Math.floor(broken / stride)]?.id ?? 'a row';
  return refuse('out-of-range', 'a cell of its row is no number; build the book again.', product);
}

let lastPlan: { readonly of: CombinePlan; readonly coins: number; readonly plan: JointPlan } | undefined;

/** The plan of joint moves: books of one venue have the same market after market, and finding it takes longer than a sweep. */
function jointPlanOf(of: CombinePlan, coins: number): JointPlan {
  if (lastPlan?.coins !== coins || !isAlike(lastPlan.of, of))
    lastPlan = { of, coins, plan: jointPlan(of, coins) };
  return lastPlan.plan;
}

const sameInts = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
};

function isAlike(a: CombinePlan, b: CombinePlan): boolean {
  return (
    a === b ||
    (a.coins.length === b.coins.length &&
      a.drivers.length === b.drivers.length &&
      a.coins.every((coin, s) => coin === b.coins[s]) &&
      sameInts(a.seen.maintenance, b.seen.maintenance) &&
      a.drivers.every(({ name, underlying, partners }, d) => {
        const other = b.drivers[d]!;
        const isSame = name === other.name && underlying === other.underlying;
        return (
          isSame &&
          partners.length === other.partners.length &&
          partners.every(
            ({ from, lanes }, u) =>
              sameInts(from, other.partners[u]!.from) && sameInts(lanes, other.partners[u]!.lanes),
          )
        );
      }))
  );
}

/** Lists and combinations of joint moves as the kernel reads them, and how many lists a coin has at most. */
function putJoint(
  { lists, seen, others, alone }: JointPlan,
  { places, lanes }: LaneOrder,
  coins: number,
  writer: Writer,
) {
  const placeOf = (item: number) => NUMBER * (item >= 0 ? places[item]! : lanes + ~item);
  const addresses = lists.map((own) => writer.words([own.length / 2, writer.put(own.map(placeOf))]));
  const most = lists.reduce((count, own) => Math.max(count, own.length / 2), 0);
  const combinations = writer.put(Int32Array.from([...seen, ...others], placeOf));
  const counts = [seen.length / coins, (seen.length + others.length) / coins];
  return { most, words: [writer.words(addresses), combinations, ...counts], alone: writer.put(alone) };
}

/** What does not belong into shared memory, and what a kernel that looks for the least of a row cannot do. */
function doubtBook(book: CrowdBook): Refusal | undefined {
  const { windows, risk } = book;
  if (risk.laneCount > LANES_MAX) {
    const message = `it has ${risk.laneCount} lanes; the kernel takes ${LANES_MAX}. Leave some out.`;
    return refuse('too-large', message, 'the kernel');
  }
  const plans = [...(windows?.maintenance ?? []), ...(windows?.initial ?? [])];
  if (!plans.some(({ measure }) => measure === 'var')) return doubtFormula(book) ?? doubtRows(risk);
  const message =
    'it measures windows by their quantile, and the kernel by expected shortfall only; use the body in TypeScript.';
  return refuse('not-supported', message, 'the kernel');
}

/**
 * Lays a book out in a memory. Refuses what does not fit, and windows measured by their quantile, which the kernel does not do.
 * @example layOut(book, arena)
 */
export function layOut(book: CrowdBook, arena: Arena): LaidOut | Refusal {
  const { risk, plan } = book;
  const order = doubtBook(book) ?? orderLanes(book);
  if (isRefusal(order)) return order;
  const writer = new Writer(arena);
  const { groups } = risk;
  const coins = groups.underlyings.length;
  const seen = plan.seen.maintenance;
  // Padding is zero, which is never the worst; maintenance need not see it.
  const unseen = new Float64Array(order.standing).fill(Number.POSITIVE_INFINITY);
  for (let s = 0; s < seen.length; s++)
    if (seen[s] === 1) unseen[order.places[s]!] = Number.NEGATIVE_INFINITY;
  // Padding is its own twin, so that it stays zero.
  const twins = Int32Array.from({ length: order.standing - order.lone }, (_, k) => NUMBER * (order.lone + k));
  for (let s = 0; s < seen.length; s++) {
    const place = order.places[s]!;
    if (place >= order.lone) twins[place - order.lone] = NUMBER * order.places[risk.twins[s]!]!;
  }
  const factors = groups.signFactors;
  const joint = putJoint(jointPlanOf(plan, coins), order, coins, writer);
  const coinBytes = NUMBER * (order.lanes + 2 * Math.ceil(joint.most / 2));
  const bucketBytes =
    128 * Math.ceil((NUMBER * order.standing + WORD * (groups.bucketYears.length + 2)) / 128);
  const rows = { at: putRows(book, order, writer), each: NUMBER * order.lanes };
  const at = writer.words([
    ...[rows.at, rows.each, NUMBER * order.standing, coins],
    ...[writer.put(groups.bucketOf), writer.put(groups.underlyingOf), writer.put(unseen)],
    ...[order.flatSeen, order.flat, order.pairs, order.lone].map((lanes) => NUMBER * lanes),
    writer.put(twins),
    ...(factors === undefined
      ? [0, 0, 0, 0]
      : [factors.gain, factors.loss, dampsOf(book, order), risk.columns.value].map((numbers) =>
          writer.put(numbers),
        )),
    ...[setsOf(order.windows.maintenance, writer, coins), setsOf(order.windows.initial, writer, coins)],
    ...joint.words,
    ...wordsOf(plan.retained),
    ...[coinBytes, bucketBytes, joint.alone],
  ]);
  if (writer.refusal !== undefined) return writer.refusal;
  const sets = [...order.windows.maintenance, ...order.windows.initial];
  const most = Math.max(0, ...sets.map((set) => set.order.length));
  // What a set answers; the losses of all its windows, those that count, their names, and those in order.
  const keptBytes = 16 + 3 * (NUMBER * WINDOWS_STEP * Math.ceil(most / WINDOWS_STEP) + 16) + 16 * most;
  const scratch = bucketBytes + coins * coinBytes + NUMBER * order.lanes + NUMBER * coins + 64 + keptBytes;
  return { at, rows, lanes: order.lanes, coins, coinBytes, bucketBytes, keptBytes, scratch };
}
