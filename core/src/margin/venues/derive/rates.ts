// What it costs at Derive to hold a perpetual, to borrow cash, and to open interest outside the order book.

import { isRefusal, type Refusal } from '../../../base/index.ts';
import { expm1 } from '../../../kernel/index.ts';
import { answerOf, clamp, doubtNumbers } from '../numbers.ts';

const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_YEAR = 365 * 86_400;

/** What a funding rate is made of. Prices in USD per coin, rates per hour. */
export interface DeriveFunding {
  readonly index: number;
  /** Prices at which a stated notional could be sold and bought. */
  readonly impactBid: number;
  readonly impactAsk: number;
  /** Hours over which a premium is paid. */
  readonly convergenceHours: number;
  /** Interest that longs pay whatever the premium. */
  readonly staticRate: number;
  /** Most that either side pays. */
  readonly rateMax: number;
}

/**
 * Funding rate, per hour; longs pay it where it is positive (M-96):
 *
 *     premium = (max(0, impactBid - index) - max(0, index - impactAsk)) / index
 *     rate    = clamp(premium / convergenceHours + staticRate, -rateMax, rateMax)
 *
 * Refuses an index or a convergence period that is not above zero. Source: derivexyz/v2-core, perpetual asset.
 * @example deriveFundingRate({ index: 2000, impactBid: 2008, impactAsk: 2010, convergenceHours: 8, staticRate: 0, rateMax: 0.004 }) // 0.0005
 */
export function deriveFundingRate(funding: DeriveFunding): number | Refusal {
  const doubt = doubtNumbers(
    'funding rate',
    { ...funding },
    {
      index: 'above-zero',
      impactBid: 'at-least-zero',
      impactAsk: 'at-least-zero',
      convergenceHours: 'above-zero',
      staticRate: 'finite',
      rateMax: 'at-least-zero',
    },
  );
  if (doubt !== undefined) return doubt;
  const { index, impactBid, impactAsk, convergenceHours, staticRate, rateMax } = funding;
  const premium = (Math.max(0, impactBid - index) - Math.max(0, index - impactAsk)) / index;
  return answerOf('funding rate', clamp(premium / convergenceHours + staticRate, -rateMax, rateMax));
}

/** A perpetual held for a while at one rate. */
export interface FundingHeld {
  /** Coins; negative is short. */
  readonly size: number;
  /** USD per coin. */
  readonly index: number;
  /** Per hour. */
  readonly rate: number;
  readonly seconds: number;
}

/**
 * Funding a position receives, USD: `-size index rate seconds / 3600`; negative is paid (M-96). The rate as it stands when funding is brought
 * up to date holds for all of the time since it was last. Source: derivexyz/v2-core, perpetual asset.
 * @example deriveFundingPaid({ size: -2, index: 2000, rate: 0.0005, seconds: 1800 }) // 1
 */
export function deriveFundingPaid(held: FundingHeld): number | Refusal {
  const kinds = { size: 'finite', index: 'above-zero', rate: 'finite', seconds: 'at-least-zero' } as const;
  const doubt = doubtNumbers('funding', { ...held }, kinds);
  if (doubt !== undefined) return doubt;
  const { size, index, rate, seconds } = held;
  const paid = size * index * rate * (seconds / SECONDS_PER_HOUR);
  return answerOf('funding', paid === 0 ? 0 : -paid);
}

/** How the rate of borrowed cash grows with the share of cash that is borrowed. Rates per year. */
export interface DeriveBorrowing {
  readonly rateMin: number;
  /** Rate per unit of utilisation, up to `utilisationBest`, and beyond it. */
  readonly slope: number;
  readonly slopeHigh: number;
  readonly utilisationBest: number;
}

/** All cash there is and all that is owed, in the same unit. */
export interface CashPool {
  readonly supply: number;
  readonly borrows: number;
}

