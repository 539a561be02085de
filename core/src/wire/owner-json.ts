// Files of several accounts in JSON: an owner with accounts, an account with sub-accounts, or one portfolio as ever.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { Account, Owner, Portfolio } from '../margin/portfolio.ts';
import { below, Doubts, type Place, placeOf } from './fields.ts';
import { isJson, type Json, parseJson } from './json.ts';
import { ACCOUNT_UNNAMED, PORTFOLIO_LENGTH_MAX, refuseName } from './portfolio.ts';
import { readPortfolioNode } from './portfolio-json.ts';
import type { ProductResolver } from './resolve.ts';
import { oversize, quoted } from './words.ts';

/** Accounts of one owner, and sub-accounts of one account. */
export const ACCOUNTS_MAX = 1_000;

/**
 * Reads accounts in one hand: `{"owner":"fund-a","accounts":[...]}`, each account a portfolio that may have `"subaccounts":[...]`, which are portfolios;
 * or one such account alone. Where there are several each has a name, and no two of one level have the same. Everything else as `readPortfolioJson`.
 * @example readOwnerJson('{"owner":"fund-a","accounts":[{"account":"a","cash":{"USD":"1"}}]}', 'a.json') // { owner: 'fund-a', accounts: [...] }
 */
export function readOwnerJson(text: string, source: string, resolve?: ProductResolver): Owner | Refusal {
  const large = oversize(text, source, PORTFOLIO_LENGTH_MAX);
  if (large !== undefined) return large;
  const root = parseJson(text, source);
  return isJson(root) ? readOwnerNode(root, { source, path: '' }, resolve) : root;
}

/** Reads an owner, or one account alone, that stands somewhere in a file. @example readOwnerNode(root, { source: 'a.json', path: '' }) */
export function readOwnerNode(root: Json, place: Place, resolve?: ProductResolver): Owner | Refusal {
  const { source } = place;
  const doubts = new Doubts();
  const object = doubts.object(root, place);
  if (object === undefined) return doubts.fault!;
  if (!object.fields.has('owner') && !object.fields.has('accounts')) {
    const account = readAccount(root, place, resolve);
    return isRefusal(account) ? account : { accounts: [account] };
  }
  doubts.keys(object, ['owner', 'accounts'], place);
  const owner = doubts.text(object.fields.get('owner'), below(place, 'owner'));
  const listed = doubts.list(object.fields.get('accounts'), below(place, 'accounts'), ACCOUNTS_MAX);
  const ownerAt = place.path === '' ? `${source}, owner` : placeOf(below(place, 'owner'), root);
  const fault = doubts.fault ?? refuseName(owner, 'owner', ownerAt);
  if (fault !== undefined) return fault;
  if (listed.length === 0) {
    return refuse(
      'empty',
      'An owner without accounts has no margin; list one at least.',
      place.path === '' ? `${source}, accounts` : placeOf(below(place, 'accounts'), root),
    );
  }
  const accounts: Account[] = [];
  for (const [i, node] of listed.entries()) {
    const account = readAccount(node, below(below(place, 'accounts'), i), resolve);
    if (isRefusal(account)) return account;
    accounts.push(account);
  }
  const named = accounts.map(({ portfolio }) => portfolio);
  return refuseNames(named, listed, below(place, 'accounts')) ?? { owner, accounts };
}

function readAccount(node: Json, place: Place, resolve?: ProductResolver): Account | Refusal {
  const doubts = new Doubts();
  const object = doubts.object(node, place);
  if (object === undefined) return doubts.fault!;
  const own = object.fields.get('subaccounts');
  const fields = new Map([...object.fields].filter(([key]) => key !== 'subaccounts'));
  const portfolio = readPortfolioNode({ ...object, fields }, place, resolve);
  if (isRefusal(portfolio)) return portfolio;
  const under = below(place, 'subaccounts');
  const listed = own === undefined ? [] : doubts.list(own, under, ACCOUNTS_MAX);
  if (doubts.fault !== undefined) return doubts.fault;
  const subaccounts: Portfolio[] = [];
  for (const [i, item] of listed.entries()) {
    const sub = readPortfolioNode(item, below(under, i), resolve);
    if (isRefusal(sub)) return sub;
    subaccounts.push(sub);
  }
  return refuseNames(subaccounts, listed, under) ?? { portfolio, subaccounts };
}

/** Accounts that stand side by side are told apart by their names. */
function refuseNames(
  portfolios: readonly Portfolio[],
  nodes: readonly Json[],
  place: Place,
): Refusal | undefined {
  const seen = new Map<string, number>();
  for (const [i, { account }] of portfolios.entries()) {
    const where = placeOf(below(place, i), nodes[i]!);
    if (account === ACCOUNT_UNNAMED) {
      return refuse('malformed', 'One of several accounts needs a name; give it an "account".', where);
    }
    if (account.includes('/')) {
      const said = `The name ${quoted(account)} has a slash, which stands between an account and its sub-account; take another.`;
      return refuse('malformed', said, where);
    }
    const earlier = seen.get(account);
    if (earlier !== undefined) {
      const said = `The account ${quoted(account)} stands twice, also in line ${earlier}; rename one or merge the two.`;
      return refuse('duplicate', said, where);
    }
    seen.set(account, nodes[i]!.line);
  }
  return undefined;
}
