// The depth of tails: right ones, shallow ones, ones that a line does not rest on, ones that say nothing of the book; and what is seen inside bars.

import {
  type FactorHistory,
  isRefusal,
  type MarginModel,
  models,
  normalTail,
  type Refusal,
  seededPrng,
} from '@plimsoll/core';
import { normalInverse } from '@plimsoll/core/kernel';
import { describe, expect, it } from 'vitest';
import { sampleHistory } from '../../../core/test/history.ts';
import { circumstanceOf, promisedOf } from './circumstance.ts';
import { Backtest, type BacktestPlan } from './engine.ts';
import { missingFactors } from './exposure.ts';
import { governedParameters, governingDefaults, governUntil, notGoverned } from './governing.ts';
import { Holding, standardStrategies } from './holding.ts';
import { drivenScene } from './scene.ts';
import { type TailForecast, tailVerdict } from './tail.ts';
import { promisedDefaults } from './verdict.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const history = sampleHistory(2_000) as unknown as FactorHistory;
const scene = sure(drivenScene(history));
const from = 990;
const strategies = sure(standardStrategies(scene, from));
const tail = sure(normalTail(1, 0.975));

/** Losses of a normal law against its own tail, times so much. */
function forecasts(windows: number, scale: number, seed = 5): TailForecast[] {
  const prng = seededPrng(seed);
  return Array.from({ length: windows }, (_, at) => {
    const loss = normalInverse(Math.max(1e-9, prng.next()));
    return { loss, var: scale * tail.valueAtRisk, es: scale * tail.expectedShortfall, at };
  });
}

describe('M-187 the depth of a tail', () => {
  it('passes one that is right, and finds one that is half of what came', () => {
    const right = tailVerdict(forecasts(500, 1), 0.975)!;
    expect(right).toMatchObject({
      windows: 500,
      forecasts: 500,
      untested: null,
      isRejected: false,
      rejectAt: null,
    });
    const shallow = tailVerdict(forecasts(500, 0.5), 0.975)!;
    expect(shallow.isRejected).toBe(true);
    expect(shallow.wealth).toBeGreaterThan(20);
    expect(shallow.rejectAt).toBeGreaterThan(shallow.alarmAt! - 1);
    expect(shallow.depth!.z2.pValue).toBeLessThan(0.001);
  });

  it('has critical values of its own length: those of Acerbi and Szekely at 250, wider for less', () => {
    const at = (windows: number) => tailVerdict(forecasts(windows, 1), 0.975)!.depth!.z2.critical;
    expect(at(250).normal).toBeCloseTo(-0.7, 1);
    expect(at(250).student).toBeCloseTo(-0.82, 1);
    expect(at(60).normal).toBeLessThan(at(250).normal - 0.5);
    expect(at(1_000).student).toBeGreaterThan(at(250).student + 0.3);
    expect(at(250)).toEqual(at(250));
  });

  it('is tested only where a line rests on it, and not at all on too little', () => {
    const grid = forecasts(500, 0.5).map((one, i) => ({ ...one, swept: i % 5 === 0 ? one.es : 3 * one.es }));
    expect(tailVerdict(grid, 0.975)).toMatchObject({ windows: 100, forecasts: 500, untested: null });
    const never = grid.map((one) => ({ ...one, swept: 2 * one.es }));
    expect(tailVerdict(never, 0.975)).toMatchObject({
      ...{ windows: 0, z1: null, z2: null, wealth: null, isRejected: false },
      untested: 'its line never rested on the tail',
    });
    expect(tailVerdict(forecasts(39, 1), 0.975)!.untested).toContain('fewer than 40');
    expect(tailVerdict([], 0.975)).toBeNull();
  });

  it('is no tail of a book that hangs on what the history does not have', () => {
    const said = tailVerdict(forecasts(500, 0.5), 0.975, ['term:BTC'])!;
    expect(said).toMatchObject({ z2: null, missing: ['term:BTC'], isRejected: false });
    expect(said.untested).toContain('term:BTC');
  });

  it('a basis hangs on premium and term, a calendar on the term of vols, what bets on spot on neither', () => {
    const missing = new Map(
      strategies.map((strategy) => {
        const held = new Holding(strategy, scene, from);
        const market = sure(scene.marketAt(from, held.products));
        return [strategy.name, missingFactors(held.portfolio, market, history)] as const;
      }),
    );
    expect(missing.get('basis')).toEqual(['premium:BTC', 'term:BTC']);
    expect(missing.get('calendar')).toContain('vol term:BTC');
    expect(missing.get('market maker')).toContain('term:BTC');
    expect(missing.get('fly of one day')).toEqual(['time:BTC']);
    for (const name of [
      'outright',
      'straddle',
      'strangle',
      'ratio',
      'spread',
      'covered call',
      'collar',
      'cross-asset',
    ]) {
      expect(missing.get(name), name).toEqual([]);
    }
    const vols = { ...history, factors: history.factors.filter(({ kind }) => kind === 'vol') };
    const [outright] = strategies;
    const held = new Holding(outright!, scene, from);
    expect(missingFactors(held.portfolio, sure(scene.marketAt(from, held.products)), vols)).toEqual([
      'spot:BTC',
    ]);
  });

  it('promises at the coverage and the hours that the model looks back with', () => {
    const { horizonHours } = promisedDefaults;
    const looking = models.var.defaults;
    const own = {
      ...looking,
      history: { ...looking.history, coverage: { maintenance: 0.99, initial: 0.95 } },
    };
    expect(promisedOf({ parameters: own, horizonHours })).toMatchObject({ tail: 0.95, tailHours: 24 });
    expect(promisedOf({ parameters: models.static.defaults, horizonHours })).toEqual(promisedDefaults);
  });
});

