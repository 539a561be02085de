// The backbone: one eSSVI surface through all expiries of a coin, free of arbitrage by construction. It gives thin expiries
// their shape, wide ones their far wings, and broken ones somewhere safe to go.

import type { EssviSlice } from './essvi.ts';
import { essviPsiMax, essviPsiRange, essviRaw } from './essvi.ts';
import { minimise, type Residuals } from './levenberg.ts';
import { sviVariance } from './smile.ts';
import type { Evidence } from './svi-fit.ts';

/** Steeper than this, one side of the smile is flat and eSSVI has nothing to say. */
const RHO_MAX = 0.95;
/** Total variance must grow by at least this share between expiries, so that "later" stays strict in doubles. */
const GROWTH_MIN = 1e-6;

/**
 * eSSVI slices for expiries ascending in time, each fitted to its evidence inside the interval that the sufficient no-arbitrage
 * conditions leave open against the one before it. Source: sequential calibration of arXiv 1804.04924.
 * @example essviFit([nearEvidence, farEvidence], 1)
 */
export function essviFit(expiries: readonly Evidence[], delta: number): EssviSlice[] {
  const slices: EssviSlice[] = [];
  for (const evidence of expiries) slices.push(nextSlice(evidence, slices[slices.length - 1], delta));
  return slices;
}

function nextSlice(evidence: Evidence, early: EssviSlice | undefined, delta: number): EssviSlice {
  const atm = atmVariance(evidence);
  const thetaMin = early === undefined ? atm * 1e-2 : early.theta * (1 + GROWTH_MIN);
  const thetaMax = Math.max(thetaMin * (1 + GROWTH_MIN), atm * 4);
  const x = Float64Array.of(0, 0, 0);
  const slice = (point: Float64Array): EssviSlice | undefined => {
    const [theta, rho, part] = [point[0]!, point[1]!, point[2]!];
    const top = essviPsiMax(theta, rho);
    const range = early === undefined ? { low: 0, high: top } : essviPsiRange(early, theta, rho);
    const high = Math.min(top, range.high);
    return range.low > high ? undefined : { theta, rho, psi: range.low + part * (high - range.low) };
  };
  const problem: Residuals = {
    rows: evidence.k.length,
    robustRows: evidence.k.length,
    low: Float64Array.of(thetaMin, -RHO_MAX, 1e-3),
    high: Float64Array.of(thetaMax, RHO_MAX, 1),
    fill(point, residual, jacobian) {
      residuals(evidence, slice(point), residual);
      if (jacobian)
        differences(point, residual, jacobian, (moved, out) => residuals(evidence, slice(moved), out));
    },
  };
  // The previous correlation is always feasible: its interval is [psi1, psi1 theta/theta1], never empty as theta grows.
  x.set([Math.min(thetaMax, Math.max(thetaMin, atm)), early?.rho ?? -0.1, 0.5]);
  const found = slice(minimise(problem, x, delta, 30).x) ?? slice(x);
  return found ?? { theta: thetaMin, rho: early?.rho ?? 0, psi: early?.psi ?? essviPsiMax(thetaMin, 0) / 2 };
}

function residuals(evidence: Evidence, slice: EssviSlice | undefined, out: Float64Array): void {
  if (slice === undefined) {
    // Outside the feasible set: an infinite loss, so the step is refused.
    out.fill(Number.POSITIVE_INFINITY);
    return;
  }
  const svi = essviRaw(slice);
  const { k, vol, half, years } = evidence;
  for (let i = 0; i < k.length; i++) {
    out[i] = (Math.sqrt(Math.max(sviVariance(svi, k[i]!), 0) / years) - vol[i]!) / half[i]!;
  }
}

function differences(
  x: Float64Array,
  here: Float64Array,
  jacobian: Float64Array,
  at: (moved: Float64Array, out: Float64Array) => void,
): void {
  const size = x.length;
  const there = new Float64Array(here.length);
  const moved = x.slice();
  for (let j = 0; j < size; j++) {
    const h = 1e-6 * Math.max(Math.abs(x[j]!), 1e-4);
    // Towards the middle, so that a difference never leaves the feasible set from its border.
    const sign = j === 2 && x[j]! > 0.5 ? -1 : 1;
    moved[j] = x[j]! + sign * h;
    at(moved, there);
    moved[j] = x[j]!;
    for (let i = 0; i < here.length; i++) {
      const slope = (there[i]! - here[i]!) / (sign * h);
      jacobian[i * size + j] = Number.isFinite(slope) ? slope : 0;
    }
  }
}

/** Total variance nearest the money, from the evidence itself. */
function atmVariance(evidence: Evidence): number {
  let nearest = 0;
  for (let i = 1; i < evidence.k.length; i++) {
    if (Math.abs(evidence.k[i]!) < Math.abs(evidence.k[nearest]!)) nearest = i;
  }
  const vol = evidence.vol[nearest]!;
  return vol * vol * evidence.years;
}
