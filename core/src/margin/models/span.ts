// The model `span`: sixteen scenarios per coin, and charges and credits on net deltas for what they cannot see.

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
import { type Market, underlyingOf } from '../../market/index.ts';
import { compareProducts, compareText, isPremium, type Product } from '../../product/index.ts';
import {
  attribute,
  buildRiskBook,
  type CombinePlan,
  type Holdings,
  type RiskBook,
  settleParts,
} from '../../risk/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { totalOf } from '../charges.ts';
import { collateralHaircuts } from '../haircut.ts';
import { type Held, hold } from '../holdings.ts';
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
import { doubtSpan, spanForm } from '../span/doubt.ts';
import { compositeDeltas, SCENARIOS, spanLanes } from '../span/lanes.ts';
import { type SpanParameters, spanCoin, spanDefaults } from '../span/parameters.ts';
import { riskOf, soloPlan } from '../span/risk.ts';

/** A SPAN book: risk arrays of sixteen lanes, its parameters, and the composite deltas that the arrays hold. */
export interface SpanBook extends MarginBook {
  readonly given: SpanParameters;
  /** Composite delta of each product, dollars per unit (M-52). */
  readonly deltas: Float64Array;
  readonly plan: CombinePlan;
}

function buildSpanBook(
  products: readonly Product[],
  observed: Market,
  parameters: SpanParameters,
): SpanBook | Refusal {
  const doubt = doubtSpan(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters.pegs);
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = withPar(observed, known, parameters.pegs);
  const coins = new Set(
    known.flatMap(({ underlying }) => underlyingOf(market, underlying)?.underlying ?? []),
  );
  const lanes = spanLanes(parameters, [...coins].sort(compareText));
  const built = buildRiskBook(known, market, lanes, (asset) => {
    const range = coins.has(asset) ? spanCoin(parameters, asset).priceScan : 0;
    return { maintenance: range, initial: range };
  });
  if (isRefusal(built)) return built;
  return rebookSpan({ ...built, refused: new Map([...built.refused, ...strangers]) }, parameters);
}

/** The book of `span` from its risk arrays: composite deltas are read off them, so no file holds them. */
function rebookSpan(risk: RiskBook, parameters: SpanParameters): SpanBook | Refusal {
  const doubt = doubtSpan(parameters);
  if (doubt !== undefined) return doubt;
  if (risk.lanes.length !== SCENARIOS) {
    const message = `its ${risk.lanes.length} lanes are not SPAN's ${SCENARIOS} scenarios; write the file again with --model span.`;
    return refuse('bad-parameter', message, 'the book');
  }
  const deltas = compositeDeltas(risk, parameters);
  const digest = digestValue(parameters);
  return { model: 'span', risk, parameters: digest, given: parameters, deltas, plan: soloPlan(risk) };
}

/** Holdings to judge, and the worth of the bought options that were given up to get to them, dollars. */
interface Kept {
  readonly holdings: Holdings;
  readonly givenUp: number;
}

/**
 * A bought option loses no more than it is worth: tried with none given up, with those of each coin, and with all. Of a book of nothing but
 * bought options the last is SPAN's own cap.
 */
function keptOf(holdings: Holdings, { risk }: SpanBook): [Kept, ...Kept[]] {
  const coins = new Set<string>();
  const boughtOf = (row: number, quantity: number) => {
    const product = risk.products[row]!;
    return isPremium(product) && quantity > 0 ? product.underlying : undefined;
  };
  holdings.rows.forEach((row, i) => {
    const coin = boughtOf(row, holdings.quantities[i]!);
    if (coin !== undefined) coins.add(coin);
  });
  const without = (given: ReadonlySet<string>): Kept => {
    let givenUp = 0;
    const quantities = holdings.quantities.map((quantity, i) => {
      const row = holdings.rows[i]!;
      const coin = boughtOf(row, quantity);
      if (coin === undefined || !given.has(coin)) return quantity;
      givenUp += quantity * risk.columns.value[row]!;
      return 0;
    });
    return { holdings: { rows: holdings.rows, quantities }, givenUp };
  };
  const sets = [...coins].map((coin) => new Set([coin]));
  if (coins.size > 1) sets.push(coins);
  return [{ holdings, givenUp: 0 }, ...sets.map(without)];
}

/** `amount x share` rounded up; a share to the millionth, and what binary makes of 1.1 - 1 is a tenth. */
function shareUp(amount: Usd, share: number): Usd {
  const millionths = BigInt(Math.ceil(share * 1e6 - 1e-3));
  return usd((amount * millionths + 999_999n) / 1_000_000n);
}