/** The history with bars that reach a tenth below each close and a twentieth above it. */
const deep: FactorHistory = {
  ...history,
  factors: history.factors.map((factor) => {
    if (factor.kind !== 'spot') return factor;
    const { levels } = factor;
    return {
      ...factor,
      lows: levels.map((level) => 0.9 * level),
      highs: levels.map((level) => 1.05 * level),
    };
  }),
};

describe('M-188 inside bars', () => {
  const place = sure(drivenScene(deep));
  const books = sure(standardStrategies(place, from));
  const held = (name: string, where = place, all = books) =>
    new Holding(all.find((one) => one.name === name)!, where, from);

  it('a book of one spot loses what it lost at the low, by hand; others what they lost at the close', () => {
    const spot = history.factors.find(({ kind, of }) => kind === 'spot' && of === 'BTC')!.levels;
    const low = 0.9 * spot[from + 2]!;
    // A coin-settled perpetual of a million dollars: profit in coins, paid at the price then.
    expect(held('outright').loss(from, from + 2)).toBeCloseTo(-1e6 * (1 / spot[from]! - 1 / low) * low, 4);
    expect(held('outright').seen).toBe('lows and highs');
    for (const name of ['straddle', 'cross-asset', 'covered call']) {
      expect(held(name).loss(from, from + 2)).toBe(held(name, scene, strategies).loss(from, from + 2));
      expect(held(name).seen).toBe('closes');
    }
  });

  it('a short one at the high', () => {
    const [outright] = books;
    const short = { ...outright!.strike(from) };
    const turned = {
      ...short,
      positions: short.positions.map((one) => ({ ...one, quantity: -one.quantity })),
    };
    const own = new Holding({ ...outright!, strike: () => turned }, place, from);
    const spot = history.factors.find(({ kind, of }) => kind === 'spot' && of === 'BTC')!.levels;
    expect(own.loss(from, from + 1)).toBeCloseTo(1e6 * ((1.05 * spot[from + 1]!) / spot[from]! - 1), 4);
  });

  it('are said book by book, and no model sees them', () => {
    const asked = [history, deep].map((past) => {
      const where = sure(drivenScene(past));
      const plan: BacktestPlan = {
        ...{ model: models.static as MarginModel, parameters: models.static.defaults, scene: where },
        ...{
          strategies: sure(standardStrategies(where, from)),
          from,
          to: from + 12,
          every: 6,
          history: past,
        },
        horizonHours: promisedDefaults.horizonHours,
      };
      const run = sure(Backtest.open(plan, undefined, () => 0));
      while (!run.isDone) run.step();
      return { run, around: circumstanceOf(plan, run.state) };
    });
    expect(asked[1]!.run.state.books.map(({ initial }) => initial)).toEqual(
      asked[0]!.run.state.books.map(({ initial }) => initial),
    );
    expect([asked[0]!, asked[1]!].map(({ around }) => around.seen!.get('outright'))).toEqual([
      'closes',
      'lows and highs',
    ]);
    expect(asked[1]!.around.missing!.get('basis')).toEqual(['premium:BTC', 'term:BTC']);
  });
});

describe('M-183 other policies than the governor', () => {
  const coin = 'BTC';
  const at = history.times[1_500]!;
  const under = (policy: Parameters<typeof governUntil>[3]['policy']) =>
    sure(governUntil(notGoverned, history, at, { ...governingDefaults, policy }));
  const range = (state: ReturnType<typeof under>) =>
    (governedParameters(models.dmr.defaults, state) as typeof models.dmr.defaults).coins[coin]!.maintenance;

  it('each of Article 28’s tools leans on a level of its own, replayed in parts to the same bits', () => {
    const { vols, governor, leanings } = under({ tool: 'floor' });
    const average = Math.sqrt(vols['spot:BTC']!.longRate);
    const { raw } = governor.factors['spot:BTC']!;
    expect(governor.factors['spot:BTC']!.value).toBe(Math.max(raw, average));
    expect(leanings!.averages['spot:BTC']).toBe(average);
    const buffer = under({ tool: 'buffer', buffer: 0.25 }).governor.factors['spot:BTC']!;
    expect(buffer.value).toBe(Math.max(buffer.raw, 1.25 * Math.min(buffer.raw, buffer.anchor!)));
    const stressed = under({ tool: 'stress-weight', weight: 0.25 }).governor.factors['spot:BTC']!;
    // A crash of twelve percent stands in the middle of the sample.
    expect(stressed.anchor!).toBeGreaterThan(1.2 * buffer.anchor!);
    expect(stressed.value).toBeCloseTo(0.75 * stressed.raw + 0.25 * stressed.anchor!, 15);
    const policy = { tool: 'stress-weight', weight: 0.25 } as const;
    let parts = notGoverned;
    for (const i of [1, 100, 101, 1_500]) {
      const state = governUntil(parts, history, history.times[i]!, { ...governingDefaults, policy });
      parts = JSON.parse(JSON.stringify(sure(state)));
    }
    expect(parts).toEqual(under(policy));
  });

  it('ranges stand to the plain average whatever the tool leans on', () => {
    const { maintenance } = models.dmr.defaults.coins[coin]!;
    const tools = [{ tool: 'floor' }, { tool: 'ratchet', halfLife: { rise: 6, fall: 720 } }] as const;
    for (const policy of tools) {
      const state = under(policy);
      const { value } = state.governor.factors['spot:BTC']!;
      expect(range(state)).toBeCloseTo((maintenance * value) / state.leanings!.averages['spot:BTC']!, 12);
    }
    expect(range(under({ tool: 'floor' }))).toBeGreaterThanOrEqual(maintenance);
  });
});
