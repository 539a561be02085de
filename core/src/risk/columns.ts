// What is measured of every product of a book beside its row, and the expiries that a market needs for it.

import { type Instant, isRefusal } from '../base/index.ts';
import { assetUsd, type Market, sliceAt, type UnderlyingMarket, underlyingOf } from '../market/index.ts';
import { expiriesAsked, type Greeks, greeks, type Price, price } from '../pricing/index.ts';
import { expiryOf, isPremium, type Product } from '../product/index.ts';

/** Per product, one slot each; dollars per unit held unless said otherwise. */
export interface Columns {
  readonly value: Float64Array;
  /** Mark in the product's own price unit. */
  readonly mark: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  /** Best bid in dollars; 0 where there is none. */
  readonly bid: Float64Array;
  /** Of the slice whose vol prices the product: how wide it is quoted, how badly it fits, how wrong it may be, in vol; 0 where none does. */
  readonly quoteWidth: Float64Array;
  readonly fitError: Float64Array;
  readonly uncertainty: Float64Array;
}

/** Expiries whose slices a product is valued with: its own, and those its payoff asks for. */
function expiriesOf(product: Product, market: Market): readonly Instant[] {
  const own = expiryOf(product);
  const asked = product.kind === 'structured' ? expiriesAsked(product, market).expiries : [];
  return own === undefined ? asked : [own, ...asked];
}

/**
 * A market in which every expiry that is asked for has its own slice: listed ones as fitted, others interpolated once, here,
 * so that each shock moves the same slice.
 */
export function withExpiries(market: Market, products: readonly Product[]): Market {
  const underlyings = market.underlyings.map((coin): UnderlyingMarket => {
    const slices = [...coin.slices];
    const own = products.filter((product) => product.underlying === coin.underlying);
    for (const expiry of own.flatMap((product) => expiriesOf(product, market))) {
      if (expiry <= market.at || slices.some((slice) => slice.expiry === expiry)) continue;
      const between = sliceAt(coin, expiry);
      if (!isRefusal(between)) slices.push(between);
    }
    slices.sort((left, right) => left.expiry - right.expiry);
    return slices.length === coin.slices.length ? coin : { ...coin, slices };
  });
  return { ...market, underlyings };
}

/** Expiries whose vols a product is priced with; of several slices the worst quality counts. */
function volsOf(product: Product, market: Market): readonly Instant[] {
  if (product.kind === 'option') return [product.expiry];
  return product.kind === 'structured' ? expiriesAsked(product, market).vols : [];
}

/** What every product is worth and how it moves, from the reference pricer; every product has a price and greeks. */
export function measureColumns(products: readonly Product[], market: Market): Columns {
  const column = () => new Float64Array(products.length);
  const columns: Columns = {
    value: column(),
    mark: column(),
    delta: column(),
    gamma: column(),
    vega: column(),
    theta: column(),
    bid: column(),
    quoteWidth: column(),
    fitError: column(),
    uncertainty: column(),
  };
  products.forEach((product, p) => {
    const known = price(product, market) as Price;
    const sensed = greeks(product, market) as Greeks;
    columns.value[p] = known.usd;
    columns.mark[p] = known.mark;
    columns.delta[p] = sensed.delta;
    columns.gamma[p] = sensed.gamma;
    columns.vega[p] = sensed.vega;
    columns.theta[p] = sensed.theta;
    if (isPremium(product)) {
      // A bid is in the option's own price unit, coins or the settle asset; the unit is worth the same in dollars as the mark's.
      const bid = market.touches.get(product.id)?.bid ?? 0;
      columns.bid[p] = bid * assetUsd(market, product.settleAsset)!;
    }
    for (const expiry of volsOf(product, market)) {
      const slice = sliceAt(underlyingOf(market, product.underlying)!, expiry);
      // A payoff may ask for what the market has not, and do without.
      if (isRefusal(slice)) continue;
      const { quality } = slice;
      columns.quoteWidth[p] = Math.max(columns.quoteWidth[p]!, quality.quoteWidth);
      columns.fitError[p] = Math.max(columns.fitError[p]!, quality.fitError);
      columns.uncertainty[p] = Math.max(columns.uncertainty[p]!, quality.uncertainty);
    }
  });
  return columns;
}
