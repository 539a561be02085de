// CSV after RFC 4180, read as a cursor over the text: rows that nobody asks for are never turned into strings.

import { type Refusal, refuse } from '../base/index.ts';
import { oversize, quoted, suggest } from './words.ts';

/** Longest row; an unclosed quote would otherwise swallow the file. */
export const CSV_ROW_LENGTH_MAX = 65_536;
/** Most columns. */
export const CSV_COLUMNS_MAX = 256;

/** Where a row begins, to come back to it. */
export interface CsvMark {
  readonly row: number;
  readonly offset: number;
}

/**
 * Walks rows. Rows are numbered as in an editor's first column of records: the header is row 1, blank rows count but are skipped.
 * `advance` answers false at the end of the file or at a fault; `fault` then says which.
 * @example const cursor = new CsvCursor('a,b\n1,2\n', 'x.csv'); cursor.advance(); cursor.fields() // ['a', 'b']
 */
export class CsvCursor {
  row = 0;
  fault: Refusal | undefined;
  private start = 0;
  private end = 0;
  private next = 0;
  private quote: number;
  private hasQuote = false;
  private readonly text: string;
  readonly source: string;

  constructor(text: string, source: string) {
    this.text = text;
    this.source = source;
    this.next = text.startsWith('\uFEFF') ? 1 : 0;
    this.quote = text.indexOf('"');
  }

  /** Moves to the next row that is not blank. */
  advance(): boolean {
    while (this.fault === undefined && this.next < this.text.length) {
      this.step();
      if (this.fault === undefined && this.end > this.start) return true;
    }
    return false;
  }

  private step(): void {
    const { text } = this;
    this.start = this.next;
    this.row++;
    let end = text.indexOf('\n', this.start);
    if (end < 0) end = text.length;
    if (this.quote >= 0 && this.quote < this.start) this.quote = text.indexOf('"', this.start);
    this.hasQuote = this.quote >= 0 && this.quote < end;
    if (this.hasQuote) end = this.quotedEnd();
    if (end - this.start > CSV_ROW_LENGTH_MAX) {
      this.fault = refuse(
        'too-large',
        `The row is longer than ${CSV_ROW_LENGTH_MAX} characters; split the file into rows.`,
        this.place(),
      );
    }
    this.next = end + 1;
    // A line break inside quotes belongs to the field; the carriage return before the row's own break does not.
    this.end = end > this.start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
  }

  /** The end of a row with quotes: the first line break outside them. */
  private quotedEnd(): number {
    let inside = false;
    const limit = Math.min(this.text.length, this.start + CSV_ROW_LENGTH_MAX + 1);
    for (let i = this.start; i < limit; i++) {
      const code = this.text.charCodeAt(i);
      if (code === 34) inside = !inside;
      else if (code === 10 && !inside) return i;
    }
    if (inside && limit === this.text.length) {
      this.fault = refuse(
        'truncated',
        'A quote is opened and never closed, so the file ends early; fetch it again.',
        this.place(),
      );
    }
    return limit;
  }

  /** Where the cursor stands. */
  place(): string {
    return `${this.source} row ${this.row}`;
  }

  mark(): CsvMark {
    return { row: this.row, offset: this.start };
  }

  /** Goes back so that the next `advance` reads the marked row. */
  rewind(mark: CsvMark): void {
    this.row = mark.row - 1;
    this.next = mark.offset;
    this.quote = this.text.indexOf('"', mark.offset);
  }

  /** Whether the last row ended with a line break, as a whole file does. */
  endsClean(): boolean {
    return this.text.endsWith('\n');
  }

  /** Field `index` of the row alone, or undefined when the row has fewer. */
  field(index: number): string | undefined {
    if (this.hasQuote) {
      const fields = this.fields();
      return Array.isArray(fields) ? fields[index] : undefined;
    }
    let from = this.start;
    for (let i = 0; i < index; i++) {
      const comma = this.text.indexOf(',', from);
      if (comma < 0 || comma >= this.end) return undefined;
      from = comma + 1;
    }
    const comma = this.text.indexOf(',', from);
    return this.text.slice(from, comma < 0 || comma > this.end ? this.end : comma);
  }

