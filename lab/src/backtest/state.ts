// A run's state on disk: written whole beside the old one and put in its place, so that a kill at any moment leaves one that can be read.

import { existsSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { isRefusal, type Refusal, refuse } from '@plimsoll/core';
import { readText } from '../files.ts';
import type { BacktestState } from './engine.ts';

/** Reads a state; undefined where there is none yet. */
export async function readState(path: string): Promise<BacktestState | undefined | Refusal> {
  if (!existsSync(path)) return undefined;
  const text = await readText(path);
  if (isRefusal(text)) return text;
  try {
    const state = JSON.parse(text) as BacktestState;
    const { books, entries, next, governing } = state;
    const isWhole = Array.isArray(books) && Array.isArray(entries) && books.length === entries.length;
    const isKnown = state.version === 1 && typeof state.fingerprint === 'string';
    if (isKnown && isWhole && Number.isInteger(next) && typeof governing === 'object') return state;
  } catch {}
  return refuse('malformed', 'this is no state of a backtest; remove it or name another file.', path);
}

/** Writes a state, whole or not at all: what takes the old one's place is on the disk before it does. */
export async function writeState(path: string, state: BacktestState): Promise<Refusal | undefined> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(beside, 'w');
    try {
      await file.writeFile(JSON.stringify(state));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    return undefined;
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      'malformed',
      `the state cannot be written (${code}); check its folder and permissions.`,
      path,
    );
  }
}
