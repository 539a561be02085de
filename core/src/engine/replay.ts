// Inputs in, facts out: the loop that everything runs through, live or again.

import { assert } from '../base/index.ts';
import { decide, idOf, senderOf } from './decide/decide.ts';
import { Desk, type Models } from './desk.ts';
import { begin, evolve, remember } from './evolve.ts';
import type { Fact } from './facts.ts';
import type { Input, Sequenced } from './inputs.ts';
import type { EnginePolicy } from './policy.ts';
import { emptyState, type State } from './state.ts';

/** Whether facts say that an input was not taken. */
export function isTaken(facts: readonly Fact[]): boolean {
  // A halt for a leap of the clock may stand before the refusal.
  return !facts.some(({ kind }) => kind === 'refused' || kind === 'repeated');
}

/**
 * Takes one input: decides fact by fact, writes each before the next is decided, and answers with all of them (M-200). The state is the caller's and changes.
 * @example const facts = apply(state, { seq: 1, at, input: { kind: 'beat' } }, desk)
 */
export function apply(state: State, by: Sequenced<Input>, desk: Desk): Fact[] {
  assert(by.seq === state.seq + 1, 'inputs come in their order, without gaps');
  const before = state.now;
  begin(state, by, senderOf(state, by.input));
  const facts: Fact[] = [];
  for (const fact of decide({ state, desk, by }, before)) {
    evolve(state, fact, by);
    facts.push(fact);
  }
  const id = idOf(by.input);
  if (id !== undefined && isTaken(facts)) remember(state, id, by.seq);
  return facts;
}

/**
 * The state that inputs lead to, from the first or from a state that was kept.
 * @example replay(inputs, models).now
 */
export function replay(
  inputs: Iterable<Sequenced<Input>>,
  models: Models,
  state: State = emptyState(),
): State {
  const desk = new Desk(models);
  for (const by of inputs) apply(state, by, desk);
  return state;
}

/** A venue on its first day under its own policy. @example firstDay(enginePolicy).accounts.size // 4 */
export function firstDay(policy: EnginePolicy): State {
  return emptyState(policy);
}
