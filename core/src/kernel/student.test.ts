// Student's t and the circle against 40-digit values of mpmath, and against what must hold for every argument.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, studentCdf, studentInverse, studentPdf, turn } from './index.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const cdfRows: [number, number, number][] = [
  [-50, 0.5, 0.04535260640296638],
  [-8, 2.1, 0.0066130312654777805],
  [-3, 3, 0.028834442811218653],
  [-1, 4, 0.18695048315002943],
  [-0.1, 6, 0.4618009759493958],
  [0.5, 30, 0.6896384975574363],
  [-4, 300, 3.9920022418597324e-5],
];
const inverseRows: [number, number, number][] = [
  [1e-10, 3, -2225.7692846830932],
  [0.001, 0.5, -102849.11563017555],
  [0.01, 4, -3.746947387979197],
  [0.025, 6, -2.44691185114497],
  [0.1, 2.1, -1.8466955277798158],
  [0.4, 30, -0.2556053649519127],
  [0.995, 3, 5.840909309733355],
];

describe('student', () => {
  it.each(cdfRows)('T(%d; %d degrees) = %d', (x, degrees, want) => {
    expect(Math.abs(studentCdf(x, degrees) / want - 1)).toBeLessThan(1e-13);
  });

  it.each(inverseRows)('quantile %d at %d degrees = %d', (p, degrees, want) => {
    expect(Math.abs(studentInverse(p, degrees) / want - 1)).toBeLessThan(1e-13);
  });

  it('has closed forms at 1, 2 and 4 degrees', () => {
    expect(studentPdf(0, 4)).toBeCloseTo(0.375, 15);
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 14);
    expect(studentInverse(0.9, 2)).toBeCloseTo(0.8 / Math.sqrt(2 * 0.9 * 0.1), 13);
  });

  it('is total', () => {
    expect(studentCdf(0, 3)).toBe(0.5);
    expect(studentCdf(Number.NEGATIVE_INFINITY, 3)).toBe(0);
    expect(studentCdf(-1e200, 3)).toBe(0);
    expect(studentInverse(0, 3)).toBe(Number.NEGATIVE_INFINITY);
    expect(studentInverse(1, 3)).toBe(Number.POSITIVE_INFINITY);
    for (const degrees of [0, -1, Number.NaN]) {
      expect([studentCdf(1, degrees), studentPdf(1, degrees), studentInverse(0.1, degrees)]).toEqual([
        NaN,
        NaN,
        NaN,
      ]);
    }
  });

  it('inverse undoes the distribution, and the distribution rises', () => {
    fc.assert(
      fc.property(real(1e-12, 0.499), real(0.3, 500), (p, degrees) => {
        const x = studentInverse(p, degrees);
        expect(Math.abs(studentCdf(x, degrees) / p - 1)).toBeLessThan(1e-12);
        expect(studentCdf(x * 0.99, degrees)).toBeGreaterThan(p);
      }),
      { numRuns: 500 },
    );
  });

  it('comes to the normal law', () => {
    for (const x of [-3, -1, 0.5]) expect(Math.abs(studentCdf(x, 1e6) - normalCdf(x))).toBeLessThan(1e-6);
  });
});

describe('turn', () => {
  it('lies on the circle, and doubles by the addition theorem', () => {
    fc.assert(
      fc.property(real(-8e5, 8e5), (x) => {
        const [one, two] = [
          { cos: 0, sin: 0 },
          { cos: 0, sin: 0 },
        ];
        turn(x, one);
        turn(2 * x, two);
        expect(Math.abs(one.cos * one.cos + one.sin * one.sin - 1)).toBeLessThan(1e-15);
        expect(Math.abs(two.sin - 2 * one.sin * one.cos)).toBeLessThan(2e-15);
        expect(Math.abs(two.cos - (one.cos - one.sin) * (one.cos + one.sin))).toBeLessThan(2e-15);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows its quarters, and says so where it does not know', () => {
    const at = { cos: 0, sin: 0 };
    turn(Math.PI / 6, at);
    expect(at.sin).toBeCloseTo(0.5, 15);
    expect(at.cos).toBeCloseTo(Math.sqrt(0.75), 15);
    turn(1e9, at);
    expect(at).toEqual({ cos: NaN, sin: NaN });
  });
});
