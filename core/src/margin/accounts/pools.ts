// Who shares with whom: an account's pools of equity, and the parts of a pool that are margined alone.

import type { Balance, Order, Portfolio, Position } from '../portfolio.ts';

/**
 * How one account's positions are treated (M-65). `portfolio`: the model nets over everything. `cross`: every position is margined alone
 * and the requirements add up, while balances and profits are shared. `isolated`: every position has a margin of its own.
 * Positions that the portfolio itself isolates stay so under any treatment.
 */
export type Treatment = 'portfolio' | 'cross' | 'isolated';
export const TREATMENTS = ['portfolio', 'cross', 'isolated'] as const satisfies readonly Treatment[];

/** What shares equity: the account's money with everything it stands behind, or one isolated position with its margin. */
export interface Pool {
  readonly kind: 'shared' | 'isolated';
  /** The account's name, or the isolated product's. */
  readonly name: string;
  readonly portfolio: Portfolio;
}

/** What a model judges in one piece: a whole pool, its balances, or one product with its orders. */
export interface Part {
  readonly kind: 'whole' | 'balances' | 'product';
  readonly name: string;
  readonly portfolio: Portfolio;
}

function isolatedPool(portfolio: Portfolio, { isolated, ...position }: Position): Pool {
  const { id, settleAsset } = position.product;
  const margin: Balance[] = isolated === 0 ? [] : [{ asset: settleAsset, kind: 'cash', quantity: isolated! }];
  const orders = portfolio.orders.filter(({ product }) => product.id === id);
  const own = { account: `${portfolio.account}:${id}`, balances: margin, positions: [position], orders };
  return { kind: 'isolated', name: id, portfolio: own };
}

/**
 * The pools of a portfolio: first the shared one, then one for each isolated position, in the portfolio's order. Every balance, position
 * and order is in exactly one pool; an order is where its product's position is.
 * @example poolsOf(portfolio).map(({ name }) => name) // ['desk-1', 'BTC-PERPETUAL']
 */
export function poolsOf(portfolio: Portfolio): [Pool, ...Pool[]] {
  const apart = portfolio.positions.filter(({ isolated }) => isolated !== undefined);
  const names = new Set(apart.map(({ product }) => product.id));
  const shared: Portfolio = {
    ...portfolio,
    positions: portfolio.positions.filter(({ isolated }) => isolated === undefined),
    orders: portfolio.orders.filter(({ product }) => !names.has(product.id)),
  };
  const own = apart.map((position) => isolatedPool(portfolio, position));
  return [{ kind: 'shared', name: portfolio.account, portfolio: shared }, ...own];
}

/**
 * A pool in pieces that do not net: its balances, then every product alone with its own orders.
 * @example partsOf(pool.portfolio).map(({ name }) => name) // ['balances', 'BTC-PERPETUAL', 'BTC-27MAR26-90000-C']
 */
export function partsOf(portfolio: Portfolio): Part[] {
  const balances: Part = {
    kind: 'balances',
    name: 'balances',
    portfolio: { ...portfolio, positions: [], orders: [] },
  };
  const ids = new Set([...portfolio.positions, ...portfolio.orders].map(({ product }) => product.id));
  const products = [...ids].map((id): Part => {
    const own = <T extends Position | Order>(entries: readonly T[]) =>
      entries.filter(({ product }) => product.id === id);
    const { account, positions, orders } = portfolio;
    return {
      kind: 'product',
      name: id,
      portfolio: { account, balances: [], positions: own(positions), orders: own(orders) },
    };
  });
  return [balances, ...products];
}
