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

/** Five days around a crash each, walked hour by hour: the largest rises of an hour are here or nowhere. */
export const CRASHES: Readonly<Record<'driven' | 'perpetuals', readonly (readonly [string, string])[]>> = {
  driven: [
    ['2022-05-08', '2022-05-13'],
    ['2022-11-07', '2022-11-12'],
    ['2024-08-03', '2024-08-08'],
    ['2025-10-09', '2025-10-14'],
  ],
  perpetuals: [
    ['2020-03-10', '2020-03-15'],
    ['2021-05-17', '2021-05-22'],
    ['2022-05-08', '2022-05-13'],
    ['2022-11-07', '2022-11-12'],
    ['2024-08-03', '2024-08-08'],
    ['2025-10-09', '2025-10-14'],
  ],
};

/** The frontier of the twelve books: once a day. */
export const FRONTIER: Span = { from: day('2023-01-01'), to: SPANS.driven.to, every: 24 };
export const ELASTICITIES = [0, 0.25, 0.5, 0.75, 1] as const;
export const YEARS = [2020, 2021, 2022, 2023, 2024, 2025, 2026] as const;
/** The first hour of the file of many coins: what is frozen for it was chosen by then. */
export const FROZEN_AT = day('2020-10-23');
export const COINS =
  'AAVE ADA ALGO ATOM BCH BNB BTC COMP DOGE DOT EOS ETC ETH FIL KSM LINK LTC MATIC MKR NEO SOL THETA TRX UNI VET XLM XRP XTZ'.split(
    ' ',
  );

/** Perpetuals of these are walked by themselves since 2018. */
export const PAIR = { coins: ['BTC', 'ETH'] } as const;
/** What is walked on driven surfaces. */
export const BOOKS: Books = { kind: 'standard' };
/** On linear books the expansion is the grid itself. */
export const LINEAR_MODELS: readonly string[] = ['static', 'grid', 'fhs', 'var', 'dmr'];
/** What is walked by the hour around crashes. */
export const HOURLY_MODELS: readonly string[] = ['grid', 'fhs', 'var', 'dmr'];
