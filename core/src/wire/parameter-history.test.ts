// Newer dated sets from a file, on a model that exists for this test alone: grid with two dated sets.

import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, sentence } from '../base/index.ts';
import { type GridParameters, grid, gridDefaults, type MarginModel } from '../margin/index.ts';
import { readParameterHistory } from './parameter-history.ts';

const later: GridParameters = { ...gridDefaults, releaseBuffer: 0.07 };
const venue: MarginModel = {
  ...grid,
  id: 'test-venue',
  facts: {
    venue: 'Test',
    unit: 'USD',
    exactness: {},
    history: [
      { effective: '2024-06-17', source: 'an example', parameters: gridDefaults },
      { effective: '2026-02-15', source: 'an answer', parameters: later },
    ],
  },
} as MarginModel;
const known = { grid: grid as MarginModel, 'test-venue': venue };

const entry = { model: 'test-venue', effective: '2026-09-23', source: 'a note', parameters: {} };
const read = (value: unknown) => readParameterHistory(JSON.stringify(value), 'newer.json', known);
const refused = (value: unknown): string => {
  const answer = read(value);
  expect(isRefusal(answer)).toBe(true);
  return sentence(answer as Refusal);
};

describe('sets from a file', () => {
  it('M-122 differ from the set before them by what is written, and leave later sets alone', () => {
    const histories = read([
      { ...entry, effective: '2025-01-01', parameters: { releaseBuffer: 0.2 } },
      { ...entry, parameters: { coins: { BTC: { initial: 0.5 } } } },
    ]);
    if (isRefusal(histories)) throw new Error(sentence(histories));
    const sets = histories.get('test-venue')!;
    expect(sets.map(({ effective }) => effective)).toEqual([
      '2024-06-17',
      '2025-01-01',
      '2026-02-15',
      '2026-09-23',
    ]);
    const grids = sets.map(({ parameters }) => parameters as GridParameters);
    expect(grids.map(({ releaseBuffer }) => releaseBuffer)).toEqual([
      gridDefaults.releaseBuffer,
      0.2,
      0.07,
      0.07,
    ]);
    expect(grids.map(({ coins }) => coins['BTC']!.initial).at(-1)).toBe(0.5);
    expect(sets[3]).toMatchObject({ source: 'a note', parameters: { version: 'test-venue-2026-09-23' } });
  });

  it('M-122 one set needs no list', () => {
    const histories = read({ ...entry, parameters: { version: 'mine', releaseBuffer: 0.3 } });
    if (isRefusal(histories)) throw new Error(sentence(histories));
    expect(histories.get('test-venue')!.at(-1)!.parameters.version).toBe('mine');
    expect([...histories.keys()]).toEqual(['test-venue']);
  });

  it.each([
    [{ ...entry, model: 'test-venu' }, 'model: There is no model "test-venu". Did you mean "test-venue"?'],
    [{ ...entry, model: 'grid' }, 'grid has no dated parameters'],
    [{ ...entry, effective: '23.9.2026' }, '"23.9.2026" is not a day'],
    [{ ...entry, effective: '2024-06-16' }, 'before 2024-06-17'],
    [{ ...entry, effective: '2026-02-15' }, 'a set of 2026-02-15 already'],
    [{ ...entry, source: ' ' }, 'The source is empty'],
    [{ ...entry, soruce: 'x' }, 'Did you mean "source"?'],
    [{ ...entry, parameters: { releaseBufer: 1 } }, 'Did you mean "releaseBuffer"?'],
    [{ ...entry, parameters: { releaseBuffer: 'much' } }, '"much" is not a decimal number'],
    [{ ...entry, parameters: { releaseBuffer: -1 } }, 'newer.json line 1, parameters'],
    [{ model: 'test-venue', effective: '2026-09-23', source: 'x' }, '"parameters" is missing'],
    [[], 'There is no set in the list'],
    [7, 'must be an object'],
  ])('M-122 refuses %j', (value, words) => {
    const text = refused(value);
    expect(text).toContain(words);
    expect(text).toContain('newer.json');
  });

  it('M-122 refuses days of one model that do not ascend', () => {
    expect(refused([entry, { ...entry, effective: '2026-09-01' }])).toContain('sort them by day');
    expect(refused([entry, entry])).toContain('[1].effective');
  });
});
