// The one place that writes state. It follows facts and chooses nothing.

import type { Instant } from '../base/index.ts';
import { FILLS_MAX, IDS_MAX } from './bounds.ts';
import type { Fact, FactKind, FactOf } from './facts.ts';
import type { Input, Sequenced } from './inputs.ts';
import { type AccountState, limitKey, newAccount, type State } from './state.ts';
import { HOUSE, scopeKey, type Units } from './words.ts';

type Sequence = Sequenced<Input>;
type Writers = { readonly [K in FactKind]: (state: State, fact: FactOf<K>, by: Sequence) => void };

function accountOf(state: State, id: string): AccountState {
  const account = state.accounts.get(id)!;
  account.version++;
  return account;
}

function addUnits(state: State, account: AccountState, asset: string, units: Units): void {
  const { interest } = state.assets.get(asset)!;
  const balance = account.balances.get(asset);
  if (balance === undefined) {
    account.balances.set(asset, { units, interestAt: interest });
    return;
  }
  balance.units += units;
  balance.interestAt = interest;
  if (balance.units === 0n) account.balances.delete(asset);
}

function forgetOldest<K>(items: Map<K, unknown>, most: number): void {
  for (const key of items.keys()) {
    if (items.size <= most) return;
    items.delete(key);
  }
}

function move(state: State, { account: id, product, lots, cost, realised }: FactOf<'moved'>): void {
  const account = accountOf(state, id);
  const listed = state.products.get(product)!;
  const held = account.positions.get(product);
  const before = held?.lots ?? 0;
  const after = before + lots;
  if (after === 0) account.positions.delete(product);
  else
    account.positions.set(product, {
      lots: after,
      cost: (held?.cost ?? 0n) + cost,
      fundingAt: listed.funding,
    });
  listed.openInterest += Math.max(0, after) - Math.max(0, before);
  if (realised !== 0n) addUnits(state, account, listed.terms.product.settleAsset, realised);
}

/** Everybody is to be judged, from whose turn it is on. */
function queueAll(state: State): void {
  state.remaining = state.places.length - HOUSE.length;
}

function observe(state: State, { at, input }: Sequence): void {
  if (input.kind !== 'market') return;
  state.market = input.market;
  state.observedAt = at;
  state.health = input.health;
  queueAll(state);
  for (const [product, listed] of state.products) listed.fundingRate = input.funding.get(product) ?? 0;
}

function adopt(state: State, set: string): void {
  const proposal = state.sets.get(set)!;
  proposal.isAdopted = true;
  for (const group of proposal.groups) {
    const shadows = state.groups.get(group)?.shadows ?? [];
    state.groups.set(group, { set, shadows: shadows.filter((shadow) => shadow !== set) });
  }
  for (const group of proposal.shadowOf) state.groups.get(group)!.shadows.push(set);
  queueAll(state);
}

function setStatus(state: State, { account: id, status }: FactOf<'status'>): void {
  const account = accountOf(state, id);
  account.status = status;
  account.withheld = undefined;
  if (status === 'called') return;
  account.deadline = undefined;
  state.called.delete(id);
}

const nothing = () => undefined;

