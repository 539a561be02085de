// From files of bars to one history: what each file is a history of, on which step, and what was done about the rest.

import { basename } from 'node:path';
import {
  alignHistory,
  type Bars,
  type FactorHistory,
  type FactorKind,
  type FactorLevels,
  isRefusal,
  isVolSnapshots,
  type Refusal,
  readHistoryCsv,
  readVolSnapshotsCsv,
  refuse,
} from '@plimsoll/core';
import { readText } from './files.ts';

/** A factor that a file is a history of. */
export interface NamedFactor {
  readonly kind: FactorKind;
  readonly of: string;
}

/** A word of `--history`: a file, and what it is a history of where that is said. */
export interface HistoryWord {
  readonly path: string;
  readonly factor?: NamedFactor;
}

const STATED = /^(spot|vol|premium|peg):([A-Z0-9]+)=(.+)$/;
const SAYS_KIND = /^[a-z]+:[^=/\\]*=/i;
/** Coins that are dollars by promise: their price is a peg. */
const STABLE = new Set(['USDT', 'USDC', 'USDE', 'DAI', 'UST', 'TUSD', 'BUSD', 'FDUSD']);
/** `btcusdt_hourly.csv.gz`: a coin against a dollar. `btc_dvol_hourly.csv`: the 30-day vol index of a coin. */
const PAIR = /^([a-z0-9]{2,10}?)[-_]?(?:usdt|usdc|usd)(?![a-z0-9])/i;
const VOL_INDEX = /^(?:([a-z0-9]{2,10}?)[-_])?dvol(?![a-z0-9])/i;
/** Vols above this at all times are percent: no coin trades at 300 % for its whole life. */
const PERCENT_FROM = 3;

/**
 * What a file is a history of by its name: a pair against a dollar is a spot, or a peg where the coin is a dollar itself; `dvol` is a vol.
 * @example factorOfName('btcusdt_hourly.csv.gz') // { kind: 'spot', of: 'BTC' }
 */
export function factorOfName(path: string): NamedFactor | undefined {
  const name = basename(path);
  const vol = VOL_INDEX.exec(name);
  if (vol !== null) return { kind: 'vol', of: (vol[1] ?? 'BTC').toUpperCase() };
  const coin = PAIR.exec(name)?.[1]?.toUpperCase();
  if (coin === undefined) return undefined;
  return { kind: STABLE.has(coin) ? 'peg' : 'spot', of: coin };
}

/**
 * Reads a word of `--history`: `spot:BTC=FILE`, or a file whose name says it.
 * @example readHistoryWord('vol:ETH=eth.csv') // { path: 'eth.csv', factor: { kind: 'vol', of: 'ETH' } }
 */
export function readHistoryWord(word: string): HistoryWord | Refusal {
  const stated = STATED.exec(word);
  if (stated !== null) {
    return { path: stated[3]!, factor: { kind: stated[1] as FactorKind, of: stated[2]! } };
  }
  if (SAYS_KIND.test(word)) {
    return refuse(
      'malformed',
      `'${word}' names no factor; write spot:BTC=FILE, vol:BTC=FILE, premium:BTC=FILE or peg:USDC=FILE.`,
      '--history',
    );
  }
  const factor = factorOfName(word);
  return factor === undefined ? { path: word } : { path: word, factor };
}

interface Read {
  readonly bars: Bars;
  readonly notes: readonly string[];
}

const HOUR_MS = 3_600_000;
/** A vol is that of now for so long after somebody looked; chains were kept two to eight times a day. */
const HELD_MAX_MS = 13 * HOUR_MS;

