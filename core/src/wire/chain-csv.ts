// A Deribit chain in CSV: many snapshots in a file, one of them wanted. Two shapes, told apart by the name of the time column.

import { type Instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { ChainSnapshot } from '../market/index.ts';
import type { Listed } from '../product/index.ts';
import { type ChainBuilder, chainBuilder, type RawQuote } from './chain.ts';
import { type CsvMark, type CsvTable, fieldsOf, missingColumn, openCsv } from './csv.ts';
import { decimalOrNaN, parseDecimal, percentOrNaN } from './decimal.ts';
import { formatInstant, parseInstant } from './instants.ts';
import { parseProduct } from './names.ts';
import { quoted } from './words.ts';

/** Rows whose times lie within this of the snapshot's first belong to one snapshot: a download takes seconds, currency by currency. */
export const SNAPSHOT_SPREAD_MS = 30_000;
/** A snapshot with less than this share of the rows of the one before it is called thin. */
const THIN_SHARE = 0.5;

interface Shape {
  readonly time: string;
  readonly required: readonly string[];
  /** Reads `mark_iv` as a decimal fraction from the file's own unit; NaN is a doubt. */
  readonly vol: (text: string) => number;
  /** Columns that repeat what the instrument's name says, and must agree with it. */
  readonly echoes: readonly string[];
}

const SHAPES: readonly Shape[] = [
  {
    time: 'snapshot_ts',
    required: ['instrument', 'underlying_price', 'index_price', 'bid', 'ask', 'mark', 'mark_iv', 'oi'],
    vol: decimalOrNaN,
    echoes: ['currency'],
  },
  {
    time: 'quote_ts',
    required: ['instrument', 'underlying_price', 'bid', 'ask', 'oi', 'mark_iv'],
    vol: percentOrNaN,
    echoes: ['expiry', 'type', 'strike'],
  },
];

/** Consecutive rows with one time. */
interface Run {
  readonly at: Instant;
  readonly first: CsvMark;
  rows: number;
}

/** The runs of one snapshot; its time is that of its last row, so that nothing later than `at` is ever used. */
interface Group {
  at: Instant;
  readonly runs: Run[];
  rows: number;
}

/** A chain CSV whose rows have been dated: any of its snapshots is read without walking the file again. */
export interface ChainFile {
  /** The times of its snapshots, ascending. */
  readonly times: readonly Instant[];
  /** The last snapshot at or before a time, or the last of the file. */
  readonly read: (at?: Instant) => ChainSnapshot | Refusal;
}

/**
 * Opens a chain CSV. Shape 1 has `snapshot_ts` and `mark_iv` as a decimal; shape 2 has `quote_ts` and `mark_iv` in percent, no mark and no
 * index. Columns by name in any order, extra ones allowed, missing ones refused. Rows may be unsorted; those within 30 s of a snapshot's first
 * belong to it, and its time is that of its last row. Times of all rows are checked, and that the last row is whole; other fields only in the
 * snapshot read. What is then refused and what is noted: see `chainBuilder`; a snapshot half as long as the one before it is noted, too.
 * @example openChainCsv(text, 'chain.csv') // { times: [1769660547000, ...], read }
 */
export function openChainCsv(text: string, source: string): ChainFile | Refusal {
  const table = openCsv(text, source);
  if (isRefusal(table)) return table;
  const shape = shapeOf(table);
  if (isRefusal(shape)) return shape;
  const runs = findRuns(table, table.columns.get(shape.time)!);
  if (isRefusal(runs)) return runs;
  const groups = groupRuns(runs);
  return {
    times: groups.map((group) => group.at),
    read: (at) => {
      const chosen = at === undefined ? groups.at(-1) : groups.findLast((group) => group.at <= at);
      return chosen === undefined ? refuseTime(groups, source, at) : readGroup(table, shape, groups, chosen);
    },
  };
}

/**
 * Reads one snapshot of a chain CSV: the last whose rows are all at or before `at`, or the last of the file. An `at` before the first snapshot
 * is refused (`no-market`) naming first and last. Shapes and doubts: see `openChainCsv`.
 * @example readChainCsv(text, { source: 'chain.csv', at: instant(Date.UTC(2026, 1, 5, 16)) }) // { at, options, ... } or a refusal
 */
export function readChainCsv(
  text: string,
  query: { readonly source: string; readonly at?: Instant },
): ChainSnapshot | Refusal {
  const file = openChainCsv(text, query.source);
  return isRefusal(file) ? file : file.read(query.at);
}

function shapeOf(table: CsvTable): Shape | Refusal {
  const found = SHAPES.filter((shape) => table.columns.has(shape.time));
  const [shape] = found;
  if (shape === undefined || found.length > 1) {
    const said =
      found.length > 1 ? 'Both quote_ts and snapshot_ts are' : 'Neither snapshot_ts nor quote_ts is';
    return refuse(
      'malformed',
      `${said} in the header; a chain CSV has exactly one of them.`,
      `${table.cursor.source} row 1`,
    );
  }
  return missingColumn(table, shape.required) ?? shape;
}

function findRuns(table: CsvTable, column: number): Run[] | Refusal {
  const { cursor, columns } = table;
  const runs: Run[] = [];
  let run: Run | undefined;
  let seen = '';
  let last: CsvMark | undefined;
  while (cursor.advance()) {
    const text = cursor.field(column) ?? '';
    if (run === undefined || text !== seen) {
      const at = parseInstant(text, `${cursor.place()}, ${[...columns.keys()][column]}`);
      if (typeof at !== 'number') return shortRow(table) ?? at;
      run = { at, first: cursor.mark(), rows: 0 };
      runs.push(run);
      seen = text;
    }
    run.rows++;
    last = cursor.mark();
  }
  if (cursor.fault !== undefined) return cursor.fault;
  if (last === undefined) return refuse('empty', 'There is a header and no row below it.', cursor.source);
  cursor.rewind(last);
  cursor.advance();
  return shortRow(table) ?? runs;
}

/** The row where the cursor stands when it has too few fields or broken quotes. */
function shortRow(table: CsvTable): Refusal | undefined {
  const fields = fieldsOf(table);
  return Array.isArray(fields) ? undefined : fields;
}

function groupRuns(runs: readonly Run[]): Group[] {
  const sorted = [...runs].sort(
    (left, right) => left.at - right.at || left.first.offset - right.first.offset,
  );
  const groups: Group[] = [];
  let opened = 0;
  for (const run of sorted) {
    const group = groups.at(-1);
    if (group === undefined || run.at - opened > SNAPSHOT_SPREAD_MS) {
      groups.push({ at: run.at, runs: [run], rows: run.rows });
      opened = run.at;
    } else {
      group.runs.push(run);
      group.at = run.at;
      group.rows += run.rows;
    }
  }
  return groups;
}

function refuseTime(groups: readonly Group[], source: string, at: Instant | undefined): Refusal {
  const span = `${formatInstant(groups[0]!.at)} to ${formatInstant(groups.at(-1)!.at)}`;
  const asked = at === undefined ? 'the time asked for' : formatInstant(at);
  return refuse('no-market', `No snapshot is at or before ${asked}; the file runs from ${span}.`, source);
}

function noteThin(groups: readonly Group[], chosen: Group, builder: ChainBuilder): void {
  const before = groups[groups.indexOf(chosen) - 1];
  if (before !== undefined && chosen.rows < THIN_SHARE * before.rows) {
    builder.note(
      `The snapshot has ${chosen.rows} rows and the one before it ${before.rows}: part of the chain may be missing.`,
    );
  }
}

function readGroup(
  table: CsvTable,
  shape: Shape,
  groups: readonly Group[],
  group: Group,
): ChainSnapshot | Refusal {
  const { cursor } = table;
  const builder = chainBuilder(cursor.source, group.at, 'row');
  const runs = [...group.runs].sort((left, right) => left.first.offset - right.first.offset);
  for (const run of runs) {
    cursor.rewind(run.first);
    for (let i = 0; i < run.rows; i++) {
      cursor.advance();
      const fields = fieldsOf(table);
      if (isRefusal(fields)) return fields;
      const raw = readRow(table, shape, fields);
      if (isRefusal(raw)) return raw;
      const doubt = builder.add({ ...raw, time: run.at });
      if (doubt !== undefined) return doubt;
    }
  }
  noteThin(groups, group, builder);
  if (!cursor.endsClean() && group === groups.at(-1)) {
    builder.note('The file does not end with a line break: if it was cut, its last row may be cut too.');
  }
  return builder.finish();
}

function readRow(table: CsvTable, shape: Shape, fields: readonly string[]): RawQuote | Refusal {
  const { cursor, columns } = table;
  let fault: Refusal | undefined;
  const cell = (name: string): string => fields[columns.get(name) ?? -1] ?? '';
  const number = (name: string, read = decimalOrNaN): number | undefined => {
    const text = cell(name);
    if (text === '') return undefined;
    const value = read(text);
    if (!Number.isNaN(value)) return value;
    const doubt = parseDecimal(text, `${cursor.place()}, ${name}`);
    if (typeof doubt !== 'number') fault ??= doubt;
    return undefined;
  };
  const product = parseProduct(cell('instrument'), `${cursor.place()}, instrument`);
  if (isRefusal(product)) return product;
  const raw: RawQuote = {
    row: cursor.row,
    product,
    bid: number('bid'),
    ask: number('ask'),
    mark: number('mark'),
    markVol: number('mark_iv', shape.vol),
    forward: number('underlying_price'),
    index: number('index_price'),
    openInterest: number('oi'),
  };
  return fault ?? refuseEchoes(shape, product, cell, cursor.place()) ?? raw;
}

/** Columns that repeat the name must agree with it: a swapped column is caught here. */
function refuseEchoes(
  shape: Shape,
  product: Listed,
  cell: (name: string) => string,
  place: string,
): Refusal | undefined {
  for (const echo of shape.echoes) {
    const text = cell(echo);
    if (text === '') continue;
    let agrees = true;
    if (echo === 'currency') {
      agrees = text === product.underlying || ('settleAsset' in product && text === product.settleAsset);
    } else if (product.kind === 'option') {
      if (echo === 'type') agrees = text.toLowerCase() === product.right;
      if (echo === 'strike') agrees = decimalOrNaN(text) === product.strike;
      if (echo === 'expiry') agrees = parseInstant(text) === product.expiry;
    }
    if (!agrees) {
      return refuse(
        'malformed',
        `${product.id} and its ${echo} ${quoted(text)} disagree; the columns may be swapped.`,
        place,
      );
    }
  }
  return undefined;
}
