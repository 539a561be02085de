// How Derive's vectors state what they expect: quantities in wads with a tolerance in words, or an error.

import { isRefusal, type Refusal, sentence } from '@plimsoll/core';
import { has, num, part, word } from './fields.ts';
import { type Checked, type Raw, same, Unreadable, within } from './suite.ts';
import { answered } from './svi.ts';

const EXACT = 1e-15;

/** What an asserted tolerance means for doubles: an absolute size and a relative one. */
interface Allowance {
  readonly absolute: number;
  readonly relative: number;
}

/** Reads the tolerance of a quantity from the source's words. @example allowanceOf({ tolerance: { all: 'abs 1e-12' } }, 'call') */
export function allowanceOf(asserted: Raw, quantity: string): Allowance {
  const stated = has(asserted, 'tolerance') ? part(asserted, 'tolerance') : {};
  const text = stated[quantity] ?? stated['all'];
  if (typeof text !== 'string') throw new Unreadable(`no tolerance is stated for "${quantity}"`);
  const size = /^(abs|rel) ([0-9.]+(?:e[+-]?\d+)?)/.exec(text);
  if (size !== null) {
    const value = Number(size[2]);
    return size[1] === 'abs' ? { absolute: value, relative: 0 } : { absolute: 0, relative: value };
  }
  const decimals = /^equal after truncation to (\d+) decimals/.exec(text);
  if (decimals !== null) return { absolute: 10 ** -Number(decimals[1]), relative: 0 };
  if (text === 'equal after truncation toward zero to whole dollars') return { absolute: 1, relative: 0 };
  if (text.startsWith('exact')) return { absolute: EXACT, relative: EXACT };
  throw new Unreadable(`tolerance "${text}" is not understood`);
}

/** Compares one asserted quantity; `blur` is what rounding the inputs to doubles may cost. */
export function asserted(facts: Raw, quantity: string, got: number | Refusal, blur = 0): Checked {
  const expected = num(facts, quantity);
  if (isRefusal(got)) return answered(quantity, expected, got, 0);
  const { absolute, relative } = allowanceOf(facts, quantity);
  const allowed = Math.max(absolute, relative * Math.abs(expected)) + blur;
  return within(quantity, expected, got, allowed);
}

/** A case that must fail: only a typed refusal is right. */
export function refused(facts: Raw, got: number | Refusal): Checked {
  const words = isRefusal(got) ? `refused: ${sentence(got)}` : got;
  const check = same('refusal', `refused (${word(facts, 'error')})`, words);
  return isRefusal(got) ? { ...check, error: 0, ok: true } : check;
}
