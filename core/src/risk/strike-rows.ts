// Options as rows ask for them: expiry by expiry, those that settle alike together, strike by strike.

import type { Option, Product } from '../product/index.ts';
import type { ExpiryLanes, LaneRoom } from './expiry-lanes.ts';

/** Options of one expiry that settle alike, strike by strike and ascending: the rows of its call and its put, -1 where there is none. */
export interface StrikeRows {
  readonly count: number;
  readonly strikes: readonly number[];
  readonly calls: readonly number[];
  readonly puts: readonly number[];
}

/** How the rows of options come about: all strikes of an expiry at once. Columns and damps hold until the next expiry. */
export interface ExpiryBody {
  readonly fill: (expiry: ExpiryLanes, damps: Float64Array, rows: StrikeRows) => void;
  /** Where it would have the columns of so many lanes. */
  readonly room?: (lanes: number) => LaneRoom;
}

/** Options that settle alike, and the first of them. */
interface Settling {
  readonly leader: Option;
  readonly rows: { count: number; strikes: number[]; calls: number[]; puts: number[] };
}

function settling(leader: Option): Settling {
  return { leader, rows: { count: 0, strikes: [], calls: [], puts: [] } };
}

/** Behind the options of the expiry that begins at `from`. Products are sorted: where the last is of the underlying, so are all before it. */
function endOfExpiry(products: readonly Product[], from: number): number {
  const { underlying, expiry } = products[from] as Option;
  let end = from + 1;
  for (; end < products.length; end++) {
    const product = products[end]!;
    if (product.kind !== 'option' || product.expiry !== expiry) break;
  }
  while (products[end - 1]!.underlying !== underlying) end--;
  return end;
}

/**
 * The options of the expiry that begins at `from`, by what they settle in, and where they end; sorted, so that a strike's call and put come together. What settles
 * in the coin shares its lanes whatever the coin is called.
 */
export function optionsOfExpiry(
  products: readonly Product[],
  from: number,
): { readonly settles: readonly Settling[]; readonly end: number } {
  const end = endOfExpiry(products, from);
  let own = settling(products[from] as Option);
  const settles = [own];
  const isAlike = (one: Option, other: Option) =>
    one.settlement === other.settlement &&
    (one.settlement === 'inverse' || one.settleAsset === other.settleAsset);
  for (let p = from; p < end; p++) {
    const option = products[p] as Option;
    if (!isAlike(option, own.leader)) {
      own = settles.find(({ leader }) => isAlike(option, leader)) ?? settling(option);
      if (!settles.includes(own)) settles.push(own);
    }
    addOption(own.rows, option, p);
  }
  return { settles, end };
}

function addOption(rows: Settling['rows'], { strike, right }: Option, p: number): void {
  const side = right === 'call' ? rows.calls : rows.puts;
  const last = rows.count - 1;
  if (last >= 0 && rows.strikes[last] === strike && side[last]! < 0) side[last] = p;
  else {
    rows.strikes.push(strike);
    rows.calls.push(right === 'call' ? p : -1);
    rows.puts.push(right === 'call' ? -1 : p);
    rows.count++;
  }
}
