// The kernel's loops: one price, its greeks, one implied vol, and the rows that risk arrays are made of.

import { seededPrng } from '@plimsoll/core';
import {
  blackGreeks,
  blackPrice,
  exp,
  fillStrike,
  impliedVol,
  log,
  normalCdf,
  type StrikeLanes,
} from '@plimsoll/core/kernel';
import type { Bench, Measured, Suite } from './bench.ts';

const STRIKES = 1000; // with a call and a put each: 2,000 options, as in the prototype study
const LANES = 64;
const SINGLES = 4096;
const FORWARD = 60_000;

// 20 expiries of 1 to 365 days, 50 strikes within 3.2 standard deviations; lanes: 16 spot moves of +-16 % by 4 vol scales.
function chain() {
  const prng = seededPrng(76);
  const stdevs = new Float64Array(STRIKES * LANES);
  const strikes = new Float64Array(STRIKES);
  const lanes: StrikeLanes = {
    logShift: new Float64Array(LANES),
    invShift: new Float64Array(LANES),
    scale: new Float64Array(LANES),
  };
  for (let l = 0; l < LANES; l++) {
    const move = 0.84 + (0.32 * (l % 16)) / 15;
    lanes.logShift[l] = log(move);
    lanes.invShift[l] = 1 / move;
    lanes.scale[l] = FORWARD * move;
  }
  for (let i = 0; i < STRIKES; i++) {
    const years = (1 + Math.floor(i / 50) * 19) / 365;
    const stdev = (0.5 + 0.2 * prng.next()) * Math.sqrt(years);
    strikes[i] = FORWARD * exp(((i % 50) / 24.5 - 1) * 3.2 * stdev);
    for (let l = 0; l < LANES; l++) stdevs[i * LANES + l] = stdev * (0.75 + 0.7 * (Math.floor(l / 16) / 3));
  }
  return { stdevs, strikes, lanes };
}

function rowBenches(): Bench[] {
  const { stdevs, strikes, lanes } = chain();
  const rows = new Float64Array(2 * STRIKES * LANES);
  const glance = () => rows[0]! + rows[rows.length >> 1]! + rows[rows.length - 1]!;
  const fill = () => {
    for (let i = 0; i < STRIKES; i++) {
      const strike = strikes[i]!;
      const at = 2 * i * LANES;
      fillStrike(
        log(FORWARD / strike),
        strike / FORWARD,
        lanes,
        LANES,
        stdevs,
        i * LANES,
        rows,
        at,
        at + LANES,
      );
    }
    return glance();
  };
  const naive = () => {
    for (let i = 0; i < STRIKES; i++) {
      for (let l = 0; l < LANES; l++) {
        const forward = lanes.scale[l]!;
        const stdev = stdevs[i * LANES + l]!;
        rows[2 * i * LANES + l] = blackPrice('call', forward, strikes[i]!, stdev);
        rows[(2 * i + 1) * LANES + l] = blackPrice('put', forward, strikes[i]!, stdev);
      }
    }
    return glance();
  };
  const work = 2 * STRIKES * LANES;
  return [
    { name: 'fillStrike, 2,000 options x 64 lanes', unit: 'M/s', work, run: fill },
    { name: 'the same values from blackPrice', unit: 'M/s', work, run: naive },
  ];
}

function singleBenches(): Bench[] {
  const prng = seededPrng(1976);
  const strikes = new Float64Array(SINGLES);
  const vols = new Float64Array(SINGLES);
  const years = new Float64Array(SINGLES);
  const stdevs = new Float64Array(SINGLES);
  const quotes = new Float64Array(SINGLES);
  const points = new Float64Array(SINGLES);
  for (let i = 0; i < SINGLES; i++) {
    years[i] = (1 + 364 * prng.next()) / 365;
    vols[i] = 0.3 + 0.9 * prng.next();
    const stdev = vols[i]! * Math.sqrt(years[i]!);
    stdevs[i] = stdev;
    strikes[i] = FORWARD * exp((2 * prng.next() - 1) * 2.5 * stdev);
    quotes[i] = blackPrice(strikes[i]! > FORWARD ? 'call' : 'put', FORWARD, strikes[i]!, stdev);
    points[i] = 12 * prng.next() - 6;
  }
  const side = (i: number) => (strikes[i]! > FORWARD ? 'call' : 'put');
  const one = (name: string, run: () => number): Bench => ({ name, unit: 'ns', work: SINGLES, run });
  // Each call has a loop of its own: through a shared one every call would be an indirect call.
  return [
    one('exp', () => {
      let total = 0;
      for (let i = 0; i < SINGLES; i++) total += exp(points[i]!);
      return total;
    }),
    one('log', () => {
      let total = 0;
      for (let i = 0; i < SINGLES; i++) total += log(strikes[i]!);
      return total;
    }),
    one('normalCdf', () => {
      let total = 0;
      for (let i = 0; i < SINGLES; i++) total += normalCdf(points[i]!);
      return total;
    }),
    one('blackPrice', () => {
      let total = 0;
      for (let i = 0; i < SINGLES; i++) total += blackPrice(side(i), FORWARD, strikes[i]!, stdevs[i]!);
      return total;
    }),
    one('blackGreeks', () => {
      let total = 0;
      for (let i = 0; i < SINGLES; i++) {
        const greeks = blackGreeks(side(i), FORWARD, strikes[i]!, vols[i]!, years[i]!);
        total += greeks.value + greeks.vega;
      }
      return total;
    }),
    one('impliedVol', () => {
      let total = 0;
      for (let i = 0; i < SINGLES; i++) {
        total += Number(impliedVol(side(i), FORWARD, strikes[i]!, years[i]!, quotes[i]!));
      }
      return total;
    }),
  ];
}

function ratios(results: readonly Measured[]) {
  const speed = (start: string) => results.find((result) => result.name.startsWith(start))!.median;
  return [
    { name: 'fillStrike over blackPrice, per value', value: speed('fillStrike') / speed('the same values') },
    { name: 'impliedVol in blackPrices', value: speed('impliedVol') / speed('blackPrice') },
  ];
}

/** Times the kernel's single calls and its row loop. */
export const kernelSuite: Suite = {
  name: 'kernel',
  benches: () => [...singleBenches(), ...rowBenches()],
  ratios,
};
