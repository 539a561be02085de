// Defects that simulated venues met, each as a row: what was wrong once stays right.

import { describe, expect, it } from 'vitest';
import { market } from '../../test/sample.ts';
import { fund, marketAt, moveTo, openVenue, perp, type Venue } from '../../test/venue.ts';
import type { Instant } from '../base/index.ts';
import { gridDefaults } from '../margin/index.ts';
import type { Fact, FactKind, FactOf } from './facts.ts';
import { withTrade, withUnits } from './imagine.ts';
import type { Input } from './inputs.ts';
import { portfolioOf } from './portfolio.ts';
import { priceUnits } from './terms.ts';
import type { Scope } from './words.ts';

const MINUTE = 60_000;
const only = <K extends FactKind>(facts: readonly Fact[], kind: K) =>
  facts.filter((fact): fact is FactOf<K> => fact.kind === kind);
const reason = (facts: readonly Fact[]) => only(facts, 'refused')[0]?.refusal.reason;
let count = 0;
const id = () => `m${++count}`;
const hand = { operator: 'ann', reason: 'a row' } as const;

const place = (account: string, side: 'buy' | 'sell', lots: number): Input => ({
  kind: 'place',
  account,
  order: { product: perp.id, side, lots, price: priceUnits(65_000) },
  id: id(),
});
const fill = (lots: number, buyer: object, seller: object): Input => ({
  kind: 'fill',
  product: perp.id,
  lots,
  price: priceUnits(65_000),
  buyer: { account: 'a', fee: 0n, ...buyer },
  seller: { account: 'b', fee: 0n, ...seller },
  taker: 'buyer',
  id: id(),
});

function two(dollars = 50_000): Venue {
  const venue = openVenue();
  fund(venue, 'a', dollars);
  fund(venue, 'b', dollars);
  return venue;
}

/** Falls until `a`, long of most that it may be, is called. */
function called(venue: Venue): { readonly price: number; readonly minutes: number } {
  venue.send(fill(10_000, {}, {}));
  for (let minutes = 1, price = 65_000; price > 40_000; minutes++, price -= 100) {
    if (only(moveTo(venue, price, minutes * MINUTE), 'called').length > 0) return { price, minutes };
  }
  throw new Error('it was never called');
}

function leveraged(): Venue {
  const venue = openVenue();
  fund(venue, 'a', 18_500);
  fund(venue, 'b', 1_000_000);
  return venue;
}

describe('M-204 halts', () => {
  it.each<Scope>([
    { kind: 'account', id: 'a' },
    { kind: 'owner', id: 'b' },
    { kind: 'product', id: perp.id },
    { kind: 'venue' },
  ])('let no order fill that was open before: %o', (scope) => {
    const venue = two();
    const [bid] = only(venue.send(place('a', 'buy', 10)), 'ordered');
    const [ask] = only(venue.send(place('b', 'sell', 10)), 'ordered');
    venue.send({ kind: 'halt', scope, ...hand });
    const input = fill(10, { order: bid!.order }, { order: ask!.order });
    expect(reason(venue.send(input))).toBe('halted');
    venue.send({ kind: 'resume', scope, ...hand });
    expect(only(venue.send(input), 'traded')).toHaveLength(1);
  });

  it('begin once: a halt within a halt lengthens deadlines by all of it, and takes no kill back', () => {
    const venue = leveraged();
    const { minutes } = called(venue);
    const { deadline } = venue.state.accounts.get('a')!;
    const scope: Scope = { kind: 'venue' };
    venue.send({ kind: 'kill', scope, ...hand }, minutes * MINUTE);
    venue.send({ kind: 'halt', scope, ...hand }, (minutes + 5) * MINUTE);
    expect(venue.state.halts.get('venue')!.isKill).toBe(true);
    const [resumed] = only(venue.send({ kind: 'resume', scope, ...hand }, (minutes + 9) * MINUTE), 'resumed');
    expect(resumed!.longer).toBe(9 * MINUTE);
    expect(venue.state.accounts.get('a')!.deadline).toBe(deadline! + 9 * MINUTE);
  });
});

describe('M-218 deadlines', () => {
  it('do not pass while the venue is halted, whoever is looked at', () => {
    const venue = leveraged();
    const { price, minutes } = called(venue);
    const scope: Scope = { kind: 'venue' };
    venue.send({ kind: 'halt', scope, ...hand }, minutes * MINUTE);
    const until = minutes + venue.state.policy.ladder.deadline / MINUTE + 5;
    for (let at = minutes + 5; at <= until; at += 5) {
      moveTo(venue, price, at * MINUTE);
      venue.send({ kind: 'beat' }, at * MINUTE);
    }
    expect(venue.state.accounts.get('a')!.status).toBe('called');
    venue.send({ kind: 'resume', scope, ...hand }, until * MINUTE);
    expect(venue.state.accounts.get('a')!.deadline).toBeGreaterThan(venue.state.now);
  });
});

