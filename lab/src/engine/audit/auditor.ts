// The auditor: a second, naive model of a venue. It is shown inputs and facts, keeps books of its own, and says what is broken by which rule.

import type { Instant, MarginModel, Portfolio } from '@plimsoll/core';
import type { Fact, FactKind, FactOf, Input, Sequenced, State } from '@plimsoll/core/engine';
import { differencesOf } from './against-state.ts';
import { type Books, emptyBooks, type Look, ownAccount } from './books.ts';
import { checkPayments } from './credit.ts';
import { accrued, adopted, approved, checkHalts, door, isLeap, observed, scopeName } from './hands.ts';
import { Judges, portfolioOf } from './judge.ts';
import { called, checkForced, resumed, status } from './ladder.ts';
import { checkLimits } from './limits.ts';
import {
  type Bench,
  checkCovered,
  checkCure,
  checkFigures,
  checkForcedPrice,
  checkLeast,
  checkLeft,
  checkVisited,
} from './margins.ts';
import { checkFlows, credited, expectMoney, Flows } from './money.ts';
import { checkOrders, ordered, ordersBefore, reordered, unordered } from './orders.ts';
import { busted, checkFinal, checkMoves, type Moves, moved, noMoves, traded } from './trades.ts';

/** A broken promise: the rule, and what was seen. */
export interface Finding {
  readonly rule: string;
  readonly what: string;
}

/** What is gathered while one input is looked at. */
interface Work {
  readonly look: Look;
  readonly bench: Bench;
  readonly flows: Flows;
  readonly moves: Moves;
}

type Readers = { readonly [K in FactKind]?: (work: Work, fact: FactOf<K>) => void };

const readers: Readers = {
  'asset-set': ({ look: { books } }, { terms }) => {
    books.assets.set(terms.asset, { terms, index: books.assets.get(terms.asset)?.index ?? 0n });
    books.listing++;
  },
  listed: ({ look: { books } }, { terms }) => {
    books.products.set(terms.product.id, { terms, mode: 'live', final: undefined, index: 0n, rate: 0 });
    books.listing++;
  },
  'mode-set': ({ look }, fact) => {
    checkFinal(look, fact);
    const listed = look.books.products.get(fact.product)!;
    listed.mode = fact.mode;
    if (fact.price !== undefined) {
      listed.final = BigInt(fact.price);
      look.books.remaining = look.books.accounts.size - 4;
    }
    look.books.listing++;
  },
  'policy-set': ({ look: { books } }, { policy }) => {
    books.policy = policy;
  },
  opened: ({ look: { books } }, { account, owner, group }) => {
    const { burst } = books.policy.throttle;
    books.accounts.set(account, ownAccount(account, owner, group, books.now, burst));
    books.owners.set(owner, [...(books.owners.get(owner) ?? []), account]);
  },
  regrouped: ({ look: { books } }, { account, group }) => {
    books.accounts.get(account)!.group = group;
  },
  linked: ({ look: { books } }, { account, topUp }) => {
    Object.assign(books.accounts.get(account)!, { topUp: topUp ?? undefined, drawn: 0n });
  },
  credited: ({ look, flows }, fact) => credited(look, flows, fact),
  drawn: ({ look: { books } }, { account, units }) => {
    books.accounts.get(account)!.drawn += units;
  },
  moved: ({ look, flows, moves }, fact) => moved(look, flows, moves, fact),
  traded: ({ look, flows, moves, bench }, fact) => {
    traded(look, flows, moves, fact);
    const { input } = look.by;
    if (input.kind !== 'fill' || input.id !== fact.fill) {
      checkForced(look, fact);
      checkForcedPrice(bench, fact);
      checkLeast(bench, fact);
      return;
    }
    // What comes from the book was covered when it was taken.
    for (const { account, order } of [input.buyer, input.seller])
      if (order === undefined) checkCovered(bench, account, 'a trade');
  },
  busted: ({ look, flows, moves }, fact) => busted(look, flows, moves, fact),
  ordered: ({ look }, fact) => ordered(look, fact),
  reordered: ({ look }, fact) => reordered(look, fact),
  unordered: ({ look }, fact) => unordered(look, fact),
  observed: ({ look }) => observed(look),
  accrued: ({ look }, fact) => accrued(look, fact),
  sliced: ({ look: { books, by, say } }, { cursor, judged }) => {
    const count = by.input.kind === 'slice' ? by.input.count : 0;
    const due = Math.min(count, books.remaining);
    if (judged !== due) say('M-211', `a slice judges ${judged}, and ${due} by its own reckoning`);
    const clients = books.accounts.size - 4;
    const end =
      due === 0
        ? books.cursor
        : 4 + ((Math.min(books.cursor, books.accounts.size) - 4 + due - 1) % clients) + 1;
    if (cursor !== end) say('M-211', `a slice ends at ${cursor}, and at ${end} by its own reckoning`);
    books.cursor = cursor;
    books.remaining -= judged;
  },
  status: ({ look, bench }, fact) => {
    checkFigures(bench, fact);
    status(look, fact);
  },
  called: ({ look, bench }, fact) => {
    called(look, fact);
    checkCure(bench, fact);
  },
  proposed: ({ look: { books, by } }, { set }) => {
    const { input } = by;
    if (input.kind === 'propose')
      books.sets.set(set, { input, hands: new Set([input.operator]), isAdopted: false });
  },
  approved: ({ look }, fact) => approved(look, fact),
  adopted: ({ look }, fact) => adopted(look, fact),
  unproposed: ({ look: { books } }, { set }) => {
    books.sets.delete(set);
  },
  halted: ({ look: { books, by } }, { scope }) => {
    const name = scopeName(scope);
    // A halt within a halt does not make it shorter.
    if (!books.halts.has(name)) books.halts.set(name, { since: by.at });
  },
  resumed: ({ look }, fact) => resumed(look, fact),
  limited: ({ look: { books } }, { scope, limit, most }) => {
    const key = `${scopeName(scope)} ${limit}`;
    if (most === null) books.limits.delete(key);
    else books.limits.set(key, most);
  },
  overridden: ({ look: { books } }, { account, hold, until }) => {
    books.holds.set(`${account} ${hold}`, until);
  },
};

