// A venue's numbers beside ours: term by term with how exact each is, vectors cell by cell with the worst cell.

import { dollars, type Usd } from '../../base/index.ts';
import { type AssetCode, isPremium } from '../../product/index.ts';
import type {
  Exactness,
  ExactnessLevel,
  Line,
  MarginBook,
  MarginModel,
  Standing,
  Term,
} from '../requirement.ts';
import { EXACTNESS_LEVELS, exactnessOf } from './exactness.ts';
import type { Meaning, VenueAccount, VenueAmount, VenueVector } from './report.ts';

/** What is compared: an account of the venue, and the same judged by a model of ours. */
export interface Compared {
  readonly account: VenueAccount;
  readonly model: MarginModel;
  readonly book: MarginBook;
  readonly standing: Standing;
  /** The same requirement in the venue's own shape, where our model has one. */
  readonly side?: VenueSide;
}

/** Terms and vectors of ours under the venue's names; undefined for what we do not have. */
export interface VenueSide {
  /** A term of a coin, in dollars. */
  unit(underlying: AssetCode, key: string): number | undefined;
  /** The cells of a vector, in its order and unit. */
  vector(vector: VenueVector): readonly (number | undefined)[] | undefined;
}

/** How far two numbers may be apart and agree: `relative` of the larger, and `absolute` in their unit, for what venues round. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}
export const toleranceDefault: Tolerance = { relative: 1e-6, absolute: 1e-8 };

/** Two numbers that say the same, or should. */
export interface Pair {
  readonly venue: number;
  readonly ours: number | undefined;
  /** Ours minus the venue's. */
  readonly difference: number | undefined;
  /** Undefined where there is nothing of ours to agree. */
  readonly agrees: boolean | undefined;
}

/** One amount of the venue beside ours, in the venue's unit. */
export interface TermRow extends Pair {
  readonly amount: VenueAmount;
  /** How near ours is; absent where nothing of ours is the same, or the number is no rule of margin. */
  readonly exactness?: Exactness;
  /** Why it may differ, in one sentence. */
  readonly why: string;
}

/** One vector beside ours. */
export interface VectorRow {
  readonly vector: VenueVector;
  readonly cells: readonly (Pair & { readonly name: string })[];
  /** The cell farthest apart; undefined where nothing of ours is the same. */
  readonly worst: (Pair & { readonly name: string }) | undefined;
  readonly exactness?: Exactness;
  readonly agrees: boolean | undefined;
}

export interface Comparison {
  readonly account: string;
  readonly terms: readonly TermRow[];
  readonly vectors: readonly VectorRow[];
}

/**
 * An account of a venue held against ours (M-126). Amounts of ours are dollars and are divided by what a unit of the venue's is worth at the
 * index; a line is as exact as the least exact term in it that is not zero.
 * @example compareAccount({ account, model, book, standing }).terms[0].agrees // true
 */
export function compareAccount(compared: Compared, tolerance: Tolerance = toleranceDefault): Comparison {
  const { account } = compared;
  return {
    account: account.portfolio.account,
    terms: account.amounts.map((amount) => termRow(compared, amount, tolerance)),
    vectors: account.vectors.map((vector) => vectorRow(compared, vector, tolerance)),
  };
}

/** How many numbers, and how many of them agree; a vector is one. */
export interface Tally {
  readonly compared: number;
  readonly agree: number;
}

/**
 * The numbers of a level or nearer that have one of ours beside them; what has nothing beside it is not held against anybody.
 * @example tallyOf(comparison, 'exact') // { compared: 3, agree: 2 }
 */
export function tallyOf({ terms, vectors }: Comparison, least: ExactnessLevel): Tally {
  const counted = EXACTNESS_LEVELS.slice(0, EXACTNESS_LEVELS.indexOf(least) + 1);
  const compared = [...terms, ...vectors].filter(
    ({ exactness, agrees }) =>
      agrees !== undefined && exactness !== undefined && counted.includes(exactness.level),
  );
  return { compared: compared.length, agree: compared.filter(({ agrees }) => agrees).length };
}

