// One account judged under a treatment: what shares equity stands together, what shares a requirement is one part of it.

import { dollars, isRefusal, type Refusal, type Usd, usd } from '../../base/index.ts';
import { assess } from '../assess.ts';
import { perLine } from '../lines.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Charge, LineName, MarginBook, MarginModel, Standing } from '../requirement.ts';
import { isolateAll } from './isolate.ts';
import { type Part, type Pool, partsOf, poolsOf, type Treatment } from './pools.ts';

/** A part with where it stands alone. */
export interface PartStanding {
  readonly part: Part;
  readonly standing: Standing;
}

/**
 * A pool judged: `requirement` of each line is the sum of its parts' plus `added`, to the unit; `excess = equity - requirement`. Equity is the
 * pool's at the marks, rounded once; the parts' equities are each rounded down and may sum to a unit less per part.
 */
export interface PoolStanding {
  readonly pool: Pool;
  readonly parts: readonly PartStanding[];
  readonly equity: Usd;
  readonly requirement: Readonly<Record<LineName, Usd>>;
  /** Charges that no part has alone: the cross floor (M-66), the share of an owner's concentration (M-68). */
  readonly added: Readonly<Record<LineName, readonly Charge[]>>;
  readonly excess: Readonly<Record<LineName, Usd>>;
  readonly withdrawable: Usd;
}

/** An account judged. The shared pool never sees what an isolated one loses, so that they are not summed. */
export interface AccountStanding {
  readonly account: string;
  readonly treatment: Treatment;
  /** The portfolio as it was judged: under `isolated`, with the margins that were allotted. */
  readonly portfolio: Portfolio;
  readonly shared: PoolStanding;
  readonly isolated: readonly PoolStanding[];
}

const none: PoolStanding['added'] = { maintenance: [], release: [], initial: [] };

/** A pool's sums from its parts and what is added to them. */
export function standPool(
  pool: Pool,
  parts: readonly PartStanding[],
  equity: Usd,
  added: PoolStanding['added'],
): PoolStanding {
  const requirement = perLine((line) => {
    const alone = parts.reduce((sum, { standing }) => sum + standing.requirement[line].amount, 0n);
    return usd(added[line].reduce((sum, { amount }) => sum + amount, alone));
  });
  const excess = perLine((line) => usd(equity - requirement[line]));
  const locked = parts.reduce((sum, { standing }) => sum + standing.requirement.locked, 0n);
  const free = excess.initial - locked;
  return { pool, parts, equity, requirement, added, excess, withdrawable: usd(free > 0n ? free : 0n) };
}

/** What the sum of the parts is short of the same pool netted: charges on size grow faster than size (M-66). */
function floorOf(whole: Standing, parts: readonly PartStanding[]): PoolStanding['added'] {
  return perLine((line) => {
    const netted = whole.requirement[line].amount;
    const apart = parts.reduce((sum, { standing }) => sum + standing.requirement[line].amount, 0n);
    if (netted <= apart) return [];
    const inputs = { netted: dollars(netted), apart: dollars(usd(apart)) };
    return [{ name: 'cross-floor', amount: usd(netted - apart), inputs }];
  });
}

/**
 * Where a pool stands: netted as a whole, or in cross treatment as the sum of its balances and of every product alone, never less than the whole.
 * Refuses what the model refuses.
 * @example assessPool({ kind: 'shared', name: 'a', portfolio }, book, grid, 'cross').requirement.initial
 */
export function assessPool(
  pool: Pool,
  book: MarginBook,
  model: MarginModel,
  treatment: Treatment,
): PoolStanding | Refusal {
  const whole = assess(pool.portfolio, book, model);
  if (isRefusal(whole)) return whole;
  if (treatment !== 'cross' || pool.kind === 'isolated') {
    const part: Part = { kind: 'whole', name: pool.name, portfolio: pool.portfolio };
    return standPool(pool, [{ part, standing: whole }], whole.equity, none);
  }
  const parts: PartStanding[] = [];
  for (const part of partsOf(pool.portfolio)) {
    const standing = assess(part.portfolio, book, model);
    if (isRefusal(standing)) return standing;
    parts.push({ part, standing });
  }
  return standPool(pool, parts, whole.equity, floorOf(whole, parts));
}

/**
 * One account under a treatment, its isolated positions apart. An owner's sizes are charged by `assessOwner`, not here. Refuses what the
 * model refuses, and under `isolated` balances that do not reach.
 * @example assessAccount(portfolio, book, grid, 'portfolio').shared.excess.initial
 */
export function assessAccount(
  portfolio: Portfolio,
  book: MarginBook,
  model: MarginModel,
  treatment: Treatment,
): AccountStanding | Refusal {
  const treated = treatment === 'isolated' ? isolateAll(portfolio, book, model) : portfolio;
  if (isRefusal(treated)) return treated;
  const [own, ...apart] = poolsOf(treated);
  const shared = assessPool(own, book, model, treatment);
  if (isRefusal(shared)) return shared;
  const isolated: PoolStanding[] = [];
  for (const pool of apart) {
    const standing = assessPool(pool, book, model, treatment);
    if (isRefusal(standing)) return standing;
    isolated.push(standing);
  }
  return { account: portfolio.account, treatment, portfolio: treated, shared, isolated };
}
