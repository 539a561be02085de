// Where an account stands: equity, requirement, and what is left between them.

import {
  creditDown,
  type Digest,
  digestValue,
  isRefusal,
  type Refusal,
  type Usd,
  usd,
} from '../base/index.ts';
import type { Holdings, RiskBook } from '../risk/index.ts';
import type { Portfolio } from './portfolio.ts';
import type { LineName, MarginBook, MarginModel, ModelParameters, Standing } from './requirement.ts';

/** The version of docs/methodology.md. Raised when a rule asks for another number than before; a file made under another is refused. */
export const METHODOLOGY_VERSION = 1;

/** Equity at the marks: every balance and position at what the market says, in row order, rounded down. @example equityOf(held.holdings, book.risk) */
export function equityOf({ rows, quantities }: Holdings, book: RiskBook): Usd {
  let equity = 0;
  for (let i = 0; i < rows.length; i++) equity += quantities[i]! * book.columns.value[rows[i]!]!;
  return creditDown(equity);
}

/** A digest of a portfolio that does not depend on the order of its lists. */
function digestPortfolio(portfolio: Portfolio): string {
  const byText = (items: readonly unknown[]) => items.map((item) => digestValue(item)).sort();
  const positions = portfolio.positions.map(({ product, ...rest }) => ({ product: product.id, ...rest }));
  const orders = portfolio.orders.map(({ product, ...rest }) => ({ product: product.id, ...rest }));
  return digestValue([portfolio.account, byText(portfolio.balances), byText(positions), byText(orders)]);
}

/** Identifies a requirement: book, parameters and portfolio together, whatever the order of its lists (M-33). */
export function requirementDigest(portfolio: Portfolio, book: MarginBook): Digest {
  return digestValue([
    'plimsoll requirement v1',
    book.model,
    book.risk.digest,
    book.parameters,
    digestPortfolio(portfolio),
  ]);
}

/**
 * Equity, requirement and excess of one account. Refuses what the model refuses: a product without a market, an order it cannot margin.
 * @example assess(portfolio, book, grid) // { equity, requirement, excess: { maintenance, release, initial }, withdrawable }
 */
export function assess<Parameters extends ModelParameters, Book extends MarginBook>(
  portfolio: Portfolio,
  book: Book,
  model: MarginModel<Parameters, Book>,
): Standing | Refusal {
  const requirement = model.require(portfolio, book);
  if (isRefusal(requirement)) return requirement;
  const equity = equityOf(requirement.holdings, book.risk);
  const over = (line: LineName) => usd(equity - requirement[line].amount);
  const excess = { maintenance: over('maintenance'), release: over('release'), initial: over('initial') };
  const free = excess.initial - requirement.locked;
  return { equity, requirement, excess, withdrawable: usd(free > 0n ? free : 0n) };
}
