// The door and the hands on it: time, ids, rates, halts, limits, approvals, markets.

import type { Fact, FactKind, FactOf, Input, Scope } from '@plimsoll/core/engine';
import type { Books, Look, OwnAccount } from './books.ts';

/** Kinds whose sender is held to a rate (M-200). */
const RATED = ['place', 'amend', 'quote', 'withdraw', 'convert', 'transfer', 'protect'];
/** What a halt lets nobody do (M-204). */
const STOPPED = ['place', 'amend', 'quote', 'withdraw', 'convert', 'transfer', 'fill'];
/** Where the two ways of counting tokens may differ by a rounding. */
const TOKEN_SLACK = 1e-6;
const FUNDING_SLACK = 1e-9;

export const of = <K extends FactKind>(facts: readonly Fact[], kind: K) =>
  facts.filter((fact): fact is FactOf<K> => fact.kind === kind);

/** The name under which an id is remembered. */
function idKey(input: Input): string | undefined {
  // Cancelling twice is cancelling once, and is not remembered.
  if (!('id' in input) || input.kind === 'cancel' || input.kind === 'cancel-all') return undefined;
  return input.kind === 'fill' ? `a fill named ${input.id}` : `${input.account} sends ${input.id}`;
}

export const scopeName = (scope: Scope) => (scope.kind === 'venue' ? 'venue' : `${scope.kind} ${scope.id}`);

/** Whether an input is taken, and whether it may be: time, id, rate. Answers whether anything follows. */
export function door(look: Look): boolean {
  const { books, by, facts, before, say } = look;
  const { input, at, seq } = by;
  const last = facts.at(-1);
  const isTaken = !facts.some(({ kind }) => kind === 'refused' || kind === 'repeated');
  const others = facts.filter(({ kind }) => kind !== 'refused' && kind !== 'repeated' && kind !== 'halted');
  if (!isTaken && (others.length > 0 || facts.length > 2))
    say('M-200', 'something follows from what was refused');
  const refusal = last?.kind === 'refused' ? last.refusal : undefined;
  const isThrottled = rate(look);
  if (at < before) {
    if (refusal?.reason !== 'out-of-order') say('M-200', 'a time before the last is taken');
    return false;
  }
  leap(look);
  if (isLeap({ now: before, policy: books.policy }, by)) {
    if (refusal?.reason !== 'out-of-order') say('M-200', 'something is taken at a time that leapt');
    return false;
  }
  const key = idKey(input);
  const known = key === undefined ? undefined : books.ids.get(key);
  if (known !== undefined) {
    if (last?.kind !== 'repeated' || last.of !== known)
      say('M-200', `what was sent before (${key}) is not answered as repeated`);
    return false;
  }
  if (last?.kind === 'repeated') say('M-200', `${key} is answered as repeated, and was not taken before`);
  if (isThrottled === true && isTaken) say('M-200', 'a message beyond the rate is taken');
  if (isThrottled === false && refusal?.reason === 'throttled')
    say('M-200', 'a message within the rate is refused');
  if (isTaken && key !== undefined) books.ids.set(key, seq);
  if (!isTaken && refusal !== undefined) neverRefused(look, refusal.message);
  return isTaken;
}

/** Whether the sender has sent too much; undefined where it is too close to tell. */
function rate({ books, by }: Look): boolean | undefined {
  const { input } = by;
  const sender =
    RATED.includes(input.kind) && 'account' in input ? books.accounts.get(input.account) : undefined;
  if (sender === undefined) return false;
  const { rate: perSecond, burst } = books.policy.throttle;
  const gained = (Math.max(0, books.now - sender.tokensAt) * perSecond) / 1000;
  const there = Math.min(burst, sender.tokens + gained);
  const isOver = there < 1;
  sender.tokens = isOver ? there : there - 1;
  sender.tokensAt = books.now;
  return Math.abs(there - 1) < TOKEN_SLACK ? undefined : isOver;
}

/** Whether a time leaps and no operator confirms it by resuming the venue. */
export function isLeap({ now, policy }: Pick<Books, 'now' | 'policy'>, { at, input }: Look['by']): boolean {
  const isConfirmed = input.kind === 'resume' && input.scope.kind === 'venue';
  return now !== 0 && at - now > policy.market.jumpMax && !isConfirmed;
}

function leap({ books, by, before, facts, wasVenueHalted, say }: Look): void {
  const hasLeapt = isLeap({ now: before, policy: books.policy }, by) && !wasVenueHalted;
  const isHalted = facts.some((fact) => fact.kind === 'halted' && fact.scope.kind === 'venue');
  if (hasLeapt && !isHalted)
    say('M-200', `the clock leapt by ${by.at - before} ms, and the venue is not halted`);
  if (isHalted && !hasLeapt && by.input.kind !== 'halt' && by.input.kind !== 'kill')
    say('M-200', 'the venue is halted and the clock did not leap');
}

/** Deposits and cancels that make sense are never refused. */
function neverRefused({ books, by, say }: Look, message: string): void {
  const { input } = by;
  if (!('id' in input) || input.id.length === 0 || input.id.length > 128) return;
  if (input.kind === 'deposit') {
    const account = books.accounts.get(input.account);
    const isSound = input.units > 0n && input.units <= 10n ** 24n && books.assets.has(input.asset);
    if (account?.isHouse === false && isSound)
      say('M-207', `a deposit of ${input.account} is refused: ${message}`);
  }
  if (input.kind === 'cancel' && books.accounts.get(input.account)?.orders.has(input.order) === true)
    say('M-203', `a cancel of ${input.order} is refused: ${message}`);
}

