// What a simulated venue lists: every kind of product and settlement, few of each, so that accounts meet often.

import { type Instant, MS_PER_DAY } from '@plimsoll/core';
import type { AssetTerms, ProductTerms, Tradable } from '@plimsoll/core/engine';

/** The first day of every simulated venue, half an hour before its first expiry. */
export const START = Date.UTC(2026, 2, 27, 7, 30) as Instant;
/** What expires while a run lasts. */
export const NEAR = Date.UTC(2026, 2, 27, 8) as Instant;
export const FAR = (NEAR + 28 * MS_PER_DAY) as Instant;

export const COINS = ['BTC', 'ETH'] as const;
export const INDEX_FIRST: Readonly<Record<(typeof COINS)[number], number>> = { BTC: 65_000, ETH: 2_000 };

const asset = (name: string, decimals: number, borrowRate: number, borrowMax: bigint): AssetTerms => ({
  asset: name,
  decimals,
  borrowRate,
  borrowMax,
});

/** Scales differ on purpose: six decimals, eight, nine. */
export const ASSETS: readonly AssetTerms[] = [
  asset('USD', 8, 0.2, 0n),
  asset('USDC', 6, 0.5, 20_000n * 10n ** 6n),
  asset('BTC', 8, 0.3, 2n * 10n ** 8n),
  asset('ETH', 9, 0.1, 0n),
];

const option = (
  underlying: string,
  settlement: 'inverse' | 'linear',
  [day, expiry]: readonly [string, Instant],
  strike: number,
  right: 'call' | 'put',
): Tradable => ({
  kind: 'option',
  id: `${underlying}${settlement === 'linear' ? '_USDC' : ''}-${day}-${strike}-${right === 'call' ? 'C' : 'P'}`,
  underlying,
  settlement,
  settleAsset: settlement === 'linear' ? 'USDC' : underlying,
  expiry,
  strike,
  right,
});

const near = ['27MAR26', NEAR] as const;
const far = ['24APR26', FAR] as const;

/** Lots and ticks as venues have them: ten dollars of an inverse future, a hundredth of a coin, a tenth of an option. */
export const LISTED: readonly ProductTerms[] = [
  {
    product: {
      kind: 'perpetual',
      id: 'BTC-PERPETUAL',
      underlying: 'BTC',
      settlement: 'inverse',
      settleAsset: 'BTC',
    },
    lot: 10,
    lotDecimals: 0,
    tick: 50_000_000,
  },
  {
    product: {
      kind: 'perpetual',
      id: 'ETH_USDC-PERPETUAL',
      underlying: 'ETH',
      settlement: 'linear',
      settleAsset: 'USDC',
    },
    lot: 1,
    lotDecimals: 2,
    tick: 5_000_000,
  },
  {
    product: {
      kind: 'future',
      id: 'BTC-24APR26',
      underlying: 'BTC',
      settlement: 'inverse',
      settleAsset: 'BTC',
      expiry: FAR,
    },
    lot: 10,
    lotDecimals: 0,
    tick: 250_000_000,
  },
  { product: option('BTC', 'inverse', near, 65_000, 'call'), lot: 1, lotDecimals: 1, tick: 10_000 },
  { product: option('BTC', 'inverse', far, 60_000, 'put'), lot: 1, lotDecimals: 1, tick: 10_000 },
  { product: option('ETH', 'linear', far, 2_000, 'call'), lot: 1, lotDecimals: 1, tick: 5_000_000 },
];
