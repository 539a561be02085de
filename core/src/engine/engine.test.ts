// The engine, case by case: what is taken, what is refused and why, what follows.

import { describe, expect, it } from 'vitest';
import { call, fund, openVenue, perp, put, type Venue } from '../../test/venue.ts';
import type { Fact, FactKind, FactOf } from './facts.ts';
import type { Input } from './inputs.ts';
import { priceUnits } from './terms.ts';

const kinds = (facts: readonly Fact[]) => facts.map(({ kind }) => kind);
const only = <K extends FactKind>(facts: readonly Fact[], kind: K) =>
  facts.filter((fact): fact is FactOf<K> => fact.kind === kind);
const reason = ([first]: readonly Fact[]) => (first?.kind === 'refused' ? first.refusal.reason : undefined);
const usd = (dollars: number) => BigInt(Math.round(dollars * 1e8));
let count = 0;
const id = () => `t${++count}`;

const buy = (account: string, lots: number, price = 65_000, more = {}): Input => ({
  kind: 'place',
  account,
  order: { product: perp.id, side: 'buy', lots, price: priceUnits(price), ...more },
  id: id(),
});
const sell = (account: string, lots: number, price = 65_000, more = {}): Input => {
  const input = buy(account, lots, price, more);
  return input.kind === 'place' ? { ...input, order: { ...input.order, side: 'sell' } } : input;
};
const cross = (buyer: string, seller: string, lots: number, price = 65_000, product = perp.id): Input => ({
  kind: 'fill',
  product,
  lots,
  price: priceUnits(price),
  buyer: { account: buyer, fee: 0n },
  seller: { account: seller, fee: 0n },
  taker: 'buyer',
  id: id(),
});

function two(dollars = 50_000): Venue {
  const venue = openVenue();
  fund(venue, 'a', dollars);
  fund(venue, 'b', dollars);
  return venue;
}

describe('M-200 inputs, facts, state', () => {
  it('takes an order that is covered', () => {
    const venue = two();
    expect(kinds(venue.send(buy('a', 1_000)))).toEqual(['ordered']);
  });

  it('refuses what is not covered, in a sentence', () => {
    const venue = two();
    const facts = venue.send(buy('a', 100_000));
    expect(reason(facts)).toBe('insufficient-margin');
    expect(JSON.stringify(facts)).toContain('short of initial margin');
  });
});

