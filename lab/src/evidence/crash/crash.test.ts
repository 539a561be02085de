// The crash on a simulated market, so that the command cannot rot where the real chains are absent; and the first hours of the real one.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type ChainSnapshot,
  doubtMarket,
  fitMarket,
  instant,
  isRefusal,
  type Market,
  seededPrng,
  stateDigest,
} from '@plimsoll/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulateChain } from '../../simulate/index.ts';
import { marketBetween } from './between.ts';
import { keptOf, oneSided } from './checks.ts';
import { crashReport } from './document.ts';
import { bridges, MINUTE, type Pin } from './path.ts';
import { plansOf } from './plans.ts';
import { realScene } from './real.ts';
import { type Outcome, runScene } from './run.ts';
import type { Scene } from './scene.ts';

const HOUR = 60 * MINUTE;
/** A machine that is busy takes many times as long. */
const HOOK_MS = 120_000;
const at = Date.UTC(2026, 0, 10, 6);
const time = (hours: number) => instant(at + hours * HOUR);

const snapshots = simulateChain({
  seed: 5,
  at: time(0),
  snapshots: 2,
  hours: 6,
  crash: { hour: 4, move: -0.14 },
});
const first = snapshots[0] as ChainSnapshot;
const markets = snapshots.map((snapshot): Market => {
  const fitted = fitMarket(snapshot);
  if (isRefusal(fitted)) throw new Error(fitted.message);
  return fitted;
});

const scene: Scene = {
  markets,
  between: [],
  funding: () => new Map([['BTC-PERPETUAL', 0.00001]]),
  minutes: 60,
  close: { from: time(4), to: time(6), minutes: 20 },
  quarrel: { from: time(4), to: time(5), coin: 'ETH' },
  change: { proposed: time(1.5), signed: time(1.6), from: instant(at + 3 * HOUR + 30_000) },
  accounts: 40,
  seed: 1,
};

const nothingLost = ({ stage, notes }: Outcome) => {
  for (const { held, outside } of keptOf(stage.state, notes.outside)) expect(held).toBe(outside);
  expect(oneSided(stage.state)).toEqual([]);
};

describe('the crash on a simulated market', () => {
  let outcome: Outcome;
  beforeAll(() => {
    outcome = runScene(scene, first);
  }, HOOK_MS);

  it('opens everybody, calls some, closes some, and settles what expires', () => {
    const { notes, samples, plans } = outcome;
    expect(plans).toHaveLength(40);
    expect(samples[0]!.statuses.called + samples[0]!.statuses.liquidating).toBe(0);
    expect(notes.calls.length).toBeGreaterThan(0);
    expect(notes.changes.some(({ status }) => status === 'liquidating')).toBe(true);
    expect(notes.unjudged.size).toBe(0);
  });

  it('M-201 nothing is made or lost, whatever was traded, called, closed and paid', () => {
    nothingLost(outcome);
  });

  it('M-217 what is said of new parameters a moment before is what comes', () => {
    const { again, came } = outcome.change;
    expect(again.called.length).toBeGreaterThan(0);
    expect([...came.closed].sort()).toEqual([...again.closed].sort());
    for (const id of came.called) expect(again.called).toContain(id);
    for (const id of again.called) expect([...came.called, ...came.toppedUp]).toContain(id);
  });

  it('M-218 nobody who holds the coin whose sources disagree is closed in that hour', () => {
    const { notes, stage } = outcome;
    const { from, to, coin } = scene.quarrel;
    const closed = notes.forced.filter((one) => one.at >= from && one.at < to);
    for (const { product } of closed) {
      expect(stage.state.products.get(product)!.terms.product.underlying).not.toBe(coin);
    }
  });

  it('M-200 comes to the same state twice, and to another from another seed', () => {
    const digest = stateDigest(outcome.stage.state);
    expect(stateDigest(runScene(scene, first).stage.state)).toBe(digest);
    expect(stateDigest(runScene({ ...scene, seed: 2 }, first).stage.state)).not.toBe(digest);
  });

  it('is a document without a hole in it', () => {
    const text = crashReport(outcome, [], { seconds: 1, machine: 'a test' });
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(text).toContain('## The same again');
  });
});