/** The names of all scopes of an account and a product that are halted. */
export function haltsOf({ books }: Look, account: OwnAccount, product?: string): string[] {
  const scopes = ['venue', `account ${account.id}`, `owner ${account.owner}`];
  if (product !== undefined) scopes.push(`product ${product}`);
  return scopes.filter((scope) => books.halts.has(scope));
}

/** Nothing trades and nothing leaves while it is halted. */
export function checkHalts(look: Look): void {
  const { books, by, say } = look;
  const { input } = by;
  if (!STOPPED.includes(input.kind)) return;
  const stop = (id: string, product?: string) => {
    const account = books.accounts.get(id);
    const halts = account === undefined || account.isHouse ? [] : haltsOf(look, account, product);
    if (halts.length > 0) say('M-204', `${input.kind} of ${id} is taken while ${halts.join(', ')} is halted`);
  };
  if (input.kind === 'fill')
    for (const { account } of [input.buyer, input.seller]) stop(account, input.product);
  else if (input.kind === 'place') stop(input.account, input.order.product);
  else if (input.kind === 'quote') for (const { product } of input.quotes) stop(input.account, product);
  else if ('account' in input && input.kind !== 'amend') stop(input.account);
  else if (input.kind === 'amend')
    stop(input.account, books.accounts.get(input.account)?.orders.get(input.order)?.terms.product);
}

/** Sets are adopted with enough different hands, when their time has come. */
export function adopted({ books, say }: Look, { set }: FactOf<'adopted'>): void {
  const own = books.sets.get(set);
  if (own === undefined || own.isAdopted) {
    say('M-217', `set ${set} is adopted, and nobody proposes it`);
    return;
  }
  if (own.hands.size < books.policy.approvals)
    say(
      'M-217',
      `set ${set} is adopted by ${own.hands.size} hands, and ${books.policy.approvals} are asked for`,
    );
  if (own.input.from > books.now) say('M-217', `set ${set} is adopted before its time`);
  own.isAdopted = true;
  for (const group of own.input.groups) books.groups.set(group, set);
  books.remaining = books.accounts.size - 4;
}

export function approved({ books, say }: Look, { set, operator }: FactOf<'approved'>): void {
  const own = books.sets.get(set);
  if (own === undefined || own.isAdopted) say('M-217', `set ${set} is approved, and does not wait`);
  else if (own.hands.has(operator)) say('M-217', `${operator} signs set ${set} twice`);
  else own.hands.add(operator);
}

/** A market is newer than the last, not from the future, and funding runs by what was said of it. */
export function observed(look: Look): void {
  const { books, by, facts, say } = look;
  const { input } = by;
  if (input.kind !== 'market') {
    say('M-200', 'a market is observed that nobody sent');
    return;
  }
  const { market, health, funding } = input;
  if (market.at > by.at) say('M-218', 'a market of the future is taken');
  if (books.market !== undefined && market.at < books.market.at)
    say('M-218', 'a market older than the last is taken');
  for (const [id, product] of books.products) {
    const own = stepOf(look, id);
    const said = of(facts, 'funded').find((fact) => fact.product === id)?.step ?? 0n;
    const gap = Number(said - own);
    if (Math.abs(gap) > 1 + FUNDING_SLACK * Math.abs(Number(own)))
      say('M-205', `a lot of ${id} pays ${said} in funding, and ${own} by its own reckoning`);
    product.index += said;
    product.rate = funding.get(id) ?? 0;
  }
  Object.assign(books, { market, health, observedAt: by.at, remaining: books.accounts.size - 4 });
  books.listing++;
}

/** What a lot pays between two markets: `rate x hours x worth`, as a whole number of 1e-12 units. */
function stepOf({ books, by }: Look, id: string): bigint {
  const { terms, rate, mode } = books.products.get(id)!;
  const { product, lot, lotDecimals } = terms;
  const coin = books.market?.underlyings.find(({ underlying }) => underlying === product.underlying);
  const elapsed = Math.min(by.at - books.observedAt, books.policy.market.jumpMax);
  // Where no parameters were ever adopted there are no marks, and nobody holds anything.
  if (books.groups.size === 0) return 0n;
  if (coin === undefined || rate === 0 || elapsed <= 0 || mode === 'settled') return 0n;
  const mark =
    coin.perpetual /
    (product.settlement === 'linear' ? (books.market!.pegs.get(product.settleAsset) ?? 1) : 1);
  const size = lot / 10 ** lotDecimals;
  const worth = product.settlement === 'inverse' ? size / mark : size * mark;
  const { decimals } = books.assets.get(product.settleAsset)!.terms;
  return BigInt(Math.round(((rate * elapsed) / 3_600_000) * worth * 10 ** (decimals + 12)));
}

/** Interest on a unit that is owed, a year of 365 days: whole 1e-18. */
export function accrued({ books, by, say }: Look, { asset, step }: FactOf<'accrued'>): void {
  const own = books.assets.get(asset)!;
  const elapsed = BigInt(Math.min(by.at - books.observedAt, books.policy.market.jumpMax));
  const due = (BigInt(Math.round(own.terms.borrowRate * 1e9)) * elapsed * 10n ** 9n) / (365n * 86_400_000n);
  if (step !== due) say('M-206', `interest on ${asset} runs by ${step}, and by ${due} by its own reckoning`);
  own.index += step;
}
