// How far the charges of an account may have risen since it was assessed, as orders are opened after it: every row at its farther end (M-232).

import { impactOf, liquidityOf } from './charges.ts';
import type { OrderParts } from './growth-lines.ts';
import { type GrowthTable, type RowFacts, sizeIn } from './growth-rows.ts';
import type { Requirement } from './requirement.ts';
import { nakedShorts } from './short-minimum.ts';

/** Between which quantities a row may stand, whatever fills. */
export interface RowReach {
  readonly held: number;
  readonly low: number;
  readonly high: number;
}

/** The ends of a sum that fills may lower and raise. */
interface Ends {
  readonly low: number;
  readonly high: number;
}

/** What the charges of a coin are worked out from; dollars, and coins of delta. */
export interface CoinTally {
  readonly closing: number;
  readonly vega: number;
  readonly confidence: number;
  readonly basis: number;
  /** Net delta of contracts and of what is owed; and of everything. */
  readonly owed: Ends;
  readonly net: Ends;
  /** The balance at its highest, coins. */
  readonly balance: number;
  /** Options at their highest: bought, sold, and what the bought ones would bring (M-30). */
  readonly longs: number;
  readonly shorts: number;
  readonly sale: number;
  /** Sold options that no bought one covers, every sell order filled; and what orders may gain or lose in any lane (M-25). */
  readonly naked: number;
  readonly swing: number;
}

const NONE: CoinTally = {
  ...{ closing: 0, vega: 0, confidence: 0, basis: 0, balance: 0 },
  ...{ owed: { low: 0, high: 0 }, net: { low: 0, high: 0 } },
  ...{ longs: 0, shorts: 0, sale: 0, naked: 0, swing: 0 },
};
const UNHELD: RowReach = { held: 0, low: 0, high: 0 };

const farther = ({ low, high }: Ends) => Math.max(-low, high);
const shifted = ({ low, high }: Ends, by: number): Ends =>
  by < 0 ? { low: low + by, high } : { low, high: high + by };

/** How far a row may stand from nothing, as closing it is charged: an asset only as far as it is owed. */
function sizeOf(kind: RowFacts['kind'], { low, high }: RowReach): number {
  return kind === 'asset' ? Math.max(0, -low) : Math.max(-low, high);
}

/** A row that a quantity more may be bought of, or sold. */
function reaching({ held, low, high }: RowReach, quantity: number): RowReach {
  return quantity < 0 ? { held, low: low + quantity, high } : { held, low, high: high + quantity };
}

/**
 * Which share of bought options initial margin leaves out (M-30) as a whole number: 0 none, 1 all that could not be sold. Undefined where it is something
 * between, beyond (under the cap), or not to be told apart by rounding: then one order more may shift it.
 */
export function leftOutShare({ longs, shorts, sale }: CoinTally, cap: number): 0 | 1 | undefined {
  if (longs === 0) return 0;
  const net = longs - shorts;
  if (net < -NARROW * longs) return 0;
  const unsold = longs - sale;
  const isNarrow = (part: number) => part !== 0 && part < NARROW * longs;
  if (net < NARROW * longs || isNarrow(sale) || isNarrow(unsold)) return undefined;
  return sale >= shorts && sale - shorts <= cap ? 1 : undefined;
}

/** Parts of a sum below which what is left of it is rounding. */
const NARROW = 1e-4;

/** What an order changes of the tallies; what it writes down when it is kept. */
export interface Tallied {
  readonly coins: ReadonlyMap<number, CoinTally>;
  readonly rows: ReadonlyMap<number, RowReach>;
  readonly baskets: ReadonlyMap<number, Ends>;
  /** Charges on stable assets off their peg, and the size of everything, for what is lost in rounding; dollars. */
  readonly peg: number;
  readonly size: number;
}

/** The tallies of an account and of the orders opened since. */
export class ChargeRoom {
  private readonly table: GrowthTable;
  private readonly coins = new Map<number, CoinTally>();
  private readonly rows = new Map<number, RowReach>();
  /** Net delta by expiry. */
  private readonly baskets = new Map<number, Ends>();
  private peg = 0;
  private size = 0;

