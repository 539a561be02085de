// Who asked for it: parts of the swept loss, position by position and order by order, and whether an order's bound is the truth.

import { attribute, attributeFills, type Fill, type Holdings, settleParts } from '../risk/index.ts';
import { type Amounts, amountsOf, LINE_NAMES } from './lines.ts';
import { isReached } from './orders.ts';
import type { Contribution, Line, LineName, Requirement } from './requirement.ts';

/** Raw parts, and what they were before a line counted less of them. */
export type PartsOf = (parts: Float64Array, line: Line) => Float64Array;

/**
 * The part of every holding and of every open order in the initial line's swept loss; they sum to minus `swept`, to the unit. `scaled` carries
 * parts over to a loss that a venue counts otherwise than the sum of its lanes.
 */
export function contributionsOf(
  line: Line,
  held: Holdings,
  fills: readonly Fill[],
  scaled: PartsOf = (parts) => parts,
): Contribution[] {
  const { sweep: swept, combined, swept: loss } = line;
  const legs = attribute(swept, combined);
  const orders = attributeFills(swept, combined, fills.length);
  const amounts = settleParts(scaled(Float64Array.of(...legs, ...orders), line), loss);
  const quantityOf = new Map(Array.from(held.rows, (row, i) => [row, held.quantities[i]!]));
  const ofLegs = Array.from(legs, (_, i): Contribution => {
    const row = swept.holdings.rows[i]!;
    return { row, quantity: quantityOf.get(row)!, amount: amounts[i]! };
  });
  const ofOrders = fills.map(({ order, legs: [position] }, i): Contribution => {
    return { ...position!, order, amount: amounts[legs.length + i]! };
  });
  return [...ofLegs, ...ofOrders];
}

/** `exact` where the fills that a line counts, tried in full, need as much as it says (M-35). */
export function ordersLabel(
  lines: Readonly<Record<LineName, Line>>,
  holdings: Holdings,
  fills: readonly Fill[],
  amountsAfter: (holdings: Holdings) => Amounts,
): Requirement['orders'] {
  const harmful = LINE_NAMES.map((line) => {
    const { sweep: swept, combined } = lines[line];
    const parts = attributeFills(swept, combined, fills.length);
    return fills.filter((_, i) => parts[i]! < 0);
  });
  return isReached(amountsOf(lines), harmful, holdings, amountsAfter) ? 'exact' : 'bound';
}
