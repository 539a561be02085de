// What is written of an input is read back as it was, in one text; and no text makes the reader throw.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputKinds, inputsOf } from '../../../test/inputs.law.ts';
import { canonicalJson, isRefusal, sentence } from '../../base/index.ts';
import type { Input } from '../../engine/index.ts';
import { models as registry } from '../../margin/index.ts';
import { readInput, writeInput, writeMarket } from '../index.ts';

const models = new Map(Object.entries(registry));
const read = (text: string) => readInput(text, 'line 7', models);

/** The same input in plain data, as anybody's JSON library would write it. */
const plain = (input: Input) =>
  input.kind !== 'market'
    ? input
    : {
        ...input,
        market: writeMarket(input.market),
        health: Object.fromEntries(input.health),
        funding: Object.fromEntries(input.funding),
      };

/** The same JSON with other blanks and other keys first. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item)] as const);
  return Object.fromEntries(entries.reverse());
}

describe('M-200 inputs are exact text', () => {
  it.each(inputKinds)('M-200 %s: read back as it was, canonical, however it is laid out', (kind) => {
    const numRuns = kind === 'market' || kind === 'propose' ? 20 : 150;
    fc.assert(
      fc.property(inputsOf(kind), (input) => {
        const text = writeInput(input);
        if (text !== canonicalJson(plain(input))) throw new Error('the text is not canonical JSON');
        const back = read(text);
        if (isRefusal(back)) throw new Error(sentence(back));
        if (kind !== 'market' && kind !== 'propose') expect(back).toStrictEqual(input);
        if (writeInput(back) !== text) throw new Error('the text changes when it is read');
        const other = read(JSON.stringify(shuffled(JSON.parse(text)), null, 2));
        if (isRefusal(other)) throw new Error(sentence(other));
        if (writeInput(other) !== text) throw new Error('the layout changes the input');
      }),
      { numRuns },
    );
  });

  it('M-200 a market within is the same market', () => {
    fc.assert(
      fc.property(inputsOf('market'), (input) => {
        const back = read(writeInput(input));
        expect(back).toEqual(input);
      }),
      { numRuns: 3 },
    );
  });

  it('M-200 text that was cut, doubled or stirred is read soundly or refused in a sentence', () => {
    const any = fc.constantFrom(...inputKinds.filter((kind) => kind !== 'market' && kind !== 'propose'));
    const stir = fc.record({ at: fc.nat(400), cut: fc.nat(6), put: fc.string({ maxLength: 4 }) });
    fc.assert(
      fc.property(any.chain(inputsOf), fc.array(stir, { minLength: 1, maxLength: 3 }), (input, stirs) => {
        let text = writeInput(input);
        for (const { at, cut, put } of stirs) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + put + text.slice(from + cut);
        }
        const back = read(text);
        if (isRefusal(back)) {
          if (!back.where?.startsWith('line 7')) throw new Error('no place');
          if (/[\n\r]/.test(sentence(back))) throw new Error('more than a line');
          return;
        }
        const again = read(writeInput(back));
        if (isRefusal(again) || writeInput(again) !== writeInput(back)) throw new Error('not stable');
      }),
      { numRuns: 2000 },
    );
  });
});
