// A test portfolio of Derive's managers as a market and an account of ours.

import {
  type Instant,
  instant,
  type Market,
  type Option,
  oneTerm,
  type Perpetual,
  type Portfolio,
  type Product,
  type Slice,
  volTable,
  yearsBetween,
} from '@plimsoll/core';
import { has, isRaw, list, num, numOr, word } from './fields.ts';
import { type Raw, Unreadable } from './suite.ts';

/** The one coin of a case; its collaterals have names of their own. */
export const COIN = 'COIN';
const CASH = 'USDC';
const AT = instant(Date.UTC(2026, 0, 1, 8));

const expiryOf = (seconds: number) => instant(AT + seconds * 1000);

/** An object of a case, whatever its place. */
export function raw(value: unknown, what: string): Raw {
  if (!isRaw(value)) throw new Unreadable(`${what} is not an object`);
  return value;
}

/** The collaterals of a test portfolio. */
export function collateralsOf(book: Raw): Raw[] {
  return has(book, 'collaterals') ? list(book, 'collaterals').map((one) => raw(one, 'a collateral')) : [];
}

function sliceOf(expiry: Raw): Slice {
  const seconds = num(expiry, 'secToExpiry');
  const [fixed, open] = [num(expiry, 'forwardFixed'), num(expiry, 'forwardVariable')];
  const forward = fixed + open;
  const at = expiryOf(seconds);
  const options = list(expiry, 'options').map((one) => raw(one, 'an option'));
  const flat = { a: 1e-4, b: 0, rho: 0, m: 0, sigma: 0.1 };
  const stated = options.map((one) => [num(one, 'strike'), num(one, 'vol')] as const);
  const confidence = ['forwardConfidence', 'rateConfidence', 'volConfidence', 'minConfidence'].map((field) =>
    numOr(expiry, field, 1),
  );
  return {
    expiry: at,
    years: yearsBetween(AT, at),
    forward,
    smileForward: forward,
    smileYears: yearsBetween(AT, expiryOf(Math.max(1, seconds))),
    smile: oneTerm(flat),
    ...(stated.length === 0 ? {} : { table: volTable(forward, stated) }),
    rate: num(expiry, 'rate'),
    oracleConfidence: Math.min(...confidence),
    deforms: [],
    unfixed: open / forward,
    quality: {
      source: 'given',
      fitError: 0,
      quoteWidth: 0,
      uncertainty: 0,
      confidence: 1,
      quotesUsed: options.length,
      insideShare: 1,
      butterflyMin: 0,
      calendarMin: 0,
    },
  };
}

/** The expiries of a test portfolio. */
export function expiriesOf(book: Raw): Raw[] {
  return list(book, 'expiries').map((one) => raw(one, 'an expiry'));
}

/** What a test portfolio's oracles say, as a market. */
export function marketOf(book: Raw): Market {
  const spot = num(book, 'spotPrice');
  const perpetual = num(book, 'perpPrice');
  const collaterals = collateralsOf(book);
  const sure = numOr(book, 'spotConfidence', numOr(book, 'minConfidence', 1));
  return {
    at: AT,
    source: 'vector',
    underlyings: [
      {
        underlying: COIN,
        index: spot,
        indexUncertainty: 0,
        perpetual: perpetual > 0 ? perpetual : spot,
        futures: [],
        slices: expiriesOf(book)
          .map(sliceOf)
          .sort((left, right) => left.expiry - right.expiry),
        refused: [],
      },
    ],
    pegs: new Map([
      [CASH, num(book, 'stablePrice')],
      ...collaterals.map((one) => [word(one, 'name'), num(one, 'price')] as const),
    ]),
    confidences: new Map([
      [`${COIN}-INDEX`, sure],
      [`${COIN}-PERPETUAL`, numOr(book, 'perpConfidence', sure)],
      ...collaterals.map((one) => [word(one, 'name'), num(one, 'confidence')] as const),
    ]),
    touches: new Map(),
    digest: '' as Market['digest'],
  };
}

const CONTRACT = { underlying: COIN, settlement: 'linear', settleAsset: CASH } as const;
const PERPETUAL: Perpetual = { kind: 'perpetual', id: `${COIN}_${CASH}-PERPETUAL`, ...CONTRACT };

function optionOf(one: Raw, expiry: Instant, seconds: number): Option {
  const isCall = one['isCall'];
  if (typeof isCall !== 'boolean') throw new Unreadable('field "isCall" is neither true nor false');
  const strike = num(one, 'strike');
  const id = `${COIN}_${CASH}-${seconds}s-${strike}-${isCall ? 'C' : 'P'}`;
  return { kind: 'option', id, ...CONTRACT, expiry, strike, right: isCall ? 'call' : 'put' };
}

/** What a test portfolio holds. */
export function portfolioOf(book: Raw): Portfolio {
  const perpetual = num(book, 'perpPosition');
  const options = expiriesOf(book).flatMap((expiry) => {
    const seconds = num(expiry, 'secToExpiry');
    return list(expiry, 'options').map((item) => {
      const one = raw(item, 'an option');
      return { product: optionOf(one, expiryOf(seconds), seconds), quantity: num(one, 'amount') };
    });
  });
  const held = (asset: string, quantity: number, kind: 'cash' | 'collateral' | 'unsettled') => {
    return quantity === 0 ? [] : [{ asset, quantity, kind }];
  };
  return {
    account: 'vector',
    balances: [
      ...held(CASH, num(book, 'cash'), 'cash'),
      ...(perpetual === 0 ? [] : held(CASH, num(book, 'perpUnrealised'), 'unsettled')),
      ...held(COIN, numOr(book, 'basePosition', 0), 'collateral'),
      ...collateralsOf(book).flatMap((one) => held(word(one, 'name'), num(one, 'amount'), 'collateral')),
    ],
    positions: [...(perpetual === 0 ? [] : [{ product: PERPETUAL, quantity: perpetual }]), ...options],
    orders: [],
  };
}

/** Every product of an account, its cash among them. */
export function productsOf({ balances, positions }: Portfolio): Product[] {
  const assets = [CASH, ...balances.map(({ asset }) => asset)];
  return [
    ...assets.map((asset): Product => ({ kind: 'asset', id: asset, underlying: asset })),
    ...positions.map(({ product }) => product),
  ];
}
