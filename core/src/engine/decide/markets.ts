// What is seen and what time brings: markets, beats, and the slices in which everybody is judged on the newest market.

import { isRefusal, type Refusal, refuse, type Usd, usd } from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import { compareText } from '../../product/index.ts';
import { fundingStep, interestStep } from '../accrual.ts';
import { DEADLINES_MAX, SLICE_MAX } from '../bounds.ts';
import { figuresUnder, type Judge } from '../desk.ts';
import { markOf } from '../forced.ts';
import type { MarketHealth } from '../inputs.ts';
import { statusOf } from '../ladder.ts';
import type { AccountState, State } from '../state.ts';
import { HOUSE, type SetId } from '../words.ts';
import { adoptDue } from './adopt.ts';
import { type Context, type Decider, type Facts, refused } from './context.ts';
import { visit } from './visit.ts';

/** Funding rates beyond this an hour are typing mistakes. */
const FUNDING_RATE_MAX = 0.1;

/** The sets that count for some group. What is computed beside them makes its book when it is looked at, and is left out where it can make none. */
function setsThatCount({ groups }: State): Set<SetId> {
  return new Set([...groups.values()].map(({ set }) => set));
}

/** Books of a market that is not yet the state's; what a set that counts refuses, the market is refused for. */
function booksOf({ state, desk }: Context, market: Market): Map<SetId, Judge> | Refusal {
  const books = new Map<SetId, Judge>();
  for (const set of setsThatCount(state)) {
    const judge = desk.build(state, state.sets.get(set)!, market);
    if (isRefusal(judge)) return judge;
    books.set(set, judge);
  }
  return books;
}

/** Funding and interest since the last market, at its marks and rates. */
function* accrue({ state, desk, by }: Context): Facts {
  // Over a halt for a leap of the clock nothing runs up beyond what a leap may be.
  const elapsed = Math.min(by.at - state.observedAt, state.policy.market.jumpMax);
  if (state.market === undefined || elapsed <= 0) return;
  for (const [asset, known] of state.assets) {
    const step = interestStep(known, elapsed);
    if (step !== 0n) yield { kind: 'accrued', asset, step };
  }
  const [first] = state.groups.values();
  const judge = first === undefined ? undefined : desk.judgeOf(state, first.set);
  if (judge === undefined || isRefusal(judge)) return;
  for (const [product, listed] of state.products) {
    if (listed.fundingRate === 0 || listed.mode === 'settled') continue;
    const { decimals } = state.assets.get(listed.terms.product.settleAsset)!.terms;
    const step = fundingStep(listed, decimals, markOf(judge, listed) ?? 0, elapsed);
    if (step !== 0n) yield { kind: 'funded', product, step };
  }
}

const WELL: MarketHealth = { mode: 'normal', mayLiquidate: true, reasons: [] };

/** Says of every coin what its sources let happen now, where it is another than before (M-218). */
function* turns({ state }: Context, next: ReadonlyMap<string, MarketHealth>): Facts {
  // By name, because a map from text may have another order than the one that was sent.
  for (const coin of [...new Set([...state.health.keys(), ...next.keys()])].sort(compareText)) {
    const [was, health] = [state.health.get(coin) ?? WELL, next.get(coin) ?? WELL];
    if (was.mode !== health.mode || was.mayLiquidate !== health.mayLiquidate)
      yield { kind: 'health', coin, health };
  }
}

/** A market is older than the last, from the future, or says something that cannot be. */
function doubtMarket(
  { state, by }: Context,
  market: Market,
  funding: ReadonlyMap<string, number>,
): Refusal | undefined {
  const where = market.source;
  if (state.market !== undefined && market.at < state.market.at) {
    return refuse('stale-market', 'it is older than the market that counts; send newer ones.', where);
  }
  if (market.at > by.at)
    return refuse('out-of-order', 'it is of a time that has not come; set the clocks.', where);
  for (const product of [...funding.keys()].sort(compareText)) {
    const rate = funding.get(product)!;
    const listed = state.products.get(product);
    if (listed === undefined || listed.terms.product.kind !== 'perpetual') {
      return refuse('unknown-product', 'it has a funding rate and is no perpetual that is listed.', product);
    }
    if (!(Math.abs(rate) <= FUNDING_RATE_MAX)) {
      return refuse(
        'out-of-range',
        `its funding rate is ${rate} an hour; it must be within ${FUNDING_RATE_MAX} either way.`,
        product,
      );
    }
  }
  return undefined;
}