describe('M-200 a refusal behind a leap of the clock', () => {
  it('is not remembered: what is sent again is decided', () => {
    const venue = two();
    const input = place('a', 'buy', 1);
    expect(only(venue.send(input, 60 * MINUTE), 'halted')).toHaveLength(1);
    venue.send({ kind: 'resume', scope: { kind: 'venue' }, ...hand }, 60 * MINUTE);
    venue.send(
      { kind: 'market', market: marketAt(65_000, 60 * MINUTE), health: new Map(), funding: new Map() },
      60 * MINUTE,
    );
    expect(only(venue.send(input, 60 * MINUTE), 'ordered')).toHaveLength(1);
  });

  it('does not hide it: what is sent again halts the venue as well, and nothing of that time is taken', () => {
    const venue = two();
    const input = place('a', 'buy', 1);
    venue.send(input);
    const facts = venue.send(input, 60 * MINUTE);
    expect(facts.map(({ kind }) => kind)).toEqual(['halted', 'refused']);
  });
});

describe('M-212 what would be', () => {
  const at = 9 * MINUTE;

  it('pays the interest that has run up, as a payment does', () => {
    const venue = two();
    venue.send({ kind: 'convert', account: 'a', from: 'BTC', to: 'USD', units: 90_000_000n, id: id() });
    const seen: Input = {
      kind: 'market',
      market: marketAt(65_000, at),
      health: new Map(),
      funding: new Map(),
    };
    venue.send(seen, at);
    const { state } = venue;
    const units = 100_000_000n;
    const imagined = portfolioOf(state, withUnits(state, state.accounts.get('a')!, 'BTC', units));
    venue.send({ kind: 'deposit', account: 'a', asset: 'BTC', units, id: id() }, at);
    expect(imagined.balances).toEqual(portfolioOf(state, state.accounts.get('a')!).balances);
    expect(state.accounts.get('venue')!.balances.get('BTC')!.units).toBeGreaterThan(90_000_000n);
  });

  it('pays the funding of what was held before, not of what is held then', () => {
    const venue = two();
    venue.send(fill(2_000, {}, {}));
    venue.send(
      {
        kind: 'market',
        market: marketAt(65_000, at),
        health: new Map(),
        funding: new Map([[perp.id, 0.01]]),
      },
      at,
    );
    const { state } = venue;
    const later = (2 * at) as Instant;
    venue.send(
      { kind: 'market', market: marketAt(65_000, later), health: new Map(), funding: new Map() },
      later,
    );
    const imagined = portfolioOf(
      state,
      withTrade(state, state.accounts.get('a')!, perp.id, 2_000, priceUnits(65_000)),
    );
    venue.send(fill(2_000, {}, {}), later);
    expect(imagined).toEqual(portfolioOf(state, state.accounts.get('a')!));
  });
});

describe('M-204 limits', () => {
  it('of an owner count for mass quotes as well', () => {
    const venue = two();
    const scope: Scope = { kind: 'owner', id: 'a' };
    venue.send({ kind: 'limit', scope, limit: 'orders', most: 1, ...hand });
    const bid = { price: priceUnits(64_000), lots: 1 };
    const ask = { price: priceUnits(66_000), lots: 1 };
    const quotes = [{ product: perp.id, bid, ask }];
    expect(reason(venue.send({ kind: 'quote', account: 'a', quotes, id: id() }))).toBe('limit');
  });
});

describe('M-200 times that are no whole milliseconds', () => {
  it.each<[string, Input]>([
    [
      'a freeze',
      {
        kind: 'protect',
        account: 'a',
        protection: { underlying: 'BTC', window: 1000, lotsMax: 5, freeze: 1.5 },
        id: 'x',
      },
    ],
    [
      'a hold',
      { kind: 'override', account: 'a', hold: 'calls', until: (market.at + 0.5) as Instant, ...hand },
    ],
    [
      'a proposal',
      {
        kind: 'propose',
        set: 'x',
        model: 'grid',
        parameters: gridDefaults,
        groups: ['main'],
        shadowOf: [],
        from: Number.NaN as Instant,
        ...hand,
      },
    ],
  ])('are refused: %s', (_, input) => {
    expect(reason(two().send(input))).toBe('out-of-range');
  });
});

describe('M-209 what may be owed', () => {
  it('counts the interest that has run up: converting leaves no larger debt', () => {
    const venue = two(500_000);
    const convert = (units: bigint): Input => ({
      kind: 'convert',
      account: 'a',
      from: 'BTC',
      to: 'USD',
      units,
      id: id(),
    });
    venue.send(convert(90_000_000n));
    const at = 9 * MINUTE;
    venue.send({ kind: 'market', market: marketAt(65_000, at), health: new Map(), funding: new Map() }, at);
    expect(reason(venue.send(convert(10_000_000n), at))).toBe('insufficient-balance');
    venue.send(convert(9_999_000n), at);
    const owed = -venue.state.accounts.get('a')!.balances.get('BTC')!.units;
    expect(owed).toBeGreaterThan(99_999_000n);
    expect(owed).toBeLessThanOrEqual(100_000_000n);
  });
});
