import { isRefusal } from '@plimsoll/core';
import { expect, it } from 'vitest';
import { deriveMoneyness, deriveVol } from './derive-svi.ts';

// a + b sigma = 0.0225, so strikes are clamped at k = +-0.6.
const SVI = { a: 0.0125, b: 0.1, rho: 0, m: 0, sigma: 0.1 };

it('strikes beyond 4 sqrt(a + b sigma) are priced at the clamp', () => {
  expect(deriveMoneyness(SVI, 1e6, 100)).toBeCloseTo(0.6, 14);
  expect(deriveMoneyness(SVI, 1e-6, 100)).toBeCloseTo(-0.6, 14);
  expect(deriveMoneyness(SVI, 100, 100)).toBe(0);
  expect(deriveVol(SVI, 1e6, 100, 0.25)).toBe(deriveVol(SVI, 1e9, 100, 0.25));
  expect(deriveVol(SVI, 100, 100, 0.25)).toBeCloseTo(0.3, 14);
});

it('total variance is capped at 144, and strike 0 has vol 0', () => {
  expect(deriveVol({ ...SVI, a: 1000 }, 100, 100, 0.25)).toBe(24);
  expect(deriveVol(SVI, 0, 100, 0.25)).toBe(0);
});

it.each([
  ['a forward of 0', SVI, 0, 0.25],
  ['no time', SVI, 100, 0],
  ['a + b sigma below 0', { ...SVI, a: -1 }, 100, 0.25],
  ['negative variance', { ...SVI, a: -0.005, m: 0.2, rho: 0.99 }, 100, 0.25],
])('%s is refused', (_, svi, forward, tau) => {
  expect(isRefusal(deriveVol(svi, 100, forward, tau))).toBe(true);
});
