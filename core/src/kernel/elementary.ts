// Exponential and logarithm of our own. Engines compute Math.exp and Math.log with different libraries, so their last bit
// is not part of any contract; margins must have the same bits everywhere. Only +, -, *, /, rounding and bit views are used.
//
// Method: exp reduces by multiples of ln 2 held in two parts and sums the Taylor series in r, |r| <= ln(2)/2.
// log splits x = 2^e m with m in [sqrt(1/2), sqrt(2)) and sums the series of 2 atanh(s), s = (m-1)/(m+1).
// pow carries log in two doubles, because an error of one part in 2^53 in y log x is 700 such parts in the result.

// ln 2 cut after 32 binary places, so that k * LN2_HIGH is exact for every exponent k of a double; and the rest.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LN2_INVERSE = Math.LOG2E;
// Adding and subtracting 1.5 * 2^52 rounds a double below 2^51 to the nearest integer, ties to even.
const ROUNDER = 6_755_399_441_055_744;
const EXP_MAX = 709.782712893384; // exp of the next double overflows
const EXP_MIN = -745.1332191019412; // exp of the next double below rounds to zero
const SPLITTER = 134_217_729; // 2^27 + 1: Veltkamp's constant, cuts a double into two halves of 26 bits

// POWERS[k + 1074] = 2^k for every exponent a double has, subnormal ones too; each is exact.
const POWERS = new Float64Array(2098);
POWERS[1074] = 1;
for (let k = 1; k <= 1023; k++) POWERS[1074 + k] = POWERS[1073 + k]! * 2;
for (let k = 1; k <= 1074; k++) POWERS[1074 - k] = POWERS[1075 - k]! / 2;

const DOUBLE = new Float64Array(1);
const WORDS = new Int32Array(DOUBLE.buffer);
DOUBLE[0] = 1; // its high word is not zero, its low word is: which is which tells the byte order
const HIGH = WORDS[1] === 0 ? 0 : 1;

/**
 * e to the power x. Error below 0.52 ulp; overflows to Infinity above 709.78, reaches 0 below -745.13.
 *
 *     exp(x) = 2^k (1 + r + r^2/2 + ...),  k = round(x / ln 2),  r = x - k ln 2
 *
 * Units: none. Errors: none; NaN in, NaN out.
 * @example exp(1) // 2.718281828459045
 */
export function exp(x: number): number {
  return expSum(x, 0);
}

/**
 * e to the power high + low, for an exponent known to more digits than a double holds; |low| must stay below 1.
 *
 *     expSum(a, b) = e^(a + b)
 *
 * Units: none. Errors: none; NaN in, NaN out. Needed wherever a large exponent must keep relative accuracy: the error
 * of the exponent becomes the relative error of the result.
 * @example expSum(1, 2 ** -54) // e, with the exponent's 54th bit honoured
 */
export function expSum(high: number, low: number): number {
  if (!(high <= EXP_MAX + 1)) return high > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (high < EXP_MIN - 1) return 0;
  const k = high * LN2_INVERSE + ROUNDER - ROUNDER;
  const rest = high - k * LN2_HIGH;
  const fine = low - k * LN2_LOW;
  const r = rest + fine;
  const slip = rest - r + fine;
  const one = 1 + r;
  const value = one + (1 - one + r + (slip + slip * r + expTail(r)));
  return k > -1022 && k < 1024 ? value * POWERS[(1074 + k) | 0]! : scaledFar(value, k);
}

/**
 * e to the power x, less one, accurate near zero where exp(x) - 1 cancels. Error about 1 ulp.
 *
 *     expm1(x) = x + x^2/2 + x^3/6 + ...
 *
 * Units: none. Errors: none; NaN in, NaN out.
 * @example expm1(1e-10) // 1.00000000005e-10
 */
export function expm1(x: number): number {
  if (x < -40) return -1;
  if (x > 40) return exp(x) - 1;
  const k = x * LN2_INVERSE + ROUNDER - ROUNDER;
  if (k === 0) return x + expTail(x);
  const rest = x - k * LN2_HIGH;
  const fine = -k * LN2_LOW;
  const r = rest + fine;
  const t = rest - r + fine + expTail(r);
  // 2^k (1 + r + t) - 1 = 2^k ((1 - 2^-k) + r + t): the first difference is rounded once and its slip recovered.
  const down = POWERS[1074 - k]!;
  const gap = 1 - down;
  const sum = gap + r;
  const lost = Math.abs(gap) > Math.abs(r) ? gap - sum + r : r - sum + gap;
  const gapLost = k > 0 ? 1 - gap - down : 1 - (gap + down);
  return (sum + (lost + gapLost + t)) * POWERS[1074 + k]!;
}