/** Vols that were looked at now and then, hour by hour: each stands until the next, at most so long. */
function held({ times, levels, ...series }: FactorLevels): FactorLevels {
  const hours: number[] = [];
  const vols: number[] = [];
  times.forEach((time, i) => {
    const end = Math.min(times[i + 1] ?? Number.POSITIVE_INFINITY, time + HELD_MAX_MS);
    for (let hour = Math.ceil(time / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS) {
      hours.push(hour);
      vols.push(levels[i]!);
    }
  });
  return { ...series, times: Float64Array.from(hours), levels: Float64Array.from(vols) };
}

function readLooks(text: string, { path, factor }: HistoryWord): Read | Refusal {
  const looks = readVolSnapshotsCsv(text, path);
  if (isRefusal(looks)) return looks;
  const series = looks.filter(
    ({ of }) => factor === undefined || (factor.kind === 'vol' && factor.of === of),
  );
  if (series.length === 0) {
    const message = `It holds vols of ${looks.map(({ of }) => of).join(', ')}, and was said to be of ${factor!.kind}:${factor!.of}.`;
    return refuse('malformed', message, path);
  }
  const counts = series.map(({ of, times }) => `${times.length} of ${of}`).join(', ');
  const notes = [
    `${path}: vols of snapshots (${counts}) stand from hour to hour until the next, 13 hours at most.`,
  ];
  return { bars: { step: HOUR_MS, series: series.map(held) }, notes };
}

/** Files of one factor, one after the other: what a later one has beyond the end of those before it. */
function joined(given: readonly FactorLevels[]): { series: FactorLevels[]; notes: string[] } {
  const series: FactorLevels[] = [];
  const notes: string[] = [];
  for (const one of given) {
    const place = series.findIndex(({ kind, of }) => kind === one.kind && of === one.of);
    const before = series[place];
    const end = before?.times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const from = one.times.findIndex((time) => time > end);
    // A file that ends no later than the one before it is the same factor twice, and refused as such.
    if (before === undefined || from < 0 || before.source === one.source) {
      series.push(one);
      continue;
    }
    const both = (first: Float64Array, second: Float64Array) =>
      Float64Array.from([...first, ...second.subarray(from)]);
    const { lows: _, highs: __, ...kept } = before;
    const isWhole = before.lows && before.highs && one.lows && one.highs;
    series[place] = {
      ...kept,
      times: both(before.times, one.times),
      levels: both(before.levels, one.levels),
      ...(isWhole ? { lows: both(before.lows, one.lows), highs: both(before.highs, one.highs) } : {}),
    };
    const name = `${one.kind}:${one.of}`;
    notes.push(
      `${name} goes on in ${one.source} from ${new Date(one.times[from]!).toISOString().slice(0, 16)}Z.`,
    );
  }
  return { series, notes };
}

async function readWord({ path, factor }: HistoryWord): Promise<Read | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  if (isVolSnapshots(text)) return readLooks(text, factor === undefined ? { path } : { path, factor });
  const bars = readHistoryCsv(text, { source: path, ...(factor === undefined ? {} : { factor }) });
  if (isRefusal(bars) || factor?.kind !== 'vol') return isRefusal(bars) ? bars : { bars, notes: [] };
  const isPercent = bars.series.every(({ levels }) => levels.every((level) => level > PERCENT_FROM));
  if (!isPercent) return { bars, notes: [] };
  const decimal = readHistoryCsv(text, { source: path, factor, isPercent });
  if (isRefusal(decimal)) return decimal;
  return { bars: decimal, notes: [`${path}: vols were read as percent.`] };
}

/** The bars that end on a coarser step: every third of those of 20 minutes where others are hourly, their lows and highs those of all three. */
function onStep(series: FactorLevels, step: number): FactorLevels {
  const { times, levels, lows, highs } = series;
  const kept = Array.from(times.keys()).filter((i) => times[i]! % step === 0);
  if (kept.length === times.length) return series;
  const pick = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]!);
  const own = { ...series, times: pick(times), levels: pick(levels) };
  if (lows === undefined || highs === undefined) return own;
  const inside = (values: Float64Array, better: (a: number, b: number) => number) =>
    Float64Array.from(kept, (i) => {
      let best = values[i]!;
      for (let j = i - 1; j >= 0 && times[j]! > times[i]! - step; j--) best = better(best, values[j]!);
      return best;
    });
  return { ...own, lows: inside(lows, Math.min), highs: inside(highs, Math.max) };
}

/**
 * One history of several files, on the step of the coarsest of them and on the dates that all of them have. Notes say what was taken how and what
 * was left out. Refuses what `readHistoryCsv` and `alignHistory` refuse, naming the file.
 * @example await loadHistory(['btcusdt_hourly.csv.gz', 'vol:BTC=dvol.csv'])
 */
export async function loadHistory(words: readonly string[]): Promise<FactorHistory | Refusal> {
  const read: Read[] = [];
  for (const word of words) {
    const named = readHistoryWord(word);
    if (isRefusal(named)) return named;
    const one = await readWord(named);
    if (isRefusal(one)) return one;
    read.push(one);
  }
  const step = Math.max(...read.map(({ bars }) => bars.step));
  const finer = read.filter(({ bars }) => bars.step < step).flatMap(({ bars }) => bars.series);
  const coarsened = finer.map(
    ({ kind, of }) => `${kind}:${of} has finer bars; those that end every ${step / 3_600_000} h were taken.`,
  );
  const { series, notes } = joined(read.flatMap(({ bars }) => bars.series.map((own) => onStep(own, step))));
  const history = alignHistory(series, step);
  if (isRefusal(history)) return history;
  const said = [...read.flatMap((one) => one.notes), ...coarsened, ...notes];
  return { ...history, notes: [...said, ...history.notes] };
}
