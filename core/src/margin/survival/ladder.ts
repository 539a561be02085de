// The liquidation ladder of some accounts: what would be closed by force, and how far the price must go first.

import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import type { Rung, Side } from '../../governor/index.ts';
import { type Market, underlyingOf } from '../../market/index.ts';
import { greeks } from '../../pricing/index.ts';
import { assessPool } from '../accounts/account.ts';
import type { Portfolio } from '../portfolio.ts';
import type { MarginBook } from '../requirement.ts';
import { type Axis, coordinateOf, moveAt } from './axis.ts';
import { type Crowd, crowdsOf, type Member, of, withParameters } from './crowd.ts';
import { firstBelow, together } from './search.ts';
import type { Subject } from './walk.ts';

/** No cascade is followed beyond its boundary, half of the price; accounts that stand further are not looked for. */
const REACH = { low: -0.5, high: 0.5 };
/** Of the log of the price. */
const TOLERANCE = 1e-10;
/** Steps of the log of the price: finer where a breaker's shock is, wider beyond; crossings between them are found by halving. */
const FINE = 0.02;
const FINE_TO = 0.1;
const COARSE = 0.04;

/** The common ladder, from now on to one side's end. @example stepsTo(-0.69).length // 20 */
function stepsTo(end: number): number[] {
  const side = Math.sign(end);
  const steps: number[] = [];
  for (let n = 1; n * FINE <= FINE_TO + FINE / 2; n++) steps.push(side * n * FINE);
  for (let n = 1; FINE_TO + n * COARSE < Math.abs(end); n++) steps.push(side * (FINE_TO + n * COARSE));
  return [...steps, end];
}

/** Whose contracts are closed, and when. */
export interface AccountRung extends Rung {
  readonly account: string;
}
/** A ladder that says whose its rungs are. */
export type AccountLadder = Readonly<Record<Side, readonly AccountRung[]>>;

/** Net dollars of exposure of an account's contracts to a coin in a market; balances are not closed by force and do not count. */
function exposureOf({ positions }: Portfolio, market: Market, coin: string): number | Refusal {
  let delta = 0;
  for (const { product, quantity } of positions) {
    if (product.underlying !== coin) continue;
    const found = greeks(product, market);
    if (isRefusal(found)) return found;
    delta += quantity * found.delta;
  }
  return delta * underlyingOf(market, coin)!.index;
}

/** What a crossing puts on the ladder: nothing where closing would push the price back. */
function rungAt(
  { portfolio }: Member,
  market: Market,
  coin: string,
  side: Side,
  move: number,
): AccountRung | undefined | Refusal {
  const exposure = exposureOf(portfolio, market, coin);
  if (isRefusal(exposure)) return exposure;
  const closed = side === 'down' ? exposure : -exposure;
  return closed > 0 ? { move, dollars: closed, account: portfolio.account } : undefined;
}

/** What is left above maintenance. */
function leftBy({ portfolio, treatment }: Member, book: MarginBook, { model }: Crowd): number | Refusal {
  const pool = { kind: 'shared', name: portfolio.account, portfolio } as const;
  const standing = assessPool(pool, book, model, treatment);
  return isRefusal(standing) ? of(portfolio.account, standing) : dollars(standing.excess.maintenance);
}

const SIDES = ['down', 'up'] as const satisfies readonly Side[];

