// From files of bars to one history: what each file is a history of, on which step, and what was done about the rest.

import { basename } from 'node:path';
import {
  alignHistory,
  type Bars,
  type FactorHistory,
  type FactorKind,
  type FactorLevels,
  isRefusal,
  type Refusal,
  readHistoryCsv,
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

async function readWord({ path, factor }: HistoryWord): Promise<Read | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  const bars = readHistoryCsv(text, { source: path, ...(factor === undefined ? {} : { factor }) });
  if (isRefusal(bars) || factor?.kind !== 'vol') return isRefusal(bars) ? bars : { bars, notes: [] };
  const isPercent = bars.series.every(({ levels }) => levels.every((level) => level > PERCENT_FROM));
  if (!isPercent) return { bars, notes: [] };
  const decimal = readHistoryCsv(text, { source: path, factor, isPercent });
  if (isRefusal(decimal)) return decimal;
  return { bars: decimal, notes: [`${path}: vols were read as percent.`] };
}

/** The bars that end on a coarser step: every third of those of 20 minutes where others are hourly. */
function onStep(series: FactorLevels, step: number): FactorLevels {
  const kept = Array.from(series.times.keys()).filter((i) => series.times[i]! % step === 0);
  if (kept.length === series.times.length) return series;
  const pick = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]!);
  return { ...series, times: pick(series.times), levels: pick(series.levels) };
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
  const history = alignHistory(
    read.flatMap(({ bars }) => bars.series.map((series) => onStep(series, step))),
    step,
  );
  if (isRefusal(history)) return history;
  return { ...history, notes: [...read.flatMap(({ notes }) => notes), ...coarsened, ...history.notes] };
}