/** A new market: funding and interest run until now, books are made, and everybody is to be judged anew. A market that no book can be made of is refused, and the old one ages. */
export const market: Decider<'market'> = function* (context, { market: seen, health, funding }) {
  const wrong = doubtMarket(context, seen, funding);
  if (wrong !== undefined) return yield* refused(wrong);
  const books = booksOf(context, seen);
  if (isRefusal(books)) return yield* refused(books);
  yield* accrue(context);
  yield* turns(context, health);
  yield { kind: 'observed', digest: seen.digest };
  for (const [set, judge] of books) context.desk.keep(context.state, set, seen, judge);
  yield* timely(context);
};

/** What time brings: sets that are due, deadlines that have passed. */
function* timely(context: Context): Facts {
  const { state } = context;
  yield* adoptDue(context);
  if (state.halts.has('venue')) return;
  let looked = 0;
  for (const id of [...state.called]) {
    if (looked++ >= DEADLINES_MAX) return;
    const account = state.accounts.get(id)!;
    if (account.deadline !== undefined && account.deadline <= state.now) yield* visit(context, account);
  }
}

export const beat: Decider<'beat'> = function* (context) {
  yield* timely(context);
};

/** What a set that does not count would do with an account. */
interface Shadow {
  accounts: number;
  called: number;
  closed: number;
  initial: bigint;
}

function shade({ state, desk }: Context, account: AccountState, shadows: Map<SetId, Shadow>): void {
  const group = state.groups.get(account.group);
  if (group === undefined || group.shadows.length === 0) return;
  for (const set of group.shadows) {
    const judge = desk.judgeOf(state, set);
    const figures = isRefusal(judge) ? judge : figuresUnder(state, account, judge);
    if (isRefusal(figures)) continue;
    const before = {
      status: 'clear',
      deadline: undefined,
      hasPositions: account.positions.size > 0,
    } as const;
    const [status] = statusOf(figures, before, state.now, state.policy.ladder);
    const sums = shadows.get(set) ?? { accounts: 0, called: 0, closed: 0, initial: 0n };
    sums.accounts++;
    if (status === 'called') sums.called++;
    if (status === 'liquidating' || status === 'bankrupt') sums.closed++;
    sums.initial += figures.initial;
    shadows.set(set, sums);
  }
}

/** Judges the next accounts of those that were not judged on this market (M-211). An order never waits for more than a slice. */
export const slice: Decider<'slice'> = function* (context, { count }) {
  const { state } = context;
  if (!(Number.isInteger(count) && count >= 1 && count <= SLICE_MAX)) {
    return yield* refused(
      refuse('out-of-range', `a slice has 1 to ${SLICE_MAX} accounts, not ${count}.`, 'slice'),
    );
  }
  if (state.market === undefined) {
    return yield* refused(
      refuse('no-market', 'there is no market yet to judge anybody on; send one.', 'slice'),
    );
  }
  const shadows = new Map<SetId, Shadow>();
  const first = HOUSE.length;
  const clients = state.places.length - first;
  const judged = Math.min(count, state.remaining, clients);
  const start = state.cursor - first;
  const turn = Array.from({ length: judged }, (_, n) => state.places[first + ((start + n) % clients)]!);
  context.desk.ahead(state, turn);
  for (const account of turn) {
    yield* visit(context, account);
    shade(context, account, shadows);
  }
  for (const [set, sums] of shadows) {
    yield { kind: 'shadowed', set, ...sums, initial: usd(sums.initial) as Usd };
  }
  yield { kind: 'sliced', cursor: turn.length === 0 ? state.cursor : turn.at(-1)!.place + 1, judged };
};

/** Halts the venue where the clock leapt, and takes nothing of that time: what nobody saw is for an operator to judge. */
export function* doubtClock({ state, by }: Context): Facts {
  const leap = by.at - state.now;
  const reason = `the clock leapt by ${Math.round(leap / 1000)} s`;
  if (!state.halts.has('venue')) yield { kind: 'halted', scope: { kind: 'venue' }, reason, isKill: false };
  const mend = 'set the clock, or resume the venue at the time that is right';
  yield { kind: 'refused', refusal: refuse('out-of-order', `${reason}; ${mend}.`, by.input.kind) };
}
