// An owner's accounts together: what trades out one account's risk trades against the other's, so sizes count as one (M-68).

import { isRefusal, type Refusal, type Usd, usd } from '../../base/index.ts';
import { isPremium } from '../../product/index.ts';
import { type Fill, type Holdings, holdingsOf } from '../../risk/index.ts';
import { perLine } from '../lines.ts';
import type { Owner, Portfolio } from '../portfolio.ts';
import type { Charge, MarginBook, MarginModel } from '../requirement.ts';
import { type AccountStanding, assessAccount, type PoolStanding, standPool } from './account.ts';
import type { Treatment } from './pools.ts';

/** One charge on size over all pools of an owner: what they are charged apart, what together, and who bears the difference. */
export interface GroupCharge {
  readonly name: Charge['name'];
  readonly underlying: string | undefined;
  readonly apart: Usd;
  readonly together: Usd;
  /** By pool, in the order of `poolStandings`; they sum to `together - apart` where that is positive and anybody can bear it. */
  readonly shares: readonly Usd[];
}

/** Every account of an owner, concentration included. */
export interface OwnerStanding {
  readonly owner: string | undefined;
  /** Accounts and their sub-accounts in the owner's order; a sub-account is named `account/sub-account`. */
  readonly accounts: readonly AccountStanding[];
  readonly groups: readonly GroupCharge[];
}

/**
 * Accounts and sub-accounts in one list, sub-accounts after their account and named by both.
 * @example membersOf(owner).map(({ account }) => account) // ['desk-1', 'desk-1/alpha']
 */
export function membersOf({ accounts }: Owner): Portfolio[] {
  return accounts.flatMap(({ portfolio, subaccounts }) => [
    portfolio,
    ...subaccounts.map((own) => ({ ...own, account: `${portfolio.account}/${own.account}` })),
  ]);
}

/** Every pool of some accounts, in a stated order: account by account, the shared one first. */
export function poolStandings(accounts: readonly AccountStanding[]): PoolStanding[] {
  return accounts.flatMap(({ shared, isolated }) => [shared, ...isolated]);
}

/** What is held, and what open orders would change. */
interface Size {
  readonly holdings: Holdings;
  readonly fills: readonly Fill[];
}

/** The size of a pool, whatever parts it was judged in. */
function sizeOfPool({ parts }: PoolStanding): Size {
  return together(parts.map(({ standing }) => standing.requirement));
}

function together(all: readonly Size[]): Size {
  const quantities = new Map<number, number>();
  for (const { holdings } of all) {
    holdings.rows.forEach((row, i) => {
      quantities.set(row, (quantities.get(row) ?? 0) + holdings.quantities[i]!);
    });
  }
  return { holdings: holdingsOf(quantities), fills: all.flatMap(({ fills }) => fills) };
}

/** Bought options can be let go (M-19): who holds nothing else has nothing that must be traded. */
function mustTrade({ pool }: PoolStanding): boolean {
  const { positions, balances, orders } = pool.portfolio;
  const paidFor = positions.every(({ product, quantity }) => isPremium(product) && quantity >= 0);
  return !paidFor || orders.length > 0 || balances.some(({ quantity }) => quantity < 0);
}

/** `amount` split by weight, to the unit: each takes what the running sum has reached, rounded down. */
export function splitByWeight(amount: Usd, weights: readonly Usd[]): Usd[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  let [weighed, given] = [0n, 0n];
  return weights.map((weight) => {
    weighed += weight;
    const reached = total === 0n ? 0n : (amount * weighed) / total;
    const share = reached - given;
    given = reached;
    return usd(share);
  });
}

type SizeCharges = (size: Size) => readonly Charge[];

const keyOf = ({ name, underlying }: Charge) => `${name}/${underlying ?? ''}`;

/** The group charges of pools: each charge on size once over all holdings and open orders, and the excess over the pools' own given back pro rata. */
function groupsOf(pools: readonly PoolStanding[], sizeCharges: SizeCharges): GroupCharge[] {
  const sizes = pools.map(sizeOfPool);
  const own = sizes.map((size) => new Map(sizeCharges(size).map((item) => [keyOf(item), item.amount])));
  const bearers = pools.map(mustTrade);
  return sizeCharges(together(sizes)).flatMap((group) => {
    const amounts = own.map((charges) => charges.get(keyOf(group)) ?? (0n as Usd));
    const apart = usd(amounts.reduce((sum, amount) => sum + amount, 0n));
    const excess = usd(group.amount > apart ? group.amount - apart : 0n);
    if (excess === 0n) return [];
    const weights = amounts.map((amount, i) => (bearers[i] ? amount : (0n as Usd)));
    const { name, underlying, amount } = group;
    return [{ name, underlying, apart, together: amount, shares: splitByWeight(excess, weights) }];
  });
}

/** A pool with its shares of the group charges on every line. */
function withShares(standing: PoolStanding, groups: readonly GroupCharge[], at: number): PoolStanding {
  const shares = groups.flatMap(({ name, underlying, apart, together: all, shares: given }): Charge[] => {
    const amount = given[at]!;
    if (amount === 0n) return [];
    const inputs = { apart: Number(apart) / 1e8, together: Number(all) / 1e8 };
    const owed = name === 'concentration' ? 'owner-concentration' : 'owner-vega-concentration';
    return [{ name: owed, ...(underlying === undefined ? {} : { underlying }), amount, inputs }];
  });
  if (shares.length === 0) return standing;
  const added = perLine((line) => [...standing.added[line], ...shares]);
  return standPool(standing.pool, standing.parts, standing.equity, added);
}

/**
 * All accounts of an owner under one treatment. Accounts and sub-accounts net with nothing of each other; concentration and vega concentration
 * are taken on their sizes together, and what that is more than the sum of their own is borne by them pro rata. Refuses what the model
 * refuses of any of them.
 * @example assessOwner({ accounts: [{ portfolio, subaccounts: [] }] }, book, grid, 'portfolio').accounts[0].shared.excess
 */
export function assessOwner(
  owner: Owner,
  book: MarginBook,
  model: MarginModel,
  treatment: Treatment,
): OwnerStanding | Refusal {
  const accounts: AccountStanding[] = [];
  for (const portfolio of membersOf(owner)) {
    const standing = assessAccount(portfolio, book, model, treatment);
    if (isRefusal(standing)) return standing;
    accounts.push(standing);
  }
  const pools = poolStandings(accounts);
  const groups =
    pools.length > 1 && model.sizeCharges !== undefined
      ? groupsOf(pools, ({ holdings, fills }) => model.sizeCharges!(holdings, fills, book))
      : [];
  let next = 0;
  const shared = accounts.map((account): AccountStanding => {
    const take = (standing: PoolStanding) => withShares(standing, groups, next++);
    return { ...account, shared: take(account.shared), isolated: account.isolated.map(take) };
  });
  return { owner: owner.owner, accounts: shared, groups };
}
