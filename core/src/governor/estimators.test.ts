// Raw estimates, anchors and correlations, by hand and as laws.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, isRefusal, type Refusal } from '../base/index.ts';
import {
  anchorOf,
  barMoves,
  doubtCorrelations,
  type EwmaState,
  emptySketch,
  ewma,
  ewmaVol,
  type FilteredState,
  filter,
  governMix,
  type Matrix,
  type MixPolicy,
  mixDefaults,
  mixed,
  type QuantileSketch,
  quantileOf,
  rawEstimate,
  shortfallOf,
  sketched,
  unfiltered,
} from './index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const law = (name: string, property: fc.IRawProperty<unknown>) =>
  it(name, () => fc.assert(property as never, { numRuns: 300 }));

describe('averages', () => {
  // lambda = 0.94 a day: h = ln 2 / -ln 0.94 days
  const h = (24 * Math.LN2) / -Math.log(0.94);
  const metrics = { halfLife: { rise: h, fall: h }, floor: 0 };
  const day = (i: number, move: number) => ({ from: instant(i * DAY), to: instant((i + 1) * DAY), move });

  it('M-154 is RiskMetrics on even bars', () => {
    let state: EwmaState | undefined;
    let square = 0.0004;
    for (const [i, move] of [0.02, -0.05, 0.01, 0].entries()) {
      state = sure(ewma(state, day(i, move), metrics));
      if (i > 0) square = 0.94 * square + 0.06 * move * move;
    }
    expect(ewmaVol(state!, 24, metrics)).toBeCloseTo(Math.sqrt(square), 15);
    expect(ewmaVol(state!, 96, metrics)).toBeCloseTo(2 * Math.sqrt(square), 15);
  });

  it('M-154 quick up, slow down, and a floor at a share of the long run', () => {
    const policy = { halfLife: { rise: 24, fall: 240 }, floor: 0.5 };
    const calm = sure(ewma(undefined, day(0, 0.02), policy));
    expect(ewmaVol(sure(ewma(calm, day(1, 0.06), policy)), 24, policy)).toBeCloseTo(
      Math.sqrt((0.0004 + 0.0036) / 2),
      14,
    );
    let still = calm;
    for (let i = 1; i <= 200; i++) still = sure(ewma(still, day(i, 0), policy));
    expect(ewmaVol(still, 24, policy)).toBeCloseTo(0.5 * Math.sqrt(0.0004 / 201), 12);
  });

  law(
    'M-154 an even bar cut in two is one; time that no bar covers changes nothing',
    fc.property(
      real(-0.5, 0.5),
      real(-0.5, 0.5),
      fc.integer({ min: 2, max: 100 }),
      real(0.01, 0.99),
      fc.nat(1e6),
      (a, b, hours, cut, gap) => {
        const policy = { halfLife: { rise: 6, fall: 60 }, floor: 0 };
        const before = sure(ewma(undefined, { from: instant(0), to: instant(HOUR), move: a }, policy));
        const start = HOUR + gap;
        const middle = start + Math.max(1, Math.round(hours * HOUR * cut));
        const end = start + hours * HOUR;
        const whole = sure(ewma(before, { from: instant(start), to: instant(end), move: b }, policy));
        const share = (middle - start) / (end - start);
        const half = sure(
          ewma(before, { from: instant(start), to: instant(middle), move: b * Math.sqrt(share) }, policy),
        );
        const cutInTwo = sure(
          ewma(half, { from: instant(middle), to: instant(end), move: b * Math.sqrt(1 - share) }, policy),
        );
        expect(Math.abs(cutInTwo.rate - whole.rate)).toBeLessThanOrEqual(
          1e-10 * (whole.rate + before.rate) + 1e-300,
        );
        const prompt = sure(
          ewma(before, { from: instant(HOUR), to: instant(HOUR + hours * HOUR), move: b }, policy),
        );
        expect(prompt.rate).toBe(whole.rate);
      },
    ),
  );

  it('M-154 what a bar did on its path', () => {
    const bar = { from: instant(0), to: instant(HOUR), open: 100, high: 104, low: 90, close: 97 };
    const found = sure(barMoves(100, bar));
    expect([found.change, found.long, found.short]).toEqual([
      expect.closeTo(-0.03, 14),
      expect.closeTo(0.1, 14),
      expect.closeTo(0.04, 14),
    ]);
    expect(isRefusal(barMoves(100, { ...bar, low: 98 }))).toBe(true);
    expect(isRefusal(barMoves(0, bar))).toBe(true);
    expect(isRefusal(barMoves(100, { ...bar, high: Number.NaN }))).toBe(true);
  });

  it('M-154 refused: bars out of order or without length, moves that are no numbers', () => {
    const state = sure(ewma(undefined, day(0, 0.01), metrics));
    for (const wrong of [day(0, 0.01), { ...day(1, 0.01), to: instant(DAY) }, day(1, Number.NaN)]) {
      expect(isRefusal(ewma(state, wrong, metrics))).toBe(true);
    }
  });
});

