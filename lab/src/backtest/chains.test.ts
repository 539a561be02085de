// Chains as a scene: read one by one, merged coin by coin, losses by the venue's own marks, paths only as far as snapshots show them.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ChainSnapshot,
  instant,
  isRefusal,
  type MarginModel,
  models,
  type Portfolio,
  type Refusal,
} from '@plimsoll/core';
import { afterAll, describe, expect, it } from 'vitest';
import { Marks } from '../evidence/marks.ts';
import { simulateChain, writeChainCsv, writePerpetualsCsv } from '../simulate/index.ts';
import { chainScene, loadSnapshots, type SnapshotSeries } from './chains.ts';
import { Backtest, type BacktestPlan } from './engine.ts';
import { fixedStrategy, Holding, standardStrategies } from './holding.ts';
import { pathLoss } from './past.ts';
import { promisedDefaults, verdictOf } from './verdict.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const snapshots = simulateChain({ seed: 3, at: instant(Date.UTC(2026, 0, 5, 9)), snapshots: 6, hours: 12 });
const only =
  (coin: string) =>
  ({ options, ...rest }: ChainSnapshot) => {
    return { ...rest, options: options.filter(({ product }) => product.underlying === coin) };
  };
const seriesOf = (given: readonly ChainSnapshot[]): SnapshotSeries => {
  return { times: given.map(({ at }) => at), notes: [], read: (i) => given[i]! };
};

function walked(scene: ReturnType<typeof chainScene>, model = models.static as MarginModel): Backtest {
  const place = sure(scene);
  const strategies = sure(standardStrategies(place, 0));
  const plan: BacktestPlan = {
    ...{
      model,
      parameters: model.defaults,
      scene: place,
      strategies,
      from: 0,
      to: place.times.length,
      every: 1,
    },
    horizonHours: promisedDefaults.horizonHours,
  };
  const run = sure(Backtest.open(plan, undefined, () => 0));
  while (!run.isDone) expect(run.step()).toBeUndefined();
  return run;
}

