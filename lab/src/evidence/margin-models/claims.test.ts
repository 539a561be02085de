// What the document says is read off numbers: by hand where it is small, and on a small walk, where no cell may be empty of sense.

import type { FactorHistory } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { sampleHistory } from '../../../../core/test/history.ts';
import { WALKED, walk } from '../../backtest/study/walks.ts';
import {
  type Compared,
  comparedWith,
  coverageClaim,
  halvesClaim,
  isHalved,
  levelled,
  testsOf,
} from './claims.ts';
import { costWords } from './crises.ts';
import { frontierTable } from './frontier.ts';
import { figuresOfRun, hourRises, type TableModel } from './reading.ts';
import { booksTable, halvesTable, levelTable, percentText, timesTable } from './tables.ts';

const history = sampleHistory(2_000) as unknown as FactorHistory;
const span = { from: history.times[980]!, to: history.times[1_060]!, every: 4 };

function modelOf(name: string): TableModel {
  const run = walk(WALKED[name]!, history, { kind: 'standard' }, span);
  return { ...figuresOfRun(name, run), hours: hourRises([run]) };
}

describe('M-191 M-192 what is claimed is read off the numbers', () => {
  const [fixed, plain] = [modelOf('grid'), modelOf('static')];

  it('counts a family of tests: every book, both lines', () => {
    const tests = testsOf('sample', fixed.books);
    expect(tests).toHaveLength(24);
    const { battery, holds } = coverageClaim(tests);
    expect(battery.tests).toBe(24);
    expect(battery.expected).toBeCloseTo(1.2, 12);
    expect(holds).toBe(battery.rejected.length === 0);
    expect(coverageClaim([{ name: 'one', pValue: 0.01 }]).holds).toBe(false);
  });

  it('says of what is not halved whether it is the book that moved', () => {
    const figure = (measure: Compared['measure'], own: number, other: number): Compared => {
      return { book: 'b', line: 'maintenance', measure, own, other };
    };
    const pairs = [
      {
        name: 'set',
        own: [figure('1 d', 0.2, 0.5), figure('5 d', 0.3, 0.5), figure('30 d', 0.4, 0.5)],
        fixed: [figure('1 d', 0.4, 0.5), figure('5 d', 0.28, 0.5), figure('30 d', 0.1, 0.5)],
      },
    ];
    const { figures, missed, ownMoves } = halvesClaim(pairs, 'maintenance');
    expect([figures, missed.length, ownMoves]).toEqual([3, 2, 1]);
    expect(halvesClaim(pairs, 'initial')).toEqual({ figures: 0, missed: [], ownMoves: 0 });
    expect(isHalved({ own: 0, other: 0 })).toBe(true);
  });

  it('has no empty numbers in its tables', () => {
    const own = comparedWith(fixed, plain);
    expect(own.length).toBe(12 * 2 * 5);
    const text = [
      booksTable([fixed, plain], 'maintenance'),
      booksTable([fixed, plain], 'initial'),
      levelTable(levelled(fixed, plain)),
      halvesTable([{ name: 'sample', own, fixed: own }]),
      frontierTable([{ name: 'grid', books: fixed.books }]),
      timesTable([['sample', [fixed, plain]]]),
    ].join('\n');
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(text.match(/^\| outright \| grid/gm)).toHaveLength(2);
    expect([percentText(1.234), percentText(0.1234), percentText(0.01234), percentText(null)]).toEqual([
      ...['123 %', '12.3 %', '1.23 %', '-'],
    ]);
  });
});

it('M-190 says what each thing that holds the governor back cost, with its sign', () => {
  const standing = { at: 0, maintenance: 0.1, initial: 0.2 };
  const levels = { before: standing, start: standing, highest: standing, end: standing };
  const rule = (name: string, line: number, came: number) => {
    const left = (worst: number) => ({ worst, at: 0, mean: 0 });
    return { rule: name, ...levels, atLine: left(line), cameIn: left(came) };
  };
  const rules = [
    [0.17, 0.14],
    [0.17, 0.14],
    [0.14, 0.15],
    [0.1, 0.1],
    [0.2, 0.1],
  ].map(([line, came], i) => rule(`${i}`, line!, came!));
  const words = costWords({ rules });
  expect(words).toContain('the cap 0 at the line and 0 of who came in');
  expect(words).toContain('the speed limit 3.00 % at the line and -1.00 % of who came in');
  expect(words).toContain('The cap moved none');
});
