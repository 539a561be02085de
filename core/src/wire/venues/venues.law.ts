// Whatever happens to an answer on its way, it is read or refused in a sentence; no number of a report is NaN.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, sentence } from '../../base/index.ts';
import { accountsOf, marketOf } from '../../margin/index.ts';
import { readVenueAnswer } from './open.ts';

const names = [
  'deribit-summaries.json',
  'deribit-positions.json',
  'deribit-simulate.json',
  'okx-position-builder.json',
  'derive-subaccount.json',
];
const examples = new URL('../../../../examples/venues/', import.meta.url);
const texts = new Map(names.map((name) => [name, readFileSync(new URL(name, examples), 'utf8')]));

/** Every place of a value, as a path. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))];
}

function withValue(root: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = Array.isArray(root) ? [...root] : { ...(root as object) };
  const slots = copy as Record<string, unknown>;
  const inner = withValue((root as Record<string, unknown>)[key], rest, value);
  if (inner === undefined && !Array.isArray(copy)) delete slots[key];
  else slots[key] = inner ?? null;
  return copy;
}

const junk = fc.oneof(
  fc.constantFrom(undefined, null, '', 'x', '-', [], {}, true, -1, 0, 1e300, '1e-400', [[]], { a: 1 }),
  fc.double(),
  fc.string(),
);

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

describe('answers', () => {
  it.each(names)('M-124 %s with any field otherwise is read, or refused by name in one line', (name) => {
    const root = JSON.parse(texts.get(name)!);
    const paths = places(root);
    fc.assert(
      fc.property(fc.nat(paths.length - 1), junk, (i, value) => {
        const bent = JSON.stringify(withValue(root, paths[i]!, value)) ?? '';
        const answer = readVenueAnswer(bent, name);
        if (isRefusal(answer)) {
          expect(sentence(answer)).toContain(name);
          expect(sentence(answer)).not.toContain('\n');
          return;
        }
        expect(numbersOf([answer, accountsOf(answer)]).every(Number.isFinite)).toBe(true);
        const market = marketOf(answer, Date.UTC(2026, 2, 2) as never);
        if (!isRefusal(market)) {
          expect(numbersOf(market.underlyings).every((level) => Number.isFinite(level) && level >= 0)).toBe(
            true,
          );
        }
      }),
      { numRuns: 600 },
    );
  });

  it('M-124 text that is no answer is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(isRefusal(readVenueAnswer(text, 'a.json'))).toBe(true);
      }),
    );
  });
});
