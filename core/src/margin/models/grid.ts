// The model `grid`: full revaluation over price x vol lanes, worst case, charges, three nested lines.

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
import { type Market, SETTLEMENT_WINDOW_MS, underlyingOf } from '../../market/index.ts';
import { compareProducts, expiryOf, type Product } from '../../product/index.ts';
import {
  attribute,
  betterOf,
  buildRiskBook,
  type CombinePlan,
  combine,
  type Holdings,
  type Levels,
  planCombine,
  type RiskBook,
  type RowMethod,
  type Swept,
  settleParts,
  sweep,
  UNNAMED_DRIVER,
  withExpiries,
} from '../../risk/index.ts';
import { LANES_MAX } from '../../scenario/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { chargesOf, sizeChargesOf, totalOf } from '../charges.ts';
import { doubtParameters, gridForm } from '../doubt.ts';
import { hold } from '../holdings.ts';
import { creditOf } from '../option-value.ts';
import { type CoinParameters, type GridParameters, gridDefaults, rangesOf } from '../parameters.ts';
import type { Portfolio } from '../portfolio.ts';
import type {
  Charge,
  Contribution,
  Line,
  LineName,
  MarginBook,
  MarginModel,
  Requirement,
} from '../requirement.ts';
import { pegLanes, strikeNodes, tooManyNodes } from './own-lanes.ts';

/** A grid book: the risk book, its parameters, and the plan of joint moves. */
export interface GridBook extends MarginBook {
  readonly given: GridParameters;
  readonly plan: CombinePlan;
}

const PARTS_PER_MILLION = 1_000_000n;

