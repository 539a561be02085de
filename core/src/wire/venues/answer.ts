// Answers of venues as they come: unknown fields are passed over, for venues add them at will; known ones are doubted like everything else.

import { type Instant, type Refusal, refuse } from '../../base/index.ts';
import type { Position, VenuePrice, VenueReport } from '../../margin/index.ts';
import { below, type Doubts, Fields, type Place, placeOf } from '../fields.ts';
import { isServedInstant } from '../instants.ts';
import type { Json } from '../json.ts';
import { quoted } from '../words.ts';

/** Entries of any list of an answer. */
export const ANSWER_ENTRIES_MAX = 10_000;

const NOTHING: Json = { kind: 'object', line: 1, fields: new Map() };

/** An object of which any field may be unknown; one that is missing has no fields, and whoever needs one says so by its name. */
export function openFields(node: Json | undefined, place: Place, doubts: Doubts): Fields {
  const object = node === undefined || node.kind === 'null' ? NOTHING : node;
  const known = object.kind === 'object' ? [...object.fields.keys()] : [];
  return new Fields(object, place, known, doubts);
}

/** An object inside another. */
export function inside(fields: Fields, key: string, doubts: Doubts): Fields {
  return openFields(fields.node(key), below(fields.place, key), doubts);
}

/** Whether a field says something: venues write null, or an empty text, where they have nothing to say. */
export function says(fields: Fields, key: string): boolean {
  const node = fields.node(key);
  return node !== undefined && node.kind !== 'null' && !(node.kind === 'text' && node.value === '');
}

/** A number, or undefined where the venue has nothing to say. */
export function given(fields: Fields, key: string): number | undefined {
  return says(fields, key) ? fields.number(key, () => undefined) : undefined;
}

/** A text, or undefined where the venue has nothing to say. */
export function word(fields: Fields, key: string): string | undefined {
  return says(fields, key) ? fields.text(key) : undefined;
}

/** Milliseconds of 2009 to 2100; `unit` says how many of them the venue's unit is: 1000 for seconds. */
export function time(fields: Fields, key: string, unit = 1): Instant | undefined {
  const count = given(fields, key);
  if (count === undefined) return undefined;
  const ms = count * unit;
  if (!isServedInstant(ms)) fields.refuse(key, `${count} is no time from 2009 to 2100; check its unit.`);
  return ms as Instant;
}

/** Every entry of a list that may be missing. */
export function entries(fields: Fields, key: string, doubts: Doubts): readonly Fields[] {
  if (!says(fields, key)) return [];
  return fields.list(key, ANSWER_ENTRIES_MAX, (item, place) => openFields(item, place, doubts));
}

/** A contract, or the first fault: an answer that names what we do not know is refused by that name. */
export function contract<T extends Position['product']>(
  found: T | Refusal,
  fields: Fields,
  key: string,
  doubts: Doubts,
): T | undefined {
  if (!('reason' in found)) return found;
  const node = fields.node(key)!;
  doubts.refuse({ ...found, where: placeOf(below(fields.place, key), node) });
  return undefined;
}

/**
 * Unwraps `{"jsonrpc","result"}` of Deribit and Derive and `{"code","data"}` of OKX; what is not wrapped is taken as it is. A venue's own
 * refusal (`error`, a `code` that is not 0) is refused in its words.
 */
export function openAnswer(root: Json, source: string): { node: Json; place: Place } | Refusal {
  const place = { source, path: '' };
  if (root.kind !== 'object') return { node: root, place };
  const error = root.fields.get('error');
  if (error !== undefined && error.kind !== 'null') return venueRefused(error, source);
  const code = root.fields.get('code');
  if (code?.kind === 'text' && code.value !== '0') return venueRefused(root, source);
  for (const key of ['result', 'data']) {
    const inner = root.fields.get(key);
    if (inner?.kind === 'object' || inner?.kind === 'list') return { node: inner, place: below(place, key) };
  }
  return { node: root, place };
}

function venueRefused(node: Json, source: string): Refusal {
  const fields = node.kind === 'object' ? node.fields : new Map<string, Json>();
  const said = fields.get('message') ?? fields.get('msg');
  const words = said?.kind === 'text' ? quoted(said.value) : 'nothing more';
  return refuse('malformed', `The venue refused the question, saying ${words}; ask it again.`, source);
}

/** A price where the answer has one; zero is none. */
export function priceOf(
  fields: Fields,
  key: string,
  { kind, of, unit }: Pick<VenuePrice, 'kind' | 'of' | 'unit'>,
): VenuePrice[] {
  const value = given(fields, key);
  if (value === undefined || value === 0) return [];
  if (!(value > 0)) fields.refuse(key, `The price is ${value}; it must be above zero.`);
  return [{ path: below(fields.place, key).path, kind, of, value, unit }];
}

/** A report with nothing in it yet. */
export function emptyReport(venue: VenueReport['venue'], call: string, { source }: Place): VenueReport {
  return {
    venue,
    answers: [{ source, call }],
    balances: [],
    positions: [],
    orders: [],
    prices: [],
    amounts: [],
    vectors: [],
    notes: [],
  };
}
