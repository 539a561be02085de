// Portfolios as people write them. Whatever is misspelt, doubled or out of range is refused: a position read wrongly is money.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { Balance, Order, Portfolio, Position } from '../margin/portfolio.ts';
import { isPrice, PRICE_MAX, PRICE_MIN } from './decimal.ts';
import { isAssetCode } from './names.ts';
import { type ProductResolver, readProduct } from './resolve.ts';
import { quoted } from './words.ts';

/** Characters of a portfolio's text: 16 Mi holds 10,000 positions and 10,000 orders many times over. */
export const PORTFOLIO_LENGTH_MAX = 16_777_216;
export const POSITIONS_MAX = 10_000;
export const ORDERS_MAX = 10_000;
export const BALANCES_MAX = 1_000;
export const ACCOUNT_LENGTH_MAX = 64;
/** The account's name where the file gives none. */
export const ACCOUNT_UNNAMED = 'unnamed';

export type BalanceKind = Balance['kind'];
export const BALANCE_KINDS: readonly BalanceKind[] = ['cash', 'collateral', 'unsettled'];

/** Gathers a portfolio from either shape of file; each verb answers a refusal when the row cannot be believed. `unit` is line or row. */
export interface PortfolioBuilder {
  balance(kind: BalanceKind, asset: string, quantity: number, at: Spot): Refusal | undefined;
  position(name: string, quantity: number, given: PositionGiven, at: Spot): Refusal | undefined;
  order(name: string, side: string, quantity: number, price: number, at: Spot): Refusal | undefined;
  finish(account: string | undefined): Portfolio | Refusal;
}

/** What a position may have beside its size; what it has not is left out. */
export type PositionGiven = Pick<Position, 'entryPrice' | 'isolated'>;

/** Where an entry stands: the full place, and its row or line for a second mention. */
export interface Spot {
  readonly place: string;
  readonly number: number;
}

/**
 * Collects entries. Refused: unknown assets and products, an asset held as a position, the same asset twice in one kind, the same product twice
 * (both rows are named; they are not summed, because a doubled row is more often a mistake than a wish), collateral below zero, entry prices and
 * limits not above zero, margins of a position's own below zero, order quantities not above zero, more than 10,000 positions or orders. An empty book is a book.
 * @example portfolioBuilder('a.json', 'line').finish('desk-1') // { account: 'desk-1', balances: [], positions: [], orders: [] }
 */
export function portfolioBuilder(
  source: string,
  unit: 'line' | 'row',
  resolve?: ProductResolver,
): PortfolioBuilder {
  const balances: Balance[] = [];
  const positions: Position[] = [];
  const orders: Order[] = [];
  const seen = new Map<string, number>();
  /** Refuses a second mention of the same thing. */
  const once = (key: string, said: string, at: Spot): Refusal | undefined => {
    const earlier = seen.get(key);
    seen.set(key, at.number);
    if (earlier === undefined) return undefined;
    return refuse('duplicate', `${said} stands twice, also in ${unit} ${earlier}; merge the two.`, at.place);
  };
  return {
    balance(kind, asset, quantity, at) {
      if (!isAssetCode(asset)) return noAsset(asset, at);
      if (kind === 'collateral' && quantity < 0) {
        return refuse(
          'out-of-range',
          `Collateral of ${quantity} ${asset} is below zero; a debt is negative cash.`,
          at.place,
        );
      }
      if (balances.length >= BALANCES_MAX) return tooMany('balances', BALANCES_MAX, at);
      balances.push({ asset, kind, quantity });
      return once(`${kind} ${asset}`, `${asset} as ${kind}`, at);
    },
    position(name, quantity, given, at) {
      const { entryPrice, isolated } = given;
      const product = contractOf(name, at, resolve);
      if (isRefusal(product)) return product;
      if (entryPrice !== undefined && !isPrice(entryPrice)) return noPrice('entry price', entryPrice, at);
      if (isolated !== undefined && !(isolated >= 0)) return isolatedBelowZero(isolated, at);
      if (positions.length >= POSITIONS_MAX) return tooMany('positions', POSITIONS_MAX, at);
      positions.push({ product, quantity, ...given });
      return once(product.id, product.id, at);
    },
    order(name, side, quantity, price, at) {
      const product = contractOf(name, at, resolve);
      if (isRefusal(product)) return product;
      if (side !== 'buy' && side !== 'sell') {
        return refuse('malformed', `The side of an order is buy or sell, not ${quoted(side)}.`, at.place);
      }
      if (!(quantity > 0)) return belowZero('quantity of an order', quantity, at);
      if (!isPrice(price)) return noPrice('limit price', price, at);
      if (orders.length >= ORDERS_MAX) return tooMany('orders', ORDERS_MAX, at);
      orders.push({ product, side, quantity, price });
      return undefined;
    },
    finish(account = ACCOUNT_UNNAMED) {
      return refuseName(account, 'account', `${source}, account`) ?? { account, balances, positions, orders };
    },
  };
}

/** The refusal of a name that cannot be printed in a line. @example refuseName('desk-1', 'account', 'a.json') // undefined */
export function refuseName(name: string, of: string, where: string): Refusal | undefined {
  const printable = ![...name].some((character) => character < ' ' || character === '\u007f');
  if (printable && name.trim() !== '' && name.length <= ACCOUNT_LENGTH_MAX) return undefined;
  return refuse('malformed', `An ${of}'s name has 1 to ${ACCOUNT_LENGTH_MAX} printable characters.`, where);
}

function noAsset(asset: string, at: Spot): Refusal {
  const said = `${quoted(asset)} is not an asset; write a code such as USD or BTC.`;
  return refuse('unknown-asset', said, at.place);
}

function contractOf(
  name: string,
  at: Spot,
  resolve: ProductResolver | undefined,
): Position['product'] | Refusal {
  const product = readProduct(name, at.place, resolve);
  if (isRefusal(product) || product.kind !== 'asset') return product;
  const said = `${product.id} is an asset, not a contract; move it to cash or collateral.`;
  return refuse('unknown-product', said, at.place);
}

function belowZero(what: string, value: number, at: Spot): Refusal {
  return refuse('out-of-range', `The ${what} is ${value}; it must be above zero.`, at.place);
}

function isolatedBelowZero(margin: number, at: Spot): Refusal {
  const said = `A margin of ${margin} is below zero; what a position has lost is unsettled profit, not its margin.`;
  return refuse('out-of-range', said, at.place);
}

function noPrice(what: string, value: number, at: Spot): Refusal {
  const said = `The ${what} is ${value}; a price lies between ${PRICE_MIN} and ${PRICE_MAX}, above zero.`;
  return refuse('out-of-range', said, at.place);
}

function tooMany(what: string, limit: number, at: Spot): Refusal {
  return refuse('too-large', `There are more than ${limit} ${what}; split the account.`, at.place);
}
