// A way the market can go: one number that moves it, how far it is followed, and where it is looked at.

import { type Instant, MS_PER_DAY, type Refusal, refuse } from '../../base/index.ts';
import { expm1, log, log1p } from '../../kernel/index.ts';
import { type Market, SETTLEMENT_WINDOW_MS, underlyingOf } from '../../market/index.ts';
import { expiryOf, type Product } from '../../product/index.ts';
import { later, type Move, type Shock, type SmileRule, shift } from '../../scenario/index.ts';

/**
 * What moves (M-69). `spot`: index, perpetual and forwards of one coin, or of all coins together. `vol`: every volatility of one coin or of
 * all, relative or in points (0.1 = 10). `days`: time passes. `basis`: forwards and dated futures against the index, relative. `premium`:
 * perpetuals against the index. `peg`: one stable asset against the dollar.
 */
export type Axis =
  | { readonly kind: 'spot'; readonly underlying?: string }
  | { readonly kind: 'vol'; readonly form: 'relative' | 'points'; readonly underlying?: string }
  | { readonly kind: 'days' }
  | { readonly kind: 'basis' }
  | { readonly kind: 'premium' }
  | { readonly kind: 'peg'; readonly asset: string };

/** The smallest and the largest move that are looked at, zero between them. */
export interface AxisReach {
  readonly low: number;
  readonly high: number;
}

/** How an axis is walked. Steps are of the coordinate: `log(1 + move)` where a move multiplies, else the move. */
interface Gait {
  readonly multiplies: boolean;
  readonly reach: AxisReach;
  /** Steps of `fine` up to `near` on either side of now, `coarse` beyond. */
  readonly fine: number;
  readonly near: number;
  readonly coarse: number;
}

// A percent is a tenth of the range of the calmest coin, so that no lane's kink is far from a node.
const SPOT: Gait = { multiplies: true, reach: { low: -0.99, high: 9 }, fine: 0.01, near: 0.5, coarse: 0.03 };
const VOL: Gait = { multiplies: true, reach: { low: -0.9, high: 4 }, fine: 0.02, near: 0.5, coarse: 0.04 };
const POINTS: Gait = { multiplies: false, reach: { low: -1, high: 3 }, fine: 0.01, near: 0.3, coarse: 0.04 };
const DAYS: Gait = { multiplies: false, reach: { low: 0, high: 90 }, fine: 0.25, near: 10, coarse: 0.5 };
const BASIS: Gait = {
  multiplies: true,
  reach: { low: -0.2, high: 0.25 },
  fine: 0.002,
  near: 0.05,
  coarse: 0.005,
};
const PEG: Gait = {
  multiplies: true,
  reach: { low: -0.95, high: 0.5 },
  fine: 0.005,
  near: 0.2,
  coarse: 0.02,
};

function gaitOf(axis: Axis): Gait {
  switch (axis.kind) {
    case 'spot':
      return SPOT;
    case 'vol':
      return axis.form === 'relative' ? VOL : POINTS;
    case 'days':
      return DAYS;
    case 'peg':
      return PEG;
    default:
      return BASIS;
  }
}

/** How far an axis is followed where nothing else is asked. @example reachOf({ kind: 'spot' }) // { low: -0.99, high: 9 } */
export function reachOf(axis: Axis): AxisReach {
  return gaitOf(axis).reach;
}

/** The coordinate of a move. @example coordinateOf({ kind: 'spot' }, -0.5) // -0.693... */
export function coordinateOf(axis: Axis, move: number): number {
  return gaitOf(axis).multiplies ? log1p(move) : move;
}

/** The move at a coordinate. @example moveAt({ kind: 'spot' }, -0.693147) // -0.5 */
export function moveAt(axis: Axis, coordinate: number): number {
  return gaitOf(axis).multiplies ? expm1(coordinate) : coordinate;
}

/** No move of vol is scaled by its expiry: what is said is what happens to each. */
const UNSCALED = { short: 0, long: 0, dteFloor: 1 };

function movesOf(axis: Exclude<Axis, { kind: 'days' }>, move: number): Move {
  const own = 'underlying' in axis && axis.underlying !== undefined ? { underlying: axis.underlying } : {};
  switch (axis.kind) {
    case 'spot':
      return { kind: 'spot', relative: move, ...own };
    case 'vol':
      return { kind: 'vol', form: axis.form, size: move, scaling: UNSCALED, ...own };
    case 'basis':
      return { kind: 'basis', size: move, add: 1, multiple: 0 };
    case 'premium':
      return { kind: 'premium', relative: move };
    case 'peg':
      return { kind: 'peg', relative: move, asset: axis.asset };
  }
}

/**
 * A market moved along several axes at once: a market.
 * @example moved(market, [[{ kind: 'spot' }, -0.3]], 'sticky-strike') // shift(market, { moves: [{ kind: 'spot', relative: -0.3 }], ... })
 */
