// Laws of windows that are drawn, and of those that GARCH rescales: against formulas, against numpy, and against each other.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything } from '../../../test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../../test/history.ts';
import { market, perpetual } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal, seededPrng } from '../../base/index.ts';
import { log, log1p, normalInverse, pow } from '../../kernel/index.ts';
import { alignHistory, type FactorHistory, type FactorKind, type FactorLevels } from '../../market/index.ts';
import {
  eigenOf,
  garchFilter,
  horizonVariance,
  identityOf,
  lognormalFactors,
  type SquareMatrix,
  studentTail,
  symmetricOf,
  weightedTail,
} from '../../risk/index.ts';
import { columnOf, filterVols, type PastWindows } from '../../scenario/index.ts';
import { assess, LINE_NAMES, type Portfolio } from '../index.ts';
import { dmr, type LookingParameters, varModel } from '../models/var.ts';
import { type DrawRequest, drawnWindows } from './drawn.ts';
import { expectedVols } from './garch.ts';
import { factorLaw, type StressedLaw, stressedLaws } from './law.ts';
import { windowsOfLine } from './methods.ts';
import { type HistoryParameters, historyDefaults } from './parameters.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const message = (value: unknown) => (isRefusal(value) ? `${value.where}: ${value.message}` : 'answered');
const CENT = 0.01;
const HOUR = 3_600_000;
const past = { ...market, history: sampleHistory() };

/** Hourly levels of two coins that go together by `rho`, and of a vol that goes with neither. */
function made(rho: number, hours = 3_000): FactorHistory {
  const random = seededPrng(3);
  const draw = () => normalInverse(random.next() + 2 ** -54);
  const times = Float64Array.from({ length: hours }, (_, i) => i * HOUR);
  const columns = [new Float64Array(hours), new Float64Array(hours), new Float64Array(hours)];
  const at = [1, 1, 1];
  for (let i = 0; i < hours; i++) {
    const common = draw();
    const moves = [0.01 * common, 0.02 * (rho * common + Math.sqrt(1 - rho * rho) * draw()), 0.03 * draw()];
    moves.forEach((move, j) => {
      at[j]! *= 1 + move;
      columns[j]![i] = at[j]!;
    });
  }
  const factor = (kind: FactorKind, of: string, levels: Float64Array): FactorLevels => {
    return { kind, of, times, levels, source: 'made' };
  };
  return sure(
    alignHistory([
      factor('spot', 'AAA', columns[0]!),
      factor('spot', 'BBB', columns[1]!),
      factor('vol', 'AAA', columns[2]!),
    ]),
  );
}

/** A law of given vols and correlations; nobody looks at its levels. */
function lawOf(vols: readonly number[], correlation: SquareMatrix): StressedLaw {
  const factors = vols.map((_, j) => ({ kind: 'spot' as const, of: `C${j}`, levels: Float64Array.of(1) }));
  return { factors, vols: Float64Array.from(vols), correlation, shrunk: 0, set: 'draw' };
}

const asked: DrawRequest = {
  ...{ line: 'initial', horizon: 4, dates: 4, draws: 400_000, most: 400_000 },
  ...{ copula: { kind: 'student', degrees: 4 }, seed: 5 },
};

/** VaR and ES of what a book of relative moves loses at the worst date of each window. */
function tailOf(windows: PastWindows, quantities: readonly number[], coverage: number) {
  const columns = quantities.map((_, j) => columnOf(windows, 'spot', `C${j}`)!);
  const worst = Array.from(windows.weights, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let date = windows.from[i]!; date < windows.from[i + 1]!; date++) {
      least = Math.min(
        least,
        quantities.reduce((sum, q, j) => sum + q * columns[j]![date]!, 0),
      );
    }
    return least;
  });
  return sure(weightedTail(worst, windows.weights, coverage));
}

