// The skeleton of a model that charges every position by itself and every balance at a haircut: nothing is swept and nothing nets. A model
// says what a row is charged and what a balance counts; lines, open orders and books are the same for all of them.

import { digestValue, dollars, isRefusal, owedUp, type Refusal, usd } from '../../base/index.ts';
import type { Market } from '../../market/index.ts';
import { compareProducts, type Product } from '../../product/index.ts';
import {
  afterFills,
  buildRiskBook,
  type CombinePlan,
  combine,
  type Fill,
  type Holdings,
  planCombine,
  type RiskBook,
  sweep,
  withExpiries,
} from '../../risk/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { type AssetHaircut, collateralHaircuts } from '../haircut.ts';
import { type Held, hold } from '../holdings.ts';
import { isAlike, LINE_NAMES, liftedTo, perLine, totalOf, withCharge, withShare } from '../lines.ts';
import { fillsOf, type OrderFill } from '../orders.ts';
import type { Portfolio } from '../portfolio.ts';
import type {
  Charge,
  Contribution,
  Line,
  LineName,
  MarginBook,
  MarginModel,
  ModelParameters,
  Requirement,
} from '../requirement.ts';
import { type Charging, worstFills } from './fills.ts';
import type { StaticFees } from './parameters.ts';
import { type PositionRule, positionCharge, positionMargin, type RatedLine } from './rules.ts';

/** What every such model is told beside its own rates. */
export interface ByPositionParameters extends ModelParameters {
  /** Release = maintenance plus this share of what positions and debts ask for. */
  readonly releaseBuffer: number;
  readonly fees: StaticFees;
}

/** What makes one model of position-by-position charges differ from another. */
export interface ByPosition<Parameters extends ByPositionParameters> {
  readonly id: string;
  /** The first thing wrong with a parameter set. */
  doubt(parameters: Parameters): Refusal | undefined;
  /** A product that the model has no rule for, as a refusal that says so; products of such a kind are in no row. */
  refuses?(product: Product, parameters: Parameters): Refusal | undefined;
  /** Parameters that name a product of the wrong kind. */
  doubtKinds?(products: readonly Product[], parameters: Parameters): Refusal | undefined;
  /** The rule of every row, convex in its quantity. */
  rulesOf(risk: RiskBook, parameters: Parameters): readonly PositionRule[];
  /** What a balance of an asset counts, by its dollar value. */
  haircutOf(
    risk: RiskBook,
    parameters: Parameters,
    asset: string,
    value: number,
    line: RatedLine,
  ): AssetHaircut;
}

/** A book of such a model: a risk book without lanes, and the rule of every row. */
export interface PositionBook<Parameters extends ByPositionParameters = ByPositionParameters>
  extends MarginBook {
  readonly given: Parameters;
  readonly rules: readonly PositionRule[];
  readonly plan: CombinePlan;
}

/** A book together with what its model says of balances. */
interface Rated extends PositionBook {
  /** What a balance counts, by its asset and dollar value. */
  readonly shareOf: (asset: string, value: number, line: RatedLine) => AssetHaircut;
}

/** Nothing moves, so nothing has a range. */
const NO_RANGE = { maintenance: 0, initial: 0 };

