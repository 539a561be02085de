// Where an account stands by the auditor's own books: its own portfolio, its own book of the model, asked through the public functions of the library.

import {
  assess,
  assessOwner,
  assetProduct,
  isRefusal,
  type MarginBook,
  type MarginModel,
  type Portfolio,
  type Product,
} from '@plimsoll/core';
import type { StandingFigures } from '@plimsoll/core/engine';
import { finalOf, fundingOf, interestOf, isCoinMargined, isPaidAtOnce, worthOf } from './arithmetic.ts';
import { add, type Books, type OwnAccount, type OwnPosition } from './books.ts';

type Orders = Portfolio['orders'];

/** Books of models, kept for a market and what is listed. */
export class Judges {
  private readonly models: ReadonlyMap<string, MarginModel>;
  private readonly kept = new Map<
    string,
    { readonly listing: number; readonly book: MarginBook | undefined }
  >();

  constructor(models: ReadonlyMap<string, MarginModel>) {
    this.models = models;
  }

  /** The book that counts for a group; undefined where there is none. */
  bookOf(books: Books, group: string): MarginBook | undefined {
    const set = books.groups.get(group);
    const { market } = books;
    if (set === undefined || market === undefined) return undefined;
    const kept = this.kept.get(set);
    if (kept?.listing === books.listing) return kept.book;
    const { model, parameters } = books.sets.get(set)!.input;
    const products: Product[] = [...books.assets.keys()].map(assetProduct);
    for (const { terms, mode } of books.products.values())
      if (mode !== 'settled') products.push(terms.product);
    const made = this.models.get(model)!.book(products, market, parameters);
    const book = isRefusal(made) ? undefined : made;
    this.kept.set(set, { listing: books.listing, book });
    return book;
  }

  modelOf(books: Books, group: string): MarginModel {
    return this.models.get(books.sets.get(books.groups.get(group)!)!.input.model)!;
  }

  /** Where an account stands, or would with another portfolio, its owner's other accounts counted (M-219); undefined where that cannot be said. */
  figures(
    books: Books,
    account: OwnAccount,
    portfolio = portfolioOf(books, account),
  ): StandingFigures | undefined {
    const book = this.bookOf(books, account.group);
    if (book === undefined) return undefined;
    const model = this.modelOf(books, account.group);
    const standing = assess(portfolio, book, model);
    if (isRefusal(standing)) return undefined;
    const { equity, requirement } = standing;
    const { maintenance, release, initial, locked } = requirement;
    const own = {
      equity,
      maintenance: maintenance.amount,
      release: release.amount,
      initial: initial.amount,
      locked,
    };
    const others = model.sizeCharges === undefined ? [] : othersOf(books, account);
    if (others.length === 0) return own;
    const portfolios = [portfolio, ...others.map((other) => portfolioOf(books, other))];
    const accounts = portfolios.map((each) => ({ portfolio: each, subaccounts: [] }));
    const together = assessOwner({ accounts }, book, model, 'portfolio');
    return isRefusal(together) ? undefined : { ...own, ...together.accounts[0]!.shared.requirement };
  }
}

/** Other accounts of an owner in the same group that hold or want something. */
function othersOf(books: Books, { id, owner, group }: OwnAccount): OwnAccount[] {
  return (books.owners.get(owner) ?? [])
    .filter((name) => name !== id)
    .map((name) => books.accounts.get(name)!)
    .filter((other) => other.group === group && other.held.size + other.orders.size > 0);
}

/** What an account would have more, or less, and instead. */
export interface Otherwise {
  readonly cash?: ReadonlyMap<string, bigint>;
  readonly held?: ReadonlyMap<string, OwnPosition>;
}

/** What a product ends at: settled at its price, or expired and counted at what it would pay at the index. */
function endOf({ products, market }: Books, id: string): bigint | undefined {
  const { terms, final } = products.get(id)!;
  const { product } = terms;
  if (final !== undefined || market === undefined || !('expiry' in product)) return final;
  const coin = market.underlyings.find(({ underlying }) => underlying === product.underlying);
  if (coin === undefined || product.expiry === undefined || product.expiry > market.at) return undefined;
  return finalOf(terms, BigInt(Math.max(1, Math.round(coin.index * 1e8))));
}

function cashOf(
  books: Books,
  account: OwnAccount,
  { cash: more, held = account.held }: Otherwise,
): Map<string, bigint> {
  const cash = new Map<string, bigint>();
  for (const [asset, { units, at }] of account.cash) {
    const due = account.isHouse ? 0n : interestOf(units, at, books.assets.get(asset)!.index);
    add(cash, asset, units - due);
  }
  for (const [asset, units] of more ?? []) add(cash, asset, units);
  for (const [id, position] of held) {
    const { terms, index } = books.products.get(id)!;
    const final = endOf(books, id);
    const { settleAsset } = terms.product;
    add(cash, settleAsset, fundingOf(position, index));
    if (final === undefined) continue;
    const worth = worthOf(terms, books.assets.get(settleAsset)!.terms, position.lots, final);
    add(cash, settleAsset, worth - position.cost);
  }
  return cash;
}

/** What an account holds and wants, as a model reads it. @example judges.standing(books, 'main', portfolioOf(books, account)) */
export function portfolioOf(books: Books, account: OwnAccount, otherwise: Otherwise = {}): Portfolio {
  const balances: { asset: string; kind: 'cash'; quantity: number }[] = [];
  for (const [asset, units] of cashOf(books, account, otherwise)) {
    if (units === 0n) continue;
    const { decimals } = books.assets.get(asset)!.terms;
    balances.push({ asset, kind: 'cash', quantity: Number(units) / 10 ** decimals });
  }
  const positions: {
    product: Portfolio['positions'][number]['product'];
    quantity: number;
    entryPrice?: number;
  }[] = [];
  for (const [id, { lots, cost }] of otherwise.held ?? account.held) {
    const { terms } = books.products.get(id)!;
    if (endOf(books, id) !== undefined) continue;
    const quantity = (Number(lots) * terms.lot) / 10 ** terms.lotDecimals;
    const paid = Number(cost) / 10 ** books.assets.get(terms.product.settleAsset)!.terms.decimals;
    const entry =
      paid === 0 || isPaidAtOnce(terms) ? 0 : isCoinMargined(terms) ? -quantity / paid : paid / quantity;
    positions.push({ product: terms.product, quantity, ...(entry > 0 ? { entryPrice: entry } : {}) });
  }
  const orders: Orders[number][] = [];
  for (const { terms, lots, price } of account.orders.values()) {
    const listed = books.products.get(terms.product)!;
    if (endOf(books, terms.product) !== undefined) continue;
    const quantity = (lots * listed.terms.lot) / 10 ** listed.terms.lotDecimals;
    orders.push({ product: listed.terms.product, side: terms.side, quantity, price: price / 1e8 });
  }
  return { account: account.id, balances, positions, orders };
}
