// Reading known fields out of JSON: the first fault is kept, so that a reader can ask for every field and doubt once.

import { type Instant, instant, type Refusal, refuse } from '../base/index.ts';
import { isPrice, PRICE_MAX, PRICE_MIN, parseDecimal } from './decimal.ts';
import { parseInstant } from './instants.ts';
import type { Json, JsonObject } from './json.ts';
import { located, plain, quoted, suggest } from './words.ts';

/** Where a node is, for a person: file, line and path. */
export interface Place {
  readonly source: string;
  readonly path: string;
}

/** `file line 3, positions[2].quantity`. @example placeOf({ source: 'a.json', path: 'cash' }, { kind: 'null', line: 3 }) // 'a.json line 3, cash' */
export function placeOf(place: Place, node: { readonly line: number }): string {
  return `${place.source} line ${node.line}${place.path === '' ? '' : `, ${place.path}`}`;
}

/** The place of a field or an item below `place`. @example below({ source: 'a', path: 'cash' }, 'USD') // { source: 'a', path: 'cash.USD' } */
export function below(place: Place, step: string | number): Place {
  const tail = typeof step === 'number' ? `[${step}]` : plain(step);
  const joint = place.path === '' || typeof step === 'number' ? '' : '.';
  return { source: place.source, path: `${place.path}${joint}${tail}` };
}

const KIND_WORDS: Readonly<Record<Json['kind'], string>> = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  text: 'a text',
  list: 'a list [...]',
  object: 'an object {...}',
};

/** Collects the first fault of a reading. After a fault, answers are stand-ins that must not leave the reader. */
export class Doubts {
  fault: Refusal | undefined;

  refuse(refusal: Refusal): void {
    this.fault ??= refusal;
  }

  /** Refuses a node as malformed, in a sentence. */
  say(message: string, place: Place, node: Json): void {
    this.refuse(refuse('malformed', message, placeOf(place, node)));
  }

  /** The object, or undefined with a fault. */
  object(node: Json | undefined, place: Place): JsonObject | undefined {
    return this.kind(node, 'object', place);
  }

  /** The items of a list, at most `limit`; empty with a fault otherwise. */
  list(node: Json | undefined, place: Place, limit: number): readonly Json[] {
    const list = this.kind(node, 'list', place);
    if (list === undefined) return [];
    if (list.items.length <= limit) return list.items;
    const said = `There are ${list.items.length} entries, more than the limit of ${limit}; split them.`;
    this.refuse(refuse('too-large', said, placeOf(place, list)));
    return [];
  }

  text(node: Json | undefined, place: Place): string {
    return this.kind(node, 'text', place)?.value ?? '';
  }

  /** A number written as a JSON number or as a decimal text; `within` says what is wrong with it, or undefined. */
  number(node: Json | undefined, place: Place, within?: (value: number) => string | undefined): number {
    if (node?.kind !== 'number' && node?.kind !== 'text') {
      this.kind(node, 'number', place);
      return 0;
    }
    const value = parseDecimal(node.kind === 'number' ? node.text : node.value);
    if (typeof value !== 'number') {
      this.refuse(located(value, placeOf(place, node)));
      return 0;
    }
    const wrong = within?.(value);
    if (wrong !== undefined) {
      this.refuse(refuse('out-of-range', `The value ${value} ${wrong}.`, placeOf(place, node)));
    }
    return value;
  }

  /** Refuses keys that nobody knows: a misspelt key would be a silent zero. */
  keys(object: JsonObject, known: readonly string[], place: Place): void {
    for (const [key, node] of object.fields) {
      if (known.includes(key)) continue;
      this.refuse(
        refuse(
          'malformed',
          `The key ${quoted(key)} is unknown here.${suggest(key, known)}`,
          placeOf(place, node),
        ),
      );
    }
  }

  private kind<K extends Json['kind']>(
    node: Json | undefined,
    kind: K,
    place: Place,
  ): Extract<Json, { kind: K }> | undefined {
    if (node === undefined) {
      const said = `${place.path === '' ? 'The file' : quoted(place.path)} is missing; it must be ${KIND_WORDS[kind]}.`;
      this.refuse(refuse('malformed', said, place.source));
      return undefined;
    }
    if (node.kind === kind) return node as Extract<Json, { kind: K }>;
    const said = `This is ${KIND_WORDS[node.kind]} and must be ${KIND_WORDS[kind]}.`;
    this.refuse(refuse('malformed', said, placeOf(place, node)));
    return undefined;
  }
}

