// An engine that is told of nothing it has not written down: inputs are decided in their order, and answered when they are durable.

import { createHash } from 'node:crypto';
import {
  type Digest,
  type Instant,
  isRefusal,
  type Refusal,
  readInput,
  readState,
  refuse,
  writeFacts,
  writeInput,
  writeState,
} from '@plimsoll/core';
import {
  apply,
  type Desk,
  type Fact,
  HOUSE,
  type Input,
  isLeap,
  type Models,
  SCHEMA,
  type Sequenced,
  type StandingFigures,
  type State,
  type Status,
} from '@plimsoll/core/engine';
import type { Entry, Journal } from '../journal/contract.ts';
import { type Replaying, replayRecords } from './recover.ts';

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

/** What may wait to be written, in inputs and in characters of their texts: less than a journal takes, so that it never refuses what is decided. */
export const WAITING_MAX = 65_536;
export const WAITING_BYTES_MAX = 67_108_864;

/** An input's text, and the input as it reads back. */
function textOf(input: Input, models: Models): { readonly text: string; readonly input: Input } | Refusal {
  try {
    const text = writeInput(input);
    const read = readInput(text, input.kind, models);
    return isRefusal(read) ? read : { text, input: read };
  } catch (error) {
    return refuse('malformed', `it has no text (${(error as Error).message}); mend it.`, String(input?.kind));
  }
}

/** Accounts that an input touched, or that a slice judged. */
function touched({ places }: State, facts: readonly Fact[]): Set<string> {
  const names = new Set<string>();
  for (const fact of facts) {
    if ('account' in fact) names.add(fact.account);
    if (fact.kind === 'traded') names.add(fact.buyer).add(fact.seller);
    if (fact.kind !== 'sliced') continue;
    // Turns go round: a slice may begin among the last accounts and end among the first.
    const clients = places.slice(HOUSE.length);
    const end = fact.cursor - HOUSE.length;
    for (let n = 1; n <= fact.judged; n++) names.add(clients.at((end - n) % clients.length)!.id);
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
  private waitingBytes = 0;
  private readonly models: Models;
  private readonly listeners = new Set<Listener>();

  private constructor(journal: Journal, state: State, desk: Desk, models: Models) {
    this.journal = journal;
    this.models = models;
    this.state = state;
    this.desk = desk;
  }

  /**
   * Recovers what a journal holds: the newest whole snapshot, then everything after it decided again. Refuses a journal whose entries decide otherwise now.
   * With a body whole slices are judged in one call.
   * @example const keeper = Keeper.open(openSqlite('venue.journal'), models)
   */
  static open(journal: Journal, models: Models, judging: Pick<Replaying, 'body'> = {}): Keeper | Refusal {
    const snapshot = journal.newest();
    // Where no snapshot is whole or can be read, everything is decided again from the first entry.
    if (
      snapshot !== undefined &&
      !isRefusal(snapshot) &&
      !isRefusal(readState(snapshot.body, 'snapshot', models))
    ) {
      const later = replayRecords(journal.read(snapshot.seq), models, { from: snapshot, ...judging });
      return isRefusal(later) ? later : new Keeper(journal, later.state, later.desk, models);
    }
    const whole = replayRecords(journal.read(0), models, judging);
    return isRefusal(whole) ? whole : new Keeper(journal, whole.state, whole.desk, models);
  }

  /** How many inputs wait to be durable. */
  get pending(): number {
    return this.waiting;
  }

  /**
   * Decides an input now, and answers when it is durable. The input is decided as its text reads back, so that a replay decides the same; what does not read back is refused
   * and leaves nothing. A clock that went back stands still: the time of the input before counts. One that leaps halts the venue until an operator resumes it. Refuses for now when too much
   * waits to be written, and everything once the journal has refused.
   * @example const { seq, facts } = await keeper.take({ kind: 'beat' }, Date.now())
   */
  async take(input: Input, at: number): Promise<Taken | Refusal> {
    if (this.broken !== undefined) return this.broken;
    const text = textOf(input, this.models);
    if (isRefusal(text)) return text;
    if (this.waiting >= WAITING_MAX || this.waitingBytes + text.text.length > WAITING_BYTES_MAX) {
      const message = `${this.waiting} inputs wait to be written; send it again when they are.`;
      return refuse('too-large', message, this.journal.where);
    }
    const { state } = this;
    const now = Math.max(at, state.now) as Instant;
    const by = { seq: state.seq + 1, at: now, input: text.input };
    if (!isLeap(state, by)) return this.decide(by, text.text);
    const reason = `the clock leapt by ${Math.round((now - state.now) / 1000)} s`;
    if (!state.halts.has('venue')) {
      const halt: Input = { kind: 'halt', scope: { kind: 'venue' }, operator: 'clock', reason };
      const halted = await this.decide({ seq: by.seq, at: state.now, input: halt }, writeInput(halt));
      if (isRefusal(halted)) return halted;
    }
    return refuse(
      'out-of-order',
      `${reason}; set the clock, or resume the venue at the time that is right.`,
      input.kind,
    );
  }

  private async decide(by: Sequenced<Input>, text: string): Promise<Taken | Refusal> {
    const { seq, at } = by;
    let facts: readonly Fact[];
    let entry: Entry;
    try {
      facts = apply(this.state, by, this.desk);
      entry = { seq, at, schema: SCHEMA, input: text, facts: writeFacts(facts) };
    } catch (error) {
      // A broken promise of our own: what the state is now nobody knows, so that nothing more is decided on it.
      return this.end(
        refuse('not-supported', `deciding entry ${seq} failed: ${(error as Error).message}`, by.input.kind),
      );
    }
    const standings = this.standingsOf(facts, seq, at);
    const bytes = entry.input.length + entry.facts.length;
    this.waiting++;
    this.waitingBytes += bytes;
    const head = await this.journal.append([entry]);
    this.waiting--;
    this.waitingBytes -= bytes;
    if (isRefusal(head)) return this.end(head);
    for (const standing of standings) for (const listen of this.listeners) listen(standing);
    return { seq, facts };
  }

  private end(why: Refusal): Refusal {
    const message = `${why.message}; nothing more is taken until the journal is opened again.`;
    this.broken ??= refuse(why.reason, message, why.where ?? this.journal.where);
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
    // What could not be read back would be found out when it is needed.
    const read = readState(body, 'snapshot', this.models);
    if (isRefusal(read)) return read;
    const state = createHash('sha256').update(body).digest('hex') as Digest;
    return this.journal.keep({ ...head, schema: SCHEMA, body, state });
  }

  /** Commits what waits and lets the next writer in. */
  close(): Promise<void> {
    return this.journal.close();
  }
}
