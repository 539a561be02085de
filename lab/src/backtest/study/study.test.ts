// The study's own arithmetic: closed forms against the model, choices that see nothing of the future, joined paths, equal coverage, many tests at once.

import { type FactorHistory, models } from '@plimsoll/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleHistory } from '../../../../core/test/history.ts';
import type { BookTrace } from '../engine.ts';
import { governingDefaults } from '../governing.ts';
import { type Candidate, candidates, governingWith, rangesAt } from './candidates.ts';
import { choose, objective, studied, studyOf } from './choosing.ts';
import { apartBy, seriesBy } from './closed.ts';
import {
  batteryOf,
  equalCoverage,
  joined,
  largestCall,
  phasesOf,
  ratiosOf,
  worstShortfall,
} from './figures.ts';
import { askedOf, governedVols, type LinearTerms, lossOf, SIDES, tailsOf } from './linear.ts';
import { aloneOf, chargesOf, LOOK_BACK_HOURS, WALKED, type Walked, walk } from './walks.ts';

const HOUR = 3_600_000;
const history = sampleHistory(6_000) as unknown as FactorHistory;
const bitcoin = aloneOf(history, 'BTC');
const { defaults } = models.dmr;

/** What both say of a long and a short at the same dates. */
function bothWays(walked: Walked, range: LinearTerms['range'], governing = governingDefaults) {
  const span = { from: history.times[5_800]!, to: history.times[5_950]!, every: 50 };
  const run = walk(walked, bitcoin, { kind: 'held', coin: 'BTC' }, span);
  expect(run.refusal).toBeNull();
  const places = run.traces[0]!.at.map((at) => history.times.indexOf(at));
  const given = (walked.parameters as typeof defaults).history;
  const tails = tailsOf(bitcoin, places, given, LOOK_BACK_HOURS);
  const vols = governedVols(bitcoin, places, governing);
  if (!Array.isArray(vols)) throw new Error(vols.message);
  const terms = {
    range,
    charges: chargesOf(defaults, bitcoin, 'BTC'),
    releaseBuffer: defaults.releaseBuffer,
  };
  return run.traces.flatMap(({ maintenance, initial, gross }, b) =>
    places.map((_, i) => {
      const own = askedOf(tails[i]!, vols[i]!, terms, SIDES[b]!);
      return {
        model: [maintenance[i]! / gross[i]!, initial[i]! / gross[i]!],
        closed: [own.maintenance, own.initial],
      };
    }),
  );
}

