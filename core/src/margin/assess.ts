// Where an account stands: equity, requirement, and what is left between them.

import { creditDown, digestValue, isRefusal, owedUp, type Refusal, type Usd, usd } from '../base/index.ts';
import type { RiskBook } from '../risk/index.ts';
import { optionValue } from './charges.ts';
import { hold } from './holdings.ts';
import type { GridBook } from './models/grid.ts';
import type { GridParameters } from './parameters.ts';
import type { Portfolio } from './portfolio.ts';
import type { MarginModel, Requirement, Standing } from './requirement.ts';

/** What may not be withdrawn although it counts as equity: net long option value (as credited) and unsettled profit. */
function lockedUp(
  book: RiskBook,
  requirement: Requirement,
  unsettled: number,
  parameters: GridParameters,
): number {
  let locked = Math.max(0, unsettled);
  for (const underlying of book.groups.underlyings) {
    const seen = { book, holdings: requirement.swept.holdings, parameters };
    locked += optionValue(seen, underlying).credited;
  }
  return locked;
}

/** Equity at the marks: every balance and position at what the market says, in row order, rounded down. */
function equityOf(requirement: Requirement, book: RiskBook): Usd {
  const { rows, quantities } = requirement.swept.holdings;
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

/**
 * Equity, requirement and excess of one account. Refuses what the model refuses: a product without a market, an order it cannot margin.
 * @example assess(portfolio, book, grid) // { equity, requirement, excess: { maintenance, release, initial }, ... }
 */
export function assess(
  portfolio: Portfolio,
  book: GridBook,
  model: MarginModel<GridParameters, GridBook>,
): Standing | Refusal {
  const requirement = model.require(portfolio, book);
  if (isRefusal(requirement)) return requirement;
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  const equity = equityOf(requirement, book.risk);
  const over = (line: 'maintenance' | 'release' | 'initial') => usd(equity - requirement[line].amount);
  const excess = { maintenance: over('maintenance'), release: over('release'), initial: over('initial') };
  const locked = owedUp(lockedUp(book.risk, requirement, held.unsettled, book.given));
  const free = excess.initial - locked;
  const digest = digestValue([
    'plimsoll requirement v1',
    model.id,
    book.risk.digest,
    book.parameters,
    digestPortfolio(portfolio),
  ]);
  return { equity, requirement, excess, withdrawable: usd(free > 0n ? free : 0n), digest };
}
