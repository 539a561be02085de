// An expiry as the kernel reads it (`assembly/rows.ts`): columns of lanes and of strikes, one smile, bends, and words that say where each is.

import { type ExpiryLanes, isRefusal, leastVol, type Refusal, type VolDeform } from '@plimsoll/core';
import type { Kernel } from './kernel.ts';

/** Slots of a column of lanes, the unshocked one and one of padding included; the kernel has this number in its addresses. */
const ROOM = 4_112;
/** Lanes that there is room for. */
export const LANES_MAX = ROOM - 2;
/** Bends that there is room for: a few of every lane. */
const BENDS_MAX = 4 * ROOM;
/** Numbers of a bend: its kind and three. */
const BEND = 4;
/** Numbers of a smile: years, mix, the rest to one, and two terms of five. */
const SMILE = 13;
/** Rows of one call: at least a call and a put of all lanes, so that they lie where they are written next. */
const ROWS_ROOM = 2 * ROOM;
/** Strikes of one call. */
const STRIKES_MAX = 256;

/** Columns of lanes and nodes in their order, and how many are beside each other. */
const COLUMNS = {
  ...{ logShift: 1, invShift: 1, scale: 1, damps: 1, stdevs: 1, factor: 1, floor: 1, rootYears: 1 },
  ...{ nodeForward: 1, nodePeg: 1, nodeK: 2, nodeVol: 2 },
};
const COLUMNS_COUNT = Object.values(COLUMNS).reduce((sum, count) => sum + count, 0);

/** What the descriptor has addresses of, in its order: bytes of an item, and items. */
const PARTS = {
  columns: [8, COLUMNS_COUNT * ROOM],
  node: [4, ROOM],
  bent: [4, ROOM],
  bentFrom: [4, ROOM + 1],
  bends: [8, BEND * BENDS_MAX],
  leasts: [8, ROOM],
  strikes: [8, STRIKES_MAX + 2],
  calls: [4, STRIKES_MAX],
  puts: [4, STRIKES_MAX],
  table: [8, 0],
  smile: [8, SMILE],
  still: [8, 4],
  rows: [8, ROWS_ROOM],
  /** Where the row of a right goes that is not listed. */
  nowhere: [8, ROOM],
} as const;
type Part = keyof typeof PARTS;

/** Words behind the addresses of the parts, by their place in the descriptor. */
export const WORD_AT = { table: 9, lanes: 12, nodes: 13, bentCount: 14, given: 15 } as const;
/** Where the forward is, in bytes. */
const FORWARD_AT = 64;
const HEAD_BYTES = 72;
const LINE = 128;

/** Where an expiry is in the kernel's memory, as arrays; they hold for as long as the kernel. */
export interface ExpiryPlace {
  /** Address of the descriptor. */
  readonly head: number;
  readonly words: Int32Array;
  readonly forward: Float64Array;
  readonly columns: Readonly<Record<keyof typeof COLUMNS, Float64Array>>;
  readonly numbers: Readonly<Record<'bends' | 'leasts' | 'strikes' | 'smile' | 'rows', Float64Array>>;
  readonly wholes: Readonly<Record<'node' | 'bent' | 'bentFrom' | 'calls' | 'puts', Int32Array>>;
  readonly rowsAt: number;
  /** Products of the rows, in order. */
  readonly listed: Int32Array;
  readonly nowhereAt: number;
}

/** Takes the room of an expiry. Refuses a memory that has none. */
export function placeExpiry({ arena, table }: Kernel): ExpiryPlace | Refusal {
  const sizes = Object.values(PARTS).map(([bytes, items]) => Math.ceil((bytes * items) / LINE) * LINE);
  const head = arena.take(sizes.reduce((sum, size) => sum + size, LINE));
  if (isRefusal(head)) return head;
  const { buffer } = arena.memory;
  let next = head + LINE;
  const places = Object.fromEntries(
    Object.keys(PARTS).map((part, i) => {
      const at = next;
      next += sizes[i]!;
      return [part, at];
    }),
  ) as Record<Part, number>;
  const words = new Int32Array(buffer, head, HEAD_BYTES / 4);
  words.set(Object.values(places).slice(0, WORD_AT.lanes));
  words[WORD_AT.table] = table;
  const wide = (part: Part) => new Float64Array(buffer, places[part], PARTS[part][1]).fill(0);
  const whole = (part: Part) => new Int32Array(buffer, places[part], PARTS[part][1]).fill(0);
  const all = wide('columns');
  let first = 0;
  const columns = Object.entries(COLUMNS).map(([name, count]) => {
    const column = all.subarray(first, first + count * ROOM);
    first += count * ROOM;
    return [name, column];
  });
  return {
    ...{ head, words, forward: new Float64Array(buffer, head + FORWARD_AT, 1) },
    columns: Object.fromEntries(columns),
    numbers: {
      ...{ bends: wide('bends'), leasts: wide('leasts'), strikes: wide('strikes') },
      ...{ smile: wide('smile'), rows: wide('rows') },
    },
    wholes: {
      ...{ node: whole('node'), bent: whole('bent'), bentFrom: whole('bentFrom') },
      ...{ calls: whole('calls'), puts: whole('puts') },
    },
    ...{ rowsAt: places.rows, nowhereAt: places.nowhere, listed: new Int32Array(2 * STRIKES_MAX) },
  };
}

/** Strikes that fit into one call, where each has two rows of `width`. */
export function strikesAtOnce(width: number): number {
  return Math.min(STRIKES_MAX, Math.floor(ROWS_ROOM / (2 * width)));
}

function layBend(bends: Float64Array, at: number, deform: VolDeform): void {
  const put = (kind: number, a: number, b = 0, c = 0) => {
    bends[at] = kind;
    bends[at + 1] = a;
    bends[at + 2] = b;
    bends[at + 3] = c;
  };
  if (deform.kind === 'scale') put(0, deform.factor);
  else if (deform.kind === 'shift') put(1, deform.points);
  else if (deform.kind === 'floor') put(2, deform.vol);
  else if (deform.kind === 'skew') put(deform.form === 'linear' ? 3 : 4, deform.slope, deform.cap);
  else put(5, deform.size, deform.start, deform.width);
}

/** Puts down the bends of lanes that are not simple; says how many lanes there are, or undefined where bends have no room. */
export function layBends({ numbers, wholes }: ExpiryPlace, expiry: ExpiryLanes): number | undefined {
  const { simple, count, sliceOf } = expiry;
  let bent = 0;
  let bends = 0;
  for (let s = 0; s < count; s++) {
    if (simple[s] === 1) continue;
    const slice = sliceOf(s);
    if (bends + slice.deforms.length > BENDS_MAX) return undefined;
    for (const deform of slice.deforms) layBend(numbers.bends, BEND * bends++, deform);
    numbers.leasts[bent] = leastVol(slice);
    wholes.bent[bent++] = s;
    wholes.bentFrom[bent] = bends;
  }
  return bent;
}