describe('quantiles', () => {
  const sketchOf = (values: readonly number[]) =>
    values.reduce<QuantileSketch>((sketch, value) => sure(sketched(sketch, value)), emptySketch);

  law(
    'M-154 never below the order statistic, at most half a percent above; order is nothing',
    fc.property(
      fc.array(real(1e-5, 1e3), { minLength: 100, maxLength: 140 }),
      fc.constantFrom(0.5, 0.9, 0.975, 0.99),
      (values, level) => {
        const sketch = sketchOf(values);
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(level * values.length - 1e-9) - 1]!;
        const found = sure(quantileOf(sketch, level));
        expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-14));
        expect(found).toBeLessThanOrEqual(exact * Math.exp(0.005) * (1 + 1e-14));
        expect(sketchOf([...values].reverse())).toEqual(sketch);
        const tail = (1 - level) * values.length;
        let [left, sum] = [tail, 0];
        for (const value of [...sorted].reverse()) {
          sum += Math.max(0, Math.min(1, left)) * value;
          left -= 1;
        }
        const shortfall = sure(shortfallOf(sketch, level));
        expect(shortfall).toBeGreaterThanOrEqual((sum / tail) * (1 - 1e-12));
        expect(shortfall).toBeLessThanOrEqual((sum / tail) * Math.exp(0.005) * (1 + 1e-12));
      },
    ),
  );

  it('M-154 too short a history says how much is needed', () => {
    const short = quantileOf(sketchOf(new Array(99).fill(0.1)), 0.99);
    expect(isRefusal(short) && short.message).toMatch(/at least 100/);
    expect(sure(quantileOf(sketchOf(new Array(100).fill(0.1)), 0.99))).toBeGreaterThanOrEqual(0.1);
    expect(isRefusal(shortfallOf(emptySketch, 0.975))).toBe(true);
    expect(isRefusal(quantileOf(emptySketch, 1))).toBe(true);
    expect(isRefusal(sketched(emptySketch, Number.NaN))).toBe(true);
  });

  it('M-154 a constant history is its constant; nothing but gains is a millionth', () => {
    expect(sure(shortfallOf(sketchOf(new Array(100).fill(0.1)), 0.975)) / 0.1).toBeCloseTo(1, 2);
    expect(sure(quantileOf(sketchOf(new Array(100).fill(-1)), 0.99))).toBe(1e-6);
    expect(sure(shortfallOf(sketchOf(new Array(100).fill(0)), 0.99))).toBe(1e-6);
  });

  it('M-154 the fast estimate is what was lost per volatility, times the volatility of now', () => {
    // Every day moves by 2 % and loses 3 % on its path: 1.5 volatilities; after the vol doubled the estimate has, the anchor has not.
    const policy = { halfLife: { rise: 24, fall: 24 }, floor: 0 };
    let state: FilteredState = unfiltered;
    for (let i = 0; i < 101; i++) {
      state = sure(
        filter(
          state,
          { from: instant(i * DAY), to: instant((i + 1) * DAY), move: 0.02, losses: [0.03] },
          policy,
        ),
      );
    }
    const measure = { kind: 'quantile', level: 0.98 } as const;
    expect(sure(rawEstimate(state, 24, measure, policy)) / 0.03).toBeCloseTo(1, 2);
    for (let i = 101; i < 103; i++) {
      state = sure(
        filter(
          state,
          { from: instant(i * DAY), to: instant((i + 1) * DAY), move: 0.04, losses: [0.03] },
          policy,
        ),
      );
    }
    // rate after two days of 4 %: (0.0004 / 4 + 0.75 x 0.0016)
    expect(sure(rawEstimate(state, 24, measure, policy))).toBeCloseTo(
      sure(quantileOf(state.filtered, 0.98)) * Math.sqrt(0.0013),
      12,
    );
    expect(sure(anchorOf(state, measure)) / 0.03).toBeCloseTo(1, 2);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});

