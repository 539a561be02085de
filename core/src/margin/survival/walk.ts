// An account taken along: the same positions and orders judged by the same model in another market.

import { type Instant, isRefusal, MS_PER_DAY, type Refusal, type Usd } from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import { expiryOf, type Product } from '../../product/index.ts';
import { withExpiries } from '../../risk/index.ts';
import type { SmileRule } from '../../scenario/index.ts';
import { assessPool, type PoolStanding } from '../accounts/account.ts';
import type { Treatment } from '../accounts/pools.ts';
import { productsOf } from '../holdings.ts';
import type { Portfolio } from '../portfolio.ts';
import type { LineName, MarginModel, ModelParameters } from '../requirement.ts';
import { carryBids, settleExpired, withEntries } from '../trade.ts';
import { type Axis, moved } from './axis.ts';

/** One pool of an account and how it is judged: `poolsOf` gives the pools of an account with isolated positions. */
export interface Subject {
  readonly portfolio: Portfolio;
  readonly market: Market;
  readonly model: MarginModel;
  readonly parameters: ModelParameters;
  readonly treatment: Exclude<Treatment, 'isolated'>;
  readonly smile: SmileRule;
}

/** What can be crossed: a line, where excess reaches zero, or bankruptcy, where equity does. From the first to the last. */
export type Threshold = LineName | 'bankruptcy';
export const THRESHOLDS = [
  'initial',
  'release',
  'maintenance',
  'bankruptcy',
] as const satisfies readonly Threshold[];

/** Where the pool stands in one market. */
export interface Reading {
  readonly equity: Usd;
  readonly excess: Readonly<Record<LineName, Usd>>;
}

/** What is above a threshold, signed: excess over a line, equity over bankruptcy. @example leftOf(reading, 'bankruptcy') // equity */
export function leftOf({ equity, excess }: Reading, threshold: Threshold): Usd {
  return threshold === 'bankruptcy' ? equity : excess[threshold];
}

/** The deepest threshold that is crossed, or `clear`. @example depthOf(reading) // 'maintenance': below it, and still worth something */
export function depthOf(reading: Reading): 'clear' | Threshold {
  return THRESHOLDS.findLast((threshold) => leftOf(reading, threshold) < 0n) ?? 'clear';
}

/** A pool ready to be taken along: its market cut to what it touches, entries noted, so that a move shows its profit or loss. */
export interface Walk {
  readonly market: Market;
  readonly products: readonly Product[];
  /** The market after these moves, bids carried along (M-69). */
  readonly marketAt: (steps: Steps) => Market;
  readonly read: (steps: Steps) => PoolStanding | Refusal;
  /** Books built and accounts judged so far. */
  readonly assessments: () => number;
}

/** Axes, each with how far. */
export type Steps = readonly (readonly [Axis, number])[];

/** A market of the products' coins and expiries alone, with the pegs a book takes for granted: less to move each time. */
export function marketOf(
  products: readonly Product[],
  { market, model, parameters }: Pick<Subject, 'market' | 'model' | 'parameters'>,
): Market | Refusal {
  const book = model.book(products, market, parameters);
  if (isRefusal(book)) return book;
  const { pegs } = book.risk.levels;
  const coins = new Set(products.map(({ underlying }) => underlying));
  const expiries = new Set(products.map(expiryOf));
  const wide = withExpiries({ ...market, pegs }, products);
  // A payoff may ask for any expiry at all.
  const open = products.some(({ kind }) => kind === 'structured');
  const underlyings = wide.underlyings
    .filter(({ underlying }) => coins.has(underlying))
    .map((coin) => ({ ...coin, slices: coin.slices.filter(({ expiry }) => open || expiries.has(expiry)) }));
  return { ...wide, underlyings };
}

/**
 * Gets a pool ready. Refuses what the model refuses of it today.
 * @example setOut({ portfolio, market, model: grid, parameters: gridDefaults, treatment: 'portfolio', smile: 'sticky-strike' })
 */
export function setOut(subject: Subject): Walk | Refusal {
  const { model, parameters, treatment, smile } = subject;
  const products = productsOf(subject.portfolio);
  const market = marketOf(products, subject);
  if (isRefusal(market)) return market;
  const portfolio = withEntries(subject.portfolio, market);
  if (isRefusal(portfolio)) return portfolio;
  let count = 0;
  const marketAt = (steps: Steps) => carryBids(moved(market, steps, smile), market, products);
  const read = (steps: Steps): PoolStanding | Refusal => {
    count++;
    const days = steps.reduce((sum, [axis, move]) => (axis.kind === 'days' ? sum + move : sum), 0);
    const at = (market.at + days * MS_PER_DAY) as Instant;
    const still = steps.filter(([axis]) => axis.kind !== 'days');
    const alive = days === 0 ? portfolio : settleExpired(portfolio, moved(market, still, smile), at);
    if (isRefusal(alive)) return alive;
    const book = model.book(productsOf(alive), marketAt(steps), parameters);
    if (isRefusal(book)) return book;
    return assessPool({ kind: 'shared', name: alive.account, portfolio: alive }, book, model, treatment);
  };
  return { market, products, marketAt, read, assessments: () => count };
}
