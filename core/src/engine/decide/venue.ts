// What there is and who there is: assets, products, accounts, and the hands of operators.

import { type Instant, isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { expiryOf } from '../../product/index.ts';
import { ACCOUNTS_MAX, ASSETS_MAX, PRODUCTS_MAX } from '../bounds.ts';
import type { AccountState } from '../state.ts';
import { settlePrice } from '../terms.ts';
import { type Scope, scopeKey } from '../words.ts';
import {
  assetOf,
  type Context,
  clientOf,
  type Decider,
  doubtHand,
  doubtName,
  doubtPrice,
  productOf,
  refused,
} from './context.ts';
import { cancelAll } from './moves.ts';
import { visit } from './visit.ts';

const DECIMALS_MAX = 18;
const HOUR_MS = 3_600_000;
const ORDER_LIMIT_LOWEST = 0;

export const asset: Decider<'asset'> = function* ({ state }, { terms }) {
  const { asset: name, decimals, borrowRate, borrowMax } = terms;
  const known = state.assets.get(name);
  const outside = (what: string, is: boolean) =>
    is ? undefined : refuse('out-of-range', `${what}; state it anew.`, `asset ${name}`);
  const wrong =
    doubtName(name, 'asset') ??
    outside(
      `its decimals are ${decimals}, and must be 0 to ${DECIMALS_MAX}`,
      Number.isInteger(decimals) && decimals >= 0 && decimals <= DECIMALS_MAX,
    ) ??
    outside(
      `its borrow rate is ${borrowRate}, and must be from 0 to 10 a year`,
      borrowRate >= 0 && borrowRate <= 10,
    ) ??
    outside('what may be owed of it is below zero', borrowMax >= 0n) ??
    outside(
      'its decimals cannot change while it is held',
      known === undefined || known.terms.decimals === decimals,
    ) ??
    outside(`there are ${ASSETS_MAX} assets already`, known !== undefined || state.assets.size < ASSETS_MAX);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'asset-set', terms };
};

export const list: Decider<'list'> = function* (context, { terms }) {
  const { state } = context;
  const { product, lot, lotDecimals, tick } = terms;
  const { id, settleAsset } = product;
  const settle = assetOf(context, settleAsset);
  if (isRefusal(settle)) return yield* refused(settle);
  const whole = (value: number) => Number.isSafeInteger(value) && value > 0;
  const expiry = expiryOf(product);
  const wrong =
    doubtName(id, 'product') ??
    (state.products.has(id) ? refuse('duplicate', 'it is listed already.', id) : undefined) ??
    (state.products.size >= PRODUCTS_MAX
      ? refuse('limit', `there are ${PRODUCTS_MAX} products already.`, id)
      : undefined) ??
    (whole(lot) &&
    whole(tick) &&
    Number.isInteger(lotDecimals) &&
    lotDecimals >= 0 &&
    lotDecimals <= DECIMALS_MAX
      ? undefined
      : refuse(
          'out-of-range',
          'lot and tick must be whole numbers above zero, the decimals of the lot 0 to 18.',
          id,
        )) ??
    (expiry !== undefined && expiry <= state.now
      ? refuse('expired', 'its expiry has passed.', id)
      : undefined);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'listed', terms };
};

export const mode: Decider<'mode'> = function* (context, { product, mode: next, reason }) {
  const listed = productOf(context, product);
  if (isRefusal(listed)) return yield* refused(listed);
  const wrong =
    listed.mode === 'settled'
      ? refuse('not-allowed', 'it is settled; nothing of it trades.', product)
      : doubtHand({ operator: 'venue', reason });
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'mode-set', product, mode: next };
};

/** Every order in a product is cancelled; positions are paid out as their accounts are visited. */
function* settleAt(context: Context, product: string, price: number) {
  yield { kind: 'mode-set' as const, product, mode: 'settled' as const, price };
  for (const account of context.state.places) {
    if (account.orders.size > 0)
      yield* cancelAll(account, 'settled', ({ terms }) => terms.product === product);
  }
}

