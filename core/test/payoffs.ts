// Two payoffs for tests of everything that takes structured products: a power perpetual and a capped call.

import { isRefusal, type Payoff, type PayoffView, type Structured } from '../src/index.ts';
import { blackPrice } from '../src/kernel/index.ts';
import { expiryIn } from './sample.ts';

/** `(index in the settle asset)^2 / scale`, margined in USDC. */
export function powerPerpetual(underlying: string, scale = 1_000_000): Structured {
  const payoff: Payoff = {
    family: 'power-perpetual',
    terms: { power: 2, scale },
    mark: ({ index, settle }) => ((index / settle) * (index / settle)) / scale,
  };
  return structured(`${underlying}-SQUARED-PERPETUAL`, underlying, 'USDC', payoff, 'margined');
}

/** `min(max(S - K, 0), cap)` at expiry, paid for in advance, linear in USDC or in coins: `call(K) - call(K + cap)` at the smile's vols. */
export function cappedCall(
  underlying: string,
  days: number,
  strike: number,
  cap: number,
  settleAsset = 'USDC',
): Structured {
  const expiry = expiryIn(days);
  const inverse = settleAsset === underlying;
  const call = (view: PayoffView, at: number) => {
    const dollars = inverse ? at : at * view.settle;
    const forward = view.forward(expiry);
    const stdev = view.stdev(expiry, dollars);
    if (isRefusal(forward) || isRefusal(stdev)) return forward;
    return blackPrice('call', forward, dollars, stdev) / (inverse ? forward : view.settle);
  };
  const payoff: Payoff = {
    family: 'capped-call',
    terms: { strike, cap, expiry },
    strikes: [strike, strike + cap],
    mark(view) {
      const [bought, sold] = [call(view, strike), call(view, strike + cap)];
      if (isRefusal(bought)) return bought;
      return isRefusal(sold) ? sold : Math.max(0, bought - sold);
    },
  };
  return {
    ...structured(`${underlying}-${days}D-${strike}-CAP-${cap}`, underlying, settleAsset, payoff),
    expiry,
  };
}

/** A structured product around a payoff. */
export function structured(
  id: string,
  underlying: string,
  settleAsset: string,
  payoff: Payoff,
  style: Structured['style'] = 'premium',
): Structured {
  const settlement = settleAsset === underlying ? 'inverse' : 'linear';
  return { kind: 'structured', id, underlying, settlement, settleAsset, style, payoff };
}
