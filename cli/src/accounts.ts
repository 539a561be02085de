// Several pools at once: an account under a treatment, its isolated positions, sub-accounts, and whatever else its owner has.

import {
  type AccountStanding,
  assessOwner,
  type Charge,
  dollars,
  formatInstant,
  formatUsd,
  isRefusal,
  LINE_NAMES,
  membersOf,
  type OwnerStanding,
  type PartStanding,
  type PoolStanding,
  perLine,
  type Refusal,
  refuse,
  TREATMENTS,
  type Treatment,
} from '@plimsoll/core';
import type { Command } from 'commander';
import colors from 'picocolors';
import {
  type BookOptions,
  type Case,
  type Judged,
  judge,
  loadCase,
  type Prepared,
  plainOf,
  prepare,
  sayHead,
} from './judge.ts';
import { marginJson } from './margin-json.ts';
import { heading, money, table } from './output.ts';

export interface TreatedOptions extends BookOptions {
  readonly treatment: string;
}

/** Adds the treatment of positions to a verb. */
export function addTreatmentOption(command: Command): Command {
  return command.option(
    '--treatment <name>',
    'portfolio: net everything; cross: margin every position alone; isolated: each with a margin of its own',
    'portfolio',
  );
}

/** Accounts with the book they were all judged by. */
export interface JudgedOwner extends Prepared {
  readonly standing: OwnerStanding;
  readonly treatment: Treatment;
}

/** The treatment a word names. */
export function readTreatment(word: string): Treatment | Refusal {
  const treatment = TREATMENTS.find((name) => name === word);
  if (treatment !== undefined) return treatment;
  return refuse('malformed', `'${word}' is none of ${TREATMENTS.join(', ')}.`, '--treatment');
}

/** Judges whatever the file holds: one plain account as ever, anything more as an owner's accounts. */
export async function loadTreated(options: TreatedOptions): Promise<Judged | JudgedOwner | Refusal> {
  const treatment = readTreatment(options.treatment);
  if (isRefusal(treatment)) return treatment;
  const found = await loadCase(options);
  return isRefusal(found) ? found : judgeTreated(found, treatment);
}

function judgeTreated(found: Case, treatment: Treatment): Judged | JudgedOwner | Refusal {
  const { owner, loaded, chosen } = found;
  const plain = plainOf(owner);
  if (plain !== undefined && treatment === 'portfolio') return judge(plain, loaded, chosen);
  const prepared = prepare(membersOf(owner), loaded, chosen);
  if (isRefusal(prepared)) return prepared;
  const standing = assessOwner(owner, prepared.book, prepared.model, treatment);
  return isRefusal(standing) ? standing : { ...prepared, standing, treatment };
}

/** Whether more than one plain account was judged. */
export function isOwner(judged: Judged | JudgedOwner): judged is JudgedOwner {
  return 'treatment' in judged;
}

function partJudged({ standing: _, treatment: __, ...prepared }: JudgedOwner, one: PartStanding): Judged {
  return { ...prepared, portfolio: one.part.portfolio, standing: one.standing, notes: [] };
}

/** Every part that was judged alone, as one account each; `name` says which. */
export function judgedParts(owner: JudgedOwner): { readonly name: string; readonly judged: Judged }[] {
  return owner.standing.accounts.flatMap(({ account, shared, isolated }) =>
    [shared, ...isolated].flatMap(({ pool, parts }) =>
      parts.map((one) => {
        const names = [account, ...(pool.kind === 'isolated' ? ['isolated'] : []), one.part.name];
        const name = one.part.kind === 'whole' && pool.kind === 'shared' ? account : names.join(' / ');
        return { name, judged: partJudged(owner, one) };
      }),
    ),
  );
}

function addedJson({ name, underlying, amount, inputs }: Charge) {
  return { name, ...(underlying === undefined ? {} : { underlying }), amount: formatUsd(amount), inputs };
}

function poolJson(owner: JudgedOwner, standing: PoolStanding) {
  return {
    pool: standing.pool.kind,
    name: standing.pool.name,
    equity: formatUsd(standing.equity),
    requirement: perLine((line) => formatUsd(standing.requirement[line])),
    excess: perLine((line) => formatUsd(standing.excess[line])),
    withdrawable: formatUsd(standing.withdrawable),
    added: LINE_NAMES.flatMap((line) =>
      standing.added[line].map((charge) => ({ line, ...addedJson(charge) })),
    ),
    parts: standing.parts.map((one) => ({
      kind: one.part.kind,
      name: one.part.name,
      ...marginJson(partJudged(owner, one)),
    })),
  };
}

