// What is held, from when to when, and what it is worth at every later time: books struck by rule, and struck again before they run out (M-181).

import {
  expiryOf,
  futureMark,
  futureProfit,
  type Instant,
  isRefusal,
  type Market,
  MS_PER_DAY,
  type Portfolio,
  type Position,
  type Product,
  price,
  productsOf,
  type Refusal,
  refuse,
  underlyingOf,
} from '@plimsoll/core';
import { standardBooks } from '../evidence/books.ts';
import { UNIT_USD } from '../evidence/listed.ts';
import { marketIn, type Scene } from './scene.ts';

/** A book that is struck by rule at any time, or stands as it is. */
export interface Strategy {
  readonly name: string;
  readonly what: string;
  /** The portfolio at a time of the scene. */
  strike(i: number): Portfolio;
  /** Whether it is struck again when it runs out. */
  readonly rolls: boolean;
  /** Whether anything in it has a strike or an expiry. */
  readonly isDated: boolean;
}

/** Longest a book is held before it is struck anew. */
const HELD_MAX_MS = 30 * MS_PER_DAY;
/** A book is struck anew when less than this share of the life of its nearest expiry is left. */
const LIFE_LEFT = 0.25;

const isDated = ({ positions }: Portfolio) =>
  positions.some(({ product }) => expiryOf(product) !== undefined);

/** The standard set as far as a scene can serve it: without options only what is linear and undated, without ETH nothing of it. */
export function standardStrategies(scene: Scene, from: number): Strategy[] | Refusal {
  if (!scene.coins.includes('BTC')) {
    const mend = 'add bars of BTC, or give a portfolio of your own.';
    return refuse('no-history', `the standard books hold BTC and there is none here; ${mend}`, '--history');
  }
  const struck = new Map<number, ReturnType<typeof standardBooks>>();
  const booksAt = (i: number) => {
    const known = struck.get(i) ?? standardBooks(scene.listedAt(i));
    if (struck.size > 8) struck.delete(struck.keys().next().value!);
    struck.set(i, known);
    return known;
  };
  return booksAt(from)
    .filter(({ portfolio }) => scene.hasOptions || !isDated(portfolio))
    .map(({ name, what, portfolio }): Strategy => {
      const strike = (i: number) => booksAt(i).find((book) => book.name === name)!.portfolio;
      return { name, what, strike, rolls: true, isDated: isDated(portfolio) };
    });
}

/** A portfolio as it is, for as long as nothing of it expires. */
export function fixedStrategy(portfolio: Portfolio): Strategy {
  const what = 'as its file has it';
  return {
    name: portfolio.account,
    what,
    strike: () => portfolio,
    rolls: false,
    isDated: isDated(portfolio),
  };
}

/** Everything but margined positions is worth something at a time; those are marked. */
interface Valued {
  readonly usd: number;
  readonly marks: readonly number[];
  readonly settles: readonly number[];
}

/** A market in which one coin's spot stands elsewhere, its perpetual with it. */
function withSpot(market: Market, coin: string, spot: number): Market {
  const underlyings = market.underlyings.map((one) =>
    one.underlying === coin ? { ...one, index: spot, perpetual: (one.perpetual / one.index) * spot } : one,
  );
  return { ...market, underlyings };
}

/** The coin whose spot alone a book's value is a straight line in: coins, and perpetuals of one coin, nothing with an expiry. */
function loneCoin({ positions, balances }: Portfolio): string | undefined {
  const isLinear = positions.every(
    ({ product }) =>
      product.kind === 'perpetual' &&
      (product.settleAsset === product.underlying || product.settleAsset === 'USD'),
  );
  const coins = new Set([
    ...positions.map(({ product }) => product.underlying),
    ...balances.map(({ asset }) => asset).filter((asset) => asset !== 'USD'),
  ]);
  return isLinear && coins.size === 1 ? [...coins][0] : undefined;
}

/** A book between two strikes. */
export class Holding {
  readonly portfolio: Portfolio;
  readonly products: readonly Product[];
  /** Dollars of underlying over all legs at the start, long and short added. */
  readonly gross: number;
  private readonly nearest: number;
  private readonly valued = new Map<number, Valued | undefined>();
  private readonly paid = new Map<string, number>();
  private readonly coin: string | undefined;

  readonly strategy: Strategy;
  readonly scene: Scene;
  /** The time of the scene at which it was struck. */
  readonly entry: number;

  constructor(strategy: Strategy, scene: Scene, entry: number) {
    this.strategy = strategy;
    this.scene = scene;
    this.entry = entry;
    this.portfolio = strategy.strike(entry);
    this.products = productsOf(this.portfolio);
    const expiries = this.products.map((product) => expiryOf(product) ?? Number.POSITIVE_INFINITY);
    this.nearest = Math.min(...expiries);
    this.coin = loneCoin(this.portfolio);
    this.gross = this.grossAt(entry);
  }

  /** Whether it is to be struck anew at a time. */
  isOver(i: number): boolean {
    const [began, now] = [this.scene.times[this.entry]!, this.scene.times[i]!];
    if (!this.strategy.isDated) return false;
    if (!this.strategy.rolls) return now >= this.nearest;
    return now - began >= HELD_MAX_MS || this.nearest - now < LIFE_LEFT * (this.nearest - began);
  }

