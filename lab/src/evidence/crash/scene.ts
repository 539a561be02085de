// When what happens: markets in steps, settlements at eight, beats of the clock in between, and the two hands on the parameters.

import type { Instant, Market } from '@plimsoll/core';
import { expiryOf } from '@plimsoll/core';
import type { MarketHealth, Tradable } from '@plimsoll/core/engine';
import { MINUTE, type Pin } from './path.ts';

/** A stretch of time in which something holds. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** Everything that a run is made from; the same scene, the same state at its end. */
export interface Scene {
  /** Fitted, ascending; the first is the one that accounts are opened on. */
  readonly markets: readonly Market[];
  /** Where the indices were known between the markets; each leaves with the vols of the market before it. */
  readonly between: readonly Pick<Pin, 'at' | 'levels'>[];
  /** Funding rates an hour, by product, at a time. */
  readonly funding: (at: Instant) => ReadonlyMap<string, number>;
  /** Minutes from one market to the next: in the large, and in the stretch that is looked at closely. */
  readonly minutes: number;
  readonly close: Stretch & { readonly minutes: number };
  /** The sources of a coin disagree. */
  readonly quarrel: Stretch & { readonly coin: string };
  /** Proposed, signed by the second hand, in force. */
  readonly change: { readonly proposed: Instant; readonly signed: Instant; readonly from: Instant };
  readonly accounts: number;
  readonly seed: number;
}

/** What the clock brings. */
export type Event =
  | { readonly kind: 'settle'; readonly at: Instant; readonly coin: string; readonly expiry: Instant }
  | {
      readonly kind: 'market';
      readonly at: Instant;
      readonly fitted: number | undefined;
      readonly span: number;
    }
  | { readonly kind: 'propose' | 'sign' | 'adopt' | 'beat'; readonly at: Instant };

/** At one time: what has expired goes first, then the market, then hands, then the clock. */
const RANKS = ['settle', 'market', 'propose', 'sign', 'adopt', 'beat'] as const;
/** A clock that leaps further halts the venue, so it beats at least so often. */
const BEAT = 10 * MINUTE;
/** Nearer to a fitted market there is no other. */
const NEAREST = MINUTE;

function within({ from, to }: Stretch, at: number): boolean {
  return at >= from && at < to;
}

function markets({ markets: fitted, minutes, close }: Scene): Event[] {
  const events: Event[] = [];
  fitted.forEach(({ at }, i) => {
    if (i > 0) events.push({ kind: 'market', at, fitted: i, span: i });
    const next = fitted[i + 1];
    if (next === undefined) return;
    for (let time = Math.ceil(at / MINUTE) * MINUTE; time < next.at; time += MINUTE) {
      const step = (within(close, time) ? close.minutes : minutes) * MINUTE;
      if (time % step !== 0 || time - at < NEAREST || next.at - time < NEAREST) continue;
      events.push({ kind: 'market', at: time as Instant, fitted: undefined, span: i });
    }
  });
  return events;
}

/** Everything that is known beforehand, in its order. */
export function eventsOf(scene: Scene, listed: readonly Tradable[]): Event[] {
  const { markets: fitted, change } = scene;
  const [start, end] = [fitted[0]!.at, fitted.at(-1)!.at];
  const events = markets(scene);
  const expiries = new Map<string, Event>();
  for (const product of listed) {
    const expiry = expiryOf(product);
    if (expiry === undefined || expiry > end) continue;
    const coin = product.underlying;
    expiries.set(`${coin} ${expiry}`, { kind: 'settle', at: expiry, coin, expiry });
  }
  events.push(...expiries.values());
  events.push({ kind: 'propose', at: change.proposed }, { kind: 'sign', at: change.signed });
  events.push({ kind: 'adopt', at: change.from });
  for (let at = Math.ceil(start / BEAT) * BEAT; at < end; at += BEAT) {
    events.push({ kind: 'beat', at: at as Instant });
  }
  const rank = ({ kind }: Event) => RANKS.indexOf(kind);
  return events
    .filter(({ at }) => at > start && at <= end)
    .sort((left, right) => left.at - right.at || rank(left) - rank(right));
}

const NORMAL: MarketHealth = { mode: 'normal', mayLiquidate: true, reasons: [] };
const DISAGREED: MarketHealth = { mode: 'widen', mayLiquidate: false, reasons: ['its sources disagree'] };

/** What the sources of each coin let happen at a time. */
export function healthAt(
  { quarrel }: Scene,
  at: Instant,
  coins: readonly string[],
): Map<string, MarketHealth> {
  return new Map(
    coins.map((coin) => [coin, coin === quarrel.coin && within(quarrel, at) ? DISAGREED : NORMAL]),
  );
}