/**
 * Borrow rate, per year, continuously compounded (M-97): `u = borrows / supply`, 0 where nothing is borrowed,
 *
 *     rate = rateMin + slope min(u, best) + slopeHigh max(0, u - best)
 *
 * Refuses debt without supply. Source: derivexyz/v2-core, interest rate model.
 * @example deriveBorrowRate({ rateMin: 0.02, slope: 0.08, slopeHigh: 0.85, utilisationBest: 0.9 }, { supply: 100, borrows: 50 }) // 0.06
 */
export function deriveBorrowRate(model: DeriveBorrowing, pool: CashPool): number | Refusal {
  const doubt = doubtNumbers(
    'borrow rate',
    { ...model, ...pool },
    {
      rateMin: 'at-least-zero',
      slope: 'at-least-zero',
      slopeHigh: 'at-least-zero',
      utilisationBest: 'at-least-zero',
      borrows: 'at-least-zero',
      supply: pool.borrows > 0 ? 'above-zero' : 'at-least-zero',
    },
  );
  if (doubt !== undefined) return doubt;
  const { rateMin, slope, slopeHigh, utilisationBest } = model;
  const use = pool.borrows === 0 ? 0 : pool.borrows / pool.supply;
  const rate =
    rateMin + slope * Math.min(use, utilisationBest) + slopeHigh * Math.max(0, use - utilisationBest);
  return answerOf('borrow rate', rate);
}

/**
 * What a dollar of debt grows by, `e^(rate seconds / year) - 1`, years of 365 days (M-97). The rate stands from one change of the pool to the next.
 * @example deriveInterest(0.06, 86_400) // 0.00016439...
 */
export function deriveInterest(rate: number, seconds: number): number | Refusal {
  const doubt = doubtNumbers(
    'interest',
    { rate, seconds },
    { rate: 'at-least-zero', seconds: 'at-least-zero' },
  );
  return doubt ?? answerOf('interest', expm1((rate * seconds) / SECONDS_PER_YEAR));
}

/** A trade in one product that may have opened interest. */
export interface InterestTrade {
  /** Contracts bought or sold. */
  readonly quantity: number;
  /** Of an option the forward, of a perpetual its mark, USD per coin. */
  readonly price: number;
  /** Contracts open before and after everything that is settled together. */
  readonly openBefore: number;
  readonly openAfter: number;
}

/**
 * Fee on one trade, USD: `|quantity| price rate` where open interest has grown, else 0 (M-98). Each side pays it.
 * Source: derivexyz/v2-core, base manager.
 * @example deriveInterestFee({ quantity: -3, price: 2000, openBefore: 10, openAfter: 13 }, 0.001) // 6
 */
export function deriveInterestFee(trade: InterestTrade, rate: number): number | Refusal {
  const doubt = doubtNumbers(
    'open-interest fee',
    { ...trade, rate },
    {
      quantity: 'finite',
      price: 'at-least-zero',
      openBefore: 'at-least-zero',
      openAfter: 'at-least-zero',
      rate: 'at-least-zero',
    },
  );
  if (doubt !== undefined) return doubt;
  const { quantity, price, openBefore, openAfter } = trade;
  return openAfter > openBefore ? answerOf('open-interest fee', Math.abs(quantity) * price * rate) : 0;
}

/**
 * Fee on all trades that one account settles together, USD: their sum, and where that is anything at least `feeMin` (M-98).
 * Trades that come from the order book pay none of it. Source: derivexyz/v2-core, base manager.
 * @example deriveInterestFees([{ quantity: 1, price: 2000, openBefore: 0, openAfter: 1 }], 0.001, 50) // 50
 */
export function deriveInterestFees(
  trades: readonly InterestTrade[],
  rate: number,
  feeMin: number,
): number | Refusal {
  const doubt = doubtNumbers('open-interest fee', { feeMin }, { feeMin: 'at-least-zero' });
  if (doubt !== undefined) return doubt;
  let sum = 0;
  for (const trade of trades) {
    const fee = deriveInterestFee(trade, rate);
    if (isRefusal(fee)) return fee;
    sum += fee;
  }
  return answerOf('open-interest fee', sum > 0 ? Math.max(sum, feeMin) : 0);
}
