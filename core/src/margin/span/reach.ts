// How far fills may take what is charged on net deltas: by how much each delta may move, and how much a charge may follow it.

import { owedUp } from '../../base/index.ts';
import type { Charge } from '../requirement.ts';
import type { OrderedRow } from './ordered.ts';
import { type CalendarSpread, type CoinSpread, type SpanParameters, spanCoin } from './parameters.ts';
import type { CoinPart, SpanArrays } from './risk.ts';
import { inOrder } from './spreads.ts';

/** Charges that open orders may add, at most; `creditsAtRisk` is what they may take of all credits. */
export interface Reached {
  readonly charges: readonly Charge[];
  readonly creditsAtRisk: readonly Charge[];
}

/** By how much fills may raise and lower a number, each at most. */
interface Move {
  up: number;
  down: number;
}

const farther = ({ up, down }: Move) => Math.max(up, down);

/** What of a contract counts in net deltas: of an option whose bought ones are given up, what is short. */
function kept(row: OrderedRow, quantity: number): number {
  return row.givenUp ? Math.min(0, quantity) : quantity;
}

/** By how much fills may move the kept quantity of a row. */
function moveOf(row: OrderedRow): Move {
  let bought = 0;
  let sold = 0;
  for (const { quantity } of row.changes) {
    if (quantity > 0) bought += quantity;
    else sold -= quantity;
  }
  const now = kept(row, row.quantity);
  return { up: kept(row, row.quantity + bought) - now, down: now - kept(row, row.quantity - sold) };
}

/** Moves of the net delta of each bucket of a coin, and the most that a lane of it may move. */
interface CoinMoves {
  readonly buckets: ReadonlyMap<number, Move>;
  readonly net: Move;
  readonly lane: number;
}

function movesOf({ risk, deltas }: SpanArrays, u: number, rows: readonly OrderedRow[]): CoinMoves {
  const buckets = new Map<number, Move>();
  const net: Move = { up: 0, down: 0 };
  let lane = 0;
  let g = risk.groups.underlyingStart[u]!;
  for (const row of rows) {
    const { up, down } = moveOf(row);
    if (up === 0 && down === 0) continue;
    while (risk.groups.bucketStart[g + 1]! <= row.row) g++;
    const delta = deltas[row.row]!;
    const move = buckets.get(g) ?? { up: 0, down: 0 };
    const raised = delta >= 0 ? delta * up : -delta * down;
    const lowered = delta >= 0 ? delta * down : -delta * up;
    buckets.set(g, { up: move.up + raised, down: move.down + lowered });
    net.up += raised;
    net.down += lowered;
    let most = 0;
    for (let s = 0; s < risk.lanes.length; s++)
      most = Math.max(most, Math.abs(risk.rows[row.row * risk.stride + s]!));
    lane += most * Math.max(up, down);
  }
  return { buckets, net, lane };
}

/**
 * By how much a calendar charge may follow a dollar of delta. One more dollar is taken by some line, which leaves one less for another line
 * elsewhere, and so on down the table: rates are added and taken away in turn, and what is left over never moves by more than the dollar.
 */
export function calendarSlope(table: readonly CalendarSpread[]): number {
  let added = 0;
  let taken = 0;
  for (const { rate, near, far } of inOrder(table, (line) => `${line.near}/${line.far}`)) {
    // A line works either way round, so that a dollar may pass through it twice.
    for (let pass = 0; pass < (near === far ? 1 : 2); pass++) {
      const before = added;
      added = Math.max(added, taken + rate);
      taken = Math.max(taken, before - rate);
    }
  }
  return added;
}

/** What of a coin's expiries may at most be long and short, and the share of deltas that settle soon. */
function reachOf(
  { risk, given, deltas }: SpanArrays,
  u: number,
  rows: readonly OrderedRow[],
  moves: CoinMoves,
) {
  const { bucketStart, bucketYears, underlyingStart } = risk.groups;
  let long = 0;
  let short = 0;
  let settling = 0;
  for (let g = underlyingStart[u]!; g < underlyingStart[u + 1]!; g++) {
    let delta = 0;
    for (const row of rows) {
      if (row.row >= bucketStart[g]! && row.row < bucketStart[g + 1]!)
        delta += deltas[row.row]! * kept(row, row.quantity);
    }
    const { up, down } = moves.buckets.get(g) ?? { up: 0, down: 0 };
    long += Math.max(0, delta + up);
    short += Math.max(0, down - delta);
    const days = bucketYears[g]! * 365;
    if (days > 0 && days <= given.delivery.days) settling += Math.max(delta + up, down - delta);
  }
  return { long, short, settling };
}

