// Money in, money out, money into other money. What comes in is always taken; what goes out leaves initial margin behind.

import { isRefusal, type Refusal, refuse, usd } from '../../base/index.ts';
import { balanceWithDue } from '../accrual.ts';
import { withUnits } from '../imagine.ts';
import type { AccountState } from '../state.ts';
import { tenTo } from '../terms.ts';
import type { Units } from '../words.ts';
import {
  assetOf,
  because,
  type Context,
  clientOf,
  type Decider,
  doubtOpen,
  doubtPrices,
  doubtUnits,
  isNoWorse,
  refused,
  tooLittle,
} from './context.ts';
import { credit, houseOf, pay } from './moves.ts';
import { visit } from './visit.ts';

/** A deposit is taken whatever the account's state (M-207), and judged at once. */
export const deposit: Decider<'deposit'> = function* (context, { account: id, asset, units }) {
  const { state } = context;
  // The fund is filled from outside like any account.
  const account = id === 'insurance' || id === 'venue' ? houseOf(state, id) : clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const known = assetOf(context, asset);
  if (isRefusal(known)) return yield* refused(known);
  const wrong = doubtUnits(units, asset);
  if (wrong !== undefined) return yield* refused(wrong);
  yield* credit(state, account, asset, units, 'deposit');
  yield* visit(context, account);
};

/** What is wrong with taking so much out: more than there is, or less than initial left behind with nothing that is locked counted (M-208). */
export function doubtOut(
  { state, desk }: Context,
  account: AccountState,
  asset: string,
  units: Units,
): Refusal | undefined {
  const there = account.balances.get(asset)?.units ?? 0n;
  if (there < units) {
    const message = `there are ${there} units of ${asset}, less than the ${units} asked for; take less.`;
    return refuse('insufficient-balance', message, `account ${account.id}`);
  }
  if (
    account.positions.size === 0 &&
    account.orders.size === 0 &&
    [...account.balances.values()].every((b) => b.units >= 0n)
  ) {
    return undefined;
  }
  const old = doubtPrices({ state, desk } as Context, [asset]);
  if (old !== undefined) return old;
  const after = desk.figuresAs(state, withUnits(state, account, asset, -units));
  if (isRefusal(after)) return because(after, account);
  const short = after.locked + after.initial - after.equity;
  return short <= 0n ? undefined : tooLittle(account, usd(short), 'taking this out');
}

export const withdraw: Decider<'withdraw'> = function* (context, { account: id, asset, units }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const known = assetOf(context, asset);
  if (isRefusal(known)) return yield* refused(known);
  const wrong =
    doubtUnits(units, asset) ?? doubtOpen(context, account) ?? doubtOut(context, account, asset, units);
  if (wrong !== undefined) return yield* refused(wrong);
  yield* credit(context.state, account, asset, -units, 'withdrawal');
};

/** Between accounts of one owner. */
export const transfer: Decider<'transfer'> = function* (context, { account: id, to, asset, units }) {
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const other = clientOf(context, to);
  if (isRefusal(other)) return yield* refused(other);
  const known = assetOf(context, asset);
  if (isRefusal(known)) return yield* refused(known);
  const stranger =
    account.owner === other.owner && account !== other
      ? undefined
      : refuse('not-allowed', 'name another account of the same owner.', `account ${to}`);
  const wrong =
    stranger ??
    doubtUnits(units, asset) ??
    doubtOpen(context, account) ??
    doubtOut(context, account, asset, units);
  if (wrong !== undefined) return yield* refused(wrong);
  yield* pay(context.state, account, other, asset, units, 'transfer');
  yield* visit(context, other);
};

/**
 * Sells one asset for another to the venue at the indices less the spread, rounded down (M-209). Allowed where initial is covered after it, or no worse than
 * before; what is given may be borrowed up to the asset's limit.
 */
export const convert: Decider<'convert'> = function* (context, { account: id, from, to, units }) {
  const { state, desk } = context;
  const account = clientOf(context, id);
  if (isRefusal(account)) return yield* refused(account);
  const [source, target] = [assetOf(context, from), assetOf(context, to)];
  if (isRefusal(source)) return yield* refused(source);
  if (isRefusal(target)) return yield* refused(target);
  const same =
    from === to ? refuse('malformed', 'it is converted into itself; name another asset.', from) : undefined;
  const wrong =
    same ?? doubtUnits(units, from) ?? doubtOpen(context, account) ?? doubtPrices(context, [from, to]);
  if (wrong !== undefined) return yield* refused(wrong);
  const left = balanceWithDue(state, account, from) - units;
  if (left < -source.terms.borrowMax) {
    const message = `it would owe ${-left} units of ${from}, more than the ${source.terms.borrowMax} that may be owed; convert less.`;
    return yield* refused(refuse('insufficient-balance', message, `account ${id}`));
  }
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return yield* refused(because(judge, account));
  const { indexOf, columns } = judge.book.risk;
  const [a, b] = [indexOf.get(from), indexOf.get(to)];
  if (a === undefined || b === undefined) {
    return yield* refused(
      refuse('no-market', 'one of the two has no price in the market; wait for one.', `${from} to ${to}`),
    );
  }
  const scale = tenTo(target.terms.decimals) / tenTo(source.terms.decimals);
  const rate = (columns.value[a]! / columns.value[b]!) * scale * (1 - state.policy.conversionSpread);
  const got = BigInt(Math.floor(Number(units) * rate));
  if (got <= 0n)
    return yield* refused(refuse('out-of-range', 'it is worth less than a unit; convert more.', from));
  const after = desk.figuresAs(state, withUnits(state, withUnits(state, account, from, -units), to, got));
  if (isRefusal(after)) return yield* refused(because(after, account));
  if (after.equity < after.initial && !isNoWorse(after, desk.figuresOf(state, account))) {
    return yield* refused(tooLittle(account, usd(after.initial - after.equity), 'converting this'));
  }
  yield* pay(state, account, houseOf(state, 'venue'), from, units, 'conversion');
  yield* pay(state, houseOf(state, 'venue'), account, to, got, 'conversion');
  yield* visit(context, account);
};
