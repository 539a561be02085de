// What lies beyond a loss that is a quadratic in normal moves, by one integral. The loss is level + sum of independent terms
// b y + l y^2/2, its cumulant generating function K(s) has a closed form, and
//
//     P(L > v) = 1/(2 pi i) integral e^(K(s) - s v) ds/s,    E(L - v)+ = the same with ds/s^2,    density = the same with ds
//
// along any path from below to above that passes the real axis between 0 and the first pole. The path here starts at the saddle
// point (so that nothing cancels) and leaves it along a straight ray, tilted so that the integrand dies exponentially where on a
// vertical one it would fade as a power (a single chi-square does). Sources: Imhof 1961; Daniels 1987; Rice 1980 for the path.

import { exp, log, turn } from '../../kernel/index.ts';

/** A loss in its own axes: level + sum of (slopes_j y_j + bends_j y_j^2/2), y independent standard normal. */
export interface QuadraticLaw {
  readonly level: number;
  readonly slopes: Float64Array;
  readonly bends: Float64Array;
}

/** Probability, density and mean excess beyond a loss. */
export interface Beyond {
  readonly probability: number;
  readonly density: number;
  readonly excess: number;
}

/** Tilts of the ray off the vertical, in (cos, sin): 45 degrees and more would let a Gaussian factor grow. */
const TILTS: readonly (readonly [number, number])[] = [
  [0, 1],
  [0.48, Math.sqrt(1 - 0.48 * 0.48)],
  [-0.48, Math.sqrt(1 - 0.48 * 0.48)],
];
const FADED = 42; // e^-42 = 6e-19: what lies beyond cannot be seen in a double
const STEP = 1 / 48; // of the trapezoid in u; halving it moves no answer by 1e-12
const U_MIN = -4; // e^(-4 - e^4): nothing of the path is left out
const SADDLE_DOUBLINGS_MAX = 60; // a saddle farther out belongs to a loss within 1e-16 of the largest there can be
const SADDLE_HALVINGS = 60;
const REACH_DOUBLINGS_MAX = 130; // e^-42 by the slowest power, r^(-1/2), is reached at 2^121
const GROWTH_ALLOWED = 0.7; // a factor of 2 on the way loses one bit

/**
 * Probability, density and mean excess of a loss beyond v; the law must have a variance.
 *
 *     P(L > v),  -d P/d v,  E(L - v)+, over the same nodes r = r0 exp(u - e^-u): dense at the saddle, geometric far out
 *
 * Units: probability, its inverse loss, loss. Errors: none; beyond the largest loss there can be all are 0. Source: M-143.
 * @example beyond({ level: 0, slopes: Float64Array.of(1), bends: Float64Array.of(0) }, 0).probability // 0.5
 */
export function beyond(law: QuadraticLaw, v: number): Beyond {
  const start = saddle(law, v);
  if (start === undefined) return { probability: 0, density: 0, excess: 0 };
  const r0 = 1 / Math.sqrt(curvature(law, start));
  const way = rayOf(law, v, start, r0);
  const node: Node = { size: 0, angle: 0, cos: 1, sin: 0 };
  const circle = { cos: 0, sin: 0 };
  visit(law, v, start, 0, node);
  const base = node.size;
  let probability = 0;
  let density = 0;
  let excess = 0;
  const uMax = log(way.reach / r0) + 1;
  for (let u = U_MIN; u <= uMax; u += STEP) {
    const shrink = exp(-u);
    const r = r0 * exp(u - shrink);
    const sRe = start + r * way.cos;
    const sIm = r * way.sin;
    visit(law, v, sRe, sIm, node);
    const growth = node.size - base;
    if (growth < -FADED && u > 0) break;
    turn(node.angle, circle);
    // ds = e^(i tilt) r (1 + e^-u) du.
    const weight = exp(growth) * r * (1 + shrink);
    const cos = node.cos * circle.cos - node.sin * circle.sin;
    const sin = node.cos * circle.sin + node.sin * circle.cos;
    const re = weight * (cos * way.cos - sin * way.sin);
    const im = weight * (cos * way.sin + sin * way.cos);
    const square = sRe * sRe + sIm * sIm;
    const overRe = (re * sRe + im * sIm) / square;
    const overIm = (im * sRe - re * sIm) / square;
    density += im;
    probability += overIm;
    excess += (overIm * sRe - overRe * sIm) / square;
  }
  const scale = (STEP * exp(base)) / Math.PI;
  return { probability: scale * probability, density: scale * density, excess: scale * excess };
}

/** e^(K(s) - s v) at s = re + i im: e^size e^(i angle) (cos + i sin); the last factor is what the square roots turned. */
interface Node {
  size: number;
  angle: number;
  cos: number;
  sin: number;
}