describe('M-200 the door', () => {
  it('answers a repeated id with the place of the first', () => {
    const venue = two();
    const input: Input = { kind: 'deposit', account: 'a', asset: 'USD', units: 5n, id: 'once' };
    venue.send(input);
    const { seq } = venue.state;
    expect(venue.send(input)).toEqual([{ kind: 'repeated', of: seq }]);
    expect(venue.state.accounts.get('a')!.balances.get('USD')!.units).toBe(usd(50_000) + 5n);
  });

  it('takes a refused id again', () => {
    const venue = two();
    const input: Input = { kind: 'withdraw', account: 'a', asset: 'USD', units: usd(60_000), id: 'later' };
    expect(reason(venue.send(input))).toBe('insufficient-balance');
    venue.send({ kind: 'deposit', account: 'a', asset: 'USD', units: usd(20_000), id: id() });
    expect(kinds(venue.send(input))).toEqual(['credited']);
  });

  it.each<[string, string, Input]>([
    ['an unknown account', 'unknown-account', buy('nobody', 1)],
    ["the venue's own account", 'unknown-account', buy('clearing', 1)],
    [
      'an unknown product',
      'unknown-product',
      { kind: 'place', account: 'a', order: { product: 'X', side: 'buy', lots: 1, price: 1 }, id: 'x' },
    ],
    ['an unknown asset', 'unknown-asset', { kind: 'deposit', account: 'a', asset: 'X', units: 1n, id: 'x' }],
    ['a wrong sign', 'out-of-range', { kind: 'deposit', account: 'a', asset: 'USD', units: -1n, id: 'x' }],
    [
      'too much at once',
      'out-of-range',
      { kind: 'deposit', account: 'a', asset: 'USD', units: 10n ** 30n, id: 'x' },
    ],
    ['a part of a lot', 'out-of-range', buy('a', 1.5)],
    ['no lots', 'out-of-range', buy('a', 0)],
    ['a price between ticks', 'out-of-range', buy('a', 1, 65_000.3)],
    ['no id', 'malformed', { kind: 'deposit', account: 'a', asset: 'USD', units: 1n, id: '' }],
    ['a price far from the mark', 'collar', buy('a', 1, 80_000)],
    ['an order that is not there', 'unknown-order', { kind: 'cancel', account: 'a', order: '7.0', id: 'x' }],
    ['reducing what is not held', 'reduce-only', buy('a', 1, 65_000, { reduceOnly: true })],
    [
      'a market order that only makes',
      'malformed',
      {
        kind: 'place',
        account: 'a',
        order: { product: perp.id, side: 'buy', lots: 1, postOnly: true },
        id: 'x',
      },
    ],
    [
      'an account that exists',
      'duplicate',
      { kind: 'open', account: 'a', owner: 'a', group: 'main', category: 'professional' },
    ],
    [
      'a name with a blank',
      'malformed',
      { kind: 'open', account: 'desk 1', owner: 'a', group: 'main', category: 'professional' },
    ],
    ['a slice of nothing', 'out-of-range', { kind: 'slice', count: 0 }],
    ['a bust of nothing', 'not-allowed', { kind: 'bust', fill: 'x', operator: 'ann', reason: 'why not' }],
    [
      'an operator without a reason',
      'malformed',
      { kind: 'halt', scope: { kind: 'venue' }, operator: 'ann', reason: ' ' },
    ],
  ])('refuses %s', (_, expected, input) => {
    const venue = two();
    expect(reason(venue.send(input))).toBe(expected);
  });

  it('refuses a time before the last, and halts on a leap', () => {
    const venue = two();
    expect(venue.state.halts.size).toBe(0);
    const facts = venue.send({ kind: 'beat' }, 3_600_000);
    expect(kinds(facts)).toEqual(['halted', 'refused']);
    expect(venue.state.now).toBeLessThan(facts.length === 2 ? 3_600_000 + venue.inputs[0]!.at : 0);
    expect(reason(venue.send(buy('a', 1)))).toBe('halted');
    expect(kinds(venue.send({ kind: 'deposit', account: 'a', asset: 'USD', units: 1n, id: id() }))).toEqual([
      'credited',
    ]);
  });

  it('throttles orders, and never deposits or cancels', () => {
    const venue = openVenue({ ...openVenue().state.policy, throttle: { rate: 1, burst: 2 } });
    fund(venue, 'a', 50_000);
    const [first] = only(venue.send(buy('a', 1)), 'ordered');
    venue.send(buy('a', 1));
    expect(reason(venue.send(buy('a', 1)))).toBe('throttled');
    expect(kinds(venue.send({ kind: 'cancel', account: 'a', order: first!.order, id: id() }))).toEqual([
      'unordered',
    ]);
    expect(kinds(venue.send(buy('a', 1), 2_000))).toEqual(['ordered']);
  });
});

