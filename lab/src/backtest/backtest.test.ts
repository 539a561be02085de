// The walk, its surfaces, its governor, and what is said of it, on a seeded history with a crash in its midst.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  alignHistory,
  durrleman,
  type FactorHistory,
  isRefusal,
  type MarginModel,
  models,
  type Refusal,
  years,
} from '@plimsoll/core';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleHistory } from '../../../core/test/history.ts';
import { coverageOf } from './coverage.ts';
import { Backtest, type BacktestPlan, type BacktestState } from './engine.ts';
import { governedParameters, governingDefaults, governUntil, notGoverned } from './governing.ts';
import { fixedStrategy, standardStrategies } from './holding.ts';
import { backtestHtml } from './report.ts';
import { drivenScene } from './scene.ts';
import { readState, writeState } from './state.ts';
import { drivenMarket, drivenSurface } from './surface.ts';
import { promisedDefaults, verdictOf } from './verdict.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
// The sample is core's own, of its sources; the lab sees core as it is built.
const history = sampleHistory(2_000) as unknown as FactorHistory;
const scene = sure(drivenScene(history));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `var` that a thousand hours suffice for. */
const { var: varModel } = models;
const quick = {
  ...varModel.defaults,
  history: {
    ...varModel.defaults.history,
    coverage: { maintenance: 0.98, initial: 0.95 },
    windows: { maintenance: 16, initial: 16 },
    dates: { maintenance: 2, initial: 2 },
  },
};

function planOf(
  model: MarginModel,
  parameters = model.defaults,
  more: Partial<BacktestPlan> = {},
): BacktestPlan {
  const from = 990;
  const strategies = sure(standardStrategies(scene, from));
  const walked = { scene, strategies, from, to: from + 60, every: 6, history };
  return { model, parameters, ...walked, horizonHours: promisedDefaults.horizonHours, ...more };
}

function walked(plan: BacktestPlan, state?: BacktestState): Backtest {
  const run = sure(Backtest.open(plan, state, () => 0));
  while (!run.isDone) expect(run.step()).toBeUndefined();
  return run;
}

