// Parameters by the day, on a model that exists for this test alone: grid with two dated sets.

import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, sentence } from '../../base/index.ts';
import { grid } from '../models/grid.ts';
import { gridDefaults } from '../parameters.ts';
import type { MarginModel } from '../requirement.ts';
import {
  asOf,
  changesOf,
  differencesOf,
  type History,
  historyOf,
  isDay,
  withHistory,
  withSet,
} from './registry.ts';

const first = { effective: '2024-06-17', source: 'an example', parameters: gridDefaults };
const btc = { ...gridDefaults.coins['BTC']!, initial: 0.33 };
const later = { ...gridDefaults, releaseBuffer: 0.07, coins: { ...gridDefaults.coins, BTC: btc } };
const second = { effective: '2026-02-15', source: 'an answer', parameters: later };
const history: History = [first, second];
const venue: MarginModel = {
  ...grid,
  id: 'test-venue',
  facts: { venue: 'Test', unit: 'USD', exactness: {}, history },
} as MarginModel;

const said = (answer: unknown): string => {
  expect(isRefusal(answer)).toBe(true);
  return sentence(answer as Refusal);
};

describe('parameters as of a day', () => {
  it('M-120 the last set effective on the day or before holds', () => {
    const days = ['2024-06-17', '2026-02-14', '2026-02-15', '2030-01-01'];
    expect(days.map((day) => asOf(history, day))).toEqual([first, first, second, second]);
  });

  it('M-120 a day before the first set is refused by its name, and so is what is no day', () => {
    expect(said(asOf(history, '2024-06-16'))).toContain('before 2024-06-17');
    for (const text of ['2026-2-15', '2026-02-30', '', 'today', '2026-02-15T00:00']) {
      expect(said(asOf(history, text))).toContain('is not a day');
    }
    expect(isDay('2028-02-29')).toBe(true);
    expect(isDay('2026-02-29')).toBe(false);
  });

  it('M-120 a model without dated sets says so, with its version', () => {
    expect(said(historyOf(grid))).toContain(gridDefaults.version);
    expect(historyOf(venue)).toBe(history);
  });

  it('M-122 a set finds its place by the day, a day has one set, and the last is the default', () => {
    const between = { ...second, effective: '2025-01-01' };
    const merged = withSet(history, between) as History;
    expect(merged.map(({ effective }) => effective)).toEqual(['2024-06-17', '2025-01-01', '2026-02-15']);
    expect(said(withSet(merged, between))).toContain('there is a set of 2025-01-01 already');
    const newer = withSet(history, { ...first, effective: '2026-09-23' }) as History;
    expect(withHistory(venue, newer).defaults).toBe(gridDefaults);
    expect(withHistory(venue, newer).facts!.venue).toBe('Test');
  });
});

describe('the difference between two sets', () => {
  it('M-121 is told field by field, and a change is what a set has otherwise than the one before', () => {
    const differences = [
      { path: 'coins.BTC.initial', from: gridDefaults.coins['BTC']!.initial, to: 0.33 },
      { path: 'releaseBuffer', from: gridDefaults.releaseBuffer, to: 0.07 },
    ];
    const found = differencesOf(gridDefaults, later);
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(differences));
    expect(changesOf(history)).toEqual([
      { effective: '2026-02-15', source: 'an answer', differences: found },
    ]);
    expect(changesOf([first])).toEqual([]);
  });

  it('M-121 lists of numbers are told whole, lists of objects item by item, new and lost names by their fields', () => {
    const from = { id: 'a', moves: [1, 2], tails: [{ x: 1, y: 2 }], coins: { BTC: { up: 1 } }, none: [] };
    const to = { id: 'b', moves: [1, 3], tails: [{ x: 1, y: 5 }], coins: { ETH: { up: 4 } }, none: [] };
    expect(differencesOf(from, to)).toEqual([
      { path: 'moves', from: [1, 2], to: [1, 3] },
      { path: 'tails[0].y', from: 2, to: 5 },
      { path: 'coins.BTC.up', from: 1, to: undefined },
      { path: 'coins.ETH.up', from: undefined, to: 4 },
    ]);
    expect(differencesOf({ tails: [{ x: 1 }] }, { tails: [] })).toEqual([
      { path: 'tails', from: [{ x: 1 }], to: [] },
    ]);
    expect(differencesOf(from, from)).toEqual([]);
  });

  it('M-121 a field that is a list on one side only is told as it stands', () => {
    expect(differencesOf({ x: [1] }, { x: 1 })).toEqual([{ path: 'x', from: [1], to: 1 }]);
    expect(differencesOf({}, { x: [1] })).toEqual([{ path: 'x', from: undefined, to: [1] }]);
    expect(differencesOf({ x: 0 }, { x: { a: 1 } })).toEqual([
      { path: 'x', from: 0, to: undefined },
      { path: 'x.a', from: undefined, to: 1 },
    ]);
  });
});
