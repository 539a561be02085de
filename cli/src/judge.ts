// An account judged: portfolio, parameters and market brought together, for every verb that needs a margin.

import {
  assess,
  expiryOf,
  formatInstant,
  type Instant,
  isRefusal,
  type MarginBook,
  type MarginModel,
  type Market,
  type ModelParameters,
  type Portfolio,
  type ProductResolver,
  productsOf,
  type Refusal,
  readPortfolioCsv,
  readPortfolioJson,
  refuse,
  type Standing,
  withExpiries,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';
import { addMarketOptions, type Loaded, loadMarket, type MarketOptions } from './load.ts';
import { type Chosen, chooseModel } from './models.ts';
import { loadProducts } from './products.ts';

/** What every verb with a book can be told. */
export interface BookOptions extends MarketOptions {
  readonly portfolio: string;
  readonly model: string;
  readonly params?: string;
  readonly products?: string;
  readonly json?: boolean;
}

/** Adds portfolio, model and parameter options to a verb. */
export function addBookOptions(command: Command): Command {
  return addMarketOptions(command)
    .requiredOption('--portfolio <file>', 'the account: CSV or JSON')
    .option('--model <name>', 'margin model', 'grid')
    .option('--params <file>', 'parameters that differ from the defaults (JSON)')
    .option('--products <file>', 'a module that knows products of your own (docs/extend.md)')
    .option('--json', 'print JSON for programs');
}

/** Reads a portfolio, JSON or CSV by its first character. */
export async function loadPortfolio(path: string, resolve?: ProductResolver): Promise<Portfolio | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  const isJson = /^\s*[[{]/.test(text.slice(0, 200));
  return isJson ? readPortfolioJson(text, path, resolve) : readPortfolioCsv(text, path, resolve);
}

/** An account judged by a book, wherever the book came from. */
export interface Assessed {
  readonly portfolio: Portfolio;
  readonly model: MarginModel;
  readonly parameters: ModelParameters;
  readonly book: MarginBook;
  readonly standing: Standing;
  /** Knows the products of `--products`. */
  readonly resolve?: ProductResolver;
  readonly notes: readonly string[];
}

/** An account with everything it was judged by. */
export interface Judged extends Assessed {
  /** The market the book was priced in, with every expiry and peg it needed. */
  readonly market: Market;
}

/** A position that has expired by then. */
export function refuseExpired({ positions }: Portfolio, at: Instant): Refusal | undefined {
  const gone = positions.find(({ product }) => (expiryOf(product) ?? Number.POSITIVE_INFINITY) <= at);
  if (gone === undefined) return undefined;
  const message = `it expired before ${formatInstant(at)}; settle it to cash and remove the position.`;
  return refuse('expired', message, gone.product.id);
}

/** Judges a portfolio in a market. */
export function judge(portfolio: Portfolio, loaded: Loaded, chosen: Chosen): Judged | Refusal {
  const gone = refuseExpired(portfolio, loaded.asked);
  if (gone !== undefined) return gone;
  const { model, parameters, resolve } = chosen;
  const products = productsOf(portfolio);
  const book = model.book(products, loaded.market, parameters);
  if (isRefusal(book)) return book;
  const standing = assess(portfolio, book, model);
  if (isRefusal(standing)) return standing;
  const { pegs } = book.risk.levels;
  const market = withExpiries({ ...loaded.market, pegs }, products);
  const taken = [...pegs.keys()].filter((asset) => !loaded.market.pegs.has(asset) && asset !== 'USD');
  const atPar = taken.map(
    (asset) => `${asset} has no price in the market and is taken at 1 USD; state it with --peg ${asset}=...`,
  );
  const notes = [...loaded.notes, ...atPar];
  const judged = { portfolio, market, model, parameters, book, standing, notes };
  return resolve === undefined ? judged : { ...judged, resolve };
}

/** Everything a verb with a book needs, read and judged. */
export async function loadJudged(options: BookOptions): Promise<Judged | Refusal> {
  const chosen = await chooseModel(options.model, options.params);
  if (isRefusal(chosen)) return chosen;
  const resolve = options.products === undefined ? undefined : await loadProducts(options.products);
  if (isRefusal(resolve)) return resolve;
  const portfolio = await loadPortfolio(options.portfolio, resolve);
  if (isRefusal(portfolio)) return portfolio;
  const stranger = refuseStrangers(options.peg ?? [], chosen.parameters);
  if (stranger !== undefined) return stranger;
  const loaded = await loadMarket(options);
  return isRefusal(loaded)
    ? loaded
    : judge(portfolio, loaded, resolve === undefined ? chosen : { ...chosen, resolve });
}

/** A peg given to a coin would sweep it like a dollar: only what the parameters call stable may have one. */
export function refuseStrangers(words: readonly string[], parameters: ModelParameters): Refusal | undefined {
  const names = words.map((word) => word.split('=')[0]!);
  const name = names.find((candidate) => parameters.pegs[candidate] === undefined);
  if (name === undefined) return undefined;
  const mend = 'give a chain or a perpetual mark for it, or name its range under pegs in --params.';
  return refuse('unknown-asset', `the parameters know no stable asset ${name}; ${mend}`, '--peg');
}
