// What every decision is made from, and the doubts that many of them share.

import { dollars, isRefusal, type Refusal, refuse, sentence, type Usd } from '../../base/index.ts';
import { LOTS_MAX, NAME_LENGTH_MAX, REASON_LENGTH_MAX, UNITS_MAX } from '../bounds.ts';
import type { Desk } from '../desk.ts';
import type { Fact, StandingFigures } from '../facts.ts';
import type { Input, InputOf, Sequenced } from '../inputs.ts';
import type { AccountState, AssetState, ProductState, State } from '../state.ts';
import { type Scope, scopeKey } from '../words.ts';

export interface Context {
  readonly state: State;
  readonly desk: Desk;
  readonly by: Sequenced<Input>;
}

export type Facts = Generator<Fact, void, void>;
/** Decides an input of a kind. */
export type Decider<K extends Input['kind']> = (context: Context, input: InputOf<K>) => Facts;

export function* refused(refusal: Refusal): Facts {
  yield { kind: 'refused', refusal };
}

/** A client's account, that is none of the venue's own. */
export function clientOf({ state }: Context, id: string): AccountState | Refusal {
  const account = state.accounts.get(id);
  if (account !== undefined && !account.isHouse) return account;
  const message =
    account === undefined
      ? 'there is no such account; open it.'
      : "this is the venue's own account; name a client's.";
  return refuse('unknown-account', message, `account ${id}`);
}

export function assetOf({ state }: Context, asset: string): AssetState | Refusal {
  const known = state.assets.get(asset);
  return known ?? refuse('unknown-asset', 'no such asset can be held here; state its terms.', asset);
}

export function productOf({ state }: Context, product: string): ProductState | Refusal {
  const known = state.products.get(product);
  return known ?? refuse('unknown-product', 'it is not listed here; list it.', product);
}

/** An amount that is given: above zero, below what one input may move. */
export function doubtUnits(units: bigint, where: string): Refusal | undefined {
  if (units > 0n && units <= UNITS_MAX) return undefined;
  return refuse('out-of-range', `the amount is ${units} units; it must be from 1 to ${UNITS_MAX}.`, where);
}

export function doubtLots(lots: number, where: string): Refusal | undefined {
  if (Number.isSafeInteger(lots) && lots > 0) return undefined;
  return refuse(
    'out-of-range',
    `the quantity is ${lots} lots; it must be a whole number from 1 to ${LOTS_MAX}.`,
    where,
  );
}

export function doubtPrice({ terms }: ProductState, price: number): Refusal | undefined {
  const where = terms.product.id;
  if (!(Number.isSafeInteger(price) && price > 0)) {
    return refuse(
      'out-of-range',
      `the price is ${price}; it must be a whole number of 1e-8 above zero.`,
      where,
    );
  }
  if (price % terms.tick === 0) return undefined;
  return refuse(
    'out-of-range',
    `the price is no multiple of the tick, ${terms.tick} in 1e-8; round it.`,
    where,
  );
}

/** A name that can stand in a record. */
export function doubtName(name: string, what: string): Refusal | undefined {
  if (name.length > 0 && name.length <= NAME_LENGTH_MAX && !/\p{Cc}/u.test(name)) return undefined;
  return refuse('malformed', `it must have 1 to ${NAME_LENGTH_MAX} characters that can be printed.`, what);
}

/** A name that others are made of: no blanks. */
export function doubtHandle(name: string, what: string): Refusal | undefined {
  const wrong = doubtName(name, what);
  if (wrong !== undefined || !/\s/.test(name)) return wrong;
  return refuse('malformed', 'it must have no blanks; write desk-1 for desk 1.', what);
}

/** An operator signs with a name and a reason. */
export function doubtHand({
  operator,
  reason = 'none is asked',
}: {
  readonly operator: string;
  readonly reason?: string;
}): Refusal | undefined {
  const wrong = doubtName(operator, 'operator');
  if (wrong !== undefined) return wrong;
  if (reason.trim().length > 0 && reason.length <= REASON_LENGTH_MAX) return undefined;
  return refuse(
    'malformed',
    `give a reason of up to ${REASON_LENGTH_MAX} characters; it is written down.`,
    'reason',
  );
}

/** Why an account may not trade or take out: the venue, its owner or itself is halted; it is bankrupt. */
export function doubtOpen(
  { state }: Context,
  account: AccountState,
  product?: ProductState,
): Refusal | undefined {
  const scopes: Scope[] = [
    { kind: 'venue' },
    { kind: 'owner', id: account.owner },
    { kind: 'account', id: account.id },
  ];
  if (product !== undefined) scopes.push({ kind: 'product', id: product.terms.product.id });
  for (const scope of scopes) {
    const halt = state.halts.get(scopeKey(scope));
    if (halt === undefined) continue;
    const what = halt.isKill ? 'stopped by the kill switch' : 'halted';
    return refuse(
      'halted',
      `${scopeKey(scope)} is ${what} (${halt.reason}); wait until it is resumed.`,
      `account ${account.id}`,
    );
  }
  if (account.status !== 'bankrupt') return undefined;
  return refuse('not-allowed', 'it owes more than it has; deposit first.', `account ${account.id}`);
}

/** Whether there is a market young enough to add risk on, or to take money out on. */
export function isFresh({ market, now, policy }: State): boolean {
  return market !== undefined && now - market.at <= policy.market.tradeAgeMax;
}

/** Prices that money may not move on: an old market, a coin whose sources let it only be reduced. */
export function doubtPrices({ state }: Context, assets: readonly string[]): Refusal | undefined {
  if (!isFresh(state))
    return refuse('stale-market', 'there is no market of now; wait for one.', assets.join(' and '));
  const sick = assets.find((asset) =>
    ['reduce-only', 'halt'].includes(state.health.get(asset)?.mode ?? 'normal'),
  );
  return sick === undefined
    ? undefined
    : refuse('halted', 'its sources do not agree on a price now; wait until they do.', sick);
}

/** What an account is told when margin does not suffice. */
export function tooLittle(account: AccountState, short: Usd, what: string): Refusal {
  const message = `${what} would leave it ${dollars(short).toFixed(2)} USD short of initial margin; deposit, make it smaller, or close something.`;
  return refuse('insufficient-margin', message, `account ${account.id}`);
}

/** Whether initial excess is no less than it was: what only reduces risk passes below the line (M-203). */
export function isNoWorse(after: StandingFigures, before: StandingFigures | Refusal): boolean {
  return !isRefusal(before) && after.equity - after.initial >= before.equity - before.initial;
}

/** A refusal of a model or market, said of an account. */
export function because(refusal: Refusal, account: AccountState): Refusal {
  return { ...refusal, message: sentence(refusal), where: `account ${account.id}` };
}
