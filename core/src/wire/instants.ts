// Times as text: ISO 8601 in UTC, read by hand because engines disagree about everything but the full form.

import { type Instant, instant, MS_PER_DAY, type Refusal, refuse } from '../base/index.ts';
import { quoted } from './words.ts';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d{0,6})?)?(?:Z|\+00:?00)?)?$/;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_SECOND = 1_000;

/** Midnight UTC of a real calendar date, or undefined. @example dayOf(2026, 2, 31) // undefined */
export function dayOf(year: number, month: number, day: number): Instant | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  // 31 February becomes 3 March: only a real date answers with its own day.
  return new Date(ms).getUTCDate() === day ? instant(ms) : undefined;
}

/**
 * An instant from `2026-02-05`, `2026-02-05T16:30`, `2026-02-05T16:30:00Z`, with milliseconds or a blank for the T. UTC always;
 * other zones and impossible dates are refused (`malformed`).
 * @example parseInstant('1970-01-02T00:00:00Z') // 86400000
 */
export function parseInstant(text: string, where?: string): Instant | Refusal {
  const match = text.length > 40 ? null : ISO.exec(text);
  if (match === null) {
    return refuse('malformed', `${quoted(text)} is not a UTC time; write it as 2026-02-05T16:30:00Z.`, where);
  }
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const midnight = dayOf(Number(year), Number(month), Number(day));
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return refuse('malformed', `${quoted(text)} is not in the calendar; check its day and its hour.`, where);
  }
  const ms = Number(fraction.padEnd(3, '0'));
  return instant(
    midnight +
      Number(hour) * MS_PER_HOUR +
      Number(minute) * MS_PER_MINUTE +
      Number(second) * MS_PER_SECOND +
      ms,
  );
}

/** ISO 8601 in UTC, milliseconds only when there are some. @example formatInstant(instant(86_400_000)) // '1970-01-02T00:00:00Z' */
export function formatInstant(at: Instant): string {
  const text = new Date(at).toISOString();
  return at % MS_PER_SECOND === 0 ? `${text.slice(0, -5)}Z` : text;
}

/** Before Bitcoin's first year there is no market; a smaller count is seconds written for milliseconds. */
const SERVED_DAY_MIN = 14_245;
/** 2100-01-01. */
const SERVED_DAY_MAX = 47_482;

/** Whether a number is a whole millisecond from 2009 to 2100. @example isServedInstant(1_767_258_000) // false: seconds */
export function isServedInstant(ms: number): boolean {
  return Number.isInteger(ms) && ms >= SERVED_DAY_MIN * MS_PER_DAY && ms <= SERVED_DAY_MAX * MS_PER_DAY;
}
