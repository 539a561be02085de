// The normal tail with the Gaussian factor taken out: Y(z) = N(z)/phi(z), for z <= 0. Everything deep out of the money is
// a product of one Gaussian and differences of Y, so relative accuracy of Y is relative accuracy of the price.
//
//     Y(z) = integral over t > 0 of exp(z t - t^2/2),   Y' = 1 + z Y,   a_n = Y^(n)/n!,   (n+1) a_(n+1) = z a_n + a_(n-1)
//
// For z < 0 that recurrence loses every digit upwards and gains them downwards (Miller): all terms are positive and the ratio
// r_n = a_n/a_(n-1) = 1/(|z| + (n+1) r_(n+1)) forgets its starting value. A table of Taylor coefficients at z = 0, -1/8, ...,
// -16 is made that way once, at load; beyond -16 the asymptotic series is exact to double precision.

const CENTRES_PER_UNIT = 8;
const TABLE_MAX = 16; // from here the first omitted asymptotic term, 25!!/16^26, is below 2^-57
const TERMS = 13; // (1/16)^13 / 13!! < 2^-66: enough for Y and, one power less, for Y'
const ROW = 16; // padded, so that a row starts on a cache line
const SQRT_HALF_PI = 1.2533141373155003; // Y(0)

const coefficients = tabulate();

/**
 * Scaled normal tail (inverse hazard rate, Mills' ratio at -z) for z <= 0. Relative error about 3e-16.
 *
 *     mills(z) = N(z)/phi(z) = integral over t > 0 of exp(z t - t^2/2)
 *
 * Units: none. Errors: none; z above 0 is outside the domain and gives NaN or a meaningless number.
 * Source: the ratio is Mills (1926); the recurrence is Abramowitz-Stegun 7.2.5, used as in the note at the top of this file.
 * @example mills(0) // 1.2533141373155003, the square root of pi/2
 */
export function mills(z: number): number {
  if (z < -TABLE_MAX) return (asymptoticSlope(z) - 1) / z;
  const row = (0.5 - CENTRES_PER_UNIT * z) | 0;
  const d = z + row / CENTRES_PER_UNIT;
  const d2 = d * d;
  const at = row * ROW;
  const a = coefficients;
  const even =
    a[at]! + d2 * (a[at + 2]! + d2 * (a[at + 4]! + d2 * (a[at + 6]! + d2 * (a[at + 8]! + d2 * a[at + 10]!))));
  const odd =
    a[at + 1]! +
    d2 * (a[at + 3]! + d2 * (a[at + 5]! + d2 * (a[at + 7]! + d2 * (a[at + 9]! + d2 * a[at + 11]!))));
  return even + d * odd;
}

/**
 * Derivative of `mills`, accurate where 1 + z Y cancels. Relative error about 5e-16.
 *
 *     millsSlope(z) = 1 + z mills(z) = integral over t > 0 of t exp(z t - t^2/2)
 *
 * Units: none. Errors: none; the domain is z <= 0.
 * @example millsSlope(0) // 1
 */
export function millsSlope(z: number): number {
  if (z < -TABLE_MAX) return asymptoticSlope(z);
  const row = (0.5 - CENTRES_PER_UNIT * z) | 0;
  const d = z + row / CENTRES_PER_UNIT;
  const d2 = d * d;
  const at = row * ROW;
  const a = coefficients;
  const even =
    a[at + 1]! +
    d2 *
      (3 * a[at + 3]! +
        d2 * (5 * a[at + 5]! + d2 * (7 * a[at + 7]! + d2 * (9 * a[at + 9]! + d2 * (11 * a[at + 11]!)))));
  const odd =
    2 * a[at + 2]! +
    d2 *
      (4 * a[at + 4]! +
        d2 * (6 * a[at + 6]! + d2 * (8 * a[at + 8]! + d2 * (10 * a[at + 10]! + d2 * (12 * a[at + 12]!)))));
  return even + d * odd;
}

/**
 * The table that `mills` sums from, for bodies elsewhere: row r holds a_0..a_12 at z = -r/8, from 16 r on.
 * @example millsTable()[0] // 1.2533141373155003
 */
export function millsTable(): Float64Array {
  return coefficients;
}

// w - 3 w^2 + 15 w^3 - ..., w = 1/z^2: the expansion of 1 + z Y(z) for z -> -infinity.
function asymptoticSlope(z: number): number {
  const w = 1 / (z * z);
  let nested = 1;
  for (let odd = 25; odd >= 3; odd -= 2) nested = 1 - odd * w * nested;
  return w * nested;
}

function tabulate(): Float64Array {
  const rows = TABLE_MAX * CENTRES_PER_UNIT + 1;
  const table = new Float64Array(rows * ROW);
  fillRow(table, 0, SQRT_HALF_PI, (n) => (n === 1 ? 1 : table[n - 2]! / n)); // at z = 0 the recurrence is a_n = a_(n-2)/n
  const ratios = new Float64Array(TERMS + 1);
  for (let row = 1; row < rows; row++) {
    const t = row / CENTRES_PER_UNIT;
    // Going down from depth m to n, a wrong start fades like exp(-2 t (sqrt m - sqrt n)); exp(-40) is gone.
    const root = Math.sqrt(TERMS) + 20 / t;
    const depth = Math.floor(root * root) + 1;
    let ratio = 1 / t;
    for (let n = depth; n >= 0; n--) {
      ratio = 1 / (t + (n + 1) * ratio);
      if (n <= TERMS) ratios[n] = ratio;
    }
    const at = row * ROW;
    fillRow(table, at, ratios[0]!, (n) => table[at + n - 1]! * ratios[n]!);
  }
  return table;
}

function fillRow(table: Float64Array, at: number, first: number, next: (n: number) => number): void {
  table[at] = first;
  for (let n = 1; n < TERMS; n++) table[at + n] = next(n);
}
