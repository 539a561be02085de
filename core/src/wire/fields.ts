// Reading known fields out of JSON: the first fault is kept, so that a reader can ask for every field and doubt once.

import { type Refusal, refuse } from '../base/index.ts';
import { parseDecimal } from './decimal.ts';
import type { Json, JsonObject } from './json.ts';
import { located, quoted, suggest } from './words.ts';

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
  const tail = typeof step === 'number' ? `[${step}]` : step.length > 40 ? `${step.slice(0, 37)}...` : step;
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