function chargedNow(charges: readonly Charge[], name: Charge['name'], coin: string): number {
  return charges.reduce(
    (sum, charge) =>
      charge.name === name && charge.underlying === coin ? sum + Number(charge.amount) / 1e8 : sum,
    0,
  );
}

function allowance(name: Charge['name'], underlying: string, dollars: number, deltaMoves: number): Charge[] {
  const amount = owedUp(Math.max(0, dollars));
  return amount > 0n ? [{ name, underlying, amount, inputs: { openOrders: deltaMoves } }] : [];
}

/** By how much all credits together may follow a dollar of a coin's delta: line by line, last first. */
function creditSlopes(table: readonly CoinSpread[], given: SpanParameters): Map<string, number> {
  const slopes = new Map<string, number>();
  const range = (coin: string) => spanCoin(given, coin).priceScan;
  for (const { left, right, leftDelta, rightDelta, rate } of inOrder(
    table,
    (line) => `${line.left}/${line.right}`,
  ).reverse()) {
    const perSpread = rate * (leftDelta * range(left) + rightDelta * range(right));
    const [a, b] = [slopes.get(left) ?? 0, slopes.get(right) ?? 0];
    slopes.set(left, Math.max(a, (perSpread + rightDelta * b) / leftDelta));
    slopes.set(right, Math.max(b, (perSpread + leftDelta * a) / rightDelta));
  }
  return slopes;
}

/**
 * The most that calendar, delivery and credits may change for the worse over all subsets of fills. None changes where nothing is open, and each
 * by no more than its slope times what the deltas may move.
 */
export function reachedBy(
  arrays: SpanArrays,
  parts: readonly CoinPart[],
  charges: readonly Charge[],
  rows: readonly OrderedRow[],
): Reached {
  const { given } = arrays;
  const slope = calendarSlope(given.calendar);
  const rateMax = Math.max(0, ...given.calendar.map(({ rate }) => rate));
  const { outright, spread } = given.delivery;
  const creditSlope = creditSlopes(given.credits, given);
  const added: Charge[] = [];
  let atRisk = 0;
  for (const { coin, u } of parts) {
    const own = rows.filter((row) => row.u === u);
    const moves = movesOf(arrays, u, own);
    const total = [...moves.buckets.values()].reduce((sum, move) => sum + farther(move), 0);
    if (total === 0 && moves.lane === 0) continue;
    const { long, short, settling } = reachOf(arrays, u, own, moves);
    const factor = spanCoin(given, coin).calendarFactor;
    const most = factor * rateMax * Math.min(long, short) - chargedNow(charges, 'calendar-spread', coin);
    added.push(...allowance('calendar-spread', coin, Math.min(factor * slope * total, most), total));
    // What is spread of a tier's side moves by at most twice the dollar, and its share and whole by once each.
    const follow = (outright + 4 * Math.abs(spread - outright)) * total;
    const whole = Math.max(outright, spread) * settling - chargedNow(charges, 'delivery', coin);
    added.push(...allowance('delivery', coin, Math.min(follow, whole), total));
    const rate = Math.max(
      0,
      ...given.credits.map((line) => (line.left === coin || line.right === coin ? line.rate : 0)),
    );
    const ownSlope = (creditSlope.get(coin) ?? 0) + rate * spanCoin(given, coin).priceScan;
    atRisk += ownSlope * farther(moves.net) + 2 * rate * moves.lane;
  }
  const granted = charges.some(({ name }) => name === 'inter-commodity-credit');
  const amount = owedUp(granted ? atRisk : 0);
  const inputs = { openOrders: atRisk };
  return {
    charges: added,
    creditsAtRisk: amount > 0n ? [{ name: 'inter-commodity-credit', amount, inputs }] : [],
  };
}
