// Products whose names are not the venue's: somebody's module knows them, and what it says is doubted like any other input.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { Product } from '../product/index.ts';
import { isAssetCode, NAME_LENGTH_MAX, parseProduct } from './names.ts';
import { located, quoted } from './words.ts';

/** Makes a product of a name that the venue's grammar does not know; undefined where it does not know it either. */
export type ProductResolver = (name: string) => Product | Refusal | undefined;

/**
 * A product by name: the venue's grammar first, then the resolver. Refuses (`unknown-product`) a name that neither knows, a resolver that
 * throws, and an answer that is no structured product under that very name.
 * @example readProduct('BTC-SQUARED', 'a.json line 3', resolve) // { kind: 'structured', id: 'BTC-SQUARED', ... }
 */
export function readProduct(name: string, where?: string, resolve?: ProductResolver): Product | Refusal {
  const listed = parseProduct(name, where);
  if (resolve === undefined || !isRefusal(listed) || name.length > NAME_LENGTH_MAX) return listed;
  const no = (what: string) => refuse('unknown-product', `${quoted(name)} ${what}.`, where);
  let found: unknown;
  try {
    found = resolve(name);
  } catch (error) {
    const said = error instanceof Error ? error.message : 'something that is no error';
    return no(`makes the given products throw ${quoted(said)}; mend their module`);
  }
  if (found === undefined)
    return no('is no name of the venue, and the given products do not know it; check both');
  if (isRefusal(found)) return located(found, where);
  const wrong = wrongOf(found, name);
  return wrong === undefined
    ? (found as Product)
    : no(`is answered by the given products with ${wrong}; mend their module`);
}

/** What is wrong with the shape of an answer; what its payoff answers is doubted when it is priced. */
function wrongOf(found: unknown, name: string): string | undefined {
  if (typeof found !== 'object' || found === null) return 'something that is no product';
  const { kind, id, underlying, settleAsset, settlement, style, expiry, payoff } = found as Record<
    string,
    unknown
  >;
  if (kind !== 'structured') return `a product of kind ${quoted(String(kind))}, not "structured"`;
  if (id !== name) return `the id ${quoted(String(id))}; a product is known by one name`;
  const isAsset = (code: unknown) => typeof code === 'string' && isAssetCode(code);
  if (!isAsset(underlying) || !isAsset(settleAsset))
    return 'an underlying or settleAsset that is no asset code';
  if (settlement !== 'inverse' && settlement !== 'linear')
    return 'a settlement that is neither inverse nor linear';
  if (style !== 'premium' && style !== 'margined') return 'a style that is neither premium nor margined';
  if (expiry !== undefined && !Number.isFinite(expiry)) return 'an expiry that is no instant';
  return wrongOfPayoff(payoff);
}

function wrongOfPayoff(payoff: unknown): string | undefined {
  if (typeof payoff !== 'object' || payoff === null) return 'no payoff';
  const { family, terms, strikes, mark } = payoff as Record<string, unknown>;
  if (typeof family !== 'string' || family === '') return 'a payoff without a family';
  if (typeof terms !== 'object' || terms === null || Array.isArray(terms)) return 'a payoff without terms';
  if (strikes !== undefined && !Array.isArray(strikes)) return 'strikes that are no list';
  return typeof mark === 'function' ? undefined : 'a payoff without a mark function';
}
