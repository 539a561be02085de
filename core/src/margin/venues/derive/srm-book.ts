// A book under the Standard Manager: what every row is margined by, and what of it the venue has no rule for.

import { digestValue, isRefusal, type Refusal, refuse } from '../../../base/index.ts';
import { assetUsd, doubtMarket, type Market } from '../../../market/index.ts';
import { compareProducts, type Option, type Product } from '../../../product/index.ts';
import {
  buildRiskBook,
  type CombinePlan,
  type Levels,
  planCombine,
  type RiskBook,
  withExpiries,
} from '../../../risk/index.ts';
import { withPar } from '../../assets.ts';
import type { MarginBook } from '../../requirement.ts';
import { DERIVE_CASH } from './portfolio-parameters.ts';
import { doubtSrm } from './srm-form.ts';
import {
  type SrmOption,
  type SrmOracle,
  type SrmParameters,
  type SrmPerp,
  srmMarket,
  srmOracle,
} from './srm-parameters.ts';
import { type SrmCollateralRates, srmDepeg } from './srm-rules.ts';
import { deriveUnits } from './unit.ts';

/** What a coin's positions share. Prices are dollars times the price of the stable (M-86). */
export interface SrmCoin {
  readonly name: string;
  readonly spot: number;
  /** Of its index, and the lesser of that and of its perpetual's mark. */
  readonly spotConfidence: number;
  readonly perpConfidence: number;
  readonly oracle: SrmOracle;
  /** What a stable below its threshold adds to initial margin per perpetual held and option sold (M-136). */
  readonly depeg: number;
}

/** How a row is margined. */
export type SrmRow =
  | { readonly kind: 'cash' }
  | {
      readonly kind: 'base';
      /** Dollars per unit, times the price of the stable: what margin counts of. */
      readonly spot: number;
      readonly confidence: number;
      readonly rates: SrmCollateralRates;
    }
  | { readonly kind: 'perpetual'; readonly coin: SrmCoin; readonly mark: number; readonly rates: SrmPerp }
  | {
      readonly kind: 'option';
      readonly coin: SrmCoin;
      readonly leg: { readonly right: 'call' | 'put'; readonly strike: number; readonly mark: number };
      readonly forward: number;
      /** The least of what its coin's index and its expiry's forward and vols are sure of. */
      readonly confidence: number;
      readonly rates: SrmOption;
    };

/** A book without lanes, and the rule of every row. */
export interface SrmBook extends MarginBook {
  readonly given: SrmParameters;
  /** Dollars per unit of the stable. */
  readonly stable: number;
  readonly rules: readonly SrmRow[];
  readonly plan: CombinePlan;
}

/** What counts in full: the stable, and the dollar, which is no asset of the venue but is what ours are counted in. */
const CASH: ReadonlySet<string> = new Set([DERIVE_CASH, 'USD']);

/** Nothing moves, so nothing has a range. */
const NO_RANGE = { maintenance: 0, initial: 0 };

/** What Derive has no such contract or collateral of, as a refusal by name. */
function refuses(product: Product, market: Market, given: SrmParameters): Refusal | undefined {
  const { perp, option, base } = srmMarket(given, product.underlying);
  const no = (message: string) => refuse('not-supported', message, product.id);
  switch (product.kind) {
    case 'structured':
      return no('Derive lists no such payoff; margin it under grid, or remove it.');
    case 'future':
      return no('Derive lists no dated futures; margin it under another model, or remove it.');
    case 'asset': {
      if (CASH.has(product.id)) return undefined;
      if (base === undefined)
        return no(
          `Derive takes no ${product.id} as collateral; convert it to ${DERIVE_CASH}, or name it under baseMarginParams.`,
        );
      const isPriced = assetUsd(market, product.id) !== undefined || Object.hasOwn(given.pegs, product.id);
      if (isPriced) return undefined;
      const message = `${product.id} has no price; give a chain, a perpetual mark or a peg for it.`;
      return refuse('unknown-asset', message, product.id);
    }
    default: {
      if (product.settlement !== 'linear' || product.settleAsset !== DERIVE_CASH)
        return no(
          `Derive's contracts are linear and settle in ${DERIVE_CASH}; give its linear twin, such as BTC_USDC-PERPETUAL.`,
        );
      const table = product.kind === 'option' ? 'optionMarginParams' : 'perpMarginRequirements';
      if ((product.kind === 'option' ? option : perp) !== undefined) return undefined;
      return no(`Derive has no ${product.kind}s on ${product.underlying}; name it under ${table}.`);
    }
  }
}

