// How a model looks back: method, coverage and horizon of the tail it asks for. Plain data, every default defended beside it.

import type { Doubt } from '../doubt.ts';
import type { FieldForm } from '../form.ts';

/** One number for each line that is measured; release follows from maintenance. */
export interface PerLine {
  readonly maintenance: number;
  readonly initial: number;
}

/** A measure of the windows of a history. */
export interface HistoryParameters {
  /** `historical`: moves as they were. `weighted`: the same, later windows weighing more. `filtered`: rescaled to the vol of now. */
  readonly method: string;
  /** `es`: mean loss beyond coverage. `var`: the loss that coverage holds. */
  readonly measure: string;
  readonly coverage: PerLine;
  readonly horizonHours: PerLine;
  /** Hours from the start of a window to that of the next. */
  readonly strideHours: PerLine;
  /** Dates inside a window at which the book is looked at: its loss is the worst of them. */
  readonly dates: PerLine;
  /** Windows kept, those that move farthest. */
  readonly windows: PerLine;
  /** Of the filter: hours after which a squared move counts half, and the least share of the long-run vol. */
  readonly halfLifeHours: number;
  readonly floor: number;
  /** Of the weights: hours after which a window counts half. */
  readonly weightHalfLifeHours: number;
}

/**
 * Maintenance holds 99.9 % of four-hour paths, because an account is closed within hours at any time of day; initial the expected shortfall of a day at
 * 97.5 %, the measure of the Basel market-risk rules. Half-life five days and a floor of two thirds of the long-run vol: the filter that gave the flattest
 * requirement of equal coverage on BTC 2023-25. Windows: enough for every tail, four times the number beyond coverage of two years of hours.
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
};

/** How a parameter file may depart from them. */
export const historyForm: FieldForm = {
  kind: 'fields',
  fields: {
    method: { kind: 'words', words: ['historical', 'weighted', 'filtered'] },
    measure: { kind: 'words', words: ['es', 'var'] },
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
  });
}
