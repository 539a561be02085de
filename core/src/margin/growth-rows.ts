// What a bound on the growth of a requirement needs of a book: every row's charges a unit and its extremes over lanes, found once and kept beside it.

import { SETTLEMENT_WINDOW_MS } from '../market/index.ts';
import { expiryOf, isPremium } from '../product/index.ts';
import type { LaneLine } from '../scenario/index.ts';
import { basisRate, closingCosts, pegShare } from './charges.ts';
import type { GridBook } from './models/grid-lines.ts';
import { saleOf } from './option-value.ts';
import { type CoinParameters, coinParameters } from './parameters.ts';

/** How far a unit of a row may fall and rise over some lanes, dollars; both at least zero. */
export interface Extent {
  readonly fall: number;
  readonly rise: number;
}

/** What a bound needs of one row; dollars a unit. */
export interface RowFacts {
  readonly row: number;
  /** Its place among the underlyings, and whether that is a coin. */
  readonly u: number;
  readonly isCoin: boolean;
  readonly bucket: number;
  readonly kind: 'asset' | 'option' | 'other';
  /** Settled, or about to be, so that a line is judged without it as well (M-20); or a payoff that may be worth less than nothing. */
  readonly isStrange: boolean;
  readonly value: number;
  /** What a long unit would bring (M-30). */
  readonly sale: number;
  readonly closing: number;
  readonly delta: number;
  readonly vega: number;
  readonly confidence: number;
  /** Dollars a unit of net delta in its expiry. */
  readonly basis: number;
  /** Of a stable asset: what a dollar-sized unit of balance is charged for its distance from the peg. */
  readonly peg: number;
  /** Over the lanes that stand, those that net by sum, those that do not, and the dates of windows, line by line. */
  readonly all: Extent;
  readonly summed: Extent;
  readonly netted: Extent;
  readonly dates: Readonly<Record<LaneLine, Extent>>;
}

const NOTHING: Extent = { fall: 0, rise: 0 };

/** The most that buying (`quantity > 0`) or selling may lose over the lanes of an extent. @example fallOf({ fall: 3, rise: 1 }, -2) // 2 */
export function fallOf({ fall, rise }: Extent, quantity: number): number {
  return quantity > 0 ? quantity * fall : -quantity * rise;
}

/** The most that a quantity may gain or lose. @example sizeIn({ fall: 3, rise: 1 }, -2) // 6 */
export function sizeIn({ fall, rise }: Extent, quantity: number): number {
  return Math.abs(quantity) * Math.max(fall, rise);
}

/** The lanes an underlying may stand in in a joint move, as 1 and 0; those that net expiries by sum, and those that do not. */
export interface JointLanes {
  readonly joint: Uint8Array;
  readonly summing: Int32Array;
  readonly netting: Int32Array;
}

/** A book as bounds look at it. Rows are looked at when first asked for. */
export class GrowthTable {
  /** Lanes that are combined lane by lane; dates of windows stand after them. */
  readonly count: number;
  /** Lanes among them that do not net by sum. */
  readonly netting: Int32Array;
  readonly coins: readonly (CoinParameters | undefined)[];
  /** By line and underlying. */
  readonly lanes: Readonly<Record<LaneLine, readonly JointLanes[]>>;
  private readonly rows = new Map<number, RowFacts>();
  private readonly closing: Float64Array;
  private readonly dated: Readonly<Record<LaneLine, readonly [from: number, end: number][]>>;
  readonly book: GridBook;

  constructor(book: GridBook) {
    const { risk, plan, given, windows } = book;
    this.book = book;
    this.count = plan.seen.initial.length;
    const lanes = Int32Array.from({ length: this.count }, (_, s) => s);
    this.netting = lanes.filter((s) => risk.netsBySum[s] === 0);
    this.coins = risk.groups.underlyings.map((name) =>
      (risk.levels.coins.get(name)?.index ?? 0) > 0 ? coinParameters(given, name) : undefined,
    );
    this.lanes = { maintenance: jointLanes(book, 'maintenance'), initial: jointLanes(book, 'initial') };
    this.closing = closingCosts(risk, given);
    const datesOf = (line: LaneLine) =>
      (windows?.[line] ?? []).map(({ from }): [number, number] => [from[0]!, from[from.length - 1]!]);
    this.dated = { maintenance: datesOf('maintenance'), initial: datesOf('initial') };
  }

  /** What is known of a row. */
  of(row: number): RowFacts {
    const known = this.rows.get(row);
    if (known !== undefined) return known;
    const facts = this.measure(row);
    this.rows.set(row, facts);
    return facts;
  }