describe('M-201 fills of both sides', () => {
  it('moves lots and costs against each other, and realises what is closed', () => {
    const venue = two();
    const opened = venue.send(cross('a', 'b', 1_000, 65_000));
    expect(only(opened, 'moved').map(({ lots, cost }) => [lots, cost])).toEqual([
      [1_000, -15_384_615n],
      [-1_000, 15_384_615n],
    ]);
    const closed = venue.send(cross('b', 'a', 400, 66_000));
    // 4,000 dollars: 0.06153846 coins at 65,000, 0.06060606 at 66,000.
    const [bought, sold] = only(closed, 'moved');
    expect([bought!.realised, sold!.realised]).toEqual([-93_240n, 93_240n]);
    expect(venue.state.products.get(perp.id)!.openInterest).toBe(600);
  });

  it('pays premiums at once, and fees to the venue', () => {
    const venue = two();
    for (const account of ['a', 'b']) {
      venue.send({ kind: 'deposit', account, asset: 'BTC', units: 200_000_000n, id: id() });
    }
    const facts = venue.send({
      kind: 'fill',
      product: call.id,
      lots: 10,
      price: priceUnits(0.035),
      buyer: { account: 'a', fee: 30_000n },
      seller: { account: 'b', fee: 30_000n },
      taker: 'buyer',
      id: id(),
    });
    expect(kinds(facts)).toContain('traded');
    const btc = (account: string) => venue.state.accounts.get(account)!.balances.get('BTC')?.units ?? 0n;
    expect([btc('a'), btc('b'), btc('venue'), btc('clearing')]).toEqual([
      196_470_000n,
      203_470_000n,
      60_000n,
      0n,
    ]);
  });

  it('refuses a fee that is more than the trade', () => {
    const venue = two();
    const input = cross('a', 'b', 1, 65_000);
    const dear = { ...input, buyer: { account: 'a', fee: usd(1) } } as Input;
    expect(reason(venue.send(dear))).toBe('out-of-range');
  });

  it('busts a trade with its fees', () => {
    const venue = two();
    const input = cross('a', 'b', 1_000, 65_000);
    venue.send(input);
    const facts = venue.send({
      kind: 'bust',
      fill: 'id' in input ? input.id : '',
      operator: 'ann',
      reason: 'fat finger',
    });
    expect(kinds(facts)).toContain('busted');
    for (const account of ['a', 'b']) {
      expect(venue.state.accounts.get(account)!.positions.size).toBe(0);
      expect(venue.state.accounts.get(account)!.balances.get('BTC')).toBeUndefined();
    }
  });

  it('holds fills to what their orders said', () => {
    const venue = two();
    const [order] = only(venue.send(buy('a', 100, 64_000, { postOnly: true })), 'ordered');
    const [other] = only(venue.send(sell('b', 100, 64_000)), 'ordered');
    const fill = (lots: number, price: number, taker: 'buyer' | 'seller'): Input => ({
      kind: 'fill',
      product: perp.id,
      lots,
      price: priceUnits(price),
      buyer: { account: 'a', order: order!.order, fee: 0n },
      seller: { account: 'b', order: other!.order, fee: 0n },
      taker,
      id: id(),
    });
    expect(reason(venue.send(fill(101, 64_000, 'seller')))).toBe('not-allowed');
    expect(reason(venue.send(fill(100, 64_000.5, 'seller')))).toBe('not-allowed');
    expect(reason(venue.send(fill(100, 64_000, 'buyer')))).toBe('not-allowed');
    expect(kinds(venue.send(fill(60, 64_000, 'seller')))).toContain('reordered');
    expect(venue.state.accounts.get('a')!.orders.get(order!.order)!.lots).toBe(40);
  });
});

describe('M-202 settlement', () => {
  it('pays an option its intrinsic value when its account is visited, and the clearing account ends at nothing', () => {
    const { policy } = openVenue().state;
    const venue = openVenue({ ...policy, market: { ...policy.market, jumpMax: 40 * 86_400_000 } });
    for (const account of ['a', 'b']) fund(venue, account, 50_000);
    for (const account of ['a', 'b']) {
      venue.send({ kind: 'deposit', account, asset: 'BTC', units: 300_000_000n, id: id() });
    }
    venue.send(cross('a', 'b', 10, 0.035, call.id));
    const expiry = call.kind === 'option' ? call.expiry : undefined;
    const early = venue.send({
      kind: 'settle',
      underlying: 'BTC',
      expiry: expiry!,
      price: priceUnits(72_000),
    });
    expect(reason(early)).toBe('not-allowed');
    const days = 25 * 86_400_000;
    const facts = venue.send(
      { kind: 'settle', underlying: 'BTC', expiry: expiry!, price: priceUnits(72_000) },
      days,
    );
    // 4,000 / 72,000 of a coin, rounded down; the put of the same day ends at nothing.
    expect(only(facts, 'mode-set').map(({ product, price }) => [product, price])).toEqual([
      [call.id, 5_555_555],
      [put.id, 0],
    ]);
    venue.send({ kind: 'slice', count: 100 });
    const btc = (account: string) => venue.state.accounts.get(account)!.balances.get('BTC')?.units ?? 0n;
    expect([btc('a'), btc('b'), btc('clearing')]).toEqual([302_055_555n, 297_944_445n, 0n]);
    expect(venue.state.accounts.get('clearing')!.positions.size).toBe(0);
  });
});
