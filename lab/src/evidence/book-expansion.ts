// How wrong the expansion of the model `greeks` is against full revaluation: leg by leg and lane by lane, and in the requirement.

import {
  assess,
  dollars,
  greeksDefaults,
  greeksModel,
  type Market,
  measureExpansion,
  type Portfolio,
  productsOf,
  withExpiries,
} from '@plimsoll/core';
import { orThrow } from './data.ts';

/** The expansion of one leg in one lane against full revaluation. */
export interface CellError {
  readonly product: string;
  readonly scenario: string;
  /** Dollars of the whole leg, damped as the lane is; by size. */
  readonly usd: number;
  /** Of one unit, as a share of the index. */
  readonly share: number;
}

/** What became of the expansion of one book's options. */
export interface ExpansionFound {
  /** Options times lanes, and how many of them are revalued instead. */
  readonly cells: number;
  readonly fellBack: number;
  /** The most wrong in dollars among the cells that stand; absent where there are none. */
  readonly kept: CellError | undefined;
  /** The same among those that were revalued: in the tails, and in all other scenarios. */
  readonly tail: CellError | undefined;
  readonly near: CellError | undefined;
  /** Dollars of the lines if the expansion stood in every cell where it is not wrong by more than the whole forward. */
  readonly trusted: { readonly maintenance: number; readonly initial: number };
}

/** Guard that lets all pass that could pass for a price. */
const TRUSTING = { ...greeksDefaults, expansion: { ...greeksDefaults.expansion, tolerance: 1 } };

function trustedOf(portfolio: Portfolio, market: Market): ExpansionFound['trusted'] {
  const book = orThrow(greeksModel.book(productsOf(portfolio), market, TRUSTING));
  const { maintenance, initial } = orThrow(assess(portfolio, book, greeksModel)).requirement;
  return { maintenance: dollars(maintenance.amount), initial: dollars(initial.amount) };
}

function worstOf(cells: readonly CellError[]): CellError | undefined {
  return cells.length === 0 ? undefined : cells.reduce((most, one) => (most.usd >= one.usd ? most : one));
}

/** The errors of a book's expansion; undefined where it holds no options. */
export function expansionOf(portfolio: Portfolio, observed: Market): ExpansionFound | undefined {
  const options = portfolio.positions.filter(({ product }) => product.kind === 'option');
  if (options.length === 0) return undefined;
  const { risk, expansion } = orThrow(greeksModel.book(productsOf(portfolio), observed, greeksDefaults));
  const market = withExpiries({ ...observed, pegs: risk.levels.pegs }, risk.products);
  const measure = measureExpansion(risk, expansion!, market);
  const errors = options.flatMap(({ product, quantity }) => {
    const { index } = risk.levels.coins.get(product.underlying)!;
    const row = risk.indexOf.get(product.id)!;
    return risk.lanes.map((_, lane) => {
      const { error, scenario, used } = measure.at(row, lane);
      const size = Math.abs(error);
      return { product: product.id, scenario, used, usd: size * Math.abs(quantity), share: size / index };
    });
  });
  const replaced = errors.filter(({ used }) => used === 'full');
  const isTail = ({ scenario }: CellError) => scenario.includes('/tail');
  return {
    cells: errors.length,
    fellBack: replaced.length,
    kept: worstOf(errors.filter(({ used }) => used === 'expanded')),
    tail: worstOf(replaced.filter(isTail)),
    near: worstOf(replaced.filter((cell) => !isTail(cell))),
    trusted: trustedOf(portfolio, observed),
  };
}
