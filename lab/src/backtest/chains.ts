// Chain files with many snapshots as a scene: what is listed and marked is read when it is come to, fitted when it is margined, and let go (M-186).

import {
  type ChainFile,
  type ChainSnapshot,
  fitMarket,
  formatInstant,
  type Instant,
  isRefusal,
  type Market,
  openChainCsv,
  type Product,
  type Refusal,
  readChainJson,
  readPerpetualsCsv,
  refuse,
  underlyingOf,
  withFutures,
} from '@plimsoll/core';
import { readText } from '../files.ts';
import type { Scene } from './scene.ts';

/** Snapshots in order of time, read one by one. */
export interface SnapshotSeries {
  readonly times: readonly Instant[];
  /** What was merged or left out, for a person. */
  readonly notes: readonly string[];
  read(i: number): ChainSnapshot | Refusal;
}

/** One file's snapshot at one time. */
interface Part {
  readonly file: ChainFile;
  readonly order: number;
  readonly at: Instant;
}

const HOUR_MS = 3_600_000;
/** Snapshots of several files that are taken no farther apart are one: currencies are downloaded one after the other. */
const TOGETHER_MS = 600_000;
/** No path reaches over a longer silence: a day and a half, so that a snapshot a day is enough. */
const GAP_MAX_MS = 36 * HOUR_MS;
/** How far from the end of a horizon its last snapshot may stand: daily ones wander by minutes, those of a crash by an hour or two. */
const SLACK_MS = 2 * HOUR_MS;
/** Snapshots that are kept read, and kept fitted: a path looks a day ahead. */
const READ_MAX = 24;
const FITTED_MAX = 12;

/** The last few of what is costly to make, the oldest let go first. */
function lately<T>(most: number, make: (i: number) => T): (i: number) => T {
  const known = new Map<number, T>();
  return (i) => {
    if (known.has(i)) return known.get(i)!;
    const made = make(i);
    if (known.size >= most) known.delete(known.keys().next().value!);
    known.set(i, made);
    return made;
  };
}

