// What a chain lists of one coin, asked for in a trader's words: nearest expiry, at the money, 25 delta.

import {
  type ChainSnapshot,
  type Future,
  formatProduct,
  type Instant,
  MS_PER_DAY,
  type Option,
  type OptionQuote,
  type Perpetual,
  yearsBetween,
} from '@plimsoll/core';
import { blackGreeks } from '@plimsoll/core/kernel';
import { Marks } from './marks.ts';

/** Dollars of the underlying that one unit of a book stands for. */
export const UNIT_USD = 1_000_000;
/** Coins: the least that the venue trades of a BTC option. */
const LOT = 0.1;
/** Dollars: the face of one contract of the BTC perpetual, so that hedges are what can be traded. */
const FACE_USD = 10;

type Right = Option['right'];

/** One coin of a snapshot. `Right` and days pick a slice; the rest picks a strike of it. */
export class Listing {
  readonly coin: string;
  /** USD per coin. */
  readonly index: number;
  /** One unit in coins, rounded to what can be traded. */
  readonly unit: number;
  private readonly marks: Marks;
  private readonly quotes: readonly OptionQuote[];
  private readonly at: Instant;

  constructor(snapshot: ChainSnapshot, coin: string) {
    this.coin = coin;
    this.at = snapshot.at;
    this.marks = new Marks(snapshot);
    this.index = this.marks.index(coin);
    this.quotes = snapshot.options.filter(
      ({ product, markVol }) => product.underlying === coin && markVol !== undefined,
    );
    this.unit = lots(UNIT_USD / this.index);
  }

  /** The listed expiry nearest to so many days from now. */
  expiry(days: number): Instant {
    const far = ({ product }: OptionQuote) => Math.abs((product.expiry - this.at) / MS_PER_DAY - days);
    return nearest(this.quotes, far).product.expiry;
  }

  /** The strike nearest to so many times the forward. */
  struck(right: Right, days: number, moneyness: number): OptionQuote {
    return nearest(this.slice(right, days), ({ product, forward }) =>
      Math.abs(product.strike / forward - moneyness),
    );
  }

  /** The strike whose delta is nearest to so much, by size, at the venue's own mark vol. */
  byDelta(right: Right, days: number, delta: number): OptionQuote {
    return nearest(this.slice(right, days), (quote) => Math.abs(Math.abs(this.delta(quote)) - delta));
  }

  /** Coins of spot that one coin of the option moves as. */
  delta({ product, forward, markVol }: OptionQuote): number {
    const { right, strike, expiry } = product;
    return blackGreeks(right, forward, strike, markVol!, yearsBetween(this.at, expiry)).delta;
  }

  /** The coin-settled perpetual. */
  get perpetual(): Perpetual {
    const { coin } = this;
    const contract = { kind: 'perpetual', id: '', underlying: coin } as const;
    const whole = { ...contract, settlement: 'inverse', settleAsset: coin } as const;
    return { ...whole, id: formatProduct(whole) };
  }

  /** The coin-settled future of the expiry nearest to so many days from now. */
  future(days: number): Future {
    const whole = { ...this.perpetual, kind: 'future', expiry: this.expiry(days) } as const;
    return { ...whole, id: formatProduct(whole) };
  }

  /** Dollars of perpetual that move against so many coins. */
  hedge(coins: number): number {
    return -Math.round((coins * this.marks.mark(this.perpetual)) / FACE_USD) * FACE_USD;
  }

  private slice(right: Right, days: number): OptionQuote[] {
    const expiry = this.expiry(days);
    return this.quotes.filter(({ product }) => product.expiry === expiry && product.right === right);
  }
}

function nearest(quotes: readonly OptionQuote[], distance: (quote: OptionQuote) => number): OptionQuote {
  return quotes.reduce((best, quote) => (distance(quote) < distance(best) ? quote : best));
}

/** A whole number of lots, at least one, without the dust of a decimal step. */
export function lots(coins: number): number {
  return Math.max(1, Math.round(coins / LOT)) / Math.round(1 / LOT);
}
