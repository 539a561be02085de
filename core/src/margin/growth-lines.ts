// How far the swept loss of one line may have risen since it was found, as orders are opened after it: lane by lane within a coin, at the most across coins.

import type { LaneLine } from '../scenario/index.ts';
import { fallOf, type GrowthTable, type RowFacts } from './growth-rows.ts';
import type { Line } from './requirement.ts';

/** An order as lanes see it. */
export interface OrderParts {
  readonly position: RowFacts;
  readonly quantity: number;
  readonly cash: RowFacts | undefined;
  readonly paid: number;
  readonly jump: number;
  /** Share of the position that initial margin leaves out (M-30). */
  readonly leftOut: number;
}

/** P&L of one coin, lane by lane, as it was and as it may be by now. */
interface CoinLanes {
  /** As the full model found it. */
  readonly found: Float64Array;
  /** With all legs, and with what is not left out: the better of the two counts. Without the second where nothing is left out. */
  readonly whole: Float64Array;
  readonly counted: Float64Array | undefined;
  readonly better: Float64Array;
}

/** What an order makes of a line: everything that `keep` has to write down. */
interface Tried {
  readonly u: number;
  readonly lanes: CoinLanes;
  readonly own: Float64Array;
  readonly all: Float64Array;
  readonly rise: Float64Array;
  readonly lift: Float64Array;
  readonly floors: Float64Array;
  readonly joint: number;
  readonly dates: number;
}

/** The sum of all numbers but one. */
function sumBut(values: Float64Array, u: number): number {
  let sum = 0;
  for (let v = 0; v < values.length; v++) if (v !== u) sum += values[v]!;
  return sum;
}

/** Numbers by underlying with one changed. */
function replaced(values: Float64Array, u: number, value: number): Float64Array {
  const next = values.slice();
  next[u] = value;
  return next;
}

/**
 * An upper bound of one line's swept loss (M-231). `try` says what it would be with one more order and remembers that; `keep` makes it stand.
 */
export class LineRoom {
  private readonly lanes: (CoinLanes | undefined)[];
  private readonly foundJoint: number;
  private readonly retained: number;
  private state: Omit<Tried, 'u' | 'lanes'>;
  private tried: Tried | undefined;
  private readonly table: GrowthTable;
  private readonly line: Line;
  private readonly name: LaneLine;
  /** A line may count the jump of a fill less than once: the release line, whose buffer multiplies losses only. */
  private readonly jumps: number;

  constructor(table: GrowthTable, line: Line, name: LaneLine, jumps: number) {
    this.table = table;
    this.line = line;
    this.name = name;
    this.jumps = jumps;
    const { combined, sweep } = line;
    const { stride, groups } = sweep.book;
    const seen = table.book.plan.seen[name];
    const count = groups.underlyings.length;
    this.lanes = Array.from({ length: count }, () => undefined);
    this.retained = combined.retained;
    const floors = Float64Array.from({ length: count }, (_, u) => 0 - (sweep.jumps?.[u] ?? 0));
    const worst = (u: number, mask: Uint8Array) => {
      const at = u * stride;
      let loss = floors[u]!;
      for (let s = 0; s < mask.length; s++) {
        if (mask[s] === 1 && -sweep.pnl[at + s]! > loss) loss = -sweep.pnl[at + s]!;
      }
      return loss;
    };
    const own = Float64Array.from(floors, (_, u) => worst(u, seen));
    const all = Float64Array.from(floors, (_, u) => worst(u, table.lanes[name][u]!.joint));
    const sum = own.reduce((total, loss) => total + loss, 0);
    // Where windows of history asked for more, lanes asked for no more than they did.
    const joint =
      combined.tail === undefined ? combined.joint : jointWithin(combined.amount, sum, this.retained);
    const looksBack = (table.book.windows?.[name].length ?? 0) > 0;
    this.foundJoint = joint;
    this.state = {
      ...{ own, all, floors, joint },
      rise: new Float64Array(count),
      lift: new Float64Array(count),
      dates: looksBack ? combined.amount : Number.NEGATIVE_INFINITY,
    };
  }