  /** What its path is seen by: a book of one spot by the lows and highs of bars, where there are any. */
  get seen(): string {
    const { scene, coin, entry } = this;
    if (scene.seen === 'snapshots') return 'snapshots';
    const isInside = coin !== undefined && scene.extremesAt?.(entry, coin) !== undefined;
    return isInside ? 'lows and highs' : 'closes';
  }

  /**
   * Dollars that whoever holds the book at one time has lost by a later one, or at worst inside the bar that ends there; null where something of it has no
   * price then. The value of a book of one spot is a straight line in it, so that its worst is at an end of the bar.
   */
  loss(from: number, to: number): number | null {
    const [before, after] = [this.valueAt(from), this.valueAt(to)];
    if (before === undefined || after === undefined) return null;
    const last = this.lost(before, after);
    const inside = this.coin === undefined ? undefined : this.scene.extremesAt?.(to, this.coin);
    if (inside === undefined) return last;
    const market = this.marketOf(to)!;
    const ends = [inside.low, inside.high].map((spot) =>
      this.lost(before, this.value(to, withSpot(market, this.coin!, spot))!),
    );
    return Math.max(last, ...ends);
  }

  private lost(before: Valued, after: Valued): number {
    let profit = after.usd - before.usd;
    this.margined.forEach(({ product, quantity }, i) => {
      const made = futureProfit(product as never, before.marks[i]!, after.marks[i]!);
      profit += quantity * made * after.settles[i]!;
    });
    return 0 - profit;
  }

  /** What is before a time is not asked for again. */
  forget(before: number): void {
    for (const i of this.valued.keys()) if (i < before) this.valued.delete(i);
  }

  private get margined(): readonly Position[] {
    return this.portfolio.positions.filter(
      ({ product }) => product.kind === 'perpetual' || product.kind === 'future',
    );
  }

  private valueAt(i: number): Valued | undefined {
    if (this.valued.has(i)) return this.valued.get(i);
    const market = this.marketOf(i);
    const known = market === undefined ? undefined : this.value(i, market);
    this.valued.set(i, known);
    return known;
  }

  private marketOf(i: number): Market | undefined {
    const market = this.scene.marketAt(i, this.products);
    return isRefusal(market) ? undefined : market;
  }

  private value(i: number, market: Market): Valued | undefined {
    let usd = 0;
    const [marks, settles]: [number[], number[]] = [[], []];
    for (const { asset, quantity } of this.portfolio.balances) {
      const each = worth({ kind: 'asset', id: asset, underlying: asset }, market);
      if (each === undefined) return undefined;
      usd += quantity * each;
    }
    for (const { product, quantity } of this.portfolio.positions) {
      const expiry = expiryOf(product);
      const isOver = expiry !== undefined && expiry <= market.at;
      const coin = underlyingOf(market, product.underlying);
      if (coin === undefined) return undefined;
      if (product.kind === 'perpetual' || product.kind === 'future') {
        const mark = isOver ? coin.index : futureMark(product, coin);
        if (isRefusal(mark)) return undefined;
        marks.push(mark);
        settles.push(
          product.settlement === 'inverse' ? coin.index : (market.pegs.get(product.settleAsset) ?? 1),
        );
        continue;
      }
      const each =
        product.kind === 'option' && isOver
          ? this.settled(product, expiry)
          : (this.scene.markAt?.(i, product, market) ?? worth(product, market));
      if (each === undefined) return undefined;
      usd += quantity * each;
    }
    return { usd, marks, settles };
  }

  /** Dollars an option paid: its worth at the index of the first time that is not before its expiry. */
  private settled(product: Product & { readonly kind: 'option' }, expiry: Instant): number | undefined {
    const known = this.paid.get(product.id);
    if (known !== undefined) return known;
    const at = this.scene.times.findIndex((time) => time >= expiry);
    const market = this.scene.marketAt(at, []);
    const index = isRefusal(market) ? undefined : underlyingOf(market, product.underlying)?.index;
    if (index === undefined) return undefined;
    const paid = Math.max(0, product.right === 'call' ? index - product.strike : product.strike - index);
    this.paid.set(product.id, paid);
    return paid;
  }

  private grossAt(i: number): number {
    const market = marketIn(this.scene, i, this.products);
    const index = (coin: string) => underlyingOf(market, coin)?.index ?? 0;
    const held = this.portfolio.positions.map(({ product, quantity }) => {
      const perCoin = product.kind === 'option' || product.settlement === 'linear';
      return Math.abs(quantity) * (perCoin ? index(product.underlying) : 1);
    });
    const own = this.portfolio.balances.map(({ asset, quantity }) => Math.abs(quantity) * index(asset));
    return [...held, ...own].reduce((sum, part) => sum + part, 0) || UNIT_USD;
  }
}

function worth(product: Product, market: Market): number | undefined {
  const known = price(product, market);
  return isRefusal(known) ? undefined : known.usd;
}
