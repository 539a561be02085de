// Many pools taken along together: one market and one book serve all of them wherever the market goes, as at a venue.

import { isRefusal, type Refusal } from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import type { Product } from '../../product/index.ts';
import { productsOf } from '../holdings.ts';
import type { Portfolio } from '../portfolio.ts';
import type { MarginBook } from '../requirement.ts';
import { carryBids, withEntries } from '../trade.ts';
import { moved } from './axis.ts';
import { marketOf, type Steps, type Subject } from './walk.ts';

/** What a crowd shares. */
type Shared = Pick<Subject, 'market' | 'model' | 'parameters' | 'smile'>;

/** A pool of a crowd: its entries noted, so that a move shows its profit or loss, and its place among the pools it came with. */
export interface Member {
  readonly at: number;
  readonly portfolio: Portfolio;
  readonly treatment: Subject['treatment'];
}

/** Pools ready to be taken along together. */
export interface Crowd extends Shared {
  /** Cut to the coins and expiries of all its pools, with every peg. */
  readonly market: Market;
  readonly products: readonly Product[];
  readonly members: readonly Member[];
  readonly marketAt: (steps: Steps) => Market;
  /** The one book after these steps; days are no step of a crowd, since what expires differs from pool to pool. */
  readonly bookAt: (steps: Steps) => MarginBook | Refusal;
}

function sharedBy(a: Subject, b: Subject): boolean {
  return a.market === b.market && a.model === b.model && a.parameters === b.parameters && a.smile === b.smile;
}

function crowdOf(
  subjects: readonly { readonly subject: Subject; readonly at: number }[],
  { market: observed, model, parameters, smile }: Shared,
): Crowd | Refusal {
  const all = subjects.flatMap(({ subject }) => productsOf(subject.portfolio));
  const products = [...new Map(all.map((product) => [product.id, product])).values()];
  const market = marketOf(products, { market: observed, model, parameters });
  if (isRefusal(market)) return market;
  const members: Member[] = [];
  for (const { subject, at } of subjects) {
    const portfolio = withEntries(subject.portfolio, market);
    if (isRefusal(portfolio)) return of(subject.portfolio.account, portfolio);
    members.push({ at, portfolio, treatment: subject.treatment });
  }
  return withParameters({ market, model, smile, products, members }, parameters);
}

/** A crowd judged with these parameters. */
export function withParameters(
  crowd: Pick<Crowd, 'market' | 'model' | 'smile' | 'products' | 'members'>,
  parameters: Crowd['parameters'],
): Crowd {
  const { market, model, smile, products } = crowd;
  const marketAt = (steps: Steps) => moved(market, steps, smile);
  const bookAt = (steps: Steps) =>
    model.book(products, carryBids(marketAt(steps), market, products), parameters);
  return { ...crowd, parameters, marketAt, bookAt };
}

/** A refusal that says whose it is. */
export function of(account: string, refusal: Refusal): Refusal {
  return { ...refusal, where: refusal.where === undefined ? account : `${account}: ${refusal.where}` };
}

/**
 * Pools by what they share, in the order of the first of each. A book of all their products asks of a pool what `assess` does beside the others: lanes that
 * the others bring along (near strikes, stable assets) are its as well. Refuses what the model refuses of the products today.
 * @example crowdsOf(subjects).length // 1 where market, model, parameters and smile are the same objects
 */
export function crowdsOf(subjects: readonly Subject[]): Crowd[] | Refusal {
  const groups: { first: Subject; own: { subject: Subject; at: number }[] }[] = [];
  for (const [at, subject] of subjects.entries()) {
    const group = groups.find(({ first }) => sharedBy(first, subject));
    if (group === undefined) groups.push({ first: subject, own: [{ subject, at }] });
    else group.own.push({ subject, at });
  }
  const crowds: Crowd[] = [];
  for (const { first, own } of groups) {
    const crowd = crowdOf(own, first);
    if (isRefusal(crowd)) return crowd;
    crowds.push(crowd);
  }
  return crowds;
}