  private measure(row: number): RowFacts {
    const { risk, given } = this.book;
    const { columns, groups, levels } = risk;
    const product = risk.products[row]!;
    const bucket = groups.bucketOf[row]!;
    const u = groups.underlyingOf[bucket]!;
    const isCoin = this.coins[u] !== undefined;
    const expiry = expiryOf(product);
    const kind = product.kind === 'asset' || product.kind === 'option' ? product.kind : 'other';
    const level = levels.pegs.get(product.underlying) ?? 1;
    const index = levels.coins.get(product.underlying)?.index ?? 0;
    const vega = Math.abs(columns.vega[row]!);
    const isExpiring = expiry !== undefined && expiry - levels.at <= SETTLEMENT_WINDOW_MS;
    const dates = (line: LaneLine) =>
      this.dated[line].reduce((extent, [from, end]) => wider(extent, this.extent(row, from, end)), NOTHING);
    const summed = this.extent(row, 0, this.count);
    const netted = this.nettedExtent(row);
    return {
      ...{ row, u, isCoin, bucket, kind, vega, summed, netted },
      isStrange: isExpiring || product.kind === 'structured',
      value: columns.value[row]!,
      sale: isPremium(product) ? saleOf(columns, row) : 0,
      closing: this.closing[row]!,
      delta: columns.delta[row]!,
      confidence: vega * 100 * columns.uncertainty[row]!,
      basis:
        isCoin && kind !== 'asset' ? index * basisRate(given.charges, levels.at, expiry ?? levels.at) : 0,
      peg: isCoin ? 0 : level * pegShare(given.charges, level),
      all: wider(summed, netted),
      dates: { maintenance: dates('maintenance'), initial: dates('initial') },
    };
  }

  /** Over the lanes of a range that net by sum. */
  private extent(row: number, from: number, end: number): Extent {
    const { rows, stride, netsBySum } = this.book.risk;
    let [fall, rise] = [0, 0];
    for (let s = from; s < end; s++) {
      if (netsBySum[s] === 0) continue;
      const change = rows[row * stride + s]!;
      if (-change > fall) fall = -change;
      if (change > rise) rise = change;
    }
    return { fall, rise };
  }

  /** Over the lanes that do not: what is lost there either way, because an expiry counts as the worse of a lane and its twin, or as minus its size. */
  private nettedExtent(row: number): Extent {
    const { rows, stride, twins } = this.book.risk;
    let [fall, rise] = [0, 0];
    for (const s of this.netting) {
      const change = rows[row * stride + s]!;
      const size = twins[s]! < 0 ? Math.abs(change) : 0;
      fall = Math.max(fall, -change, size);
      rise = Math.max(rise, change, size);
    }
    return { fall, rise };
  }
}

function wider(a: Extent, b: Extent): Extent {
  return { fall: Math.max(a.fall, b.fall), rise: Math.max(a.rise, b.rise) };
}

function jointLanes({ risk, plan }: GridBook, line: LaneLine): JointLanes[] {
  const seen = plan.seen[line];
  return risk.groups.underlyings.map((_, u) => {
    const joint = seen.slice();
    for (const { partners } of plan.drivers) {
      const { from, lanes: others } = partners[u]!;
      for (let s = 0; s < seen.length; s++) {
        if (seen[s] === 1) for (let i = from[s]!; i < from[s + 1]!; i++) joint[others[i]!] = 1;
      }
    }
    const lanes = Int32Array.from(joint, (_, s) => s).filter((s) => joint[s] === 1);
    return {
      joint,
      summing: lanes.filter((s) => risk.netsBySum[s] === 1),
      netting: lanes.filter((s) => risk.netsBySum[s] === 0),
    };
  });
}

const tables = new WeakMap<GridBook, GrowthTable | null>();

/**
 * The table of a book, made when first asked for; undefined where nothing is proven of its rows: packed ones (M-78), factors by sign (M-17), dates that
 * do not net by sum, and lines that a formula may answer for (M-167).
 */
export function growthTable(book: GridBook): GrowthTable | undefined {
  const known = tables.get(book);
  if (known !== undefined) return known ?? undefined;
  const { risk, windows, plan } = book;
  const isByFormula =
    windows !== undefined && (windows.greeks.maintenance.length > 0 || windows.greeks.initial.length > 0);
  const isNettedLate = risk.netsBySum.subarray(plan.seen.initial.length, risk.laneCount).includes(0);
  const isUnknown =
    risk.units !== undefined || risk.groups.signFactors !== undefined || isByFormula || isNettedLate;
  const table = isUnknown ? null : new GrowthTable(book);
  tables.set(book, table);
  return table ?? undefined;
}
