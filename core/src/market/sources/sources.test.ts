// Sources by example: what went wrong at venues, and every way in which a report can be wrong.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { market } from '../../../test/sample.ts';
import { instant, isRefusal, type Refusal } from '../../base/index.ts';
import { doubtMarket } from '../doubt.ts';
import {
  type Combination,
  type CombinedValue,
  cappedWeights,
  collateralLevel,
  combineSources,
  doubtSourcePolicy,
  driftOf,
  healthOf,
  levelsOf,
  middleByWeight,
  SOURCES_MAX,
  type SourcePolicy,
  type SourceReport,
  type SourceState,
  sourcePolicy,
  stepMax,
  unheard,
  widening,
  withLevels,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const BEGIN = Date.UTC(2025, 9, 10, 21, 30);
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const spot = sourcePolicy('spot');
const vol = sourcePolicy('vol');

const say = (source: string, value: number, at: number, more: Partial<SourceReport> = {}): SourceReport => ({
  source,
  venue: source,
  kind: 'spot',
  value,
  at: instant(at),
  weight: 1,
  ...more,
});

/** A factor over time: each call goes on from the last. */
function factor(policy: SourcePolicy = spot) {
  let state: SourceState = unheard(policy.kind);
  return {
    hear(at: number, ...reports: SourceReport[]): Combination {
      const answer = sure(combineSources(reports, instant(at), policy, state));
      state = answer.state;
      return answer;
    },
    value(at: number, ...reports: SourceReport[]): CombinedValue {
      return sure(this.hear(at, ...reports).combined);
    },
    state: () => state,
  };
}
const three = (at: number, [a, b, c]: readonly [number, number, number]) => [
  say('a', a, at),
  say('b', b, at),
  say('c', c, at),
];
const causes = ({ dropped }: { dropped: CombinedValue['dropped'] }) =>
  dropped.map(({ source, cause }) => `${source}: ${cause}`);

describe('M-220 reports', () => {
  it.each<[string, Partial<SourceReport>, string]>([
    ['NaN', { value: Number.NaN }, 'out-of-domain'],
    ['zero', { value: 0 }, 'out-of-domain'],
    ['a negative price', { value: -1 }, 'out-of-domain'],
    ['an infinite price', { value: Number.POSITIVE_INFINITY }, 'out-of-domain'],
    ['a time that is none', { at: instant(Number.NaN) }, 'malformed'],
    ['a route that is none', { route: 'pigeon' as never }, 'malformed'],
    ['a negative half-width', { halfWidth: -1 }, 'malformed'],
    ['a half-width of NaN', { halfWidth: Number.NaN }, 'malformed'],
    ['a weight of NaN', { weight: Number.NaN }, 'malformed'],
    ['a negative weight', { weight: -1 }, 'malformed'],
    ['a vol where a price belongs', { kind: 'vol' }, 'other-kind'],
    ['the future', { at: instant(BEGIN + 101) }, 'from-the-future'],
    ['five seconds and one', { at: instant(BEGIN - 5_001) }, 'stale'],
    ['three minutes on a chain', { at: instant(BEGIN - 180_001), route: 'chain' }, 'stale'],
  ])('%s drops that report alone', (_, wrong, cause) => {
    const found = factor().value(BEGIN, ...three(BEGIN, [100, 100.1, 100.2]), {
      ...say('d', 100, BEGIN),
      ...wrong,
    });
    expect(found.used).toEqual(['a', 'b', 'c']);
    expect(causes(found)).toEqual([`d: ${cause}`]);
    expect(found.value).toBe(100.1);
    expect(found.dropped[0]!.sentence.length).toBeGreaterThan(10);
  });

  it('is young enough at the bound, by either route, and a clock may be a tenth of a second ahead', () => {
    const found = factor().value(
      BEGIN,
      say('a', 100, BEGIN - 5_000),
      say('b', 100, BEGIN - 180_000, { route: 'chain' }),
      say('c', 100, BEGIN + 100),
    );
    expect(found.used).toEqual(['a', 'b', 'c']);
  });

  it('repeated, older and contradicting reports are ignored and counted', () => {
    const own = factor();
    own.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
    const next = own.hear(BEGIN + 1, say('a', 105, BEGIN), say('b', 90, BEGIN - 1));
    expect(causes(next)).toEqual(['a: repeated', 'b: out-of-order']);
    expect(
      own.state().memory.map(({ value, repeated, outOfOrder }) => [value, repeated, outOfOrder]),
    ).toEqual([
      [100, 1, 0],
      [100, 0, 1],
      [100, 0, 0],
    ]);
    const twice = own.hear(BEGIN + 2, say('c', 101, BEGIN + 2), say('c', 102, BEGIN + 2));
    expect(causes(twice)).toEqual(['c: contradiction']);
    expect(own.state().memory[2]!.value).toBe(100);
  });

  it('of a source that speaks twice in one call the later report counts', () => {
    const found = factor().value(BEGIN, ...three(BEGIN, [100, 100.1, 100.2]), say('b', 90, BEGIN - 5));
    expect(causes(found)).toEqual(['b: superseded']);
    expect(found.value).toBe(100.1);
  });

  it('a source keeps its say between its reports, until it is stale', () => {
    const own = factor();
    own.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
    expect(own.value(BEGIN + 4_000, say('a', 100, BEGIN + 4_000)).used).toEqual(['a', 'b', 'c']);
    expect(own.value(BEGIN + 6_000, say('a', 100, BEGIN + 6_000)).used).toEqual(['a']);
  });

  it('a call that cannot be is refused, and one too many source', () => {
    const state = factor().hear(BEGIN, say('a', 100, BEGIN)).state;
    const call = (...args: Parameters<typeof combineSources>) => combineSources(...args);
    expect(call([], instant(BEGIN - 1), spot, state)).toMatchObject({ reason: 'out-of-order' });
    expect(call([], instant(Number.NaN), spot, state)).toMatchObject({ reason: 'malformed' });
    expect(call([], instant(BEGIN), vol, state)).toMatchObject({ reason: 'bad-parameter' });
    const many = Array.from({ length: SOURCES_MAX + 1 }, (_, i) => say(`s${i}`, 100, BEGIN));
    expect(call(many, instant(BEGIN), spot, unheard('spot'))).toMatchObject({ reason: 'too-large' });
    expect(call(many.slice(1), instant(BEGIN), spot, unheard('spot'))).not.toHaveProperty('reason');
    const flood = Array.from({ length: 16 * SOURCES_MAX + 1 }, () => many[0]!);
    expect(call(flood, instant(BEGIN), spot, unheard('spot'))).toMatchObject({ reason: 'too-large' });
  });

  it.each<[string, Partial<SourcePolicy>]>([
    ['a cap of one half', { weightCap: 0.5 }],
    ['a sigma of NaN', { sigma: Number.NaN }],
    ['an age below zero', { ageMax: { exchange: -1, chain: 1 } }],
    ['no floor at all', { floorShare: 0, floorAbsolute: 0 }],
    ['a limit of nothing', { limit: { form: 'steady', sharePerMinute: 0 } }],
    ['bars that cross', { modes: { ...spot.modes, widenLeave: 0.5 } }],
    ['a grace below zero', { modes: { ...spot.modes, grace: { ...spot.modes.grace, halt: -1 } } }],
  ])('a policy with %s is refused', (_, wrong) => {
    expect(doubtSourcePolicy(sourcePolicy('spot', wrong))).toMatchObject({ reason: 'bad-parameter' });
    expect(combineSources([], instant(BEGIN), sourcePolicy('spot', wrong), unheard('spot'))).toMatchObject({
      reason: 'bad-parameter',
    });
  });
});

describe('M-221 outliers', () => {
  it('a source at ten times the price is not heard, whatever its weight', () => {
    const found = factor().value(
      BEGIN,
      ...three(BEGIN, [60_000, 60_010, 60_020]),
      say('d', 600_000, BEGIN, { weight: 1e9 }),
    );
    expect(found.used).toEqual(['a', 'b', 'c']);
    expect(found.value).toBe(60_010);
    expect(causes(found)).toEqual(['d: outlier']);
    expect(found.mayLiquidate).toBe(true);
  });

  it('where MAD is zero the floor judges: half a percent stays, more does not', () => {
    const of = (value: number) =>
      factor().value(BEGIN, ...three(BEGIN, [100, 100, 100]), say('d', value, BEGIN)).used.length;
    expect([of(100.5), of(100.51), of(99.5), of(99.49)]).toEqual([4, 3, 4, 3]);
  });

  it('of two that disagree neither is rejected: both are in the sides, and nobody is liquidated', () => {
    const found = factor().value(
      BEGIN,
      say('a', 100, BEGIN, { weight: 99 }),
      say('b', 110, BEGIN, { weight: 1 }),
    );
    expect([found.used, found.value]).toEqual([['a', 'b'], 105]);
    expect(found.low).toBeLessThanOrEqual(100);
    expect(found.high).toBeGreaterThanOrEqual(110);
    expect([found.mayLiquidate, found.mode]).toEqual([false, 'reduce-only']);
    expect(found.reasons.map(({ code }) => code)).toContain('two-disagree');
  });

  it('sources of one venue are one voice: three feeds of one book do not outvote two others', () => {
    const feeds = ['x', 'y', 'z'].map((source) => say(source, 65, BEGIN, { venue: 'one' }));
    const found = factor().value(BEGIN, ...feeds, ...three(BEGIN, [100, 100.1, 100.2]).slice(0, 2));
    expect(found.venues).toEqual(['a', 'b']);
    expect(causes(found)).toEqual(['x: outlier', 'y: outlier', 'z: outlier']);
  });

  it('vols may differ by two points', () => {
    const own = (value: number) =>
      factor(vol).value(
        BEGIN,
        ...[0.6, 0.6, 0.6, value].map((one, i) => say(`s${i}`, one, BEGIN, { kind: 'vol' })),
      ).used.length;
    expect([own(0.6199), own(0.6201), own(0.5801), own(0.5799), own(0.04), own(5.1)]).toEqual([
      4, 3, 4, 3, 3, 3,
    ]);
  });
});

describe('M-222 persistent outliers', () => {
  const tick = (own: ReturnType<typeof factor>, i: number, value: number) =>
    own.hear(
      BEGIN + i * SECOND,
      ...three(BEGIN + i * SECOND, [100, 100.1, 99.9]),
      say('d', value, BEGIN + i * SECOND),
    );

  it('a source that is stuck while the others move is out at its fifth report, and back after five near ones', () => {
    const own = factor();
    const found: string[] = [];
    for (let i = 0; i < 5; i++) found.push(causes(tick(own, i, 94)).join());
    expect(found).toEqual([...Array(4).fill('d: outlier'), 'd: persistent-outlier']);
    found.length = 0;
    for (let i = 5; i < 10; i++) found.push(causes(tick(own, i, 100)).join());
    expect(found).toEqual([...Array(4).fill('d: persistent-outlier'), '']);
  });

  it('one good report begins the count anew, and a repeated one does not count', () => {
    const own = factor();
    for (let i = 0; i < 4; i++) tick(own, i, 94);
    tick(own, 4, 100);
    for (let i = 5; i < 9; i++) tick(own, i, 94);
    expect(own.state().venues).toEqual([{ venue: 'd', out: false, ticks: 4 }]);
    own.hear(BEGIN + 8 * SECOND, say('d', 94, BEGIN + 8 * SECOND));
    expect(own.state().venues[0]).toMatchObject({ ticks: 4 });
  });

  it('a majority is never put out, and of two neither', () => {
    const own = factor();
    for (let i = 0; i < 9; i++) own.hear(BEGIN + i * SECOND, ...three(BEGIN + i * SECOND, [94, 100, 106]));
    expect(own.state().venues).toEqual([]);
    const pair = factor();
    for (let i = 0; i < 9; i++) {
      const [a, , c] = three(BEGIN + i * SECOND, [80, 100, 120]);
      pair.hear(BEGIN + i * SECOND, a!, c!);
    }
    expect(pair.state().venues).toEqual([]);
  });
});

describe('M-223 weights', () => {
  it.each<[string, number[], number[]]>([
    ['a giant among two small ones', [90, 5, 5], [0.4, 0.3, 0.3]],
    ['what is over goes in proportion', [80, 15, 5], [0.4, 0.4, 0.2]],
    ['two have a half each', [90, 10], [0.5, 0.5]],
    ['one has all', [3], [1]],
    ['none stated: all alike', [0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]],
    ['one stated: the rest evenly', [1, 0, 0], [0.4, 0.3, 0.3]],
    ['none above: as they are', [3, 3, 2, 2], [0.3, 0.3, 0.2, 0.2]],
  ])('%s', (_, weights, shares) => {
    for (const [i, share] of cappedWeights(weights, 0.4).entries()) expect(share).toBeCloseTo(shares[i]!, 12);
  });

  it('the middle by weight', () => {
    expect(middleByWeight([1, 2, 9], [0.4, 0.3, 0.3])).toBe(2);
    expect(middleByWeight([9, 1], [0.5, 0.5])).toBe(5);
    expect(middleByWeight([5, 1, 3, 7], [0.25, 0.25, 0.25, 0.25])).toBe(4);
    expect(middleByWeight([], [])).toBeUndefined();
  });
});

describe('M-224 doubt', () => {
  it('the half-width is 1.4826 MAD, what sources quote, or what age adds, whichever is most', () => {
    const wide = factor().value(BEGIN, ...three(BEGIN, [100, 100.2, 100.6]));
    expect(wide.halfWidth).toBeCloseTo(1.4826 * 0.2, 12);
    expect(wide.confidence).toBeCloseTo(0.01 / (0.01 + wide.halfWidth / 100.2), 12);
    expect([wide.low, wide.high]).toEqual([100.2 - wide.halfWidth, 100.2 + wide.halfWidth]);
    const quoted = three(BEGIN, [100, 100, 100]).map((one) => ({ ...one, halfWidth: 0.7 }));
    expect(factor().value(BEGIN, ...quoted).halfWidth).toBe(0.7);
    const aged = factor().value(BEGIN, ...three(BEGIN - 4_000, [100, 100, 100]));
    expect(aged.halfWidth).toBeCloseTo(100 * 0.8 * Math.sqrt(4 / 31_536_000), 12);
    expect(driftOf(4_000, spot) * 100).toBeCloseTo(aged.halfWidth, 12);
  });

  it('one source that quotes a huge half-width makes nobody doubt the others', () => {
    const found = factor().value(
      BEGIN,
      ...three(BEGIN, [100, 100, 100]).slice(1),
      say('a', 100, BEGIN, { halfWidth: 90 }),
    );
    expect(found.halfWidth).toBe(0);
  });
});

describe('M-225 liquidation', () => {
  const calm = () => {
    const own = factor();
    own.hear(BEGIN, ...three(BEGIN, [100, 100.1, 99.9]));
    return own;
  };

  it('a lone source that agrees with what was agreed carries it, for ten minutes and at half the confidence', () => {
    const own = calm();
    const soon = own.value(BEGIN + MINUTE, say('a', 100.2, BEGIN + MINUTE));
    expect([soon.mayLiquidate, soon.confidence, soon.mode]).toEqual([true, 0.5, 'widen']);
    const late = own.value(BEGIN + 10 * MINUTE + 1, say('a', 100.2, BEGIN + 10 * MINUTE + 1));
    expect([late.mayLiquidate, late.mode]).toEqual([false, 'reduce-only']);
  });

  it('a lone source cannot walk away from what was agreed in small steps', () => {
    const own = calm();
    const found: boolean[] = [];
    for (let i = 1; i <= 30; i++) {
      const at = BEGIN + 6 * SECOND + i * SECOND;
      found.push(own.value(at, say('a', 100 * (1 - 0.0004 * i), at)).mayLiquidate);
    }
    expect(found.slice(0, 12).every(Boolean)).toBe(true);
    expect(found.slice(12).some(Boolean)).toBe(false);
  });

  it('a lone source with nothing agreed before it lets nobody be liquidated', () => {
    expect(factor().value(BEGIN, say('a', 100, BEGIN))).toMatchObject({
      mayLiquidate: false,
      mode: 'reduce-only',
    });
  });

  it('who disagrees is inside the sides, also where a policy adds no half-width to them', () => {
    const bare = sourcePolicy('spot', { sides: 0 });
    const two = factor(bare).value(BEGIN, say('a', 100, BEGIN), say('b', 110, BEGIN));
    expect([two.low, two.high]).toEqual([100, 110]);
    for (const value of [90, 110]) {
      const own = factor(bare);
      own.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
      const at = BEGIN + 6 * SECOND;
      const lone = own.value(at, say('a', value, at));
      expect([lone.low, lone.high]).toEqual([Math.min(value, 100), Math.max(value, 100)]);
    }
  });

  it('two that agree confirm each other', () => {
    const found = factor().value(BEGIN, say('a', 100, BEGIN), say('b', 100.4, BEGIN));
    expect([found.mayLiquidate, found.mode]).toEqual([true, 'widen']);
    expect(found.value).toBeCloseTo(100.2, 12);
  });
});

describe('M-226 steps', () => {
  it('three standard deviations of a second at 80 % a year are 4.27 basis points; vols move a fifth a minute', () => {
    expect(stepMax(SECOND, spot)).toBeCloseTo(3 * 0.8 * Math.sqrt(1 / 31_536_000), 15);
    expect(stepMax(30 * SECOND, vol)).toBeCloseTo(0.1, 15);
  });

  it('a wick of one tick is cut; a move that three venues hold for five seconds is followed in full', () => {
    const own = factor();
    own.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
    const wick = own.value(BEGIN + SECOND, ...three(BEGIN + SECOND, [90, 90, 90]));
    expect(wick.value).toBeCloseTo(100 * (1 - stepMax(SECOND, spot)), 10);
    expect([wick.unlimited, wick.mayLiquidate, wick.low <= 90, wick.high >= 100]).toEqual([
      90,
      false,
      true,
      true,
    ]);
    expect(wick.reasons.map(({ code }) => code)).toContain('limited');
    const back = own.value(BEGIN + 2 * SECOND, ...three(BEGIN + 2 * SECOND, [100, 100, 100]));
    expect(back.value).toBeCloseTo(100, 3);
    const values: number[] = [];
    for (let i = 3; i <= 8; i++)
      values.push(own.value(BEGIN + i * SECOND, ...three(BEGIN + i * SECOND, [90, 90, 90])).value);
    expect(values.slice(0, 5).every((value) => value > 99)).toBe(true);
    expect(values[5]).toBe(90);
  });

  it('a value that lags by more than the floor lets nobody be liquidated, though it is sure enough to trade on', () => {
    const own = factor();
    own.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
    const found = own.value(BEGIN + SECOND, ...three(BEGIN + SECOND, [99, 99, 99]));
    expect([found.mode, found.mayLiquidate]).toEqual(['widen', false]);
    const near = factor();
    near.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
    expect(near.value(BEGIN + SECOND, ...three(BEGIN + SECOND, [99.6, 99.6, 99.6])).mayLiquidate).toBe(true);
  });

  it('two venues never press a value past its step, but may set it after a long silence', () => {
    const own = factor();
    const two = (at: number, value: number) => [say('a', value, at), say('b', value, at)];
    own.hear(BEGIN, ...two(BEGIN, 100));
    let last = 100;
    for (let i = 1; i <= 60; i++) {
      const { value } = own.value(BEGIN + i * SECOND, ...two(BEGIN + i * SECOND, 90));
      expect(value).toBeGreaterThanOrEqual(last * (1 - stepMax(SECOND, spot) * (1 + 1e-9)));
      last = value;
    }
    expect(last).toBeGreaterThan(97);
    const later = BEGIN + MINUTE + spot.limitGapMax + 1;
    expect(own.value(later, ...two(later, 80)).value).toBe(80);
  });
});

describe('M-227 modes', () => {
  it('silence: frozen and wider both ways, halted after a minute, none after a day; back by steps with a grace', () => {
    const own = factor();
    own.hear(BEGIN, ...three(BEGIN, [100, 100, 100]));
    const frozen = own.hear(BEGIN + 30 * SECOND);
    const value = sure(frozen.combined);
    expect([value.value, value.frozenFor, value.mode, value.mayLiquidate]).toEqual([
      100,
      30_000,
      'reduce-only',
      false,
    ]);
    const factorOf = 1 + 0.0256 * Math.sqrt(30 / 3600);
    expect(value.low).toBeCloseTo(100 / factorOf, 12);
    expect(value.high).toBeCloseTo(100 * factorOf, 12);
    expect(frozen.change).toMatchObject({ from: 'normal', to: 'reduce-only' });
    expect(own.hear(BEGIN + 61 * SECOND).change).toMatchObject({
      from: 'reduce-only',
      to: 'halt',
      reasons: [{ code: 'silent' }],
    });
    const modes: string[] = [];
    for (let i = 0; i <= 400; i++) {
      const at = BEGIN + 120 * SECOND + i * SECOND;
      const { change } = own.hear(at, ...three(at, [100, 100, 100]));
      if (change !== undefined) modes.push(`${i} s: ${change.to}`);
    }
    expect(modes).toEqual(['300 s: reduce-only', '361 s: widen', '392 s: normal']);
    expect(own.hear(BEGIN + 25 * HOUR).combined).toMatchObject({ kind: 'refused', reason: 'no-quotes' });
  });

  it('time in which nobody looked is not time in which it was better', () => {
    const own = factor();
    own.hear(BEGIN, say('a', 100, BEGIN));
    own.hear(BEGIN + SECOND, ...three(BEGIN + SECOND, [100, 100, 100]));
    const later = own.hear(BEGIN + HOUR, ...three(BEGIN + HOUR, [100, 100, 100]));
    expect(later.change).toBeUndefined();
    expect(later.state.mode).toMatchObject({ mode: 'reduce-only', better: 10_000 });
  });

  it('confidence enters a mode lower than it leaves it', () => {
    const own = factor(
      sourcePolicy('spot', { modes: { ...spot.modes, grace: { widen: 0, 'reduce-only': 0, halt: 0 } } }),
    );
    const at = (i: number, confidence: number) => {
      const halfWidth = 100 * 0.01 * (1 / confidence - 1);
      const when = BEGIN + i * SECOND;
      return own.value(when, ...three(when, [100, 100, 100]).map((one) => ({ ...one, halfWidth }))).mode;
    };
    expect(
      [0.6, 0.54, 0.6, 0.66, 0.6, 0.24, 0.3, 0.36, 0.66].map((confidence, i) => at(i, confidence)),
    ).toEqual([
      'normal',
      'widen',
      'widen',
      'normal',
      'normal',
      'reduce-only',
      'reduce-only',
      'widen',
      'normal',
    ]);
  });

  it('a vol that is frozen for four hours is half as wide again, and never more than twice', () => {
    expect(widening(4 * HOUR, vol)).toBe(0.5);
    expect(widening(1000 * HOUR, vol)).toBe(1);
    expect(widening(0, vol)).toBe(0);
  });

  it('nothing heard ever is a refusal and a halt', () => {
    const { combined, state } = factor().hear(BEGIN);
    expect(combined).toMatchObject({ reason: 'no-quotes' });
    expect(state.mode).toMatchObject({ mode: 'halt' });
    expect(healthOf([combined])).toEqual({ mode: 'halt', mayLiquidate: false });
    expect(healthOf([])).toEqual({ mode: 'halt', mayLiquidate: false });
  });
});

describe('M-229 collateral and markets', () => {
  // USDe on 2025-10-10: 0.65 on one venue's own book, 0.97 to 1.00 elsewhere. The neighbours are made up within that range.
  const elsewhere = (at: number) => [say('b', 0.985, at), say('c', 0.99, at), say('d', 0.975, at)];

  it('one venue prints 0.65: collateral stands at what the others say', () => {
    const found = factor().value(BEGIN, say('a', 0.65, BEGIN, { weight: 100 }), ...elsewhere(BEGIN));
    expect([found.value, found.mayLiquidate, causes(found)]).toEqual([0.985, true, ['a: outlier']]);
    expect(collateralLevel(found, 'a')).toMatchObject({ usd: 0.985, side: 'value' });
  });

  it('that venue alone: worth little, but nobody is liquidated on it, and it never speaks for itself', () => {
    const own = factor();
    own.hear(BEGIN, say('a', 1, BEGIN), ...elsewhere(BEGIN).map((one) => ({ ...one, value: 1 })));
    const at = BEGIN + 6 * SECOND;
    const found = own.value(at, say('a', 0.65, at));
    expect(found.mayLiquidate).toBe(false);
    expect(found.high).toBeGreaterThanOrEqual(1);
    expect(sure(collateralLevel(found)).usd).toBeLessThan(0.65);
    expect(collateralLevel(found, 'a')).toMatchObject({ kind: 'refused', reason: 'no-quotes' });
    const frozen = own.value(at + MINUTE);
    expect(collateralLevel(frozen)).toMatchObject({ side: 'low', usd: frozen.low });
  });

  it('a market takes levels from its sources, under a digest of its own', () => {
    const index = factor().value(BEGIN, ...three(BEGIN, [60_000, 60_030, 60_090]));
    const peg = factor().value(BEGIN, say('a', 0.65, BEGIN), ...elsewhere(BEGIN));
    const levels = levelsOf(new Map([['BTC', { index }]]), new Map([['USDE', peg]]));
    const next = sure(withLevels(market, levels));
    const coin = next.underlyings.find(({ underlying }) => underlying === 'BTC')!;
    expect([coin.index, coin.perpetual]).toEqual([60_030, 60_030]);
    expect(coin.indexUncertainty).toBeCloseTo((1.4826 * 30) / 60_030, 14);
    expect(next.pegs.get('USDE')).toBe(0.985);
    expect([...next.confidences!]).toEqual([
      ['BTC-INDEX', index.confidence],
      ['BTC-PERPETUAL', index.confidence],
      ['USDE', peg.confidence],
    ]);
    expect(next.digest).not.toBe(market.digest);
    expect(doubtMarket(next)).toBeUndefined();
    expect(withLevels(market, levelsOf(new Map([['DOGE', { index }]])))).toMatchObject({
      reason: 'no-market',
    });
  });
});

const data = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const reason = existsSync(`${data}/crisis_intraday`) ? '' : ' (skipped: no data folder beside the project)';

describe.skipIf(reason !== '')(`M-229 USDe on 2025-10-10, minute by minute${reason}`, () => {
  const rowsOf = (path: string) =>
    gunzipSync(readFileSync(`${data}/${path}`))
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([at, open, , low, close]) => ({
        at: Date.parse(at!),
        open: Number(open),
        low: Number(low),
        close: Number(close),
      }));

  it("collateral never falls with one venue's book, which is out within minutes and heard again when it is back", () => {
    const minutes = rowsOf('crisis_intraday/usdeusdt_1m_binance_2025-10-10_12.csv.gz').filter(
      ({ at }) => at >= Date.UTC(2025, 9, 10, 21) && at < Date.UTC(2025, 9, 11, 0),
    );
    // A second venue by the hour, its closes joined by straight lines; a third between it and par, made up.
    const hours = rowsOf('prices/usdeusdt_hourly_2025-03_2026.csv.gz').filter(
      ({ at }) => at >= Date.UTC(2025, 9, 10, 20) && at < Date.UTC(2025, 9, 11, 1),
    );
    const second = (at: number) => {
      const i = hours.findIndex((hour) => at < hour.at + 2 * HOUR);
      const share = (at - hours[i]!.at - HOUR) / HOUR;
      return hours[i]!.close + share * (hours[i + 1]!.close - hours[i]!.close);
    };
    const own = factor();
    const found = minutes.map(({ at: open, low }) => {
      const at = open + MINUTE;
      const other = second(at);
      const combined = own.value(
        at,
        say('one', low, at),
        say('two', other, at),
        say('three', (1 + other) / 2, at),
      );
      return { low, combined, level: sure(collateralLevel(combined, 'one')) };
    });
    expect(Math.min(...found.map(({ low }) => low))).toBe(0.65);
    expect(Math.min(...found.map(({ level }) => level.usd))).toBeGreaterThan(0.985);
    const off = found.filter(({ combined }) => !combined.used.includes('one'));
    expect(off.length).toBeGreaterThan(20);
    expect(off.some(({ combined }) => combined.dropped[0]?.cause === 'persistent-outlier')).toBe(true);
    expect(found.at(-1)!.combined.used).toContain('one');
    expect(found.every(({ combined }) => combined.value > 0.985)).toBe(true);
  });
});