describe('M-181 the walk', () => {
  it('margins twelve books at every time, and goes on from any step to the same JSON', () => {
    const plan = planOf(varModel as MarginModel, quick);
    const whole = walked(plan);
    expect(whole.state.refusal).toBeNull();
    expect(whole.state.books.map(({ at }) => at.length)).toEqual(Array(12).fill(10));
    let state: BacktestState | undefined;
    // Killed after every single step: nothing but the text of the state survives.
    for (let step = 0; step < 10; step++) {
      const run = sure(Backtest.open(plan, state, () => 0));
      expect(run.step()).toBeUndefined();
      state = JSON.parse(JSON.stringify(run.state));
    }
    expect(JSON.stringify(state)).toBe(JSON.stringify(whole.state));
  });

  it('sees nothing of the future: what is asked does not change when it does, what is lost does', () => {
    const at = 1_020;
    const other: FactorHistory = {
      ...history,
      factors: history.factors.map((factor) => ({
        ...factor,
        levels: factor.levels.map((level, i) => (i > at ? level * 1.1 : level)),
      })),
    };
    const model = varModel as MarginModel;
    const [mine, theirs] = [history, other].map((past) => {
      const place = sure(drivenScene(past));
      const strategies = sure(standardStrategies(place, 990));
      return walked(planOf(model, quick, { scene: place, strategies, history: past, to: at + 1 })).state
        .books;
    }) as [BacktestState['books'], BacktestState['books']];
    expect(theirs.map(({ initial, maintenance }) => [initial, maintenance])).toEqual(
      mine.map(({ initial, maintenance }) => [initial, maintenance]),
    );
    expect(theirs[0]!.lossInitial.at(-1)).not.toBe(mine[0]!.lossInitial.at(-1));
  });

  it('loses of a long perpetual what its coin lost in coins, by hand', () => {
    const { books } = walked(planOf(models.static as MarginModel)).state;
    const spot = history.factors.find(({ kind, of }) => kind === 'spot' && of === 'BTC')!.levels;
    const outright = books.find(({ name }) => name === 'outright')!;
    const losses = [1, 2, 3, 4].map((h) => -1e6 * (1 / spot[990]! - 1 / spot[990 + h]!) * spot[990 + h]!);
    expect(outright.lossMaintenance[0]).toBeCloseTo(Math.max(0, ...losses), 6);
    expect(outright.gross[0]).toBe(1e6);
  });

  it('strikes anew what runs out and holds on to what does not', () => {
    const { books } = walked(
      planOf(models.static as MarginModel, models.static.defaults, { every: 1 }),
    ).state;
    const strikes = (name: string) => new Set(books.find((book) => book.name === name)!.entry).size;
    expect(strikes('outright')).toBe(1);
    expect(strikes('fly of one day')).toBeGreaterThan(2);
  });

  it('refuses what cannot be walked: too little, nothing to hold, a state of another run, no history', async () => {
    const model = models.static as MarginModel;
    const plan = planOf(model);
    const short = Backtest.open({ ...plan, to: plan.from + 1 }, undefined, () => 0);
    expect(isRefusal(short) && short.reason).toBe('too-short');
    expect(isRefusal(Backtest.open({ ...plan, strategies: [] }, undefined, () => 0))).toBe(true);
    const { state } = walked(plan);
    const other = Backtest.open({ ...plan, every: 3 }, state, () => 0);
    expect(isRefusal(other) && other.message).toContain('another run');
    const looking = walked(planOf(varModel as MarginModel));
    expect(looking.state.refused).toBe(10);
    expect(looking.state.refusal).toContain('windows without a gap');
    const flat = {
      kind: 'spot',
      of: 'BTC',
      source: 'flat',
      times: Float64Array.of(0, 3.6e6),
      levels: Float64Array.of(1, 1),
    } as const;
    expect(isRefusal(alignHistory([flat]))).toBe(true);
    expect(isRefusal(drivenScene({ ...history, factors: [] }))).toBe(true);
    writeFileSync(join(folder, 'broken.json'), '{"version":1,"finger');
    expect(isRefusal(await readState(join(folder, 'broken.json')))).toBe(true);
    expect(await writeState(join(folder, 'state.json'), state)).toBeUndefined();
    expect(await readState(join(folder, 'state.json'))).toEqual(state);
  });

  it('crosses no gap: a path that is not known to its end is none', () => {
    const cut = (values: Float64Array) => Float64Array.from(values).filter((_, i) => i < 1_000 || i > 1_010);
    const holed: FactorHistory = {
      ...history,
      times: cut(history.times),
      factors: history.factors.map((factor) => ({ ...factor, levels: cut(factor.levels) })),
    };
    const place = sure(drivenScene(holed));
    const strategies = sure(standardStrategies(place, 990));
    const plan = planOf(models.static as MarginModel, models.static.defaults, { scene: place, strategies });
    const { books } = walked(plan).state;
    expect(books[0]!.lossInitial.slice(0, 3)).toEqual([null, null, expect.any(Number)]);
    expect(books[0]!.lossMaintenance[0]).not.toBeNull();
  });
});

describe('M-182 driven surfaces', () => {
  it('stand at the 30-day vol, rise in total variance, and hold no butterfly', () => {
    for (const [vol, longVariance, trend] of [
      [0.3, 0.6, -0.2],
      [1.5, 0.3, 0.1],
      [0.6, 0.36, 0],
    ] as const) {
      const coin = { coin: 'BTC', spot: 60_000, premium: 1, vol, longVariance, trend };
      const surface = drivenSurface(coin);
      expect(Math.sqrt(surface.atmVariance(years(30 / 365)) / (30 / 365))).toBeCloseTo(vol, 12);
      const at = history.times[0]! as never;
      const slices = [1, 7, 30, 90, 365].map((days) => (at + days * 86_400_000) as never);
      const market = drivenMarket(at, [coin], new Map([['BTC', { slices, futures: [] }]]));
      let last = 0;
      for (const { smile, years: time } of market.underlyings[0]!.slices) {
        const theta = surface.atmVariance(time);
        expect(theta).toBeGreaterThan(last);
        last = theta;
        for (let k = -1; k <= 1; k += 0.1) expect(durrleman(smile, k)).toBeGreaterThan(-1e-9);
      }
    }
  });
});

