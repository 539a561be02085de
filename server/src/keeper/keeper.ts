// An engine that is told of nothing it has not written down: inputs are decided in their order, and answered when they are durable.

import { createHash } from 'node:crypto';
import {
  type Digest,
  type Instant,
  isRefusal,
  type Refusal,
  refuse,
  writeFacts,
  writeInput,
  writeState,
} from '@plimsoll/core';
import {
  apply,
  type Desk,
  type Fact,
  type Input,
  type Models,
  SCHEMA,
  type StandingFigures,
  type State,
  type Status,
} from '@plimsoll/core/engine';
import type { Journal } from '../journal/contract.ts';
import { replayRecords } from './recover.ts';

/** An input that was taken into the order, with what was decided of it; a fact may still say that it was refused. */
export interface Taken {
  readonly seq: number;
  readonly facts: readonly Fact[];
}

/** Where an account stands after an entry that is durable. */
export interface Streamed {
  readonly account: string;
  readonly status: Status;
  readonly figures: StandingFigures;
  readonly seq: number;
  readonly at: Instant;
}

export type Listener = (streamed: Streamed) => void;

/** Accounts that an input touched, or that a slice judged. */
function touched({ places }: State, facts: readonly Fact[]): Set<string> {
  const names = new Set<string>();
  for (const fact of facts) {
    if ('account' in fact) names.add(fact.account);
    if (fact.kind === 'traded') names.add(fact.buyer).add(fact.seller);
    if (fact.kind !== 'sliced') continue;
    for (const { id } of places.slice(fact.cursor - fact.judged, fact.cursor)) names.add(id);
  }
  return names;
}

/**
 * One engine over one journal. What it holds runs ahead of the disk by what waits to be committed; when the disk does not take it, the keeper takes nothing more and
 * must be opened again, because its state has decided what was never written.
 */
export class Keeper {
  readonly state: State;
  readonly desk: Desk;
  private readonly journal: Journal;
  private broken: Refusal | undefined;
  /** Entries decided and not yet durable. */
  private waiting = 0;
  private readonly listeners = new Set<Listener>();

  private constructor(journal: Journal, state: State, desk: Desk) {
    this.journal = journal;
    this.state = state;
    this.desk = desk;
  }

  /**
   * Recovers what a journal holds: the newest whole snapshot, then everything after it decided again. Refuses a journal whose entries decide otherwise now.
   * @example const keeper = Keeper.open(openSqlite('venue.journal'), models)
   */
  static open(journal: Journal, models: Models): Keeper | Refusal {
    const snapshot = journal.newest();
    // Where no snapshot is whole everything is decided again from the first entry.
    const from = snapshot === undefined || isRefusal(snapshot) ? undefined : snapshot;
    const recovered = replayRecords(journal.read(from?.seq ?? 0), models, from);
    if (isRefusal(recovered)) return recovered;
    return new Keeper(journal, recovered.state, recovered.desk);
  }

  /** How many inputs wait to be durable. */
  get pending(): number {
    return this.waiting;
  }

  /**
   * Decides an input now, and answers when it is durable. A clock that went back stands still: the time of the input before counts. Refuses everything once the journal
   * has refused.
   * @example const { seq, facts } = await keeper.take({ kind: 'beat' }, Date.now())
   */
  async take(input: Input, at: number): Promise<Taken | Refusal> {
    if (this.broken !== undefined) return this.broken;
    const { state, desk } = this;
    const seq = state.seq + 1;
    const now = Math.max(at, state.now) as Instant;
    const facts = apply(state, { seq, at: now, input }, desk);
    const entry = { seq, at: now, schema: SCHEMA, input: writeInput(input), facts: writeFacts(facts) };
    const standings = this.standingsOf(facts, seq, now);
    this.waiting++;
    const head = await this.journal.append([entry]);
    this.waiting--;
    if (!isRefusal(head)) {
      for (const standing of standings) for (const listen of this.listeners) listen(standing);
      return { seq, facts };
    }
    this.broken ??= refuse(
      head.reason,
      `the journal did not take entry ${seq} (${head.message}); nothing more is taken until it is opened again.`,
      head.where ?? this.journal.where,
    );
    return this.broken;
  }

  /**
   * Tells a listener where accounts stand whenever an input touched or a slice judged them, once that is durable. Answers how to stop it.
   * @example const stop = keeper.subscribe(({ account, status, figures }) => send(account, status, figures))
   */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private standingsOf(facts: readonly Fact[], seq: number, at: Instant): Streamed[] {
    if (this.listeners.size === 0) return [];
    const { state, desk } = this;
    return [...touched(state, facts)].flatMap((id): Streamed[] => {
      const account = state.accounts.get(id);
      if (account === undefined || account.isHouse) return [];
      const figures = desk.figuresOf(state, account);
      return isRefusal(figures) ? [] : [{ account: id, status: account.status, figures, seq, at }];
    });
  }

  /** Keeps the whole state at the head, so that a recovery begins there. Refuses while anything waits to be durable. */
  async snapshot(): Promise<Refusal | undefined> {
    if (this.broken !== undefined) return this.broken;
    const { head } = this.journal;
    if (head.seq !== this.state.seq) {
      return refuse('out-of-order', 'some entries are not durable yet; wait for them.', this.journal.where);
    }
    const body = writeState(this.state);
    if (isRefusal(body)) return body;
    const state = createHash('sha256').update(body).digest('hex') as Digest;
    return this.journal.keep({ ...head, schema: SCHEMA, body, state });
  }

  /** Commits what waits and lets the next writer in. */
  close(): Promise<void> {
    return this.journal.close();
  }
}
