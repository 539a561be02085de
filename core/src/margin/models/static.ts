// The model `static`: every position by itself, as a share of its notional, and every balance at a haircut. Nothing is swept and nothing
// nets: the baseline that portfolio margin is compared with.

import {
  digestValue,
  dollars,
  isRefusal,
  owedUp,
  type Refusal,
  refuse,
  type Usd,
  usd,
} from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import { compareProducts, type Product } from '../../product/index.ts';
import {
  buildRiskBook,
  type CombinePlan,
  combine,
  type Holdings,
  planCombine,
  type RiskBook,
  sweep,
  withExpiries,
} from '../../risk/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { totalOf } from '../charges.ts';
import { collateralHaircuts } from '../haircut.ts';
import { hold } from '../holdings.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Charge, Line, MarginBook, MarginModel, Requirement } from '../requirement.ts';
import { doubtStatic, staticForm } from '../static/form.ts';
import { type StaticParameters, staticCoin, staticDefaults } from '../static/parameters.ts';
import {
  doubtKinds,
  haircutOf,
  type PositionRule,
  positionCharge,
  type RatedLine,
  rulesOf,
} from '../static/rules.ts';

/** A static book: a risk book without lanes, and the rule of every row. */
export interface StaticBook extends MarginBook {
  readonly given: StaticParameters;
  readonly rules: readonly PositionRule[];
  readonly plan: CombinePlan;
}

const PARTS_PER_MILLION = 1_000_000n;
/** Nothing moves, so nothing has a range. */
const NO_RANGE = { maintenance: 0, initial: 0 };

function buildStaticBook(
  products: readonly Product[],
  observed: Market,
  parameters: StaticParameters,
): StaticBook | Refusal {
  const doubt = doubtStatic(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const risk = buildRiskBook(known, market, [], () => NO_RANGE);
  if (isRefusal(risk)) return risk;
  return rebookStatic({ ...risk, refused: new Map([...risk.refused, ...strangers]) }, parameters);
}

/** The book from its risk arrays: rules follow from columns and parameters. */
function rebookStatic(risk: RiskBook, parameters: StaticParameters): StaticBook | Refusal {
  return (
    doubtStatic(parameters) ??
    doubtKinds(risk.products, parameters) ?? {
      model: 'static',
      risk,
      parameters: digestValue(parameters),
      given: parameters,
      rules: rulesOf(risk, parameters),
      plan: planCombine(risk, { unnamed: 0, pairs: {}, stress: 0 }, 1),
    }
  );
}

/** What positions and balances need on a line, in row order, positions first. */
function chargesOf({ risk, rules, given }: StaticBook, holdings: Holdings, line: RatedLine): Charge[] {
  const { rows, quantities } = holdings;
  const positions = Array.from(rows, (row, i) =>
    positionCharge(risk, rules[row]!, row, quantities[i]!, line),
  ).filter((charge) => charge !== undefined);
  const balances = collateralHaircuts(risk, holdings, (asset, value) => {
    const isCoin = risk.levels.coins.has(asset);
    const rule = isCoin ? staticCoin(given, asset).collateral : given.pegs[asset]!;
    return haircutOf(rule, value, line);
  });
  return [...positions, ...balances];
}

/** The part of a charge that the market can make worse: not what was paid for, which can lose no more, nor a cut of what is owned. */
function atRisk({ name, amount, inputs }: Charge): bigint {
  const isCut = name === 'collateral-haircut' && inputs['value']! >= 0;
  return name === 'bought-options' || isCut ? 0n : amount;
}

function lineOf(base: Omit<Line, 'amount' | 'charges'>, charges: readonly Charge[]): Line {
  return { ...base, amount: totalOf(charges), charges };
}

function releaseOf(maintenance: Line, buffer: number): Line {
  const risked = maintenance.charges.reduce((sum, charge) => sum + atRisk(charge), 0n);
  const ppm = BigInt(Math.ceil(buffer * Number(PARTS_PER_MILLION)));
  const amount = usd((risked * ppm + PARTS_PER_MILLION - 1n) / PARTS_PER_MILLION);
  if (amount === 0n) return maintenance;
  const inputs = { buffer, maintenance: dollars(usd(risked)) };
  return lineOf(maintenance, [...maintenance.charges, { name: 'release-buffer', amount, inputs }]);
}

function initialAbove(initial: Line, release: Line): Line {
  const amount = usd(release.amount - initial.amount);
  if (amount <= 0n) return initial;
  const inputs = { release: dollars(release.amount) };
  return lineOf(initial, [...initial.charges, { name: 'release-floor', amount, inputs }]);
}

/** The three lines of holdings. */
function linesOf(book: StaticBook, holdings: Holdings) {
  const swept = sweep(book.risk, holdings);
  const base = (line: RatedLine) => ({
    swept: 0n as Usd,
    combined: combine(swept, book.plan, line),
    sweep: swept,
  });
  const maintenance = lineOf(base('maintenance'), chargesOf(book, holdings, 'maintenance'));
  const release = releaseOf(maintenance, book.given.releaseBuffer);
  const initial = lineOf(base('initial'), chargesOf(book, holdings, 'initial'));
  return { maintenance, release, initial: initialAbove(initial, release) };
}

function requireStatic(portfolio: Portfolio, book: StaticBook): Requirement | Refusal {
  if (portfolio.orders.length > 0) {
    const message =
      'open orders are not margined by this version; remove them, or margin the book without them.';
    return refuse('not-supported', message, `account ${portfolio.account}`);
  }
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  const { holdings, unsettled } = held;
  return {
    ...linesOf(book, holdings),
    // Nothing is swept, so no leg has a part in a swept loss; what each needs stands in its charge.
    contributions: Array.from(holdings.rows, (row, i) => ({
      row,
      quantity: holdings.quantities[i]!,
      amount: usd(0n),
    })),
    holdings,
    locked: owedUp(Math.max(0, unsettled)),
    orders: 'exact',
  };
}

/** Percentage of notional, position by position. See docs/methodology.md, rules M-45 to M-47. */
export const staticModel: MarginModel<StaticParameters, StaticBook> = {
  id: 'static',
  defaults: staticDefaults,
  form: staticForm,
  book: buildStaticBook,
  rebook: rebookStatic,
  require: requireStatic,
};
