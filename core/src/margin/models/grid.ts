// The model `grid`: full revaluation over price x vol lanes, worst case, charges, three nested lines.

import {
  creditDown,
  digestValue,
  dollars,
  isRefusal,
  MS_PER_DAY,
  owedUp,
  type Refusal,
  refuse,
  usd,
} from '../../base/index.ts';
import { assetUsd, type Market, SETTLEMENT_WINDOW_MS, underlyingOf } from '../../market/index.ts';
import { compareText, expiryOf, type Product } from '../../product/index.ts';
import {
  attribute,
  buildRiskBook,
  type CombinePlan,
  combine,
  type Holdings,
  planCombine,
  type RiskBook,
  settleParts,
  sweep,
  UNNAMED_DRIVER,
  withExpiries,
} from '../../risk/index.ts';
import { type Lane, TERM_SCALING } from '../../scenario/index.ts';
import { chargesOf, totalOf } from '../charges.ts';
import { doubtParameters } from '../doubt.ts';
import { hold } from '../holdings.ts';
import { creditedHoldings, creditedOptionValue } from '../option-value.ts';
import {
  type CoinParameters,
  coinParameters,
  type GridParameters,
  gridDefaults,
  rangesOf,
} from '../parameters.ts';
import type { Portfolio } from '../portfolio.ts';
import type { Charge, Contribution, Line, MarginBook, MarginModel, Requirement } from '../requirement.ts';
import { paidUpWorth, viewsOf } from '../views.ts';

/** A grid book: the risk book, its parameters, and the plan of joint moves. */
export interface GridBook extends MarginBook {
  readonly given: GridParameters;
  readonly plan: CombinePlan;
}

/** Most strike nodes of one underlying; beyond it the strikes nearest to the forward are kept. */
export const STRIKE_NODES_MAX = 128;
const PARTS_PER_MILLION = 1_000_000n;

/** One strike as a move of spot: where the settlement average would stand exactly on it. */
interface StrikeNode {
  readonly name: string;
  readonly relative: number;
}

/**
 * Lanes that put an expiry exactly on each near strike of the book: between two grid prices a short fly can hide its whole loss.
 * In the settlement window spot must move further, because only the open part of the average follows.
 */
export function strikeNodes(
  products: readonly Product[],
  market: Market,
  parameters: GridParameters,
): Lane[] {
  const nodes = new Map<string, Map<number, StrikeNode>>();
  for (const product of products) {
    if (product.kind !== 'option') continue;
    const coin = underlyingOf(market, product.underlying);
    const slice = coin?.slices.find((candidate) => candidate.expiry === product.expiry);
    if (slice === undefined || product.expiry - market.at > parameters.strikeNodeDays * MS_PER_DAY) continue;
    const inverse = product.settlement === 'inverse';
    const strike = inverse ? product.strike : product.strike * (market.pegs.get(product.settleAsset) ?? 1);
    const relative = (strike / slice.forward - 1) / slice.unfixed;
    if (Math.abs(relative) > coinParameters(parameters, product.underlying).initial) continue;
    const own = nodes.get(product.underlying) ?? new Map<number, StrikeNode>();
    own.set(relative, { name: product.id.replace(/-[CP]$/, ''), relative });
    nodes.set(product.underlying, own);
  }
  return [...nodes].flatMap(([underlying, own]) => nodesOf(underlying, [...own.values()]));
}

function nodesOf(underlying: string, nodes: readonly StrikeNode[]): Lane[] {
  const kept = [...nodes]
    .sort((a, b) => Math.abs(a.relative) - Math.abs(b.relative))
    .slice(0, STRIKE_NODES_MAX);
  return kept
    .sort((a, b) => a.relative - b.relative)
    .flatMap(({ name, relative }) => {
      const spot = { kind: 'spot', relative, underlying } as const;
      const rest = { line: 'initial', smile: 'sticky-strike', damp: 1, netting: 'sum' } as const;
      const down = { kind: 'vol', form: 'relative', size: -0.25, scaling: TERM_SCALING, underlying } as const;
      return [
        { id: `node/${name}/vol-same`, moves: [spot], ...rest },
        { id: `node/${name}/vol-down`, moves: [spot, down], ...rest },
      ];
    });
}

