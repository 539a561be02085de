// The model `span`: sixteen scenarios per coin, and charges and credits on net deltas for what they cannot see.

import { digestValue, isRefusal, owedUp, type Refusal, refuse, type Usd, usd } from '../../base/index.ts';
import { type Market, underlyingOf } from '../../market/index.ts';
import { compareProducts, compareText, type Product } from '../../product/index.ts';
import { attribute, buildRiskBook, type Holdings, type RiskBook, settleParts } from '../../risk/index.ts';
import { strangersOf, withPar } from '../assets.ts';
import { type Held, hold } from '../holdings.ts';
import { amountsOf, LINE_NAMES } from '../lines.ts';
import { fillsOf, isReached, type OrderFill } from '../orders.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Contribution, MarginModel, Requirement } from '../requirement.ts';
import { doubtSpan, spanForm } from '../span/doubt.ts';
import { compositeDeltas, SCENARIOS, spanLanes } from '../span/lanes.ts';
import { leastOf, type SpanBook } from '../span/lines.ts';
import { partsOfBound } from '../span/ordered.ts';
import { type OrderedLine, orderedLeast } from '../span/ordered-lines.ts';
import { type SpanParameters, spanCoin, spanDefaults } from '../span/parameters.ts';
import { soloPlan } from '../span/risk.ts';

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

function requireSpan(portfolio: Portfolio, book: SpanBook): Requirement | Refusal {
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  // SPAN knows no trading fee.
  const fills = fillsOf(portfolio, book.risk, () => 0);
  if (isRefusal(fills)) return fills;
  return fills.length === 0 ? requirementOf(book, held) : orderedRequirement(book, held, fills);
}

function requirementOf(book: SpanBook, { holdings, unsettled }: Held): Requirement {
  const { maintenance, release, initial, staying } = leastOf(book, holdings);
  const { sweep: swept, combined, swept: loss } = initial;
  const amounts = settleParts(attribute(swept, combined), loss);
  const contributions = amounts.map((amount, i): Contribution => {
    return { row: holdings.rows[i]!, quantity: holdings.quantities[i]!, amount };
  });
  const locked = lockedOf(unsettled, staying, initial.amount);
  return { maintenance, release, initial, contributions, holdings, fills: [], locked, orders: 'exact' };
}

/** Unsettled profit, and what of the net option value the initial line has not locked itself. */
function lockedOf(unsettled: number, staying: Usd, initial: Usd): Usd {
  const credit = staying > initial ? staying - initial : 0n;
  return usd(owedUp(Math.max(0, unsettled)) + credit);
}

function orderedRequirement(
  book: SpanBook,
  { holdings, unsettled }: Held,
  fills: readonly OrderFill[],
): Requirement {
  const lines = orderedLeast(book, holdings, fills);
  const { maintenance, release, initial, staying } = lines;
  const subsets = LINE_NAMES.map((line) => fills.filter((_, i) => lines[line].judged.counted.has(i)));
  const isExact = isReached(amountsOf(lines), [[], ...subsets], holdings, (after) =>
    amountsOf(leastOf(book, after)),
  );
  return {
    maintenance,
    release,
    initial,
    contributions: orderedContributions(book, initial, holdings, fills),
    holdings,
    fills,
    locked: lockedOf(unsettled, staying, initial.amount),
    orders: isExact ? 'exact' : 'bound',
  };
}

/** Parts of holdings and of open orders in the worst scenario of their coin; balances are not scanned and have none. */
function orderedContributions(
  book: SpanBook,
  { judged, swept: loss }: OrderedLine,
  held: Holdings,
  fills: readonly OrderFill[],
): Contribution[] {
  const ofRows = new Map<number, number>();
  const ofFills = new Float64Array(fills.length);
  for (const bound of judged.coins) {
    const parts = partsOfBound(book, bound, judged.view, fills.length);
    for (const [row, part] of parts.rows) ofRows.set(row, part);
    parts.fills.forEach((part, i) => {
      ofFills[i]! += part;
    });
  }
  const ofHeld = Array.from(held.rows, (row) => ofRows.get(row) ?? 0);
  const amounts = settleParts(Float64Array.of(...ofHeld, ...ofFills), loss);
  const legs = Array.from(held.rows, (row, i): Contribution => {
    return { row, quantity: held.quantities[i]!, amount: amounts[i]! };
  });
  const orders = fills.map(({ order, legs: [position] }, i): Contribution => {
    return { ...position!, order, amount: amounts[legs.length + i]! };
  });
  return [...legs, ...orders];
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
