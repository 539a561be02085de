// Decimal text to numbers and back. `Number('0x10')`, `Number('')` and `Number('1e999')` all answer; here they are refused.

import { type Refusal, refuse, USD_SCALE, type Usd } from '../base/index.ts';
import { quoted } from './words.ts';

/** Largest magnitude of any number read: beyond 2^53 a double no longer counts single lots. */
export const QUANTITY_MAX = 9_007_199_254_740_992;
/** Prices outside these are typing mistakes: no coin trades below a billionth of a dollar, no index stands above a trillion. */
export const PRICE_MIN = 1e-9;
export const PRICE_MAX = 1e12;

/** Whether a number can be a price. @example isPrice(1e-300) // false */
export function isPrice(value: number): boolean {
  return value >= PRICE_MIN && value <= PRICE_MAX;
}
/** Longest decimal text; a double needs 17 significant digits, a ledger amount 24. */
export const DECIMAL_LENGTH_MAX = 64;

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The double nearest to decimal text: optional sign, digits, point, exponent; |value| <= 2^53.
 * Refuses blanks, NaN, Infinity, hexadecimal, separators (`malformed`), and what is too large or vanishes to zero (`out-of-range`).
 * @example parseDecimal('-12.5') // -12.5
 */
export function parseDecimal(text: string, where?: string): number | Refusal {
  const value = decimalOrNaN(text);
  return Number.isNaN(value) ? refuseDecimal(text, where) : value;
}

/** `parseDecimal` without the sentence: NaN stands for "ask `parseDecimal` why". For tight loops only. @example decimalOrNaN('0x1') // NaN */
export function decimalOrNaN(text: string): number {
  if (text.length > DECIMAL_LENGTH_MAX || !DECIMAL.test(text)) return Number.NaN;
  const value = Number(text);
  if (!(Math.abs(value) <= QUANTITY_MAX)) return Number.NaN;
  // A quantity that underflows is a lost quantity; minus zero is zero.
  return value !== 0 ? value : isZeroText(text) ? 0 : Number.NaN;
}

/**
 * A percentage as a decimal fraction, shifted in the text, so that 60.12 is the double nearest to 0.6012. NaN and refusals as `decimalOrNaN`.
 * @example percentOrNaN('60.12') // 0.6012
 */
export function percentOrNaN(text: string): number {
  if (Number.isNaN(decimalOrNaN(text))) return Number.NaN;
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/);
  return Number(`${mantissa}e${Number(exponent) - 2}`);
}

function isZeroText(text: string): boolean {
  return !/[1-9]/.test(text.split(/[eE]/)[0]!);
}

function refuseDecimal(text: string, where?: string): Refusal {
  if (text.trim() === '')
    return refuse('malformed', 'A number is missing here; write a decimal such as 12.5.', where);
  if (text.length > DECIMAL_LENGTH_MAX) {
    return refuse(
      'too-large',
      `The number ${quoted(text)} has ${text.length} characters, more than the limit of ${DECIMAL_LENGTH_MAX}; shorten it.`,
      where,
    );
  }
  if (!DECIMAL.test(text)) {
    return refuse(
      'malformed',
      `${quoted(text)} is not a decimal number; write digits with a point, such as 12.5.`,
      where,
    );
  }
  if (Number(text) === 0) {
    return refuse(
      'out-of-range',
      `The number ${quoted(text)} is too small to tell from zero; write 0.`,
      where,
    );
  }
  return refuse(
    'out-of-range',
    `The number ${quoted(text)} is beyond the limit of 2^53 (${QUANTITY_MAX}) either way; check its units.`,
    where,
  );
}

/**
 * Decimal text as an exact integer count of 10^-decimals; nothing is rounded.
 * Refuses what `parseDecimal` refuses, and digits finer than the scale.
 * @example parseScaled('0.1', 8) // 10000000n
 */
export function parseScaled(text: string, decimals: number, where?: string): bigint | Refusal {
  const doubt = parseDecimal(text, where);
  if (typeof doubt !== 'number') return doubt;
  const [, sign, whole = '', fraction = '', bare = '', exponent = '0'] = DECIMAL.exec(text)!;
  const tail = fraction + bare;
  const digits = BigInt(whole + tail);
  const shift = decimals + Number(exponent) - tail.length;
  const unit = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % unit !== 0n) {
    return refuse('out-of-range', `${quoted(text)} is finer than ${decimals} decimals; round it.`, where);
  }
  const count = shift < 0 ? digits / unit : digits * unit;
  return sign === '-' ? -count : count;
}

/** Exact decimal text of an integer count of 10^-decimals, trailing zeros trimmed. @example formatScaled(-1250n, 2) // '-12.5' */
export function formatScaled(count: bigint, decimals: number): string {
  const digits = (count < 0n ? -count : count).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${count < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Exact decimal text of a ledger amount in USD, trailing zeros trimmed. @example formatUsd(usd(25000050000000n)) // '250000.5' */
export function formatUsd(amount: Usd): string {
  return formatScaled(amount, USD_SCALE.toString().length - 1);
}

/**
 * Shortest decimal text, never with an exponent, that `parseDecimal` turns back into the same double.
 * The value is finite; NaN and Infinity are bugs of the caller and come out as their own names.
 * @example formatDecimal(1e-7) // '0.0000001'
 */
export function formatDecimal(value: number): string {
  const text = String(value);
  const cut = text.indexOf('e');
  if (cut < 0) return text;
  const exponent = Number(text.slice(cut + 1));
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0, cut).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const body =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${body}` : body;
}
