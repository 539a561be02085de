// The model `derive-srm`: Derive's Standard Manager. No scenarios: perpetuals by a share of notional, options expiry by expiry by the cheaper of
// two formulas, collateral at a factor; all markets of an account share its cash.

import { dollars, isRefusal, owedUp, type Refusal, refuse, usd } from '../../../base/index.ts';
import { afterFills, combine, type Fill, type Holdings, sweep } from '../../../risk/index.ts';
import { type Held, hold } from '../../holdings.ts';
import { cappedTo, LINE_NAMES, liftedTo, perLine, totalOf, withCharge, withShare } from '../../lines.ts';
import { fillsOf, type OrderFill } from '../../orders.ts';
import type { Portfolio } from '../../portfolio.ts';
import type {
  Contribution,
  Line,
  LineName,
  MarginModel,
  Requirement,
  VenueFacts,
} from '../../requirement.ts';
import { fillCharges, isBeyond, withBound } from '../../static/by-position.ts';
import type { RatedLine } from '../../static/rules.ts';
import { DERIVE_CASH } from './portfolio-parameters.ts';
import { buildSrmBook, rebookSrm, type SrmBook } from './srm-book.ts';
import { srmCharges } from './srm-charges.ts';
import { srmForm } from './srm-form.ts';
import { srmWorst } from './srm-orders.ts';
import { type SrmParameters, srmDefaults, srmHistory } from './srm-parameters.ts';

type Lines = Readonly<Record<LineName, Line>>;

/** The three lines of holdings (M-137). */
function linesOf(book: SrmBook, holdings: Holdings): Lines {
  const swept = sweep(book.risk, holdings);
  const lineOf = (rated: RatedLine): Line => {
    const charges = srmCharges(book, holdings, rated);
    const base = { swept: usd(0n), combined: combine(swept, book.plan, rated), sweep: swept };
    return { ...base, amount: totalOf(charges), charges };
  };
  const maintenance = lineOf('maintenance');
  const initial = liftedTo(lineOf('initial'), maintenance);
  const risked = usd(maintenance.amount > 0n ? maintenance.amount : 0n);
  const buffered = withShare(maintenance, 'release-buffer', risked, book.given.bufferMarginPercentage);
  return { maintenance, release: cappedTo(buffered, initial), initial };
}

/** The lines of holdings with open orders: each after the fills that make it largest (M-138). */
function withOrders(book: SrmBook, { holdings, unsettled }: Held, fills: readonly OrderFill[]) {
  const worst = (line: LineName, of: readonly Fill[]) => srmWorst(book, holdings, of, line);
  const found = perLine((line) => worst(line, fills));
  const subsets = [[], ...LINE_NAMES.map((line) => found[line].subset)];
  const tried = subsets.map((filled) => {
    const lines = linesOf(book, afterFills(holdings, filled));
    const charges = fillCharges(book.risk, filled);
    return perLine((line) => charges.reduce(withCharge, lines[line]));
  });
  const pick = (name: LineName, bound: number): Line => {
    const most = tried.reduce((best, lines) => (lines[name].amount > best[name].amount ? lines : best));
    return withBound(most[name], bound);
  };
  const { bound: least } = found.maintenance;
  const most = Math.max(found.initial.bound, least);
  const maintenance = pick('maintenance', least);
  const initial = liftedTo(pick('initial', most), maintenance);
  const buffered = pick('release', Math.min(Math.max(found.release.bound, least), most));
  const release = liftedTo(cappedTo(buffered, initial), maintenance);
  const orders: Requirement['orders'] = [maintenance, release, initial].some(isBeyond) ? 'bound' : 'exact';
  // Unsettled profit that fills would bring may not be withdrawn either: to a withdrawal it is no gain.
  const settled = fills.map((fill) => ({ ...fill, jump: fill.jump - fill.unsettled }));
  const staying = unsettled + worst('initial', settled).bound;
  const locked = owedUp(Math.max(0, staying - dollars(initial.amount)));
  return { maintenance, release, initial, locked, orders };
}

/** A balance that the venue cannot owe: it lends cash alone. */
function doubtDebts({ risk, rules }: SrmBook, { rows, quantities }: Holdings): Refusal | undefined {
  const at = rows.findIndex((row, i) => rules[row]!.kind === 'base' && quantities[i]! < 0);
  if (at < 0) return undefined;
  const { id } = risk.products[rows[at]!]!;
  const message = `Derive lends ${DERIVE_CASH} alone, and this balance is ${quantities[at]!}; owe ${DERIVE_CASH} instead.`;
  return refuse('not-supported', message, id);
}

/** The fee of a fill: a share of notional at the index, of an option at most a share of its value. */
function feeOf({ rules, given: { fees } }: SrmBook, row: number, size: number): number {
  const rule = rules[row]!;
  if (rule.kind === 'perpetual') return size * rule.coin.spot * fees.perpetual;
  if (rule.kind !== 'option') return 0;
  return size * Math.min(fees.option * rule.coin.spot, fees.optionCap * rule.leg.mark);
}

function requireSrm(portfolio: Portfolio, book: SrmBook): Requirement | Refusal {
  const held = hold(portfolio, book.risk);
  if (isRefusal(held)) return held;
  const { holdings, unsettled } = held;
  const fills =
    doubtDebts(book, holdings) ?? fillsOf(portfolio, book.risk, (row, size) => feeOf(book, row, size));
  if (isRefusal(fills)) return fills;
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

const HELD_AGAINST =
  "held against the numbers that the contracts return in the venue's own test cases, to 1e-9";

const facts: VenueFacts<SrmParameters> = {
  venue: 'Derive, Standard Manager',
  unit: 'dollars; divided by the price of USDC they are the amounts of the venue, which adds dollars of spot, forwards and marks to USDC as they are',
  exactness: {
    'srm-perpetual': { level: 'exact', why: HELD_AGAINST },
    'srm-isolated': { level: 'exact', why: HELD_AGAINST },
    'srm-bought': { level: 'exact', why: HELD_AGAINST },
    'srm-max-loss': { level: 'exact', why: HELD_AGAINST },
    'srm-oracle': { level: 'exact', why: HELD_AGAINST },
    'srm-depeg': { level: 'exact', why: HELD_AGAINST },
    'srm-base': {
      level: 'partly',
      why: `${HELD_AGAINST}, but no case has collateral while USDC is off its peg: that its worth, not its margin, is over the price of USDC is read from the rule`,
    },
    release: {
      level: 'partly',
      why: "the margin at which the venue's auction stops, maintenance and 15 % of it, but never more than its initial margin, where the auction would go on",
    },
    orders: {
      level: 'indicative',
      why: 'the contracts know no orders and the venue does not say how it checks them before matching; ours is the worst subset of fills, with assumed trading fees',
    },
  },
  history: srmHistory,
};

/** Derive's Standard Manager. See docs/venues/derive.md, rules M-130 to M-138. */
export const deriveStandard: MarginModel<SrmParameters, SrmBook> = {
  id: 'derive-srm',
  defaults: srmDefaults,
  facts,
  form: srmForm,
  packs: true,
  book: buildSrmBook,
  rebook: rebookSrm,
  require: requireSrm,
};
