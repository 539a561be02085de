// A whole state as text, for snapshots: a head that says what follows, then one line a row, so that no part of it is ever larger than an account.

import {
  type Digest,
  digestOfAll,
  type Instant,
  isRefusal,
  type Refusal,
  refuse,
  utf8,
} from '../../base/index.ts';
import { emptyState, type Models, SCHEMA, type State } from '../../engine/index.ts';
import type { ProductResolver } from '../resolve.ts';
import { named } from './collections.ts';
import { constant, type Form, record } from './form.ts';
import { Reading, readText } from './reading.ts';
import { choice, count, moment, word } from './scalars.ts';
import { type Section, sections } from './sections.ts';

/** The first words of every state. */
const FORMAT = 'plimsoll-state';
/** The longest text V8 holds, in characters: an account with 20 positions takes about 1,500 of them. */
export const STATE_LENGTH_MAX = 2 ** 29 - 24;

/** Numbers of a state, and how many rows of each section follow. */
interface Head {
  readonly format: string;
  readonly schema: number;
  readonly seq: number;
  readonly now: Instant;
  readonly listing: number;
  readonly observedAt: Instant;
  readonly cursor: number;
  readonly remaining: number;
  readonly graceUntil: Instant;
  readonly rows: ReadonlyMap<string, number>;
}

const head: Form<Head> = record<Head>({
  format: constant(FORMAT),
  schema: choice([SCHEMA]),
  seq: count,
  now: moment,
  listing: count,
  observedAt: moment,
  cursor: count,
  remaining: count,
  graceUntil: moment,
  rows: named(word, count, sections.length),
});

/**
 * The lines of a state: a head with the number of rows in each section, then every row as canonical JSON, sections and rows in their order. Maps
 * are rows of key and value in the map's own order, which is part of the state.
 * @example [...stateLines(emptyState())].length // 7: a head, a policy, an owner, four accounts
 */
export function* stateLines(state: State): Generator<string> {
  const { seq, now, listing, observedAt, cursor, remaining, graceUntil } = state;
  const rows = new Map(sections.map((section) => [section.name, section.count(state)]));
  yield head.write({
    format: FORMAT,
    schema: SCHEMA,
    seq,
    now,
    listing,
    observedAt,
    cursor,
    remaining,
    graceUntil,
    rows,
  });
  for (const { rows: rowsOf, form } of sections) for (const row of rowsOf(state)) yield form.write(row);
}

/**
 * A state as canonical text, each line of `stateLines` with a line break. Same state, same bytes. Refuses (`too-large`) a state beyond
 * `STATE_LENGTH_MAX` characters, which no string holds: some 350,000 accounts of 20 positions; write its lines one by one.
 * @example readState(writeState(state), 'snapshot', models) // the same state
 */
export function writeState(state: State): string | Refusal {
  const pieces: string[] = [];
  let length = 0;
  for (const piece of piecesOf(state)) {
    length += piece.length;
    if (length > STATE_LENGTH_MAX) {
      const said = `The state has more than ${STATE_LENGTH_MAX} characters, which no text holds; write its lines one by one.`;
      return refuse('too-large', said);
    }
    pieces.push(piece);
  }
  return pieces.join('');
}

/**
 * SHA-256 of the text of a state, line by line: the whole text is never made, and has no limit.
 * @example stateDigest(state) === digestOf(utf8(writeState(state))) // true
 */
export function stateDigest(state: State): Digest {
  return digestOfAll(bytesOf(state));
}

function* bytesOf(state: State): Generator<Uint8Array> {
  for (const piece of piecesOf(state)) yield utf8(piece);
}

/** Lines are gathered, because a digest of few large pieces is quicker than one of many small. */
const PIECE = 65_536;

function* piecesOf(state: State): Generator<string> {
  let piece = '';
  for (const line of stateLines(state)) {
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    yield flat(piece);
    piece = '';
  }
  yield flat(piece);
}

/** A text that was put together is a tree of its parts until somebody looks at a character; the tree takes ten times the room. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

/**
 * Reads a state as `writeState` writes it. Refuses, with line, field and mend, text of another format or schema, that ends early or goes on,
 * keys that stand twice, accounts out of their places, and accounts, products, assets, owners and sets that are named and are not there.
 * @example readState(text, 'snapshot', models).seq // 1200000
 */
export function readState(
  text: string,
  source: string,
  models: Models,
  resolve?: ProductResolver,
): State | Refusal {
  const lines = new Lines(text, source);
  const names = new Map<string, string>();
  const begin = () => new Reading(lines.where, models, resolve, names);
  const first = lines.next();
  if (isRefusal(first)) return first;
  const read = readText(first, head, begin);
  if (isRefusal(read)) return read;
  const { seq, now, listing, observedAt, cursor, remaining, graceUntil } = read;
  const numbers = { seq, now, listing, observedAt, cursor, remaining, graceUntil };
  const state: State = { ...emptyState(), ...numbers, accounts: new Map(), places: [], owners: new Map() };
  for (const section of sections) {
    const fault = readSection(section, read.rows.get(section.name), state, lines, begin);
    if (fault !== undefined) return fault;
  }
  return lines.doubtEnd() ?? doubtWhole(state, begin()) ?? state;
}

function readSection(
  { name, most, form, put }: Section,
  rows: number | undefined,
  state: State,
  lines: Lines,
  begin: () => Reading,
): Refusal | undefined {
  if (rows === undefined || rows > most) {
    const said = `Its rows of ${name} are ${rows ?? 'missing'}, and must be from 0 to ${most}.`;
    return refuse('out-of-range', said, lines.where);
  }
  for (let row = 0; row < rows; row++) {
    const line = lines.next();
    if (isRefusal(line)) return line;
    const read = readText(line, form, begin);
    if (isRefusal(read)) return read;
    const reading = begin();
    put(state, read, reading);
    if (reading.fault !== undefined) return reading.fault;
  }
  return undefined;
}

/** What only the whole shows. */
function doubtWhole(state: State, reading: Reading): Refusal | undefined {
  for (const [owner, { accounts }] of state.owners) {
    for (const id of accounts) {
      if (state.accounts.get(id)?.owner !== owner)
        reading.say('unknown-account', `${owner} owns ${id}, which is not there or says another owner.`);
    }
  }
  for (const [group, { set }] of state.groups) {
    if (!state.sets.has(set))
      reading.say('unknown-set', `Group ${group} is under ${set}, which is not among the sets.`);
  }
  if (state.cursor > state.places.length)
    reading.say('out-of-range', `The cursor is ${state.cursor}, beyond ${state.places.length} accounts.`);
  return reading.fault;
}

/** Lines of a text, one at a time. */
class Lines {
  private at = 0;
  private line = 0;
  private readonly text: string;
  private readonly source: string;

  constructor(text: string, source: string) {
    this.text = text;
    this.source = source;
  }

  get where(): string {
    return `${this.source} row ${this.line}`;
  }

  next(): string | Refusal {
    const end = this.text.indexOf('\n', this.at);
    this.line++;
    if (end < 0)
      return refuse('truncated', 'The state ends before its rows do; take an earlier one.', this.where);
    const line = this.text.slice(this.at, end);
    this.at = end + 1;
    return line;
  }

  doubtEnd(): Refusal | undefined {
    if (this.at === this.text.length) return undefined;
    return refuse('malformed', 'There is text after the last row; take an earlier state.', this.where);
  }
}
