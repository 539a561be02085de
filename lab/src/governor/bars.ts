// Bars of a price file: what happened to who holds, hour by hour or day by day.

import { join } from 'node:path';
import { type Instant, instant, isRefusal } from '@plimsoll/core';
import { type Bar, type BarMoves, barMoves } from '@plimsoll/core/governor';
import { orThrow } from '../evidence/data.ts';
import { readText } from '../files.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A bar with what it did after the close before it. */
export interface Moved extends BarMoves {
  readonly from: Instant;
  readonly to: Instant;
}

/** Bars of so many milliseconds of a file of `ts_open,open,high,low,close,...`, ascending; rows that repeat a time or make no bar are left out and counted. */
export async function barsOf(path: string, length: number): Promise<{ bars: Bar[]; leftOut: number }> {
  const text = orThrow(await readText(path));
  const bars: Bar[] = [];
  let leftOut = 0;
  for (const line of text.split('\n').slice(1)) {
    if (line === '') continue;
    const [at, ...cells] = line.split(',');
    const [open, high, low, close] = cells.slice(0, 4).map(Number) as [number, number, number, number];
    const from = instant(Date.parse(at!));
    const bar: Bar = { from, to: instant(from + length), open, high, low, close };
    const late = bars.length === 0 || from >= bars[bars.length - 1]!.to;
    if (late && !isRefusal(barMoves(open, bar))) bars.push(bar);
    else leftOut++;
  }
  return { bars, leftOut };
}

/** Hourly bars of a price file of the data folder. */
export async function hourlyBars(data: string, file: string): Promise<{ bars: Bar[]; leftOut: number }> {
  return barsOf(join(data, 'prices', file), HOUR);
}

/** Days of UTC from hours: what hours are missing is missing of the day, and a day without any is not there. */
export function dailyBars(hours: readonly Bar[]): Bar[] {
  const days: Bar[] = [];
  for (const { from, open, high, low, close } of hours) {
    const start = instant(Math.floor(from / DAY) * DAY);
    const last = days[days.length - 1];
    if (last?.from !== start) days.push({ from: start, to: instant(start + DAY), open, high, low, close });
    else
      days[days.length - 1] = {
        ...last,
        high: Math.max(last.high, high),
        low: Math.min(last.low, low),
        close,
      };
  }
  return days;
}

/** What each bar did after the one before it; a gap between them belongs to the later one's moves. */
export function movesOf(bars: readonly Bar[]): Moved[] {
  return bars
    .slice(1)
    .map((bar, i) => ({ ...orThrow(barMoves(bars[i]!.close, bar)), from: bar.from, to: bar.to }));
}
