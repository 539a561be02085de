// Models whose rows the kernel fills: the same books, known by the same digests.

import { digestValue, isRefusal, type MarginModel, models, type Refusal } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../core/test/history.ts';
import { market } from '../../core/test/sample.ts';
import { openMargin } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const past = { ...market, history: sampleHistory() };
const kernel = sure(await openMargin());

describe('models with the kernel in them', () => {
  for (const id of ['grid', 'var', 'dmr'] as const) {
    it(`${id}: rows to the bit, and the digest of the book`, () => {
      const [mine, theirs] = [kernel.models, models].map((all) => {
        const model = all[id] as MarginModel;
        return sure(model.book(everything as never, past as never, fewWindows(model.defaults) as never)).risk;
      });
      expect(mine!.rows).toEqual(theirs!.rows);
      expect(mine!.digest).toBe(theirs!.digest);
    });
  }
  it('leaves every other model as it is', () => {
    const others = (Object.keys(models) as (keyof typeof models)[]).filter(
      (id) => !['grid', 'var', 'dmr'].includes(id),
    );
    for (const id of others) expect(kernel.models[id]).toBe(models[id]);
    expect(digestValue(kernel.models.grid.defaults)).toBe(digestValue(models.grid.defaults));
  });
});
