// Which assets an account may hold: coins of the market, and the stable assets that a model's parameters know.

import { type Refusal, refuse } from '../base/index.ts';
import { assetUsd, type Market, underlyingOf } from '../market/index.ts';
import type { Product } from '../product/index.ts';

/** The stable assets a model knows, by code, with what it says of each. */
type StableAssets = Readonly<Record<string, object>>;

/**
 * Stable assets that the parameters know and the market does not price are taken at par: most chains are coin-settled and say nothing
 * of the dollar coins an account holds.
 */
export function withPar(market: Market, products: readonly Product[], stable: StableAssets): Market {
  const pegs = new Map(market.pegs);
  for (const product of products) {
    const { id, kind } = product;
    if (kind === 'asset' && assetUsd(market, id) === undefined && stable[id] !== undefined) pegs.set(id, 1);
  }
  return pegs.size === market.pegs.size ? market : { ...market, pegs };
}

/** Assets that are neither coins of the market nor stable by the parameters: there is nothing to margin them by. */
export function strangersOf(
  products: readonly Product[],
  market: Market,
  stable: StableAssets,
): Map<string, Refusal> {
  const strangers = new Map<string, Refusal>();
  for (const product of products) {
    const known = underlyingOf(market, product.underlying) ?? stable[product.underlying];
    if (known !== undefined) continue;
    const mend = 'give a chain or a perpetual mark for it, or name its range under pegs if it is stable.';
    const message = `${product.underlying} is neither a coin of the market nor a stable asset of the parameters; ${mend}`;
    strangers.set(product.id, refuse('unknown-asset', message, product.id));
  }
  return strangers;
}
