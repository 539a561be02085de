// From file names to values: every verb reads its market, portfolio and parameters here.

import {
  assess,
  type ChainSnapshot,
  expiryOf,
  fitMarket,
  formatInstant,
  type GridBook,
  type GridParameters,
  grid,
  gridDefaults,
  type Instant,
  isRefusal,
  type Market,
  MS_PER_DAY,
  type Portfolio,
  parseDecimal,
  parseInstant,
  productsOf,
  type Refusal,
  readChainCsv,
  readChainJson,
  readMarket,
  readParameters,
  readPerpetualsCsv,
  readPortfolioCsv,
  readPortfolioJson,
  refuse,
  type Standing,
  withFutures,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';

/** What every verb that needs a market can be told. */
export interface MarketOptions {
  readonly chain?: readonly string[];
  readonly market?: string;
  readonly perpetuals?: readonly string[];
  readonly at?: string;
  readonly peg?: readonly string[];
}

export interface BookOptions extends MarketOptions {
  readonly portfolio: string;
  readonly model: string;
  readonly params?: string;
  readonly json?: boolean;
}

/** Adds the market options to a verb. */
export function addMarketOptions(command: Command): Command {
  return command
    .option(
      '--chain <file...>',
      'Deribit option chain: CSV, or JSON of get_book_summary_by_currency; gzip or not',
    )
    .option(
      '--at <time>',
      'take the last snapshot at or before this UTC time (default: the last in the file)',
    )
    .option(
      '--perpetuals <file...>',
      'marks of perpetuals and dated futures (CSV); without it a perpetual is marked at the index',
    )
    .option('--market <file>', 'a fitted market in our own JSON, instead of a chain')
    .option('--peg <asset=usd...>', 'dollar price of a stable asset, e.g. USDC=0.9995 (default 1)');
}

/** Adds portfolio, model and parameter options to a verb. */
export function addBookOptions(command: Command): Command {
  return addMarketOptions(command)
    .requiredOption('--portfolio <file>', 'the account: CSV or JSON')
    .option('--model <name>', 'margin model', 'grid')
    .option('--params <file>', 'parameters that differ from the defaults (JSON)')
    .option('--json', 'print JSON for programs');
}

/** A market and what was remarked while reading it. */
export interface Loaded {
  readonly market: Market;
  /** The time that was asked for; the market's own where none was. */
  readonly asked: Instant;
  readonly notes: readonly string[];
}

/** Quotes that are older than this at the time asked for say nothing about it. */
const AGE_MAX_MS = 3 * MS_PER_DAY;
/** From here on an old snapshot is mentioned. */
const AGE_NOTED_MS = 900_000;

/** Snapshots of different currencies are taken some seconds apart; more than this and they are different markets. */
const SNAPSHOT_SPREAD_MAX_MS = 600_000;

function ageNotes(market: Market, asked: Instant): string[] {
  if (asked - market.at < AGE_NOTED_MS) return [];
  const minutes = Math.round((asked - market.at) / 60_000);
  return [
    `the snapshot of ${formatInstant(market.at)} is ${minutes} minutes older than the time asked for; vols are trusted less for it.`,
  ];
}

/** Reads, merges and fits the chains, or reads a market file. */
export async function loadMarket(options: MarketOptions): Promise<Loaded | Refusal> {
  if ((options.chain === undefined) === (options.market === undefined)) {
    return refuse(
      'malformed',
      'give either --chain FILE or --market FILE, so that there is one market to price in.',
      '--chain',
    );
  }
  if (options.market !== undefined) return loadMarketFile(options);
  const snapshot = await loadSnapshot(options);
  if (isRefusal(snapshot)) return snapshot;
  const market = fitMarket(snapshot);
  if (isRefusal(market)) return market;
  const asked = (market.at + (snapshot.age ?? 0)) as Instant;
  return { market, asked, notes: [...(snapshot.notes ?? []), ...ageNotes(market, asked)] };
}

async function loadMarketFile(options: MarketOptions): Promise<Loaded | Refusal> {
  for (const name of ['at', 'perpetuals', 'peg'] as const) {
    if (options[name] === undefined) continue;
    return refuse(
      'malformed',
      `--${name} goes with --chain: a market file already says it; remove the option.`,
    );
  }
  const text = await readText(options.market!);
  if (isRefusal(text)) return text;
  const market = readMarket(text, options.market!);
  return isRefusal(market) ? market : { market, asked: market.at, notes: [] };
}

/** The raw snapshot of `--chain`, with perpetuals and pegs laid in. */
export async function loadSnapshot(options: MarketOptions): Promise<ChainSnapshot | Refusal> {
  const at = options.at === undefined ? undefined : parseInstant(options.at, '--at');
  if (isRefusal(at)) return at;
  const pegs = readPegs(options.peg ?? []);
  if (isRefusal(pegs)) return pegs;
  const parts: ChainSnapshot[] = [];
  for (const path of options.chain ?? []) {
    const part = await loadChain(path, at);
    if (isRefusal(part)) return part;
    parts.push(part);
  }
  const merged = mergeSnapshots(parts);
  if (isRefusal(merged)) return merged;
  const marked = await layPerpetuals(merged, options.perpetuals ?? []);
  if (isRefusal(marked)) return marked;
  if (at !== undefined && at - marked.at > AGE_MAX_MS) {
    const days = Math.floor((at - marked.at) / MS_PER_DAY);
    const message = `the last snapshot before it is of ${formatInstant(marked.at)}, ${days} days older; take a nearer time or another file.`;
    return refuse('no-market', message, '--at');
  }
  const age = at === undefined ? {} : { age: at - marked.at };
  return { ...marked, ...age, pegs: new Map([...marked.pegs, ...pegs]) };
}

async function loadChain(path: string, at: Instant | undefined): Promise<ChainSnapshot | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  const query = at === undefined ? { source: path } : { source: path, at };
  return /^\s*[[{]/.test(text.slice(0, 200)) ? readChainJson(text, query) : readChainCsv(text, query);
}

function mergeSnapshots(parts: readonly ChainSnapshot[]): ChainSnapshot | Refusal {
  const [first, ...rest] = parts;
  if (first === undefined || rest.length === 0) return first ?? refuse('empty', 'no --chain file was given.');
  const times = parts.map((part) => part.at);
  const latest = Math.max(...times) as Instant;
  if (latest - Math.min(...times) > SNAPSHOT_SPREAD_MAX_MS) {
    return refuse(
      'malformed',
      'the chains were taken more than ten minutes apart; use --at, or files of one moment.',
      parts.map((part) => part.source).join(', '),
    );
  }
  const seen = new Set<string>();
  for (const part of parts) {
    for (const { product } of [...part.options, ...part.futures]) {
      if (seen.has(product.id)) {
        return refuse(
          'duplicate',
          `${product.id} is already in another chain file; give it once.`,
          part.source,
        );
      }
    }
    for (const { product } of [...part.options, ...part.futures]) seen.add(product.id);
  }
  return {
    at: latest,
    source: parts.map((part) => part.source).join(' + '),
    options: parts.flatMap((part) => part.options),
    futures: parts.flatMap((part) => part.futures),
    pegs: new Map(parts.flatMap((part) => [...part.pegs])),
    notes: parts.flatMap((part) => part.notes ?? []),
  };
}

async function layPerpetuals(
  snapshot: ChainSnapshot,
  paths: readonly string[],
): Promise<ChainSnapshot | Refusal> {
  let marked = snapshot;
  for (const path of paths) {
    const text = await readText(path);
    if (isRefusal(text)) return text;
    const quotes = readPerpetualsCsv(text, { source: path, at: snapshot.at });
    if (isRefusal(quotes)) return quotes;
    marked = withFutures(marked, quotes);
  }
  return marked;
}

function readPegs(words: readonly string[]): Map<string, number> | Refusal {
  const pegs = new Map<string, number>();
  for (const word of words) {
    const [asset, text, ...rest] = word.split('=');
    if (asset === undefined || asset === '' || text === undefined || rest.length > 0) {
      return refuse('malformed', `'${word}' is not ASSET=USD; write for example USDC=0.9995.`, '--peg');
    }
    const level = parseDecimal(text, `--peg ${asset}`);
    if (isRefusal(level)) return level;
    if (!(level > 0)) return refuse('out-of-range', 'a peg must be above zero.', `--peg ${asset}`);
    if (asset === 'USD' && level !== 1) {
      return refuse('out-of-range', 'the dollar is the yardstick and is worth 1.', '--peg USD');
    }
    pegs.set(asset, level);
  }
  return pegs;
}

/** Reads a portfolio, JSON or CSV by its first character. */
async function loadPortfolio(path: string): Promise<Portfolio | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  return /^\s*[[{]/.test(text.slice(0, 200)) ? readPortfolioJson(text, path) : readPortfolioCsv(text, path);
}

/** Models this version knows. */
const MODELS: readonly string[] = [grid.id];

/** The parameters of a run: defaults, with `--params` laid over them. */
async function loadParameters(options: {
  model: string;
  params?: string;
}): Promise<GridParameters | Refusal> {
  if (!MODELS.includes(options.model)) {
    return refuse(
      'unknown-model',
      `there is no model '${options.model}'; this version has: ${MODELS.join(', ')}.`,
      '--model',
    );
  }
  if (options.params === undefined) return gridDefaults;
  const text = await readText(options.params);
  return isRefusal(text) ? text : readParameters(text, options.params, gridDefaults);
}

/** An account with everything it was judged by. */
export interface Judged {
  readonly portfolio: Portfolio;
  readonly parameters: GridParameters;
  readonly book: GridBook;
  readonly standing: Standing;
  readonly notes: readonly string[];
}

/** Judges a portfolio in a market. */
export function judge(portfolio: Portfolio, loaded: Loaded, parameters: GridParameters): Judged | Refusal {
  const gone = portfolio.positions.find(
    ({ product }) => (expiryOf(product) ?? Number.POSITIVE_INFINITY) <= loaded.asked,
  );
  if (gone !== undefined) {
    const message = `it expired before ${formatInstant(loaded.asked)}; settle it to cash and remove the position.`;
    return refuse('expired', message, gone.product.id);
  }
  const book = grid.book(productsOf(portfolio), loaded.market, parameters);
  if (isRefusal(book)) return book;
  const standing = assess(portfolio, book, grid);
  if (isRefusal(standing)) return standing;
  const taken = [...book.risk.market.pegs.keys()].filter(
    (asset) => !loaded.market.pegs.has(asset) && asset !== 'USD',
  );
  const atPar = taken.map(
    (asset) => `${asset} has no price in the market and is taken at 1 USD; state it with --peg ${asset}=...`,
  );
  return { portfolio, parameters, book, standing, notes: [...loaded.notes, ...atPar] };
}

/** Everything a verb with a book needs, read and judged. */
export async function loadJudged(options: BookOptions): Promise<Judged | Refusal> {
  const parameters = await loadParameters(options);
  if (isRefusal(parameters)) return parameters;
  const portfolio = await loadPortfolio(options.portfolio);
  if (isRefusal(portfolio)) return portfolio;
  const stranger = readStrangers(options.peg ?? [], parameters);
  if (stranger !== undefined) return stranger;
  const loaded = await loadMarket(options);
  return isRefusal(loaded) ? loaded : judge(portfolio, loaded, parameters);
}

/** A peg given to a coin would sweep it like a dollar: only what the parameters call stable may have one. */
function readStrangers(words: readonly string[], parameters: GridParameters): Refusal | undefined {
  const names = words.map((word) => word.split('=')[0]!);
  const name = names.find((candidate) => parameters.pegs[candidate] === undefined);
  if (name === undefined) return undefined;
  const mend = 'give a chain or a perpetual mark for it, or name its range under pegs in --params.';
  return refuse('unknown-asset', `the parameters know no stable asset ${name}; ${mend}`, '--peg');
}
