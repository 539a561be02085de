// What venues' models say of themselves, held for every one there is, and on one that exists for this test alone.

import { describe, expect, it } from 'vitest';
import { digestValue } from '../../base/index.ts';
import { grid } from '../models/grid.ts';
import { models } from '../models/index.ts';
import { type GridParameters, gridDefaults } from '../parameters.ts';
import { CHARGE_RULES, type MarginModel } from '../requirement.ts';
import { datedSet, EXACTNESS_LEVELS, exactnessCounts, exactnessOf } from './exactness.ts';
import { isDay } from './registry.ts';

const later: GridParameters = { ...gridDefaults, releaseBuffer: 0.07 };
const venue: MarginModel = {
  ...grid,
  id: 'test-venue',
  facts: {
    venue: 'Test',
    unit: 'USD',
    exactness: {
      scenarios: { level: 'exact', why: 'a test' },
      basis: { level: 'partly', why: 'a test' },
      orders: { level: 'partly', why: 'a test' },
    },
    history: [
      { effective: '2024-06-17', source: 'an example', parameters: gridDefaults },
      { effective: '2026-02-15', source: 'an answer', parameters: later },
    ],
  },
} as MarginModel;

describe('exactness', () => {
  it('M-123 a term has the level its model states, and none where it is ours', () => {
    expect(exactnessOf(venue, 'basis')?.level).toBe('partly');
    expect(exactnessOf(venue, 'release-floor')).toBeUndefined();
    expect(exactnessOf(grid as MarginModel, 'scenarios')).toBeUndefined();
    expect(exactnessCounts(venue)).toEqual({ exact: 1, partly: 2, indicative: 0 });
    expect(exactnessCounts(grid as MarginModel)).toEqual({ exact: 0, partly: 0, indicative: 0 });
  });

  it('M-123 no release line is exact: no venue has shown the number at which a liquidation stops', () => {
    for (const model of Object.values(models) as MarginModel[]) {
      const level = model.facts?.exactness.release?.level;
      if (level !== undefined) expect(['partly', 'indicative'], model.id).toContain(level);
    }
  });

  it('M-120 parameters are known for a dated set by their digest, and are none where a file lies over them', () => {
    expect(datedSet(venue, digestValue(later))?.effective).toBe('2026-02-15');
    expect(datedSet(venue, digestValue({ ...later, releaseBuffer: 0.08 }))).toBeUndefined();
    expect(datedSet(grid as MarginModel, digestValue(gridDefaults))).toBeUndefined();
  });

  it('M-123 every venue model there is states days that ascend, sources, its defaults last, and why for every term', () => {
    const all: readonly MarginModel[] = Object.values(models);
    for (const model of all) {
      if (model.facts === undefined) continue;
      const { exactness, history, unit, venue: name } = model.facts;
      const days = history.map(({ effective }) => effective);
      expect(days.every(isDay), model.id).toBe(true);
      expect([...new Set(days)].sort(), model.id).toEqual(days);
      expect(history.at(-1)!.parameters, model.id).toBe(model.defaults);
      for (const { source, parameters } of history) {
        expect(source.trim(), model.id).not.toBe('');
        expect(model.form.doubt(parameters), model.id).toBeUndefined();
      }
      expect([name, unit].includes(''), model.id).toBe(false);
      expect(exactness.orders, model.id).toBeDefined();
      const terms = ['scenarios', 'orders', 'release', ...Object.keys(CHARGE_RULES)];
      for (const [term, { level, why }] of Object.entries(exactness)) {
        expect(terms, model.id).toContain(term);
        expect(EXACTNESS_LEVELS, `${model.id} ${term}`).toContain(level);
        expect(why.length, `${model.id} ${term}`).toBeGreaterThan(10);
      }
    }
  });
});
