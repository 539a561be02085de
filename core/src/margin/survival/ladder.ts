// The liquidation ladder of some accounts: what would be closed by force, and how far the price must go first.

import { isRefusal, type Refusal } from '../../base/index.ts';
import type { Ladder, Rung, Side } from '../../governor/index.ts';
import { type Market, underlyingOf } from '../../market/index.ts';
import { greeks } from '../../pricing/index.ts';
import type { Portfolio } from '../portfolio.ts';
import { type Axis, moveAt } from './axis.ts';
import { type Crossing, survive } from './survive.ts';
import { type Subject, setOut } from './walk.ts';

/** No cascade is followed beyond its boundary, half of the price; accounts that stand further are not looked for. */
const REACH = { low: -0.5, high: 0.5 };

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
  { portfolio }: Subject,
  market: Market,
  coin: string,
  side: Side,
  move: number,
): Rung | undefined | Refusal {
  const exposure = exposureOf(portfolio, market, coin);
  if (isRefusal(exposure)) return exposure;
  const dollars = side === 'down' ? exposure : -exposure;
  return dollars > 0 ? { move, dollars } : undefined;
}

/** Both rungs of one pool of an account. */
function rungsOf(subject: Subject, coin: string): Partial<Record<Side, Rung>> | Refusal {
  const axis: Axis = { kind: 'spot', underlying: coin };
  const walk = setOut(subject);
  if (isRefusal(walk)) return walk;
  if (underlyingOf(walk.market, coin) === undefined) return {};
  const survival = survive(subject, axis, REACH);
  if (isRefusal(survival)) return survival;
  const { now, down, up } = survival.thresholds.maintenance;
  const found: Partial<Record<Side, Rung>> = {};
  const crossed: [Side, Crossing | undefined][] = [
    ['down', down],
    ['up', up],
  ];
  for (const [side, crossing] of crossed) {
    // Who is below its line already is closed where the price stands; a crossing that leads back above it closes nobody.
    if (!now && crossing?.into !== true) continue;
    const move = now ? moveAt(axis, 0) : crossing!.move;
    const rung = rungAt(subject, walk.marketAt([[axis, move]]), coin, side, Math.abs(move));
    if (isRefusal(rung)) return rung;
    if (rung !== undefined) found[side] = rung;
  }
  return found;
}

/**
 * The ladder of one coin (M-158): each pool is taken along the coin's spot, everything else it holds and wants included, to where its excess over
 * maintenance first reaches zero on either side; there the net dollars of its contracts in the coin are a rung, if closing them pushes the price
 * further. At most half of the price either way. Refuses what the model refuses of any pool on the way.
 * @example cascade(ladderOf(subjects, 'BTC').down, depth, breakerDefaults)
 */
export function ladderOf(subjects: readonly Subject[], coin: string): Ladder | Refusal {
  const ladder: Record<Side, Rung[]> = { down: [], up: [] };
  for (const subject of subjects) {
    const found = rungsOf(subject, coin);
    if (isRefusal(found)) return found;
    if (found.down !== undefined) ladder.down.push(found.down);
    if (found.up !== undefined) ladder.up.push(found.up);
  }
  const ascending = (a: Rung, b: Rung) => a.move - b.move || a.dollars - b.dollars;
  return { down: ladder.down.sort(ascending), up: ladder.up.sort(ascending) };
}
