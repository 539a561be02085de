// A market and contracts as Derive has them, for tests: linear, settled in USDC, with rates, confidences and a stable coin off its peg.

import {
  assess,
  assetProduct,
  isRefusal,
  type MarginModel,
  type Market,
  type ModelParameters,
  type Option,
  type Perpetual,
  type Portfolio,
  productsOf,
  type Refusal,
  type Standing,
} from '../src/index.ts';
import { expiryIn, linearOption, market, perpetual } from './sample.ts';

export const ethPerpetual: Perpetual = {
  ...perpetual('ETH', 'linear'),
  id: 'ETH_USDC-PERPETUAL',
  settleAsset: 'USDC',
};
export const btcPerpetual: Perpetual = {
  ...perpetual('BTC', 'linear'),
  id: 'BTC_USDC-PERPETUAL',
  settleAsset: 'USDC',
};

/** Options around the money of both coins, two expiries each, in USDC. */
export const deriveOptions: readonly Option[] = [11, 116].flatMap((days) =>
  (['call', 'put'] as const).flatMap((right) => [
    ...[1_500, 1_900, 2_400].map((strike) => linearOption('ETH', days, strike, right)),
    ...[55_000, 65_000, 80_000].map((strike) => linearOption('BTC', days, strike, right)),
  ]),
);

/** What a Derive market may state: a USDC's price, one rate for every expiry, confidences by feed. */
export interface Stated {
  readonly stable?: number;
  readonly rate?: number;
  readonly confidence?: number;
  readonly confidences?: ReadonlyMap<string, number>;
}

/** The sample market with what Derive's oracles say beside prices. */
export function deriveMarket({
  stable = 1,
  rate = 0,
  confidence = 1,
  confidences = new Map(),
}: Stated = {}): Market {
  return {
    ...market,
    pegs: new Map([
      ['USD', 1],
      ['USDC', stable],
      ['USDT', 1],
      ['WSTETH', 2_280],
    ]),
    confidences,
    underlyings: market.underlyings.map((coin) => ({
      ...coin,
      slices: coin.slices.map((slice) => ({ ...slice, rate, oracleConfidence: confidence })),
    })),
  };
}

/** Where an account stands under a model. */
export function standingOf<P extends ModelParameters>(
  model: MarginModel<P>,
  portfolio: Portfolio,
  observed: Market,
  parameters: P = model.defaults,
): Standing | Refusal {
  const book = model.book([...productsOf(portfolio), assetProduct('USDC')], observed, parameters);
  return isRefusal(book) ? book : assess(portfolio, book, model);
}

export { expiryIn };
