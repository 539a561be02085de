// An account judged: portfolio, parameters and market brought together, for every verb that needs a margin.

import {
  assess,
  datedSet,
  expiryOf,
  formatInstant,
  type Instant,
  isRefusal,
  type MarginBook,
  type MarginModel,
  type Market,
  type ModelParameters,
  membersOf,
  type Owner,
  type Portfolio,
  type Product,
  type ProductResolver,
  productsOf,
  type Refusal,
  readOwnerJson,
  readPortfolioCsv,
  refuse,
  type Standing,
  type Treatment,
  underlyingOf,
  withExpiries,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';
import colors from 'picocolors';
import { withHistoryOf } from './history.ts';
import { addMarketOptions, type Loaded, loadMarket, type MarketOptions } from './load.ts';
import { addModelOptions, type Chosen, chooseModel, type ModelOptions } from './models.ts';
import { remark, say } from './output.ts';
import { loadProducts } from './products.ts';
import { sayVenue } from './venue-words.ts';

/** What every verb with a book can be told. */
export interface BookOptions extends MarketOptions, ModelOptions {
  readonly portfolio: string;
  readonly products?: string;
  readonly json?: boolean;
}

/** Adds portfolio, model and parameter options to a verb. */
export function addBookOptions(command: Command): Command {
  const placed = addMarketOptions(command).requiredOption('--portfolio <file>', 'the account: CSV or JSON');
  return addOutputOptions(addModelOptions(placed));
}

/** Adds products of one's own and JSON to a verb. */
export function addOutputOptions(command: Command): Command {
  return command
    .option('--products <file>', 'a module that knows products of your own (docs/extend.md)')
    .option('--json', 'print JSON for programs');
}

/** Reads an owner's file, JSON or CSV by its first character; one account is an owner without a name. */
async function loadOwner(path: string, resolve?: ProductResolver): Promise<Owner | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  if (/^\s*[[{]/.test(text.slice(0, 200))) return readOwnerJson(text, path, resolve);
  const portfolio = readPortfolioCsv(text, path, resolve);
  return isRefusal(portfolio) ? portfolio : { accounts: [{ portfolio, subaccounts: [] }] };
}

/** The one portfolio of an owner that is nothing more: no name, no sub-accounts, no isolated positions. */
export function plainOf({ owner, accounts }: Owner): Portfolio | undefined {
  const [account, ...others] = accounts;
  const one = owner === undefined && others.length === 0 && account?.subaccounts.length === 0;
  const apart = account?.portfolio.positions.some(({ isolated }) => isolated !== undefined);
  return one && !apart ? account.portfolio : undefined;
}

/** The one plain portfolio of a file, for verbs that take nothing more. */
function onlyOf(owner: Owner, path: string): Portfolio | Refusal {
  const names = membersOf(owner).length;
  const what = names > 1 ? `${names} accounts` : 'more than one plain account';
  const message = `it holds ${what}, and this verb takes one account without isolated positions; split the file, or use margin, explain or survive.`;
  return plainOf(owner) ?? refuse('not-supported', message, path);
}

/** Reads a file of one plain portfolio. */
export async function loadPortfolio(path: string, resolve?: ProductResolver): Promise<Portfolio | Refusal> {
  const owner = await loadOwner(path, resolve);
  return isRefusal(owner) ? owner : onlyOf(owner, path);
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

/** The first line of an answer: who, by which model, when, from what; then what the reader should know of it. */
export function sayHead(
  who: string,
  { book, model, parameters, notes }: Pick<Assessed, 'book' | 'model' | 'parameters' | 'notes'>,
  treatment?: Treatment,
): void {
  const { at, source } = book.risk.levels;
  const treated = treatment === undefined ? '' : `, ${treatment} treatment`;
  const asked = `${book.model} ${parameters.version}${treated}`;
  say(`${colors.bold(who)}  ${asked}  ${formatInstant(at)}  ${colors.dim(source)}`);
  sayVenue({ book, model });
  for (const note of notes) remark(`  note: ${note}`);
}

/** A position or an order that has expired by then. */
export function refuseExpired({ positions, orders }: Portfolio, at: Instant): Refusal | undefined {
  const expired = ({ product }: { readonly product: Product }) =>
    (expiryOf(product) ?? Number.POSITIVE_INFINITY) <= at;
  const gone = positions.find(expired) ?? orders.find(expired);
  if (gone === undefined) return undefined;
  const mend = positions.some(expired) ? 'settle it to cash and remove the position' : 'remove the order';
  return refuse('expired', `it expired before ${formatInstant(at)}; ${mend}.`, gone.product.id);
}

/** One book for some portfolios, and the market it was priced in. */
export interface Prepared extends Omit<Judged, 'portfolio' | 'standing'> {}

/** Builds the book of some portfolios in a market. */
export function prepare(
  portfolios: readonly Portfolio[],
  loaded: Loaded,
  { model, parameters, resolve }: Chosen,
): Prepared | Refusal {
  for (const portfolio of portfolios) {
    const gone = refuseExpired(portfolio, loaded.asked);
    if (gone !== undefined) return gone;
  }
  const products = portfolios.flatMap(productsOf);
  const book = model.book(products, loaded.market, parameters);
  if (isRefusal(book)) return book;
  const { pegs } = book.risk.levels;
  const market = withExpiries({ ...loaded.market, pegs }, products);
  const isCoin = (asset: string) => underlyingOf(loaded.market, asset) !== undefined;
  const taken = [...pegs.keys()].filter(
    (asset) => !loaded.market.pegs.has(asset) && asset !== 'USD' && !isCoin(asset),
  );
  const atPar = taken.map(
    (asset) => `${asset} has no price in the market and is taken at 1 USD; state it with --peg ${asset}=...`,
  );
  const notes = [...loaded.notes, ...atPar, ...laterNotes(model, book, loaded)];
  const prepared = { market, model, parameters, book, notes };
  return resolve === undefined ? prepared : { ...prepared, resolve };
}

/** Parameters of a venue that did not hold yet when the market was taken. */
function laterNotes(model: MarginModel, book: MarginBook, { market }: Loaded): string[] {
  const day = formatInstant(market.at).slice(0, 10);
  const since = datedSet(model, book.parameters)?.effective;
  if (since === undefined || since <= day) return [];
  return [`these parameters hold since ${since}, after the market; --as-of ${day} takes those of its day.`];
}

/** Judges a portfolio in a market. */
export function judge(portfolio: Portfolio, loaded: Loaded, chosen: Chosen): Judged | Refusal {
  const prepared = prepare([portfolio], loaded, chosen);
  if (isRefusal(prepared)) return prepared;
  const standing = assess(portfolio, prepared.book, prepared.model);
  return isRefusal(standing) ? standing : { ...prepared, portfolio, standing };
}

/** Everything a verb with a book needs, read. */
export interface Case {
  readonly owner: Owner;
  readonly loaded: Loaded;
  readonly chosen: Chosen;
}

/** Reads model, parameters, accounts and market. */
export async function loadCase(options: BookOptions): Promise<Case | Refusal> {
  const found = await loadWith(options, (resolve) => loadOwner(options.portfolio, resolve));
  if (isRefusal(found)) return found;
  const { accounts: owner, loaded, chosen } = found;
  return { owner, loaded, chosen };
}

/** What every verb that judges accounts can be told of market, model and products. */
export type SettingOptions = Omit<BookOptions, 'portfolio'>;

/** Reads model, parameters, accounts by `read`, and market. */
export async function loadWith<T extends object>(
  options: SettingOptions,
  read: (resolve?: ProductResolver) => Promise<T | Refusal>,
): Promise<{ readonly accounts: T; readonly loaded: Loaded; readonly chosen: Chosen } | Refusal> {
  const chosen = await chooseModel(options);
  if (isRefusal(chosen)) return chosen;
  const resolve = options.products === undefined ? undefined : await loadProducts(options.products);
  if (isRefusal(resolve)) return resolve;
  const accounts = await read(resolve);
  if (isRefusal(accounts)) return accounts;
  const stranger = refuseStrangers(options.peg ?? [], chosen.parameters);
  if (stranger !== undefined) return stranger;
  const found = await loadMarket(options);
  if (isRefusal(found)) return found;
  const loaded = await withHistoryOf(found, options);
  if (isRefusal(loaded)) return loaded;
  return { accounts, loaded, chosen: resolve === undefined ? chosen : { ...chosen, resolve } };
}

/** One plain account, read and judged. */
export async function loadJudged(options: BookOptions): Promise<Judged | Refusal> {
  const found = await loadCase(options);
  if (isRefusal(found)) return found;
  const portfolio = onlyOf(found.owner, options.portfolio);
  return isRefusal(portfolio) ? portfolio : judge(portfolio, found.loaded, found.chosen);
}

/** A peg given to a coin would sweep it like a dollar: only what the parameters call stable may have one. */
export function refuseStrangers(words: readonly string[], parameters: ModelParameters): Refusal | undefined {
  const names = words.map((word) => word.split('=')[0]!);
  const name = names.find((candidate) => parameters.pegs[candidate] === undefined);
  if (name === undefined) return undefined;
  const mend = 'give a chain or a perpetual mark for it, or name its range under pegs in --params.';
  return refuse('unknown-asset', `the parameters know no stable asset ${name}; ${mend}`, '--peg');
}
