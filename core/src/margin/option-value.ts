// How far net long option value may stand as margin (M-30): it is worth what it could be sold for, and what is not counted is not lost.

import { isPremium } from '../product/index.ts';
import { closingShares, type Fill, type Holdings, type RiskBook } from '../risk/index.ts';
import type { GridParameters } from './parameters.ts';
import { type Seen, seenBy } from './views.ts';

/** What an underlying's options are worth net, how much of that counts, and which share of each leg that leaves out. */
export interface OptionValue {
  readonly net: number;
  readonly credited: number;
  /** By leg of the view; 0 for whatever is not a long option. Shares of the legs' values sum to `net - credited`. */
  readonly leftOut: readonly number[];
}

/** What a long option would bring today, dollars per unit: its bid, but no more than its mark less what the fit may be wrong by. */
export function saleOf(columns: RiskBook['columns'], row: number): number {
  const { value, vega, bid, fitError } = columns;
  return Math.max(0, Math.min(bid[row]!, value[row]! - fitError[row]! * Math.abs(vega[row]!) * 100));
}

/**
 * `net = longs - shorts`; `credited = clip(sale - shorts, 0, cap)` with `sale` the long options at `min(bid, mark - fit error x vega)`. What is
 * not credited is left out of the legs that could not be sold, in proportion to their unsold value, and only beyond that (under the cap)
 * of the rest. Legs stand at their highest, as though every buy order were filled. Dollars; shares.
 */
export function optionValue(seen: Seen): OptionValue {
  const { value } = seen.book.columns;
  let longs = 0;
  let shorts = 0;
  let sale = 0;
  for (const { row, high: quantity, product } of seen.legs) {
    if (!isPremium(product)) continue;
    if (quantity < 0) shorts -= quantity * value[row]!;
    else {
      longs += quantity * value[row]!;
      sale += quantity * saleOf(seen.book.columns, row);
    }
  }
  const net = longs - shorts;
  const none = seen.legs.map(() => 0);
  if (net <= 0) return { net: 0, credited: 0, leftOut: none };
  const credited = Math.min(seen.parameters.charges.optionValueCap, Math.max(0, sale - shorts));
  const unsold = longs - sale;
  const ofUnsold = unsold > 0 ? Math.min(1, (net - credited) / unsold) : 0;
  const ofSold = sale > 0 ? Math.max(0, net - credited - unsold) / sale : 0;
  const leftOut = seen.legs.map(({ row, high: quantity, product }) => {
    if (!isPremium(product) || quantity <= 0 || value[row]! <= 0) return 0;
    const sold = saleOf(seen.book.columns, row) / value[row]!;
    return Math.min(1, ofUnsold * (1 - sold) + ofSold * sold);
  });
  return { net, credited, leftOut };
}

/** How initial margin sees long options (M-30): dollars credited over all underlyings, and what of holdings and fills is not left out. */
export interface Credit {
  readonly credited: number;
  /** The holdings themselves, the same object, when nothing is left out. */
  readonly counted: Holdings;
  readonly fills: readonly Fill[];
}

/**
 * The credit when every buy order is filled and no sell order: then the most is left out, so that no subset of fills asks for more (M-36).
 */
export function creditOf(
  book: RiskBook,
  holdings: Holdings,
  fills: readonly Fill[],
  parameters: GridParameters,
): Credit {
  let credited = 0;
  const leftOut = new Map<number, number>();
  for (const seen of seenBy(book, holdings, fills, parameters)) {
    const value = optionValue(seen);
    credited += value.credited;
    seen.legs.forEach(({ row }, i) => {
      if (value.leftOut[i]! > 0) leftOut.set(row, value.leftOut[i]!);
    });
  }
  if (leftOut.size === 0) return { credited, counted: holdings, fills };
  const shareOf = (row: number) => leftOut.get(row) ?? 0;
  const quantities = holdings.quantities.map((quantity, i) =>
    quantity > 0 ? quantity * (1 - shareOf(holdings.rows[i]!)) : quantity,
  );
  const closing = closingShares(holdings, fills);
  return {
    credited,
    counted: { rows: holdings.rows, quantities },
    fills: fills.map((fill) => {
      const { row } = fill.legs[0]!;
      return countedFill(fill, shareOf(row), closing.get(row) ?? 0);
    }),
  };
}

/**
 * A fill as counted: of a bought option what is not left out, and what closes a short is not. Several orders share the closing part in
 * proportion: a subset of them leaves out no larger share of what it buys, and what is left out costs its whole worth.
 */
function countedFill(fill: Fill, leftOut: number, closing: number): Fill {
  const [position, ...cash] = fill.legs;
  const { row, quantity } = position!;
  if (quantity <= 0 || leftOut === 0 || closing === 1) return fill;
  return { ...fill, legs: [{ row, quantity: quantity * (1 - (1 - closing) * leftOut) }, ...cash] };
}