function buildBook<Parameters extends ByPositionParameters>(
  model: ByPosition<Parameters>,
  products: readonly Product[],
  observed: Market,
  parameters: Parameters,
): PositionBook<Parameters> | Refusal {
  const doubt = model.doubt(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  for (const product of products) {
    const refusal = strangers.has(product.id) ? undefined : model.refuses?.(product, parameters);
    if (refusal !== undefined) strangers.set(product.id, refusal);
  }
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const risk = buildRiskBook(known, market, [], () => NO_RANGE);
  if (isRefusal(risk)) return risk;
  return rebook(model, { ...risk, refused: new Map([...risk.refused, ...strangers]) }, parameters);
}

/** The book from its risk arrays: rules follow from columns and parameters. */
function rebook<Parameters extends ByPositionParameters>(
  model: ByPosition<Parameters>,
  risk: RiskBook,
  parameters: Parameters,
): PositionBook<Parameters> | Refusal {
  const doubt = model.doubt(parameters) ?? model.doubtKinds?.(risk.products, parameters);
  if (doubt !== undefined) return doubt;
  for (const product of risk.products) {
    const refusal = model.refuses?.(product, parameters);
    if (refusal !== undefined) return refusal;
  }
  return {
    model: model.id,
    risk,
    parameters: digestValue(parameters),
    given: parameters,
    rules: model.rulesOf(risk, parameters),
    plan: planCombine(risk, { unnamed: 0, pairs: {}, stress: 0 }, 1),
  };
}

/** What positions and balances need on a line, in row order, positions first. */
function chargesOf(book: Rated, holdings: Holdings, line: RatedLine): Charge[] {
  const { risk, rules, shareOf } = book;
  const { rows, quantities } = holdings;
  const positions = Array.from(rows, (row, i) =>
    positionCharge(risk, rules[row]!, row, quantities[i]!, line),
  ).filter((charge) => charge !== undefined);
  const balances = collateralHaircuts(risk, holdings, (asset, value) => shareOf(asset, value, line));
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
  return withShare(maintenance, 'release-buffer', usd(risked), buffer);
}

type Lines = Readonly<Record<LineName, Line>>;

/** The three lines of holdings. */
function linesOf(book: Rated, holdings: Holdings): Lines {
  const swept = sweep(book.risk, holdings);
  const base = (line: RatedLine) => ({
    swept: usd(0n),
    combined: combine(swept, book.plan, line),
    sweep: swept,
  });
  const maintenance = lineOf(base('maintenance'), chargesOf(book, holdings, 'maintenance'));
  const release = releaseOf(maintenance, book.given.releaseBuffer);
  const initial = lineOf(base('initial'), chargesOf(book, holdings, 'initial'));
  return { maintenance, release, initial: liftedTo(initial, release) };
}

/** What a row is charged on a line, dollars: the same as its charges before rounding. */
function chargingOf(book: Rated, line: LineName): Charging {
  const { risk, rules, given, shareOf } = book;
  const rated = line === 'initial' ? 'initial' : 'maintenance';
  const buffer = line === 'release' ? 1 + given.releaseBuffer : 1;
  return (row, quantity) => {
    const rule = rules[row]!;
    if (rule.kind !== 'balance') {
      const isBought = rule.kind === 'premium' && quantity > 0;
      return positionMargin(rule, quantity, rated) * (isBought ? 1 : buffer);
    }
    const value = quantity * risk.columns.value[row]!;
    const { haircut, owed } = shareOf(risk.products[row]!.id, value, rated);
    return value >= 0 ? value * haircut : -value * owed * buffer;
  };
}

/** One charge per filled order: minus the equity it brings. */
export function fillCharges({ products }: RiskBook, fills: readonly Fill[]): Charge[] {
  return fills.map(({ order, jump, legs: [position] }): Charge => {
    const { id, underlying } = products[position!.row]!;
    const inputs = { order, quantity: position!.quantity, jump };
    return { name: 'open-orders', underlying, product: id, amount: owedUp(-jump), inputs };
  });
}

/** A line and what a bound of all subsets asks for beyond it; nothing where the bound is reached. */
export function withBound(line: Line, bound: number): Line {
  const owed = owedUp(bound);
  if (isAlike(line.amount, owed)) return line;
  return withCharge(line, { name: 'open-orders', amount: usd(owed - line.amount), inputs: { bound } });
}

/** Whether a line asks for more than any subset that was tried. */
export const isBeyond = ({ charges }: Line) =>
  charges.some(({ name, product }) => name === 'open-orders' && product === undefined);

/** The lines of holdings with open orders: each after the fills that make it largest. */
function withOrders(book: Rated, { holdings, unsettled }: Held, fills: readonly OrderFill[]) {
  const worst = (line: LineName, of: readonly Fill[]) =>
    worstFills(book.risk, holdings, of, chargingOf(book, line));
  const bounds = perLine((line) => worst(line, fills));
  // Every line looks at the worst subsets of all, so that what nests for each subset nests for the largest.
  const subsets = [[], ...LINE_NAMES.flatMap((line) => bounds[line].subsets)];
  const tried = subsets.map((filled) => {
    const lines = linesOf(book, afterFills(holdings, filled));
    const charges = fillCharges(book.risk, filled);
    return perLine((line) => charges.reduce(withCharge, lines[line]));
  });
  const pick = (name: LineName, bound: number): Line => {
    const most = tried.reduce((best, lines) => (lines[name].amount > best[name].amount ? lines : best));
    return withBound(most[name], bound);
  };
  const maintenance = pick('maintenance', bounds.maintenance.bound);
  const release = liftedTo(pick('release', bounds.release.bound), maintenance);
  const ceiling = Math.max(bounds.initial.bound, bounds.release.bound);
  const initial = liftedTo(pick('initial', ceiling), release);
  const orders: Requirement['orders'] = [maintenance, release, initial].some(isBeyond) ? 'bound' : 'exact';
  // Unsettled profit that fills would bring may not be withdrawn either: to a withdrawal it is no gain.
  const settled = fills.map((fill) => ({ ...fill, jump: fill.jump - fill.unsettled }));
  const staying = unsettled + Math.max(worst('initial', settled).bound, worst('release', settled).bound);
  const locked = owedUp(Math.max(0, staying - dollars(initial.amount)));
  return { maintenance, release, initial, locked, orders };
}

/** The fee of a fill: a share of notional; of an option a share of the index, at most a share of its value. */
function feeOf({ rules, given: { fees } }: Rated, row: number, size: number): number {
  const rule = rules[row]!;
  if (rule.kind === 'outright' || rule.kind === 'ramped') return size * rule.dollars * fees.future;
  return rule.kind === 'premium' ? size * Math.min(fees.option * rule.index, fees.optionCap * rule.worth) : 0;
}

function requireRated(portfolio: Portfolio, book: Rated): Requirement | Refusal {
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  const fills = fillsOf(portfolio, book.risk, (row, size) => feeOf(book, row, size));
  if (isRefusal(fills)) return fills;
  const { holdings, unsettled } = held;
  const judged =
    fills.length > 0
      ? withOrders(book, held, fills)
      : { ...linesOf(book, holdings), locked: owedUp(Math.max(0, unsettled)), orders: 'exact' as const };
  // Nothing is swept, so nothing has a part in a swept loss; what each needs stands in its charge.
  const amount = usd(0n);
  const legs = Array.from(holdings.rows, (row, i): Contribution => {
    return { row, quantity: holdings.quantities[i]!, amount };
  });
  const orders = fills.map(({ order, legs: [position] }): Contribution => ({ ...position!, order, amount }));
  return { ...judged, contributions: [...legs, ...orders], holdings, fills };
}

/**
 * The methods of a model that charges position by position: book, rebook, require. Packing is charged for nothing, since there are no rows.
 * @example export const staticModel = { id: 'static', defaults, form, ...byPosition(rules) };
 */
export function byPosition<Parameters extends ByPositionParameters>(
  model: ByPosition<Parameters>,
): Pick<MarginModel<Parameters, PositionBook<Parameters>>, 'book' | 'rebook' | 'require' | 'packs'> {
  return {
    book: (products, market, parameters) => buildBook(model, products, market, parameters),
    rebook: (risk, parameters) => rebook(model, risk, parameters),
    packs: true,
    require: (portfolio, book) =>
      requireRated(portfolio, {
        ...book,
        shareOf: (asset, value, line) => model.haircutOf(book.risk, book.given, asset, value, line),
      }),
  };
}