describe('M-183 the governor in the loop', () => {
  it('is replayed in parts to the same bits, from the past alone', () => {
    const at = history.times[500]!;
    const whole = sure(governUntil(notGoverned, history, at, governingDefaults));
    let parts = notGoverned;
    for (const i of [1, 100, 101, 500]) {
      parts = JSON.parse(
        JSON.stringify(sure(governUntil(parts, history, history.times[i]!, governingDefaults))),
      );
    }
    expect(parts).toEqual(whole);
    expect(whole.next).toBe(501);
  });

  it('leaves static ranges where they are at elasticity 0, and lowers no initial range for it', () => {
    const { speedMax: _, ...unhurried } = governingDefaults.policy;
    const policy = { ...unhurried, elasticity: 0, halfLife: { rise: 0, fall: 0 } };
    const state = sure(
      governUntil(notGoverned, history, history.times[800]!, { ...governingDefaults, policy }),
    );
    const { dmr } = models;
    const governed = governedParameters(dmr.defaults, state) as typeof dmr.defaults;
    for (const coin of ['BTC', 'ETH']) {
      expect(governed.coins[coin]!.maintenance).toBe(dmr.defaults.coins[coin]!.maintenance);
      expect(governed.coins[coin]!.initial).toBeGreaterThanOrEqual(governed.coins[coin]!.maintenance);
    }
    expect(Object.keys(governed.vols).sort()).toEqual(['spot:BTC', 'spot:ETH', 'vol:BTC']);
    expect(governedParameters(models.static.defaults, state)).toEqual(models.static.defaults);
  });
});

describe('M-184 coverage', () => {
  it('has the zones of Basel, as published', () => {
    const zone = (windows: number, breaches: number, p: number) =>
      coverageOf(
        Array.from({ length: windows }, (_, i) => i < breaches),
        p,
      ).zone;
    const borders = [
      [250, 0.01, 4, 9],
      [365, 0.01, 6, 12],
      [365, 0.005, 3, 8],
      [1_000, 0.01, 14, 23],
    ] as const;
    for (const [windows, p, green, yellow] of borders) {
      const zones = [green, green + 1, yellow, yellow + 1].map((breaches) => zone(windows, breaches, p));
      expect(zones).toEqual(['green', 'yellow', 'yellow', 'red']);
    }
  });

  it('tells breaches that cluster', () => {
    const hits = (...places: number[]) => Array.from({ length: 250 }, (_, i) => places.includes(i));
    expect(coverageOf(hits(50, 51, 120, 200), 0.01).clustering).toBeCloseTo(4.10699, 5);
    expect(coverageOf(hits(50, 51, 52, 53, 120), 0.01).clustering).toBeCloseTo(19.0493, 4);
    expect(coverageOf(hits(), 0.01).clustering).toBeNull();
  });

  it('tests both sides beside the one, bets, and says what it would find', () => {
    const hits = Array.from({ length: 250 }, (_, i) => i % 36 === 0);
    // Kupiec's own example: 7 of 250 at 1 %.
    const own = coverageOf(hits, 0.01);
    expect(own.breaches).toBe(7);
    expect(own.kupiec!.statistic).toBeCloseTo(5.497, 3);
    expect(own.critical).toBe(6);
    expect(own.isRejected).toBe(true);
    expect(own.christoffersen!.conditional.statistic).toBeCloseTo(
      own.kupiec!.statistic + own.christoffersen!.independence.statistic,
      12,
    );
    // By hand: no stake at first, then at most one half on a breach that pays a hundredfold.
    expect(coverageOf([true, true], 0.01).wealth).toBeCloseTo(50.5, 9);
    expect(coverageOf([], 0.01)).toMatchObject({ windows: 0, zone: 'none', isRejected: false, kupiec: null });
    expect(coverageOf([false], 0.001).zone).toBe('green');
  });
});

