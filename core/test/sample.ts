// A small market made by hand, for tests of everything above the fit: two coins, four expiries, smiles with skew, a stable coin.

import {
  type Future,
  type Instant,
  instant,
  type Market,
  MS_PER_DAY,
  type Option,
  type Perpetual,
  type Portfolio,
  type Position,
  type Slice,
  type UnderlyingMarket,
  yearsBetween,
} from '../src/index.ts';

export const AT = instant(Date.UTC(2026, 2, 2, 8));
export const EXPIRY_DAYS = [1, 11, 25, 116] as const;

export function expiryIn(days: number): Instant {
  return instant(AT + days * MS_PER_DAY);
}

function slice(forward: number, vol: number, days: number): Slice {
  const years = yearsBetween(AT, expiryIn(days));
  const theta = vol * vol * years;
  const rho = -0.2;
  const phi = 1.2 / Math.sqrt(theta * (1 + theta));
  const svi = {
    a: (theta * (1 - rho * rho)) / 2,
    b: (theta * phi) / 2,
    rho,
    m: -rho / phi,
    sigma: Math.sqrt(1 - rho * rho) / phi,
  };
  return {
    expiry: expiryIn(days),
    years,
    forward,
    smileForward: forward,
    smileYears: years,
    smile: { near: svi, far: svi, mix: 0 },
    deforms: [],
    unfixed: 1,
    quality: {
      source: 'given',
      fitError: 0.002,
      quoteWidth: 0.004,
      uncertainty: 0.003,
      confidence: 0.94,
      quotesUsed: 20,
      insideShare: 1,
      butterflyMin: 0.1,
      calendarMin: 0.0001,
    },
  };
}

function coin(underlying: string, index: number, vol: number): UnderlyingMarket {
  return {
    underlying,
    index,
    indexUncertainty: 0.0002,
    perpetual: index * 1.0003,
    futures: [{ expiry: expiryIn(25), forward: index * 1.004 }],
    slices: EXPIRY_DAYS.map((days) => slice(index * (1 + 0.05 * (days / 365)), vol, days)),
    refused: [],
  };
}

export const market: Market = {
  at: AT,
  source: 'sample',
  underlyings: [coin('BTC', 65_000, 0.55), coin('ETH', 1_900, 0.7)],
  pegs: new Map([
    ['USD', 1],
    ['USDC', 0.999],
  ]),
  touches: new Map(),
  digest: '0'.repeat(64) as Market['digest'],
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL'];
function dated(days: number): string {
  const date = new Date(expiryIn(days));
  return `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${date.getUTCFullYear() % 100}`;
}

export function option(underlying: string, days: number, strike: number, right: 'call' | 'put'): Option {
  return {
    kind: 'option',
    id: `${underlying}-${dated(days)}-${strike}-${right === 'call' ? 'C' : 'P'}`,
    underlying,
    settlement: 'inverse',
    settleAsset: underlying,
    expiry: expiryIn(days),
    strike,
    right,
  };
}

export function linearOption(
  underlying: string,
  days: number,
  strike: number,
  right: 'call' | 'put',
): Option {
  return {
    ...option(underlying, days, strike, right),
    id: `${underlying}_USDC-${dated(days)}-${strike}-${right === 'call' ? 'C' : 'P'}`,
    settlement: 'linear',
    settleAsset: 'USDC',
  };
}

export function perpetual(underlying: string, settlement: 'inverse' | 'linear' = 'inverse'): Perpetual {
  const inverse = settlement === 'inverse';
  return {
    kind: 'perpetual',
    id: `${underlying}${inverse ? '' : '_USDC'}-PERPETUAL`,
    underlying,
    settlement,
    settleAsset: inverse ? underlying : 'USDC',
  };
}

export function future(underlying: string, days: number): Future {
  return {
    ...perpetual(underlying),
    kind: 'future',
    id: `${underlying}-${dated(days)}`,
    expiry: expiryIn(days),
  };
}

/** A universe of products that random books draw from. */
export const universe: readonly Position['product'][] = [
  ...EXPIRY_DAYS.flatMap((days) =>
    [55_000, 62_000, 65_000, 68_000, 80_000].flatMap((strike) => [
      option('BTC', days, strike, 'call'),
      option('BTC', days, strike, 'put'),
    ]),
  ),
  ...[11, 116].flatMap((days) =>
    [1_600, 1_900, 2_400].flatMap((strike) => [
      option('ETH', days, strike, 'call'),
      option('ETH', days, strike, 'put'),
      linearOption('ETH', days, strike, 'put'),
    ]),
  ),
  perpetual('BTC'),
  perpetual('ETH'),
  perpetual('ETH', 'linear'),
  future('BTC', 25),
];

export function portfolio(positions: readonly Position[], cash = 1_000_000): Portfolio {
  return {
    account: 'test',
    balances: [{ asset: 'USD', kind: 'cash', quantity: cash }],
    positions,
    orders: [],
  };
}
