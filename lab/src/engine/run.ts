// One run: a seeded world drives a venue, the auditor looks at every input, and whatever is decided again must come to the same end.

import { type Digest, isRefusal, stateDigest } from '@plimsoll/core';
import {
  apply,
  Desk,
  emptyState,
  type Fact,
  type Input,
  type Sequenced,
  type State,
} from '@plimsoll/core/engine';
import { type Disk, FaultyDisk, MemoryDisk } from '@plimsoll/server';
import { Auditor, type Finding } from './audit/auditor.ts';
import { type Dice, rollOf } from './dice.ts';
import { Memory, type Tamper, throughDoor, Venue } from './venue.ts';
import { MODELS, type Timed, World, type WorldModel } from './world.ts';

export interface RunPlan {
  readonly seed: number;
  readonly model: WorldModel;
  readonly inputs: number;
  /** `bare`: the engine alone, with inputs no text can hold. `journal`: through text and a disk that fails. */
  readonly way: 'bare' | 'journal';
  readonly tamper?: Tamper;
}

/** What broke first, and where. */
export interface Broken extends Finding {
  readonly step: number;
}

export interface RunResult {
  readonly broken: Broken | undefined;
  /** How often each kind of fact came; refusals and statuses by their reason and name. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly inputs: number;
  readonly crashes: number;
  readonly digest: Digest | undefined;
}

/** Lives of one venue: crashes in one run. */
const LIVES_MAX = 12;
const BATCH_MAX = 6;
/** Two streams: what the world does, and what the disk does. */
const DISK_STREAM = 0x5eed;

/** The plan that a seed stands for: mostly through a journal, a few on the engine alone, a few under `grid`. @example planOf(7, 150).way // 'journal' */
export function planOf(seed: number, inputs: number, model?: WorldModel): RunPlan {
  return {
    seed,
    model: model ?? (seed % 25 === 0 ? 'grid' : 'static'),
    inputs,
    way: seed % 4 === 3 ? 'bare' : 'journal',
  };
}

class Tally {
  readonly kinds = new Map<string, number>();
  add(key: string): void {
    this.kinds.set(key, (this.kinds.get(key) ?? 0) + 1);
  }

  count(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'refused') this.add(`refused ${fact.refusal.reason}`);
      else this.add(fact.kind === 'status' ? `status ${fact.status}` : fact.kind);
    }
  }
}

/** Runs a world. @example (await runOnce(planOf(7, 150))).broken // undefined */
export async function runOnce(plan: RunPlan): Promise<RunResult> {
  return plan.way === 'bare' ? runBare(plan) : runJournaled(plan);
}

/** The engine alone; then all of it again, on a new desk. */
function runBare({ seed, model, inputs, tamper = {} }: RunPlan): RunResult {
  const world = new World(seed, model);
  const state = emptyState();
  const desk = tamper.desk?.() ?? new Desk(MODELS);
  const auditor = new Auditor(MODELS);
  const tally = new Tally();
  const all: Sequenced<Input>[] = [];
  const end = (broken?: Broken): RunResult => ({
    broken,
    kinds: tally.kinds,
    inputs: all.length,
    crashes: 0,
    digest: broken === undefined ? stateDigest(state) : undefined,
  });
  for (let step = 0; step < inputs; step++) {
    const by = { seq: state.seq + 1, ...world.next(state, desk) };
    all.push(by);
    const facts = (tamper.apply ?? apply)(state, by, desk);
    tally.count(facts);
    const [first] = auditor.take(by, facts);
    if (first !== undefined) return end({ ...first, step });
  }
  const [last] = auditor.holdAgainst(state);
  if (last !== undefined) return end({ ...last, step: inputs });
  const again = emptyState();
  const other = tamper.desk?.() ?? new Desk(MODELS);
  for (const by of all) (tamper.apply ?? apply)(again, by, other);
  if (stateDigest(again) === stateDigest(state)) return end();
  return end({ rule: 'M-200', what: 'what is replayed is not what was', step: inputs });
}

