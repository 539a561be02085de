// The hands of operators: halts, the kill switch, limits, overrides. Each signs with a name and a reason.

import { type Instant, isRefusal, type Refusal, refuse } from '../../base/index.ts';
import type { AccountState } from '../state.ts';
import { type Scope, scopeKey } from '../words.ts';
import { type Context, clientOf, type Decider, doubtHand, productOf, refused } from './context.ts';
import { cancelAll } from './moves.ts';

const HOUR_MS = 3_600_000;
const LIMIT_MIN = 0;

/** The accounts in a scope, or why there is no such scope. */
function within(context: Context, scope: Scope): readonly AccountState[] | Refusal {
  const { state } = context;
  if (scope.kind === 'venue') return state.places;
  if (scope.kind === 'product') {
    const listed = productOf(context, scope.id);
    return isRefusal(listed) ? listed : state.places;
  }
  if (scope.kind === 'account') {
    const account = clientOf(context, scope.id);
    return isRefusal(account) ? account : [account];
  }
  const owner = state.owners.get(scope.id);
  if (owner === undefined)
    return refuse('unknown-account', 'no client has such an owner.', `owner ${scope.id}`);
  return owner.accounts.map((id) => state.accounts.get(id)!);
}

export const halt: Decider<'halt'> = function* (context, input) {
  const { scope, reason } = input;
  const accounts = within(context, scope);
  if (isRefusal(accounts)) return yield* refused(accounts);
  const wrong = doubtHand(input);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'halted', scope, reason, isKill: false };
};

/** The kill switch: everything open is cancelled, and nothing new is taken until it is resumed. */
export const kill: Decider<'kill'> = function* (context, input) {
  const { scope, reason } = input;
  const accounts = within(context, scope);
  if (isRefusal(accounts)) return yield* refused(accounts);
  const wrong = doubtHand(input);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'halted', scope, reason, isKill: true };
  for (const account of accounts) {
    yield* cancelAll(
      account,
      'killed',
      ({ terms }) => scope.kind !== 'product' || terms.product === scope.id,
    );
  }
};

/** After a halt of the venue nobody is closed for the grace, and deadlines are as much longer as it lasted. */
export const resume: Decider<'resume'> = function* ({ state }, input) {
  const { scope } = input;
  const stopped = state.halts.get(scopeKey(scope));
  const wrong =
    doubtHand(input) ??
    (stopped === undefined ? refuse('not-allowed', 'it is not halted.', scopeKey(scope)) : undefined);
  if (wrong !== undefined) return yield* refused(wrong);
  const isVenue = scope.kind === 'venue';
  const graceUntil = (isVenue ? state.now + state.policy.grace : state.graceUntil) as Instant;
  yield { kind: 'resumed', scope, graceUntil, longer: isVenue ? state.now - stopped!.since : 0 };
};

export const limit: Decider<'limit'> = function* (context, input) {
  const { scope, limit: name, most } = input;
  const accounts = within(context, scope);
  if (isRefusal(accounts)) return yield* refused(accounts);
  const fits =
    name === 'open-interest'
      ? scope.kind === 'product'
      : name === 'delta'
        ? scope.kind === 'owner'
        : name === 'orders'
          ? scope.kind === 'account' || scope.kind === 'owner'
          : scope.kind !== 'venue';
  const wrong =
    doubtHand(input) ??
    (fits
      ? undefined
      : refuse('not-allowed', `a limit of ${name} does not belong to ${scopeKey(scope)}.`, name)) ??
    (most === null || (Number.isFinite(most) && most >= LIMIT_MIN)
      ? undefined
      : refuse('out-of-range', `a limit is a number of at least ${LIMIT_MIN}.`, name));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'limited', scope, limit: name, most };
};

/** An operator may hold closing or calls of an account, for a reason, until a time not far away. */
export const override: Decider<'override'> = function* (context, input) {
  const { state } = context;
  const account = clientOf(context, input.account);
  if (isRefusal(account)) return yield* refused(account);
  const latest = state.now + state.policy.overrideMax;
  const wrong =
    doubtHand(input) ??
    (Number.isSafeInteger(input.until) && input.until > state.now && input.until <= latest
      ? undefined
      : refuse(
          'out-of-range',
          `an override ends within ${state.policy.overrideMax / HOUR_MS} hours from now.`,
          'until',
        ));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'overridden', account: account.id, hold: input.hold, until: input.until };
};
