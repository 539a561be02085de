// Searches side by side against roots that are known.

import { describe, expect, it } from 'vitest';
import { isRefusal, refuse } from '../../base/index.ts';
import { firstBelow, together } from './search.ts';

const nodes = [0.02, 0.04, 0.06, 0.08, 0.1];
const run = (curves: readonly ((at: number) => number)[], tolerance = 1e-9) => {
  const asked: number[] = [];
  const found = together(
    curves.map((curve) => firstBelow(nodes, curve(0), tolerance)),
    (at) => {
      asked.push(at);
      return (search) => curves[search]!(at);
    },
  );
  if (isRefusal(found)) throw new Error(found.message);
  return { found, asked };
};

describe('search', () => {
  it('M-158 finds the first root of curves, kinks and jumps, none where there is none', () => {
    const { found } = run([
      (x) => 0.05 - x,
      (x) => 1 - Math.exp(20 * (x - 0.033)),
      (x) => Math.max(0.051 - x, -5 * (x - 0.0507)),
      (x) => (x < 0.0712 ? 1 : -1),
      () => 1,
    ]);
    expect(found[0]).toBeCloseTo(0.05, 8);
    expect(found[1]).toBeCloseTo(0.033, 8);
    expect(found[2]).toBeCloseTo(0.051, 8);
    expect(found[3]).toBeCloseTo(0.0712, 8);
    expect(found[4]).toBeUndefined();
  });

  it('M-158 finds a dip between two steps, and takes it before what comes later', () => {
    // Below zero from 0.0395 to 0.0397 alone, then from 0.09 on.
    const dip = (x: number) => Math.min(50 * (x - 0.0397) * (x - 0.0395) + 1e-9, 0.09 - x) || 1e-12;
    expect(dip(0.04)).toBeGreaterThan(0);
    const { found } = run([dip]);
    expect(found[0]).toBeGreaterThan(0.0394);
    expect(found[0]).toBeLessThan(0.0397);
  });

  it('M-158 asks once for a coordinate that several need', () => {
    const curves = Array.from({ length: 40 }, (_, i) => (x: number) => 0.0301 + i * 2e-4 - x);
    const { asked } = run(curves, 1e-6);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBeLessThan(10);
  });

  it('M-158 refuses what an answer refuses', () => {
    const no = refuse('no-market', 'there is none; give one.');
    expect(together([firstBelow(nodes, 1, 1e-6)], () => no)).toBe(no);
    expect(together([firstBelow(nodes, 1, 1e-6)], () => () => no)).toBe(no);
  });
});
