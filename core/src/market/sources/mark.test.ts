// Marks and settlement averages by example.

import { describe, expect, it } from 'vitest';
import { instant, isRefusal, type Refusal } from '../../base/index.ts';
import {
  averagePolicy,
  type IndexSample,
  type MarkInput,
  type MarkState,
  markOf,
  markPolicy,
  settlementAverage,
  unmarked,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const BEGIN = 1_760_000_000_000;
const at = instant(BEGIN);
const index = { value: 100, at };
const book = (mid: number, when = at, half = 0.1) => ({ bid: mid - half, ask: mid + half, at: when });
const mark = (more: Partial<MarkInput>, state: MarkState = { basis: 0, at: instant(BEGIN - 1) }) =>
  sure(markOf({ at, index, ...more }, markPolicy, state));

describe('M-228 marks', () => {
  it.each<[string, Partial<MarkInput>, number, string]>([
    ['the median of three: the trade', { book: book(102), last: { value: 101, at } }, 101, 'last'],
    ['the median of three: the book', { book: book(101), last: { value: 104, at } }, 101, 'mid'],
    ['the median of three: the index', { book: book(101), last: { value: 99, at } }, 100, 'index'],
    ['a trade alone moves nothing', { last: { value: 104, at } }, 100, 'index'],
    ['a book alone moves nothing but the average', { book: book(104) }, 100, 'index'],
    ['both far away: the band', { book: book(120), last: { value: 130, at } }, 105, 'band'],
    [
      'a stale book is none',
      { book: book(102, instant(BEGIN - 5_001)), last: { value: 101, at } },
      100,
      'index',
    ],
    [
      'a stale trade is none',
      { book: book(102), last: { value: 101, at: instant(BEGIN - 60_001) } },
      100,
      'index',
    ],
    [
      'a trade of tomorrow is none',
      { book: book(102), last: { value: 101, at: instant(BEGIN + 1) } },
      100,
      'index',
    ],
    ['a crossed book is none', { book: { bid: 103, ask: 102, at }, last: { value: 101, at } }, 100, 'index'],
    [
      'a book of NaN is none',
      { book: { bid: Number.NaN, ask: 102, at }, last: { value: 101, at } },
      100,
      'index',
    ],
    [
      'a book of one side is none',
      { book: { bid: 0, ask: 102, at }, last: { value: 101, at } },
      100,
      'index',
    ],
    ['a book too wide is none', { book: book(102, at, 1.1), last: { value: 101, at } }, 100, 'index'],
  ])('%s', (_, input, value, source) => {
    const found = mark(input);
    expect(found.mark).toBeCloseTo(value, 2);
    expect(found.source).toBe(source);
  });

  it('half of a change of basis is followed in a half-life, however often it is looked at', () => {
    const walk = (step: number) => {
      let state: MarkState = { basis: 0, at };
      for (let passed = step; passed <= 30_000; passed += step) {
        const when = instant(BEGIN + passed);
        const input = { at: when, index: { value: 100, at: when }, book: book(102, when) };
        state = sure(markOf(input, markPolicy, state)).state;
      }
      return state.basis;
    };
    expect(walk(30_000)).toBeCloseTo(0.01, 14);
    expect(walk(500)).toBeCloseTo(0.01, 12);
  });

  it('the first book sets the basis, an older one does not move it, a long silence begins anew', () => {
    const first = mark({ book: book(102) }, unmarked);
    expect(first.basis).toBeCloseTo(0.02, 14);
    expect(first.mark).toBeCloseTo(102, 12);
    expect(mark({ book: book(101) }, first.state).state).toBe(first.state);
    const later = instant(BEGIN + markPolicy.gapMax + 1);
    const anew = { at: later, index: { value: 100, at: later }, book: book(99, later) };
    expect(sure(markOf(anew, markPolicy, first.state)).basis).toBeCloseTo(-0.01, 14);
  });

  it.each<[string, Partial<MarkInput>, Partial<typeof markPolicy>, string]>([
    ['a stale index', { index: { value: 100, at: instant(BEGIN - 5_001) } }, {}, 'no-market'],
    ['an index of tomorrow', { index: { value: 100, at: instant(BEGIN + 1) } }, {}, 'no-market'],
    ['an index of NaN', { index: { value: Number.NaN, at } }, {}, 'no-market'],
    ['an index of zero', { index: { value: 0, at } }, {}, 'no-market'],
    ['a time of NaN', { at: instant(Number.NaN) }, {}, 'no-market'],
    ['a band of one', {}, { band: 1 }, 'bad-parameter'],
    ['no half-life', {}, { halfLifeSeconds: 0 }, 'bad-parameter'],
    ['a limit of NaN', {}, { bookAgeMax: Number.NaN }, 'bad-parameter'],
  ])('%s is refused', (_, input, policy, why) => {
    expect(markOf({ at, index, ...input }, { ...markPolicy, ...policy }, unmarked)).toMatchObject({
      reason: why,
    });
  });
});

describe('M-228 settlement', () => {
  const expiry = instant(BEGIN + averagePolicy.window);
  const every = (
    ms: number,
    price: (i: number) => number,
    count = averagePolicy.window / ms,
  ): IndexSample[] =>
    Array.from({ length: count }, (_, i) => ({ at: instant(BEGIN + i * ms), value: price(i) }));

  it('half an hour of two prices is their mean, each by its time', () => {
    const found = sure(
      settlementAverage(
        every(5_000, (i) => (i < 90 ? 100 : 104)),
        expiry,
        expiry,
      ),
    );
    expect(found).toEqual({ value: 103, observedShare: 1, fixedShare: 1, gaps: [], gapMax: 0 });
  });

  it('a gap counts neither way and is stated; a sample stands for a minute at most', () => {
    const samples = every(5_000, (i) => (i < 180 ? 100 : 110)).filter((_, i) => i < 120 || i >= 240);
    const found = sure(settlementAverage(samples, expiry, expiry));
    const gap = { from: instant(BEGIN + 119 * 5_000 + 60_000), to: instant(BEGIN + 240 * 5_000) };
    expect(found.gaps).toEqual([gap]);
    expect(found.gapMax).toBe(gap.to - gap.from);
    expect(found.observedShare).toBe(1 - found.gapMax / averagePolicy.window);
    expect(found.value).toBeCloseTo((100 * 655 + 110 * 600) / 1255, 10);
  });

  it('half-way half is fixed, and a sample from before the window stands into it', () => {
    const before = { at: instant(BEGIN - 10_000), value: 90 };
    const found = sure(
      settlementAverage([before, ...every(50_000, () => 100).slice(1)], expiry, instant(BEGIN + 900_000)),
    );
    expect([found.fixedShare, found.value]).toEqual([0.5, (90 * 50 + 100 * 850) / 900]);
  });

  it.each<[string, IndexSample[], number, Partial<typeof averagePolicy>, string]>([
    ['before the window', every(5_000, () => 100), BEGIN, {}, 'no-market'],
    ['at no time', every(5_000, () => 100), Number.NaN, {}, 'no-market'],
    ['too little seen', every(5_000, () => 100, 100), expiry, {}, 'no-quotes'],
    ['nothing seen', [], expiry, { observedMin: 0 }, 'no-quotes'],
    ['a price of NaN', [{ at, value: Number.NaN }], expiry, {}, 'out-of-range'],
    ['a price of zero', [{ at, value: 0 }], expiry, {}, 'out-of-range'],
    [
      'one time twice',
      [
        { at, value: 1 },
        { at, value: 1 },
      ],
      expiry,
      {},
      'out-of-order',
    ],
    ['a window of nothing', [], expiry, { window: 0 }, 'bad-parameter'],
    ['a share above one', [], expiry, { observedMin: 1.1 }, 'bad-parameter'],
    [
      'too many',
      Array.from({ length: 100_001 }, (_, i) => ({ at: instant(BEGIN + i), value: 1 })),
      expiry,
      {},
      'too-large',
    ],
  ])('%s is refused', (_, samples, when, policy, why) => {
    expect(settlementAverage(samples, expiry, instant(when), { ...averagePolicy, ...policy })).toMatchObject({
      reason: why,
    });
  });
});
