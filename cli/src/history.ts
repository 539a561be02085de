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

/** What a reader should know of a history, and up to when it is seen. */
function notesOf(whole: FactorHistory, seen: FactorHistory, at: Instant): string[] {
  const last = seen.times.at(-1);
  const names = seen.factors.map(({ kind, of }) => `${kind}:${of}`).join(', ');
  if (last === undefined) return [...whole.notes, `the history of ${names} begins after the market.`];
  const span = `${formatInstant(seen.times[0]! as Instant)} to ${formatInstant(last as Instant)}`;
  const notes = [`history of ${names}: ${seen.times.length} dates, ${span}.`, ...whole.notes];
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
  const notes = [...loaded.notes, ...notesOf(whole, seen, loaded.market.at)];
  return { ...loaded, market: { ...loaded.market, history: seen }, notes };
}
