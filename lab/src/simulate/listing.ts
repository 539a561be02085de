// What a venue lists when: expiries by Deribit's calendar, strikes on round numbers around the forward.

import { type Instant, instant, MS_PER_DAY } from '@plimsoll/core';

const EXPIRY_HOUR_MS = 8 * 3_600_000;
const FRIDAY = 5;
const DAILIES = 3;
const WEEKLIES = 4;
const MONTHLIES = 3;
const QUARTERLIES = 4;

/** A listed expiry; futures exist for all but the dailies. */
export interface ListedExpiry {
  readonly expiry: Instant;
  readonly hasFuture: boolean;
}

/**
 * Expiries alive after `at`, ascending, 08:00 UTC: the next 3 days, 4 Fridays, last Fridays of 3 months and of 4 quarters.
 * @example listedExpiries(instant(Date.UTC(2026, 0, 5))).length // 12
 */
export function listedExpiries(at: Instant): readonly ListedExpiry[] {
  const today = Math.floor(at / MS_PER_DAY) * MS_PER_DAY + EXPIRY_HOUR_MS;
  const first = today > at ? today : today + MS_PER_DAY;
  const days = Array.from({ length: 7 * WEEKLIES + 7 }, (_, i) => first + i * MS_PER_DAY);
  const fridays = days.filter((ms) => new Date(ms).getUTCDay() === FRIDAY).slice(0, WEEKLIES);
  const monthEnds = lastFridays(at);
  const quarterEnds = monthEnds.filter((ms) => new Date(ms).getUTCMonth() % 3 === 2).slice(0, QUARTERLIES);
  const withFuture = new Set([...fridays, ...monthEnds.slice(0, MONTHLIES), ...quarterEnds]);
  const all = new Set([...days.slice(0, DAILIES), ...withFuture]);
  return [...all]
    .sort((left, right) => left - right)
    .map((ms) => ({ expiry: instant(ms), hasFuture: withFuture.has(ms) }));
}

/** Last Fridays of the months to come, enough for a year of quarters. */
function lastFridays(at: Instant): readonly number[] {
  const now = new Date(at);
  const ends = Array.from({ length: 16 }, (_, i) => {
    const lastDay = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + i + 1, 0);
    const back = (new Date(lastDay).getUTCDay() - FRIDAY + 7) % 7;
    return lastDay - back * MS_PER_DAY + EXPIRY_HOUR_MS;
  });
  return ends.filter((ms) => ms > at);
}

/** Strikes reach this many standard deviations, and at least this share of the forward. */
const REACH_DEVIATIONS = 3;
const REACH_MIN = 0.1;
/** Steps from the middle to the edge of the fine grid. */
const FINE_STEPS = 9;

/**
 * Strikes around a forward: fine steps near it, coarse ones out to three standard deviations, all on round numbers.
 * `deviation` is vol * sqrt(years). @example listedStrikes(90_000, 0.1) // [63000?, ..., 90000, ...] round thousands
 */
export function listedStrikes(forward: number, deviation: number): readonly number[] {
  const reach = Math.max(REACH_MIN, REACH_DEVIATIONS * deviation);
  const fine = roundStep((forward * Math.min(reach, 0.35)) / FINE_STEPS / 1.5);
  const coarse = roundStep((forward * reach) / 12);
  const strikes = new Set<number>();
  const middle = Math.round(forward / fine);
  for (let i = middle - FINE_STEPS; i <= middle + FINE_STEPS; i++) if (i > 0) strikes.add(onGrid(i, fine));
  const low = Math.max(1, Math.ceil(forward / (1 + 1.4 * reach) / coarse));
  const high = Math.floor((forward * (1 + 1.4 * reach)) / coarse);
  for (let i = low; i <= high; i++) strikes.add(onGrid(i, coarse));
  return [...strikes].sort((left, right) => left - right);
}

/** The largest of 1, 2, 5 times a power of ten that is not above `size`. @example roundStep(900) // 500 */
export function roundStep(size: number): number {
  let power = 1;
  while (power > size) power /= 10;
  while (power * 10 <= size) power *= 10;
  return onGrid(size >= 5 * power ? 5 : size >= 2 * power ? 2 : 1, power);
}

/** `count * step` without the dust that decimal steps leave. */
export function onGrid(count: number, step: number): number {
  return Math.round(count * step * 1e8) / 1e8;
}
