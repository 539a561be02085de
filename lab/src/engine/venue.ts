// A venue as it runs in earnest: inputs come as text, are doubted, decided, journaled on a disk that fails; what is acknowledged is what the auditor sees. After a
// crash it is what its journal says.

import {
  type Digest,
  digestOf,
  isRefusal,
  type Refusal,
  readFacts,
  readInput,
  readState,
  sentence,
  stateDigest,
  utf8,
  writeFacts,
  writeInput,
  writeState,
} from '@plimsoll/core';
import {
  apply,
  Desk,
  emptyState,
  type Fact,
  type Input,
  isLeap,
  SCHEMA,
  type Sequenced,
  type State,
} from '@plimsoll/core/engine';
import { type Disk, type Entry, type Journal, openLog } from '@plimsoll/server';
import type { Auditor, Finding } from './audit/auditor.ts';
import { MODELS, type Timed } from './world.ts';

/** Where a defect can be planted: around what decides, what is asked, what is written. Nothing of it is there in earnest. */
export interface Tamper {
  readonly apply?: (state: State, by: Sequenced<Input>, desk: Desk) => Fact[];
  readonly desk?: () => Desk;
  readonly disk?: (disk: Disk) => Disk;
  readonly journal?: (journal: Journal) => Journal;
  /** What is kept as a snapshot of a state. */
  readonly body?: (state: State, before: string | undefined) => string | undefined;
}

/** A live state is digested about so often, to be held against what is recovered. */
const DIGEST_EVERY = 12;

/** What is said of a broken promise of the journal. */
const broken = (what: string): Finding => ({ rule: 'M-247', what });

/** What is known of a venue across its crashes. */
export class Memory {
  readonly auditor: Auditor;
  readonly tamper: Tamper;
  /** Last entry that was acknowledged. */
  acknowledged = 0;
  /** Last entry the auditor has seen. */
  audited = 0;
  /** Digests of the live state where they were taken. */
  readonly digests = new Map<number, Digest>();
  lastBody: string | undefined;

  constructor(auditor: Auditor, tamper: Tamper) {
    this.auditor = auditor;
    this.tamper = tamper;
  }

  /** Shows the auditor an entry, once. */
  audit(by: Sequenced<Input>, facts: readonly Fact[]): Finding[] {
    if (by.seq <= this.audited) return [];
    this.audited = by.seq;
    return this.auditor.take(by, facts);
  }
}

/** An input as it comes over a wire, and as it is read; a refusal is said at the door. */
export function throughDoor(input: Input): Input | Refusal {
  let text: string;
  try {
    text = writeInput(input);
  } catch {
    // What no client of ours would write, somebody else's does.
    text = JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  }
  return readInput(text, 'simulated', MODELS);
}

export class Venue {
  readonly state: State;
  readonly desk: Desk;
  private readonly journal: Journal;
  private readonly memory: Memory;

  private constructor(state: State, desk: Desk, journal: Journal, memory: Memory) {
    this.state = state;
    this.desk = desk;
    this.journal = journal;
    this.memory = memory;
  }

  /** Opens what a disk holds: the newest snapshot and what came after it, decided again. Answers findings where that is not what was, a refusal where the disk fails. */
  static open(disk: Disk, memory: Memory): Venue | Finding[] | Refusal {
    const { tamper } = memory;
    const opened = openLog(tamper.disk?.(disk) ?? disk);
    if (isRefusal(opened)) return opened;
    const journal = tamper.journal?.(opened) ?? opened;
    const { head } = opened;
    if (head.seq < memory.acknowledged)
      return [broken(`${memory.acknowledged} inputs were acknowledged, and the journal ends at ${head.seq}`)];
    const kept = journal.newest();
    if (isRefusal(kept) && kept.reason === 'disk') return kept;
    const snapshot = isRefusal(kept) ? undefined : kept;
    const state = snapshot === undefined ? emptyState() : readState(snapshot.body, 'snapshot', MODELS);
    if (isRefusal(state)) return [broken(`a snapshot cannot be read: ${sentence(state)}`)];
    const after = snapshot?.seq ?? 0;
    if (state.seq !== after) return [broken(`the snapshot at ${after} is of the state at ${state.seq}`)];
    const desk = tamper.desk?.() ?? new Desk(MODELS);
    const findings = recover(state, desk, journal, memory, after);
    if (isRefusal(findings)) return findings;
    if (findings.length > 0) return findings;
    if (state.seq !== head.seq)
      return [broken(`the journal ends at ${head.seq}, and the state recovered at ${state.seq}`)];
    const was = memory.digests.get(state.seq);
    if (was !== undefined && was !== stateDigest(state))
      return [broken(`the state recovered at ${state.seq} is not the one that was live`)];
    memory.acknowledged = head.seq;
    return new Venue(state, desk, journal, memory);
  }

