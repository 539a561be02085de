// What a venue says of an account, in our words: what it holds, at which prices, and what the venue asks for it, term by term.

import { type Instant, type Refusal, refuse } from '../../base/index.ts';
import { type AssetCode, compareText, type ProductId } from '../../product/index.ts';
import type { Balance, Order, Portfolio, Position } from '../portfolio.ts';
import type { ChargeName, LineName, Term } from '../requirement.ts';

/** Venues whose answers are read. */
export type VenueName = 'deribit' | 'okx' | 'derive';

/**
 * What an amount of the venue is in our words. `line`: a requirement; `excess`: what an account has above one; `scenarios`: the worst loss
 * of the sweep on a line; `charges`: the sum of some charges on a line; `unit`: a term of one coin by the venue's own name, which counts as near
 * as the terms it belongs to; `none`: nothing of ours is the same, and why. `options` apart: the venue keeps what options are worth out
 * of the number, we keep it in.
 */
export type Meaning =
  | { readonly kind: 'equity' }
  | { readonly kind: 'line'; readonly line: LineName; readonly options?: 'apart' }
  | { readonly kind: 'excess'; readonly line: LineName }
  | { readonly kind: 'scenarios'; readonly line: LineName }
  | { readonly kind: 'charges'; readonly line: LineName; readonly names: readonly ChargeName[] }
  | { readonly kind: 'unit'; readonly key: string; readonly terms: readonly Term[] }
  | { readonly kind: 'none'; readonly why: string };

/** One number of the venue. */
export interface VenueAmount {
  /** Where it stands in the answer: `margins.btc.initial_margin`. */
  readonly path: string;
  readonly amount: number;
  /** What it is counted in. */
  readonly unit: AssetCode;
  /** The coin it belongs to; absent where it is of the whole account. */
  readonly underlying?: AssetCode;
  /** What of the amount is for things that the answer does not list, such as open orders; same unit. */
  readonly beside?: number;
  readonly means: Meaning;
}

/**
 * Profit and loss in the venue's scenarios, cell by cell: of a `product` that is held, the `sum` of a coin, or what of that sum is `counted`.
 */
export interface VenueVector {
  readonly path: string;
  /** The venue's own key: an instrument, `btc_btc`, a risk unit. */
  readonly key: string;
  /** The product, or the coin. */
  readonly of: ProductId | AssetCode;
  readonly kind: 'product' | 'sum' | 'counted';
  readonly unit: AssetCode;
  readonly cells: readonly VenueCell[];
}

/** One scenario: how far the price moves, which way vols go, and what it does. */
export interface VenueCell {
  /** The venue's own name of the cell: `standard[25]`. */
  readonly name: string;
  /** Relative move of the price. */
  readonly spot: number;
  readonly vol: 'up' | 'same' | 'down';
  readonly value: number;
}

/** A price in the answer. */
export interface VenuePrice {
  readonly path: string;
  readonly kind: 'index' | 'mark' | 'peg';
  readonly of: ProductId | AssetCode;
  readonly value: number;
  /** What it is counted in: dollars, or the settle asset of a linear contract. An index or a peg is in dollars. */
  readonly unit: AssetCode;
}