  constructor(table: GrowthTable, { holdings, fills }: Requirement) {
    this.table = table;
    holdings.rows.forEach((row, i) => {
      const held = holdings.quantities[i]!;
      this.start(table.of(row), { held, low: held, high: held });
    });
    for (const { legs, jump } of fills) {
      const [position, cash] = legs;
      this.keep(
        this.tally({
          position: table.of(position!.row),
          quantity: position!.quantity,
          cash: cash === undefined ? undefined : table.of(cash.row),
          paid: cash?.quantity ?? 0,
          ...{ jump, leftOut: 0 },
        }),
      );
    }
    this.countNaked();
  }

  reach(row: number): RowReach {
    return this.rows.get(row) ?? UNHELD;
  }

  coin(u: number): CoinTally {
    return this.coins.get(u) ?? NONE;
  }

  /** Whether some row is such that nothing is proven of it. */
  hasStrange(): boolean {
    return [...this.rows.keys()].some((row) => this.table.of(row).isStrange);
  }

  /** The tallies with one more order. */
  tally(parts: OrderParts): Tallied {
    const { position, quantity, cash, paid } = parts;
    const coins = new Map<number, CoinTally>();
    const rows = new Map<number, RowReach>();
    const baskets = new Map<number, Ends>();
    let { peg, size } = this;
    const legs: [RowFacts, number][] = [[position, quantity]];
    if (cash !== undefined) legs.push([cash, paid]);
    for (const [facts, change] of legs) {
      const before = this.reach(facts.row);
      const after = reaching(before, change);
      rows.set(facts.row, after);
      size += Math.abs(change) * (Math.max(facts.all.fall, facts.all.rise) + Math.abs(facts.value));
      if (!facts.isCoin) peg += facts.peg * (farther(after) - farther(before));
      else coins.set(facts.u, this.moved(coins.get(facts.u) ?? this.coin(facts.u), facts, before, after));
    }
    if (position.kind !== 'asset' && position.isCoin) {
      const known = this.baskets.get(position.bucket) ?? { low: 0, high: 0 };
      const next = shifted(known, quantity * position.delta);
      baskets.set(position.bucket, next);
      this.addTo(coins, position.u, { basis: (farther(next) - farther(known)) * position.basis });
    }
    for (const u of coins.keys()) {
      // An order counts with what all its legs do to one coin together.
      const own = legs.filter(([facts]) => facts.u === u);
      const delta = own.reduce((sum, [facts, change]) => sum + change * facts.delta, 0);
      const { net } = coins.get(u)!;
      const swing = this.swingOf(own, u === position.u ? parts.jump : 0);
      coins.set(u, { ...coins.get(u)!, net: shifted(net, delta), swing: coins.get(u)!.swing + swing });
    }
    return { coins, rows, baskets, peg, size };
  }

  /** Writes down what an order changes. */
  keep({ coins, rows, baskets, peg, size }: Tallied): void {
    for (const [u, tally] of coins) this.coins.set(u, tally);
    for (const [row, reach] of rows) this.rows.set(row, reach);
    for (const [bucket, ends] of baskets) this.baskets.set(bucket, ends);
    this.peg = peg;
    this.size = size;
  }

  /** Charges of a coin that every line has, dollars at most. */
  chargesOf(u: number, tally: CoinTally): number {
    const coin = this.table.coins[u]!;
    const { charges } = this.table.book.given;
    const { index, uncertainty } = this.levelOf(u);
    return (
      tally.closing +
      tally.basis +
      tally.confidence +
      impactOf(charges, farther(tally.owed) * index, coin.dailyMove, coin.deltaVolume) +
      impactOf(charges, tally.vega, coin.dailyVolMove * 100, coin.vegaVolume) +
      liquidityOf(charges, coin, Math.max(0, tally.balance * index)) +
      farther(tally.net) * index * uncertainty
    );
  }

  /** The charge on option value (M-30). */
  optionCharge({ longs, shorts, sale }: CoinTally): number {
    const net = longs - shorts;
    if (net <= 0) return 0;
    return net - Math.min(this.table.book.given.charges.optionValueCap, Math.max(0, sale - shorts));
  }