/** Where members first cross, coordinates by side and member; zero where they stand below already. */
function crossingsOf(
  crowd: Crowd,
  members: readonly Member[],
  axis: Axis,
  tolerance: number,
): Record<Side, (number | undefined)[]> | Refusal {
  const now = crowd.bookAt([]);
  if (isRefusal(now)) return now;
  const standing: number[] = [];
  for (const member of members) {
    const left = leftBy(member, now, crowd);
    if (isRefusal(left)) return left;
    standing.push(left);
  }
  // Even steps alone, so that every member asks for the same ones.
  const ways = {
    down: stepsTo(coordinateOf(axis, REACH.low)),
    up: stepsTo(coordinateOf(axis, REACH.high)),
  };
  const clear = members.map((_, i) => i).filter((i) => standing[i]! >= 0);
  const found = { down: standing.map(() => 0), up: standing.map(() => 0) } as Record<
    Side,
    (number | undefined)[]
  >;
  for (const side of SIDES) {
    const searches = clear.map((i) => firstBelow(ways[side], standing[i]!, tolerance));
    const crossed = together(searches, (at) => {
      const book = crowd.bookAt([[axis, moveAt(axis, at)]]);
      return isRefusal(book) ? book : (search) => leftBy(members[clear[search]!]!, book, crowd);
    });
    if (isRefusal(crossed)) return crossed;
    clear.forEach((i, search) => {
      found[side][i] = crossed[search];
    });
  }
  return found;
}

/** The rungs of one crowd. */
function rungsOf(crowd: Crowd, coin: string, tolerance: number): Record<Side, AccountRung[]> | Refusal {
  const axis: Axis = { kind: 'spot', underlying: coin };
  const rungs: Record<Side, AccountRung[]> = { down: [], up: [] };
  // Only contracts are closed: who has none in the coin is on no ladder of it.
  const members = crowd.members.filter(({ portfolio }) =>
    portfolio.positions.some(({ product }) => product.underlying === coin),
  );
  if (members.length === 0 || underlyingOf(crowd.market, coin) === undefined) return rungs;
  const crossings = crossingsOf(crowd, members, axis, tolerance);
  if (isRefusal(crossings)) return crossings;
  for (const side of SIDES) {
    for (const [i, member] of members.entries()) {
      const at = crossings[side][i];
      if (at === undefined) continue;
      const move = moveAt(axis, at);
      const rung = rungAt(member, crowd.marketAt([[axis, move]]), coin, side, Math.abs(move));
      if (isRefusal(rung)) return of(member.portfolio.account, rung);
      if (rung !== undefined) rungs[side].push(rung);
    }
  }
  return rungs;
}

/** Nobody looks at the other lines here; where a history is too short to leave most of it out, all of it is kept. */
function lookingAtMaintenance(crowd: Crowd): Crowd {
  const { model, parameters } = crowd;
  if (model.maintenanceOnly === undefined) return crowd;
  const quick = withParameters(crowd, model.maintenanceOnly(parameters));
  return isRefusal(quick.bookAt([])) ? crowd : quick;
}

/**
 * The ladder of one coin (M-158): each pool is taken along the coin's spot, everything else it holds and wants included, to where its excess over
 * maintenance first reaches zero on either side; there the net dollars of its contracts in the coin are a rung, if closing them pushes the price
 * further. At most half of the price either way. Pools of one market, model and parameters share their books: they are looked at on a common ladder of
 * two to four percent, and between two steps at common halves until the crossing is known to `tolerance` of the log of the price. Refuses what
 * the model refuses of any pool on the way.
 * @example cascade(ladderOf(subjects, 'BTC').down, depth, breakerDefaults)
 */
export function ladderOf(
  subjects: readonly Subject[],
  coin: string,
  tolerance: number = TOLERANCE,
): AccountLadder | Refusal {
  const ladder: Record<Side, AccountRung[]> = { down: [], up: [] };
  const crowds = crowdsOf(subjects);
  if (isRefusal(crowds)) return crowds;
  for (const crowd of crowds.map(lookingAtMaintenance)) {
    const found = rungsOf(crowd, coin, tolerance);
    if (isRefusal(found)) return found;
    for (const side of SIDES) ladder[side].push(...found[side]);
  }
  const ascending = (a: Rung, b: Rung) => a.move - b.move || a.dollars - b.dollars;
  return { down: ladder.down.sort(ascending), up: ladder.up.sort(ascending) };
}
