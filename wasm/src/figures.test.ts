// Figures of crowds at the door: what is asked amiss is refused before anything is written, and so is what there is no room for.

import {
  type CrowdAccounts,
  crowdFigures,
  type FiguresBody,
  type GridBook,
  isRefusal,
  type MarginModel,
  models,
  type Refusal,
  refuse,
  typescriptFigures,
} from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { market } from '../../core/test/sample.ts';
import { openKernel, wasmFigures } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const said = (value: unknown) => (isRefusal(value) ? `${value.where}: ${value.message}` : 'answered');
const kernel = sure(await openKernel());
const model = models.grid as MarginModel;
const book = sure(
  model.book(everything as never, market as never, model.defaults as never),
) as unknown as GridBook;
const products = book.risk.products.length;

/** Accounts of one position each but the last, which holds all that is given. */
function crowdOf(rows: readonly number[], quantity = 1): CrowdAccounts {
  return {
    count: 2,
    start: Int32Array.of(0, 1, 1 + rows.length),
    rows: Int32Array.of(0, ...rows),
    quantities: new Float64Array(1 + rows.length).fill(quantity).with(0, 1),
    unsettled: new Float64Array(2),
  };
}
const sound = crowdOf([1, 2]);
const amiss: [string, CrowdAccounts, RegExp][] = [
  ['rows that do not ascend', crowdOf([2, 1]), /account 1 of the crowd: its rows do not ascend/],
  ['a row twice', crowdOf([1, 1]), /do not ascend/],
  ['a row beyond the book', crowdOf([products]), /which the book has not/],
  ['a row before it', crowdOf([-1]), /holds row -1/],
  ['a hundred thousand times a row', crowdOf(new Array<number>(100_000).fill(1)), /do not ascend/],
  ['nothing of a row', crowdOf([1], 0), /is zero/],
  ['a quantity that is none', crowdOf([1], Number.NaN), /no number/],
  ['a quantity beyond sense', crowdOf([1], 1e19), /is no number up to/],
  ['a profit that is none', { ...sound, unsettled: Float64Array.of(0, Number.NaN) }, /profit is no number/],
  ['profits too few', { ...sound, unsettled: new Float64Array(1) }, /1 unsettled profits for 2/],
  ['ends before beginnings', { ...sound, start: Int32Array.of(0, 3, 2) }, /starts ascend/],
  ['more positions than there are', { ...sound, start: Int32Array.of(0, 1, 9) }, /starts do not fit/],
];

/** Room with a mark in it. */
function marked(count: number) {
  const out = crowdFigures(count);
  for (const column of [out.equity, out.maintenance, out.release, out.initial, out.locked]) column.fill(7n);
  out.asked.fill(7);
  return out;
}

const bodies: Record<string, FiguresBody> = {
  TypeScript: typescriptFigures,
  WebAssembly: wasmFigures(kernel),
};
for (const [name, body] of Object.entries(bodies)) {
  describe(`M-33: ${name} at the door`, () => {
    const judge = sure(model.figures!(body, book));
    it('refuses crowds that are amiss, and writes nothing', () => {
      for (const [what, crowd, message] of amiss) {
        const out = marked(2);
        expect(said(judge(crowd, 0, 2, out)), what).toMatch(message);
        expect(out, what).toEqual(marked(2));
      }
      expect(judge(sound, 0, 2, marked(2))).toBeUndefined();
    });

    it('refuses accounts that are not there and columns that are too short', () => {
      for (const [from, to] of [
        [0, 3],
        [-1, 1],
        [2, 1],
        [0, 1.5],
      ] as const) {
        const out = marked(4);
        expect(said(judge(sound, from, to, out))).toMatch(/are asked for of 2/);
        expect(out).toEqual(marked(4));
      }
      for (const column of Object.keys(marked(2))) {
        const out = { ...marked(2), [column]: marked(1)[column as 'equity'] };
        expect(said(judge(sound, 0, 2, out)), column).toMatch(/room for 1 numbers; 2 are answered/);
        expect(out.equity[0], column).toBe(7n);
      }
    });
  });
}

describe('M-33: a memory without room', () => {
  it('refuses, writes nothing and keeps nothing, and answers once there is room', async () => {
    const own = sure(await openKernel());
    const judge = sure(model.figures!(wasmFigures(own), book));
    const { used } = own.arena;
    const take = own.arena.take.bind(own.arena);
    for (let taken = 0; taken < 5; taken++) {
      let left = taken;
      own.arena.take = (bytes) =>
        left-- > 0 ? take(bytes) : refuse('too-large', 'it is full.', 'the kernel');
      const out = marked(2);
      expect(said(judge(sound, 0, 2, out))).toBe('the kernel: it is full.');
      expect(out).toEqual(marked(2));
      expect(own.arena.used).toBe(used);
    }
    own.arena.take = take;
    const [mine, theirs] = [marked(2), marked(2)];
    expect(judge(sound, 0, 2, mine)).toBeUndefined();
    expect(sure(typescriptFigures(book))(sound, 0, 2, theirs)).toBeUndefined();
    expect(mine).toEqual(theirs);
    expect(own.arena.used).toBe(used);
  });
});