  levelOf(u: number): { readonly index: number; readonly uncertainty: number } {
    const { groups, levels } = this.table.book.risk;
    return levels.coins.get(groups.underlyings[u]!)!;
  }

  /** The coins that are held or ordered. */
  held(): readonly number[] {
    return [...this.coins.keys()];
  }

  pegAndSize(tallied: Tallied | undefined): Pick<Tallied, 'peg' | 'size'> {
    return tallied ?? { peg: this.peg, size: this.size };
  }

  /** What an order's legs in a coin may add to what the minimum of short options bounds (M-234). */
  private swingOf(legs: readonly [RowFacts, number][], jump: number): number {
    const { retained } = this.table.book.plan;
    const sum = (extent: 'summed' | 'netted') =>
      legs.reduce((total, [facts, change]) => total + sizeIn(facts[extent], change), 0);
    return (1 - retained) * Math.max(sum('summed'), 2 * sum('netted')) + Math.max(0, -jump);
  }

  private addTo(coins: Map<number, CoinTally>, u: number, add: { readonly basis: number }): void {
    const tally = coins.get(u) ?? this.coin(u);
    coins.set(u, { ...tally, basis: tally.basis + add.basis });
  }

  /** A coin's tally when one of its rows comes to stand between other ends. */
  private moved(tally: CoinTally, facts: RowFacts, before: RowReach, after: RowReach): CoinTally {
    const more = sizeOf(facts.kind, after) - sizeOf(facts.kind, before);
    const { kind, value } = facts;
    const isAsset = kind === 'asset';
    const [low, high] = isAsset
      ? [Math.min(0, after.low) - Math.min(0, before.low), Math.min(0, after.high) - Math.min(0, before.high)]
      : [after.low - before.low, after.high - before.high];
    const [down, up] = facts.delta >= 0 ? [low, high] : [high, low];
    const isOption = kind === 'option';
    const part = (of: (quantity: number) => number) => (isOption ? of(after.high) - of(before.high) : 0);
    return {
      ...tally,
      closing: tally.closing + more * facts.closing,
      vega: tally.vega + more * facts.vega,
      confidence: tally.confidence + more * facts.confidence,
      owed: { low: tally.owed.low + down * facts.delta, high: tally.owed.high + up * facts.delta },
      balance: isAsset ? after.high : tally.balance,
      longs: tally.longs + part((quantity) => Math.max(0, quantity)) * value,
      shorts: tally.shorts + part((quantity) => Math.max(0, -quantity)) * value,
      sale: tally.sale + part((quantity) => Math.max(0, quantity)) * facts.sale,
      naked: tally.naked + (isOption ? before.low - after.low : 0),
    };
  }

  private start(facts: RowFacts, reach: RowReach): void {
    this.rows.set(facts.row, reach);
    const { held } = reach;
    this.size += Math.abs(held) * (Math.max(facts.all.fall, facts.all.rise) + Math.abs(facts.value));
    if (!facts.isCoin) {
      this.peg += facts.peg * farther(reach);
      return;
    }
    const tally = this.moved(this.coin(facts.u), facts, UNHELD, reach);
    const delta = held * facts.delta;
    const net = { low: tally.net.low + delta, high: tally.net.high + delta };
    let { basis } = tally;
    if (facts.kind !== 'asset') {
      const known = this.baskets.get(facts.bucket) ?? { low: 0, high: 0 };
      const next = { low: known.low + delta, high: known.high + delta };
      this.baskets.set(facts.bucket, next);
      basis += (farther(next) - farther(known)) * facts.basis;
    }
    this.coins.set(facts.u, { ...tally, net, basis });
  }

  /** Sold options that none covers, with every sell order filled: found along the chains once, then one by one. */
  private countNaked(): void {
    const { products } = this.table.book.risk;
    for (const [u, tally] of this.coins) {
      const options = [...this.rows].flatMap(([row, { low }]) => {
        const option = products[row]!;
        return option.kind === 'option' && this.table.of(row).u === u ? [{ option, quantity: low }] : [];
      });
      this.coins.set(u, { ...tally, naked: nakedShorts(options) });
    }
  }
}
