// The governor by hand, row by row.

import { describe, expect, it } from 'vitest';
import { instant, isRefusal, type Refusal } from '../base/index.ts';
import {
  announce,
  type FactorPolicy,
  type GovernorState,
  govern,
  governorDefaults,
  type Policy,
  ungoverned,
} from './index.ts';

const HOUR = 3_600_000;
const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const one = (policy: FactorPolicy, gapMax = 24): Policy => ({ factors: { BTC: policy }, gapMax });
const free = { ...governorDefaults, floor: 0.01, cap: 100 };
const { speedMax: _, ...unbound } = free;
const first = (raw: number, anchor: number, policy: Policy) =>
  sure(govern(ungoverned, { at: instant(0), readings: { BTC: { raw, anchor } } }, policy));
const then = (state: GovernorState, hours: number, raw: number, anchor: number, policy: Policy) =>
  sure(govern(state, { at: instant(hours * HOUR), readings: { BTC: { raw, anchor } } }, policy)).factors[
    'BTC'
  ]!;

describe('targets', () => {
  it.each([
    // sqrt(0.04 / 0.09) = 2/3 of 9 %; 9 % x 2; capped at 2.5 x 9 %; floored at 0.67 x 9 %
    { raw: 0.04, pi: 0.5, value: 0.06, policy: free, held: 'free' },
    { raw: 0.36, pi: 0.5, value: 0.18, policy: free, held: 'free' },
    { raw: 0.9, pi: 0.5, value: 0.225, policy: governorDefaults, held: 'cap' },
    { raw: 0.01, pi: 0.5, value: 0.0603, policy: governorDefaults, held: 'floor' },
    { raw: 0, pi: 0.5, value: 0.0603, policy: governorDefaults, held: 'floor' },
  ])('M-151 raw $raw about an anchor of 9 % is $value ($held)', ({ raw, pi, value, policy, held }) => {
    const state = first(raw, 0.09, one({ ...policy, elasticity: pi })).factors['BTC']!;
    expect(state.value).toBeCloseTo(value, 14);
    expect(state.held).toBe(held);
  });

  it.each([
    // quiet: 1.25 x 8 %; spent in part: 1.25 x the calm 10 %; exhausted: raw
    { policy: { tool: 'buffer', buffer: 0.25 }, raw: 0.08, anchor: 0.1, value: 0.1 },
    { policy: { tool: 'buffer', buffer: 0.25 }, raw: 0.11, anchor: 0.1, value: 0.125 },
    { policy: { tool: 'buffer', buffer: 0.25 }, raw: 0.2, anchor: 0.1, value: 0.2 },
    { policy: { tool: 'stress-weight', weight: 0.25 }, raw: 0.08, anchor: 0.2, value: 0.11 },
    { policy: { tool: 'floor' }, raw: 0.08, anchor: 0.12, value: 0.12 },
    { policy: { tool: 'floor' }, raw: 0.3, anchor: 0.12, value: 0.3 },
  ] as { policy: FactorPolicy; raw: number; anchor: number; value: number }[])(
    'M-151 $policy.tool: raw $raw, anchor $anchor is $value',
    ({ policy, raw, anchor, value }) => {
      expect(first(raw, anchor, one(policy)).factors['BTC']!.value).toBeCloseTo(value, 14);
    },
  );
});

describe('time', () => {
  it('M-152 six hours close half of the gap in logs upwards, a month downwards', () => {
    const calm = first(0.09, 0.09, one(unbound));
    // target 0.18; half of log 2 is log sqrt(2)
    expect(then(calm, 6, 0.36, 0.09, one(unbound)).value).toBeCloseTo(0.09 * Math.SQRT2, 14);
    const wild = first(0.36, 0.09, one(unbound));
    expect(then(wild, 720, 0.09, 0.09, one(unbound, 1e4)).value).toBeCloseTo(0.09 * Math.SQRT2, 14);
  });

  it('M-152 a quarter up and a twentieth down in a day, and no more', () => {
    const calm = first(0.09, 0.09, one(free));
    const up = then(calm, 24, 3.6, 0.09, one(free));
    expect(up.value).toBeCloseTo(0.09 * 1.25, 14);
    expect(up.held).toBe('speed');
    const down = then(
      first(0.09, 0.09, one({ ...free, halfLife: { rise: 0, fall: 0 } })),
      24,
      1e-5,
      0.09,
      one({ ...free, halfLife: { rise: 0, fall: 0 } }),
    );
    expect(down.value).toBeCloseTo(0.09 * 0.95, 14);
  });

  it('M-152 straight while the speed binds, then by halves: the exact way, in one step', () => {
    // speed log 2 a day; half-life a day: the knee is speed h / ln 2 = 1 in logs. From a gap of 2 ln 2 = 1.386 the first
    // 0.386 / ln 2 = 0.557 days are straight, the rest halves per day: after two days the gap is 2^-(2 - 0.557305).
    const policy = one(
      {
        ...free,
        elasticity: 1,
        halfLife: { rise: 24, fall: 24 },
        speedMax: { rise: Math.LN2, fall: Math.LN2 },
      },
      100,
    );
    const moved = then(first(0.1, 0.1, policy), 48, 0.4, 0.1, policy);
    const gap = 2 ** -(2 - (2 * Math.LN2 - 1) / Math.LN2);
    expect(Math.log(0.4 / moved.value)).toBeCloseTo(gap, 13);
  });

  it('M-152 an outage is caught up with as if it had lasted a gap', () => {
    const calm = first(0.09, 0.09, one(free));
    expect(then(calm, 240, 3.6, 0.09, one(free)).value).toBe(then(calm, 24, 3.6, 0.09, one(free)).value);
  });

  it('M-152 an anchor that jumps is followed at the same speed, so that floor and cap cannot break it', () => {
    const calm = first(0.09, 0.09, one(governorDefaults));
    const moved = then(calm, 24, 0.09, 0.9, one(governorDefaults));
    expect(moved.anchor).toBeCloseTo(0.09 * 1.25, 14);
    expect(moved.reported).toBe(0.9);
    expect(moved.value).toBeGreaterThanOrEqual(0.67 * moved.anchor!);
  });

  it('M-152 an average of squares: half of the way from 3 % to 5 % is the root of 17', () => {
    const policy = one({ tool: 'ratchet', halfLife: { rise: 6, fall: 720 } });
    const state = sure(govern(ungoverned, { at: instant(0), readings: { BTC: { raw: 0.03 } } }, policy));
    const next = sure(govern(state, { at: instant(6 * HOUR), readings: { BTC: { raw: 0.05 } } }, policy));
    expect(next.factors['BTC']!.value).toBeCloseTo(Math.sqrt(0.0017), 15);
  });
});

