import { describe, expect, it } from 'vitest';
import { instant, isRefusal, type Years, years } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import {
  essviRaw,
  jumpWingsOf,
  oneTerm,
  type RawSvi,
  rawOf,
  type Slice,
  scaleVariance,
  smileJet,
  stretch,
  sviJet,
  sviRefusal,
  sviVariance,
  totalVariance,
  unfixedPart,
  volAt,
} from './index.ts';

const vogt: RawSvi = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };
const one = 1 as Years;

function sliceOf(svi: RawSvi, forward: number, tau: number): Slice {
  return {
    expiry: instant(1),
    years: years(tau),
    forward,
    smileForward: forward,
    smileYears: years(tau),
    smile: oneTerm(svi),
    deforms: [],
    unfixed: 1,
    quality: {
      source: 'given',
      fitError: 0,
      quoteWidth: 0,
      uncertainty: 0,
      confidence: 1,
      quotesUsed: 0,
      insideShare: 1,
      butterflyMin: 0,
      calendarMin: 0,
    },
  };
}

describe('raw SVI', () => {
  it('differentiates as differences say', () => {
    const h = 1e-5;
    for (const k of [-1, -0.2, 0, 0.3586, 1.4]) {
      const { slope, bend } = sviJet(vogt, k);
      const [left, here, right] = [k - h, k, k + h].map((at) => sviVariance(vogt, at)) as [
        number,
        number,
        number,
      ];
      expect(slope).toBeCloseTo((right - left) / (2 * h), 8);
      expect(bend).toBeCloseTo((right - 2 * here + left) / (h * h), 4);
    }
  });

  it('refuses what is no smile, each with its reason', () => {
    const fine = { a: 0.04, b: 0.1, rho: 0.2, m: 0, sigma: 0.1 };
    expect(sviRefusal(fine)).toBeUndefined();
    for (const wrong of [
      { b: -1e-9 },
      { rho: 1 },
      { sigma: 0 },
      { a: -0.02 },
      { b: 1.7 },
      { m: Number.NaN },
    ]) {
      expect(sviRefusal({ ...fine, ...wrong })?.reason).toBe('bad-parameter');
    }
  });

  it('prices the ssvi check of the reference: theta .36 x 30/365, rho -.25, phi 4', () => {
    const theta = (0.36 * 30) / 365;
    const slice = sliceOf(essviRaw({ theta, rho: -0.25, psi: 4 * theta }), 1, 30 / 365);
    const vols = [-0.2, -0.1, 0, 0.1, 0.2].map((k) => volAt(slice, exp(k)));
    const stated = [0.687816, 0.638682, 0.6, 0.58169, 0.58689];
    for (const [i, vol] of stated.entries()) expect(vols[i]).toBeCloseTo(vol, 6);
  });
});

describe('jump wings', () => {
  it('are those of Gatheral and Jacquier for the Vogt smile, and come back', () => {
    const wings = jumpWingsOf(vogt, one);
    expect(wings.v).toBeCloseTo(0.01742625, 8);
    expect(wings.psi).toBeCloseTo(-0.1752111, 7);
    expect(wings.p).toBeCloseTo(0.6997381, 7);
    expect(wings.c).toBeCloseTo(1.316798, 6);
    expect(wings.vTilde).toBeCloseTo(0.0116249, 7);
    const back = rawOf(wings, one);
    if (isRefusal(back)) throw new Error(back.message);
    for (const name of ['a', 'b', 'rho', 'm', 'sigma'] as const)
      expect(back[name]).toBeCloseTo(vogt[name], 12);
  });

  it('survive a vertex exactly at the money and refuse a skew outside their wings', () => {
    const flat = { a: 0.02, b: 0.1, rho: 0.3, m: 0, sigma: 0.2 };
    const back = rawOf(jumpWingsOf(flat, years(0.25)), years(0.25));
    if (isRefusal(back)) throw new Error(back.message);
    expect(back.sigma).toBeCloseTo(0.2, 10);
    expect(isRefusal(rawOf({ v: 0.04, psi: 2, p: 0.5, c: 0.5, vTilde: 0.03 }, one))).toBe(true);
    expect(isRefusal(rawOf({ v: 0.04, psi: 0, p: 0, c: 0, vTilde: 0.03 }, one))).toBe(true);
  });
});

describe('smiles', () => {
  it('blend, scale and stretch as their formulas say', () => {
    const calm = { a: 0.02, b: 0.08, rho: -0.3, m: 0.05, sigma: 0.2 };
    const smile = { near: calm, far: vogt, mix: 0.25 };
    for (const k of [-0.7, 0, 0.4]) {
      const w = 0.75 * sviVariance(calm, k) + 0.25 * sviVariance(vogt, k);
      expect(totalVariance(smile, k)).toBeCloseTo(w, 15);
      expect(smileJet(smile, k).w).toBeCloseTo(w, 15);
      expect(totalVariance(scaleVariance(smile, 0.4), k)).toBeCloseTo(0.4 * w, 15);
      expect(totalVariance(stretch(smile, 0.25), k / 2)).toBeCloseTo(0.25 * w, 15);
    }
  });

  it('know how much of a settlement average is open', () => {
    expect(unfixedPart(instant(0), instant(900_000))).toBe(0.5);
    expect(unfixedPart(instant(0), instant(86_400_000))).toBe(1);
    expect(unfixedPart(instant(5), instant(5))).toBeGreaterThan(0);
  });
});
