// What happened, noted as it happens: calls and how they ended, closings and what they cost, what was withheld, what the fund paid.

import { dollars, type Instant } from '@plimsoll/core';
import { type Fact, type FactOf, HOUSE, type Input, STATUSES, type Status } from '@plimsoll/core/engine';
import type { Stage } from './stage.ts';

/** How a call ended. */
export const ENDS = ['deposit', 'trade', 'top-up', 'market', 'deadline', 'maintenance', 'open'] as const;
export type End = (typeof ENDS)[number];

export interface Call {
  readonly account: string;
  readonly at: Instant;
  readonly deadline: Instant;
  /** Dollars of the stated cure. */
  readonly cure: number;
  /** Single trades stated. */
  readonly trades: number;
  end: End;
  endAt: Instant;
  /** An answer came and did not end it. */
  answered: boolean;
}

export interface Forced {
  readonly account: string;
  readonly at: Instant;
  readonly product: string;
  /** Dollars of underlying. */
  readonly notional: number;
  /** Dollars beyond the mark. */
  readonly cost: number;
}

/** A change of status. */
export interface Change {
  readonly account: string;
  readonly at: Instant;
  readonly status: Status;
  readonly was: Status;
  readonly why: string;
}

/** What is computed beside, summed over a round of slices. */
export interface Shade {
  accounts: number;
  called: number;
  closed: number;
  initial: number;
}

const isHouse = (account: string) => (HOUSE as readonly string[]).includes(account);

export class Notes {
  readonly calls: Call[] = [];
  readonly forced: Forced[] = [];
  readonly changes: Change[] = [];
  readonly withheld: { readonly account: string; readonly at: Instant; readonly why: string }[] = [];
  readonly refusals: { readonly kind: Input['kind']; readonly message: string }[] = [];
  /** Units by asset, of the whole run. */
  readonly outside = new Map<string, bigint>();
  readonly insurance = new Map<string, bigint>();
  readonly missing = new Map<string, bigint>();
  readonly topUps = { count: 0, dollars: 0 };
  readonly unjudged = new Map<string, number>();
  readonly facts = new Map<string, number>();
  settled = 0;
  shades = new Map<string, Shade>();
  private readonly open = new Map<string, Call>();

  /** Takes down what an input led to. */
  note(stage: Stage, input: Input, facts: readonly Fact[]): void {
    const toppedUp = new Set<string>();
    for (const fact of facts) {
      this.facts.set(fact.kind, (this.facts.get(fact.kind) ?? 0) + 1);
      switch (fact.kind) {
        case 'refused':
          this.refusals.push({ kind: input.kind, message: fact.refusal.message });
          break;
        case 'credited':
          this.credited(stage, fact, toppedUp);
          break;
        case 'status':
          this.status(stage, fact, input, toppedUp);
          break;
        case 'called':
          this.called(stage, fact);
          break;
        case 'traded':
          if (fact.buyer === 'backstop' || fact.seller === 'backstop') this.trade(stage, fact);
          break;
        case 'withheld':
          this.withheld.push({ account: fact.account, at: stage.state.now, why: fact.why });
          break;
        case 'missing':
          add(this.missing, fact.asset, fact.units);
          break;
        case 'unjudged':
          this.unjudged.set(fact.refusal.message, (this.unjudged.get(fact.refusal.message) ?? 0) + 1);
          break;
        case 'mode-set':
          if (fact.mode === 'settled') this.settled++;
          break;
        case 'shadowed':
          this.shadowed(fact);
          break;
        default:
      }
    }
  }

  private credited(
    stage: Stage,
    { account, asset, units, why }: FactOf<'credited'>,
    toppedUp: Set<string>,
  ): void {
    if (why === 'deposit' || why === 'withdrawal') add(this.outside, asset, units);
    if (why === 'insurance' && account !== 'insurance') add(this.insurance, asset, units);
    if (why === 'top-up' && units > 0n) {
      toppedUp.add(account);
      this.topUps.count++;
      this.topUps.dollars += (Number(units) / 1e8) * stage.worth(asset);
    }
  }

  private status(stage: Stage, fact: FactOf<'status'>, input: Input, toppedUp: ReadonlySet<string>): void {
    const { account, status, was, why } = fact;
    const { now } = stage.state;
    this.changes.push({ account, at: now, status, was, why });
    const call = this.open.get(account);
    if (was !== 'called' || call === undefined) return;
    call.end = endOf(fact, input, toppedUp);
    call.endAt = now;
    this.open.delete(account);
  }

  private called({ state }: Stage, { account, deadline, cure }: FactOf<'called'>): void {
    const amount = Number(cure.units) / 1e8;
    const found = { account, at: state.now, deadline, cure: amount, trades: cure.trades.length };
    const call: Call = { ...found, end: 'open', endAt: state.now, answered: false };
    this.calls.push(call);
    this.open.set(account, call);
  }

  /** An answer was sent; where the call is still open it did not suffice. */
  answer(account: string): void {
    const call = this.open.get(account);
    if (call !== undefined) call.answered = true;
  }

  private trade(stage: Stage, { product, lots, price, buyer, seller }: FactOf<'traded'>): void {
    const account = isHouse(buyer) ? seller : buyer;
    const { terms } = stage.state.products.get(product)!;
    const quantity = (lots * terms.lot) / 10 ** terms.lotDecimals;
    const mark = stage.mark(product)!;
    const paid = price / 1e8;
    const index = stage.worth(terms.product.underlying);
    const isOption = terms.product.kind === 'option';
    // An option's price is in coins; a coin-settled future's cost in coins is what its reciprocals differ by.
    const coins = quantity * Math.abs(isOption ? paid - mark : 1 / paid - 1 / mark);
    const notional = isOption ? quantity * index : quantity;
    this.forced.push({ account, at: stage.state.now, product, notional, cost: coins * index });
  }

  private shadowed({ set, accounts, called, closed, initial }: FactOf<'shadowed'>): void {
    const sum = this.shades.get(set) ?? { accounts: 0, called: 0, closed: 0, initial: 0 };
    sum.accounts += accounts;
    sum.called += called;
    sum.closed += closed;
    sum.initial += dollars(initial);
    this.shades.set(set, sum);
  }
}

function endOf({ account, status, why }: FactOf<'status'>, input: Input, toppedUp: ReadonlySet<string>): End {
  if (STATUSES.indexOf(status) > STATUSES.indexOf('called')) {
    return why === 'the deadline has passed' ? 'deadline' : 'maintenance';
  }
  if (toppedUp.has(account)) return 'top-up';
  if (input.kind === 'deposit') return 'deposit';
  return input.kind === 'fill' ? 'trade' : 'market';
}

function add(sums: Map<string, bigint>, asset: string, units: bigint): void {
  sums.set(asset, (sums.get(asset) ?? 0n) + units);
}
