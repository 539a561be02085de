// Options in columns for benches: 20 expiries of 1 to 362 days, 50 strikes within 3.2 standard deviations, a call and a put of each.

import { seededPrng } from '@plimsoll/core';
import { type CoinGreekColumns, exp, type OptionColumns } from '@plimsoll/core/kernel';

const FORWARD = 60_000;
const SEED = 76;

export function optionColumns(count: number): OptionColumns {
  const prng = seededPrng(SEED);
  const column = () => new Float64Array(count);
  const columns = {
    ...{ right: new Uint8Array(count), forward: column().fill(FORWARD) },
    ...{ strike: column(), vol: column(), years: column() },
  };
  for (let i = 0; i < count; i++) {
    const years = (1 + Math.floor(i / 100) * 19) / 365;
    const vol = 0.5 + 0.2 * prng.next();
    columns.right[i] = i % 2;
    columns.vol[i] = vol;
    columns.years[i] = years;
    columns.strike[i] = FORWARD * exp(((Math.floor(i / 2) % 50) / 24.5 - 1) * 3.2 * vol * Math.sqrt(years));
  }
  return columns;
}

/** Room for every greek of so many options. */
export function greekRoom(count: number): CoinGreekColumns {
  const column = () => new Float64Array(count);
  return {
    ...{ value: column(), delta: column(), gamma: column(), vega: column(), theta: column() },
    ...{ vanna: column(), volga: column(), netDelta: column() },
  };
}
