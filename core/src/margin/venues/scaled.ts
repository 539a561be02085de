// Parts of a loss that a venue counts otherwise than as the sum of its lanes: carried over coin by coin.

import type { Fill } from '../../risk/index.ts';
import type { Line } from '../requirement.ts';

/** Parts of holdings and then of fills, each times what of its coin's loss the line counts. */
export function scaledParts(
  parts: Float64Array,
  { sweep: swept, combined }: Line,
  fills: readonly Fill[],
): Float64Array {
  const { groups } = swept.book;
  const coinOf = (row: number) => groups.underlyingOf[groups.bucketOf[row]!]!;
  const held = Array.from(swept.holdings.rows, coinOf);
  const coins = [...held, ...fills.map(({ legs }) => coinOf(legs[0]!.row))];
  const sums = new Float64Array(groups.underlyings.length);
  coins.forEach((u, i) => {
    sums[u]! += parts[i]!;
  });
  return parts.map((part, i) => {
    const u = coins[i]!;
    return sums[u] === 0 ? 0 : part * (-combined.own[u]!.loss / sums[u]!);
  });
}
