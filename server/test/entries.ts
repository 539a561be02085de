// Entries for tests: any number of them, always the same, each different from the others.

import { isRefusal, type Refusal } from '@plimsoll/core';
import type { Entry } from '../src/journal/contract.ts';

/** Entry `seq` of a journal that ticks once a second. */
export function entry(seq: number, more: Partial<Entry> = {}): Entry {
  const input = `{"account":"a-${seq % 7}","kind":"deposit","quantity":"${seq}.5"}`;
  return {
    seq,
    at: 1_764_000_000_000 + 1000 * seq,
    schema: 1,
    input,
    facts: `[{"kind":"accepted","seq":${seq}}]`,
    ...more,
  };
}

/** Entries from one seq to another, both included. */
export function entries(from: number, to: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));
}

/** The value, or the sentence of its refusal as an error. */
export function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.reason}: ${value.message}`);
  return value;
}

/** The refusal, or an error where there is none. */
export function refused(value: unknown): Refusal {
  if (!isRefusal(value)) throw new Error('nothing was refused');
  return value;
}
