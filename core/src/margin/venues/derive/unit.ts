// Derive's unit of account (M-86): oracles state dollars, contracts pay as many USDC, and a USDC of cash counts one.

import type { Market, Slice, UnderlyingMarket } from '../../../market/index.ts';
import { DERIVE_CASH } from './portfolio-parameters.ts';

/**
 * The market as Derive's contracts pay it: every price a coin's oracle states counts as so many USDC, and is worth so many dollars as these. A coin
 * held as collateral stays at its own dollar price. Rates below zero count as zero; with `discounts` false none are applied to values.
 * @example deriveUnits(market, true).underlyings[0].index // 65_000 times what a USDC is worth
 */
export function deriveUnits(market: Market, discounts: boolean): Market {
  const unit = market.pegs.get(DERIVE_CASH) ?? 1;
  const pegs = new Map(market.pegs);
  if (unit !== 1) {
    for (const { underlying, index } of market.underlyings) {
      if (!pegs.has(underlying)) pegs.set(underlying, index);
    }
  }
  return { ...market, underlyings: market.underlyings.map((coin) => inUnits(coin, unit, discounts)), pegs };
}

function inUnits(coin: UnderlyingMarket, unit: number, discounts: boolean): UnderlyingMarket {
  return {
    ...coin,
    index: coin.index * unit,
    perpetual: coin.perpetual * unit,
    futures: coin.futures.map((mark) => ({ ...mark, forward: mark.forward * unit })),
    slices: coin.slices.map((slice) => sliceInUnits(slice, unit, discounts)),
  };
}

function sliceInUnits({ rate, ...slice }: Slice, unit: number, discounts: boolean): Slice {
  const floored = Math.max(0, rate ?? 0);
  return {
    ...slice,
    forward: slice.forward * unit,
    smileForward: slice.smileForward * unit,
    ...(discounts && floored > 0 ? { rate: floored } : {}),
  };
}
