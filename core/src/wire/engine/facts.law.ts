// What is written of facts is read back as it was, in one text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factKinds, factsOf } from '../../../test/facts.law.ts';
import { canonicalJson, isRefusal, sentence } from '../../base/index.ts';
import { readFacts, writeFacts } from '../index.ts';

describe('M-200 facts are exact text', () => {
  it.each(factKinds)('M-200 %s: read back as it was, and canonical', (kind) => {
    fc.assert(
      fc.property(fc.array(factsOf(kind), { maxLength: 3 }), (facts) => {
        const text = writeFacts(facts);
        if (text !== canonicalJson(facts)) throw new Error('the text is not canonical JSON');
        const back = readFacts(text, 'line 7');
        if (isRefusal(back)) throw new Error(sentence(back));
        expect(back).toStrictEqual(facts);
      }),
      { numRuns: 100 },
    );
  });

  it('M-200 shapes nobody writes are refused, with the fact and the field', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['{}', 'This is an object {...} and must be a list [...].'],
      ['[{"kind":"movd"}]', 'line 7, [0].kind: "movd" is unknown here. Did you mean "moved"?'],
      [
        '[{"kind":"repeated","of":1},{"kind":"repeated","of":-1}]',
        'line 7, [1](repeated).of: This is -1 and must be',
      ],
      [
        '[{"kind":"drawn","account":"a","units":5}]',
        '[0](drawn).units: This is 5 and must be a whole amount as text',
      ],
      ['[{"kind":"adopted"}]', '[0](adopted).set: It is missing; it must be a text.'],
      [
        '[{"kind":"unordered","account":"a","order":"1.0","why":"gone"}]',
        '[0](unordered).why: "gone" is unknown here.',
      ],
      ['[{"kind":"repeated","of":1}', 'The JSON ends early'],
    ];
    for (const [text, said] of rows) {
      const back = readFacts(text, 'line 7');
      expect(isRefusal(back) ? sentence(back) : 'read').toContain(said);
    }
  });
});