  /** Decides some inputs and journals them together. Answers findings, or a refusal where the disk did not take them: then this venue is no more. */
  async take(timed: readonly Timed[]): Promise<Finding[] | Refusal> {
    const { state, desk, journal, memory } = this;
    const decided: { by: Sequenced<Input>; facts: Fact[] }[] = [];
    const entries: Entry[] = [];
    for (const { at, input } of timed) {
      // A journal's time never falls: the sequencer's clock waits.
      const asked = { seq: state.seq + 1, at: Math.max(at, state.now) as Timed['at'], input };
      // Nor does it take a time that leapt: the venue halts at the time that is, as a keeper does it.
      if (isLeap(state, asked) && state.halts.has('venue')) continue;
      const by = isLeap(state, asked) ? { ...asked, at: state.now, input: HALT } : asked;
      const facts = (memory.tamper.apply ?? apply)(state, by, desk);
      decided.push({ by, facts });
      entries.push({
        seq: by.seq,
        at: by.at,
        schema: SCHEMA,
        input: writeInput(by.input),
        facts: writeFacts(facts),
      });
    }
    if (entries.length === 0) return [];
    const head = await journal.append(entries);
    if (isRefusal(head)) return head;
    memory.acknowledged = head.seq;
    if (head.seq % DIGEST_EVERY < entries.length) memory.digests.set(state.seq, stateDigest(state));
    for (const { by, facts } of decided) {
      const findings = memory.audit(by, facts);
      if (findings.length > 0) return findings;
    }
    return [];
  }

  /** Keeps the state as a snapshot. */
  async keep(): Promise<Refusal | undefined> {
    const { state, journal, memory } = this;
    const written = writeState(state);
    if (isRefusal(written)) return written;
    const body = memory.tamper.body?.(state, memory.lastBody) ?? written;
    memory.lastBody = written;
    const { seq, digest } = journal.head;
    return journal.keep({ seq, digest, schema: SCHEMA, body, state: digestOf(utf8(body)) });
  }

  async close(): Promise<void> {
    await this.journal.close();
  }
}

const HALT: Input = { kind: 'halt', scope: { kind: 'venue' }, operator: 'clock', reason: 'the clock leapt' };

/** Decides again what came after a snapshot; facts are what they were. */
function recover(
  state: State,
  desk: Desk,
  journal: Journal,
  memory: Memory,
  after: number,
): Finding[] | Refusal {
  for (const record of journal.read(after)) {
    if (isRefusal(record)) return record.reason === 'disk' ? record : [broken(sentence(record))];
    const { seq, at } = record;
    const input = readInput(record.input, `entry ${seq}`, MODELS);
    const facts = readFacts(record.facts, `entry ${seq}`);
    if (isRefusal(input) || isRefusal(facts)) return [broken(`entry ${seq} cannot be read`)];
    const by = { seq, at: at as Timed['at'], input };
    const again = writeFacts((memory.tamper.apply ?? apply)(state, by, desk));
    if (again !== record.facts) return [broken(`entry ${seq} is decided otherwise when it is replayed`)];
    const findings = memory.audit(by, facts);
    if (findings.length > 0) return findings;
  }
  return [];
}