describe('the path', () => {
  const pins: Pin[] = [0, 3, 7].map((hours) => ({
    at: time(hours),
    levels: [100 + hours, 10],
    vols: [0.8, 1],
  }));

  it('goes through its pins, and lies still between them where vols are zero', () => {
    const path = bridges(['A', 'B'], pins, 0.5, seededPrng(1));
    for (const { at: when, levels } of pins) expect(path.levelAt('A', when)).toBe(levels[0]);
    const still = bridges(
      ['A', 'B'],
      pins.map((pin) => ({ ...pin, vols: [0, 0] })),
      0.5,
      seededPrng(1),
    );
    expect(still.average('B', time(1), time(2))).toBeCloseTo(10, 12);
    expect(still.levelAt('A', time(1.5))).toBeCloseTo(Math.sqrt(100 * 103), 9);
  });

  it('has the variance and the correlation it is told', () => {
    const [from, to] = [
      { ...pins[0]!, at: time(0) },
      { ...pins[0]!, at: time(2) },
    ];
    const middles = Array.from({ length: 2_000 }, (_, seed) => {
      const path = bridges(['A', 'B'], [from, to], 0.85, seededPrng(seed));
      return [Math.log(path.levelAt('A', time(1)) / 100), Math.log(path.levelAt('B', time(1)) / 10)] as const;
    });
    const mean = (of: (one: readonly [number, number]) => number) =>
      middles.reduce((sum, one) => sum + of(one), 0) / middles.length;
    const [a, b] = [mean(([x]) => x * x), mean(([, y]) => y * y)];
    // Half of two hours' variance, halved: t (T - t) / T.
    const hour = 1 / 8_760;
    expect(a / (0.64 * hour * 0.5)).toBeCloseTo(1, 1);
    expect(b / (hour * 0.5)).toBeCloseTo(1, 1);
    expect(mean(([x, y]) => x * y) / Math.sqrt(a * b)).toBeCloseTo(0.85, 1);
  });
});

describe('a market between two', () => {
  const coins = markets[0]!.underlyings.map(({ underlying }) => underlying);
  const pins = markets.map(
    ({ at: when, underlyings }): Pin => ({
      at: when,
      levels: underlyings.map(({ index }) => index),
      vols: [0.5, 0.6],
    }),
  );
  const path = bridges(coins, pins, 0.85, seededPrng(3));
  const span = { from: markets[0]!, to: markets[1]!, path };

  it('is sound, has the path’s index and, near an end, that end’s forwards and vols', () => {
    const [early, late] = [instant(markets[0]!.at + 1), instant(markets[1]!.at - 1)];
    for (const [when, near] of [
      [early, markets[0]!],
      [late, markets[1]!],
    ] as const) {
      const market = marketBetween(span, when, []);
      expect(doubtMarket(market)).toBeUndefined();
      market.underlyings.forEach((coin, i) => {
        const own = near.underlyings[i]!;
        expect(coin.index).toBe(path.levelAt(coin.underlying, when));
        for (const { expiry, forward } of coin.slices) {
          const same = own.slices.find((slice) => slice.expiry === expiry);
          if (same !== undefined && expiry - when > HOUR)
            expect((forward * own.index) / coin.index / same.forward).toBeCloseTo(1, 6);
        }
      });
    }
  });

  it('fixes what is past of a settlement average', () => {
    const expiry = markets[0]!.underlyings[0]!.slices.find((slice) => slice.expiry < markets[1]!.at)?.expiry;
    if (expiry === undefined) throw new Error('the simulated chain has an expiry at eight');
    const market = marketBetween(span, instant(expiry - 1), []);
    const [coin] = market.underlyings;
    const average = path.average(coin!.underlying, expiry - 30 * MINUTE, expiry - 1);
    expect(coin!.slices[0]!.forward / average).toBeCloseTo(1, 5);
  });
});

describe('plans', () => {
  it('are the same for the same seed, hold what is listed, and one in twenty is a maker', () => {
    const plans = plansOf(first, 400, seededPrng(7));
    expect(plansOf(first, 400, seededPrng(7))).toEqual(plans);
    const makers = plans.filter(({ book }) => book === 'maker');
    expect(makers.length / plans.length).toBeCloseTo(0.05, 1);
    for (const { legs } of makers) expect(legs.length).toBeGreaterThan(15);
    for (const { legs } of plans) expect(legs.length).toBeGreaterThan(0);
  });
});

const data = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(data))(`the crash on real chains (skipped where ${data} is absent)`, () => {
  it('M-201 runs the first hours of it with twenty accounts, and nothing is made or lost', async () => {
    const { scene: real, snapshot } = await realScene(data, 20, () => {}, '2026-02-02T16:00:00Z');
    const outcome = runScene(real, snapshot);
    expect(outcome.samples.at(-1)!.at).toBe(real.markets.at(-1)!.at);
    nothingLost(outcome);
  });
});