function accountJson(owner: JudgedOwner, { account, shared, isolated }: AccountStanding) {
  const { pool: _, name: __, ...sums } = poolJson(owner, shared);
  return { account, ...sums, isolated: isolated.map((standing) => poolJson(owner, standing)) };
}

/**
 * The answer for more than one plain account: of a single account its sums with `parts[]` and `isolated[]`; of an owner `accounts[]`, each
 * the same. Every part has the shape of `margin --json`.
 */
export function ownerJson(owner: JudgedOwner) {
  const { standing, book, treatment, notes } = owner;
  const head = { at: formatInstant(book.risk.levels.at), model: book.model, treatment };
  const tail = { book: book.risk.digest, parameters: { digest: book.parameters }, notes };
  const accounts = standing.accounts.map((account) => accountJson(owner, account));
  if (standing.owner === undefined && accounts.length === 1) return { ...accounts[0]!, ...head, ...tail };
  const groups = standing.groups.map(({ name, underlying, apart, together, shares }) => ({
    name,
    underlying,
    apart: formatUsd(apart),
    together: formatUsd(together),
    shares: shares.map(formatUsd),
  }));
  return { owner: standing.owner ?? null, ...head, accounts, concentration: groups, ...tail };
}

function row(name: string, standing: Pick<PoolStanding, 'equity' | 'requirement' | 'excess'>): string[] {
  const { equity, requirement, excess } = standing;
  const left = money(excess.initial);
  return [
    name,
    money(equity),
    ...LINE_NAMES.map((line) => money(requirement[line])),
    excess.initial < 0n ? colors.red(left) : left,
  ];
}

const HEAD = ['', 'equity', ...LINE_NAMES, 'excess initial'];

function addedRows({ added }: PoolStanding): string[][] {
  const keys = [...new Set(LINE_NAMES.flatMap((line) => added[line].map(keyOf)))];
  return keys.map((key) => [
    `  ${key}`,
    '',
    ...LINE_NAMES.map((line) => {
      const sum = added[line]
        .filter((charge) => keyOf(charge) === key)
        .reduce((all, { amount }) => all + amount, 0n);
      return money(dollars(sum as never));
    }),
    '',
  ]);
}

const keyOf = ({ name, underlying }: Charge) => (underlying === undefined ? name : `${name} ${underlying}`);

function sayAccount({ account, shared, isolated }: AccountStanding): void {
  heading(`${account}: equity ${money(shared.equity)} USD, withdrawable ${money(shared.withdrawable)} USD`);
  const alone = ({ part, standing }: PartStanding) =>
    row(`  ${part.kind === 'whole' ? 'its book' : part.name}`, {
      equity: standing.equity,
      requirement: perLine((line) => standing.requirement[line].amount),
      excess: standing.excess,
    });
  const detail = (standing: PoolStanding) => {
    const extra = addedRows(standing);
    const whole = standing.parts.length === 1 && extra.length === 0;
    return whole ? [] : [...standing.parts.map(alone), ...extra];
  };
  const rows = [
    ...detail(shared),
    row('account', shared),
    ...isolated.flatMap((standing) => [...detail(standing), row(`isolated ${standing.pool.name}`, standing)]),
  ];
  table(HEAD, rows);
}

/** Tables of every account: its parts, what is added to them, their sum; isolated positions under it, summed with nothing. */
export function sayOwner(owner: JudgedOwner): void {
  const { standing } = owner;
  const who = standing.owner ?? standing.accounts[0]?.account ?? 'nobody';
  sayHead(who, owner, owner.treatment);
  for (const account of standing.accounts) sayAccount(account);
  if (standing.groups.length === 0) return;
  heading('Sizes of all pools together, USD');
  table(
    ['charge', 'coin', 'pool by pool', 'together', 'shared out'],
    standing.groups.map(({ name, underlying, apart, together, shares }) => [
      name,
      underlying ?? '',
      money(apart),
      money(together),
      money(dollars(shares.reduce((sum, share) => sum + share, 0n) as never)),
    ]),
    [0, 1],
  );
}
