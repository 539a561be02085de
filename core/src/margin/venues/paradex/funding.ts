// Paradex: funding that accrues every moment, and how a loss that the insurance fund cannot bear is shared by those who withdraw.

import type { Refusal } from '../../../base/index.ts';
import { answerOf, clamp, doubtNumbers } from '../numbers.ts';

/** What a funding rate is made of; rates per funding period. */
export interface ParadexFunding {
  /** The perpetual's premium over the spot, as a share of it. */
  readonly premiumRate: number;
  /** Interest that is paid where the premium is near it. */
  readonly baseline: number;
  /** How near: the rate is drawn to the baseline by at most this. */
  readonly band: number;
  readonly rateMax: number;
}

/**
 * Funding rate per period; longs pay it where it is positive (M-99): `premium + clamp(baseline - premium, -band, band)`, within `+-rateMax`.
 * Source: Paradex, funding mechanism.
 * @example paradexFundingRate({ premiumRate: 0.0002, baseline: 0.0001, band: 0.0005, rateMax: 0.02 }) // 0.0001
 */
export function paradexFundingRate(funding: ParadexFunding): number | Refusal {
  const doubt = doubtNumbers(
    'funding rate',
    { ...funding },
    { premiumRate: 'finite', baseline: 'finite', band: 'at-least-zero', rateMax: 'at-least-zero' },
  );
  if (doubt !== undefined) return doubt;
  const { premiumRate, baseline, band, rateMax } = funding;
  const rate = premiumRate + clamp(baseline - premiumRate, -band, band);
  return answerOf('funding rate', clamp(rate, -rateMax, rateMax));
}

/** A time over which rate and prices stood still. */
export interface FundingStretch {
  /** Per period. */
  readonly rate: number;
  /** USD per coin, and per unit of what the perpetual settles in. */
  readonly spot: number;
  readonly settle: number;
  readonly seconds: number;
  readonly periodSeconds: number;
}

/**
 * By how much the funding index of a perpetual advances, units of the settle asset per coin (M-99): `rate spot / settle x seconds / period`.
 * A position pays `size x advance`. Source: Paradex, funding mechanism.
 * @example paradexFundingAdvance({ rate: 0.0001, spot: 60_000, settle: 1, seconds: 14_400, periodSeconds: 28_800 }) // 3
 */
export function paradexFundingAdvance(stretch: FundingStretch): number | Refusal {
  const doubt = doubtNumbers(
    'funding index',
    { ...stretch },
    {
      rate: 'finite',
      spot: 'above-zero',
      settle: 'above-zero',
      seconds: 'at-least-zero',
      periodSeconds: 'above-zero',
    },
  );
  if (doubt !== undefined) return doubt;
  const { rate, spot, settle, seconds, periodSeconds } = stretch;
  return answerOf('funding index', ((rate * spot) / settle) * (seconds / periodSeconds));
}

/** What a venue holds and what it is short of, units of the settle asset. */
export interface Shortfall {
  /** Losses of accounts below nothing that the insurance fund cannot bear. */
  readonly missing: number;
  /** All that is there: balances that were paid in, the fund's included. */
  readonly held: number;
}

/**
 * The share of every withdrawal that is kept while the insurance fund is below nothing (M-99): `missing / (held + missing)`. What is owed to
 * everybody is `held + missing`, so when all withdraw at this share exactly what is there is paid out. Source: Paradex, socialised losses, the
 * formula as stated; the worked example beside it divides by `held` and would leave money behind.
 * @example socialisedShare({ missing: 1000, held: 4000 }) // 0.2
 */
export function socialisedShare(shortfall: Shortfall): number | Refusal {
  const kinds = { missing: 'at-least-zero', held: 'at-least-zero' } as const;
  const doubt = doubtNumbers('socialised loss', { ...shortfall }, kinds);
  if (doubt !== undefined) return doubt;
  const { missing, held } = shortfall;
  return answerOf('socialised loss', missing === 0 ? 0 : missing / (held + missing));
}
