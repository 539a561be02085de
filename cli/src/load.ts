// From file names to a market: chains are read, merged, marked and fitted, or a market file is believed.

import {
  type ChainSnapshot,
  fitMarket,
  formatInstant,
  type Instant,
  isRefusal,
  type Market,
  MS_PER_DAY,
  type Product,
  parseDecimal,
  parseInstant,
  parseProduct,
  type Refusal,
  readChainCsv,
  readChainJson,
  readMarket,
  readPerpetualsCsv,
  refuse,
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

/** A market and what was remarked while reading it. */
export interface Loaded {
  readonly market: Market;
  /** The time that was asked for; the market's own where none was. */
  readonly asked: Instant;
  /** What the venue lists, as far as the files say, and the perpetual of every coin. */
  readonly listed: readonly Product[];
  readonly notes: readonly string[];
}

/** Quotes that are older than this at the time asked for say nothing about it. */
const AGE_MAX_MS = 7 * MS_PER_DAY;
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
  const contracts = [...snapshot.options, ...snapshot.futures].map(({ product }) => product);
  const listed = [...contracts, ...perpetualsOf(market)];
  return { market, asked, listed, notes: [...(snapshot.notes ?? []), ...ageNotes(market, asked)] };
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
  if (isRefusal(market)) return market;
  const quoted = [...market.touches.keys()].map((id) => parseProduct(id) as Product);
  return { market, asked: market.at, listed: [...quoted, ...perpetualsOf(market)], notes: [] };
}

/** A perpetual needs no quote: it is marked at the index where it has none. */
function perpetualsOf({ underlyings }: Market): Product[] {
  return underlyings.map(({ underlying }) => parseProduct(`${underlying}-PERPETUAL`) as Product);
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
