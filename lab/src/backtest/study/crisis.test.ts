// A crash made by hand: who stood at a line, who came in, what was left.

import { instant } from '@plimsoll/core';
import type { Bar } from '@plimsoll/core/governor';
import { expect, it } from 'vitest';
import { atTheLine, cameIn, deepestFall, finest, lossAfter, type Standing } from './crisis.ts';

const HOUR = 3_600_000;
const bar = (from: number, to: number, low: number, close: number): Bar => {
  return { from: instant(from * HOUR), to: instant(to * HOUR), open: 100, high: 110, low, close };
};
const bars = [bar(0, 1, 99, 100), bar(1, 2, 95, 97), bar(2, 3, 70, 80), bar(3, 4, 75, 78)];
const asked = (maintenance: number, initial: number): Standing[] => [{ at: 0, maintenance, initial }];

it('M-190 a crash: what is missing of who stood at the line', () => {
  // At the close of 100 the low of two hours is 70: 30 % lost against 10 %; at 97 it is 27.8 %; at 80 75.
  const found = atTheLine(asked(0.1, 0.2), bars, [HOUR, 4 * HOUR], 2);
  expect(found.worst).toBeCloseTo(0.2, 12);
  expect(found.at).toBe(HOUR);
  expect(found.mean).toBeCloseTo((0.2 + (1 - 70 / 97 - 0.1) + 0) / 3, 12);
  expect(atTheLine(asked(0.4, 0.5), bars, [HOUR, 4 * HOUR], 2).worst).toBe(0);
});

it('M-190 a crash: what is missing of who came in at initial', () => {
  // In at 100 with 20; at 97 there are 17 left, above 10; at 80 none, and the lowest on the way was 70: 10 missing.
  expect(cameIn(asked(0.1, 0.2), bars, [HOUR, 2 * HOUR], 2).worst).toBeCloseTo(0.1, 12);
  // With a line at 18 it is closed from 97 on, at 70 again.
  expect(cameIn(asked(0.18, 0.2), bars, [HOUR, 2 * HOUR], 2).worst).toBeCloseTo(0.1, 12);
  expect(cameIn(asked(0.1, 0.5), bars, [HOUR, 2 * HOUR], 2)).toEqual({ worst: 0, at: 0, mean: 0 });
});

it('the deepest fall, and a loss from the last close', () => {
  expect(deepestFall(bars, 2)).toEqual({ at: HOUR, loss: expect.closeTo(0.3, 12) });
  expect(lossAfter(bars, 2 * HOUR, 2)).toBeCloseTo(1 - 70 / 97, 12);
  expect(lossAfter(bars, 0.5 * HOUR, 2)).toBe(0);
});

it('takes finer bars of an hour only where all of it is in them', () => {
  const fine = [bar(1, 1.5, 96, 97), bar(1.5, 2, 95, 97), bar(2, 2.5, 70, 80)];
  expect(finest(fine, bars)).toEqual([bars[0], fine[0], fine[1], bars[2], bars[3]]);
});
