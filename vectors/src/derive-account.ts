// A test portfolio of Derive's portfolio managers as a market and an account of ours.

import type { Market, Perpetual, Portfolio, Product } from '@plimsoll/core';
import {
  confidenceOf,
  type FixtureExpiry,
  type FixtureOption,
  isCallOf,
  marketOf,
  optionOf,
} from './derive-market.ts';
import { has, isRaw, list, num, numOr, word } from './fields.ts';
import { type Raw, Unreadable } from './suite.ts';

/** The one coin of a case. */
export const COIN = 'COIN';
const CASH = 'USDC';

/** An object of a case, whatever its place. */
export function raw(value: unknown, what: string): Raw {
  if (!isRaw(value)) throw new Unreadable(`${what} is not an object`);
  return value;
}

/** The collaterals of a test portfolio. */
export function collateralsOf(book: Raw): Raw[] {
  return has(book, 'collaterals') ? list(book, 'collaterals').map((one) => raw(one, 'a collateral')) : [];
}

/** What a collateral is called here: its own name could be that of the coin or of the cash. */
export function collateralName(one: Raw): string {
  return `C-${word(one, 'name')}`;
}

/** The expiries of a test portfolio. */
export function expiriesOf(book: Raw): Raw[] {
  return list(book, 'expiries').map((one) => raw(one, 'an expiry'));
}

function optionsOf(expiry: Raw): FixtureOption[] {
  const seconds = num(expiry, 'secToExpiry');
  return list(expiry, 'options').map((item) => {
    const one = raw(item, 'an option');
    const product = optionOf(COIN, seconds, num(one, 'strike'), isCallOf(one));
    return { product, amount: num(one, 'amount'), vol: num(one, 'vol') };
  });
}

const FEEDS = ['forwardConfidence', 'rateConfidence', 'volConfidence', 'minConfidence'];

function expiryOf(expiry: Raw, thresholds: readonly Raw[]): FixtureExpiry {
  const [fixed, open] = [num(expiry, 'forwardFixed'), num(expiry, 'forwardVariable')];
  return {
    seconds: num(expiry, 'secToExpiry'),
    forward: fixed + open,
    confidence: Math.min(...FEEDS.map((field) => confidenceOf(expiry, field, thresholds))),
    unfixed: open / (fixed + open),
    rate: num(expiry, 'rate'),
    options: optionsOf(expiry),
  };
}

/**
 * What a test portfolio's oracles say, as a market. Confidences are read against the thresholds of the case, so that one just below a threshold
 * stays below it.
 */
export function accountMarket(book: Raw, thresholds: readonly Raw[]): Market {
  const collaterals = collateralsOf(book);
  const spotField = has(book, 'spotConfidence') ? 'spotConfidence' : 'minConfidence';
  const sure = confidenceOf(book, spotField, thresholds);
  const coin = {
    name: COIN,
    spot: num(book, 'spotPrice'),
    perpetual: num(book, 'perpPrice'),
    spotConfidence: sure,
    perpConfidence: has(book, 'perpConfidence') ? confidenceOf(book, 'perpConfidence', thresholds) : sure,
    // Expiries without options state nothing that is margined.
    expiries: expiriesOf(book)
      .map((expiry) => expiryOf(expiry, thresholds))
      .filter(({ options }) => options.length > 0),
  };
  const prices = collaterals.map((one) => [collateralName(one), num(one, 'price')] as const);
  const market = marketOf([coin], new Map([[CASH, num(book, 'stablePrice')], ...prices]));
  const confidences = new Map([
    ...market.confidences!,
    ...collaterals.map((one) => [collateralName(one), confidenceOf(one, 'confidence', thresholds)] as const),
  ]);
  return { ...market, confidences };
}

const PERPETUAL: Perpetual = {
  kind: 'perpetual',
  id: `${COIN}_${CASH}-PERPETUAL`,
  underlying: COIN,
  settlement: 'linear',
  settleAsset: CASH,
};

/** What a test portfolio holds. */
export function portfolioOf(book: Raw): Portfolio {
  const perpetual = num(book, 'perpPosition');
  const options = expiriesOf(book).flatMap((expiry) =>
    optionsOf(expiry).map(({ product, amount }) => ({ product, quantity: amount })),
  );
  const held = (asset: string, quantity: number, kind: 'cash' | 'collateral' | 'unsettled') => {
    return quantity === 0 ? [] : [{ asset, quantity, kind }];
  };
  return {
    account: 'vector',
    balances: [
      ...held(CASH, num(book, 'cash'), 'cash'),
      ...(perpetual === 0 ? [] : held(CASH, num(book, 'perpUnrealised'), 'unsettled')),
      ...held(COIN, numOr(book, 'basePosition', 0), 'collateral'),
      ...collateralsOf(book).flatMap((one) => held(collateralName(one), num(one, 'amount'), 'collateral')),
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