/** A disk with the faults of a life. */
function faultyOf(seed: number, from: Disk, dice: Dice): FaultyDisk {
  const disk = new FaultyDisk(seed, from);
  const fault = dice.weighted({ power: 55, sync: 12, full: 10, none: 23 });
  if (fault === 'power') disk.failAfter(dice.whole(1, 700));
  if (fault === 'sync') disk.failSync(dice.whole(0, 25));
  if (fault === 'full') {
    const used = from.names().reduce((sum, name) => sum + from.size(name), 0);
    disk.limit(used + dice.whole(2_000, 300_000));
  }
  return disk;
}

/** One journaled run, life after life. */
class Lives {
  readonly tally = new Tally();
  readonly world: World;
  readonly memory: Memory;
  private readonly plan: RunPlan;
  private readonly dice: Dice;
  private disk: Disk = new MemoryDisk();
  /** What was sent and not acknowledged: its senders send it again, whether it was written or not. */
  private lost: Timed[] = [];
  step = 0;
  crashes = 0;

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.dice = rollOf(plan.seed ^ DISK_STREAM);
    this.world = new World(plan.seed, plan.model);
    const auditor = new Auditor(MODELS);
    const take = auditor.take.bind(auditor);
    auditor.take = (by, facts) => {
      this.tally.count(facts);
      return take(by, facts);
    };
    this.memory = new Memory(auditor, plan.tamper ?? {});
  }

  /** A batch of inputs that arrive together, all made on what the state is before them. */
  private batch(state: State, desk: Desk): Timed[] {
    const batch: Timed[] = [];
    for (let i = this.dice.whole(1, BATCH_MAX); i > 0 && this.step < this.plan.inputs; i--, this.step++) {
      const { at, input } = this.world.next(state, desk);
      const read = throughDoor(input);
      if (isRefusal(read)) this.tally.add('refused at the door');
      else batch.push({ at, input: read });
    }
    return batch;
  }

  /** Lives until the disk fails or all inputs are taken. Answers findings, or whether it came to its end. */
  private async live(venue: Venue): Promise<Finding[] | 'crashed' | 'done'> {
    while (this.step < this.plan.inputs || this.lost.length > 0) {
      const batch = this.lost.length > 0 ? this.lost : this.batch(venue.state, venue.desk);
      if (batch.length === 0) continue;
      this.lost = batch;
      const answer = await venue.take(batch);
      if (isRefusal(answer)) return 'crashed';
      this.lost = [];
      if (answer.length > 0) return answer;
      if (this.dice.percent(12) && (await venue.keep()) !== undefined) return 'crashed';
    }
    await venue.close();
    return 'done';
  }

  async run(): Promise<Finding | Digest> {
    for (let life = 0; life <= LIVES_MAX; life++) {
      const isDone = this.step >= this.plan.inputs && this.lost.length === 0;
      const isLast = life === LIVES_MAX || isDone;
      const faulty = isLast
        ? undefined
        : faultyOf(this.plan.seed * (LIVES_MAX + 1) + life, this.disk, this.dice);
      const disk = faulty ?? this.disk;
      const venue = Venue.open(disk, this.memory);
      if (Array.isArray(venue)) return venue[0]!;
      if (!isRefusal(venue)) {
        if (isDone) return this.end(venue);
        const lived = await this.live(venue as Venue);
        if (Array.isArray(lived)) return lived[0]!;
        if (lived === 'crashed') this.crashes++;
      } else if (faulty === undefined)
        return { rule: 'M-247', what: `the journal cannot be opened: ${venue.message}` };
      // The power goes in any case: what was not synced may be gone.
      this.disk = faulty?.crash() ?? this.disk;
    }
    return { rule: 'M-247', what: 'it crashed more often than it may' };
  }

  /** What was recovered last is what the auditor has. */
  private end(venue: Venue): Finding | Digest {
    const [last] = this.memory.auditor.holdAgainst(venue.state);
    return last ?? stateDigest(venue.state);
  }
}

async function runJournaled(plan: RunPlan): Promise<RunResult> {
  const lives = new Lives(plan);
  const end = await lives.run();
  const isClean = typeof end === 'string';
  return {
    broken: isClean ? undefined : { ...end, step: lives.step },
    kinds: lives.tally.kinds,
    inputs: lives.step,
    crashes: lives.crashes,
    digest: isClean ? end : undefined,
  };
}