/** What is wrong with a number, or undefined. */
export type Within = (value: number) => string | undefined;
export const any: Within = () => undefined;
export const positive: Within = (value) => (value > 0 ? undefined : 'must be above zero');
export const priced: Within = (value) =>
  isPrice(value) ? undefined : `must be a price, from ${PRICE_MIN} to ${PRICE_MAX}`;
export const atLeastZero: Within = (value) => (value >= 0 ? undefined : 'must not be below zero');
export const share: Within = (value) => (value >= 0 && value <= 1 ? undefined : 'must lie from 0 to 1');
export const shareAboveZero: Within = (value) =>
  value > 0 && value <= 1 ? undefined : 'must be above 0 and at most 1';
export const correlation: Within = (value) =>
  value > -1 && value < 1 ? undefined : 'must lie between -1 and 1';

/** An object being read: fields by name, each with its place. */
export class Fields {
  private readonly object: JsonObject | undefined;
  private readonly doubts: Doubts;
  readonly place: Place;

  constructor(node: Json | undefined, place: Place, known: readonly string[], doubts: Doubts) {
    this.object = doubts.object(node, place);
    this.doubts = doubts;
    this.place = place;
    if (this.object !== undefined) doubts.keys(this.object, known, place);
  }

  node(key: string): Json | undefined {
    return this.object?.fields.get(key);
  }

  /** Every key there is, in the file's order. */
  keys(): readonly string[] {
    return [...(this.object?.fields.keys() ?? [])];
  }

  has(key: string): boolean {
    return this.node(key) !== undefined;
  }

  text(key: string): string {
    return this.object === undefined ? '' : this.doubts.text(this.node(key), below(this.place, key));
  }

  /** Minus zero is kept: the round trip is to the bit. */
  number(key: string, within: Within): number {
    if (this.object === undefined) return 0;
    const node = this.node(key);
    const value = this.doubts.number(node, below(this.place, key), within);
    return value === 0 && node?.kind === 'number' && node.text.startsWith('-') ? -0 : value;
  }

  /** As `number`, or the text "Infinity": a minimum over nothing. */
  numberOrInfinity(key: string): number {
    const node = this.node(key);
    return node?.kind === 'text' && node.value === 'Infinity'
      ? Number.POSITIVE_INFINITY
      : this.number(key, any);
  }

  /** ISO 8601 in UTC, or milliseconds since 1970 where the time is between milliseconds. */
  instant(key: string): Instant {
    const node = this.node(key);
    if (node?.kind === 'number') return instant(this.number(key, any));
    const text = this.text(key);
    const at = this.doubts.fault === undefined ? parseInstant(text) : 0;
    if (typeof at === 'number') return instant(at);
    this.refuse(key, at.message);
    return instant(0);
  }

  word<T extends string>(key: string, words: readonly T[]): T {
    const text = this.text(key);
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) this.refuse(key, `${quoted(text)} is unknown here.${suggest(text, words)}`);
    return word ?? words[0]!;
  }

  list<T>(key: string, limit: number, read: (node: Json, place: Place) => T): readonly T[] {
    if (this.object === undefined) return [];
    const place = below(this.place, key);
    return this.doubts.list(this.node(key), place, limit).map((item, i) => read(item, below(place, i)));
  }

  map<T>(key: string, limit: number, read: (fields: Fields, name: string) => T): ReadonlyMap<string, T> {
    const place = below(this.place, key);
    const object = this.object === undefined ? undefined : this.doubts.object(this.node(key), place);
    const names = [...(object?.fields.keys() ?? [])];
    if (names.length > limit)
      this.refuse(key, `There are ${names.length} entries, more than the limit of ${limit}.`);
    if (this.doubts.fault !== undefined || object === undefined) return new Map();
    const fields = new Fields(object, place, names, this.doubts);
    return new Map(names.map((name) => [name, read(fields, name)]));
  }

  refuse(key: string, message: string): void {
    const node = this.node(key) ?? this.object;
    const place = below(this.place, key);
    this.doubts.refuse(
      refuse('malformed', message, node === undefined ? place.source : placeOf(place, node)),
    );
  }
}
