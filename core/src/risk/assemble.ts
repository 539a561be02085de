// A book from its parts. Whatever follows from something else is worked out here, once, whether the parts were priced or read from a file.

import { type Digest, digestValue, type Refusal, yearsBetween } from '../base/index.ts';
import { compareText, expiryOf, type Product, type ProductId } from '../product/index.ts';
import { type Lane, resolveLane, type ScanRanges } from '../scenario/index.ts';
import type { Groups, RiskBook } from './book.ts';
import type { Columns } from './columns.ts';
import type { Levels } from './levels.ts';
import { strideOf } from './rows.ts';

/** What of a book does not follow from the rest of it. */
export interface BookParts {
  readonly levels: Levels;
  /** Sorted by `compareProducts`, each once. */
  readonly products: readonly Product[];
  readonly lanes: readonly Lane[];
  /** Scan ranges of every underlying of the products, in ascending order. */
  readonly ranges: ReadonlyMap<string, ScanRanges>;
  /** Row `p`, lane `s`: `rows[p * strideOf(lanes.length) + s]`. */
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
  const { levels, products, lanes, ranges, rows, columns, terms, refused } = parts;
  for (const values of [rows, ...Object.values(columns)]) unsignZeros(values);
  const groups = groupProducts(products, levels);
  const places = new Map<string, number>();
  lanes.forEach(({ id }, s) => {
    if (!places.has(id)) places.set(id, s);
  });
  let digest: Digest | undefined;
  return {
    // Digesting thousands of lanes takes longer than sweeping them, and most books are never asked who they are.
    get digest() {
      digest ??= digestBook(parts);
      return digest;
    },
    levels,
    products,
    indexOf: new Map(products.map((product, p) => [product.id, p])),
    lanes,
    netsBySum: Uint8Array.from(lanes, (lane) => (lane.netting === 'sum' ? 1 : 0)),
    twins: Int32Array.from(lanes, ({ twin }) => (twin === undefined ? -1 : (places.get(twin) ?? -1))),
    stride: strideOf(lanes.length),
    rows,
    columns,
    groups: parts.signFactors === undefined ? groups : { ...groups, signFactors: parts.signFactors },
    shocks: shocksOf(lanes, ranges),
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
function digestBook({ levels, products, lanes, ranges, terms }: BookParts): Digest {
  const own = [...ranges].map(([asset, { maintenance, initial }]) => [asset, maintenance, initial]);
  const pegs = [...levels.pegs].sort(([left], [right]) => compareText(left, right));
  const ids = products.map(identityOf);
  const axes = ['plimsoll risk book', BOOK_VERSION, levels.digest, levels.at, pegs, ids, lanes, own];
  return digestValue([...axes, ...terms]);
}
