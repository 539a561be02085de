// Margin by the auditor's own reckoning: what was let in is covered, what was let out leaves enough, every cure cures, everybody stands where the ladder has them.

import type { Portfolio } from '@plimsoll/core';
import type { FactOf, StandingFigures } from '@plimsoll/core/engine';
import { afterTrade, fundingOf } from './arithmetic.ts';
import type { Look, OwnAccount, OwnPosition } from './books.ts';
import { type Judges, portfolioOf } from './judge.ts';
import { statusBy, whyNot } from './ladder.ts';
import type { Moves } from './trades.ts';

/** Floats of portfolios are made in another order here: ten units of a hundred-millionth of a dollar, and a share of what is large. */
const SLACK = 10n;
const SLACK_SHARE = 1_000_000_000_000n;
const CLOSES_MAX = 16;

const abs = (value: bigint) => (value < 0n ? -value : value);
const slackOf = (amount: bigint) => SLACK + abs(amount) / SLACK_SHARE;

export interface Bench {
  readonly look: Look;
  readonly judges: Judges;
  /** Portfolios before the input, of whom it may ask more margin of. */
  readonly before: ReadonlyMap<string, Portfolio>;
}

const figuresOf = ({ look: { books }, judges }: Bench, account: OwnAccount, portfolio?: Portfolio) =>
  judges.figures(books, account, portfolio);

const excessOf = ({ equity, initial }: StandingFigures) => equity - initial;

/** Initial is covered, or no worse than before. */
export function checkCovered(bench: Bench, id: string, what: string): void {
  const { look, before } = bench;
  const account = look.books.accounts.get(id)!;
  if (account.isHouse || !look.isThorough) return;
  const after = figuresOf(bench, account);
  if (after === undefined) {
    look.say('M-203', `${what} of ${id} is taken, and where it stands cannot be said`);
    return;
  }
  const initial = excessOf(after);
  if (initial >= -slackOf(after.equity)) return;
  const portfolio = before.get(id);
  const was = portfolio === undefined ? undefined : figuresOf(bench, account, portfolio);
  if (was === undefined || initial < excessOf(was) - slackOf(was.equity))
    look.say(
      'M-203',
      `${what} of ${id} leaves initial short by ${-initial}, and it was ${was && excessOf(was)} before`,
    );
}

/** What left leaves initial and what is locked behind it, and nothing borrowed. */
export function checkLeft(bench: Bench, id: string, asset: string): void {
  const { look } = bench;
  const account = look.books.accounts.get(id)!;
  const there = account.cash.get(asset)?.units ?? 0n;
  if (there < 0n) look.say('M-208', `${id} takes out what it does not have: ${there} units of ${asset}`);
  const isBare = account.held.size === 0 && account.orders.size === 0;
  if (!look.isThorough || (isBare && [...account.cash.values()].every(({ units }) => units >= 0n))) return;
  const figures = figuresOf(bench, account);
  if (figures === undefined) return;
  const short = figures.locked - excessOf(figures);
  if (short > slackOf(figures.equity))
    look.say('M-208', `${id} takes out ${asset} and is short of initial and locked by ${short}`);
}

/** Figures that are said are those that stand. */
export function checkFigures(bench: Bench, { account: id, standing }: FactOf<'status'>): void {
  const { look } = bench;
  if (!look.isThorough) return;
  const figures = figuresOf(bench, look.books.accounts.get(id)!);
  if (figures === undefined) {
    look.say('M-210', `${id} is judged, and where it stands cannot be said`);
    return;
  }
  for (const name of ['equity', 'maintenance', 'release', 'initial', 'locked'] as const) {
    if (abs(figures[name] - standing[name]) > slackOf(standing[name]))
      look.say('M-210', `${name} of ${id} is said to be ${standing[name]}, and is ${figures[name]}`);
  }
}

/** Whether equity reaches where a call ends; `room` of dollars' units is given either way. */
function isCured(look: Look, figures: StandingFigures | undefined, room: bigint): boolean {
  if (figures === undefined) return false;
  const { callLine, easeBy } = look.books.policy.ladder;
  return (figures.equity + room) * 1_000_000n >= figures[callLine] * BigInt(Math.round((1 + easeBy) * 1e6));
}

