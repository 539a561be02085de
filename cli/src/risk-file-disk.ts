// Risk files, keys and the disk.

import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import {
  type Instant,
  isRefusal,
  parseInstant,
  type Refusal,
  type RiskFile,
  readRiskFile,
  refuse,
} from '@plimsoll/core';
import { readBinary, readText } from '@plimsoll/lab';

/** A risk file by its path, exact or packed, gzip or not. */
export async function loadRiskFile(path: string): Promise<RiskFile | Refusal> {
  const bytes = await readBinary(path);
  return isRefusal(bytes) ? bytes : readRiskFile(bytes, path);
}

/** A PEM text with the path it came from. */
export interface Pem {
  readonly path: string;
  readonly text: string;
}

/** The texts of key files, in their order. */
export async function loadPems(paths: readonly string[]): Promise<readonly Pem[] | Refusal> {
  const pems: Pem[] = [];
  for (const path of paths) {
    const text = await readText(path);
    if (isRefusal(text)) return text;
    pems.push({ path, text });
  }
  return pems;
}

/** Writes bytes, packed by gzip where the name ends in .gz. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<Refusal | undefined> {
  return attempt(path, () => writeFile(path, path.endsWith('.gz') ? gzipSync(bytes) : bytes));
}

/** Writes a file that is not there yet. */
export async function writeNew(path: string, text: string, mode: number): Promise<Refusal | undefined> {
  return attempt(path, () => writeFile(path, text, { flag: 'wx', mode }));
}

async function attempt(path: string, write: () => Promise<void>): Promise<Refusal | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return refuse('duplicate', 'It is there already; choose another name.', path);
    return refuse('malformed', `It cannot be written (${code}); choose another place.`, path);
  }
}

/** The time of an option, where it was given. */
export function timeOption(text: string | undefined, option: string): Instant | undefined | Refusal {
  return text === undefined ? undefined : parseInstant(text, option);
}