/** A line that asks for a share of the risk beyond maintenance; haircuts and what is given up stay as they are. */
function aboveMaintenance(
  maintenance: Line,
  risk: Usd,
  share: number,
  name: 'release-buffer' | 'initial-ratio',
) {
  const extra = shareUp(risk, share);
  if (extra === 0n) return maintenance;
  const charge: Charge = { name, amount: extra, inputs: { share, risk: dollars(risk) } };
  return {
    ...maintenance,
    amount: usd(maintenance.amount + extra),
    charges: [...maintenance.charges, charge],
  };
}

/** The three lines. */
interface Lines extends Readonly<Record<LineName, Line>> {
  /** Initial and the net value of the options kept, which may not be withdrawn. */
  readonly staying: Usd;
}

function linesOf(book: SpanBook, { holdings, givenUp }: Kept): Lines {
  const { risk, given } = book;
  const { swept, combined, charges: found } = riskOf(book, book.plan, holdings);
  const owed = owedUp(combined.amount);
  const atRisk = usd(owed + totalOf(found));
  const haircuts = collateralHaircuts(risk, holdings, (asset) =>
    risk.levels.coins.has(asset) ? spanCoin(given, asset) : given.pegs[asset]!,
  );
  const worth = owedUp(givenUp);
  const bought: Charge[] =
    worth > 0n ? [{ name: 'bought-options', amount: worth, inputs: { worth: givenUp } }] : [];
  const charges = [...found, ...haircuts, ...bought];
  const amount = usd(owed + totalOf(charges));
  const maintenance: Line = { amount, swept: owed, charges, combined, sweep: swept };
  const initial = aboveMaintenance(maintenance, atRisk, given.initialRatio - 1, 'initial-ratio');
  return {
    maintenance,
    release: aboveMaintenance(maintenance, atRisk, given.releaseBuffer, 'release-buffer'),
    initial,
    staying: usd(initial.amount + owedUp(netOptionValue(book, holdings))),
  };
}

/** Long less short option value, coin by coin, where it is positive: it counts as equity, and stays. Dollars. */
function netOptionValue({ risk }: SpanBook, { rows, quantities }: Holdings): number {
  const net = new Map<string, number>();
  rows.forEach((row, i) => {
    const product = risk.products[row]!;
    const value = isPremium(product) ? quantities[i]! * risk.columns.value[row]! : 0;
    net.set(product.underlying, (net.get(product.underlying) ?? 0) + value);
  });
  return [...net.values()].reduce((sum, value) => sum + Math.max(0, value), 0);
}

/** Each line the smallest over what may be given up. */
function leastOf(book: SpanBook, holdings: Holdings): Lines {
  const [whole, ...others] = keptOf(holdings, book).map((kept) => linesOf(book, kept));
  return others.reduce((least, lines): Lines => {
    const pick = (line: LineName) => (lines[line].amount < least[line].amount ? lines[line] : least[line]);
    const { staying } = lines.staying < least.staying ? lines : least;
    return { maintenance: pick('maintenance'), release: pick('release'), initial: pick('initial'), staying };
  }, whole!);
}

function requireSpan(portfolio: Portfolio, book: SpanBook): Requirement | Refusal {
  if (portfolio.orders.length > 0) {
    const message =
      'open orders are not margined by this version; remove them, or margin the book without them.';
    return refuse('not-supported', message, `account ${portfolio.account}`);
  }
  const held = hold(portfolio, book.risk);
  return isRefusal(held) ? held : requirementOf(book, held);
}

function requirementOf(book: SpanBook, { holdings, unsettled }: Held): Requirement {
  const { maintenance, release, initial, staying } = leastOf(book, holdings);
  const credit = staying > initial.amount ? staying - initial.amount : 0n;
  return {
    maintenance,
    release,
    initial,
    contributions: contributionsOf(initial, book, holdings),
    holdings,
    locked: usd(owedUp(Math.max(0, unsettled)) + credit),
    orders: 'exact',
  };
}

/** Each holding's P&L in the worst scenario of its coin; balances are not scanned and have none. */
function contributionsOf({ sweep: swept, combined, swept: loss }: Line, book: SpanBook, held: Holdings) {
  const amounts = settleParts(attribute(swept, combined, book.plan), loss);
  return amounts.map((amount, i): Contribution => {
    return { row: held.rows[i]!, quantity: held.quantities[i]!, amount };
  });
}

/** SPAN margin: scan, spreads, credits and minimum. See docs/methodology.md, rules M-50 and on. */
export const span: MarginModel<SpanParameters, SpanBook> = {
  id: 'span',
  defaults: spanDefaults,
  form: spanForm,
  book: buildSpanBook,
  rebook: rebookSpan,
  require: requireSpan,
};
