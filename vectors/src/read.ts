// A directory of vectors, read whole or refused: every *.json of a known shape, told by its content and never by its name.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isRefusal, type Refusal, refuse } from '@plimsoll/core';
import { isRaw } from './fields.ts';
import type { Raw } from './suite.ts';

/** Cases of one suite in one file. `source` is what the suite states beside its cases; `broken` says why it cannot be run at all. */
export interface Batch {
  readonly suite: string;
  readonly source: Raw;
  readonly rows: readonly unknown[];
  readonly broken?: string;
}

/** One file: its shape, and its cases by suite in the file's own order. */
export interface VectorFile {
  readonly file: string;
  readonly shape: 'field' | 'derive' | 'venues';
  readonly batches: readonly Batch[];
}

/** What a directory holds. */
export interface VectorFolder {
  readonly files: readonly VectorFile[];
  /** JSON files of no known shape. */
  readonly ignored: readonly string[];
}

/** A vector file is a few hundred kilobytes; a hundred times that is something else. */
const BYTES_MAX = 64 * 1024 * 1024;
const FILES_MAX = 1000;

/** Reads every `*.json` of a directory. Refuses the whole when one cannot be read, so that no table looks complete and is not. */
export function readFolder(directory: string): VectorFolder | Refusal {
  const names = jsonNames(directory);
  if (isRefusal(names)) return names;
  const files: VectorFile[] = [];
  const ignored: string[] = [];
  for (const name of names) {
    const content = readJson(join(directory, name));
    if (isRefusal(content)) return content;
    const file = shaped(name, content.json);
    if (file === undefined) ignored.push(name);
    else files.push(file);
  }
  if (files.length > 0) return { files, ignored };
  const seen = names.length === 0 ? 'no *.json file' : `${names.length} JSON files, none of a known shape`;
  return refuse(
    'empty',
    `${seen}; give a directory with files shaped like field.json, derive.json or venues.json.`,
    directory,
  );
}

function jsonNames(directory: string): string[] | Refusal {
  let names: string[];
  try {
    if (!statSync(directory).isDirectory()) {
      return refuse('malformed', 'this is a file; give the directory that holds it.', directory);
    }
    names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch (error) {
    return unreadable(directory, error, 'the directory');
  }
  if (names.length > FILES_MAX) {
    return refuse('too-large', `${names.length} JSON files; at most ${FILES_MAX} are read.`, directory);
  }
  return names.sort();
}

function readJson(path: string): { readonly json: unknown } | Refusal {
  try {
    const { size } = statSync(path);
    if (size > BYTES_MAX) {
      return refuse('too-large', `${size} bytes; a vector file has at most ${BYTES_MAX}, split it.`, path);
    }
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    return { json: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) return unreadable(path, error, 'the file');
    const detail = error.message.replaceAll(/\s+/g, ' ');
    return refuse('malformed', `this is not JSON (${detail}); mend the file or move it away.`, path);
  }
}

function unreadable(path: string, error: unknown, what: string): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  return refuse('malformed', `${what} ${why}; give a directory of vector files.`, path);
}

function shaped(file: string, json: unknown): VectorFile | undefined {
  if (!isRaw(json)) return undefined;
  if (Array.isArray(json['suites'])) return { file, shape: 'field', batches: fieldBatches(json['suites']) };
  const cases = json['cases'];
  if (!Array.isArray(cases)) return undefined;
  const states = (field: string) => cases.some((row) => isRaw(row) && typeof row[field] === 'string');
  if (states('engine')) {
    return { file, shape: 'derive', batches: grouped(json, cases, (row) => text(row, 'engine', 'derive.')) };
  }
  if (states('venue')) {
    const name = (row: Raw) => {
      const venue = text(row, 'venue', '');
      return venue === undefined ? undefined : `${venue}: ${text(row, 'model', '') ?? 'no model'}`;
    };
    return { file, shape: 'venues', batches: grouped(json, cases, name) };
  }
  return undefined;
}

function fieldBatches(suites: readonly unknown[]): Batch[] {
  return suites.map((suite, i): Batch => {
    const name = isRaw(suite) ? text(suite, 'id', '') : undefined;
    if (!isRaw(suite) || name === undefined) {
      return { suite: `suites[${i}]`, source: {}, rows: [], broken: 'the suite has no id' };
    }
    const rows = suite['cases'];
    return Array.isArray(rows)
      ? { suite: name, source: suite, rows }
      : { suite: name, source: suite, rows: [], broken: 'the suite has no list of cases' };
  });
}

function grouped(source: Raw, cases: readonly unknown[], nameOf: (row: Raw) => string | undefined): Batch[] {
  const groups = new Map<string, unknown[]>();
  const strays: Batch[] = [];
  cases.forEach((row, i) => {
    const suite = isRaw(row) ? nameOf(row) : undefined;
    if (suite === undefined) {
      strays.push({
        suite: `cases[${i}]`,
        source: {},
        rows: [],
        broken: 'the case names no engine or venue',
      });
      return;
    }
    const group = groups.get(suite);
    if (group === undefined) groups.set(suite, [row]);
    else group.push(row);
  });
  return [...[...groups].map(([suite, rows]) => ({ suite, source, rows })), ...strays];
}

function text(row: Raw, field: string, prefix: string): string | undefined {
  const value = row[field];
  return typeof value === 'string' && value !== '' ? prefix + value : undefined;
}
