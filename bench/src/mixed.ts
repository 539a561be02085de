// The venue of benches with all that an account may hold beside options: cash, coins, perpetuals and dated futures.

import type { CrowdAccounts, Future, Product, RiskBook, SpotAsset } from '@plimsoll/core';
import { seededPrng } from '@plimsoll/core';
import { crowdOf, type Venue } from './venue.ts';

const SEED = 37;
const COINS = ['BTC', 'ETH'] as const;
const CASH = 'USD';

/** A venue and what is listed beside its options: a dollar, both coins, a perpetual of each, a future at every expiry. */
export function withEverything(place: Venue): Venue {
  const asset = (id: string): SpotAsset => ({ kind: 'asset', id, underlying: id });
  const futures = place.market.underlyings.flatMap(({ underlying, slices }) =>
    slices.map(
      ({ expiry }): Future => ({
        ...{ kind: 'future', id: `${underlying}-${expiry}`, expiry },
        ...{ underlying, settlement: 'inverse', settleAsset: underlying },
      }),
    ),
  );
  const perpetuals = COINS.map(
    (coin): Product => ({
      ...{ kind: 'perpetual', id: `${coin}-PERPETUAL` },
      ...{ underlying: coin, settlement: 'inverse', settleAsset: coin },
    }),
  );
  return {
    ...place,
    products: [...place.products, ...[CASH, ...COINS].map(asset), ...perpetuals, ...futures],
  };
}

/** A crowd that has no profit unsettled. @example settled(crowdOf('random', 1_000, rows)).unsettled[0] // 0 */
export function settled(crowd: Omit<CrowdAccounts, 'unsettled'>): CrowdAccounts {
  return { ...crowd, unsettled: new Float64Array(crowd.count) };
}

/**
 * Accounts of random options, each with cash, most with a coin, and half with a perpetual or some futures against it; a third has profit unsettled.
 * @example mixedCrowd(5_000, book.risk).count // 5000
 */
export function mixedCrowd(accounts: number, { products, indexOf }: RiskBook): CrowdAccounts {
  const random = seededPrng(SEED);
  const rowsOf = (kind: Product['kind']) =>
    products.flatMap((product, row) => (product.kind === kind ? [row] : []));
  const [options, perpetuals, futures] = [rowsOf('option'), rowsOf('perpetual'), rowsOf('future')];
  const drawn = crowdOf('random', accounts, options.length);
  const pick = (rows: readonly number[]) => rows[Math.floor(random.next() * rows.length)]!;
  const signed = (size: number) => (random.next() < 0.5 ? -1 : 1) * size * (0.1 + random.next());
  const start = new Int32Array(accounts + 1);
  const [rows, quantities]: [number[], number[]] = [[], []];
  const unsettled = new Float64Array(accounts);
  for (let i = 0; i < accounts; i++) {
    const held = new Map<number, number>();
    for (let p = drawn.start[i]!; p < drawn.start[i + 1]!; p++)
      held.set(options[drawn.rows[p]!]!, drawn.quantities[p]!);
    held.set(indexOf.get(CASH)!, signed(1e6));
    if (random.next() < 0.7) held.set(indexOf.get(COINS[Math.floor(random.next() * 2)]!)!, signed(10));
    if (random.next() < 0.5) held.set(pick(perpetuals), signed(5e5));
    for (let n = Math.floor(4 * random.next()); n > 0; n--) held.set(pick(futures), signed(2e5));
    if (random.next() < 1 / 3) unsettled[i] = signed(1e4);
    for (const [row, quantity] of [...held].sort(([a], [b]) => a - b)) {
      rows.push(row);
      quantities.push(quantity);
    }
    start[i + 1] = rows.length;
  }
  return {
    ...{ count: accounts, start, unsettled },
    ...{ rows: Int32Array.from(rows), quantities: Float64Array.from(quantities) },
  };
}
