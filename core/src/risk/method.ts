// How the rows of a book come about. Everything else of a book is the same whatever the method.

import type { Instant, Refusal } from '../base/index.ts';
import type { Market } from '../market/index.ts';
import type { Product, ProductId } from '../product/index.ts';
import type { Shock } from '../scenario/index.ts';
import { fillRows } from './rows.ts';

/** How rows come about, and the terms by which the book's digest knows it. What cannot be valued in some lane is refused by name. */
export interface RowMethod {
  readonly terms: readonly (string | number)[];
  readonly fill: (
    products: readonly Product[],
    market: Market,
    shocks: ReadonlyMap<string, readonly Shock[]>,
    stride: number,
    out: Float64Array,
  ) => ReadonlyMap<ProductId, Refusal>;
  /** Factors on the net value of an expiry by its sign; undated products have none. Absent where a model has none. */
  readonly factorsOf?: (
    underlying: string,
    expiry: Instant,
  ) => { readonly gain: number; readonly loss: number };
}

/** Every product priced anew in every lane (M-15). */
export const fullRevaluation: RowMethod = { terms: [], fill: fillRows };
