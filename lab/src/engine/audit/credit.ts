// Payments whose amounts the auditor bounds: conversions, top-ups, what the insurance fund pays.

import { assetUsd } from '@plimsoll/core';
import type { Fact, FactOf } from '@plimsoll/core/engine';
import type { Look } from './books.ts';
import { of } from './hands.ts';

type Credit = FactOf<'credited'>;
const ROUNDING = 1e-9;

/** Credits of a reason in pairs, as they are paid: from one, to another. */
function pairsOf(facts: readonly Fact[], why: string): [Credit, Credit][] {
  const credits = of(facts, 'credited').filter((fact) => fact.why === why);
  const pairs: [Credit, Credit][] = [];
  for (let i = 0; i + 1 < credits.length; i += 2) pairs.push([credits[i]!, credits[i + 1]!]);
  return pairs;
}

function dollarsOf({ books }: Look, asset: string, units: bigint): number | undefined {
  const usd = books.market === undefined ? undefined : assetUsd(books.market, asset);
  return usd === undefined
    ? undefined
    : (Number(units) / 10 ** books.assets.get(asset)!.terms.decimals) * usd;
}

/** What is given and what is got are worth the same less the spread, rounded against the account. */
function checkConversions(look: Look): void {
  const { books, facts, by, say } = look;
  const pairs = pairsOf(facts, 'conversion');
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [[out], [, back]] = [pairs[i]!, pairs[i + 1]!];
    const [given, got] = [dollarsOf(look, out.asset, -out.units), dollarsOf(look, back.asset, back.units)];
    if (given === undefined || got === undefined || out.account !== back.account) {
      say('M-209', `${out.account} gives ${out.asset} and ${back.account} gets ${back.asset}`);
      continue;
    }
    const fair = given * (1 - books.policy.conversionSpread);
    const unit = dollarsOf(look, back.asset, 1n)! + 2 * dollarsOf(look, out.asset, 1n)!;
    if (got > fair * (1 + ROUNDING)) say('M-209', `${out.account} gets ${got} USD for ${given}`);
    const isForced = by.input.kind !== 'convert';
    if (got < fair * (1 - ROUNDING) - unit - (isForced ? unit : 0))
      say('M-209', `${out.account} gets only ${got} USD for ${given}`);
  }
  if (by.input.kind !== 'convert') return;
  const { account, from, to, units } = by.input;
  const [out, back] = [pairs[0]?.[0], pairs[1]?.[1]];
  if (out?.account !== account || out.asset !== from || out.units !== -units || back?.asset !== to)
    say('M-209', `${account} converts ${units} of ${from} to ${to}, and that is not what was paid`);
  const left = books.accounts.get(account)!.cash.get(from)?.units ?? 0n;
  // A closing in the same input may lose more than may be converted into debt.
  const isClosed = look.facts.some(
    (fact) => fact.kind === 'traded' && [fact.buyer, fact.seller].includes('backstop'),
  );
  if (!isClosed && left < -books.assets.get(from)!.terms.borrowMax)
    say('M-209', `${account} owes ${-left} units of ${from}`);
}

/** Draws stay within their limit, come from who was named, and are written down. */
function checkTopUps(look: Look): void {
  const { books, facts, say } = look;
  const drawn = of(facts, 'drawn');
  const pairs = pairsOf(facts, 'top-up');
  if (pairs.length !== drawn.length)
    say('M-216', `${pairs.length} top-ups are paid, and ${drawn.length} written down`);
  for (const [place, [out, into]] of pairs.entries()) {
    const account = books.accounts.get(into.account)!;
    const { topUp } = account;
    const fact = drawn[place];
    if (fact?.account !== into.account || fact.units !== into.units)
      say('M-216', `${into.account} is topped up with ${into.units}, and ${fact?.units} is written down`);
    if (topUp?.from !== out.account || topUp.asset !== into.asset)
      say('M-216', `${into.account} is topped up by ${out.account} in ${into.asset}, which it did not name`);
    else if (account.drawn > topUp.most)
      say('M-216', `${into.account} has drawn ${account.drawn} of ${topUp.most}`);
    const left = books.accounts.get(out.account)?.cash.get(into.asset)?.units ?? 0n;
    if (left < 0n) say('M-216', `${out.account} lends what it does not have`);
  }
}

/** The fund pays debts, never more than there are, never what it does not have. */
function checkInsurance(look: Look): void {
  const { books, facts, say } = look;
  for (const [out, into] of pairsOf(facts, 'insurance')) {
    if (out.account !== 'insurance') say('M-215', `${out.account} pays as the fund`);
    const left = books.accounts.get('insurance')!.cash.get(into.asset)?.units ?? 0n;
    if (left < 0n) say('M-215', `the fund pays what it does not have: ${left} units of ${into.asset}`);
    const own = books.accounts.get(into.account)!.cash.get(into.asset)?.units ?? 0n;
    if (own > 0n)
      say('M-215', `the fund pays ${into.account} ${own} units of ${into.asset} more than it owed`);
  }
  for (const { account, asset, units } of of(facts, 'missing')) {
    const owes = -(books.accounts.get(account)!.cash.get(asset)?.units ?? 0n);
    const there = books.accounts.get('insurance')!.cash.get(asset)?.units ?? 0n;
    if (units !== owes)
      say('M-215', `${account} is said to be missing ${units} of ${asset}, and owes ${owes}`);
    if (there > 0n) say('M-215', `${units} of ${asset} are missing, and the fund has ${there}`);
  }
}

/** Everything that must hold of payments that are not worked out to the unit. */
export function checkPayments(look: Look): void {
  checkConversions(look);
  checkTopUps(look);
  checkInsurance(look);
}
