// What accounts are worth after a jump, closed out there: the fund's view of a stress.

import {
  creditDown,
  type Instant,
  isRefusal,
  MS_PER_DAY,
  owedUp,
  type Refusal,
  type Usd,
  usd,
} from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import { greeks, price } from '../../pricing/index.ts';
import { expiryOf, isPremium, type Product } from '../../product/index.ts';
import { levelsOf, measureColumns, withExpiries } from '../../risk/index.ts';
import type { Move } from '../../scenario/index.ts';
import { type FundNeed, fundNeed, type Remainder } from '../fund.ts';
import { hold, type Measured } from '../holdings.ts';
import type { Portfolio } from '../portfolio.ts';
import { settleExpired } from '../trade.ts';
import { type Axis, type Jump, jumped, jumpOf, moved } from './axis.ts';
import { type Crowd, crowdsOf, of } from './crowd.ts';
import type { Subject } from './walk.ts';

/** A pool of an account and who answers for it. */
export interface Debtor {
  readonly account: string;
  readonly owner?: string;
  readonly subject: Subject;
}

/** Debtors ready to be taken along. */
export interface Debtors {
  /** What the fund needs after these steps along axes, or after these moves. */
  readonly needAt: (scenario: string, steps: readonly (readonly [Axis, number])[]) => FundNeed | Refusal;
  readonly needAfter: (scenario: string, moves: readonly Move[]) => FundNeed | Refusal;
}

/** Products measured in a moved market: marks and sensitivities alone, since a jump that is over has no scenarios. */
function measure(products: readonly Product[], market: Market): Measured | Refusal {
  for (const product of products) {
    const known = (product.kind === 'structured' ? greeks : price)(product, market);
    if (isRefusal(known)) return known;
  }
  return {
    products,
    indexOf: new Map(products.map(({ id }, row) => [id, row])),
    refused: new Map(),
    columns: measureColumns(products, market),
    levels: levelsOf(market),
  };
}

/** Equity at the marks, rounded down, less what closing costs, rounded up: dear is only what must be closed, so a bought option costs its worth at most. */
function leftOf(portfolio: Portfolio, measured: Measured, costs: Float64Array | undefined): Usd | Refusal {
  const held = hold(portfolio, measured);
  if (isRefusal(held)) return held;
  const { rows, quantities } = held.holdings;
  const { value } = measured.columns;
  let [equity, cost] = [0, 0];
  rows.forEach((row, i) => {
    const quantity = quantities[i]!;
    const product = measured.products[row]!;
    equity += quantity * value[row]!;
    const unit = costs?.[row] ?? 0;
    if (product.kind === 'asset') cost += Math.max(0, -quantity) * unit;
    else if (quantity > 0 && isPremium(product)) cost += quantity * Math.min(unit, value[row]!);
    else cost += Math.abs(quantity) * unit;
  });
  return usd(creditDown(equity) - owedUp(cost));
}

/** What every member of a crowd is left with, by its place. */
function remaindersOf(crowd: Crowd, { moves, days }: Jump, left: Usd[]): Refusal | undefined {
  const { market, model, parameters, smile, products, members } = crowd;
  const at = (market.at + days * MS_PER_DAY) as Instant;
  const still = jumped(market, moves, smile);
  const alive = products.filter(
    (product) => days === 0 || (expiryOf(product) ?? Number.POSITIVE_INFINITY) > at,
  );
  const after = days === 0 ? still : moved(still, [[{ kind: 'days' }, days]], smile);
  const measured = measure(alive, withExpiries(after, alive));
  if (isRefusal(measured)) return measured;
  const costs = model.closingCosts?.(measured, parameters);
  for (const { at: place, portfolio } of members) {
    const settled = days === 0 ? portfolio : settleExpired(portfolio, still, at);
    if (isRefusal(settled)) return of(portfolio.account, settled);
    const own = leftOf(settled, measured, costs);
    if (isRefusal(own)) return of(portfolio.account, own);
    left[place] = own;
  }
  return undefined;
}

/**
 * Accounts for a stress (M-159): each pool jumps to the moved market with all it holds, nothing being closed on the way (a gap leaves no time), and is
 * closed there at the model's close-out cost; models without that charge close at the marks. An isolated pool's debt is its owner's like any
 * other's. Refuses what the model refuses of the products today, and what has no price there.
 * @example debtorsOf(debtors).needAt('BTC -40 %', [[{ kind: 'spot', underlying: 'BTC' }, -0.4]])
 */
export function debtorsOf(debtors: readonly Debtor[]): Debtors | Refusal {
  const crowds = crowdsOf(debtors.map(({ subject }) => subject));
  if (isRefusal(crowds)) return crowds;
  const needOf = (scenario: string, jump: Jump): FundNeed | Refusal => {
    const left: Usd[] = [];
    for (const crowd of crowds) {
      const refused = remaindersOf(crowd, jump, left);
      if (refused !== undefined) return refused;
    }
    const remainders = debtors.map(({ account, owner }, i): Remainder => {
      return { account, left: left[i]!, ...(owner === undefined ? {} : { owner }) };
    });
    return fundNeed(scenario, remainders);
  };
  return {
    needAt: (scenario, steps) => needOf(scenario, jumpOf(steps)),
    needAfter: (scenario, moves) => needOf(scenario, { moves, days: 0 }),
  };
}
