// The model `deribit-pm`: Deribit's portfolio margin, the extended risk matrix, on the shared sweep.

import { digestValue, isRefusal, type Refusal, refuse } from '../../../base/index.ts';
import { type Market, underlyingOf } from '../../../market/index.ts';
import { compareProducts, type Product } from '../../../product/index.ts';
import { buildRiskBook, planCombine, type RiskBook, withExpiries } from '../../../risk/index.ts';
import { strangersOf, withPar } from '../../assets.ts';
import type { MarginModel } from '../../requirement.ts';
import { requireSwept, type SweepingBook, type SweepRules } from '../sweeping.ts';
import { currencyOf, haircutCharges, shockCharges } from './portfolio-charges.ts';
import { portfolioFacts } from './portfolio-facts.ts';
import { doubtPortfolio, portfolioForm } from './portfolio-form.ts';
import { matrixRows, pmLanes } from './portfolio-lanes.ts';
import { type DeribitPortfolioParameters, deribitPortfolioHistory } from './portfolio-parameters.ts';
import { type Aggregation, aggregatedCell, EXTENDED_MOVES, STANDARD_CELLS } from './risk-matrix.ts';

/** A book of the matrix: rows in settlement currencies at today's index. */
export interface DeribitPortfolioBook extends SweepingBook {
  readonly given: DeribitPortfolioParameters;
}

const defaults = deribitPortfolioHistory[2].parameters;

/** A product the parameters have no matrix or no currency for. */
function refuses(product: Product, { pairs, currencies, pegs }: DeribitPortfolioParameters) {
  const { id, kind, underlying } = product;
  if (kind === 'structured') {
    return refuse('not-supported', 'Deribit lists no such payoff; margin it under grid, or remove it.', id);
  }
  const isKnown = (name: string) => Object.hasOwn(currencies, name) || Object.hasOwn(pegs, name);
  if (kind === 'asset' ? isKnown(id) : Object.hasOwn(pairs, underlying) && isKnown(currencyOf({ product }))) {
    return undefined;
  }
  const message = `the matrix of ${underlying} is not known on this day; name it under pairs and currencies in the parameters.`;
  return refuse('not-supported', message, id);
}

function buildBook(
  products: readonly Product[],
  observed: Market,
  parameters: DeribitPortfolioParameters,
): DeribitPortfolioBook | Refusal {
  const doubt = doubtPortfolio(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  for (const product of products) {
    const refusal = strangers.has(product.id) ? undefined : refuses(product, parameters);
    if (refusal !== undefined) strangers.set(product.id, refusal);
  }
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const ranges = (asset: string) => {
    const isCoin = underlyingOf(market, asset) !== undefined;
    const range = isCoin ? (parameters.pairs[asset]?.priceRange ?? 0) : 0;
    return { maintenance: range, initial: range };
  };
  const risk = buildRiskBook(known, market, pmLanes(parameters), ranges, matrixRows(parameters));
  if (isRefusal(risk)) return risk;
  return rebook({ ...risk, refused: new Map([...risk.refused, ...strangers]) }, parameters);
}

function rebook(risk: RiskBook, parameters: DeribitPortfolioParameters): DeribitPortfolioBook | Refusal {
  const doubt = doubtPortfolio(parameters);
  if (doubt !== undefined) return doubt;
  for (const product of risk.products) {
    const refusal = refuses(product, parameters);
    if (refusal !== undefined) return refusal;
  }
  return {
    model: 'deribit-pm',
    risk,
    parameters: digestValue(parameters),
    given: parameters,
    // Nothing that one coin gains is set against another's loss: everything of an offset is kept.
    plan: planCombine(risk, { unnamed: 0, pairs: {}, stress: 0 }, 1),
  };
}

/** How cells of a coin's currency are aggregated, in dollars at today's index. */
export function aggregationOf(
  { risk, given }: DeribitPortfolioBook,
  underlying: string,
  currency: string,
): Aggregation {
  return {
    pair: given.pairs[underlying]!,
    currency: given.currencies[currency]!,
    settlement: currency === 'USD' ? 'linear' : 'inverse',
    index: risk.levels.coins.get(underlying)!.index,
    unitUsd: 1,
  };
}

/** What of a cell's sum counts, dollars in and out: the same as in coins at today's index. */
function countedCell(
  book: DeribitPortfolioBook,
  underlying: string,
  currency: string,
  lane: number,
  pnl: number,
) {
  // A balance is no part of the matrix.
  if (book.given.pairs[underlying] === undefined) return pnl;
  const by = aggregationOf(book, underlying, currency);
  const move = lane < STANDARD_CELLS ? undefined : EXTENDED_MOVES[lane - STANDARD_CELLS];
  if (by.settlement === 'linear') return aggregatedCell(pnl, move, by);
  const coins = aggregatedCell(pnl / by.index, move, { ...by, unitUsd: by.index });
  return coins * by.index;
}

const rules: SweepRules<DeribitPortfolioBook> = {
  feeOf: ({ risk, given: { fees } }, row, size) => {
    const product = risk.products[row]!;
    const { index } = risk.levels.coins.get(product.underlying)!;
    const { value, delta } = risk.columns;
    return product.kind === 'option'
      ? size * Math.min(fees.option * index, fees.optionCap * value[row]!)
      : size * Math.abs(delta[row]!) * index * fees.future;
  },
  factorOf: ({ given }, line) => (line === 'maintenance' ? given.mmFactor : 1),
  chargesOf: ({ given }, line, { view }) => [
    ...shockCharges(view, given, line),
    ...(line === 'initial' ? haircutCharges(view, given) : []),
  ],
  releaseBuffer: () => 0,
  withdraws: 'settled-only',
  counting: { keyOf: (product) => currencyOf({ product }), cell: countedCell },
};

/** Deribit's portfolio margin, S:PM of one currency or X:PM of several. See docs/venues/deribit.md, rules M-102 to M-108. */
export const deribitPortfolio: MarginModel<DeribitPortfolioParameters, DeribitPortfolioBook> = {
  id: 'deribit-pm',
  defaults,
  facts: portfolioFacts,
  form: portfolioForm,
  book: buildBook,
  rebook,
  require: (portfolio, book) => requireSwept(portfolio, book, rules),
};