export const delist: Decider<'delist'> = function* (context, { product, price, reason }) {
  const listed = productOf(context, product);
  if (isRefusal(listed)) return yield* refused(listed);
  const wrong =
    (listed.mode === 'settled' ? refuse('not-allowed', 'it is settled already.', product) : undefined) ??
    doubtHand({ operator: 'venue', reason }) ??
    doubtPrice(listed, price);
  if (wrong !== undefined) return yield* refused(wrong);
  yield* settleAt(context, product, price);
};

/** What expired is settled at the average index the venue states: options at their intrinsic value (M-202). */
export const settle: Decider<'settle'> = function* (context, { underlying, expiry, price }) {
  const { state } = context;
  const due = [...state.products.values()].filter(
    ({ terms, mode: now }) =>
      now !== 'settled' &&
      terms.product.underlying === underlying &&
      expiryOf(terms.product) === expiry &&
      terms.product.kind !== 'structured',
  );
  const where = `${underlying} ${expiry}`;
  if (!(Number.isSafeInteger(price) && price > 0)) {
    return yield* refused(
      refuse('out-of-range', `the price is ${price}; it must be a whole number of 1e-8 above zero.`, where),
    );
  }
  if (expiry > state.now) {
    return yield* refused(refuse('not-allowed', 'it has not expired yet; settle it when it has.', where));
  }
  if (due.length === 0) {
    return yield* refused(refuse('unknown-product', 'nothing that waits to be settled expires then.', where));
  }
  for (const { terms } of due) yield* settleAt(context, terms.product.id, settlePrice(terms, price));
};

export const policy: Decider<'policy'> = function* (_, { policy: next, operator }) {
  const { ladder, closing, market, throttle } = next;
  const numbers = [
    ladder.warnWithin,
    ladder.easeBy,
    ladder.deadline,
    ladder.cureTrades,
    closing.costTimes,
    closing.costShare,
    market.ageMax,
    market.tradeAgeMax,
    market.jumpMax,
    throttle.rate,
    throttle.burst,
    next.collarShare,
    next.collarIndexShare,
    next.overrideMax,
    next.grace,
  ];
  const sound = numbers.every((value) => Number.isFinite(value) && value >= 0);
  const wrong =
    doubtHand({ operator }) ??
    (sound &&
    throttle.burst >= 1 &&
    closing.candidates >= 1 &&
    next.conversionSpread >= 0 &&
    next.conversionSpread < 1
      ? undefined
      : refuse(
          'bad-parameter',
          'every number of a policy is at least zero, a burst and the candidates at least one, a spread below one.',
          'policy',
        ));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'policy-set', policy: next };
};

export const open: Decider<'open'> = function* ({ state }, { account, owner, group, category }) {
  const known = state.owners.get(owner);
  const wrong =
    doubtName(account, 'account') ??
    doubtName(owner, 'owner') ??
    doubtName(group, 'group') ??
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

export const link: Decider<'link'> = function* (context, { account: id, topUp }) {
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
        : topUp.most > 0n
          ? undefined
          : refuse('out-of-range', 'the most that may be drawn must be above zero.', `account ${id}`);
    if (wrong !== undefined) return yield* refused(wrong);
  }
  yield { kind: 'linked', account: id, topUp };
};

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
        : scope.kind !== 'venue';
  const wrong =
    doubtHand(input) ??
    (fits
      ? undefined
      : refuse('not-allowed', `a limit of ${name} does not belong to ${scopeKey(scope)}.`, name)) ??
    (most === null || (Number.isFinite(most) && most >= ORDER_LIMIT_LOWEST)
      ? undefined
      : refuse('out-of-range', `a limit is a number of at least ${ORDER_LIMIT_LOWEST}.`, name));
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
    (input.until > state.now && input.until <= latest
      ? undefined
      : refuse(
          'out-of-range',
          `an override ends within ${state.policy.overrideMax / HOUR_MS} hours from now.`,
          'until',
        ));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'overridden', account: account.id, hold: input.hold, until: input.until };
};
