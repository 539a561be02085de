// Maximum likelihood of GARCH: parameters that made a series are found again, and no neighbour explains it better.

import { type GarchParameters, isRefusal, type Refusal, seededPrng } from '@plimsoll/core';
import { normalInverse, studentInverse } from '@plimsoll/core/kernel';
import { describe, expect, it } from 'vitest';
import { estimateGarch, GARCH_RETURNS_MIN, logLikelihoodOf } from './garch.ts';
import { nelderMead } from './nelder-mead.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const reason = (value: unknown) => (isRefusal(value) ? value.reason : 'answered');

/** A series of a known model; t innovations have unit variance. */
function simulate(parameters: GarchParameters, count: number, seed: number, degrees?: number): Float64Array {
  const { omega, alpha, beta, asymmetry = 0 } = parameters;
  const prng = seededPrng(seed);
  let variance = omega / (1 - alpha - beta - asymmetry / 2);
  return Float64Array.from({ length: count }, () => {
    const u = prng.next() + 2 ** -54;
    const e =
      degrees === undefined
        ? normalInverse(u)
        : studentInverse(u, degrees) * Math.sqrt((degrees - 2) / degrees);
    const r = Math.sqrt(variance) * e;
    variance = omega + (alpha + (r < 0 ? asymmetry : 0)) * r * r + beta * variance;
    return r;
  });
}

describe('M-148 estimation', () => {
  it("the simplex finds the bottom of Rosenbrock's valley", () => {
    const { x, settled } = nelderMead(([a, b]) => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2, [-1.2, 1], 0.5);
    expect(settled).toBe(true);
    expect(x[0]).toBeCloseTo(1, 5);
    expect(x[1]).toBeCloseTo(1, 5);
    expect(nelderMead(([a]) => (a! > 0 ? (a! - 3) ** 2 : Number.NaN), [1], 0.5).x[0]).toBeCloseTo(3, 5);
  });

  it("GARCH: 6,000 normal returns of the design notes' parameters", () => {
    const made = { omega: 2e-5, alpha: 0.08, beta: 0.9 };
    const series = simulate(made, 6000, 21);
    const found = sure(estimateGarch(series));
    expect(found.settled).toBe(true);
    expect(Math.abs(found.parameters.alpha - 0.08)).toBeLessThan(0.02);
    expect(Math.abs(found.parameters.beta - 0.9)).toBeLessThan(0.03);
    expect(Math.abs(found.persistence - 0.98)).toBeLessThan(0.015);
    const level = series.reduce((sum, r) => sum + r * r, 0) / series.length;
    const at = (p: GarchParameters) => logLikelihoodOf(series, p, undefined, level);
    expect(at(found.parameters)).toBeCloseTo(found.logLikelihood, 6);
    expect(found.logLikelihood).toBeGreaterThanOrEqual(at(made));
    for (const name of ['omega', 'alpha', 'beta'] as const) {
      for (const factor of [0.99, 1.01]) {
        expect(at({ ...found.parameters, [name]: found.parameters[name] * factor })).toBeLessThan(
          found.logLikelihood,
        );
      }
    }
    // scipy's Nelder-Mead on the same likelihood, written in numpy, for the same series.
    expect(found.logLikelihood).toBeCloseTo(12284.764789, 5);
    expect(found.parameters.alpha).toBeCloseTo(0.08395633, 6);
    expect(found.parameters.beta).toBeCloseTo(0.89863915, 6);
  });

  it('GJR with t innovations: asymmetry and degrees are found, and the plain form explains less', () => {
    const made = { omega: 1e-5, alpha: 0.03, beta: 0.9, asymmetry: 0.1 };
    const series = simulate(made, 6000, 5, 5);
    const found = sure(estimateGarch(series, { asymmetric: true, student: true }));
    expect(Math.abs(found.parameters.asymmetry! - 0.1)).toBeLessThan(0.04);
    expect(Math.abs(found.parameters.beta - 0.9)).toBeLessThan(0.03);
    expect(Math.abs(found.degrees! - 5)).toBeLessThan(0.8);
    expect(found.akaike).toBeLessThan(sure(estimateGarch(series, { student: true })).akaike);
    // scipy again.
    expect(found.logLikelihood).toBeCloseTo(15985.358688, 5);
    expect(found.parameters.alpha).toBeCloseTo(0.01988783, 5);
    expect(found.parameters.asymmetry).toBeCloseTo(0.11095325, 5);
    expect(found.degrees).toBeCloseTo(5.1089519, 4);
  });

  it('knows no scale: a hundred times the returns, ten thousand times omega', () => {
    const series = simulate({ omega: 2e-5, alpha: 0.1, beta: 0.85 }, 1500, 3);
    const small = sure(estimateGarch(series));
    const large = sure(estimateGarch(series.map((r) => 100 * r)));
    expect(large.parameters.omega / small.parameters.omega).toBeCloseTo(1e4, 3);
    expect(large.parameters.alpha).toBeCloseTo(small.parameters.alpha, 6);
  });

  it('refuses short, constant and broken series', () => {
    expect(reason(estimateGarch(new Float64Array(GARCH_RETURNS_MIN - 1).fill(0.01)))).toBe('too-short');
    expect(reason(estimateGarch(new Float64Array(300)))).toBe('no-volatility');
    expect(reason(estimateGarch(new Float64Array(300).fill(0.01).with(7, Number.NaN)))).toBe('malformed');
    const steady = sure(estimateGarch(new Float64Array(300).map((_, i) => (i % 2 ? 0.01 : -0.01))));
    expect(Number.isFinite(steady.logLikelihood)).toBe(true);
  });
});
