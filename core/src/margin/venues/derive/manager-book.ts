// The book of a portfolio manager, and what its two versions have in common. Derive margins market by market: one manager each.

import {
  digestValue,
  type Instant,
  isRefusal,
  type Refusal,
  refuse,
  yearsBetween,
} from '../../../base/index.ts';
import { doubtMarket, type Market, type Slice, underlyingOf } from '../../../market/index.ts';
import { compareProducts, type Product } from '../../../product/index.ts';
import { buildRiskBook, fullRevaluation, type RiskBook, withExpiries } from '../../../risk/index.ts';
import type { Lane } from '../../../scenario/index.ts';
import { withPar } from '../../assets.ts';
import type { ModelParameters } from '../../requirement.ts';
import { soloPlan } from '../../span/risk.ts';
import type { SweepingBook } from '../sweeping.ts';
import { type Home, homeOf, managersOf, refuseForeign } from './managers.ts';
import {
  DERIVE_CASH,
  type DeriveCollateral,
  type DeriveFees,
  type DerivePortfolioParameters,
} from './portfolio-parameters.ts';
import { deriveUnits } from './unit.ts';

/** A book of Derive: risk arrays, parameters, and the market every balance is collateral in. */
export interface ManagerBook<M> extends SweepingBook {
  readonly given: DerivePortfolioParameters<M>;
  readonly homes: ReadonlyMap<string, Home>;
}

/** Where the versions of the manager differ. */
export interface ManagerVersion<M> {
  readonly model: string;
  /** Whether values are discounted at the rate of their expiry. */
  readonly discounts: boolean;
  readonly doubt: (parameters: DerivePortfolioParameters<M>) => Refusal | undefined;
  readonly lanesOf: (market: M, coin: string) => readonly Lane[];
  readonly collateralsOf: (market: M, coin: string) => Readonly<Record<string, DeriveCollateral>>;
  /** Factors on the net value of an expiry by its sign: the static discount (M-88). */
  readonly discountOf: (
    market: M,
    years: number,
    rate: number,
  ) => { readonly gain: number; readonly loss: number };
}

const NO_RANGE = { maintenance: 0, initial: 0 };

/** Balances that no market takes, and contracts that no market lists. */
function refusedOf<M>(
  products: readonly Product[],
  { markets, manager, pegs }: DerivePortfolioParameters<M>,
  homes: ReadonlyMap<string, Home>,
): Map<string, Refusal> {
  const refused = new Map<string, Refusal>();
  for (const product of products) {
    const { id, kind } = product;
    if (kind !== 'asset') {
      const foreign = refuseForeign(product, managersOf(manager, Object.keys(markets)), DERIVE_CASH);
      if (foreign !== undefined) refused.set(id, foreign);
    } else if (pegs[id] === undefined && !homes.has(id)) {
      const message = `no manager of this account takes ${id} as collateral; leave it out, or name it under the collaterals of a market.`;
      refused.set(id, refuse('unknown-asset', message, id));
    }
  }
  return refused;
}

/** The market of every balance that is no cash. */
function homesOf<M>(
  products: readonly Product[],
  { markets, manager }: DerivePortfolioParameters<M>,
  version: ManagerVersion<M>,
): Map<string, Home> {
  const managers = managersOf(manager, Object.keys(markets));
  const homes = new Map<string, Home>();
  for (const { id, kind } of products) {
    if (kind !== 'asset') continue;
    const collateralsOf = (market: string) => version.collateralsOf(markets[market]!, market);
    const home = homeOf(id, managers, collateralsOf);
    if (home !== undefined) homes.set(id, home);
  }
  return homes;
}

/** Collateral that counts against a market's risk moves with its coin. */
function placed(product: Product, homes: ReadonlyMap<string, Home>): Product {
  const home = product.kind === 'asset' ? homes.get(product.id) : undefined;
  return home?.collateral.riskCancelling === 1 ? { ...product, underlying: home.market } : product;
}

/** The book of a manager's version: products in their markets, the lanes of every market held, static discounts by expiry. */
export function buildManagerBook<M>(
  products: readonly Product[],
  observed: Market,
  parameters: DerivePortfolioParameters<M>,
  version: ManagerVersion<M>,
): ManagerBook<M> | Refusal {
  const doubt = version.doubt(parameters) ?? doubtMarket(observed);
  if (doubt !== undefined) return doubt;
  const homes = homesOf(products, parameters, version);
  const strangers = refusedOf(products, parameters, homes);
  const known = products
    .filter((product) => !strangers.has(product.id))
    .map((product) => placed(product, homes))
    .sort(compareProducts);
  const priced = withPar(observed, known, parameters.pegs);
  const market = withExpiries(deriveUnits(priced, version.discounts), known);
  const managers = managersOf(parameters.manager, Object.keys(parameters.markets));
  const held = new Set(known.map(({ underlying }) => underlying));
  const coins = managers.filter((coin) => held.has(coin));
  const lanes = coins.flatMap((coin) => version.lanesOf(parameters.markets[coin]!, coin));
  const rateOf = (coin: string, expiry: Instant) => sliceOf(observed, coin, expiry)?.rate ?? 0;
  const method = {
    ...fullRevaluation,
    terms: [version.model, digestValue(parameters)],
    factorsOf: (coin: string, expiry: Instant) =>
      version.discountOf(
        parameters.markets[coin]!,
        Math.max(0, yearsBetween(market.at, expiry)),
        Math.max(0, rateOf(coin, expiry)),
      ),
  };
  const risk = buildRiskBook(known, market, lanes, () => NO_RANGE, method);
  if (isRefusal(risk)) return risk;
  return rebookManager({ ...risk, refused: new Map([...risk.refused, ...strangers]) }, parameters, version);
}

function sliceOf(market: Market, coin: string, expiry: Instant): Slice | undefined {
  return underlyingOf(market, coin)?.slices.find((slice) => slice.expiry === expiry);
}

/** The book from its risk arrays. */
export function rebookManager<M>(
  risk: RiskBook,
  parameters: DerivePortfolioParameters<M>,
  version: ManagerVersion<M>,
): ManagerBook<M> | Refusal {
  return (
    version.doubt(parameters) ?? {
      model: version.model,
      risk,
      parameters: digestValue(parameters as object as ModelParameters),
      given: parameters,
      homes: homesOf(risk.products, parameters, version),
      plan: soloPlan(risk),
    }
  );
}

/** What a USDC is worth, dollars. */
export function stablePrice({ risk }: SweepingBook): number {
  return risk.levels.pegs.get(DERIVE_CASH) ?? 1;
}

/** The fee of a fill: a share of the notional at the index, of an option at most a share of its value. */
export function deriveFee(
  { risk }: SweepingBook,
  row: number,
  size: number,
  { perpetual, option, optionCap }: DeriveFees,
): number {
  const product = risk.products[row]!;
  const index = risk.levels.coins.get(product.underlying)?.index ?? 0;
  if (product.kind === 'option') return size * Math.min(option * index, optionCap * risk.columns.value[row]!);
  return size * index * perpetual;
}