  /** Coins and other assets there are. */
  get coinCount(): number {
    return this.lanes.length;
  }

  /** What a coin lost by itself when the line was found, at least: nothing where windows may answer for it. */
  foundLoss(u: number): number {
    return this.state.dates === Number.NEGATIVE_INFINITY ? this.line.combined.own[u]!.loss : 0;
  }

  /** Whether the worst lane of a coin is surely one in which expiries net by sum. */
  isSurelySummed(u: number): boolean {
    const { state, tried, table, name } = this;
    const { lift, own } = tried ?? state;
    const pnl = tried?.u === u ? tried.lanes : this.lanesOf(u);
    const least = this.line.combined.own[u]!.loss;
    if (own[u]! < least) return false;
    return table.lanes[name][u]!.netting.every((s) => lift[u]! - pnl.better[s]! < least);
  }

  /** The swept loss at most, dollars, with one more order. */
  try(parts: OrderParts): number {
    const { state } = this;
    const { position, cash } = parts;
    const jump = parts.jump * this.jumps;
    const { u } = position;
    const apart = cash !== undefined && cash.u !== u ? fallOf(cash.all, parts.paid) : 0;
    const moved = this.move(parts, jump);
    const floor = state.floors[u]! + Math.max(0, -jump);
    const ends = this.endsOf(u, moved.lanes, floor);
    const next = {
      own: replaced(state.own, u, ends.own),
      all: replaced(state.all, u, ends.all),
      rise: replaced(state.rise, u, ends.rise),
      lift: state.lift,
      floors: replaced(state.floors, u, floor),
    };
    if (apart > 0) {
      next.lift = replaced(state.lift, cash!.u, state.lift[cash!.u]! + apart);
      for (const values of [next.own, next.all, next.rise]) values[cash!.u]! += apart;
    }
    const lanewise = this.jointOf(u, moved.lanes, sumBut(next.rise, u), sumBut(next.all, u));
    const joint = Math.min(Math.max(sumBut(next.floors, -1), lanewise), state.joint + moved.most + apart);
    const dates = state.dates + this.dateLoss(parts, jump);
    this.tried = { u, lanes: moved.lanes, ...next, joint, dates };
    const sum = sumBut(next.own, -1);
    return Math.max(joint + this.retained * (sum - joint), dates);
  }

  /** What a coin loses by itself and in joint moves at most, and how much more that is in any lane than was found. */
  private endsOf(
    u: number,
    { found, better }: CoinLanes,
    floor: number,
  ): { readonly own: number; readonly all: number; readonly rise: number } {
    const { summing, netting } = this.table.lanes[this.name][u]!;
    const seen = this.table.book.plan.seen[this.name];
    const lift = this.state.lift[u]!;
    let [own, all, rise] = [floor, floor, this.state.rise[u]!];
    for (const lanes of [summing, netting]) {
      for (let i = 0; i < lanes.length; i++) {
        const s = lanes[i]!;
        const loss = lift - better[s]!;
        if (loss > all) all = loss;
        if (loss > own && seen[s] === 1) own = loss;
        const more = found[s]! + loss;
        if (more > rise) rise = more;
      }
    }
    return { own, all, rise };
  }

  /** The joint loss at most, over the lanes that a coin may stand in. */
  private jointOf(u: number, { found, better }: CoinLanes, otherRise: number, otherLoss: number): number {
    const { summing, netting } = this.table.lanes[this.name][u]!;
    const lift = this.state.lift[u]!;
    const base = this.foundJoint + otherRise;
    let joint = 0;
    for (const lanes of [summing, netting]) {
      for (let i = 0; i < lanes.length; i++) {
        const s = lanes[i]!;
        const loss = lift - better[s]!;
        const risen = base + found[s]! + loss;
        const alone = otherLoss + loss;
        const most = Math.min(risen, alone);
        if (most > joint) joint = most;
      }
    }
    return joint;
  }

  /** Makes the order that was tried last stand. */
  keep(): void {
    if (this.tried === undefined) return;
    const { u, lanes, ...state } = this.tried;
    this.lanes[u] = lanes;
    this.state = state;
    this.tried = undefined;
  }

