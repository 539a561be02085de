// The parts of a book in a risk-parameter file, each doubted by itself; what they must agree on is asked in `risk-file-read.ts`.

import { type Instant, instant } from '../base/index.ts';
import { type Columns, type ExpiryLevel, type Levels, PRODUCTS_MAX, strideOf } from '../risk/index.ts';
import type { ScanRanges } from '../scenario/index.ts';
import {
  any,
  atLeastZero,
  below,
  type Doubts,
  Fields,
  type Place,
  positive,
  priced,
  share,
  type Within,
} from './fields.ts';
import type { Json } from './json.ts';
import { quoted } from './words.ts';

/** Most coins, or stable assets, of one book. */
export const ASSETS_MAX = 1_000;
const EXPIRIES_MAX = 1_000;

/** Levels without the digest of the market, which stands with the other digests. */
export function readLevels(node: Json | undefined, place: Place, doubts: Doubts): Omit<Levels, 'digest'> {
  const keys = ['at', 'source', 'coins', 'pegs', 'expiries', 'confidences'];
  const fields = new Fields(node, place, keys, doubts);
  return {
    at: fields.instant('at'),
    source: fields.text('source'),
    coins: fields.map('coins', ASSETS_MAX, (coins, coin) => {
      const own = new Fields(coins.node(coin), below(coins.place, coin), ['index', 'uncertainty'], doubts);
      return { index: own.number('index', priced), uncertainty: own.number('uncertainty', atLeastZero) };
    }),
    pegs: fields.map('pegs', ASSETS_MAX, (pegs, asset) => pegs.number(asset, positive)),
    expiries: fields.map('expiries', ASSETS_MAX, (coins, coin) =>
      coins.list(coin, EXPIRIES_MAX, (item, at) => readExpiry(item, at, doubts)),
    ),
    confidences: fields.map('confidences', 3 * ASSETS_MAX, (feeds, feed) => feeds.number(feed, share)),
  };
}

function readExpiry(node: Json, place: Place, doubts: Doubts): ExpiryLevel {
  const fields = new Fields(node, place, ['expiry', 'forward', 'rate', 'confidence'], doubts);
  return {
    expiry: instant(fields.instant('expiry')),
    forward: fields.number('forward', priced),
    ...(fields.has('rate') ? { rate: fields.number('rate', any) } : {}),
    ...(fields.has('confidence') ? { confidence: fields.number('confidence', share) } : {}),
  };
}

/** Scan ranges by underlying, in ascending order whatever the order of the file. */
export function readRanges(fields: Fields, doubts: Doubts): ReadonlyMap<string, ScanRanges> {
  const ranges = fields.map('ranges', 2 * ASSETS_MAX, (all, asset) => {
    const own = new Fields(all.node(asset), below(all.place, asset), ['maintenance', 'initial'], doubts);
    return {
      maintenance: own.number('maintenance', atLeastZero),
      initial: own.number('initial', atLeastZero),
    };
  });
  return new Map([...ranges].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** No number of a row or column is larger: sums of them, and their powers in charges, stay numbers. */
const MAGNITUDE_MAX = 1e40;

const COLUMNS: Readonly<Record<keyof Columns, Within>> = {
  value: atLeastZero,
  mark: any,
  delta: any,
  gamma: any,
  vega: any,
  theta: any,
  bid: atLeastZero,
  quoteWidth: atLeastZero,
  fitError: atLeastZero,
  uncertainty: atLeastZero,
};

/** The columns, one number per product in each. */
export function readColumns(node: Json | undefined, place: Place, count: number, doubts: Doubts): Columns {
  const fields = new Fields(node, place, Object.keys(COLUMNS), doubts);
  const entries = Object.entries(COLUMNS).map(([name, within]) => {
    const values = new Float64Array(count);
    readNumbers(fields.node(name), below(place, name), values, 0, count, doubts, within);
    return [name, values];
  });
  return Object.fromEntries(entries);
}

/** One row of numbers per product, one number per lane; padded as the book pads them. */
export function readRows(
  node: Json | undefined,
  place: Place,
  count: number,
  lanes: number,
  doubts: Doubts,
): Float64Array {
  const items = doubts.list(node, place, PRODUCTS_MAX);
  // Sized by what stands there, not by what the file says of itself.
  if (doubts.fault !== undefined || !hasCount(items.length, count, node!, place, doubts))
    return new Float64Array(0);
  const stride = strideOf(lanes);
  items.forEach((item, p) => {
    if (item.kind === 'list') hasCount(item.items.length, lanes, item, below(place, p), doubts);
  });
  if (doubts.fault !== undefined) return new Float64Array(0);
  const rows = new Float64Array(count * stride);
  items.forEach((item, p) => {
    readNumbers(item, below(place, p), rows, p * stride, lanes, doubts, any);
  });
  return rows;
}

/** Exactly so many numbers, to the bit: JSON's shortest text of a double reads back as that double. */
export function readNumbers(
  node: Json | undefined,
  place: Place,
  out: Float64Array | Int32Array,
  from: number,
  count: number,
  doubts: Doubts,
  within: Within,
): void {
  const items = doubts.list(node, place, Number.POSITIVE_INFINITY);
  if (doubts.fault !== undefined || !hasCount(items.length, count, node!, place, doubts)) return;
  for (const [i, item] of items.entries()) {
    const value = item.kind === 'number' ? Number(item.text) : Number.NaN;
    const wrong =
      Math.abs(value) <= MAGNITUDE_MAX
        ? within(value)
        : `must be a JSON number, no larger than ${MAGNITUDE_MAX} either way`;
    if (wrong !== undefined) {
      doubts.say(`The value ${textOf(item)} ${wrong}.`, below(place, i), item);
      return;
    }
    out[from + i] = value;
  }
}

function textOf(item: Json): string {
  return item.kind === 'number' ? item.text.slice(0, 40) : item.kind === 'text' ? quoted(item.value) : 'here';
}

function hasCount(found: number, count: number, node: Json, place: Place, doubts: Doubts): boolean {
  if (found !== count) doubts.say(`There are ${found} entries and must be ${count}.`, place, node);
  return found === count;
}

/** A time that may be left out. */
export function readTime(fields: Fields, key: string): Instant | undefined {
  return fields.has(key) ? instant(fields.instant(key)) : undefined;
}
