// Where doubles end and the ledger begins: i64 of 1e-8 dollars, the ceiling of the exact product, as core/src/base/rounding.ts has it with big integers.

/** Dollars that an account may come to; whoever has more is left to the model. Sums of two such amounts stay within i64. */
const DOLLARS_MAX: f64 = 1e10;
const UNITS_MAX: i64 = 1_000_000_000_000_000_000;
const MILLION: i64 = 1_000_000;

/** Whether something was met, since it was last cleared, that only the model may judge. Of this thread alone. */
let isAsked: bool = false;

export function clear(): void {
  isAsked = false;
}
export function ask(): void {
  isAsked = true;
}
export function asked(): bool {
  return isAsked;
}

/** `1e8 dollars` rounded up, exactly: the product and what rounding took from it, by Dekker's split. */
export function owedUp(dollars: f64): i64 {
  if (!(abs(dollars) <= DOLLARS_MAX)) {
    isAsked = true;
    return 0;
  }
  const product = dollars * 1e8;
  const whole = ceil(product);
  // A product between two integers stays between them when it is rounded.
  if (whole !== product) return <i64>whole;
  const split = 134217729.0 * dollars;
  const high = split - (split - dollars);
  const low = dollars - high;
  // 1e8 is 19 bits times a power of two: its halves are itself and nothing.
  const rest = high * 1e8 - product + low * 1e8;
  return <i64>product + <i64>ceil(rest);
}

/** Dollars rounded down. */
export function creditDown(dollars: f64): i64 {
  return -owedUp(-dollars);
}

/** What a charge adds: dollars rounded up, or nothing. */
// @ts-expect-error: decorator
@inline
export function charged(dollars: f64): i64 {
  return dollars <= 0 ? 0 : owedUp(dollars);
}

/** A sum, and the question where it is too large to be added to. */
// @ts-expect-error: decorator
@inline
export function within(amount: i64): i64 {
  if (amount > UNITS_MAX) isAsked = true;
  return amount;
}

/** `amount x millionths / 1e6` rounded up; an amount of zero or more, divided before it is multiplied so that it fits. */
export function shareUp(amount: i64, millionths: i64): i64 {
  const whole = amount / MILLION;
  return whole * millionths + ((amount - whole * MILLION) * millionths + MILLION - 1) / MILLION;
}
