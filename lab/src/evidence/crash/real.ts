// February 2026 from a data folder: the fitted markets of its snapshots, the hours in between, the funding of its days.

import { join } from 'node:path';
import type { ChainSnapshot } from '@plimsoll/core';
import { fitMarket, type Instant, type Market, parseInstant } from '@plimsoll/core';
import { readText } from '../../files.ts';
import { orThrow, readDay } from '../data.ts';
import type { Scene } from './scene.ts';

const at = (text: string): Instant => orThrow(parseInstant(text));
const CHAIN = {
  file: 'deribit_chain_stress_2026-02_all_snapshots.csv.gz',
  from: '2026-02-02T09:00:00Z',
  to: '2026-02-07T22:00:00Z',
};
const HOURS = ['btcusdt_hourly_spliced.csv.gz', 'ethusdt_hourly_spliced.csv.gz'];
const FUNDING = [
  ['BTC-PERPETUAL', 'binance_btcusdt_perp_8h_2021-08_2026-03.csv.gz'],
  ['ETH-PERPETUAL', 'binance_ethusdt_perp_8h_2022-06_2026-03.csv.gz'],
] as const;

/** Rows of a file with a time in the first column, within the days of the chain. */
async function rowsOf(path: string, column: number): Promise<{ at: Instant; value: number }[]> {
  const text = orThrow(await readText(path));
  const [from, to] = [CHAIN.from.slice(0, 10), CHAIN.to.slice(0, 10)];
  return text
    .split('\n')
    .map((line) => line.split(','))
    .filter(([time]) => time !== undefined && time.slice(0, 10) >= from && time.slice(0, 10) <= to)
    .map((fields) => ({ at: at(fields[0]!), value: Number(fields[column]) }));
}

/** Opens of the hours, where both coins have one. */
async function hoursOf(data: string): Promise<Scene['between']> {
  const [btc, eth] = await Promise.all(HOURS.map((name) => rowsOf(join(data, 'prices', name), 1)));
  const other = new Map(eth!.map((row) => [row.at, row.value]));
  return btc!
    .filter((row) => other.has(row.at))
    .map((row) => ({ at: row.at, levels: [row.value, other.get(row.at)!] }));
}

const FUNDING_HOURS = 8;

/** The rate that was last paid, spread over its eight hours. */
async function fundingOf(data: string): Promise<Scene['funding']> {
  const rates = await Promise.all(
    FUNDING.map(async ([product, name]) => [product, await rowsOf(join(data, 'funding', name), 1)] as const),
  );
  return (time) =>
    new Map(
      rates.map(([product, rows]) => {
        const last = rows.findLast((row) => row.at <= time);
        return [product, (last?.value ?? 0) / FUNDING_HOURS];
      }),
    );
}

/** The scene of the crash, up to a time, and the chain that lists what its accounts hold. */
export async function realScene(
  data: string,
  accounts: number,
  say: (line: string) => void,
  to = CHAIN.to,
): Promise<{ scene: Scene; snapshot: ChainSnapshot }> {
  const snapshots = await readDay(data, { ...CHAIN, to });
  const markets: Market[] = snapshots.map((snapshot) => orThrow(fitMarket(snapshot)));
  say(`fitted ${markets.length} snapshots`);
  const scene: Scene = {
    markets,
    between: await hoursOf(data),
    funding: await fundingOf(data),
    minutes: 120,
    close: { from: at('2026-02-05T12:00:00Z'), to: at('2026-02-06T04:00:00Z'), minutes: 20 },
    quarrel: { from: at('2026-02-05T20:00:00Z'), to: at('2026-02-05T21:00:00Z'), coin: 'ETH' },
    change: {
      proposed: at('2026-02-04T12:00:00Z'),
      signed: at('2026-02-04T13:00:00Z'),
      from: at('2026-02-05T00:00:30Z'),
    },
    accounts,
    seed: 20260205,
  };
  return { scene, snapshot: snapshots[0] };
}
