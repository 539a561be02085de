// What the worst subset of fills could ask for (M-59): each contract at its worst in every scenario, each charge at its most.

import { owedUp, usd } from '../../base/index.ts';
import { isPremium } from '../../product/index.ts';
import type { Holdings, Swept } from '../../risk/index.ts';
import type { OrderFill } from '../orders.ts';
import type { Charge } from '../requirement.ts';
import { type Reached, reachedBy } from './reach.ts';
import { riskOf, type SpanArrays, soloPlan } from './risk.ts';

/** A contract that is held or ordered; of one whose bought options are given up, what is bought costs its worth and no more. */
export interface OrderedRow {
  readonly row: number;
  readonly u: number;
  readonly quantity: number;
  readonly givenUp: boolean;
  /** By how much each fill would change it. */
  readonly changes: readonly { readonly fill: number; readonly quantity: number }[];
}

/** Cost of a contract, dollars per unit: of a long one and of a short one. */
interface Slopes {
  readonly long: number;
  readonly short: number;
}

/** How a line sees a fill: what it is multiplied by, and by fill what leaves the account at once per dollar of that. */
interface LineView {
  readonly times: number;
  readonly costs: Float64Array;
}

/** The most that a linear cost may come to over subsets of fills: each fill where it adds. */
function along({ quantity, changes }: OrderedRow, slope: number, costs: Float64Array): number {
  let cost = slope * quantity;
  for (const change of changes) cost += Math.max(0, slope * change.quantity + costs[change.fill]!);
  return cost;
}

/**
 * The slope along which a contract may cost the most. A cost that bends upward at zero is the larger of two lines and its most is the larger
 * most; one that bends downward is the smaller of two, and no more than the smaller most.
 */
function steepest(row: OrderedRow, { long, short }: Slopes, costs: Float64Array): number {
  if (row.changes.length === 0) return row.quantity >= 0 ? long : short;
  const [a, b] = [along(row, long, costs), along(row, short, costs)];
  return (long >= short ? a >= b : a <= b) ? long : short;
}

/** The lane in which nothing moves: a scan is never below what fills lose at once. */
const STILL = -1;
/** No lane: the least risk of short options. */
const LEAST = -2;
type Lane = number;

/** What a scenario makes of rows: their worst slopes, and what those add up to. */
interface Worst {
  readonly lane: Lane;
  readonly loss: number;
}

/** One coin's bound. */
export interface CoinBound {
  readonly u: number;
  readonly rows: readonly OrderedRow[];
  /** Lane by lane, and the worst of them, or of nothing moving. */
  readonly losses: Float64Array;
  readonly scan: Worst;
  readonly least: number;
}

function slopesIn({ risk, given }: SpanArrays, row: OrderedRow, lane: Lane, times: number): Slopes {
  const { kind, underlying } = risk.products[row.row]!;
  const worth = risk.columns.value[row.row]! / times;
  if (lane === LEAST) {
    const least = kind === 'option' ? given.shortMinimum * risk.levels.coins.get(underlying)!.index : 0;
    return { long: row.givenUp ? worth : 0, short: -least };
  }
  const slope = lane === STILL ? 0 : -risk.rows[row.row * risk.stride + lane]!;
  return { long: row.givenUp ? worth : slope, short: slope };
}

/** What a row costs in a lane beyond the worth of what is given up of it before any fill. */
function costIn(arrays: SpanArrays, row: OrderedRow, lane: Lane, { times, costs }: LineView): number {
  const slopes = slopesIn(arrays, row, lane, times);
  const cost = along(row, steepest(row, slopes, costs), costs);
  return row.givenUp
    ? cost - (arrays.risk.columns.value[row.row]! / times) * Math.max(0, row.quantity)
    : cost;
}

function boundOf(arrays: SpanArrays, u: number, rows: readonly OrderedRow[], view: LineView): CoinBound {
  const lossIn = (lane: Lane) => rows.reduce((sum, row) => sum + costIn(arrays, row, lane, view), 0);
  const losses = Float64Array.from(arrays.risk.lanes, (_, s) => lossIn(s));
  let scan: Worst = { lane: STILL, loss: lossIn(STILL) };
  losses.forEach((loss, lane) => {
    if (loss > scan.loss) scan = { lane, loss };
  });
  return { u, rows, losses, scan, least: lossIn(LEAST) };
}

/** Each row's and each fill's part in a coin's scan, as profit and loss; they sum to minus the scan. */
export function partsOfBound(
  arrays: SpanArrays,
  { rows, scan }: CoinBound,
  { times, costs }: LineView,
  fills: number,
): { readonly rows: ReadonlyMap<number, number>; readonly fills: Float64Array } {
  const ofRows = new Map<number, number>();
  const ofFills = new Float64Array(fills);
  for (const row of rows) {
    const slope = steepest(row, slopesIn(arrays, row, scan.lane, times), costs);
    const worth = row.givenUp ? (arrays.risk.columns.value[row.row]! / times) * Math.max(0, row.quantity) : 0;
    ofRows.set(row.row, worth - slope * row.quantity);
    for (const { fill, quantity } of row.changes) {
      ofFills[fill]! -= Math.max(0, slope * quantity + costs[fill]!);
    }
  }
  return { rows: ofRows, fills: ofFills };
}

