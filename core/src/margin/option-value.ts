// How far net long option value may stand as margin (M-30): it is worth what it could be sold for, and what is not counted is not lost.

import type { Holdings, RiskBook } from '../risk/index.ts';
import type { GridParameters } from './parameters.ts';
import { type Seen, viewsOf } from './views.ts';

/** What an underlying's options are worth net, how much of that counts, and which share of each long option that leaves out. */
export interface OptionValue {
  readonly net: number;
  readonly credited: number;
  readonly leftOut: number;
}

/**
 * `net = longs - shorts`; `credited = clip(sale - shorts, 0, cap)` with `sale` the long options at `min(bid, mark - fit error x vega)`;
 * `leftOut = (net - credited) / longs` where the net is positive, else zero. Dollars; a share.
 */
export function optionValue({ book, legs, parameters }: Seen): OptionValue {
  const { value, vega, bid, fitError } = book.columns;
  let longs = 0;
  let shorts = 0;
  let sale = 0;
  for (const { row, quantity, product } of legs) {
    if (product.kind !== 'option') continue;
    if (quantity < 0) shorts -= quantity * value[row]!;
    else {
      longs += quantity * value[row]!;
      const doubted = value[row]! - fitError[row]! * vega[row]! * 100;
      sale += quantity * Math.max(0, Math.min(bid[row]!, doubted));
    }
  }
  const net = longs - shorts;
  if (net <= 0) return { net: 0, credited: 0, leftOut: 0 };
  const credited = Math.min(parameters.charges.optionValueCap, Math.max(0, sale - shorts));
  return { net, credited, leftOut: (net - credited) / longs };
}

/** Net long option value that counts towards initial margin over all underlyings, dollars; it may not be withdrawn (M-31). */
export function creditedOptionValue(book: RiskBook, holdings: Holdings, parameters: GridParameters): number {
  return viewsOf(book, holdings, parameters).reduce((sum, seen) => sum + optionValue(seen).credited, 0);
}

/** The holdings as initial margin sees them: long options in the share that is not left out. */
export function creditedHoldings(book: RiskBook, holdings: Holdings, parameters: GridParameters): Holdings {
  const quantities = viewsOf(book, holdings, parameters).flatMap((seen) => {
    const counted = 1 - optionValue(seen).leftOut;
    return seen.legs.map(({ quantity, product }) =>
      product.kind === 'option' && quantity > 0 ? quantity * counted : quantity,
    );
  });
  return { rows: holdings.rows, quantities: Float64Array.from(quantities) };
}
