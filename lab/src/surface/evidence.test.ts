// The surface targets on real chains. The chains lie beside the repository, in ../shared/data, or the rows are skipped and say so.

import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ChainSnapshot, instant, isRefusal, readChainCsv } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { surfaceEvidence } from './evidence.ts';

const folder = new URL('../../../../shared/data/chains/', import.meta.url);
const there = existsSync(folder);
if (!there) console.log('skipped: surfaces of real chains, no ../shared/data beside the repository');

function snapshotAt(file: string, at: string): ChainSnapshot {
  const text = gunzipSync(readFileSync(new URL(file, folder))).toString('utf8');
  const read = readChainCsv(text, { source: file, at: instant(Date.parse(at)) });
  if (isRefusal(read)) throw new Error(read.message);
  return read;
}

const stress = 'deribit_chain_stress_2026-02_all_snapshots.csv.gz';
// Date, file, least share inside bid-ask, largest median error in vol points: a calm day, and the two days of the crash.
const rows = [
  ['2026-08-08T12:00:00Z', 'deribit_chain_daily_2026-08.csv.gz', 0.96, 0.15],
  ['2026-02-05T16:30:00Z', stress, 0.93, 0.45],
  ['2026-02-06T04:40:00Z', stress, 0.93, 0.3],
] as const;

describe.skipIf(!there)('surfaces of real chains', () => {
  for (const [at, file, inside, error] of rows) {
    it(`${at}: serves all vega, inside bid-ask, free of arbitrage`, () => {
      const evidence = surfaceEvidence([snapshotAt(file, at)]);
      expect(evidence.map(({ underlying }) => underlying)).toEqual(['BTC', 'ETH']);
      for (const coin of evidence) {
        expect(coin.servedShare).toBeGreaterThan(0.95);
        expect(coin.insideShare).toBeGreaterThan(inside);
        expect(coin.errorMedian).toBeLessThan(error);
        expect(coin.butterflyMin).toBeGreaterThanOrEqual(0);
        expect(coin.calendarMin).toBeGreaterThanOrEqual(0);
      }
    });
  }
});
