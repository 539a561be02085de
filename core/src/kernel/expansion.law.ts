// The expansion of Black-76 against Black-76 itself: third order where moves are small, and never more wrong than its bound.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blackJet,
  blackPrice,
  expansionLanes,
  fillExpanded,
  fillRemainders,
  log,
  type Right,
} from './index.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

interface Step {
  readonly logMoneyness: number;
  readonly stdev: number;
  /** ln(F'/F) */
  readonly up: number;
  /** s'/s */
  readonly ratio: number;
}

/** Value over the unmoved forward: expanded, true, and the bound on the difference. */
function valued(right: Right, { logMoneyness, stdev, up, ratio }: Step) {
  const kOverF = Math.exp(logMoneyness);
  const moved = Math.exp(up);
  const lanes = {
    logShift: Float64Array.of(log(moved)),
    invShift: Float64Array.of(1 / moved),
    // Money is counted in units of the unmoved forward.
    scale: Float64Array.of(moved),
  };
  const stdevs = Float64Array.of(stdev * ratio);
  const jet = blackJet(kOverF, stdev);
  const out = new Float64Array(3);
  const [call, put] = [blackPrice('call', 1, kOverF, stdev), blackPrice('put', 1, kOverF, stdev)];
  const moves = expansionLanes(lanes, 1);
  fillExpanded(jet, call, put, moves, stdevs, stdev, out, 1);
  fillRemainders(kOverF, moves, stdevs, stdev, out.subarray(2));
  return {
    expanded: out[right === 'call' ? 0 : 1]!,
    full: blackPrice(right, moved, kOverF, stdev * ratio),
    bound: out[2]!,
  };
}

const rights = fc.constantFrom<Right>('call', 'put');

describe('M-61 the remainder of the expansion', () => {
  it('is never more than its bound, for any option and any move', () => {
    const step = fc.record({
      logMoneyness: real(-3, 3),
      stdev: real(0.005, 3),
      up: real(-1.1, 1.8),
      ratio: real(0.2, 4),
    });
    fc.assert(
      fc.property(rights, step, real(0, 1), (right, given, size) => {
        const near = { ...given, up: given.up * size * size, ratio: 1 + (given.ratio - 1) * size };
        for (const one of [given, near]) {
          const { expanded, full, bound } = valued(right, one);
          expect(Math.abs(expanded - full)).toBeLessThanOrEqual(bound * (1 + 1e-9) + 1e-13);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('is of third order: half the move, an eighth of the error, and of its bound', () => {
    const step = fc.record({
      logMoneyness: real(-0.3, 0.3),
      stdev: real(0.15, 0.6),
      up: real(-0.06, 0.06),
      ratio: real(0.9, 1.1),
    });
    fc.assert(
      fc.property(rights, step, (right, given) => {
        const of = (size: number) =>
          valued(right, {
            ...given,
            up: Math.log1p(size * Math.expm1(given.up)),
            ratio: 1 + size * (given.ratio - 1),
          });
        const [whole, half] = [of(1), of(0.5)];
        const [error, less] = [whole, half].map(({ expanded, full }) => expanded - full) as [number, number];
        // What is left of the eighth is of fourth order, a sixteenth of which stays.
        const fourth = (2 * whole.bound * (Math.abs(given.up) + Math.abs(given.ratio - 1))) / given.stdev;
        expect(Math.abs(error - 8 * less)).toBeLessThanOrEqual(fourth + 1e-12);
        if (whole.bound > 1e-9) expect(whole.bound / half.bound).toBeGreaterThan(7);
      }),
      { numRuns: 500 },
    );
  });

  it('a calm example: an eighth to two digits', () => {
    const of = (size: number) =>
      valued('call', { logMoneyness: 0.05, stdev: 0.3, up: Math.log1p(0.02 * size), ratio: 1 + 0.05 * size });
    const error = (size: number) => of(size).expanded - of(size).full;
    expect(error(0.5) / error(0.25)).toBeCloseTo(8, 0);
    expect(error(0.125) / error(0.0625)).toBeCloseTo(8, 1);
  });
});

describe('M-60 put-call parity', () => {
  it('holds for expanded values as for true ones: a call less a put is the forward less the strike', () => {
    const step = fc.record({
      logMoneyness: real(-2, 2),
      stdev: real(0.02, 2),
      up: real(-1, 1),
      ratio: real(0.3, 3),
    });
    fc.assert(
      fc.property(step, (given) => {
        const apart = valued('call', given).expanded - valued('put', given).expanded;
        const size = 1 + Math.abs(valued('call', given).expanded);
        expect(Math.abs(apart - (Math.exp(given.up) - Math.exp(given.logMoneyness)))).toBeLessThan(
          1e-12 * size * 10,
        );
      }),
    );
  });
});
