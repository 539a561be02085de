// A venue's accounts: many owners in one file, JSON or CSV, each with accounts of its own.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { Account, Owner } from '../margin/portfolio.ts';
import { fieldsOf, openCsv } from './csv.ts';
import { below, Doubts, type Place, placeOf } from './fields.ts';
import { isJson, JSON_LENGTH_MAX, type Json, parseJson } from './json.ts';
import { readOwnerNode } from './owner-json.ts';
import { ACCOUNT_UNNAMED, type PortfolioBuilder, portfolioBuilder, refuseName } from './portfolio.ts';
import { doubtHeader, PORTFOLIO_COLUMNS, readPortfolioRow } from './portfolio-csv.ts';
import type { ProductResolver } from './resolve.ts';
import { oversize, quoted } from './words.ts';

/** Owners of one file, and accounts of all of them together, sub-accounts counted. */
export const OWNERS_MAX = 20_000;
export const VENUE_ACCOUNTS_MAX = 20_000;

const COLUMNS = ['owner', ...PORTFOLIO_COLUMNS];

/** Where an owner stands: its place, and its line or row for a second mention. */
interface Stand {
  readonly place: string;
  readonly number: number;
}

/**
 * Reads a venue's accounts from JSON: `{"owners":[...]}`, each entry what a file of its own may be (`readOwnerJson`): `{"owner","accounts"}`, or one account, which
 * is then an owner of its own. A file of one owner or account alone is a venue with one. Refused: two owners of one name, an account without an owner or a
 * name, more than 20,000 owners or accounts; the rest as `readOwnerJson`.
 * @example readOwnersJson('{"owners":[{"owner":"fund-a","accounts":[{"account":"a","cash":{"USD":"1"}}]}]}', 'venue.json') // [{ owner: 'fund-a', ... }]
 */
export function readOwnersJson(
  text: string,
  source: string,
  resolve?: ProductResolver,
): readonly Owner[] | Refusal {
  const root = parseJson(text, source);
  if (!isJson(root)) return root;
  const place: Place = { source, path: '' };
  const several = root.kind === 'object' && root.fields.has('owners');
  const doubts = new Doubts();
  if (several) doubts.keys(root, ['owners'], place);
  const under = below(place, 'owners');
  const nodes: readonly Json[] = several ? doubts.list(root.fields.get('owners'), under, OWNERS_MAX) : [root];
  if (doubts.fault !== undefined) return doubts.fault;
  const owners: Owner[] = [];
  const stands: Stand[] = [];
  for (const [i, node] of nodes.entries()) {
    const here = several ? below(under, i) : place;
    const owner = readOwnerNode(node, here, resolve);
    if (isRefusal(owner)) return owner;
    owners.push(owner);
    stands.push({ place: placeOf(here, node), number: node.line });
  }
  return doubtOwners(owners, stands, source, 'line') ?? owners;
}

/** An account being read, its rows in whatever order they come. */
interface Draft {
  readonly owner: string;
  readonly account: string;
  readonly builder: PortfolioBuilder;
  readonly stand: Stand;
}

/**
 * Reads a venue's accounts from CSV: the columns of `readPortfolioCsv` and `owner`; rows of one account need not stand together. A row without an owner is of
 * an account that is an owner of its own; every row names its account. Refused as in `readOwnersJson` and `readPortfolioCsv`, with the row.
 * @example readOwnersCsv('owner,account,kind,product,quantity\nfund-a,desk-1,cash,USD,250000\n', 'venue.csv') // [{ owner: 'fund-a', accounts: [...] }]
 */
