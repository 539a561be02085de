// The twelve books on the venue's own chains, as many as were kept.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chainScene, loadSnapshots } from '../../backtest/chains.ts';
import { standardStrategies } from '../../backtest/holding.ts';
import {
  day,
  must,
  openRun,
  placeOf,
  type Run,
  ranOf,
  stepped,
  type Walked,
} from '../../backtest/study/walks.ts';
import { loadHistory } from '../../history.ts';

const CHAINS = /^deribit_chain_(daily|stress)_.*\.csv\.gz$/;
const MARKS = [
  'chains/deribit_perp_at_snapshots_2025-12_2026-04.csv.gz',
  'chains/deribit_term_futures_2025-12_2026-04.csv.gz',
];
/** Spots end here; BTC's 30-day vol goes on in what the chains themselves say. */
export const HISTORY_END = day('2026-03-19');
const HISTORY = ['prices/btcusdt_hourly_spliced.csv.gz', 'prices/ethusdt_hourly_spliced.csv.gz'];
const VOLS = [
  'vol/btc_dvol_hourly_2021-03_2025-10.csv.gz',
  'vol/deribit_atm_iv_from_snapshots_2025-12_2026-08.csv.gz',
];

/** What the chains gave. */
export interface ChainsFound {
  readonly run: Run;
  readonly from: number;
  readonly to: number;
  readonly snapshots: number;
}

/** Every model over every snapshot, side by side so that each is fitted once; those that look back as far as their history reaches. */
export async function walkChains(
  data: string,
  models: Readonly<Record<string, Walked>>,
): Promise<Record<string, ChainsFound>> {
  const names = (await readdir(join(data, 'chains'))).filter((name) => CHAINS.test(name)).sort();
  const paths = (files: readonly string[]) => files.map((file) => join(data, file));
  const series = must(await loadSnapshots(paths(names.map((name) => `chains/${name}`)), paths(MARKS)));
  const scene = must(chainScene(series));
  const strategies = must(standardStrategies(scene, 0));
  const words = [...paths(HISTORY), ...paths(VOLS).map((path) => `vol:BTC=${path}`)];
  const history = must(await loadHistory(words));
  const runs = Object.entries(models).map(([model, walked]) => {
    const isLooking = 'history' in walked.parameters;
    const end = isLooking ? placeOf(scene.times, HISTORY_END) : scene.times.length;
    const run = openRun(walked, scene, strategies, [0, end], 1, isLooking ? history : undefined);
    return { model, run, end };
  });
  for (let i = 0; i < scene.times.length; i++) for (const { run } of runs) if (!run.isDone) stepped(run);
  const found = runs.map(({ model, run, end }): [string, ChainsFound] => {
    const span = { from: scene.times[0]!, to: scene.times[end - 1]!, snapshots: end };
    return [model, { run: ranOf(run), ...span }];
  });
  return Object.fromEntries(found);
}
