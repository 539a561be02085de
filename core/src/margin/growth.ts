// An order check without the model: what initial margin can be at most as orders are opened one after another, from one full assessment on (M-230).

import { isRefusal, owedUp, type Usd, usd } from '../base/index.ts';
import { tradingFee } from './charges.ts';
import { ChargeRoom, type CoinTally, leftOutShare, type Tallied } from './growth-charges.ts';
import { LineRoom, type OrderParts } from './growth-lines.ts';
import { type GrowthTable, growthTable } from './growth-rows.ts';
import { LINE_NAMES } from './lines.ts';
import type { GridBook } from './models/grid-lines.ts';
import { fillOf } from './orders.ts';
import type { Order } from './portfolio.ts';
import type { Headroom, LineName, Standing } from './requirement.ts';

/** What sums in another order may differ by, as a share of all that is summed; and a few ledger units a coin for what is rounded up. */
const ROUNDING = 1e-11;
const UNITS = 2e-7;

/** What a coin is charged at most, and whether initial margin may leave out options of it. */
interface CoinMost {
  readonly charges: number;
  readonly options: number;
  readonly leaves: boolean;
}

interface Tried {
  readonly tallied: Tallied;
  readonly coins: ReadonlyMap<number, CoinMost>;
  readonly left: Usd;
}

/** The bound for the models that sweep lanes under the charges of `grid`; holds what was opened since the assessment. */
class GridHeadroom implements Headroom {
  left: Usd;
  private readonly table: GrowthTable;
  private readonly equity: Usd;
  private readonly lines: Readonly<Record<LineName, LineRoom>>;
  private readonly tallies: ChargeRoom;
  private readonly coins = new Map<number, CoinMost>();
  private tried: Tried | undefined;

  constructor(table: GrowthTable, { equity, excess, requirement }: Standing, tallies: ChargeRoom) {
    const { releaseBuffer } = table.book.given;
    this.table = table;
    this.tallies = tallies;
    this.equity = equity;
    this.left = excess.initial;
    const { maintenance, release, initial } = requirement;
    this.lines = {
      maintenance: new LineRoom(table, maintenance, 'maintenance', 1),
      // The buffer multiplies what may be lost and not what fills bring.
      release: new LineRoom(table, release, 'maintenance', 1 / (1 + releaseBuffer)),
      initial: new LineRoom(table, initial, 'initial', 1),
    };
    for (const u of tallies.held()) this.coins.set(u, this.mostOf(u, tallies.coin(u)));
  }

  with(order: Order): Usd | undefined {
    this.tried = undefined;
    const parts = this.partsOf(order);
    if (parts === undefined) return undefined;
    const tallied = this.tallies.tally(parts);
    const leftOut = this.leftOutOf(parts, tallied);
    if (leftOut === undefined) return undefined;
    const coins = new Map<number, CoinMost>();
    for (const [u, tally] of tallied.coins) coins.set(u, this.mostOf(u, tally));
    const most = this.mostWith({ ...parts, leftOut }, tallied, coins);
    const left = usd(this.equity - owedUp(most));
    this.tried = { tallied, coins, left };
    return left;
  }

  keep(): void {
    if (this.tried === undefined) return;
    const { tallied, coins, left } = this.tried;
    for (const line of LINE_NAMES) this.lines[line].keep();
    this.tallies.keep(tallied);
    for (const [u, most] of coins) this.coins.set(u, most);
    this.left = left;
    this.tried = undefined;
  }

  /** The order as lanes and charges see it; undefined where it is refused or nothing is proven of its product. */
  private partsOf(order: Order): OrderParts | undefined {
    const { risk, given } = this.table.book;
    const fill = fillOf(order, 0, risk, (row, size) => {
      const { index } = risk.levels.coins.get(risk.products[row]!.underlying)!;
      return tradingFee(risk, row, size, index, given.charges);
    });
    if (isRefusal(fill)) return undefined;
    const [position, cash] = fill.legs;
    const facts = this.table.of(position!.row);
    if (facts.isStrange || !facts.isCoin) return undefined;
    return {
      position: facts,
      quantity: position!.quantity,
      cash: cash === undefined ? undefined : this.table.of(cash.row),
      paid: cash?.quantity ?? 0,
      jump: fill.jump,
      leftOut: 0,
    };
  }