/**
 * Whether every number of a level or nearer agrees. Holds where there is none: `tallyOf` says so.
 * @example holds(comparison, 'exact') // true
 */
export function holds(comparison: Comparison, least: ExactnessLevel): boolean {
  const { compared, agree } = tallyOf(comparison, least);
  return compared === agree;
}

function pairOf(venue: number, ours: number | undefined, { relative, absolute }: Tolerance): Pair {
  if (ours === undefined) return { venue, ours, difference: undefined, agrees: undefined };
  const difference = ours - venue;
  const most = relative * Math.max(Math.abs(venue), Math.abs(ours)) + absolute;
  return { venue, ours, difference, agrees: Math.abs(difference) <= most };
}

/** Dollars per unit of what the venue counts in; undefined where the book has no price of it. */
function unitUsd({ risk: { levels } }: MarginBook, unit: AssetCode): number | undefined {
  return levels.coins.get(unit)?.index ?? levels.pegs.get(unit) ?? (unit === 'USD' ? 1 : undefined);
}

function termRow(compared: Compared, amount: VenueAmount, tolerance: Tolerance): TermRow {
  const found = oursOf(compared, amount);
  const per = unitUsd(compared.book, amount.unit);
  const ours =
    found.usd === undefined || per === undefined ? undefined : found.usd / per + (amount.beside ?? 0);
  const exactness = found.exactness === undefined ? {} : { exactness: found.exactness };
  return { amount, ...pairOf(amount.amount, ours, tolerance), ...exactness, why: found.why };
}

interface Found {
  readonly usd: number | undefined;
  readonly exactness?: Exactness;
  readonly why: string;
}

function nothing(why: string): Found {
  return { usd: undefined, why };
}

/**
 * Why nothing of ours can stand beside a number of the venue: no answer says what the account holds, or the venue asks for something that none
 * of them lists. Equity counts what options are worth, so it needs them too.
 */
function unlistedWhy({ unlisted, portfolio, amounts }: VenueAccount): string | undefined {
  if (unlisted !== undefined) return `no answer lists what the account holds; give ${unlisted} as well`;
  const { positions, orders } = portfolio;
  const asks = amounts.some(({ means, amount }) => means.kind === 'line' && amount !== 0);
  return asks && positions.length + orders.length === 0
    ? 'the venue asks for something that no answer lists; give the positions of every currency'
    : undefined;
}

function oursOf(compared: Compared, { means, underlying }: VenueAmount): Found {
  const { account, standing, side, model } = compared;
  const unlisted = unlistedWhy(account);
  if (unlisted !== undefined && means.kind !== 'none') return nothing(unlisted);
  switch (means.kind) {
    case 'none':
      return nothing(means.why);
    case 'equity':
      return account.funded
        ? { usd: dollars(standing.equity), why: 'balances and positions at the marks of the market used' }
        : nothing('the answers state no balances');
    case 'excess': {
      if (!account.funded) return nothing('the answers state no balances');
      const exactness = leastExact(compared, standing.requirement[means.line]);
      return { usd: dollars(standing.excess[means.line]), ...whyOf(exactness) };
    }
    case 'line':
      return lineFound(compared, means);
    case 'scenarios': {
      const exactness = exactnessOf(model, 'scenarios');
      return { usd: scenarioLoss(compared, means.line, underlying), ...whyOf(exactness) };
    }
    case 'charges': {
      const exactness = leastOf(means.names.map((name) => exactnessOf(model, name)));
      const { charges } = standing.requirement[means.line];
      const sum = charges
        .filter((charge) => means.names.includes(charge.name))
        .filter((charge) => underlying === undefined || charge.underlying === underlying)
        .reduce((total, charge) => total + dollars(charge.amount), 0);
      return { usd: sum, ...whyOf(exactness) };
    }
    case 'unit': {
      const { charges } = standing.requirement.maintenance;
      const isThere = (term: Term) =>
        term === 'scenarios' ||
        charges.some((one) => one.name === term && one.underlying === underlying && one.amount !== 0n);
      const present = means.terms.filter(isThere);
      const counted = present.length === 0 ? means.terms : present;
      const exactness = leastOf(counted.map((term) => exactnessOf(model, term)));
      return { usd: side?.unit(underlying ?? '', means.key), ...whyOf(exactness) };
    }
  }
}

