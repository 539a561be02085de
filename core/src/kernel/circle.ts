// Cosine and sine of our own, for the phases of characteristic functions: engines differ in Math.cos as they do in Math.exp.

// pi/2 in three parts of 33 bits (Cody and Waite 1980): k times the first two is exact for |k| < 2^20.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const TWO_OVER_PI = 0.6366197723675814;
/** Arguments beyond it have lost too many digits to be turned; an integrand is then long zero. */
const TURN_MAX = 1_600_000;

/** A point of the unit circle. */
export interface CirclePoint {
  cos: number;
  sin: number;
}

/**
 * Writes cosine and sine of an angle into `out`. Absolute error below 3e-16 for |x| <= 1.6e6.
 *
 *     x = k pi/2 + r, |r| <= pi/4;  cos r = 1 - r^2/2 + ...,  sin r = r - r^3/6 + ...
 *
 * Units: radians. Errors: none; NaN and angles beyond 1.6e6 give NaN.
 * @example const at = { cos: 0, sin: 0 }; turn(Math.PI / 3, at); at.cos // 0.5
 */
export function turn(x: number, out: CirclePoint): void {
  if (!(Math.abs(x) <= TURN_MAX)) {
    out.cos = Number.NaN;
    out.sin = Number.NaN;
    return;
  }
  const k = Math.round(x * TWO_OVER_PI);
  const r = x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3;
  const q = r * r;
  const sin = r + r * q * sineTail(q);
  const cos = 1 - q * (0.5 - q * cosineTail(q));
  const quarter = k & 3;
  const swap = (quarter & 1) === 1;
  out.cos = (swap ? sin : cos) * (quarter === 1 || quarter === 2 ? -1 : 1);
  out.sin = (swap ? cos : sin) * (quarter >= 2 ? -1 : 1);
}

// (sin r - r)/r^3 in q = r^2 <= 0.617; the next term is 0.617^8/19! < 2e-19.
function sineTail(q: number): number {
  return (
    -1 / 6 +
    q *
      (1 / 120 -
        q *
          (1 / 5040 -
            q * (1 / 362_880 - q * (1 / 39_916_800 - q * (1 / 6_227_020_800 - q * (1 / 1_307_674_368_000))))))
  );
}

// (cos r - 1 + r^2/2)/r^4; the next term is 0.617^9/20! < 1e-20.
function cosineTail(q: number): number {
  return (
    1 / 24 -
    q *
      (1 / 720 -
        q *
          (1 / 40_320 -
            q *
              (1 / 3_628_800 -
                q * (1 / 479_001_600 - q * (1 / 87_178_291_200 - q * (1 / 20_922_789_888_000))))))
  );
}