  /**
   * The share of a bought option that initial margin leaves out; undefined where the order would shift the shares of others (M-233): where options are
   * partly left out, or begin to be, and where one is bought beyond what is held short of it.
   */
  private leftOutOf({ position, quantity }: OrderParts, { coins, rows }: Tallied): number | undefined {
    if (position.kind !== 'option' || quantity <= 0) return 0;
    const { held, high } = rows.get(position.row)!;
    if (held < 0 && high > 0) return undefined;
    const cap = this.table.book.given.charges.optionValueCap;
    const before = this.tallies.coin(position.u);
    const share = leftOutShare(coins.get(position.u)!, cap);
    if (share === undefined || (before.longs > 0 && leftOutShare(before, cap) !== share)) return undefined;
    return high > 0 && position.value > 0 ? share * (1 - position.sale / position.value) : 0;
  }

  private mostOf(u: number, tally: CoinTally): CoinMost {
    return {
      charges: this.tallies.chargesOf(u, tally),
      options: this.tallies.optionCharge(tally),
      leaves: mayLeave(tally),
    };
  }

  /** Initial margin at most with one more order, dollars: the largest of the three lines, none of which it is below. */
  private mostWith(parts: OrderParts, tallied: Tallied, changed: ReadonlyMap<number, CoinMost>): number {
    let [charges, options, leaves] = [0, 0, false];
    const sum = (most: CoinMost) => {
      charges += most.charges;
      options += most.options;
      leaves ||= most.leaves;
    };
    for (const [u, most] of this.coins) if (!changed.has(u)) sum(most);
    for (const most of changed.values()) sum(most);
    const amount = (line: LineName) => {
      // What is left out is left out of the initial line alone.
      const swept = this.lines[line].try(line === 'initial' ? parts : { ...parts, leftOut: 0 });
      return swept + charges + this.minimumOf(line, tallied, changed, leaves);
    };
    const { releaseBuffer } = this.table.book.given;
    const most = Math.max(
      amount('maintenance'),
      (1 + releaseBuffer) * amount('release'),
      amount('initial') + options + tallied.peg,
    );
    return most + ROUNDING * tallied.size + UNITS * (1 + this.lines.initial.coinCount);
  }

  /**
   * The minimum of short options at most, over all coins (M-25): what no long option covers, and no more than that is short of what the coin lost when it was
   * assessed, once more what orders may gain or lose.
   */
  private minimumOf(
    line: LineName,
    tallied: Tallied,
    changed: ReadonlyMap<number, CoinMost>,
    leaves: boolean,
  ): number {
    const { given, plan } = this.table.book;
    const rate = given.charges.shortMinimum[line === 'initial' ? 'initial' : 'maintenance'];
    const room = this.lines[line];
    let sum = 0;
    const add = (u: number, { options }: CoinMost) => {
      const { naked, swing } = tallied.coins.get(u) ?? this.tallies.coin(u);
      const least = naked * this.tallies.levelOf(u).index * rate;
      if (least === 0) return;
      const isLeft = line === 'initial' && leaves;
      const apart = isLeft ? (1 - plan.retained) * options : 0;
      const missing = Math.min(least, Math.max(0, least + swing + apart - room.foundLoss(u)));
      sum += missing < least && isLeft && !room.isSurelySummed(u) ? least : missing;
    };
    for (const [u, most] of this.coins) if (!changed.has(u)) add(u, most);
    for (const [u, most] of changed) add(u, most);
    return sum;
  }
}

/** Whether some of a coin's bought options may be left out of the initial line, however little. */
function mayLeave({ longs, shorts }: CoinTally): boolean {
  return longs > 0 && longs - shorts > -1e-9 * longs;
}

/**
 * What an account that was just assessed may still open without asking the model again; `standing` with all its open orders.
 *
 *     left = equity - bound;  bound >= initial margin of the account with every order kept since (M-230)
 *
 * Units: 1e-8 USD. Undefined where nothing is proven: a book that is packed, discounted by sign or answered by formula; an account that gives up options
 * (M-19), holds something in its settlement window (M-20) or a payoff of anybody's making. Errors: none.
 * @example const room = gridHeadroom(sure(assess(portfolio, book, grid)), book); // room?.with(order)! >= 0n: admitted
 */
export function gridHeadroom(standing: Standing, book: GridBook): Headroom | undefined {
  const table = growthTable(book);
  if (table === undefined) return undefined;
  const { requirement } = standing;
  // A line that gives up options, or was judged without what expires, was swept over other holdings than the account's own.
  if (LINE_NAMES.some((line) => requirement[line].sweep.holdings !== requirement.holdings)) return undefined;
  const tallies = new ChargeRoom(table, requirement);
  return tallies.hasStrange() ? undefined : new GridHeadroom(table, standing, tallies);
}
