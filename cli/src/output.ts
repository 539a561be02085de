// How this command speaks: tables for people, JSON for programs, one sentence for what went wrong.

import { dollars, type Refusal, sentence, type Usd } from '@plimsoll/core';
import Table from 'cli-table3';
import colors from 'picocolors';

export const VERSION = '0.1.0';

/** Exit codes: 0 done, 1 refused or failed, 2 wrong usage. */
export const EXIT_REFUSED = 1;
export const EXIT_USAGE = 2;

/** Prints a refusal as one line on standard error; what is wrong with an option is wrong usage, all else a refusal. */
export function giveUp(
  refusal: Refusal,
  code: number = refusal.where?.startsWith('--') ? EXIT_USAGE : EXIT_REFUSED,
): void {
  process.stderr.write(`plimsoll: ${sentence(refusal)}\n`);
  process.exitCode = code;
}

/** What another program's terminal would obey is shown, not sent. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, '?');
}

export function say(line = ''): void {
  process.stdout.write(`${printable(line)}\n`);
}

export function sayJson(value: unknown): void {
  say(JSON.stringify(value, undefined, 2));
}

/** Remarks that are not the result go to standard error, so that a pipe stays clean. */
export function remark(line: string): void {
  process.stderr.write(`${colors.dim(line)}\n`);
}

export function heading(text: string): void {
  say();
  say(colors.bold(text));
}

/** Dollars with thousands separators and cents. @example money(usd(123_456_789_000n)) // '1,234.57' */
export function money(amount: Usd | number): string {
  const value = typeof amount === 'bigint' ? dollars(amount) : amount;
  const text = value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return text === '-0.00' ? '0.00' : text;
}

/** A number with so many significant digits, no exponent for ordinary sizes. */
export function figure(value: number, digits = 5): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  if (Math.abs(rounded) >= 1e15 || Math.abs(rounded) < 1e-8) return rounded.toExponential();
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: digits });
}

/** A share in percent. @example percent(-0.16) // '-16 %' */
export function percent(share: number, decimals = 0): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

export function signed(text: string): string {
  return text.startsWith('-') ? text : `+${text}`;
}

const RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Prints a table: a header, then rows. Columns named in `left` are text, all others are numbers and align right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): void {
  const drawn = new Table({
    head: head.map((cell) => colors.dim(cell)),
    colAligns: head.map((_, i) => (left.includes(i) ? 'left' : 'right')),
    chars: RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) drawn.push([...row]);
  for (const line of drawn.toString().split('\n')) say(line.trimEnd());
}
