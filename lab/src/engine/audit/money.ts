// Where money went: every credit has a cause that is worked out anew, and what comes and goes by the doors is all that changes the sum.

import type { FactOf } from '@plimsoll/core/engine';
import { fundingOf, interestOf } from './arithmetic.ts';
import { add, type Look, type OwnAccount } from './books.ts';

/** Credits of one input: as they should be, where their causes are known, and as they were. Keys are `why account asset`. */
export class Flows {
  readonly expected = new Map<string, bigint>();
  readonly actual = new Map<string, bigint>();

  expect(why: string, account: string, asset: string, units: bigint): void {
    if (units !== 0n) add(this.expected, `${why} ${account} ${asset}`, units);
  }

  /** What goes from one account to another. */
  expectPair(why: string, from: string, to: string, asset: string, units: bigint): void {
    this.expect(why, from, asset, -units);
    this.expect(why, to, asset, units);
  }
}

/** Reasons whose amounts are worked out to the unit; of the others the sum is zero and what they may be is bounded. */
const EXACT = [
  'deposit',
  'withdrawal',
  'transfer',
  'premium',
  'fee',
  'funding',
  'interest',
  'settlement',
  'bust',
];

function interestDue({ books }: Look, account: OwnAccount, asset: string): bigint {
  const balance = account.cash.get(asset);
  if (balance === undefined || account.isHouse) return 0n;
  return interestOf(balance.units, balance.at, books.assets.get(asset)!.index);
}

/** A balance changes: interest on it has been paid just before. */
export function change(look: Look, account: OwnAccount, asset: string, units: bigint): void {
  const { books } = look;
  const due = interestDue(look, account, asset);
  if (due !== 0n)
    look.say(
      'M-206',
      `${account.id} owes ${due} of interest in ${asset}, and its balance changed without it`,
    );
  const { index } = books.assets.get(asset)!;
  const after = (account.cash.get(asset)?.units ?? 0n) + units;
  if (after === 0n) account.cash.delete(asset);
  else account.cash.set(asset, { units: after, at: index });
  add(books.there, asset, units);
}

/** One credit. */
export function credited(look: Look, flows: Flows, fact: FactOf<'credited'>): void {
  const { books } = look;
  const { account: id, asset, units, why } = fact;
  const account = books.accounts.get(id);
  if (account === undefined || !books.assets.has(asset)) {
    look.say('M-200', `a credit to ${id} in ${asset}, which is not known`);
    return;
  }
  add(flows.actual, `${why} ${id} ${asset}`, units);
  if (why === 'deposit' || why === 'withdrawal') add(books.doors, asset, units);
  if (why === 'interest' && id !== 'venue') {
    const due = interestDue(look, account, asset);
    flows.expectPair('interest', id, 'venue', asset, due);
    // The index is taken over first, so that what follows finds nothing due.
    const balance = account.cash.get(asset);
    if (balance !== undefined) balance.at = books.assets.get(asset)!.index;
  }
  change(look, account, asset, units);
}

/** Funding that is due before a position changes, by way of `clearing`. */
export function expectFunding(look: Look, flows: Flows, account: OwnAccount, product: string): void {
  const position = account.held.get(product);
  const listed = look.books.products.get(product)!;
  if (position === undefined) return;
  const due = fundingOf(position, listed.index);
  flows.expectPair('funding', 'clearing', account.id, listed.terms.product.settleAsset, due);
}

/** What an input of money asks for. */
export function expectMoney({ by: { input } }: Look, flows: Flows): void {
  if (input.kind === 'deposit') flows.expect('deposit', input.account, input.asset, input.units);
  if (input.kind === 'withdraw') flows.expect('withdrawal', input.account, input.asset, -input.units);
  if (input.kind === 'transfer')
    flows.expectPair('transfer', input.account, input.to, input.asset, input.units);
}

/** Everything that must hold of one input's credits. */
export function checkFlows(look: Look, flows: Flows): void {
  const sums = new Map<string, bigint>();
  for (const [key, units] of flows.actual) {
    const [why, , asset] = key.split(' ') as [string, string, string];
    if (why !== 'deposit' && why !== 'withdrawal') add(sums, `${why} ${asset}`, units);
  }
  for (const [key, sum] of sums)
    if (sum !== 0n) look.say('M-201', `credits of ${key} sum to ${sum}, and must sum to nothing`);
  for (const key of new Set([...flows.expected.keys(), ...flows.actual.keys()])) {
    if (!EXACT.includes(key.split(' ')[0]!)) continue;
    const [expected, actual] = [flows.expected.get(key) ?? 0n, flows.actual.get(key) ?? 0n];
    if (expected !== actual)
      look.say(ruleOf(key), `${key}: ${actual} units, and ${expected} by its own reckoning`);
  }
  const { doors, there } = look.books;
  for (const [asset, units] of there) {
    const through = doors.get(asset) ?? 0n;
    if (units !== through)
      look.say('M-201', `${asset}: ${units} units are there, and ${through} came through the doors`);
  }
}

function ruleOf(key: string): string {
  if (key.startsWith('funding')) return 'M-205';
  if (key.startsWith('interest')) return 'M-206';
  return key.startsWith('settlement') ? 'M-202' : 'M-201';
}