describe('announcements', () => {
  it('M-153 in an hour and in a day, if the estimate stays, doubles or halves', () => {
    const rules = one(unbound);
    const [told] = sure(announce(first(0.09, 0.09, rules), rules));
    const day = told!.foretold.filter(({ hours }) => hours === 24).map(({ value }) => value);
    // half of log 2 is the target's gap; 1 - 2^-4 of it closes in a day upwards, 1 - 2^(-24/720) downwards
    expect(day[0]).toBe(0.09);
    expect(day[1]).toBeCloseTo(0.09 * 2 ** (0.5 * (1 - 2 ** -4)), 14);
    expect(day[2]).toBeCloseTo(0.09 * 2 ** (-0.5 * (1 - 2 ** (-24 / 720))), 14);
    expect(told!.reach).toEqual([]);
  });

  it('M-153 and what it can be at most and at least', () => {
    const [told] = sure(announce(first(0.09, 0.09, one(governorDefaults)), one(governorDefaults)));
    const day = told!.reach.find(({ hours }) => hours === 24)!;
    expect([day.least, day.most]).toEqual([expect.closeTo(0.09 * 0.95, 14), expect.closeTo(0.09 * 1.25, 14)]);
  });
});

describe('refusals', () => {
  const at = instant(HOUR);
  const rules = one(governorDefaults);
  it.each([
    ['raw is no number', { BTC: { raw: Number.NaN, anchor: 0.1 } }, rules, /raw estimate is NaN/],
    ['raw is negative', { BTC: { raw: -0.1, anchor: 0.1 } }, rules, /positive/],
    ['raw is endless', { BTC: { raw: Number.POSITIVE_INFINITY, anchor: 0.1 } }, rules, /positive/],
    ['the anchor is nothing', { BTC: { raw: 0.1, anchor: 0 } }, rules, /anchor is 0/],
    ['the anchor is missing', { BTC: { raw: 0.1 } }, rules, /leans on an anchor/],
    ['nobody knows the factor', { ETH: { raw: 0.1, anchor: 0.1 } }, rules, /does not name/],
    [
      'the elasticity is above one',
      { BTC: { raw: 0.1, anchor: 0.1 } },
      one({ ...governorDefaults, elasticity: 1.1 }),
      /0 to 1/,
    ],
    [
      'the floor is above one',
      { BTC: { raw: 0.1, anchor: 0.1 } },
      one({ ...governorDefaults, floor: 1.1 }),
      /floor/,
    ],
    [
      'a half-life is no number',
      { BTC: { raw: 0.1, anchor: 0.1 } },
      one({ ...governorDefaults, halfLife: { rise: Number.NaN, fall: 1 } }),
      /halfLife.rise/,
    ],
    ['the gap is nothing', { BTC: { raw: 0.1, anchor: 0.1 } }, one(governorDefaults, 0), /gapMax/],
    [
      'raw over the anchor overflows',
      { BTC: { raw: 1e308, anchor: 1e-308 } },
      one({ ...governorDefaults, cap: 1e308 }),
      /./,
    ],
  ])('M-150 %s', (_name, readings, policy, message) => {
    const found = govern(ungoverned, { at, readings }, policy);
    if (isRefusal(found)) expect(found.message).toMatch(message);
    else expect(found.factors['BTC']!.value).toBeGreaterThan(0);
  });

  it('M-150 time does not run backwards', () => {
    const state = sure(govern(ungoverned, { at, readings: { BTC: { raw: 0.1, anchor: 0.1 } } }, rules));
    const found = govern(state, { at: instant(0), readings: { BTC: { raw: 0.1, anchor: 0.1 } } }, rules);
    expect(isRefusal(found) && found.message).toMatch(/older/);
  });

  it('M-150 a factor that is not read stays as it is', () => {
    const both: Policy = { factors: { BTC: governorDefaults, ETH: governorDefaults }, gapMax: 24 };
    const state = sure(
      govern(
        ungoverned,
        { at, readings: { BTC: { raw: 0.1, anchor: 0.1 }, ETH: { raw: 0.2, anchor: 0.1 } } },
        both,
      ),
    );
    const next = sure(
      govern(state, { at: instant(2 * HOUR), readings: { BTC: { raw: 0.3, anchor: 0.1 } } }, both),
    );
    expect(next.factors['ETH']).toBe(state.factors['ETH']);
  });
});
