// One account looked at: paid out, topped up, judged, called, closed. Slices visit everybody, other inputs whom they touched.

import { type Instant, isRefusal, type Refusal } from '../../base/index.ts';
import { DOUBT_SHARE, UNITS_MAX } from '../bounds.ts';
import { reduceAtMark } from '../close.ts';
import { cureOf, cureUnits, least } from '../cure.ts';
import type { Desk, Judge } from '../desk.ts';
import { withUnits } from '../imagine.ts';
import { statusOf } from '../ladder.ts';
import type { AccountState, State } from '../state.ts';
import { quantityOf, tenTo } from '../terms.ts';
import type { Units } from '../words.ts';
import type { Context, Facts } from './context.ts';
import { cancelAll, pay, payOut } from './moves.ts';

/** Why nobody may be closed now, or this account may not: a stale market, sources that disagree, grace, a halt, an operator's hold (M-218). */
function whyNotClose(state: State, desk: Desk, account: AccountState): string | undefined {
  const { now, policy, market, graceUntil } = state;
  if (state.halts.has('venue')) return 'the venue is halted';
  if (now < graceUntil) return 'there was a halt, and its grace has not passed';
  const held = state.overrides.get(`${account.id} closing`);
  if (held !== undefined && now < held) return 'an operator holds it';
  if (market === undefined || now - market.at > policy.market.ageMax) return 'the market is stale';
  const judge = desk.judgeOfGroup(state, account.group);
  if (isRefusal(judge)) return judge.message;
  const doubted = doubtedCoin(state, judge, account);
  if (doubted === undefined) return undefined;
  const { mode, reasons } = state.health.get(doubted)!;
  return `the sources of ${doubted} may not close anybody (${reasons.join('; ') || mode})`;
}

/** A coin that may close nobody and is a good part of what an account holds, positions and money; dust of it holds up nothing. */
function doubtedCoin(state: State, { book }: Judge, account: AccountState): string | undefined {
  const { columns, indexOf, levels } = book.risk;
  const sizes = new Map<string, number>();
  let whole = 0;
  const add = (coin: string, size: number) => {
    sizes.set(coin, (sizes.get(coin) ?? 0) + size);
    whole += size;
  };
  for (const [id, { lots }] of account.positions) {
    const { terms } = state.products.get(id)!;
    const { underlying } = terms.product;
    const row = indexOf.get(id);
    const index = levels.coins.get(underlying)?.index ?? 0;
    if (row !== undefined)
      add(
        underlying,
        Math.abs(quantityOf(terms, lots)) *
          Math.max(Math.abs(columns.delta[row]!) * index, Math.abs(columns.value[row]!)),
      );
  }
  for (const [asset, { units }] of account.balances) {
    const row = indexOf.get(asset);
    const { decimals } = state.assets.get(asset)!.terms;
    if (row !== undefined) add(asset, (Math.abs(Number(units)) / tenTo(decimals)) * columns.value[row]!);
  }
  for (const [coin, size] of sizes) {
    if (size > DOUBT_SHARE * whole && state.health.get(coin)?.mayLiquidate === false) return coin;
  }
  return undefined;
}

const lesser = (a: Units, b: Units) => (a < b ? a : b);

/** How much a lender can give of what is asked without falling below its own initial line. */
function canGive(state: State, desk: Desk, lender: AccountState, asset: string, units: Units): Units {
  const balance = lender.balances.get(asset)?.units ?? 0n;
  const most = lesser(balance, units);
  if (most <= 0n) return 0n;
  if (lender.isHouse || !state.groups.has(lender.group)) return most;
  const isShort = (given: Units) => {
    const after = desk.figuresAs(state, withUnits(state, lender, asset, -given));
    return isRefusal(after) || after.equity - after.initial < after.locked;
  };
  if (!isShort(most)) return most;
  const firstShort = least(most, most, isShort);
  return firstShort === undefined ? 0n : firstShort - 1n;
}

