// What the governor promises whatever the market does.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Instant, instant, isRefusal, type Refusal } from '../base/index.ts';
import { announce } from './announce.ts';
import {
  type FactorPolicy,
  type GovernorPolicy,
  type GovernorState,
  govern,
  governorDefaults,
  type Observation,
  type Policy,
  replayGovernor,
  ungoverned,
} from './index.ts';
import { MS_PER_HOUR } from './policy.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const RUNS = { numRuns: 500 };
const law = (name: string, property: fc.IRawProperty<unknown>) =>
  it(name, () => fc.assert(property as never, RUNS));
const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const near = (found: number, wanted: number, digits = 1e-11) =>
  expect(Math.abs(found / wanted - 1)).toBeLessThanOrEqual(digits);

const ways = (most: number) => fc.record({ rise: real(0, most), fall: real(0, most) });
const governors: fc.Arbitrary<GovernorPolicy> = fc.record({
  tool: fc.constant('governor' as const),
  elasticity: real(0, 1),
  halfLife: fc.oneof(ways(1000), fc.constant({ rise: 0, fall: 0 })),
  floor: real(0.1, 1),
  cap: real(1, 10),
  speedMax: ways(2),
});
const unbound = governors.map(({ speedMax: _, ...rest }): GovernorPolicy => rest);
const journals = fc
  .array(fc.record({ hours: real(0, 100), raw: real(1e-3, 1), anchor: real(0.05, 0.2) }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((steps) => {
    let at = 1.7e12;
    return steps.map(({ hours, raw, anchor }): Observation => {
      at += Math.round(hours * MS_PER_HOUR);
      return { at: instant(at), readings: { X: { raw, anchor } } };
    });
  });
const one = (policy: FactorPolicy, gapMax = 1e6): Policy => ({ factors: { X: policy }, gapMax });
const start = (value: number, raw = value): GovernorState => ({
  factors: { X: { at: instant(0), raw, reported: 0.1, anchor: 0.1, value, target: value, held: 'free' } },
});
const after = (hours: number) => Math.round(hours * MS_PER_HOUR) as Instant;
const read = (hours: number, raw: number, anchor = 0.1): Observation => ({
  at: after(hours),
  readings: { X: { raw, anchor } },
});
const inForce = (state: GovernorState | Refusal) => sure(state).factors['X']!.value;

describe('the ends', () => {
  law(
    'M-151 an elasticity of zero stands still at the anchor, to the bit',
    fc.property(governors, journals, (policy, journal) => {
      const steady = journal.map(({ at, readings }) => ({
        at,
        readings: { X: { ...readings['X']!, anchor: 0.1 } },
      }));
      let state = ungoverned;
      for (const observation of steady) {
        state = sure(govern(state, observation, one({ ...policy, elasticity: 0 })));
        expect(state.factors['X']!.value).toBe(0.1);
      }
    }),
  );
  law(
    'M-151 an elasticity of one without half-lives and limits is the raw estimate between floor and cap, to the bit',
    fc.property(unbound, journals, (policy, journal) => {
      const quick = one({ ...policy, elasticity: 1, halfLife: { rise: 0, fall: 0 } });
      let state = ungoverned;
      for (const observation of journal) {
        state = sure(govern(state, observation, quick));
        const { raw, anchor } = observation.readings['X']!;
        expect(inForce(state)).toBe(Math.min(policy.cap * anchor!, Math.max(policy.floor * anchor!, raw)));
      }
    }),
  );
});

describe('bounds', () => {
  law(
    'M-152 no step is faster than the speed, floor and cap hold at every step, wherever anchor and raw estimate go',
    fc.property(governors, journals, real(0.5, 200), (policy, journal, gapMax) => {
      let state = ungoverned;
      for (const observation of journal) {
        const last = state.factors['X'];
        state = sure(govern(state, observation, one(policy, gapMax)));
        const { value, anchor } = state.factors['X']!;
        expect(value).toBeGreaterThanOrEqual(policy.floor * anchor!);
        expect(value).toBeLessThanOrEqual(policy.cap * anchor!);
        if (last === undefined) continue;
        const days = (observation.at - last.at) / MS_PER_HOUR / 24;
        const change = Math.log(value / last.value);
        expect(change).toBeLessThanOrEqual(policy.speedMax!.rise * days + 1e-12);
        expect(change).toBeGreaterThanOrEqual(-policy.speedMax!.fall * days - 1e-12);
      }
    }),
  );
  law(
    'M-152 the way goes towards the target and never past it',
    fc.property(governors, real(0.07, 0.2), real(1e-3, 1), real(0, 1000), (policy, value, raw, hours) => {
      const base = { ...policy, floor: 0.1, cap: 10 };
      const { value: next, target } = sure(govern(start(value), read(hours, raw), one(base))).factors['X']!;
      expect(next).toBeGreaterThanOrEqual(Math.min(value, target));
      expect(next).toBeLessThanOrEqual(Math.max(value, target));
    }),
  );
});

describe('order and time', () => {
  law(
    'M-151 more raw is never less parameter',
    fc.property(
      governors,
      real(0.01, 1),
      real(1e-4, 1),
      real(0, 1),
      real(0, 500),
      (policy, value, raw, more, hours) => {
        const low = inForce(govern(start(value), read(hours, raw), one(policy)));
        const high = inForce(govern(start(value), read(hours, raw + more), one(policy)));
        expect(high).toBeGreaterThanOrEqual(low * (1 - 1e-14));
      },
    ),
  );
  law(
    'M-152 an even stretch cut in two is one, the speed binding or not',
    fc.property(
      governors,
      real(0.01, 1),
      real(1e-3, 1),
      real(0.001, 500),
      real(0, 1),
      (policy, value, raw, hours, cut) => {
        const wide = { ...policy, floor: 0.01, cap: 100 };
        const whole = inForce(govern(start(value), read(hours, raw), one(wide)));
        const half = sure(govern(start(value), read(hours * cut, raw), one(wide)));
        near(inForce(govern(half, read(hours, raw), one(wide))), whole);
      },
    ),
  );
  law(
    'M-150 a journal replayed, from its start or from any state through text, gives the same bits',
    fc.property(governors, journals, fc.nat(29), (policy, journal, cut) => {
      const whole = sure(replayGovernor(journal, one(policy, 24)));
      expect(canonicalJson(sure(replayGovernor(journal, one(policy, 24))))).toBe(canonicalJson(whole));
      const half = sure(replayGovernor(journal.slice(0, cut), one(policy, 24)));
      const text = canonicalJson(half);
      const rest = sure(
        replayGovernor(journal.slice(cut), one(policy, 24), JSON.parse(text) as GovernorState),
      );
      expect(canonicalJson(rest)).toBe(canonicalJson(whole));
    }),
  );
  law(
    'M-150 factors do not hear of each other',
    fc.property(governors, governors, journals, (policy, other, journal) => {
      const both: Policy = { factors: { X: policy, Y: other }, gapMax: 24 };
      const paired = journal.map(({ at, readings }) => ({
        at,
        readings: { Y: { raw: 0.3, anchor: 0.2 }, ...readings },
      }));
      expect(sure(replayGovernor(paired, both)).factors['X']).toEqual(
        sure(replayGovernor(journal, one(policy, 24))).factors['X'],
      );
    }),
  );
  law(
    'M-153 what is announced is what comes',
    fc.property(
      governors,
      journals,
      fc.constantFrom(1, 24),
      fc.constantFrom(1, 2, 0.5),
      (policy, journal, hours, multiple) => {
        const rules = one(policy, 24);
        const state = sure(replayGovernor(journal, rules));
        const { foretold, reach, at } = sure(announce(state, rules))[0]!;
        const { raw, reported } = state.factors['X']!;
        const next = {
          at: instant(at + hours * MS_PER_HOUR),
          readings: { X: { raw: raw * multiple, anchor: reported! } },
        };
        const came = inForce(govern(state, next, rules));
        expect(foretold.find((item) => item.hours === hours && item.multiple === multiple)!.value).toBe(came);
        const { least, most } = reach.find((item) => item.hours === hours)!;
        expect(came).toBeGreaterThanOrEqual(least * (1 - 1e-12));
        expect(came).toBeLessThanOrEqual(most * (1 + 1e-12));
      },
    ),
  );
});

describe('the tools of Article 28', () => {
  law(
    'M-151 none of the three asks less than the raw estimate where its anchor is no lower, nor falls when raw rises',
    fc.property(real(1e-3, 1), real(0, 1), real(0.01, 0.3), (raw, more, anchor) => {
      const tools: FactorPolicy[] = [
        { tool: 'buffer', buffer: 0.25 },
        { tool: 'stress-weight', weight: 0.25 },
        { tool: 'floor' },
      ];
      for (const policy of tools) {
        const asked = inForce(govern(ungoverned, read(0, raw, anchor), one(policy)));
        const higher = inForce(govern(ungoverned, read(0, raw + more, anchor), one(policy)));
        expect(higher).toBeGreaterThanOrEqual(asked);
        if (policy.tool !== 'stress-weight' || anchor >= raw) expect(asked).toBeGreaterThanOrEqual(raw);
      }
    }),
  );
  law(
    'M-151 the ratchet and the speed limit keep between where they were and raw; an even stretch cut in two is one',
    fc.property(
      ways(500),
      real(0.01, 1),
      real(0.01, 1),
      real(0, 500),
      real(0, 1),
      (halfLife, value, raw, hours, cut) => {
        const tools: FactorPolicy[] = [
          { tool: 'ratchet', halfLife },
          { tool: 'speed-limit', speedMax: halfLife },
        ];
        for (const policy of tools) {
          const whole = inForce(govern(start(value), read(hours, raw), one(policy)));
          expect(whole).toBeGreaterThanOrEqual(Math.min(value, raw) * (1 - 1e-14));
          expect(whole).toBeLessThanOrEqual(Math.max(value, raw) * (1 + 1e-14));
          const half = sure(govern(start(value), read(hours * cut, raw), one(policy)));
          near(inForce(govern(half, read(hours, raw), one(policy))), whole);
        }
      },
    ),
  );
});

it('M-150 the defaults are a policy', () => {
  expect(govern(ungoverned, read(0, 0.1), one(governorDefaults))).not.toHaveProperty('kind');
});