describe('M-164 the law of factors', () => {
  const filter = { halfLife: 400, floor: 0.5 };

  it('finds the correlations that made a history, and pulls them a little towards none', () => {
    const law = sure(factorLaw(made(0.8), filter));
    expect(law.factors.map(({ kind, of }) => `${kind}:${of}`)).toEqual(['spot:AAA', 'spot:BBB', 'vol:AAA']);
    const [, ab, ac] = law.correlation.values as unknown as number[];
    expect(ab).toBeGreaterThan(0.74);
    expect(ab).toBeLessThan(0.82);
    expect(Math.abs(ac!)).toBeLessThan(0.1);
    expect(law.shrunk).toBeGreaterThan(0);
    expect(law.shrunk).toBeLessThan(0.05);
    expect(law.vols[1]! / law.vols[0]!).toBeCloseTo(2, 0);
  });

  it('takes vols from the filter of M-161, or the governed ones', () => {
    const history = made(0.8);
    const law = sure(factorLaw(history, filter, new Map([['spot:BBB', 0.5]])));
    const logs = history.factors[0]!.levels.map((level) => log(level));
    expect(law.vols[0]).toBe(filterVols(logs, filter).at(-1));
    expect(law.vols[1]).toBe(0.5);
  });

  it('knows no unit: factors that move ten times as far are as correlated', () => {
    const history = made(0.8);
    const tenfold = {
      ...history,
      factors: history.factors.map((factor, j) =>
        j === 1 ? { ...factor, levels: factor.levels.map((level) => level ** 10) } : factor,
      ),
    };
    const [plain, scaled] = [history, tenfold].map((one) => sure(factorLaw(one, filter)).correlation.values);
    scaled!.forEach((rho, k) => {
      expect(rho).toBeCloseTo(plain![k]!, 9);
    });
  });

  it('who has not moved goes with nobody, and too few steps are refused', () => {
    const history = made(0.8);
    const pegged = { kind: 'peg' as const, of: 'USDC', levels: new Float64Array(3_000).fill(1) };
    const law = sure(factorLaw({ ...history, factors: [...history.factors, pegged] }, filter));
    expect([...law.correlation.values.subarray(12)]).toEqual([0, 0, 0, 1]);
    expect(law.vols[3]).toBe(0);
    expect(message(factorLaw(made(0.8, 100), filter))).toMatch(/need 100 steps without a gap, .* has 99/);
  });

  it('is stressed both ways, and stays a law', () => {
    const law = sure(factorLaw(sampleHistory(), filter));
    const laws = sure(stressedLaws(law, 0.25));
    expect(laws.map(({ set }) => set)).toEqual(['draw', 'up', 'down']);
    for (const { correlation } of laws) expect(eigenOf(correlation).values.at(-1)).toBeGreaterThan(-1e-9);
    const [own, up, down] = laws.map(({ correlation }) => correlation.values[1]!);
    expect(up).toBeCloseTo(own! + 0.25 * (1 - own!), 12);
    expect(down).toBeLessThan(own!);
    expect(sure(stressedLaws(law, 0)).length).toBe(1);
  });
});

describe('M-165 drawn windows', () => {
  it('one coin at one date: ES as the formulas of M-142 have it, within sampling error', () => {
    const normal = { ...asked, dates: 1, copula: { kind: 'gaussian' } } as const;
    const windows = sure(drawnWindows(lawOf([0.01], identityOf(1)), normal, 0.99));
    const move = { tail: 0.01, years: 4, drift: (0.01 * 0.01) / 2, vol: 0.01 };
    const { long, short } = sure(lognormalFactors(move));
    // 4,000 draws in the tail: the error of its mean is a hundredth of it at most.
    expect(tailOf(windows, [1], 0.99).expectedShortfall / long).toBeCloseTo(1, 1.7);
    expect(tailOf(windows, [-1], 0.99).expectedShortfall / short).toBeCloseTo(1, 1.7);
    const student = sure(drawnWindows(lawOf([0.0001], identityOf(1)), { ...asked, dates: 1 }, 0.99));
    const known = sure(studentTail(0.0002, 0.99, 4));
    const found = tailOf(student, [1], 0.99);
    expect(found.valueAtRisk / known.valueAtRisk).toBeCloseTo(1, 1.7);
    expect(found.expectedShortfall / known.expectedShortfall).toBeCloseTo(1, 1.3);
  });

  it('a spread of two coins along a path: as eight million paths of numpy have it', () => {
    // r1 - r2/2, correlation 0.8, steps of 1 % and 1.2 %, four of them, one mixing variable a path; scipy 1.17, default_rng(11).
    const law = lawOf(
      [0.01, 0.012],
      sure(
        symmetricOf([
          [1, 0.8],
          [0.8, 1],
        ]),
      ),
    );
    const student = tailOf(sure(drawnWindows(law, asked, 0.975)), [1, -0.5], 0.975);
    expect(student.valueAtRisk / 0.0265043).toBeCloseTo(1, 1.7);
    expect(student.expectedShortfall / 0.0371707).toBeCloseTo(1, 1.7);
    const gaussian = { ...asked, copula: { kind: 'gaussian' } } as const;
    const normal = tailOf(sure(drawnWindows(law, gaussian, 0.975)), [1, -0.5], 0.975);
    expect(normal.valueAtRisk / 0.0251686).toBeCloseTo(1, 2);
    expect(normal.expectedShortfall / 0.0295182).toBeCloseTo(1, 2);
  });

  it('keeps what moves one coin far and what parts two: an eighth of the draws has nine tenths of either tail', () => {
    const table = [
      [1, 0.4, -0.6],
      [0.4, 1, -0.5],
      [-0.6, -0.5, 1],
    ];
    const law = lawOf([0.01, 0.01, 0.01], sure(symmetricOf(table)));
    for (const quantities of [
      [1, 0, 0],
      [1, -1, 0],
      [1, 0, 1],
    ]) {
      const ratios = [1, 2, 3, 4, 5, 6].map((seed) => {
        const [few, all] = [128, 1_000].map((most) => {
          const windows = sure(drawnWindows(law, { ...asked, draws: 1_000, most, seed }, 0.975));
          // Those left out count as harmless.
          const rest = 1 - windows.weights.reduce((sum, weight) => sum + weight, 0);
          return { windows, rest };
        });
        const esOf = ({ windows, rest }: NonNullable<typeof few>) => {
          const still = { ...windows, weights: Float64Array.of(...windows.weights, Math.max(0, rest)) };
          const from = Int32Array.of(...windows.from, windows.from.at(-1)! + 1);
          const moves = windows.moves.map((move) => ({
            ...move,
            relative: Float64Array.of(...move.relative, 0),
          }));
          return tailOf({ ...still, from, moves }, quantities, 0.975).expectedShortfall;
        };
        return esOf(few!) / esOf(all!);
      });
      expect(ratios.reduce((sum, ratio) => sum + ratio / 6, 0)).toBeGreaterThan(0.9);
    }
  });

  it('same seed, same bits; each has its mirror; those kept go farthest', () => {
    const law = sure(stressedLaws(sure(factorLaw(past.history, { halfLife: 120, floor: 0.67 })), 0.25))[2]!;
    const few = { ...asked, draws: 1_000, most: 64 };
    const windows = sure(drawnWindows(law, few, 0.99));
    expect(sure(drawnWindows(law, few, 0.99)).moves).toEqual(windows.moves);
    expect(sure(drawnWindows(law, { ...few, seed: 6 }, 0.99)).moves).not.toEqual(windows.moves);
    expect([windows.set, windows.count, windows.weights.length]).toEqual(['down', 1_000, 64]);
    expect(windows.nameOf(1)).toMatch(/^down-\d{4}$/);
    const spot = columnOf(windows, 'spot', 'BTC')!;
    for (let date = 0; date < 4; date++) expect(log1p(spot[date]!)).toBeCloseTo(-log1p(spot[date + 4]!), 12);
    const all = sure(drawnWindows(law, { ...few, most: 1_000 }, 0.99));
    const farthest = (of: PastWindows) => Math.max(...of.moves.map(({ relative }) => Math.max(...relative)));
    expect(farthest(windows)).toBe(farthest(all));
    expect(message(drawnWindows(law, { ...few, draws: 400 }, 0.99))).toMatch(/needs 500 draws, and 400/);
  });
});

