// Net deltas spread against each other by a table, line by line in its priority: between tiers of one coin (M-53), between coins (M-55).

import { compareText } from '../../product/index.ts';
import type { CalendarSpread, CoinSpread, SpanTier } from './parameters.ts';

/** A table in the order in which its lines are worked: by priority, those of the same priority by their names, however the file lists them. */
export function inOrder<T extends { readonly priority: number }>(
  table: readonly T[],
  nameOf: (line: T) => string,
): T[] {
  return [...table].sort((a, b) => a.priority - b.priority || compareText(nameOf(a), nameOf(b)));
}

/** The place of the tier of an expiry so many days away. @example tierAt(spanDefaults.tiers, 30) // 2: month */
export function tierAt(tiers: readonly SpanTier[], days: number): number {
  const found = tiers.findIndex((tier) => days <= tier.days);
  return found < 0 ? tiers.length - 1 : found;
}

/** Net delta of one expiry, dollars, and the tier it is in. */
export interface ExpiryDelta {
  readonly tier: number;
  readonly days: number;
  readonly delta: number;
}

/** A calendar spread that was formed: dollars of delta on either side, and what they cost before the coin's factor. */
export interface FormedSpread {
  readonly near: string;
  readonly far: string;
  readonly delta: number;
  readonly charge: number;
}

/** What a calendar table makes of a coin's expiries. */
export interface Calendar {
  readonly formed: readonly FormedSpread[];
  /** Per tier, of its long and its short deltas: the share that is part of a spread. */
  readonly spreadLong: readonly number[];
  readonly spreadShort: readonly number[];
}

/**
 * Forms spreads of opposite deltas. Each expiry's delta is net; a tier is long what its long expiries sum to, and short what its short ones
 * do. Each line of the table takes as much as both sides still have, either way round. Dollars.
 * @example formCalendar([{ tier: 0, days: 0, delta: 5 }, { tier: 2, days: 30, delta: -3 }], tiers, table).formed[0].delta // 3
 */
export function formCalendar(
  expiries: readonly ExpiryDelta[],
  tiers: readonly SpanTier[],
  table: readonly CalendarSpread[],
): Calendar {
  const sum = (sign: 1 | -1) =>
    tiers.map((_, t) =>
      expiries.reduce((all, { tier, delta }) => (tier === t ? all + Math.max(0, sign * delta) : all), 0),
    );
  const [longs, shorts] = [sum(1), sum(-1)];
  const [long, short] = [[...longs], [...shorts]];
  const take = (a: number, b: number) => {
    const delta = Math.min(long[a]!, short[b]!);
    long[a]! -= delta;
    short[b]! -= delta;
    return delta;
  };
  const formed = inOrder(table, ({ near, far }) => `${near}/${far}`).flatMap((line): FormedSpread[] => {
    const near = tiers.findIndex(({ name }) => name === line.near);
    const far = tiers.findIndex(({ name }) => name === line.far);
    const delta = take(near, far) + (near === far ? 0 : take(far, near));
    return delta > 0 ? [{ near: line.near, far: line.far, delta, charge: delta * line.rate }] : [];
  });
  const shareOf = (left: number, all: number) => (all > 0 ? 1 - left / all : 0);
  return {
    formed,
    spreadLong: long.map((left, t) => shareOf(left, longs[t]!)),
    spreadShort: short.map((left, t) => shareOf(left, shorts[t]!)),
  };
}

/** A coin as credits see it, dollars: net delta, and what a dollar of it may lose to price alone. */
export interface CoinRisk {
  readonly delta: number;
  readonly riskPerDelta: number;
}

/** One leg of a spread between coins that was formed, and what it gives back. */
export interface CreditLeg {
  readonly coin: string;
  readonly against: string;
  readonly delta: number;
  readonly riskPerDelta: number;
  readonly rate: number;
  readonly credit: number;
}

/**
 * Forms spreads between coins of opposite delta: a line of the table takes `n = min(|left| / leftDelta, |right| / rightDelta)` spreads of what
 * the lines before it left, and each leg gives back `rate x risk per delta x n x its delta`. Dollars.
 * @example formCredits(new Map([['BTC', { delta: 8, riskPerDelta: 0.1 }], ['ETH', { delta: -3, riskPerDelta: 0.2 }]]), table)[0].delta // 4
 */
export function formCredits(coins: ReadonlyMap<string, CoinRisk>, table: readonly CoinSpread[]): CreditLeg[] {
  const left = new Map([...coins].map(([coin, { delta }]) => [coin, delta]));
  return inOrder(table, (line) => `${line.left}/${line.right}`).flatMap((line): CreditLeg[] => {
    const a = left.get(line.left) ?? 0;
    const b = left.get(line.right) ?? 0;
    // Two of one sign are no spread; neither is one with nothing.
    if (Math.sign(a) * Math.sign(b) >= 0) return [];
    const spreads = Math.min(Math.abs(a) / line.leftDelta, Math.abs(b) / line.rightDelta);
    const leg = (coin: string, against: string, perSpread: number): CreditLeg => {
      const before = left.get(coin)!;
      // Division and multiplication may leave a speck of the leg that is used up, or overdraw it by one.
      const delta = Math.min(Math.abs(before), spreads * perSpread);
      left.set(coin, Math.sign(before) * (Math.abs(before) - delta));
      const { riskPerDelta } = coins.get(coin)!;
      return {
        coin,
        against,
        delta,
        riskPerDelta,
        rate: line.rate,
        credit: line.rate * riskPerDelta * delta,
      };
    };
    return [leg(line.left, line.right, line.leftDelta), leg(line.right, line.left, line.rightDelta)];
  });
}