/** What one or several answers of a venue say of one account. */
export interface VenueReport {
  readonly venue: VenueName;
  /** The files it was read from, and which answer each is. */
  readonly answers: readonly { readonly source: string; readonly call: string }[];
  readonly account?: string;
  /** When the venue computed it, where it says. */
  readonly at?: Instant;
  /** The venue's own word for the margin system of the account. */
  readonly system?: string;
  /** The model of ours that is the same system. */
  readonly model?: string;
  /** Whether every currency is margined by itself; undefined where the answers do not say. */
  readonly segregated?: boolean;
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
  /** The call that would list what is held, where none of the answers does. */
  readonly unlisted?: string;
  readonly prices: readonly VenuePrice[];
  readonly amounts: readonly VenueAmount[];
  readonly vectors: readonly VenueVector[];
  /** Parameters that the venue states in its answer, as they differ from nothing: a parameter file of ours. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** How far two answers may differ on the size of one position: dollar sizes are whole contracts, coin sizes are rounded to 1e-9. */
const SIZE_SLACK = 1e-5;

/**
 * Several answers on one account as one report (M-124): balances from the summaries, positions with their entry prices from the list of
 * positions, vectors from the simulation. Refuses (`malformed`) answers of two venues, systems or times too far apart to be one moment, and
 * (`duplicate`) a balance stated twice.
 * @example mergeReports([summaries, positions, simulated]).amounts.length
 */
export function mergeReports(reports: readonly VenueReport[]): VenueReport | Refusal {
  const [first, ...rest] = reports;
  if (first === undefined) return refuse('empty', 'no answer of a venue was given; name at least one file.');
  let merged = first;
  for (const next of rest) {
    const both = merge(merged, next);
    if ('reason' in both) return both;
    merged = both;
  }
  return merged;
}

function merge(left: VenueReport, right: VenueReport): VenueReport | Refusal {
  const { source } = right.answers[0]!;
  if (left.venue !== right.venue) {
    return refuse('malformed', `it is an answer of ${right.venue}, the others are of ${left.venue}.`, source);
  }
  if (left.system !== undefined && right.system !== undefined && left.system !== right.system) {
    const said = `its account is ${right.system}, that of the others ${left.system}; take answers on one account.`;
    return refuse('malformed', said, source);
  }
  const twice = right.balances.find((one) =>
    left.balances.some((other) => other.asset === one.asset && other.kind === one.kind),
  );
  if (twice !== undefined) {
    const said = `${twice.asset} stands in another answer too; give each balance once.`;
    return refuse('duplicate', said, source);
  }
  const positions = mergePositions(left.positions, right.positions);
  const notes = [...left.notes, ...right.notes, ...positions.notes];
  const { unlisted: _left, ...first } = left;
  const { unlisted: _right, ...second } = right;
  return {
    ...second,
    ...first,
    // One answer that lists what is held is enough.
    ...optional('unlisted', left.unlisted && right.unlisted),
    ...optional('account', left.account ?? right.account),
    ...optional('at', left.at ?? right.at),
    ...optional('system', left.system ?? right.system),
    ...optional('model', left.model ?? right.model),
    ...optional('segregated', left.segregated ?? right.segregated),
    ...optional('parameters', left.parameters ?? right.parameters),
    answers: [...left.answers, ...right.answers],
    balances: [...left.balances, ...right.balances],
    positions: positions.all,
    orders: [...left.orders, ...right.orders],
    prices: mergePrices(left.prices, right.prices),
    amounts: [...left.amounts, ...right.amounts],
    vectors: [...left.vectors, ...right.vectors],
    notes,
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [k in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [k in K]?: V };
}

function mergePositions(left: readonly Position[], right: readonly Position[]) {
  const all = [...left];
  const notes: string[] = [];
  for (const position of right) {
    const { id } = position.product;
    const i = all.findIndex(({ product }) => product.id === id);
    if (i < 0) {
      all.push(position);
      continue;
    }
    const other = all[i]!;
    const gap = Math.abs(other.quantity - position.quantity);
    if (gap > SIZE_SLACK * Math.max(Math.abs(other.quantity), Math.abs(position.quantity))) {
      notes.push(`${id} is ${other.quantity} in one answer and ${position.quantity} in another.`);
    }
    // The list of positions has whole contracts and an entry price; a simulation has rounded coins.
    if (other.entryPrice === undefined && position.entryPrice !== undefined) all[i] = position;
  }
  return { all, notes };
}

/** Of two prices of one thing the first stays; a market is made of one moment. */
function mergePrices(left: readonly VenuePrice[], right: readonly VenuePrice[]): readonly VenuePrice[] {
  const known = new Set(left.map(({ kind, of }) => `${kind} ${of}`));
  return [...left, ...right.filter(({ kind, of }) => !known.has(`${kind} ${of}`))];
}

/** A report's part that is margined by itself, and what it holds. */
export interface VenueAccount {
  readonly portfolio: Portfolio;
  /** Whether the answers state balances: without them there is no equity to compare. */
  readonly funded: boolean;
  /** The call that would list what it holds, where no answer does: without it there is no margin to compare. */
  readonly unlisted?: string;
  readonly amounts: readonly VenueAmount[];
  readonly vectors: readonly VenueVector[];
}

/** What a position's profit and margin are counted in. */
const settleOf = ({ product }: Position | Order): AssetCode => product.settleAsset;

/**
 * The accounts of a report (M-124): the whole, or each currency by itself where the venue margins them so. Profit of futures since the
 * last settlement stands in balances where the venue states it; then their entry prices are left out, or it would be counted twice. Without
 * balances there is no equity, and they are left out too.
 * @example accountsOf(report).map(({ portfolio }) => portfolio.account) // ['10 BTC', '10 ETH']
 */
export function accountsOf(report: VenueReport): readonly VenueAccount[] {
  const name = report.account ?? report.venue;
  if (report.segregated !== true) return [accountOf(report, name, () => true)];
  const currencies = new Set([
    ...report.balances.map(({ asset }) => asset),
    ...report.positions.map(settleOf),
    ...report.amounts.map(({ unit }) => unit),
  ]);
  return [...currencies]
    .sort(compareText)
    .map((currency) => accountOf(report, `${name} ${currency}`, (unit) => unit === currency));
}

function accountOf(report: VenueReport, account: string, mine: (unit: AssetCode) => boolean): VenueAccount {
  const balances = report.balances.filter(({ asset }) => mine(asset));
  const funded = balances.length > 0;
  const settled = new Set(balances.filter(({ kind }) => kind === 'unsettled').map(({ asset }) => asset));
  const positions = report.positions
    .filter((position) => mine(settleOf(position)))
    .map((position) => {
      const { entryPrice: _, ...rest } = position;
      const isCounted = settled.has(settleOf(position)) || !funded;
      return isCounted ? rest : position;
    });
  const orders = report.orders.filter((order) => mine(settleOf(order)));
  return {
    portfolio: { account, balances, positions, orders },
    funded,
    ...optional('unlisted', report.unlisted),
    amounts: report.amounts.filter(({ unit }) => mine(unit)),
    vectors: report.vectors.filter(({ unit }) => mine(unit)),
  };
}