describe('M-186 real chains', () => {
  it('are read from files in any order, coins of one time put together, the first file that has a coin giving all of it', async () => {
    const btc = file('btc.csv', writeChainCsv(snapshots.slice(3).map(only('BTC'))));
    const eth = file('eth.csv', writeChainCsv(snapshots.slice(3).map(only('ETH'))));
    const both = file('both.csv', writeChainCsv(snapshots.slice(0, 4)));
    const marks = file('marks.csv', writePerpetualsCsv(snapshots.slice(0, 2)));
    const series = sure(await loadSnapshots([btc, eth, both], [marks]));
    expect(series.times).toEqual(snapshots.map(({ at }) => at));
    expect(series.notes.join(' ')).toContain('3 snapshots stand in several files');
    snapshots.forEach((snapshot, i) => {
      const read = sure(series.read(i));
      const names = ({ options }: ChainSnapshot) => options.map(({ product }) => product.id).sort();
      expect(names(read)).toEqual(names(snapshot));
      const perpetual = read.futures.find(({ product }) => product.id === 'BTC-PERPETUAL');
      const own = snapshot.futures.find(({ product }) => product.id === 'BTC-PERPETUAL');
      expect(perpetual?.mark).toBe(i < 2 ? own!.mark : undefined);
    });
  });

  it('refuse files that are none, marks that are broken, and a single snapshot', async () => {
    expect(isRefusal(await loadSnapshots([join(folder, 'absent.csv')]))).toBe(true);
    const one = file('one.csv', writeChainCsv(snapshots.slice(0, 1)));
    expect(isRefusal(chainScene(sure(await loadSnapshots([one]))))).toBe(true);
    const broken = file(
      'broken.csv',
      'snapshot_ts,instrument,price_used\n2026-01-05T09:00:00Z,BTC-PERPETUAL,x\n',
    );
    expect(isRefusal(await loadSnapshots([one], [broken]))).toBe(true);
  });

  it('lose what the venue’s own marks say, to the cent, for every book', () => {
    const place = sure(chainScene(seriesOf(snapshots)));
    const marks = snapshots.map((snapshot) => new Marks(snapshot));
    for (const strategy of sure(standardStrategies(place, 0))) {
      const held = new Holding(strategy, place, 0);
      for (const i of [1, 2]) {
        const before = marks[0]!.equity(held.portfolio, marks[0]!);
        const after = marks[i]!.equity(held.portfolio, marks[0]!);
        expect(held.loss(0, i), strategy.name).toBeCloseTo(before - after, 2);
      }
    }
  });

  it('know a path as far as a snapshot stands near its end, and none of four hours from one to the next half day', () => {
    const { state } = walked(chainScene(seriesOf(snapshots)));
    for (const { lossMaintenance, lossInitial } of state.books) {
      expect(lossMaintenance.every((loss) => loss === null)).toBe(true);
      expect(lossInitial.map((loss) => loss !== null)).toEqual([true, true, true, true, false, false]);
    }
    const place = sure(chainScene(seriesOf(snapshots)));
    const [outright] = sure(standardStrategies(place, 0));
    const held = new Holding(outright!, place, 0);
    expect(pathLoss(held, 0, 24)).toBe(Math.max(0, held.loss(0, 1)!, held.loss(0, 2)!));
    const [verdict] = verdictOf(state, promisedDefaults, { slack: place.slack });
    // Windows of a day begin where the one before ends: at the first, third and no later one whose end is seen.
    expect([verdict!.initial.windows, verdict!.maintenance.windows]).toEqual([2, 0]);
    expect(verdict!.maintenance.rises.hour).toBeNull();
    expect(place.label).toContain('snapshots only');
  });

  it('take snapshots of a day that wander by minutes as a day apart, and overlap none', () => {
    const early = snapshots.filter((_, i) => i % 2 === 0);
    const drift = [0, -20, -35].map((minutes) => minutes * 60_000);
    const wandering = early.map((one, i) => ({ ...one, at: instant(one.at + drift[i]!) }));
    const place = sure(chainScene(seriesOf(wandering)));
    const { state } = walked(chainScene(seriesOf(wandering)));
    expect(verdictOf(state, promisedDefaults, { slack: place.slack })[0]!.initial.windows).toBe(2);
  });

  it('walk on over a snapshot that was cut, count it, and hold no more than a handful', () => {
    let reads = 0;
    const cut = snapshots.map((one, i) => (i === 2 ? only('BTC')(one) : one));
    const read = (i: number) => {
      reads++;
      return cut[i]!;
    };
    const series = { ...seriesOf(cut), read };
    const { state } = walked(chainScene(series));
    expect(state.refused).toBe(1);
    expect(state.refusal).toContain('no option of ETH');
    expect(state.books[0]!.at).toHaveLength(5);
    // What begins before it and ends there is not known.
    expect(state.books[0]!.lossInitial[0]).toBeNull();
    expect(reads).toBeLessThan(20);
  });

  it('pay what expires at the index of the first snapshot after', () => {
    const place = sure(chainScene(seriesOf(snapshots)));
    const at = snapshots[0]!;
    const call = at.options.find(
      ({ product, forward }) =>
        product.underlying === 'BTC' && product.expiry < snapshots[3]!.at && product.strike < 0.95 * forward,
    )!;
    const own: Portfolio = {
      ...{ account: 'own', balances: [{ asset: 'USD', kind: 'cash', quantity: 0 }], orders: [] },
      positions: [{ product: call.product, quantity: 1 }],
    };
    const held = new Holding(fixedStrategy(own), place, 0);
    const after = snapshots.findIndex((one) => one.at >= call.product.expiry);
    const index = snapshots[after]!.options.find(({ product }) => product.underlying === 'BTC')!.index!;
    const paid = Math.max(
      0,
      call.product.right === 'call' ? index - call.product.strike : call.product.strike - index,
    );
    expect(held.loss(0, after)).toBeCloseTo(call.mark! * call.index! - paid, 6);
  });
});

const data = fileURLToPath(new URL('../../../../shared/data/chains', import.meta.url));
const reason = existsSync(data) ? '' : ' (skipped: no data folder beside the project)';

describe.skipIf(reason !== '')(`M-186 the chains of February 2026${reason}`, () => {
  const of = (name: string) => join(data, `${name}.csv.gz`);

  it('the day of the crash as the venue marked it: static and grid held what twelve books lost', async () => {
    const series = sure(
      await loadSnapshots(
        [of('deribit_chain_daily_2026-02'), of('deribit_chain_stress_2026-02_all_snapshots')],
        [of('deribit_perp_at_snapshots_2025-12_2026-04'), of('deribit_term_futures_2025-12_2026-04')],
      ),
    );
    expect(series.times.length).toBeGreaterThan(60);
    const from = series.times.findIndex((at) => at >= Date.UTC(2026, 1, 4, 20));
    const part = {
      ...series,
      times: series.times.slice(from, from + 6),
      read: (i: number) => series.read(from + i),
    };
    for (const model of [models.static, models.grid] as MarginModel[]) {
      const { state } = walked(chainScene(part), model);
      expect(state.refused).toBe(0);
      const [outright] = state.books;
      expect(Math.max(...outright!.lossInitial.map((loss) => loss ?? 0)) / 1e6).toBeGreaterThan(0.08);
      for (const { name, lossInitial, initial } of state.books) {
        if (name === 'fly of one day') continue;
        for (const [i, loss] of lossInitial.entries()) {
          expect(loss ?? 0, `${model.id} ${name}`).toBeLessThan(initial[i]!);
        }
      }
    }
  });
});
