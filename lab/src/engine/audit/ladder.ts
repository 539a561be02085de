// The ladder by M-210's text: which status figures ask for, which may follow which, and who may be closed now.

import type { FactOf, StandingFigures, Status } from '@plimsoll/core/engine';
import type { Look, OwnAccount } from './books.ts';

const MILLION = 1_000_000n;

/** Whether equity reaches a line times a share, over one denominator. */
function reaches(equity: bigint, line: bigint, share: number): boolean {
  return equity * MILLION >= line * BigInt(Math.round(share * 1e6));
}

/** The status that the table of M-210 has for figures. */
export function statusBy(
  look: Pick<Look, 'books'>,
  { equity, maintenance, release, initial }: StandingFigures,
  was: Status,
  deadline: number | undefined,
  hasPositions: boolean,
): Status {
  const { books } = look;
  const { callLine, warnWithin, easeBy } = books.policy.ladder;
  const line = callLine === 'initial' ? initial : release;
  // Deadlines do not run during a halt (M-218).
  const isLate =
    was === 'called' && deadline !== undefined && deadline <= books.now && !books.halts.has('venue');
  if (!hasPositions && equity < 0n) return 'bankrupt';
  if (equity < maintenance) return 'liquidating';
  if (equity < line) return was === 'liquidating' || isLate ? 'liquidating' : 'called';
  if (was === 'called' && !reaches(equity, line, 1 + easeBy)) return isLate ? 'liquidating' : 'called';
  const room = was === 'clear' ? 1 + warnWithin : 1 + warnWithin + easeBy;
  return reaches(equity, line, room) ? 'clear' : 'warned';
}

export function status(look: Look, fact: FactOf<'status'>): void {
  const { books, say } = look;
  const account = books.accounts.get(fact.account)!;
  const { status: next, was, standing } = fact;
  if (was !== account.status)
    say('M-210', `${account.id} was ${account.status}, and is said to have been ${was}`);
  const own = statusBy(look, standing, account.status, account.deadline, account.held.size > 0);
  if (own !== next) say('M-210', `${account.id} is ${next} (was ${account.status}), and ${own} by the table`);
  if (next === was) say('M-210', `${account.id} is said to be ${next} again`);
  if (next === 'called' && (books.holds.get(`${account.id} calls`) ?? 0) > books.now)
    say('M-218', `${account.id} is called while an operator holds that`);
  account.status = next;
  if (next !== 'called') account.deadline = undefined;
}

export function called({ books, say }: Look, { account: id, deadline }: FactOf<'called'>): void {
  const account = books.accounts.get(id)!;
  if (account.status !== 'called') say('M-212', `${id} is called and is ${account.status}`);
  const due = books.now + books.policy.ladder.deadline;
  if (deadline !== due) say('M-212', `${id} has until ${deadline}, and ${due} by the policy`);
  account.deadline = deadline;
}

/** After a halt of the venue deadlines are as much longer as it lasted. */
export function resumed({ books, say }: Look, { scope, graceUntil, longer }: FactOf<'resumed'>): void {
  const name = scope.kind === 'venue' ? 'venue' : `${scope.kind} ${scope.id}`;
  const halt = books.halts.get(name);
  if (halt === undefined) say('M-204', `${name} is resumed and was not halted`);
  books.halts.delete(name);
  if (scope.kind !== 'venue' || halt === undefined) return;
  const lasted = books.now - halt.since;
  if (longer !== lasted) say('M-218', `deadlines are ${longer} ms longer, and the halt lasted ${lasted}`);
  if (graceUntil !== books.now + books.policy.grace) say('M-218', `grace ends at ${graceUntil}`);
  books.graceUntil = Math.max(books.graceUntil, books.now + books.policy.grace);
  for (const account of books.accounts.values())
    if (account.status === 'called' && account.deadline !== undefined) account.deadline += lasted;
}

/** Why nobody may close this account now, whatever it holds (M-218). */
function whyNotNow({ books }: Pick<Look, 'books'>, account: OwnAccount): string | undefined {
  const { now, policy, market } = books;
  if (books.halts.has('venue')) return 'the venue is halted';
  if (now < books.graceUntil) return 'there is grace after a halt';
  if ((books.holds.get(`${account.id} closing`) ?? 0) > now) return 'an operator holds it';
  return market === undefined || now - market.at > policy.market.ageMax ? 'the market is stale' : undefined;
}

/** Why it may not be closed, or not all of it; undefined where nothing at all stands against it. */
export function whyNot(look: Pick<Look, 'books'>, account: OwnAccount): string | undefined {
  const why = whyNotNow(look, account);
  if (why !== undefined) return why;
  const { books } = look;
  const { health } = books;
  for (const asset of account.cash.keys()) {
    if (health.get(asset)?.mayLiquidate === false) return `the sources of ${asset} may not`;
  }
  for (const id of account.held.keys()) {
    const { terms, mode } = books.products.get(id)!;
    if (health.get(terms.product.underlying)?.mayLiquidate === false)
      return `the sources of ${terms.product.underlying} may not`;
    if (books.halts.has(`product ${id}`) || mode === 'halted') return `${id} is halted`;
  }
  return undefined;
}

/** Just before a forced trade is written: whether it may be made at all. Positions stand as after it, so the product itself is named. */
export function checkForced(look: Look, fact: FactOf<'traded'>): void {
  const { books, say } = look;
  const id = fact.buyer === 'backstop' ? fact.seller : fact.buyer;
  const account = books.accounts.get(id)!;
  // Of what it holds besides, a part in doubt may be small; the product itself may not be in doubt.
  const why =
    whyNotNow(look, account) ??
    whyNot(look, { ...account, cash: new Map(), held: new Map([[fact.product, NOTHING]]) });
  if (why !== undefined) say('M-218', `${id} is closed although ${why}`);
  if (account.status !== 'liquidating' && account.status !== 'bankrupt')
    say('M-213', `${id} is closed and is ${account.status}`);
  const bought = fact.buyer === id ? BigInt(fact.lots) : -BigInt(fact.lots);
  const after = account.held.get(fact.product)?.lots ?? 0n;
  const before = after - bought;
  if (before === 0n || before > 0n === bought > 0n || (after !== 0n && after > 0n !== before > 0n))
    say('M-213', `closing takes ${id} from ${before} to ${after} lots of ${fact.product}`);
  if (account.orders.size > 0) say('M-213', `${id} is closed and has open orders`);
}

const NOTHING = { lots: 0n, cost: 0n, at: 0n };
