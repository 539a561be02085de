// What is held, from when to when, and what it is worth at every later time: books struck by rule, and struck again before they run out (M-181).

import {
  expiryOf,
  futureMark,
  futureProfit,
  type Instant,
  isRefusal,
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

/** A book between two strikes. */
export class Holding {
  readonly portfolio: Portfolio;
  readonly products: readonly Product[];
  /** Dollars of underlying over all legs at the start, long and short added. */
  readonly gross: number;
  private readonly nearest: number;
  private readonly valued = new Map<number, Valued>();
  private readonly paid = new Map<string, number>();

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
    this.gross = this.grossAt(entry);
  }

  /** Whether it is to be struck anew at a time. */
  isOver(i: number): boolean {
    const [began, now] = [this.scene.times[this.entry]!, this.scene.times[i]!];
    if (!this.strategy.isDated) return false;
    if (!this.strategy.rolls) return now >= this.nearest;
    return now - began >= HELD_MAX_MS || this.nearest - now < LIFE_LEFT * (this.nearest - began);
  }

  /** Dollars that whoever holds the book at one time has lost by a later one. */
  loss(from: number, to: number): number {
    const [before, after] = [this.valueAt(from), this.valueAt(to)];
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

  private valueAt(i: number): Valued {
    const known = this.valued.get(i) ?? this.value(i);
    this.valued.set(i, known);
    return known;
  }

  private value(i: number): Valued {
    const market = marketIn(this.scene, i, this.products);
    const at = market.at;
    let usd = 0;
    const [marks, settles]: [number[], number[]] = [[], []];
    for (const { asset, quantity } of this.portfolio.balances) {
      usd += quantity * worth({ kind: 'asset', id: asset, underlying: asset }, market);
    }
    for (const { product, quantity } of this.portfolio.positions) {
      const expiry = expiryOf(product);
      const isOver = expiry !== undefined && expiry <= at;
      if (product.kind === 'option') {
        usd += quantity * (isOver ? this.settled(product, expiry!) : worth(product, market));
        continue;
      }
      if (product.kind !== 'perpetual' && product.kind !== 'future') continue;
      const index = underlyingOf(market, product.underlying)!.index;
      const mark = isOver ? index : futureMark(product, underlyingOf(market, product.underlying)!);
      if (isRefusal(mark)) throw new Error(`${product.id}: ${mark.message}`);
      marks.push(mark);
      settles.push(product.settlement === 'inverse' ? index : (market.pegs.get(product.settleAsset) ?? 1));
    }
    return { usd, marks, settles };
  }

  /** Dollars an option paid: its worth at the index of the first time that is not before its expiry. */
  private settled(product: Product & { readonly kind: 'option' }, expiry: Instant): number {
    const known = this.paid.get(product.id);
    if (known !== undefined) return known;
    const at = this.scene.times.findIndex((time) => time >= expiry);
    const market = marketIn(this.scene, at, []);
    const index = underlyingOf(market, product.underlying)!.index;
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

function worth(product: Product, market: Parameters<typeof price>[1]): number {
  const known = price(product, market);
  if (isRefusal(known)) throw new Error(`${product.id}: ${known.message}`);
  return known.usd;
}
