// How a model looks back: method, coverage and horizon of the tail it asks for. Plain data, every default defended beside it.

import type { Doubt } from '../doubt.ts';
import type { FieldForm } from '../form.ts';

/** One number for each line that is measured; release follows from maintenance. */
export interface PerLine {
  readonly maintenance: number;
  readonly initial: number;
}

/** GARCH(1,1) of a factor's log steps, GJR where `asymmetry` is not 0, and how long the steps were on which it was estimated. */
export interface FactorGarch {
  readonly stepHours: number;
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  readonly asymmetry: number;
}

/** A measure of the windows of a history. */
export interface HistoryParameters {
  /**
   * `historical`: moves as they were. `weighted`: the same, later windows weighing more. `filtered`: rescaled to the vol of now, which an EWMA says;
   * `garch` and `gjr`: which those say. `monte-carlo`: drawn, under the vols of now and correlations as estimated and stressed;
   * `delta-gamma`: by formula under the same law, gaussian, where one holds, and drawn where not.
   */
  readonly method: string;
  /** `es`: mean loss beyond coverage. `var`: the loss that coverage holds. */
  readonly measure: string;
  readonly coverage: PerLine;
  readonly horizonHours: PerLine;
  /** Hours from the start of a window to that of the next. */
  readonly strideHours: PerLine;
  /** Dates inside a window at which the book is looked at: its loss is the worst of them. */
  readonly dates: PerLine;
  /** Room for what is kept, in whole windows: it is given to the dates that stand farthest, direction by direction. */
  readonly windows: PerLine;
  /** Of the filter: hours after which a squared move counts half, and the least share of the long-run vol. */
  readonly halfLifeHours: number;
  readonly floor: number;
  /** Of the weights: hours after which a window counts half. */
  readonly weightHalfLifeHours: number;
  /** Of `garch` and `gjr`: parameters by factor (`spot:BTC`). */
  readonly garch: Readonly<Record<string, FactorGarch>>;
  /** Of `monte-carlo`: windows drawn for each line, `gaussian` or `student`, that one's degrees of freedom, and the seed. */
  readonly draws: PerLine;
  readonly copula: string;
  readonly degrees: number;
  readonly seed: number;
  /** How far correlations are stressed both ways (M-146); 0 takes them as they are. */
  readonly correlationStress: number;
}

/**
 * Maintenance holds 99.9 % of four-hour paths, because an account is closed within hours at any time of day; initial the expected shortfall of a day at
 * 97.5 %, the measure of the Basel market-risk rules. Half-life five days and a floor of two thirds of the long-run vol: the filter that gave the flattest
 * requirement of equal coverage on BTC 2023-25. Windows: enough for every tail, four times the number beyond coverage of two years of hours.
 * Draws: ten and twenty-five beyond coverage; four degrees of freedom, between the three to six that crypto's returns have.
 */
export const historyDefaults: HistoryParameters = {
  method: 'filtered',
  measure: 'es',
  coverage: { maintenance: 0.999, initial: 0.975 },
  horizonHours: { maintenance: 4, initial: 24 },
  strideHours: { maintenance: 1, initial: 4 },
  dates: { maintenance: 4, initial: 6 },
  windows: { maintenance: 256, initial: 384 },
  halfLifeHours: 120,
  floor: 0.67,
  weightHalfLifeHours: 4_380,
  garch: {},
  draws: { maintenance: 10_000, initial: 1_000 },
  copula: 'student',
  degrees: 4,
  seed: 1,
  correlationStress: 0.25,
};

const FRESH_GARCH: FactorGarch = { stepHours: 1, omega: 0, alpha: 0, beta: 0, asymmetry: 0 };

const METHODS = ['historical', 'weighted', 'filtered', 'garch', 'gjr', 'monte-carlo', 'delta-gamma'];

/** How a parameter file may depart from them. */
export const historyForm: FieldForm = {
  kind: 'fields',
  fields: {
    method: { kind: 'words', words: METHODS },
    measure: { kind: 'words', words: ['es', 'var'] },
    copula: { kind: 'words', words: ['gaussian', 'student'] },
    garch: { kind: 'map', names: 'factor', fresh: FRESH_GARCH },
  },
};

/** What of them cannot be meant. */
export function doubtHistory(given: HistoryParameters, doubt: Doubt): void {
  doubt.within('history.coverage.', given.coverage, { maintenance: [0.5, 0.9999], initial: [0.5, 0.9999] });
  doubt.within('history.horizonHours.', given.horizonHours, {
    maintenance: [0.01, 720],
    initial: [0.01, 720],
  });
  doubt.within('history.strideHours.', given.strideHours, { maintenance: [0.01, 720], initial: [0.01, 720] });
  doubt.within('history.dates.', given.dates, { maintenance: [1, 64], initial: [1, 64] });
  doubt.within('history.windows.', given.windows, { maintenance: [1, 2_048], initial: [1, 2_048] });
  doubt.within('history.', given, {
    halfLifeHours: [0.01, 100_000],
    floor: [0, 1],
    weightHalfLifeHours: [1, 1_000_000],
    degrees: [2.05, 1_000_000],
    seed: [0, 4_294_967_295],
    correlationStress: [0, 1],
  });
  doubt.within('history.draws.', given.draws, { maintenance: [2, 1_000_000], initial: [2, 1_000_000] });
  for (const name of ['maintenance', 'initial'] as const) {
    if (!Number.isSafeInteger(given.draws[name])) doubt.say(`history.draws.${name}`, 'a whole number');
  }
  if (!Number.isSafeInteger(given.seed)) doubt.say('history.seed', 'a whole number');
  for (const [name, own] of Object.entries(given.garch)) doubtGarch(name, own, given.method, doubt);
}

function doubtGarch(name: string, own: FactorGarch, method: string, doubt: Doubt): void {
  const path = `history.garch.${name}`;
  doubt.within(`${path}.`, own, {
    stepHours: [1e-3, 8_760],
    omega: [0, 1],
    alpha: [0, 1],
    beta: [0, 1],
    asymmetry: [-1, 2],
  });
  if (own.alpha + own.asymmetry < 0) doubt.say(`${path}.asymmetry`, 'at least minus alpha');
  if (own.alpha + own.beta + own.asymmetry / 2 > 1)
    doubt.say(`${path}.alpha + beta + asymmetry / 2`, 'at most 1');
  if (own.asymmetry !== 0 && method === 'garch')
    doubt.say(`${path}.asymmetry`, '0 under method garch; gjr has one');
}
