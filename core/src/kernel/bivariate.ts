// The bivariate normal distribution: what joint tails, best-of options and correlated breaches need.
//
//     M(a, b, rho) = P(X <= a, Y <= b) = integral over x <= a of phi(x) N(u(x)) dx,   u = (b - rho x)/sqrt(1 - rho^2)
//
// For rho > 0, N(u) is 1 left of a transition zone around x = b/rho and 0 right of it; the left part is a plain N, the zone is cut
// into panels in which the integrand is as smooth as one Gaussian, and each panel takes 20 Gauss-Legendre points.

import { normalCdf, normalPdf } from './normal.ts';

// Positive nodes and weights of the 20-point Gauss-Legendre rule (roots of P20, computed to 50 digits).
const NODES = [
  0.07652652113349734, 0.22778585114164507, 0.37370608871541955, 0.5108670019508271, 0.636053680726515,
  0.7463319064601508, 0.8391169718222188, 0.912234428251326, 0.9639719272779138, 0.9931285991850949,
];
const WEIGHTS = [
  0.15275338713072584, 0.14917298647260374, 0.14209610931838204, 0.13168863844917664, 0.11819453196151841,
  0.10193011981724044, 0.08327674157670475, 0.06267204833410907, 0.04060142980038694, 0.017614007139152118,
];
const TAIL = 9; // N(-9) = 1e-19
// Half of 2.5 standard deviations: 20 points integrate a product of Gaussians over such a panel to 1e-17.
const PANEL = 2.5;

/**
 * Bivariate standard normal distribution with correlation rho. Absolute error below 1e-15; exact limits at rho = -1, 0, 1.
 *
 *     M(a, b, rho) = P(X <= a, Y <= b)
 *
 * Units: probability; a and b in standard deviations, infinities allowed. Errors: RangeError for NaN or |rho| > 1.
 * Source: conditioning on X; reflection M(a, b, -rho) = N(a) - M(a, -b, rho). Checked against Haug (2007) tables.
 * @example bivariateNormalCdf(0, 0, 0.5) // 1/3
 */
export function bivariateNormalCdf(a: number, b: number, rho: number): number {
  if (!(rho >= -1 && rho <= 1) || Number.isNaN(a) || Number.isNaN(b)) {
    throw new RangeError(`bivariateNormalCdf wants numbers and |rho| <= 1, got a=${a} b=${b} rho=${rho}`);
  }
  if (a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY) return 0;
  // The product misses by rho phi(a) phi(b) to first order; for smaller rho b/rho would overflow.
  if (Math.abs(rho) < 1e-20) return normalCdf(a) * normalCdf(b);
  if (rho < 0) return Math.max(normalCdf(a) - positive(a, -b, -rho), 0);
  return positive(a, b, rho);
}

function positive(a: number, b: number, rho: number): number {
  if (rho === 1 || a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) {
    return normalCdf(Math.min(a, b));
  }
  const spread = Math.sqrt((1 - rho) * (1 + rho));
  const centre = b / rho;
  const width = spread / rho;
  const from = Math.max(centre - TAIL * width, -TAIL);
  const to = Math.min(a, centre + TAIL * width, TAIL);
  const certain = normalCdf(Math.min(a, centre - TAIL * width));
  if (!(from < to)) return certain;
  // Left of -9 nothing is left of phi either, so starting there drops less than 1e-19.
  const panels = Math.ceil((to - from) / (PANEL * Math.min(1, width)));
  const half = (to - from) / (2 * panels);
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const middle = from + (2 * panel + 1) * half;
    for (let n = 0; n < NODES.length; n++) {
      const d = half * NODES[n]!;
      sum += WEIGHTS[n]! * (integrand(middle - d, b, rho, spread) + integrand(middle + d, b, rho, spread));
    }
  }
  return Math.min(certain + half * sum, 1);
}

function integrand(x: number, b: number, rho: number, spread: number): number {
  return normalPdf(x) * normalCdf((b - rho * x) / spread);
}
