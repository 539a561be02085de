// Who there is: accounts, their owners, groups and links.

import { isRefusal, refuse } from '../../base/index.ts';
import { ACCOUNTS_MAX } from '../bounds.ts';
import { assetOf, clientOf, type Decider, doubtHand, doubtHandle, refused } from './context.ts';
import { visit } from './visit.ts';

export const open: Decider<'open'> = function* ({ state }, { account, owner, group, category }) {
  const known = state.owners.get(owner);
  const wrong =
    doubtHandle(account, 'account') ??
    doubtHandle(owner, 'owner') ??
    doubtHandle(group, 'group') ??
    (state.accounts.has(account)
      ? refuse('duplicate', 'there is such an account already.', `account ${account}`)
      : undefined) ??
    (owner === 'venue'
      ? refuse('not-allowed', "the venue's own accounts are given.", `owner ${owner}`)
      : undefined) ??
    (known !== undefined && known.category !== category
      ? refuse(
          'not-allowed',
          `this owner is classified as ${known.category}; classify it anew first.`,
          `owner ${owner}`,
        )
      : undefined) ??
    (state.places.length >= ACCOUNTS_MAX
      ? refuse('limit', `there are ${ACCOUNTS_MAX} accounts already.`, `account ${account}`)
      : undefined);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'opened', account, owner, group };
};

export const classify: Decider<'classify'> = function* ({ state }, input) {
  const { owner, category } = input;
  const wrong =
    doubtHand(input) ??
    (state.owners.has(owner) && owner !== 'venue'
      ? undefined
      : refuse('unknown-account', 'no client has such an owner.', `owner ${owner}`));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'classified', owner, category };
};

export const regroup: Decider<'regroup'> = function* (context, input) {
  const account = clientOf(context, input.account);
  if (isRefusal(account)) return yield* refused(account);
  const wrong =
    doubtHand(input) ??
    (context.state.groups.has(input.group)
      ? undefined
      : refuse('unknown-set', 'no parameters are adopted for that group.', `group ${input.group}`));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'regrouped', account: account.id, group: input.group };
  yield* visit(context, account);
};

export const link: Decider<'link'> = function* (context, { account: id, topUp, operator }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  if (topUp !== null) {
    const from = clientOf(context, topUp.from);
    if (isRefusal(from)) return yield* refused(from);
    const known = assetOf(context, topUp.asset);
    if (isRefusal(known)) return yield* refused(known);
    const wrong =
      from === account
        ? refuse('not-allowed', 'an account cannot top itself up; name another.', `account ${id}`)
        : from.owner !== account.owner && operator === undefined
          ? refuse(
              'not-allowed',
              'it is another owner’s; an operator must sign that it agrees to lend.',
              `account ${topUp.from}`,
            )
          : topUp.most > 0n
            ? undefined
            : refuse('out-of-range', 'the most that may be drawn must be above zero.', `account ${id}`);
    if (wrong !== undefined) return yield* refused(wrong);
  }
  yield { kind: 'linked', account: id, topUp };
};