/**
 * Natural logarithm. Error below 1 ulp; -Infinity at 0, NaN below.
 *
 *     log(2^e m) = e ln 2 + 2 (s + s^3/3 + s^5/5 + ...),  s = (m - 1)/(m + 1)
 *
 * Units: none. Errors: none; NaN in, NaN out.
 * @example log(2) // 0.6931471805599453
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const e = exponentOf(x);
  const f = mantissaOf(x, e) - 1;
  return e * LN2_HIGH + (f - (logTail(f) - e * LN2_LOW));
}

/**
 * Logarithm of 1 + u, accurate near u = 0 where 1 + u has lost digits. Error about 1 ulp; -Infinity at -1, NaN below.
 *
 *     log1p(u) = u - u^2/2 + u^3/3 - ...
 *
 * Units: none. Errors: none; NaN in, NaN out.
 * @example log1p(1e-10) // 9.9999999995e-11
 */
export function log1p(u: number): number {
  if (u > -0.29 && u < 0.41) return u - logTail(u);
  if (!(u > -1 && u < Number.POSITIVE_INFINITY)) return log(1 + u);
  const x = 1 + u;
  const lost = u > 1 ? 1 - (x - u) : u - (x - 1);
  const e = exponentOf(x);
  const f = mantissaOf(x, e) - 1;
  return e * LN2_HIGH + (f - (logTail(f) - (e * LN2_LOW + lost / x)));
}

/**
 * x to the power y: total, with the exceptional values of IEEE 754 (pow(x, 0) = pow(1, y) = 1 even for NaN).
 * Relative error below 1 ulp where the result is a normal number.
 *
 *     pow(x, y) = e^(y log x), log x carried in two doubles
 *
 * Units: none. Errors: none; a negative base with a fraction for exponent gives NaN.
 * @example pow(2, 0.5) // 1.4142135623730951
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const base = Math.abs(x);
  const even = y % 2 === 0 || !Number.isFinite(y);
  const negative = x < 0 || Object.is(x, -0);
  const sign = negative && !even && y % 1 === 0 ? -1 : 1;
  if (base === 0) return y > 0 ? sign * 0 : sign * Number.POSITIVE_INFINITY;
  if (base === 1 && !Number.isFinite(y)) return 1;
  if (base === Number.POSITIVE_INFINITY || !Number.isFinite(y)) {
    return base > 1 === y > 0 ? sign * Number.POSITIVE_INFINITY : sign * 0;
  }
  if (negative && y % 1 !== 0) return Number.NaN;
  if (y === 1) return x;
  return sign * powPositive(base, y);
}

// 0 < base < Infinity and y finite. Two doubles a + b hold log base; the product with y is taken exactly to first order.
function powPositive(base: number, y: number): number {
  const high = logHigh(base);
  const low = logLow;
  const product = high * y;
  if (product > 800) return Number.POSITIVE_INFINITY;
  if (product < -800) return 0;
  if (Math.abs(y) > 1e290) return 1 + product; // log base is then below 1e-287: only base = 1 gets here, kept for totality
  return expSum(product, productError(high, y, product) + low * y);
}

// What rounding took from p = a * b, exactly (Dekker 1971), while nothing overflows.
function productError(a: number, b: number, p: number): number {
  const aCut = a * SPLITTER;
  const aHigh = aCut - (aCut - a);
  const aLow = a - aHigh;
  const bCut = b * SPLITTER;
  const bHigh = bCut - (bCut - b);
  const bLow = b - bHigh;
  return aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

// 2/3 in two doubles.
const TWO_THIRDS = 0.6666666666666666;
const TWO_THIRDS_LOW = 3.700743415417188e-17;
let logLow = 0; // second result of logHigh; read at once by the caller

// log x in two doubles, about 66 correct bits: s and s^3 are carried in pairs, the series from s^5 on in one double.
function logHigh(x: number): number {
  const e = exponentOf(x);
  const m = mantissaOf(x, e);
  const f = m - 1;
  const g = m + 1;
  const gLow = m - (g - 1);
  const s = f / g;
  const p = s * g;
  const sLow = (f - p - productError(s, g, p) - s * gLow) / g;
  const square = s * s;
  const squareLow = productError(s, s, square) + 2 * s * sLow;
  const cube = square * s;
  const cubeLow = productError(square, s, cube) + squareLow * s + square * sLow;
  const third = cube * TWO_THIRDS;
  const thirdLow = productError(cube, TWO_THIRDS, third) + cubeLow * TWO_THIRDS + cube * TWO_THIRDS_LOW;
  const fifth = cube * square * atanhTail(square);
  const whole = e * LN2_HIGH;
  const first = whole + 2 * s;
  const firstLow = Math.abs(whole) > Math.abs(2 * s) ? whole - first + 2 * s : 2 * s - first + whole;
  const sum = first + third;
  const rest = first - sum + third + firstLow + (fifth + (thirdLow + 2 * sLow + e * LN2_LOW));
  const high = sum + rest;
  logLow = sum - high + rest;
  return high;
}

// r^2/2 + r^3/6 + ... + r^13/13!; the next term is below 2^-57 for |r| <= 0.347.
function expTail(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const a = 0.5 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120));
  const b = 1 / 720 + r * (1 / 5040) + r2 * (1 / 40_320 + r * (1 / 362_880));
  const c = 1 / 3_628_800 + r * (1 / 39_916_800) + r2 * (1 / 479_001_600 + r * (1 / 6_227_020_800));
  return r2 * (a + r4 * (b + r4 * c));
}

/**
 * What log(1 + f) falls short of f, for f in [sqrt(1/2) - 1, sqrt(2) - 1]: the small part, for callers who know f exactly.
 *
 *     logTail(f) = f - log(1 + f)
 *
 * Units: none. Errors: none; outside the range the series is cut too early.
 * @example 0.01 - logTail(0.01) // 0.009950330853168083, log1p(0.01)
 */