export function readOwnersCsv(
  text: string,
  source: string,
  resolve?: ProductResolver,
): readonly Owner[] | Refusal {
  const drafts = draftsOf(text, source, resolve);
  if (isRefusal(drafts)) return drafts;
  const owners = new Map<string, { owner?: string; accounts: Account[] }>();
  const stands: Stand[] = [];
  for (const { owner, account, builder, stand } of drafts) {
    const portfolio = builder.finish(account);
    if (isRefusal(portfolio)) return { ...portfolio, where: `${stand.place}, account` };
    if (account.includes('/')) {
      const said = `The name ${quoted(account)} has a slash, which stands between an account and its sub-account; take another.`;
      return refuse('malformed', said, `${stand.place}, account`);
    }
    const wrong = owner === '' ? undefined : refuseName(owner, 'owner', `${stand.place}, owner`);
    if (wrong !== undefined) return wrong;
    // A name cannot hold a line break, so no owner is taken for an account without one.
    const key = owner === '' ? `\n${account}` : owner;
    const known = owners.get(key);
    if (known === undefined) stands.push(stand);
    const item = known ?? { ...(owner === '' ? {} : { owner }), accounts: [] };
    item.accounts.push({ portfolio, subaccounts: [] });
    owners.set(key, item);
  }
  const all = [...owners.values()];
  return doubtOwners(all, stands, source, 'row') ?? all;
}

/** The accounts of a CSV by owner and name, in the order of their first rows. */
function draftsOf(text: string, source: string, resolve?: ProductResolver): Draft[] | Refusal {
  const large = oversize(text, source, JSON_LENGTH_MAX);
  if (large !== undefined) return large;
  const table = openCsv(text, source);
  if (isRefusal(table)) return table;
  const wrong = doubtHeader(table, COLUMNS);
  if (wrong !== undefined) return wrong;
  const { cursor, columns } = table;
  const drafts = new Map<string, Draft>();
  while (cursor.advance()) {
    const fields = fieldsOf(table);
    if (isRefusal(fields)) return fields;
    const cell = (name: string): string => (fields[columns.get(name) ?? -1] ?? '').trim();
    const place = cursor.place();
    const [owner, account] = [cell('owner'), cell('account')];
    if (account === '') {
      return refuse(
        'malformed',
        'Among several accounts each row names its own; fill it in.',
        `${place}, account`,
      );
    }
    const key = `${owner}\n${account}`;
    let draft = drafts.get(key);
    if (draft === undefined) {
      if (drafts.size >= VENUE_ACCOUNTS_MAX) return tooMany(place);
      const stand = { place, number: cursor.row };
      draft = { owner, account, builder: portfolioBuilder(source, 'row', resolve), stand };
      drafts.set(key, draft);
    }
    const doubt = readPortfolioRow(cell, place, cursor.row, draft.builder);
    if (doubt !== undefined) return doubt;
  }
  return cursor.fault ?? [...drafts.values()];
}

function tooMany(where: string): Refusal {
  const said = `There are more than ${VENUE_ACCOUNTS_MAX} accounts; split the file.`;
  return refuse('too-large', said, where);
}

/** Owners are told apart by their names; an account without an owner answers by its own. */
function doubtOwners(
  owners: readonly Owner[],
  stands: readonly Stand[],
  source: string,
  unit: 'line' | 'row',
): Refusal | undefined {
  if (owners.length === 0) {
    return refuse('empty', 'There is no account in the file; list one at least.', source);
  }
  const seen = new Map<string, number>();
  let accounts = 0;
  for (const [i, owner] of owners.entries()) {
    const { place, number } = stands[i]!;
    for (const { subaccounts } of owner.accounts) accounts += 1 + subaccounts.length;
    if (accounts > VENUE_ACCOUNTS_MAX) return tooMany(place);
    const name = nameOfOwner(owner);
    if (name === ACCOUNT_UNNAMED && owners.length > 1) {
      return refuse('malformed', 'One of several accounts needs a name; give it an "account".', place);
    }
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      const said = `The owner ${quoted(name)} stands twice, also in ${unit} ${earlier}; an account without an owner is one by its own name. Rename one or list its accounts together.`;
      return refuse('duplicate', said, place);
    }
    seen.set(name, number);
  }
  return undefined;
}

/** Who answers for an owner's accounts: its name, or that of its only account. @example nameOfOwner({ owner: 'fund-a', accounts: [] }) // 'fund-a' */
export function nameOfOwner({ owner, accounts }: Owner): string {
  return owner ?? accounts[0]?.portfolio.account ?? ACCOUNT_UNNAMED;
}