/** Whom an input visits. */
function visitedBy(input: Input): string[] {
  if (input.kind === 'deposit' || input.kind === 'convert' || input.kind === 'regroup')
    return [input.account];
  if (input.kind === 'transfer') return [input.to];
  return input.kind === 'fill' ? [input.buyer.account, input.seller.account] : [];
}

export class Auditor {
  readonly books: Books = emptyBooks();
  private readonly judges: Judges;
  private readonly thorough: (seq: number) => boolean;

  /** `thorough` says at which inputs figures are worked out anew: the costly part. */
  constructor(models: ReadonlyMap<string, MarginModel>, thorough: (seq: number) => boolean = () => true) {
    this.judges = new Judges(models);
    this.thorough = thorough;
  }

  /** Looks at an input and what was decided of it. @example auditor.take(by, facts) // [] where nothing is broken */
  take(by: Sequenced<Input>, facts: readonly Fact[]): Finding[] {
    const { books, judges } = this;
    const findings: Finding[] = [];
    const look: Look = {
      books,
      by,
      facts,
      before: books.now as Instant,
      wasVenueHalted: books.halts.has('venue'),
      isThorough: this.thorough(by.seq),
      say: (rule, what) => findings.push({ rule, what }),
    };
    if (!isLeap(books, by)) books.now = Math.max(books.now, by.at);
    const isTaken = door(look);
    const before = new Map<string, Portfolio>();
    const bench: Bench = { look, judges, before };
    const work: Work = { look, bench, flows: new Flows(), moves: noMoves() };
    if (isTaken) {
      checkHalts(look);
      for (const id of askingOf(by.input)) {
        const account = books.accounts.get(id);
        if (account !== undefined) before.set(id, portfolioOf(books, account));
      }
    }
    const orders = ordersBefore(look);
    this.read(work, isTaken);
    if (isTaken) {
      checkOrders(look, orders);
      const { input } = by;
      const old =
        input.kind === 'amend' ? orders.get(input.account)?.find(({ id }) => id === input.order) : undefined;
      this.judge(work, old !== undefined && isSmaller(input, old));
    }
    return findings;
  }

  private read(work: Work, isTaken: boolean): void {
    const { look, flows, moves } = work;
    if (isTaken) expectMoney(look, flows);
    for (const fact of look.facts) {
      (readers[fact.kind] as ((work: Work, fact: Fact) => void) | undefined)?.(work, fact);
      const isConverted =
        look.by.input.kind === 'convert' && fact.kind === 'credited' && fact.account !== 'venue';
      if (isConverted && fact.why === 'conversion' && fact.units > 0n)
        checkCovered(work.bench, fact.account, 'a conversion');
    }
    checkMoves(look, flows, moves);
    checkFlows(look, flows);
    if (isTaken) checkPayments(look);
  }

  private judge({ look, bench, moves }: Work, smaller: boolean): void {
    const { books, by } = look;
    const { input } = by;
    checkLimits(look, this.judges, smaller);
    if (input.kind === 'place' || (input.kind === 'amend' && !smaller))
      checkCovered(bench, input.account, 'an order');
    if (input.kind === 'quote' && look.facts.some(({ kind }) => kind === 'ordered'))
      checkCovered(bench, input.account, 'a quote');
    if (input.kind === 'withdraw' || input.kind === 'transfer') checkLeft(bench, input.account, input.asset);
    for (const id of visitedBy(input)) checkVisited(bench, id, moves);
    if (input.kind === 'slice') {
      const judged = look.facts.find((fact) => fact.kind === 'sliced')?.judged ?? 0;
      const clients = [...books.accounts.keys()].slice(4);
      for (let n = 1; n <= judged; n++)
        checkVisited(bench, clients.at((books.cursor - 4 - n) % clients.length)!, moves);
    }
    if (input.kind === 'beat' || input.kind === 'market') this.checkDeadlines(bench);
  }

  /** Whoever is called past the deadline has been looked at. */
  private checkDeadlines({ look }: Bench): void {
    const { books, say } = look;
    if (books.halts.has('venue')) return;
    for (const account of books.accounts.values()) {
      if (account.deadline === undefined || account.deadline > books.now) continue;
      if (this.judges.figures(books, account) !== undefined)
        say('M-210', `the deadline of ${account.id} has passed, and it is still called`);
    }
  }

  /** Holds the books against a state. */
  holdAgainst(state: State): Finding[] {
    return differencesOf(this.books, state).map((what) => ({ rule: 'M-200', what }));
  }
}

/** Who asks for more margin in an input. */
function askingOf(input: Input): string[] {
  if (input.kind === 'fill') return [input.buyer.account, input.seller.account];
  return input.kind === 'place' ||
    input.kind === 'amend' ||
    input.kind === 'quote' ||
    input.kind === 'convert'
    ? [input.account]
    : [];
}

function isSmaller(input: Input, old: { readonly lots: number; readonly price: number }): boolean {
  return (
    input.kind === 'amend' && (input.lots ?? old.lots) <= old.lots && (input.price ?? old.price) === old.price
  );
}