export function logTail(f: number): number {
  // With s = f/(2 + f), 2s = f - s f, hence
  // log(1 + f) = f - s (f - W), W = 2 s^2 (1/3 + s^2/5 + ...): f stays exact and only a small term is rounded.
  const s = f / (2 + f);
  const square = s * s;
  return s * (f - square * (TWO_THIRDS + square * atanhTail(square)));
}

// 2 (1/5 + q/7 + ... + q^8/21) for q = s^2 <= 0.0295; the next term of 2 atanh(s)/(2s) is below 2^-60.
function atanhTail(q: number): number {
  const q2 = q * q;
  const q4 = q2 * q2;
  const a = 2 / 5 + q * (2 / 7) + q2 * (2 / 9 + q * (2 / 11));
  const b = 2 / 13 + q * (2 / 15) + q2 * (2 / 17 + q * (2 / 19));
  return a + q4 * (b + q4 * (2 / 21));
}

// e with x = 2^e m, m in [sqrt(1/2), sqrt(2)); x positive and finite.
function exponentOf(x: number): number {
  DOUBLE[0] = x < 2.2250738585072014e-308 ? x * 18_014_398_509_481_984 : x; // subnormals enter 54 binades higher
  const high = WORDS[HIGH]!;
  // 0x95F62 is what lifts a mantissa's top 20 bits at sqrt(2) to the next exponent.
  const e = ((high + 0x95f62) >> 20) - 1023;
  return x < 2.2250738585072014e-308 ? e - 54 : e;
}

function mantissaOf(x: number, e: number): number {
  if (e > -1022 && e < 1023) return x * POWERS[1074 - e]!;
  return e > 0 ? x * 0.5 * POWERS[1075 - e]! : x * 18_014_398_509_481_984 * POWERS[1020 - e]!;
}

// value * 2^k at the ends of the doubles, k at most 1025, rounded once; value in [0.7, 1.42).
function scaledFar(value: number, k: number): number {
  return k > 0 ? value * 4 * POWERS[1072 + k]! : value * POWERS[2074 + k]! * POWERS[74]!;
}