export function moved(market: Market, steps: readonly (readonly [Axis, number])[], smile: SmileRule): Market {
  const { moves, days } = jumpOf(steps);
  const shifted = jumped(market, moves, smile);
  return days === 0 ? shifted : later(shifted, days);
}

/** Moves of scenarios, and the days that pass. */
export interface Jump {
  readonly moves: readonly Move[];
  readonly days: number;
}

/** Steps along axes as moves. @example jumpOf([[{ kind: 'spot' }, -0.3]]) // { moves: [{ kind: 'spot', relative: -0.3 }], days: 0 } */
export function jumpOf(steps: readonly (readonly [Axis, number])[]): Jump {
  let [days, moves]: [number, Move[]] = [0, []];
  for (const [axis, move] of steps) {
    if (axis.kind === 'days') days += move;
    else moves = [...moves, movesOf(axis, move)];
  }
  return { moves, days };
}

/** A market after moves, at its own time. */
export function jumped(market: Market, moves: readonly Move[], smile: SmileRule): Market {
  const shock: Shock = { id: 'survival', moves, smile, damp: 1, netting: 'sum', line: 'initial' };
  return moves.length === 0 ? market : shift(market, shock);
}

/** The first thing wrong with an axis in a market with these pegs, or with a reach along it. */
export function doubtAxis(
  axis: Axis,
  reach: AxisReach,
  market: Market,
  pegs: Market['pegs'],
): Refusal | undefined {
  const coin = 'underlying' in axis ? axis.underlying : undefined;
  if (coin !== undefined && underlyingOf(market, coin) === undefined) {
    const coins = market.underlyings.map(({ underlying }) => underlying).join(', ');
    return refuse('no-market', `the market has no ${coin} to move; it has ${coins}.`, 'axis');
  }
  if (axis.kind === 'peg' && (axis.asset === 'USD' || !pegs.has(axis.asset))) {
    const message = `${axis.asset} has no peg that could move; name a stable asset of the account other than USD.`;
    return refuse('unknown-asset', message, 'axis');
  }
  const least = gaitOf(axis).multiplies ? -1 : Number.NEGATIVE_INFINITY;
  const first = axis.kind === 'days' ? 0 : least;
  const sound = reach.low <= 0 && reach.high >= 0 && reach.low < reach.high && Number.isFinite(reach.high);
  if (sound && reach.low >= first && (axis.kind === 'days' || reach.low > first)) return undefined;
  const said = axis.kind === 'days' ? 'from 0 on' : 'with zero between, a fall of less than 100 %';
  return refuse(
    'out-of-range',
    `a reach from ${reach.low} to ${reach.high} cannot be walked; give one ${said}.`,
    'reach',
  );
}

/** Where the products themselves say that something may happen: strikes along spot, expiries and their settlement windows in time. */
function ownNodes(axis: Axis, products: readonly Product[], market: Market): number[] {
  if (axis.kind === 'spot') {
    return products.flatMap((product) => {
      if (product.kind !== 'option') return [];
      if (axis.underlying !== undefined && product.underlying !== axis.underlying) return [];
      const slice = underlyingOf(market, product.underlying)?.slices.find(
        ({ expiry }) => expiry === product.expiry,
      );
      const unit = product.settlement === 'inverse' ? 1 : (market.pegs.get(product.settleAsset) ?? 1);
      return slice === undefined ? [] : [log((product.strike * unit) / slice.forward)];
    });
  }
  if (axis.kind !== 'days') return [];
  const days = (at: Instant, before: number) => (at - before - market.at) / MS_PER_DAY;
  return products.flatMap((product) => {
    const expiry = expiryOf(product);
    // A minute before and the moment itself: what is settled then may jump.
    return expiry === undefined
      ? []
      : [SETTLEMENT_WINDOW_MS, 60_000, 0].map((before) => days(expiry, before));
  });
}

/**
 * The coordinates at which an axis is looked at, ascending: both ends, now, even steps, fine near now, and the products' own strikes or expiries.
 * @example nodesAlong({ kind: 'spot' }, reachOf({ kind: 'spot' }), [], market).length // 300 or so
 */
export function nodesAlong(
  axis: Axis,
  reach: AxisReach,
  products: readonly Product[],
  market: Market,
): number[] {
  const { fine, near, coarse } = gaitOf(axis);
  const [low, high] = [coordinateOf(axis, reach.low), coordinateOf(axis, reach.high)];
  const nodes = [low, 0, high, ...ownNodes(axis, products, market)];
  const finest = Math.round(near / fine);
  for (const [side, end] of [
    [-1, -low],
    [1, high],
  ] as const) {
    for (let i = 1; i <= finest && i * fine < end; i++) nodes.push(side * i * fine);
    for (let i = 1; near + i * coarse < end; i++) nodes.push(side * (near + i * coarse));
  }
  return [...new Set(nodes.filter((node) => node >= low && node <= high))].sort((a, b) => a - b);
}