/** Fills that a coin's bound counts: along its scan, or along its least risk where that is what binds. */
function countedBy(
  arrays: SpanArrays,
  bound: CoinBound,
  binds: boolean,
  { times, costs }: LineView,
): number[] {
  const lane = binds ? LEAST : bound.scan.lane;
  return bound.rows.flatMap((row) => {
    const slope = steepest(row, slopesIn(arrays, row, lane, times), costs);
    return row.changes.flatMap(({ fill, quantity }) => (slope * quantity + costs[fill]! > 0 ? [fill] : []));
  });
}

/** A book and its open orders, of which the bought options of some coins are given up. */
export interface OrderedBook {
  readonly arrays: SpanArrays;
  readonly fills: readonly OrderFill[];
  readonly rows: readonly OrderedRow[];
  /** Before any fill: sweep and charges of what is kept. */
  readonly base: { readonly swept: Swept; readonly charges: readonly Charge[] };
  readonly reached: Reached;
}

/** Prepares what does not depend on the line. `kept` is what is held less what is given up. */
export function orderedBook(
  arrays: SpanArrays,
  held: Holdings,
  kept: Holdings,
  fills: readonly OrderFill[],
  given: ReadonlySet<string>,
): OrderedBook {
  const { risk } = arrays;
  const quantities = new Map<number, number>();
  held.rows.forEach((row, i) => {
    if (risk.products[row]!.kind !== 'asset') quantities.set(row, held.quantities[i]!);
  });
  for (const { legs } of fills) {
    const { row } = legs[0]!;
    if (!quantities.has(row)) quantities.set(row, 0);
  }
  const rows = [...quantities]
    .sort(([a], [b]) => a - b)
    .map(([row, quantity]): OrderedRow => {
      const product = risk.products[row]!;
      const { underlying } = product;
      const changes = fills.flatMap(({ legs: [position] }, fill) =>
        position!.row === row ? [{ fill, quantity: position!.quantity }] : [],
      );
      const givenUp = isPremium(product) && given.has(underlying);
      return { row, u: risk.groups.underlyings.indexOf(underlying), quantity, givenUp, changes };
    });
  const { swept, charges, parts } = riskOf(arrays, soloPlan(risk), kept);
  return { arrays, fills, rows, base: { swept, charges }, reached: reachedBy(arrays, parts, charges, rows) };
}

/** A line's bound before haircuts and what is given up. */
export interface OrderedRisk {
  readonly coins: readonly CoinBound[];
  readonly view: LineView;
  readonly charges: readonly Charge[];
  /** Scans and charges, dollars. */
  readonly total: number;
  /** Fills that it counts, by their place. */
  readonly counted: ReadonlySet<number>;
}

/** The most that scans and charges of a line may come to; `costs` says by fill what leaves the account at once, dollars. */
export function orderedRisk(book: OrderedBook, costs: Float64Array, times: number): OrderedRisk {
  const { arrays, rows, base, reached } = book;
  const view = { times, costs: costs.map((cost) => cost / times) };
  const { underlyings } = arrays.risk.groups;
  const coins = underlyings.flatMap((_, u) => {
    const own = rows.filter((row) => row.u === u);
    return own.length === 0 ? [] : [boundOf(arrays, u, own, view)];
  });
  const isCredit = ({ name }: Charge) => name === 'inter-commodity-credit';
  const plain = base.charges.filter((charge) => charge.name !== 'short-minimum' && !isCredit(charge));
  const withoutCredits = [...plain, ...reached.charges];
  const withCredits = [...withoutCredits, ...base.charges.filter(isCredit), ...reached.creditsAtRisk];
  const judge = (charges: readonly Charge[]): OrderedRisk => {
    const counted = new Set<number>();
    const minimums: Charge[] = [];
    for (const bound of coins) {
      const coin = underlyings[bound.u]!;
      const own = charges.filter(({ underlying }) => underlying === coin);
      const risk = own.reduce((sum, { amount }) => sum + Number(amount) / 1e8, bound.scan.loss);
      const amount = owedUp(Math.max(0, bound.least - risk));
      const inputs = { least: bound.least, risk };
      if (amount > 0n) minimums.push({ name: 'short-minimum', underlying: coin, amount, inputs });
      for (const fill of countedBy(arrays, bound, amount > 0n, view)) counted.add(fill);
    }
    const all = [...charges, ...minimums];
    const charged = all.reduce((sum, { amount }) => sum + amount, 0n);
    const scans = coins.reduce((sum, { scan }) => sum + scan.loss, 0);
    return { coins, view, charges: all, total: scans + Number(usd(charged)) / 1e8, counted };
  };
  const [granted, refused] = [judge(withCredits), judge(withoutCredits)];
  return granted.total <= refused.total ? granted : refused;
}
