// Bars in CSV as levels of factors: `ts_open,open,high,low,close` of one factor, or `ts_open,BTC,ETH,...` of closes side by side.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { FactorKind, FactorLevels } from '../market/index.ts';
import { type CsvTable, fieldsOf, missingColumn, openCsv } from './csv.ts';
import { decimalOrNaN } from './decimal.ts';
import { parseInstant } from './instants.ts';
import { isAssetCode } from './names.ts';

/** What a file of bars is said to hold. */
export interface HistoryQuery {
  readonly source: string;
  /** The factor of a file with one close a bar; of a file with a close for every coin each column is a spot. */
  readonly factor?: { readonly kind: FactorKind; readonly of: string };
  /** Vols in percent, as venues print them. */
  readonly isPercent?: boolean;
}

/** Bars whose closes are levels, and how long a bar is. */
export interface Bars {
  readonly step: number;
  readonly series: readonly FactorLevels[];
}

/** Lows and highs of a spot's bars, where the file has both: what its path did between closes. */
interface Extremes {
  readonly low: number;
  readonly high: number;
}

/**
 * Closes of bars, each at the end of its bar; the bar is as long as the shortest distance of two rows. Order must ascend; a row twice, a close at or below
 * zero and words where numbers belong are refused by row and column. A blank in a side-by-side file is a date that coin lacks. Of a spot that has columns `low`
 * and `high` these are read too; a blank there is the close, a low above its close is refused.
 * @example readHistoryCsv(text, { source: 'btc.csv', factor: { kind: 'spot', of: 'BTC' } }).step // 3_600_000
 */
export function readHistoryCsv(text: string, query: HistoryQuery): Bars | Refusal {
  const table = openCsv(text, query.source);
  if (isRefusal(table)) return table;
  const columns = columnsOf(table, query);
  if (isRefusal(columns)) return columns;
  const times: number[][] = columns.map(() => []);
  const levels: number[][] = columns.map(() => []);
  const extremes: Extremes[] = [];
  let [last, step] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  while (table.cursor.advance()) {
    const row = readRow(table, columns, query);
    if (isRefusal(row)) return row;
    if (row.time <= last) {
      const what = row.time === last ? 'stands twice' : 'comes after a later one';
      const mend = 'sort the rows ascending and keep one of each time.';
      return refuse(
        row.time === last ? 'duplicate' : 'malformed',
        `The time ${what}; ${mend}`,
        table.cursor.place(),
      );
    }
    if (last > Number.NEGATIVE_INFINITY) step = Math.min(step, row.time - last);
    last = row.time;
    row.closes.forEach((close, i) => {
      if (close === undefined) return;
      times[i]!.push(row.time);
      levels[i]!.push(close);
    });
    if (row.extremes !== undefined) extremes.push(row.extremes);
  }
  if (table.cursor.fault !== undefined) return table.cursor.fault;
  if (!Number.isFinite(step))
    return refuse('empty', 'There are fewer than two bars; a history has many.', query.source);
  const series = columns.map(({ kind, of }, i): FactorLevels => {
    return {
      kind,
      of,
      times: Float64Array.from(times[i]!, (time) => time + step),
      levels: Float64Array.from(levels[i]!),
      ...(extremes.length === 0
        ? {}
        : {
            lows: Float64Array.from(extremes, ({ low }) => low),
            highs: Float64Array.from(extremes, ({ high }) => high),
          }),
      source: query.source,
    };
  });
  return { step, series };
}

interface Column {
  readonly name: string;
  readonly kind: FactorKind;
  readonly of: string;
}

function columnsOf(table: CsvTable, { factor }: HistoryQuery): Column[] | Refusal {
  const missing = missingColumn(table, ['ts_open']);
  if (missing !== undefined) return missing;
  if (table.columns.has('close')) {
    if (factor !== undefined) return [{ name: 'close', ...factor }];
    const message =
      'It does not say what it is a history of; name the factor before the file, such as spot:BTC=FILE.';
    return refuse('malformed', message, table.cursor.place());
  }
  const coins = [...table.columns.keys()].filter(isAssetCode);
  if (coins.length > 0) return coins.map((name): Column => ({ name, kind: 'spot', of: name }));
  return refuse(
    'malformed',
    'There is neither a column close nor a column for any coin.',
    table.cursor.place(),
  );
}

function readRow(
  table: CsvTable,
  columns: readonly Column[],
  { isPercent }: HistoryQuery,
): { time: number; closes: (number | undefined)[]; extremes?: Extremes } | Refusal {
  const fields = fieldsOf(table);
  if (isRefusal(fields)) return fields;
  const place = table.cursor.place();
  const time = parseInstant(fields[table.columns.get('ts_open')!]!, `${place}, ts_open`);
  if (isRefusal(time)) return time;
  const closes: (number | undefined)[] = [];
  for (const { name } of columns) {
    const text = fields[table.columns.get(name)!]!;
    if (text === '' && name !== 'close') {
      closes.push(undefined);
      continue;
    }
    const level = decimalOrNaN(text) * (isPercent === true ? 0.01 : 1);
    if (!(level > 0)) {
      return refuse(
        'out-of-range',
        `The level is '${text.slice(0, 40)}'; it must be a number above zero.`,
        `${place}, ${name}`,
      );
    }
    closes.push(level);
  }
  if (columns[0]?.kind !== 'spot' || !hasExtremes(table)) return { time, closes };
  const extremes = readExtremes(table, fields, closes[0]!);
  return isRefusal(extremes) ? extremes : { time, closes, extremes };
}

const hasExtremes = ({ columns }: CsvTable) => ['close', 'low', 'high'].every((name) => columns.has(name));

function readExtremes(table: CsvTable, fields: readonly string[], close: number): Extremes | Refusal {
  const cell = (name: string) => {
    const text = fields[table.columns.get(name)!]!;
    return text === '' ? close : decimalOrNaN(text);
  };
  const [low, high] = [cell('low'), cell('high')];
  if (low > 0 && low <= close && high >= close) return { low, high };
  const message = `The low is ${low} and the high ${high}, around a close of ${close}; a close lies between them.`;
  return refuse('out-of-range', message, table.cursor.place());
}
