// The door: place, time, id, throttle; then whoever decides that kind of input.

import { type Instant, refuse } from '../../base/index.ts';
import { ID_LENGTH_MAX } from '../bounds.ts';
import { isLeap } from '../evolve.ts';
import type { Fact } from '../facts.ts';
import type { Input, InputKind } from '../inputs.ts';
import type { AccountState, State } from '../state.ts';
import { approve, propose, unpropose } from './adopt.ts';
import { classify, link, open, regroup } from './clients.ts';
import { type Context, type Decider, type Facts, refused } from './context.ts';
import { bust, fill } from './fills.ts';
import { halt, kill, limit, override, resume } from './hands.ts';
import { asset, delist, list, mode, policy, settle } from './listing.ts';
import { beat, doubtClock, market, slice } from './markets.ts';
import { convert, deposit, transfer, withdraw } from './money.ts';
import { amend, cancel, cancelEvery, place, protect, quote } from './orders.ts';

const deciders: { readonly [K in InputKind]: Decider<K> } = {
  asset,
  list,
  mode,
  delist,
  settle,
  policy,
  open,
  classify,
  regroup,
  link,
  deposit,
  withdraw,
  convert,
  transfer,
  place,
  amend,
  cancel,
  'cancel-all': cancelEvery,
  quote,
  protect,
  fill,
  bust,
  market,
  beat,
  slice,
  propose,
  approve,
  'withdraw-proposal': unpropose,
  halt,
  resume,
  kill,
  limit,
  override,
};

/** Kinds whose sender is held to a rate. What lowers risk or brings money is never held up. */
const THROTTLED: ReadonlySet<InputKind> = new Set([
  'place',
  'amend',
  'quote',
  'withdraw',
  'convert',
  'transfer',
  'protect',
]);

/** The client's id of an input, made its own: the same id of the same sender is the same input. */
export function idOf(input: Input): string | undefined {
  // Cancelling twice is cancelling once: their ids need no memory, which anybody could fill with them.
  if (!('id' in input) || input.kind === 'cancel' || input.kind === 'cancel-all') return undefined;
  // Accounts have no blanks in their names, so that no account's ids are those of fills.
  return `${input.kind === 'fill' ? '' : input.account} ${input.id}`;
}

/** Whose message an input is. */
export function senderOf(state: State, input: Input): AccountState | undefined {
  return THROTTLED.has(input.kind) && 'account' in input ? state.accounts.get(input.account) : undefined;
}

/**
 * What follows from an input: facts, each to be evolved before the next is asked for (M-200). What is refused has that one fact, behind the halt of a leap
 * where there was one. `before` is the time of the input before.
 */
export function* decide(context: Context, before: Instant): Facts {
  const { state, by } = context;
  const { input, at } = by;
  if (at < before) {
    return yield* refused(
      refuse(
        'out-of-order',
        'its time is before that of the input before it; the clock went back.',
        input.kind,
      ),
    );
  }
  // Before anything that may refuse: a leap must not hide behind a message that is not taken.
  if (isLeap(state, by)) return yield* doubtClock(context);
  const id = idOf(input);
  if (id !== undefined) {
    const known = state.ids.get(id);
    if (known !== undefined) return yield { kind: 'repeated', of: known };
    const length = 'id' in input ? input.id.length : 0;
    if (length === 0 || length > ID_LENGTH_MAX) {
      return yield* refused(
        refuse('malformed', `its id must have 1 to ${ID_LENGTH_MAX} characters.`, input.kind),
      );
    }
  }
  if (senderOf(state, input)?.isThrottled === true) {
    const { rate, burst } = state.policy.throttle;
    return yield* refused(
      refuse('throttled', `more than ${burst} messages at once or ${rate} a second; send fewer.`, input.kind),
    );
  }
  yield* (deciders[input.kind] as (context: Context, input: Input) => Generator<Fact, void, void>)(
    context,
    input,
  );
}