describe('correlations', () => {
  const low: Matrix = [
    [1, 0.4],
    [0.4, 1],
  ];
  const high: Matrix = [
    [1, 0.9],
    [0.9, 1],
  ];
  const free: MixPolicy = { weightMax: 1, halfLife: { rise: 24, fall: 240 }, gapMax: 24 };
  const at = (hours: number) => instant(hours * HOUR);

  it('M-155 a mixture, with a weight that half-lives and speed hold', () => {
    const start = sure(governMix(undefined, { at: at(0), anchor: low, raw: high, weight: 0 }, free));
    expect(start.matrix).toEqual(low);
    const day = sure(governMix(start, { at: at(24), anchor: low, raw: high, weight: 1 }, free));
    expect(day.weight).toBeCloseTo(0.5, 14);
    expect(day.matrix[0]![1]).toBeCloseTo(0.65, 14);
    const slow = sure(
      governMix(
        start,
        { at: at(24), anchor: low, raw: high, weight: 1 },
        { ...free, speedMax: { rise: 0.1, fall: 0.1 } },
      ),
    );
    expect(slow.weight).toBeCloseTo(0.1, 14);
    const held = sure(
      governMix(start, { at: at(24), anchor: low, raw: high, weight: 1 }, { ...free, entryMax: 0.05 }),
    );
    expect(held.matrix[0]![1]).toBeCloseTo(0.45, 14);
  });

  const correlations = fc
    .array(fc.array(real(-1, 1), { minLength: 4, maxLength: 4 }), { minLength: 4, maxLength: 4 })
    .filter((rows) => rows.every((row) => row.reduce((sum, v) => sum + v * v, 0) > 0.01))
    .map((rows): Matrix => {
      const unit = rows.map((row) => {
        const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
        return row.map((v) => v / length);
      });
      const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
      return unit.map((a, i) =>
        unit.map((b, j) => (i === j ? 1 : Math.min(1, Math.max(-1, i < j ? dot(a, b) : dot(b, a))))),
      );
    });

  law(
    'M-155 every state is a matrix of correlations, between anchor and raw entry by entry, and no entry outruns its speed',
    fc.property(
      correlations,
      correlations,
      correlations,
      real(0, 1),
      real(0, 100),
      (anchor, raw, later, weight, hours) => {
        const start = sure(governMix(undefined, { at: at(0), anchor, raw, weight }, mixDefaults));
        const next = sure(
          governMix(
            start,
            { at: instant(Math.round(hours * HOUR)), anchor, raw: later, weight: 1 - weight },
            mixDefaults,
          ),
        );
        for (const { matrix } of [start, next]) expect(doubtCorrelations(matrix, 4, 'state')).toBeUndefined();
        const days = Math.min(hours, 24) / 24;
        next.matrix.forEach((row, i) => {
          row.forEach((value, j) => {
            expect(Math.abs(value - start.matrix[i]![j]!)).toBeLessThanOrEqual(0.1 * days + 1e-9);
          });
        });
        expect(next.weight).toBeLessThanOrEqual(mixDefaults.weightMax);
      },
    ),
  );
  law(
    'M-155 the ends of the weight are the matrices, to the bit',
    fc.property(correlations, correlations, (anchor, raw) => {
      expect(mixed(anchor, raw, 0)).toBe(anchor);
      expect(mixed(anchor, raw, 1)).toBe(raw);
    }),
  );

  it.each([
    [
      'not symmetric',
      [
        [1, 0.2],
        [0.3, 1],
      ],
    ],
    [
      'beyond one',
      [
        [1, 1.2],
        [1.2, 1],
      ],
    ],
    [
      'a diagonal of two',
      [
        [2, 0],
        [0, 1],
      ],
    ],
    [
      'no number',
      [
        [1, Number.NaN],
        [Number.NaN, 1],
      ],
    ],
    ['not square', [[1, 0]]],
    [
      'of a negative variance',
      [
        [1, 0.9, -0.9],
        [0.9, 1, 0.9],
        [-0.9, 0.9, 1],
      ],
    ],
  ])('M-155 refused: a matrix that is %s', (_name, raw) => {
    const anchor = raw.map((_, i) => raw.map((__, j) => (i === j ? 1 : 0)));
    expect(isRefusal(governMix(undefined, { at: at(0), anchor, raw, weight: 0.5 }, mixDefaults))).toBe(true);
  });

  it('M-155 perfect correlation is one: singular is allowed', () => {
    expect(
      doubtCorrelations(
        [
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ],
        3,
        'raw',
      ),
    ).toBeUndefined();
  });
});
