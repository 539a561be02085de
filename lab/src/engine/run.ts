// One run: a seeded world drives the engine, the auditor looks at every input, and a replay must come to the same end.

import { apply, Desk, emptyState, type Input, type Sequenced, type State } from '@plimsoll/core/engine';
import { Auditor, type Finding } from './audit/auditor.ts';
import { MODELS, World, type WorldModel } from './world.ts';

export interface RunPlan {
  readonly seed: number;
  readonly model: WorldModel;
  readonly inputs: number;
}

/** What broke first, and where. */
export interface Broken extends Finding {
  readonly step: number;
  readonly input: string;
}

export interface RunResult {
  readonly broken: Broken | undefined;
  readonly taken: number;
  readonly state: State;
  readonly kinds: Map<string, number>;
}

export function runOnce({ seed, model, inputs }: RunPlan): RunResult {
  const world = new World(seed, model);
  const state = emptyState();
  const desk = new Desk(MODELS);
  const auditor = new Auditor(MODELS);
  const kinds = new Map<string, number>();
  let taken = 0;
  for (let step = 0; step < inputs; step++) {
    const { at, input } = world.next(state, desk);
    const by: Sequenced<Input> = { seq: state.seq + 1, at, input };
    const facts = apply(state, by, desk);
    for (const fact of facts) {
      const key =
        fact.kind === 'refused'
          ? `refused ${fact.refusal.reason}`
          : fact.kind === 'status'
            ? `status ${fact.status}`
            : fact.kind;
      kinds.set(key, (kinds.get(key) ?? 0) + 1);
    }
    if (facts[0]?.kind !== 'refused') taken++;
    const [first] = auditor.take(by, facts);
    if (first !== undefined) return { broken: { ...first, step, input: input.kind }, taken, state, kinds };
  }
  const [last] = auditor.holdAgainst(state);
  const broken = last === undefined ? undefined : { ...last, step: inputs, input: 'the end' };
  return { broken, taken, state, kinds };
}
