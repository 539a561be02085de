// The model `grid`: full revaluation over price x vol lanes, worst case, charges, three nested lines.

import { digestValue, isRefusal, owedUp, type Refusal, usd } from '../../base/index.ts';
import { type Market, underlyingOf } from '../../market/index.ts';
import { compareProducts, type Product } from '../../product/index.ts';
import {
  attribute,
  attributeFills,
  buildRiskBook,
  type Fill,
  type Holdings,
  planCombine,
  type RiskBook,
  type RowMethod,
  settleParts,
  UNNAMED_DRIVER,
  withExpiries,
} from '../../risk/index.ts';
import { LANES_MAX } from '../../scenario/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { sizeChargesOf, tradingFee } from '../charges.ts';
import { doubtParameters, gridForm } from '../doubt.ts';
import { hold } from '../holdings.ts';
import { amountsOf, LINE_NAMES } from '../lines.ts';
import { fillsOf, isReached } from '../orders.ts';
import { type CoinParameters, type GridParameters, gridDefaults, rangesOf } from '../parameters.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Contribution, Line, MarginModel, Requirement } from '../requirement.ts';
import { type GridBook, judgeLines, type Lines } from './grid-lines.ts';
import { pegLanes, strikeNodes, tooManyNodes } from './own-lanes.ts';

/** The book of `grid`; of a model that differs from it in nothing but its rows, by that model's method. */
export function buildGridBook(
  products: readonly Product[],
  observed: Market,
  parameters: GridParameters,
  method?: RowMethod,
): GridBook | Refusal {
  const doubt = doubtParameters(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const nodes = strikeNodes(known, market, parameters);
  const lanes = [...parameters.scenarios.lanes, ...pegLanes(known, parameters), ...nodes];
  if (lanes.length > LANES_MAX) return tooManyNodes(lanes.length, nodes.length);
  const ranges = (asset: string) => rangesOf(parameters, asset, underlyingOf(market, asset) !== undefined);
  const risk = buildRiskBook(known, market, lanes, ranges, method);
  if (isRefusal(risk)) return risk;
  const isLost = (product: Product) => product.kind === 'structured' && risk.refused.has(product.id);
  if (known.some(isLost)) {
    // A payoff that is refused brings no lanes either: the rest is a book of its own.
    const others = products.filter((product) => !isLost(product));
    return refusing(risk.refused, buildGridBook(others, observed, parameters, method));
  }
  return refusing(strangers, rebookGrid(risk, parameters));
}

function refusing(refused: RiskBook['refused'], book: GridBook | Refusal): GridBook | Refusal {
  if (isRefusal(book)) return book;
  return { ...book, risk: { ...book.risk, refused: new Map([...book.risk.refused, ...refused]) } };
}

/** The book of `grid` from its risk arrays: the plan of joint moves follows from lanes and ranges, so no file holds it. */
export function rebookGrid(risk: RiskBook, parameters: GridParameters): GridBook | Refusal {
  return (
    doubtParameters(parameters) ?? {
      model: 'grid',
      risk,
      parameters: digestValue(parameters),
      given: parameters,
      plan: planCombine(risk, parameters.correlations, parameters.retained, driversOf(parameters)),
    }
  );
}

/** Every named coin, and one that stands for all others, may drive a joint move. */
function driversOf(parameters: GridParameters): Map<string, CoinParameters> {
  return new Map([...Object.entries(parameters.coins), [UNNAMED_DRIVER, parameters.otherCoin]]);
}

function requireGrid(portfolio: Portfolio, book: GridBook): Requirement | Refusal {
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
  const { maintenance, release, initial, staying } = lines;
  const credit = [staying.initial - initial.amount, staying.release - initial.amount].reduce(
    (most, missing) => (missing > most ? missing : most),
    0n,
  );
  return {
    maintenance,
    release,
    initial,
    contributions: contributionsOf(initial, book, holdings, fills),
    holdings,
    fills,
    locked: usd(owedUp(Math.max(0, unsettled)) + credit),
    orders: fills.length === 0 ? 'exact' : ordersOf(book, holdings, fills, lines),
  };
}

/** `exact` where the fills that a line counts, tried in full, need as much as it says. */
function ordersOf(book: GridBook, holdings: Holdings, fills: readonly Fill[], lines: Lines) {
  const harmful = LINE_NAMES.map((line) => {
    const { sweep: swept, combined } = lines[line];
    const parts = attributeFills(swept, combined, book.plan, fills.length);
    return fills.filter((_, i) => parts[i]! < 0);
  });
  const isExact = isReached(amountsOf(lines), harmful, holdings, (after) =>
    amountsOf(judgeLines(book, { holdings: after, fills: [] })),
  );
  return isExact ? 'exact' : 'bound';
}

function contributionsOf(
  { sweep: swept, combined, swept: loss }: Line,
  { plan }: GridBook,
  held: Holdings,
  fills: readonly Fill[],
): Contribution[] {
  const legs = attribute(swept, combined, plan);
  const orders = attributeFills(swept, combined, plan, fills.length);
  const amounts = settleParts(Float64Array.of(...legs, ...orders), loss);
  const quantityOf = new Map(Array.from(held.rows, (row, i) => [row, held.quantities[i]!]));
  const ofLegs = Array.from(legs, (_, i): Contribution => {
    const row = swept.holdings.rows[i]!;
    return { row, quantity: quantityOf.get(row)!, amount: amounts[i]! };
  });
  const ofOrders = fills.map(({ order, legs: [position] }, i): Contribution => {
    return { ...position!, order, amount: amounts[legs.length + i]! };
  });
  return [...ofLegs, ...ofOrders];
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
};