describe('M-185 what is said of a requirement', () => {
  const hour = 3_600_000;
  const trace = {
    name: 'hand',
    what: 'made by hand',
    at: [0, 1, 2, 3, 4, 5].map((h) => h * hour),
    entry: [0, 0, 0, 3, 3, 3],
    gross: Array(6).fill(100),
    maintenance: [10, 12, 9, 30, 20, 21],
    initial: [20, 20, 20, 20, 20, 20],
    swept: [20, 20, 20, 20, 20, 20],
    lossMaintenance: [0, 0, 0, 0, 25, null],
    lossInitial: [0, 0, 0, 0, 25, null],
    var: Array(6).fill(null),
    es: Array(6).fill(null),
  };
  const state = { ...walked(planOf(models.static as MarginModel)).state, books: [trace] };

  it('rises within what is held only, and falls from fresh book to fresh book', () => {
    const [{ maintenance }] = verdictOf(state) as [ReturnType<typeof verdictOf>[number]];
    expect(maintenance.rises.hour).toBeCloseTo(0.2, 12);
    expect(maintenance.rises.day).toBeCloseTo(0.2, 12);
    expect(maintenance.peakToTrough).toBeCloseTo(3, 12);
    // Windows of four hours that do not overlap begin at 0 and at 4.
    expect(maintenance.windows).toBe(2);
    expect(maintenance.breaches).toBe(1);
    expect(maintenance.conditionalShortfall).toBeCloseTo(0.05, 12);
    expect(maintenance.mean).toBeCloseTo(0.17, 12);
    expect(maintenance.allPhases).toEqual({ windows: 5, breaches: 1, rate: 0.2 });
    expect(maintenance.relativeShortfall.worst).toBeCloseTo(0.25, 12);
  });

  it('forecasts of the tail are of the windows that the line is judged by', () => {
    const run = walked(planOf(varModel as MarginModel, quick));
    const known = { ...promisedDefaults, tail: 0.95 };
    for (const { initial, tail } of verdictOf(run.state, known))
      expect(tail!.forecasts).toBe(initial.windows);
    const lossInitial = run.state.books[0]!.lossInitial.map((loss, i) => (i === 0 ? null : loss));
    const holed = { ...run.state, books: [{ ...run.state.books[0]!, lossInitial }] };
    const [verdict] = verdictOf(holed, known);
    expect(verdict!.tail!.forecasts).toBe(verdict!.initial.windows);
  });

  it('has no NaN in JSON or page, loads nothing, and says what made the surfaces', () => {
    const run = walked(planOf(models.static as MarginModel));
    const verdicts = verdictOf(run.state);
    const numbers = JSON.stringify(verdicts, (_, value) => {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      return value;
    });
    expect(JSON.parse(numbers)).toHaveLength(12);
    const head = {
      model: 'static',
      version: '1',
      scene: scene.label,
      promised: promisedDefaults,
      notes: ['<b>'],
    };
    const page = backtestHtml(run.state, verdicts, head);
    expect(page).not.toMatch(/NaN|Infinity|undefined|<script|https?:|<b>/);
    expect(page).toContain('generated by a model');
    expect(page.match(/<svg/g)).toHaveLength(24);
  });

  it('takes a portfolio of one’s own for as long as it lives', () => {
    const [, straddle] = sure(standardStrategies(scene, 990)).filter(({ isDated }) => isDated);
    const own = fixedStrategy({ ...straddle!.strike(990), account: 'own' });
    const { books } = walked(
      planOf(models.static as MarginModel, models.static.defaults, { strategies: [own] }),
    ).state;
    expect(books.map(({ name, at }) => [name, at.length])).toEqual([['own', 10]]);
  });
});