/** Lanes in which one stable asset of the book leaves the dollar by its own range while the others stay: stable is not stable. */
function pegLanes(products: readonly Product[], parameters: GridParameters): Lane[] {
  const assets = new Set(products.flatMap((product) => (product.kind === 'asset' ? [product.id] : [])));
  return [...assets].sort(compareText).flatMap((asset): Lane[] => {
    const range = parameters.pegs[asset]?.range ?? 0;
    if (range === 0) return [];
    return [-range, range].map((relative) => ({
      id: `peg/${asset}${relative < 0 ? '-' : '+'}`,
      moves: [{ kind: 'peg', relative, asset }],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'maintenance',
    }));
  });
}

/**
 * Stable assets that the parameters know and the market does not price are taken at par: most chains are coin-settled and say nothing
 * of the dollar coins an account holds.
 */
function withPar(market: Market, products: readonly Product[], parameters: GridParameters): Market {
  const pegs = new Map(market.pegs);
  for (const product of products) {
    const { id, kind } = product;
    if (kind === 'asset' && assetUsd(market, id) === undefined && parameters.pegs[id] !== undefined)
      pegs.set(id, 1);
  }
  return pegs.size === market.pegs.size ? market : { ...market, pegs };
}

/** Assets that are neither coins of the market nor stable by the parameters: there is no range to sweep them with. */
function strangersOf(
  products: readonly Product[],
  market: Market,
  parameters: GridParameters,
): Map<string, Refusal> {
  const strangers = new Map<string, Refusal>();
  for (const product of products) {
    const known = underlyingOf(market, product.underlying) ?? parameters.pegs[product.underlying];
    if (known !== undefined) continue;
    const mend = 'give a chain or a perpetual mark for it, or name its range under pegs if it is stable.';
    const message = `${product.underlying} is neither a coin of the market nor a stable asset of the parameters; ${mend}`;
    strangers.set(product.id, refuse('unknown-asset', message, product.id));
  }
  return strangers;
}

function buildGridBook(
  products: readonly Product[],
  observed: Market,
  parameters: GridParameters,
): GridBook | Refusal {
  const doubt = doubtParameters(parameters);
  if (doubt !== undefined) return doubt;
  const strangers = strangersOf(products, observed, parameters);
  const known = products.filter((product) => !strangers.has(product.id));
  const market = withExpiries(withPar(observed, known, parameters), known);
  const nodes = strikeNodes(known, market, parameters);
  const lanes = [...parameters.scenarios.lanes, ...pegLanes(known, parameters), ...nodes];
  const risk = buildRiskBook(known, market, lanes, (asset) =>
    rangesOf(parameters, asset, underlyingOf(market, asset) !== undefined),
  );
  if (isRefusal(risk)) return risk;
  return {
    model: 'grid',
    risk: { ...risk, refused: new Map([...risk.refused, ...strangers]) },
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
function lineOf(book: GridBook, holdings: Holdings, line: 'maintenance' | 'initial'): Line {
  const { risk, given, plan } = book;
  // What initial margin does not credit is not there to lose either: long options are swept in the part that counts.
  const counted = line === 'initial' ? creditedHoldings(risk, holdings, given) : holdings;
  const swept = sweep(risk, counted);
  const combined = combine(swept, plan, line);
  const charges = chargesOf(line, risk, holdings, given, combined);
  const owed = owedUp(combined.amount);
  return { amount: usd(owed + totalOf(charges)), swept: owed, charges, combined, sweep: swept };
}

/** A buffer above maintenance; of an account that has paid for all it holds, not beyond what that is worth. */
function releaseOf(maintenance: Line, buffer: number, worth: number | undefined): Line {
  const ppm = BigInt(Math.ceil(buffer * Number(PARTS_PER_MILLION)));
  const whole = (maintenance.amount * ppm + PARTS_PER_MILLION - 1n) / PARTS_PER_MILLION;
  const room = worth === undefined ? whole : creditDown(worth) - maintenance.amount;
  const extra = usd(room < whole ? (room > 0n ? room : 0n) : whole);
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
  const variants = [held.holdings, ...(rest === undefined ? [] : [rest])];
  const largest = (line: 'maintenance' | 'initial') =>
    variants
      .map((one) => lineOf(book, one, line))
      .reduce((most, one) => (one.amount > most.amount ? one : most));
  const maintenance = largest('maintenance');
  const legs = viewsOf(book.risk, held.holdings, book.given).flatMap((seen) => seen.legs);
  const worth = paidUpWorth({ book: book.risk, legs });
  const release = releaseOf(maintenance, book.given.releaseBuffer, worth);
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
