// The model `grid`: full revaluation over price x vol lanes, worst case, charges, three nested lines.

import { type Digest, digestValue, isRefusal, type Refusal } from '../../base/index.ts';
import { type Market, underlyingOf } from '../../market/index.ts';
import { compareProducts, type Product } from '../../product/index.ts';
import {
  buildRiskBook,
  fullRevaluation,
  planCombine,
  type RiskBook,
  type RowMethod,
  UNNAMED_DRIVER,
  withExpiries,
} from '../../risk/index.ts';
import { dateCount, LANES_MAX } from '../../scenario/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { closingCosts, sizeChargesOf, tradingFee } from '../charges.ts';
import { contributionsOf, ordersLabel } from '../contributions.ts';
import { doubtParameters, gridForm } from '../doubt.ts';
import { lockedOf } from '../figures.ts';
import { gridHeadroom } from '../growth.ts';
import { type HistoryWindows, historyWindows } from '../history/lanes.ts';
import type { HistoryParameters } from '../history/parameters.ts';
import { windowsIn } from '../history/windows.ts';
import { hold } from '../holdings.ts';
import { amountsOf } from '../lines.ts';
import { fillsOf } from '../orders.ts';
import { type CoinParameters, type GridParameters, gridDefaults, rangesOf } from '../parameters.ts';
import type { Portfolio } from '../portfolio.ts';
import type { MarginModel, Requirement } from '../requirement.ts';
import { type GridBook, judgeLines } from './grid-lines.ts';
import { pegLanes, strikeNodes, tooManyNodes } from './own-lanes.ts';

/** How a model looks back: at which windows, and with which governed vols a step, by factor. */
export interface Looking {
  readonly model: string;
  readonly history: HistoryParameters;
  readonly vols?: ReadonlyMap<string, number>;
}

const NO_HISTORY: HistoryWindows = { past: [], terms: [] };

/** The book of `grid`; of a model that differs from it in nothing but its rows, by that model's method. */
export function buildGridBook(
  products: readonly Product[],
  observed: Market,
  parameters: GridParameters,
  method?: RowMethod,
  looking?: Looking,
): GridBook | Refusal {
  const doubt = doubtParameters(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const nodes = strikeNodes(known, market, parameters);
  const past =
    looking === undefined ? NO_HISTORY : historyWindows(known, market, looking.history, looking.vols);
  if (isRefusal(past)) return past;
  // Windows of history come last: what is combined lane by lane stands before them.
  const lanes = [...parameters.scenarios.lanes, ...pegLanes(known, parameters), ...nodes];
  const count = lanes.length + dateCount(past.past);
  if (count > LANES_MAX) return tooManyNodes(count, nodes.length);
  const ranges = (asset: string) => rangesOf(parameters, asset, underlyingOf(market, asset) !== undefined);
  const { terms, ...filling } = method ?? fullRevaluation;
  const rows = { ...filling, terms: [...terms, ...past.terms] };
  const risk = buildRiskBook(known, market, lanes, ranges, rows, past.past);
  if (isRefusal(risk)) return risk;
  const isLost = (product: Product) => product.kind === 'structured' && risk.refused.has(product.id);
  if (known.some(isLost)) {
    // A payoff that is refused brings no lanes either: the rest is a book of its own.
    const others = products.filter((product) => !isLost(product));
    return refusing(risk.refused, buildGridBook(others, observed, parameters, method, looking));
  }
  return refusing(strangers, planGrid(looking?.model ?? 'grid', risk, parameters, looking?.history));
}

function refusing(refused: RiskBook['refused'], book: GridBook | Refusal): GridBook | Refusal {
  if (isRefusal(book) || refused.size === 0) return book;
  return { ...book, risk: { ...book.risk, refused: new Map([...book.risk.refused, ...refused]) } };
}

/** The book of `grid` from its risk arrays: the plan of joint moves follows from lanes and ranges, so no file holds it. */
export function rebookGrid(risk: RiskBook, parameters: GridParameters): GridBook | Refusal {
  return doubtParameters(parameters) ?? planGrid('grid', risk, parameters);
}

/** The book of a model that sweeps the lanes of `grid`, from its risk arrays and from parameters that are sound. */
export function planGrid(
  model: string,
  risk: RiskBook,
  given: GridParameters,
  history?: HistoryParameters,
): GridBook {
  const { groups, ranges, levels } = risk;
  const lanes = risk.standing.filter(({ window }) => window === undefined);
  const combinable = { lanes, groups, ranges, levels };
  let digest: Digest | undefined;
  return {
    model,
    risk,
    given,
    // Parameters that are governed change with every market, and digesting them takes longer than a dozen margins.
    get parameters() {
      digest ??= digestValue(given);
      return digest;
    },
    ...(history === undefined ? {} : { windows: windowsIn(risk, history) }),
    plan: planCombine(combinable, given.correlations, given.retained, driversOf(given)),
  };
}

/** Every named coin, and one that stands for all others, may drive a joint move. */
function driversOf(parameters: GridParameters): Map<string, CoinParameters> {
  return new Map([...Object.entries(parameters.coins), [UNNAMED_DRIVER, parameters.otherCoin]]);
}

export function requireGrid(portfolio: Portfolio, book: GridBook): Requirement | Refusal {
  const { risk, given } = book;
  const held = hold(portfolio, risk);
  if (isRefusal(held)) return held;
  const { holdings, unsettled } = held;
  const fills = fillsOf(portfolio, risk, (row, size) => {
    const index = risk.levels.coins.get(risk.products[row]!.underlying)!.index;
    return tradingFee(risk, row, size, index, given.charges);
  });
  if (isRefusal(fills)) return fills;
  const lines = judgeLines(book, { holdings, fills });
  const { maintenance, release, initial } = lines;
  return {
    maintenance,
    release,
    initial,
    contributions: contributionsOf(initial, holdings, fills),
    holdings,
    fills,
    locked: lockedOf(lines, unsettled),
    orders:
      fills.length === 0
        ? 'exact'
        : ordersLabel(lines, holdings, fills, (after) =>
            amountsOf(judgeLines(book, { holdings: after, fills: [] })),
          ),
  };
}

/** Without the lanes that initial margin alone sees, strike nodes among them; a lane at least there must be. */
export function gridMaintenanceOnly<P extends GridParameters>(parameters: P): P {
  const { scenarios } = parameters;
  const lanes = scenarios.lanes.filter(({ line }) => line === 'maintenance');
  if (lanes.length === 0) return parameters;
  return { ...parameters, scenarios: { ...scenarios, lanes }, strikeNodeDays: 0 };
}

/** Full-revaluation grid margin. See docs/methodology.md, rules M-01 and on. */
export const grid: MarginModel<GridParameters, GridBook> = {
  id: 'grid',
  defaults: gridDefaults,
  form: gridForm,
  book: buildGridBook,
  rebook: rebookGrid,
  packs: true,
  require: requireGrid,
  sizeCharges: (holdings, fills, { risk, given }) => sizeChargesOf(risk, holdings, fills, given),
  maintenanceOnly: gridMaintenanceOnly,
  closingCosts,
  headroom: gridHeadroom,
  figures: (body, book) => body(book),
};

/** `grid` with another body for its rows, which gives those of full revaluation to the bit. */
export function gridWith(method: RowMethod): MarginModel<GridParameters, GridBook> {
  return {
    ...grid,
    book: (products, market, parameters) => buildGridBook(products, market, parameters, method),
  };
}