/** Draws what would cure from the linked account, as far as limit and lender reach (M-216). */
function* topUp({ state, desk }: Context, account: AccountState): Facts {
  const { topUp: link } = account;
  const lender = link === undefined ? undefined : state.accounts.get(link.from);
  if (link === undefined || lender === undefined) return;
  // A halt holds money where it is, and a price that may close nobody draws nothing either.
  const scopes = ['venue', `account:${lender.id}`, `owner:${lender.owner}`];
  if (scopes.some((scope) => state.halts.has(scope)) || whyNotClose(state, desk, account) !== undefined)
    return;
  const left = link.most - account.drawn;
  if (left <= 0n) return;
  const needed = cureUnits(state, desk, account, link.asset, UNITS_MAX);
  if (needed === undefined || needed === 0n) return;
  const given = canGive(state, desk, lender, link.asset, lesser(needed, left));
  if (given === 0n) return;
  yield* pay(state, lender, account, link.asset, given, 'top-up');
  yield { kind: 'drawn', account: account.id, units: given };
}

function* unjudged(account: AccountState, refusal: Refusal): Facts {
  if (account.withheld !== refusal.message) yield { kind: 'unjudged', account: account.id, refusal };
}

function* withhold(account: AccountState, why: string): Facts {
  if (account.withheld !== why) yield { kind: 'withheld', account: account.id, why };
}

/** The status it has now, said when it is another; a call with its cure. */
function* settleStatus({ state, desk }: Context, account: AccountState): Facts {
  const figures = desk.figuresOf(state, account);
  if (isRefusal(figures)) return;
  const { ladder } = state.policy;
  const hasPositions = account.positions.size > 0;
  const { status: was } = account;
  // Deadlines do not run during a halt.
  const deadline = state.halts.has('venue') ? undefined : account.deadline;
  const [status, why] = statusOf(figures, { status: was, deadline, hasPositions }, state.now, ladder);
  if (status === was) return;
  const held = state.overrides.get(`${account.id} calls`);
  if (status === 'called' && held !== undefined && state.now < held) return;
  yield { kind: 'status', account: account.id, status, was, why, standing: figures };
  if (status !== 'called') return;
  const due = (state.now + ladder.deadline) as Instant;
  yield { kind: 'called', account: account.id, deadline: due, cure: cureOf(state, desk, account, UNITS_MAX) };
}

/**
 * Looks at an account (M-211): pays out what has settled, tops up, judges, and closes where that is due and allowed. Bankrupt accounts are judged, not
 * closed again: what they owe was said once.
 */
export function* visit(context: Context, account: AccountState): Facts {
  const { state, desk } = context;
  if (account.isHouse) return;
  yield* payOut(state, account);
  if (account.balances.size === 0 && account.positions.size === 0 && account.status === 'clear') return;
  const figures = desk.figuresOf(state, account);
  if (isRefusal(figures)) {
    yield* unjudged(account, figures);
    return;
  }
  const isShort = figures.equity < figures[state.policy.ladder.callLine];
  if (isShort && account.topUp !== undefined) yield* topUp(context, account);
  const wasBankrupt = account.status === 'bankrupt';
  yield* settleStatus(context, account);
  if (account.status !== 'liquidating' && (account.status !== 'bankrupt' || wasBankrupt)) return;
  // Orders that would add risk do not wait for a price that may close.
  yield* cancelAll(account, 'closing');
  yield* settleStatus(context, account);
  if (account.status !== 'liquidating' && account.status !== 'bankrupt') return;
  const why = whyNotClose(state, desk, account);
  if (why !== undefined) {
    yield* withhold(account, why);
    return;
  }
  const { version } = account;
  yield* reduceAtMark(state, desk, account);
  yield* settleStatus(context, account);
  if (account.version === version && account.positions.size > 0)
    yield* withhold(account, 'nothing it holds may be traded now');
}