  /** The most that windows may lose more. */
  private dateLoss({ position, quantity, cash, paid }: OrderParts, jump: number): number {
    if (this.state.dates === Number.NEGATIVE_INFINITY) return 0;
    const own = fallOf(position.dates[this.name], quantity);
    const other = cash === undefined ? 0 : fallOf(cash.dates[this.name], paid);
    return cash === undefined || cash.u === position.u
      ? Math.max(0, own + other - Math.min(0, jump), own + other - jump)
      : Math.max(0, -jump, own - jump) + other;
  }

  private lanesOf(u: number): CoinLanes {
    const known = this.lanes[u] ?? this.foundLanes(u);
    this.lanes[u] = known;
    return known;
  }

  private foundLanes(u: number): CoinLanes {
    const { sweep } = this.line;
    const at = u * sweep.book.stride;
    const found = sweep.pnl.subarray(at, at + this.table.count);
    const counted = sweep.instead?.pnl.subarray(at, at + this.table.count);
    if (counted === undefined) return { found, whole: found, counted, better: found };
    // Where the counted legs made the entry, nothing is known of the others.
    const whole = found.map((pnl, s) => (pnl > counted[s]! ? pnl : Number.NEGATIVE_INFINITY));
    return { found, whole, counted, better: found };
  }

  /** Every lane with the order where it hurts, and the most that it hurts anywhere. */
  private move(parts: OrderParts, jump: number): { readonly lanes: CoinLanes; readonly most: number } {
    const { found, whole, counted } = this.lanesOf(parts.position.u);
    const next = whole.slice();
    let most = this.add(parts, 1, jump, next);
    if (counted === undefined && parts.leftOut === 0) {
      return { lanes: { found, whole: next, counted, better: next }, most };
    }
    const other = (counted ?? whole).slice();
    most = Math.max(most, this.add(parts, 1 - parts.leftOut, jump, other));
    const better = next.slice();
    for (let s = 0; s < better.length; s++) if (other[s]! > better[s]!) better[s] = other[s]!;
    return { lanes: { found, whole: next, counted: other, better }, most };
  }

  /** Adds to every lane what a share of the order's position, its cash and its jump lose there; the most that is lost in any. */
  private add(parts: OrderParts, share: number, jump: number, pnl: Float64Array): number {
    const { rows, stride, twins } = this.table.book.risk;
    const { summing, netting } = this.table.lanes[this.name][parts.position.u]!;
    const { position, cash, paid } = parts;
    const quantity = parts.quantity * share;
    const from = position.row * stride;
    // Cash of another coin is no part of these lanes: then the position's own row is added no times.
    const isHere = cash !== undefined && cash.u === position.u;
    const [second, amount] = isHere ? [cash.row * stride, paid] : [from, 0];
    const atOnce = Math.max(0, -jump);
    let most = atOnce;
    for (let i = 0; i < summing.length; i++) {
      const s = summing[i]!;
      const change = quantity * rows[from + s]! + amount * rows[second + s]! + jump;
      if (change >= 0) continue;
      pnl[s]! += change;
      if (-change > most) most = -change;
    }
    // Where expiries do not net by sum each leg counts at its worst in its own, and the jump apart.
    const lossOf = (at: number, held: number, s: number) => {
      const change = held * rows[at + s]!;
      return twins[s]! < 0 ? Math.abs(change) : Math.max(0, -change, -held * rows[at + twins[s]!]!);
    };
    for (let i = 0; i < netting.length; i++) {
      const s = netting[i]!;
      const loss = lossOf(from, quantity, s) + lossOf(second, amount, s) + atOnce;
      pnl[s]! -= loss;
      if (loss > most) most = loss;
    }
    return most;
  }
}

/** The joint loss at most, where a line's lanes amount to no more than `amount` and coins alone lose `sum`. */
function jointWithin(amount: number, sum: number, retained: number): number {
  return retained < 1 ? Math.max(0, (amount - retained * sum) / (1 - retained)) : sum;
}
