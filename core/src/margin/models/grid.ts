// The model `grid`: full revaluation over price x vol lanes, worst case, charges, three nested lines.

import { digestValue, dollars, isRefusal, owedUp, type Refusal, refuse, usd } from '../../base/index.ts';
import { type Market, SETTLEMENT_WINDOW_MS, underlyingOf } from '../../market/index.ts';
import { expiryOf, type Product } from '../../product/index.ts';
import {
  attribute,
  buildRiskBook,
  type CombinePlan,
  combine,
  type Holdings,
  planCombine,
  type RiskBook,
  type Swept,
  settleParts,
  sweep,
  UNNAMED_DRIVER,
  withExpiries,
} from '../../risk/index.ts';
import { type Lane, TERM_SCALING } from '../../scenario/index.ts';
import { chargesOf, creditedOptionValue, totalOf } from '../charges.ts';
import { hold } from '../holdings.ts';
import {
  type CoinParameters,
  coinParameters,
  doubtParameters,
  type GridParameters,
  gridDefaults,
  rangesOf,
} from '../parameters.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Charge, Contribution, Line, MarginBook, MarginModel, Requirement } from '../requirement.ts';

/** A grid book: the risk book, its parameters, and the plan of joint moves. */
export interface GridBook extends MarginBook {
  readonly given: GridParameters;
  readonly plan: CombinePlan;
}

/** Most strike nodes of one underlying; beyond it the strikes nearest to the forward are kept. */
export const STRIKE_NODES_MAX = 128;
const MS_PER_DAY = 86_400_000;
const PARTS_PER_MILLION = 1_000_000n;

/** Lanes that put spot exactly on each near strike of the book: between two grid prices a short fly can hide its whole loss. */
export function strikeNodes(
  products: readonly Product[],
  market: Market,
  parameters: GridParameters,
): Lane[] {
  const moves = new Map<string, Map<number, number>>();
  for (const product of products) {
    if (product.kind !== 'option') continue;
    const coin = underlyingOf(market, product.underlying);
    const slice = coin?.slices.find((candidate) => candidate.expiry === product.expiry);
    if (slice === undefined || product.expiry - market.at > parameters.strikeNodeDays * MS_PER_DAY) continue;
    const strike =
      product.settlement === 'inverse'
        ? product.strike
        : product.strike * (market.pegs.get(product.settleAsset) ?? 1);
    const relative = strike / slice.forward - 1;
    if (Math.abs(relative) > coinParameters(parameters, product.underlying).initial) continue;
    const own = moves.get(product.underlying) ?? new Map<number, number>();
    own.set(product.strike, relative);
    moves.set(product.underlying, own);
  }
  return [...moves].flatMap(([underlying, strikes]) => nodesOf(underlying, strikes));
}

function nodesOf(underlying: string, strikes: ReadonlyMap<number, number>): Lane[] {
  const kept = [...strikes].sort(([, a], [, b]) => Math.abs(a) - Math.abs(b)).slice(0, STRIKE_NODES_MAX);
  return kept
    .sort(([a], [b]) => a - b)
    .flatMap(([strike, relative]) => {
      const spot = { kind: 'spot', relative, underlying } as const;
      const rest = { line: 'initial', smile: 'sticky-strike', damp: 1, netting: 'sum' } as const;
      const down = { kind: 'vol', form: 'relative', size: -0.25, scaling: TERM_SCALING } as const;
      return [
        { id: `node/${underlying}@${strike}/vol-same`, moves: [spot], ...rest },
        { id: `node/${underlying}@${strike}/vol-down`, moves: [spot, down], ...rest },
      ];
    });
}

function buildGridBook(
  products: readonly Product[],
  observed: Market,
  parameters: GridParameters,
): GridBook | Refusal {
  const doubt = doubtParameters(parameters);
  if (doubt !== undefined) return doubt;
  const market = withExpiries(observed, products);
  const lanes = [...parameters.scenarios.lanes, ...strikeNodes(products, market, parameters)];
  const risk = buildRiskBook(products, market, lanes, (asset) =>
    rangesOf(parameters, asset, underlyingOf(market, asset) !== undefined),
  );
  if (isRefusal(risk)) return risk;
  return {
    model: 'grid',
    risk,
    parameters: digestValue(parameters),
    given: parameters,
    plan: planCombine(risk, parameters.correlations, parameters.retained, driversOf(parameters)),
  };
}

/** Every named coin, and one that stands for all others, may drive a joint move. */
function driversOf(parameters: GridParameters): Map<string, CoinParameters> {
  return new Map([...Object.entries(parameters.coins), [UNNAMED_DRIVER, parameters.otherCoin]]);
}

/** A line from its swept loss and charges. */
function lineOf(book: GridBook, swept: Swept, line: 'maintenance' | 'initial'): Line {
  const combined = combine(swept, book.plan, line);
  const charges = chargesOf(line, book.risk, swept.holdings, book.given, combined);
  const owed = owedUp(combined.amount);
  return { amount: usd(owed + totalOf(charges)), swept: owed, charges, combined, sweep: swept };
}

function releaseOf(maintenance: Line, buffer: number): Line {
  const ppm = BigInt(Math.ceil(buffer * Number(PARTS_PER_MILLION)));
  const extra = usd((maintenance.amount * ppm + PARTS_PER_MILLION - 1n) / PARTS_PER_MILLION);
  const inputs = { buffer, maintenance: dollars(maintenance.amount) };
  const charge: Charge = { name: 'release-buffer', amount: extra, inputs };
  return {
    ...maintenance,
    amount: usd(maintenance.amount + extra),
    charges: extra > 0n ? [...maintenance.charges, charge] : maintenance.charges,
  };
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

function isExpiring(product: Product, market: Market): boolean {
  const expiry = expiryOf(product);
  return expiry !== undefined && expiry - market.at <= SETTLEMENT_WINDOW_MS;
}

/** Holdings without the legs that are about to be settled away; undefined when there are none. */
function withoutExpiring(holdings: Holdings, risk: RiskBook): Holdings | undefined {
  const keep = Array.from(holdings.rows, (row) => !isExpiring(risk.products[row]!, risk.market));
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
  const sweeps = [held.holdings, ...(rest === undefined ? [] : [rest])].map((one) => sweep(book.risk, one));
  const largest = (line: 'maintenance' | 'initial') =>
    sweeps
      .map((swept) => lineOf(book, swept, line))
      .reduce((most, one) => (one.amount > most.amount ? one : most));
  const maintenance = largest('maintenance');
  const release = releaseOf(maintenance, book.given.releaseBuffer);
  const initial = initialAbove(largest('initial'), release);
  const credited = creditedOptionValue(book.risk, held.holdings, book.given);
  return {
    maintenance,
    release,
    initial,
    contributions: contributionsOf(initial, book),
    holdings: held.holdings,
    locked: owedUp(Math.max(0, held.unsettled) + credited),
    orders: 'exact',
  };
}

function contributionsOf({ sweep: swept, combined, swept: loss }: Line, book: GridBook): Contribution[] {
  const { rows, quantities } = swept.holdings;
  const amounts = settleParts(attribute(swept, combined, book.plan), loss);
  return amounts.map((amount, i) => ({ row: rows[i]!, quantity: quantities[i]!, amount }));
}

/** Full-revaluation grid margin. See docs/methodology.md, rules M-01 and on. */
export const grid: MarginModel<GridParameters, GridBook> = {
  id: 'grid',
  defaults: gridDefaults,
  book: buildGridBook,
  require: requireGrid,
};