/** Products valued as Derive's contracts pay them (M-86); what it has no rule for is refused by name and in no row. */
export function buildSrmBook(
  products: readonly Product[],
  observed: Market,
  given: SrmParameters,
): SrmBook | Refusal {
  const doubt = doubtSrm(given) ?? doubtMarket(observed);
  if (doubt !== undefined) return doubt;
  const strangers = new Map<string, Refusal>();
  for (const product of products) {
    const refusal = refuses(product, observed, given);
    if (refusal !== undefined) strangers.set(product.id, refusal);
  }
  const known = products.filter((product) => !strangers.has(product.id)).sort(compareProducts);
  const market = deriveUnits(withPar(observed, known, given.pegs), false);
  const risk = buildRiskBook(known, withExpiries(market, known), [], () => NO_RANGE);
  if (isRefusal(risk)) return risk;
  return rebookSrm({ ...risk, refused: new Map([...risk.refused, ...strangers]) }, given);
}

const sure = (levels: Levels, name: string): number => levels.confidences.get(name) ?? 1;

function coinOf(name: string, levels: Levels, stable: number, given: SrmParameters): SrmCoin {
  const spot = levels.coins.get(name)!.index;
  const spotConfidence = sure(levels, `${name}-INDEX`);
  return {
    name,
    spot,
    spotConfidence,
    perpConfidence: Math.min(spotConfidence, sure(levels, `${name}-PERPETUAL`)),
    oracle: srmOracle(given, name),
    depeg: srmDepeg(stable, given.depegParams, spot),
  };
}

function optionRow(
  product: Option,
  mark: number,
  coin: SrmCoin,
  levels: Levels,
  rates: SrmOption,
  stable: number,
): SrmRow {
  const expiries = levels.expiries.get(product.underlying)!;
  const level = expiries.find(({ expiry }) => expiry === product.expiry)!;
  const { right, strike } = product;
  return {
    kind: 'option',
    coin,
    leg: { right, strike: strike * stable, mark },
    forward: level.forward,
    confidence: Math.min(coin.spotConfidence, level.confidence ?? 1),
    rates,
  };
}

/** The book from its risk arrays: rules follow from levels, columns and parameters. */
export function rebookSrm(risk: RiskBook, given: SrmParameters): SrmBook | Refusal {
  const doubt = doubtSrm(given);
  if (doubt !== undefined) return doubt;
  const { levels, columns, products } = risk;
  const stable = levels.pegs.get(DERIVE_CASH) ?? 1;
  const coins = new Map<string, SrmCoin>();
  const coin = (name: string): SrmCoin => {
    const known = coins.get(name) ?? coinOf(name, levels, stable, given);
    coins.set(name, known);
    return known;
  };
  const rules: SrmRow[] = [];
  for (const [row, product] of products.entries()) {
    const { perp, option, base } = srmMarket(given, product.underlying);
    if (product.kind === 'asset' && CASH.has(product.id)) rules.push({ kind: 'cash' });
    else if (product.kind === 'asset' && base !== undefined) {
      const spot = columns.value[row]! * stable;
      const confidence = Math.min(sure(levels, `${product.id}-INDEX`), sure(levels, product.id));
      rules.push({
        kind: 'base',
        spot,
        confidence,
        rates: { ...base, oracle: srmOracle(given, product.id) },
      });
    } else if (product.kind === 'perpetual' && perp !== undefined) {
      rules.push({
        kind: 'perpetual',
        coin: coin(product.underlying),
        mark: columns.mark[row]! * stable,
        rates: perp,
      });
    } else if (product.kind === 'option' && option !== undefined) {
      rules.push(optionRow(product, columns.value[row]!, coin(product.underlying), levels, option, stable));
    } else return refuse('not-supported', 'the parameters have no rule for it.', product.id);
  }
  const plan = planCombine(risk, { unnamed: 0, pairs: {}, stress: 0 }, 1);
  return { model: 'derive-srm', risk, parameters: digestValue(given), given, stable, rules, plan };
}
