// One underlying's part of a portfolio, as charges and option value look at it.

import type { Product } from '../product/index.ts';
import type { Holdings, RiskBook } from '../risk/index.ts';
import type { GridParameters } from './parameters.ts';

/** Everything a charge may look at: one underlying's holdings, in row order. */
export interface Seen {
  readonly book: RiskBook;
  readonly parameters: GridParameters;
  readonly underlying: string;
  /** USD per coin; 0 for an asset that is no coin. */
  readonly index: number;
  readonly legs: readonly Leg[];
}

export interface Leg {
  readonly row: number;
  readonly quantity: number;
  readonly product: Product;
}

/** One view per underlying of the book, in its order. */
export function viewsOf(book: RiskBook, holdings: Holdings, parameters: GridParameters): Seen[] {
  let next = 0;
  return book.groups.underlyings.map((underlying, u): Seen => {
    const end = book.groups.bucketStart[book.groups.underlyingStart[u + 1]!]!;
    const legs: Leg[] = [];
    for (; next < holdings.rows.length && holdings.rows[next]! < end; next++) {
      const row = holdings.rows[next]!;
      legs.push({ row, quantity: holdings.quantities[next]!, product: book.products[row]! });
    }
    const index = book.levels.coins.get(underlying)?.index ?? 0;
    return { book, parameters, underlying, index, legs };
  });
}