function whyOf(exactness: Exactness | undefined): { exactness?: Exactness; why: string } {
  return exactness === undefined
    ? { why: 'the model says nothing of how exact it is' }
    : { exactness, why: exactness.why };
}

function lineFound(compared: Compared, means: Extract<Meaning, { kind: 'line' }>): Found {
  const line = compared.standing.requirement[means.line];
  const exactness = leastExact(compared, line);
  const apart = means.options === 'apart' ? optionsWorth(compared) : 0;
  return { usd: dollars(line.amount) - apart, ...whyOf(exactness) };
}

/** What the options of an account are worth, dollars. */
function optionsWorth({ standing, book: { risk } }: Compared): number {
  const { rows, quantities } = standing.requirement.holdings;
  return rows.reduce((sum, row, i) => {
    return isPremium(risk.products[row]!) ? sum + quantities[i]! * risk.columns.value[row]! : sum;
  }, 0);
}

/** The worst loss of one coin, or of all of them, dollars. */
function scenarioLoss(
  { standing, book }: Compared,
  name: 'maintenance' | 'release' | 'initial',
  coin?: string,
) {
  const { combined, swept } = standing.requirement[name];
  if (coin === undefined) return dollars(swept);
  const u = book.risk.groups.underlyings.indexOf(coin);
  return u < 0 ? 0 : combined.own[u]!.loss;
}

/** The least exact of the terms that a line is made of; what is zero, and what is ours and no rule of the venue, has no part in it. */
function leastExact({ model, account }: Compared, { swept, charges }: Line): Exactness | undefined {
  const isThere = (amount: Usd) => amount !== 0n;
  const terms: Term[] = [
    ...(isThere(swept) ? (['scenarios'] as const) : []),
    ...(account.portfolio.orders.length > 0 ? (['orders'] as const) : []),
    ...charges.filter(({ amount }) => isThere(amount)).map(({ name }) => name),
  ];
  const known = terms.map((term) => exactnessOf(model, term));
  // A line of nothing is nothing at the venue too.
  return terms.length === 0 ? { level: 'exact', why: 'nothing is held that needs margin' } : leastOf(known);
}

function leastOf(known: readonly (Exactness | undefined)[]): Exactness | undefined {
  const rank = ({ level }: Exactness) => EXACTNESS_LEVELS.indexOf(level);
  return known
    .filter((one) => one !== undefined)
    .reduce<Exactness | undefined>(
      (least, one) => (least !== undefined && rank(least) >= rank(one) ? least : one),
      undefined,
    );
}

function vectorRow({ model, side }: Compared, vector: VenueVector, tolerance: Tolerance): VectorRow {
  const ours = side?.vector(vector);
  const cells = vector.cells.map(({ name, value }, i) => ({ name, ...pairOf(value, ours?.[i], tolerance) }));
  const known = cells.filter(({ difference }) => difference !== undefined);
  const gap = ({ difference }: Pair) => Math.abs(difference!);
  const worst = known.reduce<VectorRow['worst']>(
    (far, cell) => (far === undefined || gap(cell) > gap(far) ? cell : far),
    undefined,
  );
  const exactness = exactnessOf(model, 'scenarios');
  const agrees = known.length === 0 ? undefined : known.every((cell) => cell.agrees === true);
  return { vector, cells, worst, ...(exactness === undefined ? {} : { exactness }), agrees };
}
