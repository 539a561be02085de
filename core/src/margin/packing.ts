// What packed rows may hide (M-78): a packed row says how much a unit gains at least, and its unit how much more that may truly be.

import { owedUp, usd } from '../base/index.ts';
import type { Charge } from './requirement.ts';
import type { Seen } from './views.ts';

/**
 * Sums are rounded otherwise on packed rows than on exact ones. A row is at most 2^15 units and a book at most 2^15 rows, so that a sum of
 * f64 is wrong by less than 2^-22 of the units in it; this is that with room for all that is done with sums.
 */
const ROUNDING = 2 ** -16;

/**
 * A short position may lose a unit of its row more than the row says; and where short options have a minimum (M-25), or a lane counts an
 * expiry as minus its size, a long one may lose that much less, which is no less to pay. `slack` is the most by which the line may exceed that of
 * the exact rows.
 */
export function packingCharge({ book, legs, underlying }: Seen): Charge | undefined {
  const { units, netsBySum, twins } = book;
  if (units === undefined) return undefined;
  let short = 0;
  let long = 0;
  let size = 0;
  for (const { row, low, high } of legs) {
    const unit = units[row]!;
    short += Math.max(0, -low) * unit;
    long += Math.max(0, high) * unit;
    size += Math.max(-low, high) * unit;
  }
  if (size === 0) return undefined;
  const isFloored = legs.some(({ product, low }) => product.kind === 'option' && low < 0);
  const isTwoSided = netsBySum.some((sums, s) => sums === 0 && twins[s]! < 0);
  const both = isFloored || isTwoSided;
  // One unit of the ledger more: a loss and its charge are rounded up apart.
  const amount = usd(owedUp(short + (both ? long : 0) + ROUNDING * size) + 1n);
  const slack = Number(amount) / 1e8 + long + (both ? short : 0) + ROUNDING * size;
  return { name: 'packing', underlying, amount, inputs: { short, long, slack } };
}
