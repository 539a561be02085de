// Vols that were read off whole chains now and then: `snapshot_ts,currency,atm_iv_near30d`, decimal, at whatever times somebody looked.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { FactorLevels } from '../market/index.ts';
import { type CsvTable, fieldsOf, missingColumn, openCsv } from './csv.ts';
import { decimalOrNaN } from './decimal.ts';
import { parseInstant } from './instants.ts';
import { isAssetCode } from './names.ts';

const COLUMNS = ['snapshot_ts', 'currency', 'atm_iv_near30d'] as const;
const FIRST_LINE = /^\uFEFF?([^\r\n]*)/;

/** Whether a text is of this shape, by its header. @example isVolSnapshots('snapshot_ts,currency,index_price,atm_iv_near30d\n') // true */
export function isVolSnapshots(text: string): boolean {
  const names = (FIRST_LINE.exec(text.slice(0, 2_000))?.[1] ?? '')
    .split(',')
    .map((name) => name.replaceAll('"', '').trim());
  return COLUMNS.every((name) => names.includes(name));
}

interface Row {
  readonly coin: string;
  readonly time: number;
  readonly vol: number;
}

function readRow(table: CsvTable): Row | Refusal {
  const fields = fieldsOf(table);
  if (isRefusal(fields)) return fields;
  const place = table.cursor.place();
  const [when, coin, text] = COLUMNS.map((name) => fields[table.columns.get(name)!]!) as [
    string,
    string,
    string,
  ];
  const time = parseInstant(when, `${place}, snapshot_ts`);
  if (isRefusal(time)) return time;
  if (!isAssetCode(coin))
    return refuse('malformed', `'${coin.slice(0, 20)}' is no coin.`, `${place}, currency`);
  const vol = decimalOrNaN(text);
  if (vol > 0) return { coin, time, vol };
  const message = `The vol is '${text.slice(0, 40)}'; it must be a number above zero.`;
  return refuse('out-of-range', message, `${place}, atm_iv_near30d`);
}

/**
 * At-the-money vols of coins at the times of snapshots, ascending by time. Vols are decimals. Refuses by row and column words where numbers belong, vols at
 * or below zero, and a coin twice at a time; rows may come in any order.
 * @example readVolSnapshotsCsv(text, 'atm.csv')[0].of // 'BTC'
 */
export function readVolSnapshotsCsv(text: string, source: string): FactorLevels[] | Refusal {
  const table = openCsv(text, source);
  if (isRefusal(table)) return table;
  const missing = missingColumn(table, COLUMNS);
  if (missing !== undefined) return missing;
  const coins = new Map<string, Map<number, number>>();
  while (table.cursor.advance()) {
    const row = readRow(table);
    if (isRefusal(row)) return row;
    const own = coins.get(row.coin) ?? new Map<number, number>();
    if (own.has(row.time)) {
      return refuse('duplicate', `${row.coin} stands twice at this time; remove one.`, table.cursor.place());
    }
    coins.set(row.coin, own.set(row.time, row.vol));
  }
  if (table.cursor.fault !== undefined) return table.cursor.fault;
  if (coins.size === 0) return refuse('empty', 'There is a header and no row below it.', source);
  return [...coins].map(([of, levels]): FactorLevels => {
    const times = Float64Array.from(levels.keys()).sort();
    return { kind: 'vol', of, times, levels: times.map((time) => levels.get(time)!), source };
  });
}