async function openChain(path: string): Promise<ChainFile | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  if (!/^\s*[[{]/.test(text.slice(0, 200))) return openChainCsv(text, path);
  const snapshot = readChainJson(text, { source: path });
  return isRefusal(snapshot) ? snapshot : { times: [snapshot.at], read: () => snapshot };
}

/** Parts that are one snapshot: of several files, no more than ten minutes apart. */
function togetherOf(files: readonly ChainFile[]): Part[][] {
  const parts = files.flatMap((file, order) => file.times.map((at): Part => ({ file, order, at })));
  const together: Part[][] = [];
  for (const part of parts.sort((a, b) => a.at - b.at || a.order - b.order)) {
    const last = together.at(-1);
    const joins = last?.every(({ order }) => order !== part.order) && part.at - last[0]!.at <= TOGETHER_MS;
    if (joins) last!.push(part);
    else together.push([part]);
  }
  return together.map((own) => own.sort((a, b) => a.order - b.order));
}

/** Coins come from the first file that has them: two files with the same coin would mix two moments. */
function mergedOf(parts: readonly Part[], at: Instant): ChainSnapshot | Refusal {
  const read = parts.map((part) => part.file.read(part.at));
  const failed = read.find(isRefusal);
  if (failed !== undefined) return failed;
  const snapshots = read as ChainSnapshot[];
  const first = snapshots[0]!;
  if (snapshots.length === 1) return first;
  const [coins, marked] = [new Map<string, number>(), new Map<string, number>()];
  const isFirst = (seen: Map<string, number>, key: string, n: number) => {
    if (!seen.has(key)) seen.set(key, n);
    return seen.get(key) === n;
  };
  return {
    ...first,
    at,
    options: snapshots.flatMap(({ options }, n) =>
      options.filter(({ product }) => isFirst(coins, product.underlying, n)),
    ),
    futures: snapshots.flatMap(({ futures }, n) =>
      futures.filter(({ product }) => isFirst(marked, product.id, n)),
    ),
    pegs: new Map(snapshots.toReversed().flatMap(({ pegs }) => [...pegs])),
  };
}

/**
 * Chain files, CSV with any number of snapshots or JSON of one, in order of time. Files of one time are merged coin by coin; marks of perpetuals and
 * futures are laid in where they are fresh. The texts are held, quotes are not. Refuses what the readers refuse, when it is read.
 * @example (await loadSnapshots(['chain_2026-01.csv.gz', 'chain_2026-02.csv.gz'])).times.length // 59
 */
export async function loadSnapshots(
  chains: readonly string[],
  perpetuals: readonly string[] = [],
): Promise<SnapshotSeries | Refusal> {
  const files: ChainFile[] = [];
  for (const path of chains) {
    const file = await openChain(path);
    if (isRefusal(file)) return file;
    files.push(file);
  }
  const marks: { readonly source: string; readonly text: string }[] = [];
  for (const source of perpetuals) {
    const text = await readText(source);
    if (isRefusal(text)) return text;
    marks.push({ source, text });
  }
  const together = togetherOf(files);
  const times = together.map((parts) => Math.max(...parts.map(({ at }) => at)) as Instant);
  const several = together.filter((parts) => parts.length > 1).length;
  const read = (i: number): ChainSnapshot | Refusal => {
    let snapshot = mergedOf(together[i]!, times[i]!);
    for (const { source, text } of marks) {
      if (isRefusal(snapshot)) return snapshot;
      const quotes = readPerpetualsCsv(text, { source, at: times[i]! });
      // A time that the file of marks does not reach is no fault of the chain's.
      if (!isRefusal(quotes)) snapshot = withFutures(snapshot, quotes);
      else if (quotes.reason !== 'no-market') return quotes;
    }
    return snapshot;
  };
  const first = together.length === 0 ? undefined : read(0);
  if (first !== undefined && isRefusal(first)) return first;
  const notes = [
    ...(several === 0
      ? []
      : [`${several} snapshots stand in several files; each coin was taken from the first.`]),
    ...(marks.length > 0
      ? [
          'where the files of marks have none within 15 minutes, a perpetual is marked at the index and a future at the forward of its options.',
        ]
      : [
          'no marks of perpetuals were given: they are marked at the index, dated futures at the forward of their options.',
        ]),
  ];
  return { times, read, notes };
}

/** Options of a coin are missing: a snapshot that was cut, or a download that failed. */
function cutOf(snapshot: ChainSnapshot, coins: readonly string[]): Refusal | undefined {
  const listed = new Set(snapshot.options.map(({ product }) => product.underlying));
  const missing = coins.find((coin) => !listed.has(coin));
  if (missing === undefined) return undefined;
  return refuse(
    'no-market',
    `The snapshot of ${formatInstant(snapshot.at)} has no option of ${missing}.`,
    snapshot.source,
  );
}

/** Dollars of an option by the venue's own mark, which no fit of ours has touched. */
function markedUsd(product: Product, snapshot: ChainSnapshot, market: Market): number | undefined {
  if (product.kind !== 'option') return undefined;
  const mark = snapshot.options.find((quote) => quote.product.id === product.id)?.mark;
  if (mark === undefined) return undefined;
  const coin = underlyingOf(market, product.underlying);
  const unit = product.settlement === 'inverse' ? coin?.index : (market.pegs.get(product.settleAsset) ?? 1);
  return unit === undefined ? undefined : mark * unit;
}

/**
 * Real chains as a scene: each is fitted when it is come to. Losses of options are by the venue's marks where it has them. A path is what the snapshots
 * inside its horizon show; one whose last snapshot stands more than two hours from the horizon's end is not known. Refuses fewer than two snapshots.
 * @example chainScene(series).label // 'real chains, ...'
 */
export function chainScene({ times, read }: SnapshotSeries): Scene | Refusal {
  if (times.length < 2) {
    return refuse('too-short', 'a backtest needs at least two snapshots; give files with more.', '--chain');
  }
  const snapshotAt = lately(READ_MAX, read);
  const first = snapshotAt(0);
  if (isRefusal(first)) return first;
  const coins = [...new Set(first.options.map(({ product }) => product.underlying))].sort();
  const fittedAt = lately(FITTED_MAX, (i): Market | Refusal => {
    const snapshot = snapshotAt(i);
    if (isRefusal(snapshot)) return snapshot;
    return cutOf(snapshot, coins) ?? fitMarket(snapshot);
  });
  const closedAt = (i: number) => {
    const market = fittedAt(i);
    return isRefusal(market) ? market : undefined;
  };
  return {
    label:
      "real chains, fitted; losses are by the venue's marks, seen at snapshots only: what came between them is not",
    seen: 'snapshots',
    times: Float64Array.from(times),
    step: GAP_MAX_MS,
    slack: SLACK_MS,
    within: 2 * SLACK_MS,
    coins,
    hasOptions: true,
    closedAt,
    marketAt: fittedAt,
    listedAt(i) {
      const snapshot = snapshotAt(i);
      if (isRefusal(snapshot)) throw new Error(snapshot.message);
      return snapshot;
    },
    markAt(i, product, market) {
      const snapshot = snapshotAt(i);
      return isRefusal(snapshot) ? undefined : markedUsd(product, snapshot, market);
    },
  };
}
