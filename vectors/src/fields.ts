// Reading one case: numbers may be JSON numbers, decimal strings of any length, or fractions such as "90/365".

import { type Raw, Skip, Unreadable } from './suite.ts';

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The double nearest to a number as vectors write it, or undefined. @example numberOf('90/365') // 0.2465753424657534 */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const parts = value.trim().split('/');
  if (parts.length > 2 || !parts.every((part) => DECIMAL.test(part.trim()))) return undefined;
  const top = Number(parts[0]);
  const whole = parts.length === 1 ? top : top / Number(parts[1]);
  return Number.isFinite(whole) ? whole : undefined;
}

/** Whether a value is a JSON object. @example isRaw([]) // false */
export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a case states a field; null is a way to state nothing. @example has({ exact: '1' }, 'exact') // true */
export function has(row: Raw, field: string): boolean {
  return Object.hasOwn(row, field) && row[field] !== undefined && row[field] !== null;
}

/** A number a case must state. @example num({ t: '1/2' }, 't') // 0.5 */
export function num(row: Raw, field: string): number {
  const value = numberOf(own(row, field));
  if (value === undefined) {
    throw new Unreadable(`field "${field}" is ${shown(own(row, field))}; a number is needed`);
  }
  return value;
}

/** A number that stands in a list. @example numOf('1/2', 'bs1[0]') // 0.5 */
export function numOf(value: unknown, where: string): number {
  const number = numberOf(value);
  if (number === undefined) throw new Unreadable(`field "${where}" is ${shown(value)}; a number is needed`);
  return number;
}

/** A number a case may state. @example numOr({}, 'df', 1) // 1 */
export function numOr(row: Raw, field: string, otherwise: number): number {
  return has(row, field) ? num(row, field) : otherwise;
}

/**
 * A number a case must state, as an exact count of 10^-decimals: counts beyond 2^53 come as text, or as numbers with few digits.
 * @example scaled({ qty: 1e-8 }, 'qty', 8) // 1n
 */
export function scaled(row: Raw, field: string, decimals: number): bigint {
  const value = own(row, field);
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole + fraction === '')
    throw new Unreadable(`field "${field}" is ${shown(value)}; a number is needed`);
  const shift = decimals + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const unit = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % unit !== 0n) {
    throw new Unreadable(`field "${field}" is ${shown(value)}; at most ${decimals} decimals are needed`);
  }
  const count = shift < 0 ? digits / unit : digits * unit;
  return sign === '-' ? -count : count;
}

/** A word a case must state. @example word({ type: 'put' }, 'type') // 'put' */
export function word(row: Raw, field: string): string {
  const value = own(row, field);
  if (typeof value !== 'string') throw new Unreadable(`field "${field}" is ${shown(value)}; text is needed`);
  return value;
}

/** An object a case must state. @example part({ input: {} }, 'input') // {} */
export function part(row: Raw, field: string): Raw {
  const value = own(row, field);
  if (!isRaw(value)) throw new Unreadable(`field "${field}" is ${shown(value)}; an object is needed`);
  return value;
}

/** A list a case must state. @example list({ quotes: [] }, 'quotes') // [] */
export function list(row: Raw, field: string): readonly unknown[] {
  const value = own(row, field);
  if (!Array.isArray(value)) throw new Unreadable(`field "${field}" is ${shown(value)}; a list is needed`);
  return value;
}

/** The side of an option: `type` is call or put. @example right({ type: 'call' }) // 'call' */
export function right(row: Raw): 'call' | 'put' {
  const type = word(row, 'type').toLowerCase();
  if (type !== 'call' && type !== 'put') {
    throw new Unreadable(`field "type" is ${shown(type)}; call or put is needed`);
  }
  return type;
}

/** The suite's own tolerance of a name; `otherwise` where the suite states none. @example tolerance(suite, 'absolute', 1e-12) */
export function tolerance(suite: Raw, name: string, otherwise: number): number {
  const stated = suite['tolerance'];
  const value = isRaw(stated) && has(stated, name) ? num(stated, name) : otherwise;
  if (value < 0) throw new Unreadable(`tolerance "${name}" is ${value}; it must be at least 0`);
  return value;
}

/** Leaves a case to a later day, under a reason. @example skip('function tanh is not known') */
export function skip(reason: string): never {
  throw new Skip(reason);
}

function own(row: Raw, field: string): unknown {
  return Object.hasOwn(row, field) ? row[field] : undefined;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