const drawn: Partial<HistoryParameters> = {
  method: 'monte-carlo',
  draws: { maintenance: 120, initial: 120 },
};
function bookOf(model: typeof varModel, more: Partial<HistoryParameters>) {
  const few = fewWindows(model.defaults);
  const given: LookingParameters = { ...few, history: { ...few.history, ...more } };
  return { model, book: sure(model.book(everything, past, given)) };
}
const stand = (held: Portfolio, { model, book }: ReturnType<typeof bookOf>) =>
  sure(assess(held, book, model)).requirement;
const garch = Object.fromEntries(
  ['spot:BTC', 'spot:ETH', 'vol:BTC'].map((name) => [
    name,
    { stepHours: 1, omega: 1e-6, alpha: 0.08, beta: 0.9, asymmetry: 0 },
  ]),
);

describe('M-165 the worst of correlations', () => {
  const stressed = bookOf(varModel, drawn);
  const plain = bookOf(varModel, { ...drawn, correlationStress: 0, windows: { maintenance: 4, initial: 3 } });

  it('lines are in order, and never below those of correlations as estimated', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        const [more, less] = [stand(account, stressed), stand(account, plain)];
        expect(more.maintenance.amount <= more.release.amount).toBe(true);
        expect(more.release.amount <= more.initial.amount).toBe(true);
        for (const line of LINE_NAMES)
          expect(dollars(more[line].amount)).toBeGreaterThanOrEqual(dollars(less[line].amount) - CENT);
      }),
      { numRuns: 60 },
    );
  });

  it('a hedge asks more where coins come apart, and all names the set', () => {
    const hedge: Portfolio = {
      account: 'a',
      balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }],
      positions: [
        { product: perpetual('BTC'), quantity: 1e5 },
        { product: perpetual('ETH'), quantity: -1e5 },
      ],
      orders: [],
    };
    const { combined } = stand(hedge, stressed).initial;
    const lane = stressed.book.risk.lanes[combined.tail!.joint[0]!.lanes[0]!]!;
    expect(lane.window!.set).toBe('down');
    expect(dollars(stand(hedge, stressed).initial.swept)).toBeGreaterThan(
      1.2 * dollars(stand(hedge, plain).initial.swept),
    );
  });

  it('more coverage never asks for less', () => {
    const levels = [0.7, 0.8, 0.95].map((coverage) =>
      bookOf(dmr, { ...drawn, coverage: { maintenance: coverage, initial: coverage } }),
    );
    fc.assert(
      fc.property(accounts, (account) => {
        const [a, b, c] = levels.map((one) => dollars(stand(account, one).maintenance.amount));
        expect(a!).toBeLessThanOrEqual(b! + CENT);
        expect(b!).toBeLessThanOrEqual(c! + CENT);
      }),
      { numRuns: 40 },
    );
  });
});

