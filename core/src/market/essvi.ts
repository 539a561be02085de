// eSSVI: three numbers a slice, and inequalities between neighbours under which the whole surface is free of arbitrage.

import type { RawSvi } from './market.ts';

/**
 * One eSSVI slice: ATM total variance `theta`, correlation `rho`, and `psi = theta phi`, the ATM curvature scale.
 * `w(k) = theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2))`. Source: Hendriks & Martini 2019.
 */
export interface EssviSlice {
  readonly theta: number;
  readonly rho: number;
  readonly psi: number;
}

/**
 * An eSSVI slice as raw SVI: `phi = psi/theta`, `a = theta (1 - rho^2)/2`, `b = psi/2`, `m = -rho/phi`, `sigma = sqrt(1 - rho^2)/phi`.
 * @example essviRaw({ theta: 0.029589, rho: -0.25, psi: 0.118356 }).b // 0.059178
 */
export function essviRaw(slice: EssviSlice): RawSvi {
  const phi = slice.psi / slice.theta;
  const flank = 1 - slice.rho * slice.rho;
  return {
    a: (slice.theta * flank) / 2,
    b: slice.psi / 2,
    rho: slice.rho,
    m: -slice.rho / phi,
    sigma: Math.sqrt(flank) / phi,
  };
}

/**
 * Largest `psi` that the sufficient butterfly conditions allow: `psi (1 + |rho|) < 4`, `psi^2 (1 + |rho|) <= 4 theta`
 * (Gatheral & Jacquier theorem 4.2), and Lee's slope 2, which the first implies.
 * @example essviPsiMax(0.03, -0.25) // 0.309839
 */
export function essviPsiMax(theta: number, rho: number): number {
  const width = 1 + Math.abs(rho);
  return Math.min(PSI_MARGIN * (4 / width), 2 * Math.sqrt(theta / width));
}

/** The first condition is strict; a millionth inside is strict enough for doubles. */
const PSI_MARGIN = 1 - 1e-6;

/**
 * Interval of `psi` in which a slice with `theta`, `rho` has no calendar arbitrage with the earlier slice:
 * `psi >= psi1 max((1 + rho1)/(1 + rho), (1 - rho1)/(1 - rho))` and `psi/theta <= psi1/theta1`, given `theta >= theta1`.
 * Sufficient (arXiv 1804.04924); low above high means empty.
 * @example essviPsiRange({ theta: 0.02, rho: 0, psi: 0.1 }, 0.03, 0) // { low: 0.1, high: 0.15 }
 */
export function essviPsiRange(
  early: EssviSlice,
  theta: number,
  rho: number,
): { readonly low: number; readonly high: number } {
  const turn = Math.max((1 + early.rho) / (1 + rho), (1 - early.rho) / (1 - rho));
  return { low: early.psi * turn, high: (early.psi * theta) / early.theta };
}

/**
 * Whether the sufficient conditions hold for one slice, and against the earlier one where given.
 * @example essviIsFree({ theta: 0.03, rho: -0.25, psi: 0.12 }, undefined) // true
 */
export function essviIsFree(slice: EssviSlice, early: EssviSlice | undefined): boolean {
  const inside = slice.theta > 0 && Math.abs(slice.rho) < 1 && slice.psi > 0;
  if (!inside || slice.psi > essviPsiMax(slice.theta, slice.rho)) return false;
  if (early === undefined) return true;
  const range = essviPsiRange(early, slice.theta, slice.rho);
  return slice.theta >= early.theta && slice.psi >= range.low && slice.psi <= range.high;
}