  /** All fields of the row, unquoted. */
  fields(): string[] | Refusal {
    const line = this.text.slice(this.start, this.end);
    const fields = this.hasQuote ? splitQuoted(line) : line.split(',');
    if (fields === undefined) {
      return refuse(
        'malformed',
        'A quote stands where none may: quote the whole field and double the quotes inside.',
        this.place(),
      );
    }
    return fields;
  }
}

/** Fields of one row with quotes, or undefined where a quote is misplaced. */
function splitQuoted(line: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (true) {
    if (line[at] === '"') {
      let field = '';
      let close = line.indexOf('"', at + 1);
      while (close >= 0 && line[close + 1] === '"') {
        field += line.slice(at + 1, close + 1);
        at = close + 1;
        close = line.indexOf('"', at + 1);
      }
      if (close < 0) return undefined;
      fields.push(field + line.slice(at + 1, close));
      at = close + 1;
      if (at < line.length && line[at] !== ',') return undefined;
    } else {
      const comma = line.indexOf(',', at);
      const field = line.slice(at, comma < 0 ? line.length : comma);
      if (field.includes('"')) return undefined;
      fields.push(field);
      at += field.length;
    }
    if (at >= line.length) return fields;
    at++;
  }
}

/** A CSV whose header has been read: column positions by name, and the cursor standing before the first row of data. */
export interface CsvTable {
  readonly cursor: CsvCursor;
  readonly columns: ReadonlyMap<string, number>;
}

/**
 * Opens a CSV and reads its header; names are trimmed, order is free, extra columns are allowed.
 * Refuses an empty text, a column named twice, too many columns.
 * @example openCsv('a,b\n1,2\n', 'x.csv') // { cursor, columns: Map { 'a' => 0, 'b' => 1 } }
 */
export function openCsv(text: string, source: string): CsvTable | Refusal {
  const large = oversize(text, source);
  if (large !== undefined) return large;
  const cursor = new CsvCursor(text, source);
  if (!cursor.advance()) {
    return (
      cursor.fault ?? refuse('empty', 'The file is empty; it needs a header row and rows below it.', source)
    );
  }
  const names = cursor.fields();
  if (!Array.isArray(names)) return names;
  if (names.length > CSV_COLUMNS_MAX) {
    return refuse(
      'too-large',
      `The header has ${names.length} columns, more than the limit of ${CSV_COLUMNS_MAX}.`,
      cursor.place(),
    );
  }
  const columns = new Map<string, number>();
  for (const [index, raw] of names.entries()) {
    const name = raw.trim();
    if (columns.has(name)) {
      return refuse(
        'duplicate',
        `Columns ${columns.get(name)! + 1} and ${index + 1} are both named ${quoted(name)}; rename one.`,
        cursor.place(),
      );
    }
    columns.set(name, index);
  }
  return { cursor, columns };
}

/** Refuses a table that lacks one of `names`, naming the first missing one; else undefined. @example missingColumn(table, ['bid']) */
export function missingColumn(table: CsvTable, names: readonly string[]): Refusal | undefined {
  const missing = names.filter((name) => !table.columns.has(name));
  if (missing.length === 0) return undefined;
  const hint = suggest(
    missing[0]!,
    [...table.columns.keys()].slice(0, 40).map((name) => name.slice(0, 40)),
  );
  return refuse(
    'malformed',
    `The column ${missing.map(quoted).join(', ')} is missing from the header; add it or rename the one meant.${hint}`,
    `${table.cursor.source} row 1`,
  );
}

/**
 * The fields of the row where the cursor stands, as many as the header has.
 * Fewer in the last row is a file that ends early (`truncated`); elsewhere, or more, is `malformed`.
 * @example fieldsOf(table) // ['1', '2']
 */
export function fieldsOf(table: CsvTable): string[] | Refusal {
  const { cursor, columns } = table;
  const fields = cursor.fields();
  if (!Array.isArray(fields) || fields.length === columns.size) return fields;
  const place = cursor.place();
  const said = `The row has ${fields.length} fields and the header ${columns.size}`;
  const mark = cursor.mark();
  const isLast = !cursor.advance();
  cursor.rewind(mark);
  cursor.advance();
  return fields.length < columns.size && isLast
    ? refuse('truncated', `${said}, so the file ends early; fetch it again.`, place)
    : refuse('malformed', `${said}; check its commas and quotes.`, place);
}
