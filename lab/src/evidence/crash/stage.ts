// The venue on its stage: inputs go in with their place and time, facts come out and are noted; asked about marks and standings in between.

import { assert, type FiguresBody, type Instant, isRefusal, type Refusal } from '@plimsoll/core';
import {
  type AccountState,
  apply,
  closingPrice,
  Desk,
  type EnginePolicy,
  emptyState,
  enginePolicy,
  type Fact,
  type Input,
  isTaken,
  type Judge,
  type Models,
  type StandingFigures,
  type State,
} from '@plimsoll/core/engine';
import type { Notes } from './notes.ts';

const HOUR = 3_600_000;

/** The engine's defaults, but for two hands to sign what changes parameters. */
export const POLICY: EnginePolicy = {
  ...enginePolicy,
  approvals: 2,
  // Markets are up to two hours apart, and dealers trade between them.
  market: { ...enginePolicy.market, tradeAgeMax: 3 * HOUR },
  ladder: { ...enginePolicy.ladder, deadline: HOUR },
};

/** How many are judged in one slice. */
const SLICE = 500;

export class Stage {
  readonly state: State;
  readonly desk: Desk;
  readonly notes: Notes;
  inputs = 0;

  constructor(models: Models, notes: Notes, body?: FiguresBody, policy: EnginePolicy = POLICY) {
    this.state = emptyState(policy);
    this.desk = new Desk(models, body);
    this.notes = notes;
  }

  /** Sends an input; the answer may be a refusal, which is noted. */
  send(at: Instant, input: Input): Fact[] {
    const { state, desk } = this;
    const facts = apply(state, { seq: state.seq + 1, at, input }, desk);
    this.inputs++;
    this.notes.note(this, input, facts);
    return facts;
  }

  /** Sends an input that the scenario cannot do without. */
  must(at: Instant, input: Input): Fact[] {
    const facts = this.send(at, input);
    const [first] = facts;
    if (first?.kind === 'refused')
      throw new Error(`${input.kind}: ${first.refusal.message} (${first.refusal.where})`);
    assert(isTaken(facts), 'the scenario sends nothing twice');
    return facts;
  }

  /** Judges everybody on the newest market. */
  judgeAll(at: Instant): Fact[] {
    const { state } = this;
    const facts: Fact[] = [];
    while (state.remaining > 0) facts.push(...this.must(at, { kind: 'slice', count: SLICE }));
    return facts;
  }

  account(id: string): AccountState {
    const account = this.state.accounts.get(id);
    assert(account !== undefined, 'the scenario opened every account it names');
    return account;
  }

  figures(account: AccountState): StandingFigures | Refusal {
    return this.desk.figuresOf(this.state, account);
  }

  /** The book that prices are taken from. */
  judge(group = 'main'): Judge {
    const judge = this.desk.judgeOfGroup(this.state, group);
    if (isRefusal(judge)) throw new Error(judge.message);
    return judge;
  }

  /** A product's mark in its own price unit, where it has one. */
  mark(product: string): number | undefined {
    const { risk } = this.judge().book;
    const row = risk.indexOf.get(product);
    return row === undefined ? undefined : risk.columns.mark[row]!;
  }

  /** USD per unit of an asset. */
  worth(asset: string): number {
    const { risk } = this.judge().book;
    const row = risk.indexOf.get(asset);
    assert(row !== undefined, 'every asset has a level');
    return risk.columns.value[row]!;
  }

  /** The price at which a forced trade of a product would be made, for an account. */
  forcedPrice(account: AccountState, product: string, side: 1 | -1): number | undefined {
    const listed = this.state.products.get(product);
    return listed === undefined
      ? undefined
      : closingPrice(this.state, this.judge(account.group), listed, side);
  }
}
