// --history: what factors did, laid beside a market up to its own time.

import {
  type FactorHistory,
  formatInstant,
  type Instant,
  isRefusal,
  type Refusal,
  until,
} from '@plimsoll/core';
import { loadHistory } from '@plimsoll/lab';
import type { Command } from 'commander';
import type { Loaded } from './load.ts';

export interface HistoryOptions {
  readonly history?: readonly string[];
}

/** Adds the history to a verb with a model. */
export function addHistoryOption(command: Command): Command {
  return command.option(
    '--history <file...>',
    'bars (CSV) for models that look back: FILE where its name says of what, as btcusdt... or dvol..., else spot:BTC=FILE, vol:, premium:, peg:',
  );
}

const HOUR_MS = 3_600_000;

/** Whose moves stand for coins without a history of their own (M-162). */
function borrowedNotes({ factors }: FactorHistory, coins: readonly string[]): string[] {
  const has = (kind: string, coin: string) => factors.some((own) => own.kind === kind && own.of === coin);
  return coins.flatMap((coin) => [
    ...(has('spot', coin)
      ? []
      : [
          `${coin} has no history of its spot: a book with it takes the moves of the coin with most factors, half as far again, and no offset.`,
        ]),
    ...(has('vol', coin)
      ? []
      : [`${coin} has no history of its vol: options of it take that of a coin that has one.`]),
  ]);
}

/** What a reader should know of a history, and up to when it is seen. */
function notesOf(whole: FactorHistory, seen: FactorHistory, at: Instant, coins: readonly string[]): string[] {
  const last = seen.times.at(-1);
  const names = seen.factors.map(({ kind, of }) => `${kind}:${of}`).join(', ');
  if (last === undefined) return [...whole.notes, `the history of ${names} begins after the market.`];
  const span = `${formatInstant(seen.times[0]! as Instant)} to ${formatInstant(last as Instant)}`;
  const notes = [`history of ${names}: ${seen.times.length} dates, ${span}.`, ...whole.notes];
  notes.push(...borrowedNotes(seen, coins));
  const later = whole.times.length - seen.times.length;
  if (later > 0) notes.push(`${later} dates after the market were not looked at.`);
  const hours = Math.round((at - last) / HOUR_MS);
  if (at - last > 2 * seen.step) {
    notes.push(`the history ends ${hours} hours before the market; the vol of now is the vol of then.`);
  }
  return notes;
}

/** A market with what factors did up to its time: nothing of the future is seen. */
export async function withHistoryOf(loaded: Loaded, { history }: HistoryOptions): Promise<Loaded | Refusal> {
  if (history === undefined) return loaded;
  const whole = await loadHistory(history);
  if (isRefusal(whole)) return whole;
  const seen = until(whole, loaded.market.at);
  const coins = loaded.market.underlyings.map(({ underlying }) => underlying);
  const notes = [...loaded.notes, ...notesOf(whole, seen, loaded.market.at, coins)];
  return { ...loaded, market: { ...loaded.market, history: seen }, notes };
}