/** Applied, the deposit cures, and a unit less does not; every single trade cures. */
export function checkCure(bench: Bench, { account: id, cure }: FactOf<'called'>): void {
  const { look, judges } = bench;
  const { books } = look;
  const account = books.accounts.get(id)!;
  if (!look.isThorough) return;
  const after = (units: bigint) =>
    figuresOf(bench, account, portfolioOf(books, account, { cash: new Map([[cure.asset, units]]) }));
  const now = after(0n);
  if (now === undefined) return;
  const slack = slackOf(now.equity);
  const { units } = cure;
  if (units === null) return;
  if (!isCured(look, after(units), slack))
    look.say('M-212', `${units} units of ${cure.asset} do not cure ${id}`);
  // A unit of an asset is worth at most what the slack allows for, else the one before it is looked at.
  const scale = 10n ** BigInt(Math.max(0, books.assets.get(cure.asset)!.terms.decimals - 4));
  if (units > scale && isCured(look, after(units - scale), -slack))
    look.say('M-212', `${units} units of ${cure.asset} are more than cures ${id}`);
  for (const { product, lots } of cure.trades) {
    const price = forcedPrice(bench, account, product, lots > 0 ? 1 : -1);
    const held = account.held.get(product);
    if (price === undefined || held === undefined || held.lots > 0n === lots > 0) {
      look.say('M-212', `${lots} lots of ${product} are no trade that closes anything of ${id}`);
      continue;
    }
    const traded = portfolioAfter(bench, account, product, BigInt(lots), price);
    if (!isCured(look, judges.figures(books, account, traded), slack))
      look.say('M-212', `${lots} lots of ${product} do not cure ${id}`);
  }
}

function portfolioAfter(
  { look: { books } }: Bench,
  account: OwnAccount,
  id: string,
  lots: bigint,
  price: bigint,
): Portfolio {
  const { terms, index } = books.products.get(id)!;
  const { settleAsset } = terms.product;
  const before = account.held.get(id);
  const after = afterTrade(terms, books.assets.get(settleAsset)!.terms, before, lots, price);
  // What has run up is paid before anything moves.
  const due = before === undefined ? 0n : fundingOf(before, index);
  const held = new Map<string, OwnPosition>(account.held);
  if (after.lots === 0n) held.delete(id);
  else held.set(id, { lots: after.lots, cost: after.cost, at: index });
  const cash = new Map([[settleAsset, after.realised + after.premium + due]]);
  return portfolioOf(books, account, { held, cash });
}

/** The price of a forced trade (M-214): the mark, worse by what closing costs, to the tick against the account. */
function forcedPrice(
  { look: { books }, judges }: Bench,
  account: OwnAccount,
  id: string,
  side: 1 | -1,
): bigint | undefined {
  const book = judges.bookOf(books, account.group);
  const row = book?.risk.indexOf.get(id);
  if (book === undefined || row === undefined) return undefined;
  const { terms } = books.products.get(id)!;
  const { columns, levels, indexOf } = book.risk;
  const model = judges.modelOf(books, account.group);
  const { costTimes, costShare } = books.policy.closing;
  const index = levels.coins.get(terms.product.underlying)?.index ?? 1;
  const worth = Math.max(Math.abs(columns.value[row]!), Math.abs(columns.delta[row]!) * index);
  const costs = model.closingCosts?.(book.risk, book.given);
  const cost = costs === undefined ? costShare * worth : costTimes * costs[row]!;
  const mark = columns.mark[row]!;
  const isDollars = terms.product.settlement === 'inverse' && terms.product.kind !== 'option';
  const worse = isDollars ? mark * cost : cost / columns.value[indexOf.get(terms.product.settleAsset)!]!;
  const ticks = ((mark + side * worse) * 1e8) / terms.tick;
  return BigInt(Math.max(1, side === 1 ? Math.ceil(ticks) : Math.floor(ticks)) * terms.tick);
}

