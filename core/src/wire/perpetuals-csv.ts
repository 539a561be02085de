// Marks of perpetuals and dated futures beside a chain, in CSV: for each contract the last row at or before the snapshot, if fresh.

import { type Instant, instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { ChainSnapshot, FutureQuote } from '../market/index.ts';
import { type CsvTable, fieldsOf, missingColumn, openCsv } from './csv.ts';
import { parseDecimal } from './decimal.ts';
import { formatInstant, parseInstant } from './instants.ts';
import { parseProduct } from './names.ts';

/** A mark older than this at the snapshot is not its mark: a perpetual moves a percent in a quarter of an hour of a crash. */
export const MARK_AGE_MAX_MS = 900_000;

/** The column that names the contract and the column that holds its mark. */
interface Shape {
  readonly name: string;
  readonly mark: string;
}

const SHAPES: readonly Shape[] = [
  { name: 'instrument', mark: 'price_used' },
  { name: 'future', mark: 'candle_price' },
];

interface Dated {
  readonly time: Instant;
  readonly row: number;
  readonly quote: FutureQuote;
}

/**
 * Marks at an instant, USD per coin. Shape 1 has `snapshot_ts,instrument,price_used`, shape 2 `snapshot_ts,future,candle_price`; order is
 * free and other columns are ignored. Each contract answers with its last row at or before `at` and not older than 15 minutes; expired
 * contracts and other times are passed over. Every row is checked; the same contract twice at one time is refused (`duplicate`), and so is a
 * file without any fresh mark (`no-market`).
 * @example readPerpetualsCsv(text, { source: 'perp.csv', at }) // [{ product: { id: 'BTC-PERPETUAL', ... }, mark: 88539 }]
 */
export function readPerpetualsCsv(
  text: string,
  query: { readonly source: string; readonly at: Instant },
): readonly FutureQuote[] | Refusal {
  const table = openCsv(text, query.source);
  if (isRefusal(table)) return table;
  const shape = SHAPES.find((candidate) => table.columns.has(candidate.name)) ?? SHAPES[0]!;
  const missing = missingColumn(table, ['snapshot_ts', shape.name, shape.mark]);
  if (missing !== undefined) return missing;
  const latest = new Map<string, Dated>();
  let nearest: Instant | undefined;
  while (table.cursor.advance()) {
    const dated = readMark(table, shape);
    if (isRefusal(dated)) return dated;
    if (nearest === undefined || Math.abs(dated.time - query.at) < Math.abs(nearest - query.at))
      nearest = dated.time;
    if (dated.time > query.at || query.at - dated.time > MARK_AGE_MAX_MS) continue;
    const { product } = dated.quote;
    const other = latest.get(product.id);
    if (other?.time === dated.time) {
      const said = `${product.id} is already marked at ${formatInstant(dated.time)} in row ${other.row}; remove one of the two.`;
      return refuse('duplicate', said, table.cursor.place());
    }
    if (product.kind === 'future' && product.expiry <= query.at) continue;
    if (other === undefined || other.time < dated.time) latest.set(product.id, dated);
  }
  if (table.cursor.fault !== undefined) return table.cursor.fault;
  if (latest.size > 0) return [...latest.values()].map((dated) => dated.quote);
  if (nearest === undefined) return refuse('empty', 'There is a header and no row below it.', query.source);
  const said = `No mark is within ${MARK_AGE_MAX_MS / 60_000} minutes before ${formatInstant(query.at)}; the nearest is of ${formatInstant(nearest)}.`;
  return refuse('no-market', said, query.source);
}

function readMark(table: CsvTable, shape: Shape): Dated | Refusal {
  const fields = fieldsOf(table);
  if (isRefusal(fields)) return fields;
  const { cursor, columns } = table;
  const place = cursor.place();
  const time = parseInstant(fields[columns.get('snapshot_ts')!]!, `${place}, snapshot_ts`);
  if (isRefusal(time)) return time;
  const product = parseProduct(fields[columns.get(shape.name)!]!, `${place}, ${shape.name}`);
  if (isRefusal(product)) return product;
  if (product.kind !== 'perpetual' && product.kind !== 'future') {
    const said = `${product.id} is neither a perpetual nor a future; remove the row.`;
    return refuse('unknown-product', said, place);
  }
  const mark = parseDecimal(fields[columns.get(shape.mark)!]!, `${place}, ${shape.mark}`);
  if (isRefusal(mark)) return mark;
  if (mark <= 0) {
    return refuse(
      'out-of-range',
      `The mark of ${product.id} is ${mark}; it must be above zero.`,
      `${place}, ${shape.mark}`,
    );
  }
  return { time: instant(time), row: cursor.row, quote: { product, mark } };
}

/** A snapshot with more futures; a mark given here replaces the snapshot's own of the same contract. @example withFutures(snapshot, marks).futures */
export function withFutures(snapshot: ChainSnapshot, futures: readonly FutureQuote[]): ChainSnapshot {
  const given = new Set(futures.map((quote) => quote.product.id));
  const kept = snapshot.futures.filter((quote) => !given.has(quote.product.id));
  return { ...snapshot, futures: [...kept, ...futures] };
}
