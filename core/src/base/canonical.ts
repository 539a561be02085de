// One text per value: the form in which parameters and portfolios are digested.

import { assert } from './assert.ts';
import { utf8 } from './bytes.ts';
import { digestOf } from './digest.ts';
import type { Digest } from './units.ts';

/**
 * JSON with keys in code-unit order, no blanks, no undefined, numbers in their shortest round-trip form (RFC 8785).
 * @example canonicalJson({ b: 1, a: [true] }) // '{"a":[true],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'canonical JSON holds finite numbers');
    return JSON.stringify(value);
  }
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  assert(typeof value === 'object', 'canonical JSON holds plain data');
  const entries = Object.entries(value as object)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** SHA-256 of a value's canonical JSON. @example digestValue({ a: 1 }) === digestValue({ a: 1 }) // true */
export function digestValue(value: unknown): Digest {
  return digestOf(utf8(canonicalJson(value)));
}