/** The book of `grid`; of a model that differs from it in nothing but its rows, by that model's method. */
export function buildGridBook(
  products: readonly Product[],
  observed: Market,
  parameters: GridParameters,
  method?: RowMethod,
): GridBook | Refusal {
  const doubt = doubtParameters(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withExpiries(withPar(observed, known, parameters.pegs), known);
  const nodes = strikeNodes(known, market, parameters);
  const lanes = [...parameters.scenarios.lanes, ...pegLanes(known, parameters), ...nodes];
  if (lanes.length > LANES_MAX) return tooManyNodes(lanes.length, nodes.length);
  const ranges = (asset: string) => rangesOf(parameters, asset, underlyingOf(market, asset) !== undefined);
  const risk = buildRiskBook(known, market, lanes, ranges, method);
  if (isRefusal(risk)) return risk;
  return rebookGrid({ ...risk, refused: new Map([...risk.refused, ...strangers]) }, parameters);
}

/** The book of `grid` from its risk arrays: the plan of joint moves follows from lanes and ranges, so no file holds it. */
export function rebookGrid(risk: RiskBook, parameters: GridParameters): GridBook | Refusal {
  return (
    doubtParameters(parameters) ?? {
      model: 'grid',
      risk,
      parameters: digestValue(parameters),
      given: parameters,
      plan: planCombine(risk, parameters.correlations, parameters.retained, driversOf(parameters)),
    }
  );
}

/** Every named coin, and one that stands for all others, may drive a joint move. */
function driversOf(parameters: GridParameters): Map<string, CoinParameters> {
  return new Map([...Object.entries(parameters.coins), [UNNAMED_DRIVER, parameters.otherCoin]]);
}

/** Holdings to judge, and what was given up to get to them: bought options taken as worth nothing, dollars. */
interface Kept {
  readonly holdings: Holdings;
  readonly givenUp: number;
}

/**
 * Whoever has bought options may let them go: a line never needs more than their whole worth plus what the rest of the book needs.
 * Tried with none given up, with those of each underlying, and with all.
 */
function keptOf(holdings: Holdings, { risk }: GridBook): [Kept, ...Kept[]] {
  const bought = Array.from(holdings.rows, (row, i) =>
    risk.products[row]!.kind === 'option' && holdings.quantities[i]! > 0
      ? risk.products[row]!.underlying
      : undefined,
  );
  const coins = new Set(bought.filter((coin) => coin !== undefined));
  const sets = [...coins].map((coin) => new Set([coin]));
  if (coins.size > 1) sets.push(coins);
  const given = sets.map((set): Kept => {
    let givenUp = 0;
    const quantities = holdings.quantities.map((quantity, i) => {
      const coin = bought[i];
      if (coin === undefined || !set.has(coin)) return quantity;
      givenUp += quantity * risk.columns.value[holdings.rows[i]!]!;
      return 0;
    });
    return { holdings: { rows: holdings.rows, quantities }, givenUp };
  });
  return [{ holdings, givenUp: 0 }, ...given];
}

/** A line from its swept loss and charges. */
function lineOf(
  book: GridBook,
  { holdings, givenUp }: Kept,
  swept: Swept,
  line: 'maintenance' | 'initial',
): Line {
  const { risk, given, plan } = book;
  const combined = combine(swept, plan, line);
  const charges = chargesOf(line, risk, holdings, given, combined);
  const worth = owedUp(givenUp);
  if (worth > 0n) charges.push({ name: 'bought-options', amount: worth, inputs: { worth: givenUp } });
  const owed = owedUp(combined.amount);
  return { amount: usd(owed + totalOf(charges)), swept: owed, charges, combined, sweep: swept };
}

/** A buffer above a maintenance line; not on bought options that are given up, which can lose no more. */
function releaseOf(maintenance: Line, buffer: number): Line {
  const ppm = BigInt(Math.ceil(buffer * Number(PARTS_PER_MILLION)));
  const givenUp = maintenance.charges.find(({ name }) => name === 'bought-options')?.amount ?? 0n;
  const atRisk = maintenance.amount - givenUp;
  const extra = usd((atRisk * ppm + PARTS_PER_MILLION - 1n) / PARTS_PER_MILLION);
  const inputs = { buffer, maintenance: dollars(usd(atRisk)) };
  const charge: Charge = { name: 'release-buffer', amount: extra, inputs };
  return {
    ...maintenance,
    amount: usd(maintenance.amount + extra),
    charges: extra > 0n ? [...maintenance.charges, charge] : maintenance.charges,
  };
}

/** The three lines, initial still without its floor. */
interface Lines extends Readonly<Record<LineName, Line>> {
  /** Initial and the option value that it credits, which may not be withdrawn (M-31). */
  readonly staying: Usd;
}

function linesOf(book: GridBook, kept: Kept): Lines {
  const { risk, given } = book;
  const swept = sweep(risk, kept.holdings);
  const maintenance = lineOf(book, kept, swept, 'maintenance');
  // What initial margin does not credit need not be there to lose either; but where it hedges, it is.
  const { credited, counted } = creditOf(risk, kept.holdings, given);
  const better = counted === kept.holdings ? swept : betterOf(swept, sweep(risk, counted));
  const initial = lineOf(book, kept, better, 'initial');
  return {
    maintenance,
    release: releaseOf(maintenance, given.releaseBuffer),
    initial,
    staying: usd(initial.amount + owedUp(credited)),
  };
}

/** Each line by itself: the one of `a` unless that of `b` is better. */
function eachOf(a: Lines, b: Lines, better: (b: Usd, a: Usd) => boolean): Lines {
  const pick = (line: LineName) => (better(b[line].amount, a[line].amount) ? b[line] : a[line]);
  return {
    maintenance: pick('maintenance'),
    release: pick('release'),
    initial: pick('initial'),
    staying: better(b.staying, a.staying) ? b.staying : a.staying,
  };
}

/** Each line the smallest over what may be given up. */
function leastOf(book: GridBook, holdings: Holdings): Lines {
  const [whole, ...others] = keptOf(holdings, book);
  return others.reduce(
    (least, kept) => {
      // A line is never less than the worth of what was given up for it.
      const worth = owedUp(kept.givenUp);
      if (worth >= least.release.amount && worth >= least.staying) return least;
      return eachOf(least, linesOf(book, kept), (b, a) => b < a);
    },
    linesOf(book, whole),
  );
}

function initialAbove(initial: Line, release: Line): Line {
  const missing = usd(release.amount - initial.amount);
  if (missing <= 0n) return initial;
  const charge: Charge = {
    name: 'release-floor',
    amount: missing,
    inputs: { release: dollars(release.amount) },
  };
  return { ...initial, amount: release.amount, charges: [...initial.charges, charge] };
}

function isExpiring(product: Product, { at }: Levels): boolean {
  const expiry = expiryOf(product);
  return expiry !== undefined && expiry - at <= SETTLEMENT_WINDOW_MS;
}

/** Holdings without the legs that are about to be settled away; undefined when there are none. */
function withoutExpiring(holdings: Holdings, risk: RiskBook): Holdings | undefined {
  const keep = Array.from(holdings.rows, (row) => !isExpiring(risk.products[row]!, risk.levels));
  if (keep.every(Boolean)) return undefined;
  return {
    rows: holdings.rows.filter((_, i) => keep[i]),
    quantities: holdings.quantities.filter((_, i) => keep[i]),
  };
}

function requireGrid(portfolio: Portfolio, book: GridBook): Requirement | Refusal {
  if (portfolio.orders.length > 0) {
    const message =
      'open orders are not margined by this version; remove them, or margin the book without them.';
    return refuse('not-supported', message, `account ${portfolio.account}`);
  }
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  const rest = withoutExpiring(held.holdings, book.risk);
  const whole = leastOf(book, held.holdings);
  const lines = rest === undefined ? whole : eachOf(whole, leastOf(book, rest), (b, a) => b > a);
  const { maintenance, release } = lines;
  const initial = initialAbove(lines.initial, release);
  const credit = lines.staying > initial.amount ? lines.staying - initial.amount : 0n;
  return {
    maintenance,
    release,
    initial,
    contributions: contributionsOf(initial, book, held.holdings),
    holdings: held.holdings,
    locked: usd(owedUp(Math.max(0, held.unsettled)) + credit),
    orders: 'exact',
  };
}

function contributionsOf({ sweep: swept, combined, swept: loss }: Line, book: GridBook, held: Holdings) {
  const amounts = settleParts(attribute(swept, combined, book.plan), loss);
  const quantityOf = new Map(Array.from(held.rows, (row, i) => [row, held.quantities[i]!]));
  return amounts.map((amount, i): Contribution => {
    const row = swept.holdings.rows[i]!;
    return { row, quantity: quantityOf.get(row)!, amount };
  });
}

/** Full-revaluation grid margin. See docs/methodology.md, rules M-01 and on. */
export const grid: MarginModel<GridParameters, GridBook> = {
  id: 'grid',
  defaults: gridDefaults,
  form: gridForm,
  book: buildGridBook,
  rebook: rebookGrid,
  require: requireGrid,
  sizeCharges: (holdings, { risk, given }) => sizeChargesOf(risk, holdings, given),
};