/** A forced trade is made at the price of M-214, to a tick. */
export function checkForcedPrice(bench: Bench, fact: FactOf<'traded'>): void {
  const { books, say, isThorough } = bench.look;
  const side = fact.buyer === 'backstop' ? -1 : 1;
  const account = books.accounts.get(side === 1 ? fact.buyer : fact.seller)!;
  const own = isThorough ? forcedPrice(bench, account, fact.product, side) : undefined;
  const tick = BigInt(books.products.get(fact.product)!.terms.tick);
  if (own !== undefined && abs(own - BigInt(fact.price)) > tick)
    say(
      'M-214',
      `${account.id} is closed in ${fact.product} at ${fact.price}, and ${own} by its own reckoning`,
    );
}

/** After a visit: the status is what figures ask for, and closing was done where it is due and allowed. */
export function checkVisited(bench: Bench, id: string, moves: Moves): void {
  const { look } = bench;
  const { books, facts, say } = look;
  const account = books.accounts.get(id)!;
  if (account.isHouse || !look.isThorough) return;
  const isNothing = account.cash.size === 0 && account.held.size === 0 && account.status === 'clear';
  const figures = isNothing ? undefined : figuresOf(bench, account);
  if (figures === undefined) return;
  const hasPositions = account.held.size > 0;
  const own = statusBy(look, figures, account.status, account.deadline, hasPositions);
  const isHeld = own === 'called' && (books.holds.get(`${id} calls`) ?? 0) > books.now;
  const isClose = [figures.maintenance, figures.release, figures.initial, 0n].some(
    (line) => abs(figures.equity - line) <= slackOf(figures.equity),
  );
  const isBankrupt = account.status === 'bankrupt' && figures.equity < 0n;
  if (own !== account.status && !isHeld && !isClose && !isBankrupt)
    say('M-211', `${id} was visited and is ${account.status}; figures ask for ${own}`);
  if (account.status !== 'liquidating' || whyNot(look, account) !== undefined) return;
  const closes = moves.forced.get(id) ?? 0;
  const line = figures[books.policy.ladder.callLine];
  const isWithheld = facts.some((fact) => fact.kind === 'withheld' && fact.account === id);
  const isShort = hasPositions && figures.equity < line - slackOf(line);
  if (isShort && closes < CLOSES_MAX && !isWithheld && gains(bench, account, figures.equity - line))
    say(
      'M-213',
      `${id} is being closed, is short of the line, and after ${closes} trades nothing more is done`,
    );
}

/** Whether closing one of its products whole brings an account nearer to the line. */
function gains(bench: Bench, account: OwnAccount, excess: bigint): boolean {
  const { look, judges } = bench;
  const { callLine } = look.books.policy.ladder;
  for (const [product, { lots }] of account.held) {
    const price = forcedPrice(bench, account, product, lots > 0n ? -1 : 1);
    if (price === undefined) continue;
    const portfolio = portfolioAfter(bench, account, product, -lots, price);
    const figures = judges.figures(look.books, account, portfolio);
    if (figures === undefined) continue;
    if (figures.equity - figures[callLine] > excess + slackOf(figures.equity)) return true;
  }
  return false;
}

/** A forced trade is no larger than it has to be: a lot less would not have reached the line. */
export function checkLeast(bench: Bench, fact: FactOf<'traded'>): void {
  const { look, judges } = bench;
  const { books, say } = look;
  const id = fact.buyer === 'backstop' ? fact.seller : fact.buyer;
  const account = books.accounts.get(id)!;
  if (!look.isThorough) return;
  const { callLine } = books.policy.ladder;
  const back = fact.buyer === id ? -1n : 1n;
  const portfolio = portfolioAfter(bench, account, fact.product, back, BigInt(fact.price));
  const figures = judges.figures(books, account, portfolio);
  if (figures === undefined) return;
  if (figures.equity > figures[callLine] + slackOf(figures.equity))
    say('M-213', `${id} is closed by ${fact.lots} lots of ${fact.product}, more than reaches the line`);
}