const writers: Writers = {
  refused: nothing,
  repeated: nothing,
  'asset-set': (state, { terms }) => {
    state.assets.set(terms.asset, { terms, interest: state.assets.get(terms.asset)?.interest ?? 0n });
    state.listing++;
  },
  listed: (state, { terms }) => {
    state.products.set(terms.product.id, {
      terms,
      mode: 'live',
      final: undefined,
      funding: 0n,
      fundingRate: 0,
      openInterest: 0,
    });
    state.listing++;
  },
  'mode-set': (state, { product, mode, price }) => {
    const listed = state.products.get(product)!;
    if (mode === 'settled') {
      state.listing++;
      queueAll(state);
    }
    listed.mode = mode;
    if (price !== undefined) listed.final = price;
  },
  'policy-set': (state, { policy }) => {
    state.policy = policy;
  },
  opened: (state, { account, owner, group }, { input }) => {
    const opened = newAccount(
      account,
      owner,
      group,
      state.places.length,
      state.now,
      state.policy.throttle.burst,
    );
    state.accounts.set(account, opened);
    state.places.push(opened);
    const known = state.owners.get(owner);
    if (known !== undefined) known.accounts.push(account);
    else if (input.kind === 'open')
      state.owners.set(owner, { category: input.category, accounts: [account] });
  },
  classified: (state, { owner, category }) => {
    state.owners.get(owner)!.category = category;
  },
  regrouped: (state, { account, group }) => {
    accountOf(state, account).group = group;
  },
  linked: (state, { account, topUp }) => {
    const own = accountOf(state, account);
    own.topUp = topUp ?? undefined;
  },
  credited: (state, { account, asset, units }) => addUnits(state, accountOf(state, account), asset, units),
  drawn: (state, { account, units }) => {
    accountOf(state, account).drawn += units;
  },
  moved: move,
  traded: (state, { fill, product, lots, price, buyer, seller, fees }) => {
    state.fills.set(fill, { product, lots, price, buyer, seller, fees });
    forgetOldest(state.fills, FILLS_MAX);
  },
  busted: (state, { fill }) => {
    state.fills.delete(fill);
  },
  ordered: (state, { account, order, terms, isMarket, isQuote }) => {
    const { lots, price } = terms;
    accountOf(state, account).orders.set(order, { id: order, terms, isMarket, isQuote, lots, price });
  },
  reordered: (state, { account, order, lots, price }) => {
    Object.assign(accountOf(state, account).orders.get(order)!, { lots, price });
  },
  unordered: (state, { account, order }) => {
    accountOf(state, account).orders.delete(order);
  },
  protected: (state, { account, protection }, { at }) => {
    const fresh = { protection, filled: 0, since: at, frozenUntil: undefined };
    accountOf(state, account).protections.set(protection.underlying, fresh);
  },
  counted: (state, { account, underlying, lots, isNew }, { at }) => {
    const own = accountOf(state, account).protections.get(underlying)!;
    own.filled = isNew ? lots : own.filled + lots;
    if (isNew) own.since = at;
  },
  'quoted-out': (state, { account, underlying, until }) => {
    accountOf(state, account).protections.get(underlying)!.frozenUntil = until;
  },
  health: nothing,
  observed: (state, _, by) => observe(state, by),
  funded: (state, { product, step }) => {
    state.products.get(product)!.funding += step;
  },
  accrued: (state, { asset, step }) => {
    state.assets.get(asset)!.interest += step;
  },
  sliced: (state, { cursor, judged }) => {
    state.cursor = cursor;
    state.remaining -= judged;
  },
  shadowed: nothing,
  status: setStatus,
  called: (state, { account, deadline }) => {
    accountOf(state, account).deadline = deadline;
    state.called.add(account);
  },
  withheld: (state, { account, why }) => {
    accountOf(state, account).withheld = why;
  },
  unjudged: (state, { account, refusal }) => {
    accountOf(state, account).withheld = refusal.message;
  },
  missing: nothing,
  proposed: (state, { set }, { input }) => {
    if (input.kind !== 'propose') return;
    const { model, parameters, groups, shadowOf, from, operator } = input;
    state.sets.set(set, {
      set,
      model,
      parameters,
      groups,
      shadowOf,
      from,
      approvals: [operator],
      isAdopted: false,
    });
  },
  approved: (state, { set, operator }) => {
    state.sets.get(set)!.approvals.push(operator);
  },
  adopted: (state, { set }) => adopt(state, set),
  unproposed: (state, { set }) => {
    state.sets.delete(set);
    for (const group of state.groups.values())
      group.shadows = group.shadows.filter((shadow) => shadow !== set);
  },
  halted: (state, { scope, reason, isKill }, { at }) => {
    // A halt within a halt neither begins it anew nor takes back a kill.
    const known = state.halts.get(scopeKey(scope));
    const since = known?.since ?? at;
    state.halts.set(scopeKey(scope), { since, reason, isKill: isKill || known?.isKill === true });
  },
  resumed: (state, { scope, graceUntil, longer }) => {
    state.halts.delete(scopeKey(scope));
    if (graceUntil > state.graceUntil) state.graceUntil = graceUntil;
    // A deadline does not run while nobody can trade.
    for (const id of state.called) {
      const account = accountOf(state, id);
      account.deadline = (account.deadline! + longer) as Instant;
    }
  },
  limited: (state, { scope, limit, most }) => {
    const key = limitKey(scopeKey(scope), limit);
    if (most === null) state.limits.delete(key);
    else state.limits.set(key, most);
  },
  overridden: (state, { account, hold, until }) => {
    state.overrides.set(`${account} ${hold}`, until);
  },
};

/** Writes one fact. @example for (const fact of decide(state, by, desk)) evolve(state, fact, by) */
export function evolve(state: State, fact: Fact, by: Sequence): void {
  (writers[fact.kind] as (state: State, fact: Fact, by: Sequence) => void)(state, fact, by);
}

/**
 * Whether an input's time leaps ahead of the one before it. Such a time is not taken: a clock that went wrong could not be set back. An operator who resumes the
 * venue confirms it.
 */
export function isLeap({ now, policy }: State, { at, input }: Sequence): boolean {
  const isConfirmed = input.kind === 'resume' && input.scope.kind === 'venue';
  return now !== 0 && at - now > policy.market.jumpMax && !isConfirmed;
}

/** What every input does, whatever becomes of it: its place in the order, its time, its message counted. */
export function begin(state: State, by: Sequence, sender: AccountState | undefined): void {
  state.seq = by.seq;
  if (by.at > state.now && !isLeap(state, by)) state.now = by.at;
  if (sender === undefined) return;
  const { rate, burst } = state.policy.throttle;
  const gained = (Math.max(0, state.now - sender.tokensAt) / 1000) * rate;
  const tokens = Math.min(burst, sender.tokens + gained);
  sender.isThrottled = tokens < 1;
  sender.tokens = sender.isThrottled ? tokens : tokens - 1;
  sender.tokensAt = state.now;
}

/** Remembers the client's id of an input that was taken. */
export function remember(state: State, id: string, seq: number): void {
  state.ids.set(id, seq);
  forgetOldest(state.ids, IDS_MAX);
}