describe('M-166 GARCH and GJR filters', () => {
  const given: HistoryParameters = { ...historyDefaults, method: 'garch', garch, floor: 0 };
  const history = past.history;

  it('rescale from the variance of a horizon to that of the horizon now', () => {
    const all = {
      ...given,
      windows: { maintenance: 2_048, initial: 384 },
      // One date a window, so that both keep the same one.
      dates: { maintenance: 1, initial: 1 },
      coverage: { maintenance: 0.9, initial: 0.9 },
    };
    const [filtered] = sure(windowsOfLine(history, all, 'initial'));
    const [plain] = sure(windowsOfLine(history, { ...all, method: 'historical' }, 'initial'));
    const logs = history.factors[1]!.levels.map((level) => log(level));
    const moves = logs.slice(1).map((value, t) => value - logs[t]!);
    const level = moves.reduce((sum, move) => sum + move * move, 0) / moves.length;
    const { variances } = sure(garchFilter(moves, garch['spot:BTC']!, level));
    const over = (t: number) => sure(horizonVariance(garch['spot:BTC']!, variances[t]!, 24));
    const shared = Array.from(filtered!.weights.keys()).flatMap((i) => {
      const j = Array.from(plain!.weights.keys()).find((k) => plain!.nameOf(k) === filtered!.nameOf(i));
      return j === undefined ? [] : [[i, j] as const];
    });
    expect(shared.length).toBeGreaterThan(20);
    const id = history.factors[1]!;
    const last = logs.length - 1;
    for (const [i, j] of shared.slice(0, 50)) {
      const start = history.times.findIndex((time) =>
        new Date(time).toISOString().startsWith(plain!.nameOf(j)),
      );
      const move = (of: PastWindows, w: number) => log1p(columnOf(of, id.kind, id.of)![of.from[w + 1]! - 1]!);
      expect(move(filtered!, i)).toBeCloseTo(move(plain!, j) * Math.sqrt(over(last) / over(start)), 10);
    }
  });

  it('are the EWMA of M-161 where they have its form', () => {
    const beta = pow(2, -1 / 120);
    const form = { stepHours: 1, omega: 0, alpha: 1 - beta, beta, asymmetry: 0 };
    const one = Object.fromEntries(Object.keys(garch).map((name) => [name, form]));
    const vols = sure(expectedVols(history, { ...given, garch: one, floor: 0.67 }, 24)).get('spot:BTC')!;
    const logs = history.factors[0]!.levels.map((level) => log(level));
    filterVols(logs, { halfLife: 120, floor: 0.67 }).forEach((vol, t) => {
      expect(vols[t]! / vol).toBeCloseTo(1, 10);
    });
  });

  it('a factor without parameters, of other steps, or with an asymmetry that GARCH lacks is refused by name', () => {
    const { 'vol:BTC': _, ...rest } = garch;
    expect(message(windowsOfLine(history, { ...given, garch: rest }, 'initial'))).toMatch(
      /^history.garch.vol:BTC: vol:BTC has no parameters .*plimsoll estimate/,
    );
    const daily = { ...garch, 'spot:ETH': { ...garch['spot:ETH']!, stepHours: 24 } };
    expect(message(windowsOfLine(history, { ...given, garch: daily }, 'initial'))).toMatch(
      /spot:ETH was estimated on steps of 24 hours, and the history has steps of 1/,
    );
    const bent = { ...garch, 'spot:BTC': { ...garch['spot:BTC']!, asymmetry: 0.01 } };
    const parameters = { ...varModel.defaults, history: { ...given, garch: bent } };
    expect(message(varModel.book(everything, past, parameters))).toMatch(
      /asymmetry must be 0 under method garch/,
    );
    const gjr = { ...parameters, history: { ...parameters.history, method: 'gjr' } };
    expect(isRefusal(varModel.book(everything, past, fewWindows(gjr)))).toBe(false);
  });

  it('lines are in order', () => {
    const book = bookOf(dmr, { method: 'garch', garch });
    fc.assert(
      fc.property(accounts, (account) => {
        const { maintenance, release, initial } = stand(account, book);
        expect(maintenance.amount <= release.amount && release.amount <= initial.amount).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