// Roots of 1 - l s are principal ones: along a path in the upper half plane 1 - l s never crosses the negative axis.
function visit({ level, slopes, bends }: QuadraticLaw, v: number, re: number, im: number, out: Node): void {
  let size = (level - v) * re;
  let angle = (level - v) * im;
  let cos = 1;
  let sin = 0;
  for (let j = 0; j < bends.length; j++) {
    const bend = bends[j]!;
    const x = 1 - bend * re;
    const y = 0 - bend * im;
    const square = x * x + y * y;
    if (bend !== 0) {
      size -= 0.25 * log(square);
      const length = Math.sqrt(square);
      const wide = Math.sqrt(0.5 * (1 + Math.abs(x) / length));
      const narrow = y / (2 * length * wide);
      const p = x >= 0 ? wide : Math.abs(narrow);
      const q = x >= 0 ? narrow : y < 0 ? -wide : wide;
      // Divided by p + i q, whose length is 1.
      const turned = cos * p + sin * q;
      sin = sin * p - cos * q;
      cos = turned;
    }
    // (slope s)^2/2 over x + i y.
    const half = 0.5 * slopes[j]! * slopes[j]!;
    const a = half * (re * re - im * im);
    const b = 2 * half * re * im;
    size += (a * x + b * y) / square;
    angle += (b * x - a * y) / square;
  }
  out.size = size;
  out.angle = angle;
  out.cos = cos;
  out.sin = sin;
}

// Where K' = v on the positive axis before the first pole, kept off the pole at 0; undefined where no loss reaches v.
function saddle(law: QuadraticLaw, v: number): number | undefined {
  const top = law.bends.reduce((most, bend) => Math.max(most, bend), 0);
  const least = 0.3 / Math.sqrt(curvature(law, 0));
  let low = top > 0 ? Math.min(least, 0.5 / top) : least;
  if (slopeOf(law, low) >= v) return low;
  let high = top > 0 ? 1 / top : 2 * low;
  for (let k = 0; top === 0 && slopeOf(law, high) < v; k++) {
    if (k === SADDLE_DOUBLINGS_MAX) return undefined;
    low = high;
    high *= 2;
  }
  for (let k = 0; k < SADDLE_HALVINGS; k++) {
    const middle = 0.5 * (low + high);
    if (slopeOf(law, middle) < v) low = middle;
    else high = middle;
  }
  return low;
}

// K'(s) = level + sum of l/2/(1 - l s) + b^2 s (1 - l s/2)/(1 - l s)^2, s real.
function slopeOf({ level, slopes, bends }: QuadraticLaw, s: number): number {
  let sum = level;
  for (let j = 0; j < bends.length; j++) {
    const bend = bends[j]!;
    const x = 1 - bend * s;
    sum += (0.5 * bend) / x + (slopes[j]! * slopes[j]! * s * (1 - 0.5 * bend * s)) / (x * x);
  }
  return sum;
}

// K''(s) = sum of l^2/2/(1 - l s)^2 + b^2/(1 - l s)^3, s real.
function curvature({ slopes, bends }: QuadraticLaw, s: number): number {
  let sum = 0;
  for (let j = 0; j < bends.length; j++) {
    const x = 1 - bends[j]! * s;
    sum += (0.5 * bends[j]! * bends[j]!) / (x * x) + (slopes[j]! * slopes[j]!) / (x * x * x);
  }
  return sum;
}

/** A ray from the saddle, and how far along it the integrand lives. */
interface Ray {
  readonly cos: number;
  readonly sin: number;
  readonly reach: number;
}

// The tilt along which the integrand dies first without growing on the way; looked for on a geometric grid.
function rayOf(law: QuadraticLaw, v: number, start: number, r0: number): Ray {
  const node: Node = { size: 0, angle: 0, cos: 1, sin: 0 };
  visit(law, v, start, 0, node);
  const base = node.size;
  let best: Ray | undefined;
  let bestGrowth = Number.POSITIVE_INFINITY;
  for (const [cos, sin] of TILTS) {
    let growth = 0;
    let reach = r0;
    for (let k = -4; k < 2 * REACH_DOUBLINGS_MAX; k++) {
      reach = r0 * 2 ** ((k / 2) | 0) * (k & 1 ? Math.SQRT2 : 1);
      visit(law, v, start + reach * cos, reach * sin, node);
      growth = Math.max(growth, node.size - base);
      if (node.size - base < -FADED) break;
    }
    const tame = Math.max(growth, GROWTH_ALLOWED);
    if (best === undefined || tame < bestGrowth || (tame === bestGrowth && reach < best.reach)) {
      best = { cos, sin, reach };
      bestGrowth = tame;
    }
  }
  return best!;
}
