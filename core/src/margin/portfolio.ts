// What an account holds and wants: balances, positions, open orders. Plain data, born complete, doubted before it gets here.

import type { AssetCode, Product } from '../product/index.ts';

/**
 * A quantity of an asset, in units of the asset. `cash`: settlement money, negative when borrowed. `collateral`: coins pledged, >= 0.
 * `unsettled`: profit or loss of futures and perpetuals not yet paid into cash, either sign.
 */
export interface Balance {
  readonly asset: AssetCode;
  readonly kind: 'cash' | 'collateral' | 'unsettled';
  readonly quantity: number;
}

/** A contract held; negative is short. Units by `Settlement`: USD of notional for inverse futures and perpetuals, coins otherwise. */
export interface Position {
  readonly product: Exclude<Product, { kind: 'asset' }>;
  readonly quantity: number;
  /** In the product's own price unit. For futures and perpetuals the profit since then is unsettled and counts in equity. */
  readonly entryPrice?: number;
  /** Margin of its own, in units of the settle asset, >= 0: the position is judged by it alone, and can lose no more (M-65). */
  readonly isolated?: number;
}

/** An open limit order; quantity > 0, the side says which way. Price in the product's own unit, > 0. */
export interface Order {
  readonly product: Exclude<Product, { kind: 'asset' }>;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly price: number;
}

/** One account. At most one balance per kind and asset, and one position per product; order as the file gave it. */
export interface Portfolio {
  readonly account: string;
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
}

/** An account with its sub-accounts, each a portfolio that nets with no other. */
export interface Account {
  readonly portfolio: Portfolio;
  readonly subaccounts: readonly Portfolio[];
}

/** Accounts in one hand: their sizes count together (M-68). Without a name, one account and whatever belongs to it. */
export interface Owner {
  readonly owner?: string;
  readonly accounts: readonly Account[];
}
