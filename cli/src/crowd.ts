// A file of many accounts with everything they are judged by: what the verbs of a venue begin with.

import {
  type Debtor,
  isolateAll,
  isRefusal,
  membersOf,
  nameOfOwner,
  type Owner,
  type ProductResolver,
  poolsOf,
  type Refusal,
  readOwnersCsv,
  readOwnersJson,
  type Treatment,
} from '@plimsoll/core';
import { readText } from '@plimsoll/lab';
import type { Command } from 'commander';
import { addTreatmentOption, readTreatment } from './accounts.ts';
import { addOutputOptions, loadWith, type Prepared, prepare, type SettingOptions, sayHead } from './judge.ts';
import { addMarketOptions } from './load.ts';
import { addModelOptions } from './models.ts';
import { say } from './output.ts';

export interface CrowdOptions extends Omit<SettingOptions, 'model'> {
  readonly accounts: string;
  readonly model?: string;
  readonly treatment: string;
}

/** Adds accounts, market, model and treatment to a verb of a venue. */
export function addCrowdOptions(command: Command): Command {
  const placed = addMarketOptions(command).requiredOption(
    '--accounts <file>',
    'many accounts: JSON {"owners": [...]}, or CSV with the columns owner and account',
  );
  const modelled = addModelOptions(placed, 'dmr with --history, grid without');
  return addTreatmentOption(addOutputOptions(modelled));
}

/** A venue's accounts, pool by pool, and who answers for each. */
export interface Venue extends Prepared {
  readonly owners: number;
  readonly debtors: readonly Debtor[];
  readonly treatment: Treatment;
  /** Which model was taken, and why, where nobody named one. */
  readonly taken?: string;
}

/** Reads owners, JSON or CSV by the first character. */
async function loadOwners(path: string, resolve?: ProductResolver): Promise<readonly Owner[] | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  const read = /^\s*[[{]/.test(text.slice(0, 200)) ? readOwnersJson : readOwnersCsv;
  return read(text, path, resolve);
}

/** The pools of an owner; each is named so that no other pool of the file has its name. */
function debtorsOf(owner: Owner, prepared: Prepared, treatment: Treatment): Debtor[] | Refusal {
  const { market, model, parameters, book } = prepared;
  const name = nameOfOwner(owner);
  const debtors: Debtor[] = [];
  for (const portfolio of membersOf(owner)) {
    const treated = treatment === 'isolated' ? isolateAll(portfolio, book, model) : portfolio;
    if (isRefusal(treated)) return treated;
    const whose = portfolio.account === name ? name : `${name}: ${portfolio.account}`;
    for (const pool of poolsOf(treated)) {
      const account = pool.kind === 'shared' ? whose : `${whose} / isolated ${pool.name}`;
      const own = { portfolio: { ...pool.portfolio, account }, market, model, parameters } as const;
      const together = treatment === 'cross' ? 'cross' : 'portfolio';
      debtors.push({
        account,
        owner: name,
        subject: { ...own, treatment: together, smile: 'sticky-strike' },
      });
    }
  }
  return debtors;
}

/** Reads a venue's file, its market and its model, and gets every pool ready. */
export async function loadVenue(options: CrowdOptions): Promise<Venue | Refusal> {
  const treatment = readTreatment(options.treatment);
  if (isRefusal(treatment)) return treatment;
  const model = options.model ?? (options.history === undefined ? 'grid' : 'dmr');
  const found = await loadWith({ ...options, model }, (resolve) => loadOwners(options.accounts, resolve));
  if (isRefusal(found)) return found;
  const { accounts, loaded, chosen } = found;
  const prepared = prepare(accounts.flatMap(membersOf), loaded, chosen);
  if (isRefusal(prepared)) return prepared;
  const debtors: Debtor[] = [];
  for (const owner of accounts) {
    const own = debtorsOf(owner, prepared, treatment);
    if (isRefusal(own)) return own;
    debtors.push(...own);
  }
  const why =
    model === 'grid'
      ? 'model grid, since there is no --history; with one it is dmr'
      : 'model dmr, since there is a --history; without one it is grid';
  return {
    ...prepared,
    owners: accounts.length,
    debtors,
    treatment,
    ...(options.model === undefined ? { taken: why } : {}),
  };
}

/** Who is judged, by which model, when and from what. */
export function sayVenueHead(file: string, venue: Venue): void {
  const pools = venue.debtors.length;
  const sizes = `${venue.owners} ${venue.owners === 1 ? 'owner' : 'owners'}, ${pools} ${pools === 1 ? 'pool' : 'pools'}`;
  sayHead(`${file}: ${sizes}`, venue, venue.treatment);
  if (venue.taken !== undefined) say(`  ${venue.taken}`);
}

/** The coins that contracts of some pools stand on, in order of name. */
export function coinsOf({ debtors, market }: Venue): string[] {
  const held = debtors.flatMap(({ subject }) =>
    subject.portfolio.positions.map(({ product }) => product.underlying),
  );
  const known = new Set(market.underlyings.map(({ underlying }) => underlying));
  return [...new Set(held)].filter((coin) => known.has(coin)).sort();
}
