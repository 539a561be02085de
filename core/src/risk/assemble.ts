// A book from its parts. Whatever follows from something else is worked out here, once, whether the parts were priced or read from a file.

import { type Digest, digestValue, type Refusal, yearsBetween } from '../base/index.ts';
import { compareText, expiryOf, type Product, type ProductId } from '../product/index.ts';
import {
  dateCount,
  type Lane,
  type PastWindows,
  pastLanes,
  resolveLane,
  type ScanRanges,
} from '../scenario/index.ts';
import type { Groups, RiskBook } from './book.ts';
import type { Columns } from './columns.ts';
import type { Levels } from './levels.ts';
import { strideOf } from './rows.ts';

/** What of a book does not follow from the rest of it. */
export interface BookParts {
  readonly levels: Levels;
  /** Sorted by `compareProducts`, each once. */
  readonly products: readonly Product[];
  /** Lanes that stand as objects, and after them the dates of windows. */
  readonly lanes: readonly Lane[];
  readonly past?: readonly PastWindows[];
  /** Scan ranges of every underlying of the products, in ascending order. */
  readonly ranges: ReadonlyMap<string, ScanRanges>;
  /** Row `p`, lane `s`: `rows[p * strideOf(laneCount) + s]`. */
  readonly rows: Float64Array;
  readonly columns: Columns;
  readonly signFactors?: Groups['signFactors'];
  /** By which the rows' method is known. */
  readonly terms: RiskBook['terms'];
  readonly refused: ReadonlyMap<ProductId, Refusal>;
  /** Of packed rows. */
  readonly units?: Float64Array;
}

/** Raised when the kernel or the meaning of a row changes: the same inputs would then give other bits. */
const BOOK_VERSION = 1;

/**
 * The book of its parts: groups, shocks, twins, places and digest follow from them. Minus zeros become zeros, which JSON can say.
 * @example assembleBook({ levels, products, lanes, ranges, rows, columns, terms: [], refused: new Map() }).digest
 */
export function assembleBook(parts: BookParts): RiskBook {
  const { levels, products, lanes, past = [], ranges, rows, columns, terms, refused } = parts;
  const laneCount = lanes.length + dateCount(past);
  for (const values of [rows, ...Object.values(columns)]) unsignZeros(values);
  const groups = groupProducts(products, levels);
  const places = new Map<string, number>();
  lanes.forEach(({ id }, s) => {
    if (!places.has(id)) places.set(id, s);
  });
  // Dates of windows net by sum and have no twin.
  const netsBySum = new Uint8Array(laneCount).fill(1);
  const twins = new Int32Array(laneCount).fill(-1);
  lanes.forEach(({ netting, twin }, s) => {
    if (netting !== 'sum') netsBySum[s] = 0;
    if (twin !== undefined) twins[s] = places.get(twin) ?? -1;
  });
  let digest: Digest | undefined;
  let every: readonly Lane[] | undefined = past.length === 0 ? lanes : undefined;
  let shocks: RiskBook['shocks'] | undefined;
  return {
    // Thousands of lanes take longer to digest or to make objects of than to sweep, and most books are never asked.
    get digest() {
      digest ??= digestBook(parts, this.lanes);
      return digest;
    },
    get lanes() {
      every ??= [...lanes, ...past.flatMap(pastLanes)];
      return every;
    },
    get shocks() {
      shocks ??= shocksOf(this.lanes, ranges);
      return shocks;
    },
    laneCount,
    standing: lanes,
    past,
    levels,
    products,
    indexOf: new Map(products.map((product, p) => [product.id, p])),
    netsBySum,
    twins,
    stride: strideOf(laneCount),
    bucketStride: strideOf(lanes.length),
    rows,
    columns,
    groups: parts.signFactors === undefined ? groups : { ...groups, signFactors: parts.signFactors },
    ranges,
    terms,
    refused,
    ...(parts.units === undefined ? {} : { units: parts.units }),
  };
}

/** The lanes as each underlying sees them. */
export function shocksOf(
  lanes: readonly Lane[],
  ranges: ReadonlyMap<string, ScanRanges>,
): RiskBook['shocks'] {
  return new Map([...ranges].map(([u, own]) => [u, lanes.map((lane) => resolveLane(lane, own))]));
}

function unsignZeros(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i]! += 0;
}

function groupProducts(products: readonly Product[], { at }: Levels): Groups {
  const underlyings: string[] = [];
  const underlyingStart: number[] = [];
  const bucketStart: number[] = [];
  const bucketYears: number[] = [];
  const bucketOf: number[] = [];
  const underlyingOf: number[] = [];
  products.forEach((product, p) => {
    const previous = products[p - 1];
    const expiry = expiryOf(product);
    const newUnderlying = previous === undefined || previous.underlying !== product.underlying;
    if (newUnderlying || expiryOf(previous) !== expiry) {
      if (newUnderlying) {
        underlyings.push(product.underlying);
        underlyingStart.push(bucketStart.length);
      }
      bucketStart.push(p);
      underlyingOf.push(underlyings.length - 1);
      bucketYears.push(expiry === undefined ? 0 : yearsBetween(at, expiry));
    }
    bucketOf.push(bucketStart.length - 1);
  });
  underlyingStart.push(bucketStart.length);
  bucketStart.push(products.length);
  return {
    underlyings,
    underlyingStart: Int32Array.from(underlyingStart),
    bucketStart: Int32Array.from(bucketStart),
    bucketYears: Float64Array.from(bucketYears),
    bucketOf: Int32Array.from(bucketOf),
    underlyingOf: Int32Array.from(underlyingOf),
  };
}

/** What a product is known by. A listed one's name says all; a structured one is named as its owner likes, so its terms stand beside it. */
function identityOf(product: Product): unknown {
  if (product.kind !== 'structured') return product.id;
  const { id, underlying, settlement, settleAsset, style, expiry = null, payoff } = product;
  const { family, terms, strikes = [] } = payoff;
  return { id, underlying, settlement, settleAsset, style, expiry, family, terms, strikes };
}

/** Rows are a function of market, products, lanes, ranges and method, so these are what is digested; a new kernel raises the version. */
function digestBook({ levels, products, ranges, terms }: BookParts, lanes: readonly Lane[]): Digest {
  const own = [...ranges].map(([asset, { maintenance, initial }]) => [asset, maintenance, initial]);
  const pegs = [...levels.pegs].sort(([left], [right]) => compareText(left, right));
  const ids = products.map(identityOf);
  const axes = ['plimsoll risk book', BOOK_VERSION, levels.digest, levels.at, pegs, ids, lanes, own];
  return digestValue([...axes, ...terms]);
}
