// Where margin-models.md looks: histories of the data folder, spans of them, the crashes that are walked hour by hour.

import { join } from 'node:path';
import type { FactorHistory } from '@plimsoll/core';
import { type Books, day, must, type Span } from '../../backtest/study/walks.ts';
import { loadHistory } from '../../history.ts';

const SPOTS = ['prices/btcusdt_hourly_spliced.csv.gz', 'prices/ethusdt_hourly_spliced.csv.gz'];
const FILES = {
  driven: [...SPOTS, 'vol/btc_dvol_hourly_2021-03_2025-10.csv.gz'],
  perpetuals: SPOTS,
  coins: ['prices/perp_hourly_close_28coins_2020-10_2024-06.csv.gz'],
} as const;
export type HistoryName = keyof typeof FILES;

/** One of the histories of the data folder. */
export async function historyOf(data: string, name: HistoryName): Promise<FactorHistory> {
  return must(await loadHistory(FILES[name].map((file) => join(data, file))));
}

/** From where 5,000 windows of four hours are past, which 99.9 % needs, to the end of the files. */
export const SPANS: Readonly<Record<HistoryName, Span>> = {
  driven: { from: day('2021-11-01'), to: day('2025-10-15'), every: 4 },
  perpetuals: { from: day('2018-04-01'), to: day('2026-03-19'), every: 4 },
  coins: { from: day('2021-06-01'), to: day('2024-06-16'), every: 4 },
};

/** Ten days around a crash each, walked hour by hour: the largest rises of an hour are here or nowhere. */
export const CRASHES: Readonly<Record<'driven' | 'perpetuals', readonly (readonly [string, string])[]>> = {
  driven: [
    ['2022-05-05', '2022-05-15'],
    ['2022-11-04', '2022-11-14'],
    ['2024-08-01', '2024-08-11'],
    ['2025-10-05', '2025-10-15'],
  ],
  perpetuals: [
    ['2020-03-08', '2020-03-18'],
    ['2021-05-14', '2021-05-24'],
    ['2022-05-05', '2022-05-15'],
    ['2022-11-04', '2022-11-14'],
    ['2024-08-01', '2024-08-11'],
    ['2025-10-05', '2025-10-15'],
  ],
};

/** Hours from one margin to the next on the frontier of the twelve books. */
export const FRONTIER_HOURS = 24;
export const ELASTICITIES = [0, 0.25, 0.5, 0.75, 1] as const;
export const YEARS = [2020, 2021, 2022, 2023, 2024, 2025, 2026] as const;
/** The first hour of the file of many coins: what is frozen for it was chosen by then. */
export const FROZEN_AT = day('2020-10-23');
export const COINS =
  'AAVE ADA ALGO ATOM BCH BNB BTC COMP DOGE DOT EOS ETC ETH FIL KSM LINK LTC MATIC MKR NEO SOL THETA TRX UNI VET XLM XRP XTZ'.split(
    ' ',
  );

export const PAIR = { kind: 'perpetuals', coins: ['BTC', 'ETH'] } as const;
export const booksOf = (name: 'driven' | 'perpetuals'): Books =>
  name === 'driven' ? { kind: 'standard' } : PAIR;

/** What is walked over perpetuals: on linear books the expansion is the grid itself, and `var` is on the frontier. */
export const LINEAR_MODELS: readonly string[] = ['static', 'grid', 'fhs', 'dmr'];