describe('M-190 walk-forward', () => {
  it('scores candidates by what the model itself asks of a linear position', () => {
    const { maintenance, initial } = defaults.coins['BTC']!;
    const found = bothWays(WALKED['dmr']!, { maintenance, initial });
    expect(found).toHaveLength(6);
    for (const { model, closed } of found) {
      expect(closed[0]).toBeCloseTo(model[0]!, 10);
      expect(closed[1]).toBeCloseTo(model[1]!, 10);
    }
  });

  it('does so under a candidate as well, whose tail is larger than its range', () => {
    const candidate: Candidate = {
      elasticity: 0.75,
      multiple: 2,
      halfLife: 24,
      rise: 24,
      floor: 0.8,
      cap: 2,
    };
    const governing = governingWith(candidate);
    const range = rangesAt(candidate, 0.004);
    expect(range.maintenance).toBeCloseTo(0.016, 12);
    const parameters = {
      ...defaults,
      coins: { BTC: { ...defaults.coins['BTC']!, ...range } },
      history: { ...defaults.history, halfLifeHours: candidate.halfLife },
    };
    for (const { model, closed } of bothWays(
      { ...WALKED['dmr']!, parameters, governing },
      range,
      governing,
    )) {
      expect(closed[0]).toBeCloseTo(model[0]!, 10);
      expect(closed[1]).toBeCloseTo(model[1]!, 10);
    }
  });

  it('has every model that is compared in closed form, a long and a short, at any date', () => {
    const span = { from: history.times[5_700]!, to: history.times[5_960]!, every: 4 };
    const study = studyOf(history, 'BTC', span, defaults);
    for (const name of ['static', 'grid', 'fhs', 'var', 'dmr']) {
      const walked = WALKED[name]!;
      expect(apartBy(walked, study, 'BTC', seriesBy(study, 'BTC', walked), 3), name).toBeLessThan(1e-9);
    }
  });

  it('sees losses as the walk does', () => {
    const from = history.times[5_700]!;
    const span = { from, to: history.times[5_760]!, every: 4 };
    const study = studyOf(history, 'BTC', span, defaults);
    const run = walk(WALKED['static']!, bitcoin, { kind: 'held', coin: 'BTC' }, span);
    for (const [s, { lossMaintenance, lossInitial, gross }] of run.traces.entries()) {
      const { maintenance, initial } = study.lost;
      lossMaintenance.forEach((loss, i) => {
        expect(maintenance[SIDES[s]!][i]).toBeCloseTo(loss! / gross[i]!, 12);
        expect(initial[SIDES[s]!][i]).toBeCloseTo(lossInitial[i]! / gross[i]!, 12);
      });
    }
  });

  it('chooses on the past: what comes later changes no choice', () => {
    const at = history.times[1_500]!;
    const future: FactorHistory = {
      ...bitcoin,
      factors: bitcoin.factors.map((factor) => ({
        ...factor,
        levels: factor.levels.map((level, i) => (i > 1_500 ? level * (1 + 0.2 * (i % 2)) : level)),
      })),
    };
    const tried = candidates().filter(({ rise, floor }) => rise === 6 && floor === 0.5);
    const [mine, theirs] = [bitcoin, future].map((own) =>
      choose(
        [studied(own, [1_000, 1_800], 4, { maintenance: 0.002, initial: 0.002 })],
        [at],
        defaults,
        tried,
      ),
    );
    expect(mine).toEqual(theirs);
    expect(mine).toMatchObject([{ at, tried: tried.length }]);
  });

  it('weighs shortfalls, rises and cost against a reference', () => {
    const reference = { shortfall: 2, rise: 1, mean: 0.1, rejected: 0 };
    expect(objective(reference, reference)).toBeCloseTo(0.5 + 0.5 + 0.25, 12);
    expect(objective({ shortfall: 0, rise: 0.5, mean: 0.2, rejected: 0 }, reference)).toBeCloseTo(0.75, 12);
    expect(objective(reference, { ...reference, shortfall: 0 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('has the expected shortfall of a unit tail: the boundary in part', () => {
    const tail = { moves: Float64Array.of(10, 5), shares: Float64Array.of(0.8, 0.2) };
    expect(lossOf(tail, 'long', 0.01)).toBeCloseTo(
      0.8 * (1 - Math.exp(-0.1)) + 0.2 * (1 - Math.exp(-0.05)),
      12,
    );
    expect(lossOf(tail, 'short', 0.01)).toBeCloseTo(
      0.8 * (Math.exp(0.1) - 1) + 0.2 * (Math.exp(0.05) - 1),
      12,
    );
  });
});

function traceOf(over: Partial<BookTrace>): BookTrace {
  const at = [0, 4, 8, 12].map((hour) => hour * HOUR);
  const none = at.map(() => null);
  const base = { name: 'hand', what: 'made by hand', at, entry: [0, 0, 0, 0], gross: [100, 100, 100, 100] };
  const asked = { maintenance: [10, 12, 9, 30], initial: [20, 20, 20, 20], swept: [20, 20, 20, 20] };
  return {
    ...base,
    ...asked,
    lossMaintenance: [5, 18, 9, null],
    lossInitial: none,
    var: none,
    es: none,
    ...over,
  };
}

describe('M-191 equal coverage', () => {
  it('joins parts of a path, and what is held on stays one holding', () => {
    const later = traceOf({ at: [16, 20, 24, 28].map((hour) => hour * HOUR), entry: [4, 4, 4, 4] });
    const [one] = joined([[traceOf({})], [later]]) as [BookTrace];
    expect(one.at).toHaveLength(8);
    expect(new Set(one.entry)).toEqual(new Set([0]));
    const struck = traceOf({ ...later, entry: [4, 4, 6, 6] });
    expect(joined([[traceOf({})], [struck]])[0]!.entry).toEqual([0, 0, 0, 0, 4, 4, 6, 6]);
    // From 9 to 30 within what is held; nothing from what was struck anew.
    expect(largestCall(traceOf({}), 'maintenance', 4)).toBeCloseTo(0.21, 12);
    expect(largestCall(traceOf({ entry: [0, 0, 0, 3] }), 'maintenance', 24)).toBeCloseTo(0.02, 12);
    expect(worstShortfall(traceOf({}), 'maintenance')).toBeCloseTo(0.06, 12);
    expect(worstShortfall(traceOf({}), 'initial')).toBe(0);
  });

  it('takes the least constant with as few breaches', () => {
    const ratios = ratiosOf(traceOf({}), 'maintenance');
    expect(ratios).toEqual([1.5, 1, 0.5]);
    expect(equalCoverage(ratios, 1)).toBe(1);
    expect(equalCoverage(ratios, 3)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 2, maxLength: 40 }),
        fc.nat(38),
        (found, pick) => {
          const sorted = [...found].sort((a, b) => b - a);
          const breaches = pick % sorted.length;
          const constant = equalCoverage(sorted, breaches)!;
          const at = (times: number) => sorted.filter((ratio) => ratio > times).length;
          expect(at(constant)).toBeLessThanOrEqual(breaches);
          expect(at(constant * (1 - 1e-9))).toBeGreaterThan(breaches);
        },
      ),
    );
  });
});

describe('M-192 many tests', () => {
  it('tests a line at every phase at which its windows may begin', () => {
    const at = Array.from({ length: 48 }, (_, i) => 12 * i * HOUR);
    const many = <T>(value: T) => at.map(() => value);
    // Breached whenever a window of a day begins at noon, never at midnight.
    const trace = traceOf({
      ...{ at, entry: many(0), gross: many(100), maintenance: many(10), initial: many(10), swept: many(10) },
      ...{ lossMaintenance: many(null), lossInitial: at.map((_, i) => (i % 2 === 0 ? 5 : 20)) },
    });
    const found = phasesOf(trace, 'initial');
    expect(found.map(({ windows, breaches }) => [windows, breaches])).toEqual([
      [24, 0],
      [24, 24],
    ]);
    expect(found[0]!.pValue).toBe(1);
    expect(found[1]!.pValue).toBeLessThan(1e-40);
    expect(phasesOf(trace, 'maintenance')).toEqual([]);
  });

  const tests = [0.04, 0.001, 0.3, 0.02].map((pValue, i) => ({ name: `${i}`, pValue }));
  it('says how many false alarms are allowed, and holds the family as Holm does', () => {
    const { tests: count, expected, rejected, holm } = batteryOf(tests, 0.05);
    expect([count, expected]).toEqual([4, 0.2]);
    expect(rejected.map(({ name }) => name)).toEqual(['1', '3', '0']);
    // 0.001 <= 0.05/4; 0.02 > 0.05/3 ends it.
    expect(holm.map(({ name }) => name)).toEqual(['1']);
    expect(
      batteryOf(
        [
          { name: 'a', pValue: 0.01 },
          { name: 'b', pValue: 0.04 },
        ],
        0.05,
      ).holm,
    ).toHaveLength(2);
    expect(batteryOf([], 0.05)).toEqual({ tests: 0, expected: 0, rejected: [], holm: [] });
  });
});
