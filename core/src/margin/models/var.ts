// The models that look back: `var`, the tail of a history alone, and `dmr`, the house model, the larger of that and of `grid`.

import type { Refusal } from '../../base/index.ts';
import type { RowMethod } from '../../risk/index.ts';
import type { Lane } from '../../scenario/index.ts';
import { Doubt, doubtParameters, gridForm } from '../doubt.ts';
import type { ParameterForm } from '../form.ts';
import { gridHeadroom } from '../growth.ts';
import { doubtHistory, type HistoryParameters, historyDefaults, historyForm } from '../history/parameters.ts';
import { type GridParameters, gridDefaults } from '../parameters.ts';
import type { MarginModel } from '../requirement.ts';
import { buildGridBook, grid, gridMaintenanceOnly, planGrid } from './grid.ts';
import type { GridBook } from './grid-lines.ts';

/** What a model that looks back is told. */
export interface LookingParameters extends GridParameters {
  readonly history: HistoryParameters;
  /**
   * Governed vols a step of the history by factor (`spot:BTC`), to which maintenance rescales what happened instead of to the vol of now (M-171). What
   * is not named takes the filter's own.
   */
  readonly vols: Readonly<Record<string, number>>;
}

/** The book of a model that looks back. */
export type LookingBook = GridBook;

const form: ParameterForm<LookingParameters> = {
  fields: {
    ...gridForm.fields,
    history: historyForm,
    vols: { kind: 'map', names: 'factor', fresh: 0.005 },
  },
  doubt: doubtLooking,
};

/** What cannot be meant of how a model looks back. */
function doubtBack(parameters: LookingParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  doubtHistory(parameters.history, doubt);
  for (const [factor, vol] of Object.entries(parameters.vols)) {
    if (!(vol > 0 && vol <= 1)) doubt.say(`vols.${factor}`, 'a vol a step above 0 and at most 1');
  }
  return doubt.found;
}

function doubtLooking(parameters: LookingParameters): Refusal | undefined {
  return doubtBack(parameters) ?? doubtParameters(parameters);
}

/** Windows of initial margin as few as there may be: one date each, a month apart, any coverage, hardly drawn. */
function maintenanceOnly(parameters: LookingParameters): LookingParameters {
  const { history } = parameters;
  const few = {
    coverage: { ...history.coverage, initial: 0.5 },
    strideHours: { ...history.strideHours, initial: 720 },
    dates: { ...history.dates, initial: 1 },
    windows: { ...history.windows, initial: 1 },
    draws: { ...history.draws, initial: 20 },
  };
  return gridMaintenanceOnly({ ...parameters, history: { ...history, ...few } });
}

function looksBack(
  id: string,
  defaults: LookingParameters,
  method?: RowMethod,
): MarginModel<LookingParameters, LookingBook> {
  const { require, packs, sizeCharges, closingCosts, figures } = grid;
  return {
    ...{ require, sizeCharges: sizeCharges!, packs: packs!, closingCosts: closingCosts!, figures: figures! },
    id,
    defaults,
    form,
    maintenanceOnly,
    headroom: gridHeadroom,
    book(products, market, parameters) {
      const doubt = doubtBack(parameters);
      if (doubt !== undefined) return doubt;
      const vols = new Map(Object.entries(parameters.vols));
      const looking = { model: id, history: parameters.history, ...(vols.size === 0 ? {} : { vols }) };
      return buildGridBook(products, market, parameters, method, looking);
    },
    rebook: (risk, parameters) =>
      doubtLooking(parameters) ?? planGrid(id, risk, parameters, parameters.history),
  };
}

const STILL: Lane = {
  id: 'still',
  moves: [],
  smile: 'sticky-strike',
  damp: 1,
  netting: 'sum',
  line: 'maintenance',
};

/** Value at risk and expected shortfall of a history. See docs/dynamic.md, rules M-160 to M-163. */
export const varModel = looksBack('var', {
  ...gridDefaults,
  id: 'var',
  // The one lane in which nothing moves: what is lost is lost in windows.
  scenarios: { id: 'still', lanes: [STILL] },
  strikeNodeDays: 0,
  history: historyDefaults,
  vols: {},
});

/** The house model: whichever asks for more, the grid of governed ranges or the tail of a governed history. See docs/dynamic.md, M-170 and on. */
export const dmr = looksBack('dmr', {
  ...gridDefaults,
  id: 'dmr',
  history: historyDefaults,
  vols: {},
});

/** `var` and `dmr` with another body for the rows of their lanes, which gives those of full revaluation to the bit. */
export function lookingWith(method: RowMethod): { readonly var: typeof varModel; readonly dmr: typeof dmr } {
  return { var: looksBack('var', varModel.defaults, method), dmr: looksBack('dmr', dmr.defaults, method) };
}
