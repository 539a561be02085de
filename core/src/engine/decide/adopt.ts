// Parameters on their way: proposed with what they would do, approved by another hand where that is asked, adopted when their time comes.

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { PREVIEW_MAX, SETS_MAX, SHADOWS_MAX } from '../bounds.ts';
import { figuresUnder, type Judge } from '../desk.ts';
import type { InputOf } from '../inputs.ts';
import { statusOf } from '../ladder.ts';
import type { AccountState, ParameterProposal, State } from '../state.ts';
import { STATUSES, type Status } from '../words.ts';
import { type Context, type Decider, doubtHand, doubtHandle, type Facts, refused } from './context.ts';

/** Who would be called and who closed under a set, that is not now. */
export interface Preview {
  readonly called: readonly AccountState[];
  readonly closed: readonly AccountState[];
}

const worse = (status: Status, than: Status) => STATUSES.indexOf(status) > STATUSES.indexOf(than);

/**
 * What adopting a set would do to the accounts of some groups (M-217): those whose status would be worse than it is.
 * @example previewOf(state, judge, ['retail']).called.length
 */
export function previewOf(state: State, judge: Judge, groups: readonly string[]): Preview {
  const called: AccountState[] = [];
  const closed: AccountState[] = [];
  for (const account of state.places) {
    if (account.isHouse || !groups.includes(account.group)) continue;
    const figures = figuresUnder(state, account, judge);
    if (isRefusal(figures)) continue;
    const { status: was, deadline } = account;
    const before = { status: was, deadline, hasPositions: account.positions.size > 0 };
    const [status] = statusOf(figures, before, state.now, state.policy.ladder);
    if (!worse(status, was)) continue;
    if (status === 'called') called.push(account);
    if (status === 'liquidating' || status === 'bankrupt') closed.push(account);
  }
  return { called, closed };
}

function doubtProposal({ state, desk }: Context, input: InputOf<'propose'>): Refusal | undefined {
  const { set, model, groups, shadowOf } = input;
  const where = `set ${set}`;
  const named = [...groups, ...shadowOf];
  const full = shadowOf.find((group) => (state.groups.get(group)?.shadows.length ?? 0) >= SHADOWS_MAX);
  const stranger = shadowOf.find((group) => !state.groups.has(group));
  return (
    doubtHand(input) ??
    doubtHandle(set, 'set') ??
    named.map((group) => doubtHandle(group, 'group')).find((wrong) => wrong !== undefined) ??
    (Number.isSafeInteger(input.from)
      ? undefined
      : refuse('out-of-range', 'it counts from a time in whole milliseconds.', where)) ??
    (desk.has(model)
      ? undefined
      : refuse(
          'unknown-model',
          `there is no such model here; known are ${desk.names().join(', ')}.`,
          model,
        )) ??
    (state.sets.has(set)
      ? refuse('duplicate', 'there is such a set already; give it another name.', where)
      : undefined) ??
    (state.sets.size >= SETS_MAX
      ? refuse('limit', `there are ${SETS_MAX} sets already.`, where)
      : undefined) ??
    (named.length > 0
      ? undefined
      : refuse(
          'empty',
          'it is for no group; name those it counts for, or those it is computed beside.',
          where,
        )) ??
    (new Set(named).size === named.length
      ? undefined
      : refuse('duplicate', 'a group stands in it twice.', where)) ??
    (full === undefined
      ? undefined
      : refuse('limit', `${SHADOWS_MAX} models are computed beside ${full} already.`, where)) ??
    (stranger === undefined
      ? undefined
      : refuse('unknown-set', `nothing counts for ${stranger} yet that this could stand beside.`, where))
  );
}

/** A set is proposed with what it would do; where one approval is enough and its time has come it is adopted at once. */
export const propose: Decider<'propose'> = function* (context, input) {
  const { state, desk } = context;
  const { set, groups } = input;
  const wrong = doubtProposal(context, input);
  if (wrong !== undefined) return yield* refused(wrong);
  let preview: Preview = { called: [], closed: [] };
  if (state.market !== undefined) {
    const judge = desk.build(state, input, state.market);
    if (isRefusal(judge)) return yield* refused(judge);
    preview = previewOf(state, judge, groups);
  }
  const ids = (accounts: readonly AccountState[]) => accounts.slice(0, PREVIEW_MAX).map(({ id }) => id);
  const { called, closed } = preview;
  yield {
    kind: 'proposed',
    set,
    called: ids(called),
    closed: ids(closed),
    calledCount: called.length,
    closedCount: closed.length,
  };
  yield* adoptDue(context);
};

function proposalOf({ state }: Context, set: string): ParameterProposal | Refusal {
  const proposal = state.sets.get(set);
  if (proposal === undefined) return refuse('unknown-set', 'nobody has proposed it.', `set ${set}`);
  return proposal.isAdopted ? refuse('not-allowed', 'it is adopted already.', `set ${set}`) : proposal;
}

export const approve: Decider<'approve'> = function* (context, input) {
  const proposal = proposalOf(context, input.set);
  if (isRefusal(proposal)) return yield* refused(proposal);
  const wrong =
    doubtHand(input) ??
    (proposal.approvals.includes(input.operator)
      ? refuse('not-allowed', 'the same hand has signed it already; another must.', `set ${input.set}`)
      : undefined) ??
    (proposal.approvals.length < context.state.policy.approvals
      ? undefined
      : refuse('not-allowed', 'it has its approvals, and waits for its time.', `set ${input.set}`));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'approved', set: input.set, operator: input.operator };
  yield* adoptDue(context);
};

/** Takes back what is not adopted yet, and what is only computed beside others. */
export const unpropose: Decider<'withdraw-proposal'> = function* (context, input) {
  const { sets, groups } = context.state;
  const counts = [...groups.values()].some(({ set }) => set === input.set);
  const wrong =
    (sets.has(input.set)
      ? undefined
      : refuse('unknown-set', 'nobody has proposed it.', `set ${input.set}`)) ??
    (counts
      ? refuse('not-allowed', 'it counts for a group; propose another in its place.', `set ${input.set}`)
      : undefined) ??
    doubtHand(input);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'unproposed', set: input.set };
};

/** Adopts what has its approvals and whose time has come, in the order in which it was proposed. */
export function* adoptDue({ state }: Context): Facts {
  for (const { set, approvals, isAdopted, from, shadowOf } of [...state.sets.values()]) {
    if (isAdopted || approvals.length < state.policy.approvals || from > state.now) continue;
    // Others may have taken the places beside a group while this one waited.
    const isFull = shadowOf.some(
      (group) => (state.groups.get(group)?.shadows.length ?? SHADOWS_MAX) >= SHADOWS_MAX,
    );
    if (isFull) {
      yield { kind: 'unproposed', set };
      continue;
    }
    yield { kind: 'adopted', set };
  }
}
