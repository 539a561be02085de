// A portfolio in JSON: {"account", "cash", "collateral", "unsettled", "positions", "orders"}, every part optional.

import type { Refusal } from '../base/index.ts';
import type { Portfolio } from '../margin/portfolio.ts';
import { below, Doubts, type Place, placeOf } from './fields.ts';
import { isJson, type Json, parseJson } from './json.ts';
import {
  BALANCE_KINDS,
  ORDERS_MAX,
  PORTFOLIO_LENGTH_MAX,
  POSITIONS_MAX,
  type PortfolioBuilder,
  portfolioBuilder,
  type Spot,
} from './portfolio.ts';
import type { ProductResolver } from './resolve.ts';
import { oversize } from './words.ts';

/**
 * Reads a portfolio. Amounts are decimal texts; JSON numbers are read from their digits, too.
 * `{"account":"desk-1","cash":{"USD":"250000"},"collateral":{"BTC":"3.5"},"unsettled":{"BTC":"0.01"},`
 * `"positions":[{"product":"BTC-27MAR26-90000-C","quantity":"-12.5","entryPrice":"0.031"}],`
 * `"orders":[{"product":"BTC-PERPETUAL","side":"buy","quantity":"50000","price":"87000"}]}`
 * A position may have `"isolated":"0.5"`, a margin of its own in its settle asset. Unknown keys are refused with a guess at what was meant; the rest as `portfolioBuilder`.
 * `resolve` knows products whose names are not the venue's.
 * @example readPortfolioJson('{"cash":{"USD":"1"}}', 'a.json') // { account: 'unnamed', balances: [{ asset: 'USD', ... }], ... }
 */
export function readPortfolioJson(
  text: string,
  source: string,
  resolve?: ProductResolver,
): Portfolio | Refusal {
  const large = oversize(text, source, PORTFOLIO_LENGTH_MAX);
  if (large !== undefined) return large;
  const root = parseJson(text, source);
  return isJson(root) ? readPortfolioNode(root, { source, path: '' }, resolve) : root;
}

/** Reads a portfolio that stands somewhere in a file. @example readPortfolioNode(root, { source: 'a.json', path: '' }) */
export function readPortfolioNode(root: Json, place: Place, resolve?: ProductResolver): Portfolio | Refusal {
  const doubts = new Doubts();
  const builder = portfolioBuilder(place.source, 'line', resolve);
  const object = doubts.object(root, place);
  if (object === undefined) return doubts.fault!;
  doubts.keys(object, ['account', ...BALANCE_KINDS, 'positions', 'orders'], place);
  const { fields } = object;
  const account = fields.get('account');
  const name = account === undefined ? undefined : doubts.text(account, below(place, 'account'));
  for (const kind of BALANCE_KINDS) readBalances(kind, fields.get(kind), below(place, kind), doubts, builder);
  readEach(fields.get('positions'), below(place, 'positions'), POSITIONS_MAX, doubts, builder, readPosition);
  readEach(fields.get('orders'), below(place, 'orders'), ORDERS_MAX, doubts, builder, readOrder);
  return doubts.fault ?? builder.finish(name);
}

type ReadEntry = (node: Json, place: Place, doubts: Doubts, builder: PortfolioBuilder) => void;

function readBalances(
  kind: (typeof BALANCE_KINDS)[number],
  node: Json | undefined,
  place: Place,
  doubts: Doubts,
  builder: PortfolioBuilder,
): void {
  if (node === undefined) return;
  const object = doubts.object(node, place);
  if (object === undefined) return;
  for (const [asset, amount] of object.fields) {
    const here = below(place, asset);
    const quantity = doubts.number(amount, here);
    keep(doubts, () => builder.balance(kind, asset, quantity, spotOf(here, amount)));
    if (doubts.fault !== undefined) return;
  }
}

function readEach(
  node: Json | undefined,
  place: Place,
  limit: number,
  doubts: Doubts,
  builder: PortfolioBuilder,
  read: ReadEntry,
): void {
  if (node === undefined) return;
  for (const [i, item] of doubts.list(node, place, limit).entries()) {
    read(item, below(place, i), doubts, builder);
    if (doubts.fault !== undefined) return;
  }
}

const readPosition: ReadEntry = (node, place, doubts, builder) => {
  const object = doubts.object(node, place);
  if (object === undefined) return;
  doubts.keys(object, ['product', 'quantity', 'entryPrice', 'isolated'], place);
  const { fields } = object;
  const product = doubts.text(fields.get('product'), below(place, 'product'));
  const quantity = doubts.number(fields.get('quantity'), below(place, 'quantity'));
  const given = (field: 'entryPrice' | 'isolated') => {
    const value = fields.get(field);
    return value === undefined ? {} : { [field]: doubts.number(value, below(place, field)) };
  };
  const more = { ...given('entryPrice'), ...given('isolated') };
  keep(doubts, () => builder.position(product, quantity, more, spotOf(place, node)));
};

const readOrder: ReadEntry = (node, place, doubts, builder) => {
  const object = doubts.object(node, place);
  if (object === undefined) return;
  doubts.keys(object, ['product', 'side', 'quantity', 'price'], place);
  const { fields } = object;
  const product = doubts.text(fields.get('product'), below(place, 'product'));
  const side = doubts.text(fields.get('side'), below(place, 'side'));
  const quantity = doubts.number(fields.get('quantity'), below(place, 'quantity'));
  const price = doubts.number(fields.get('price'), below(place, 'price'));
  keep(doubts, () => builder.order(product, side, quantity, price, spotOf(place, node)));
};

/** Hands an entry to the builder only when its fields were believed. */
function keep(doubts: Doubts, build: () => Refusal | undefined): void {
  const refusal = doubts.fault === undefined ? build() : undefined;
  if (refusal !== undefined) doubts.refuse(refusal);
}

function spotOf(place: Place, node: Json): Spot {
  return { place: placeOf(place, node), number: node.line };
}
