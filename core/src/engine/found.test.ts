// What a reader of the engine found, a row each: shields, doors left open, queues that starve.

import { describe, expect, it } from 'vitest';
import { AT, expiryIn } from '../../test/sample.ts';
import { call, fund, known, marketAt, moveTo, openVenue, perp, type Venue } from '../../test/venue.ts';
import { type Instant, isRefusal } from '../base/index.ts';
import { Desk } from './desk.ts';
import type { Fact, FactKind, FactOf } from './facts.ts';
import type { Input } from './inputs.ts';
import { priceUnits, type Tradable } from './terms.ts';

const only = <K extends FactKind>(facts: readonly Fact[], kind: K) =>
  facts.filter((fact): fact is FactOf<K> => fact.kind === kind);
const reason = ([first]: readonly Fact[]) => (first?.kind === 'refused' ? first.refusal.reason : undefined);
const MINUTE = 60_000;
const signed = { operator: 'ann', reason: 'as told' };
let count = 0;
const id = () => `f${++count}`;
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
const lotsOf = ({ state }: Venue, account: string, product = perp.id) =>
  state.accounts.get(account)!.positions.get(product)?.lots ?? 0;
const calm = () => {
  const { policy } = openVenue().state;
  return {
    ...policy,
    market: {
      ...policy.market,
      jumpMax: 40 * 86_400_000,
      ageMax: 40 * 86_400_000,
      tradeAgeMax: 40 * 86_400_000,
    },
  };
};

describe('M-213 a hedged book', () => {
  it('is closed by shares of everything where no single leg helps', () => {
    const venue = openVenue();
    const future: Tradable = { ...perp, kind: 'future', id: 'BTC-27MAR26', expiry: expiryIn(25) } as Tradable;
    venue.send({ kind: 'list', terms: { product: future, lot: 10, lotDecimals: 0, tick: 50_000_000 } });
    fund(venue, 'maker', 90_000_000);
    fund(venue, 'a', 250_000);
    venue.send(cross('a', 'maker', 100_000));
    venue.send(cross('maker', 'a', 100_000, 65_260, future.id));
    expect(lotsOf(venue, 'a', future.id)).toBe(-100_000);
    const figures = venue.desk.figuresOf(venue.state, venue.state.accounts.get('a')!);
    if (isRefusal(figures)) throw new Error(figures.message);
    const units = figures.equity - figures.initial - figures.locked;
    expect(
      only(venue.send({ kind: 'withdraw', account: 'a', asset: 'USD', units, id: id() }), 'credited'),
    ).toHaveLength(1);
    let traded: Fact[] = [];
    for (let minute = 1; minute < 60 && traded.length === 0; minute++) {
      const funding = new Map([[perp.id, 0.1]]);
      const at = minute * 9 * MINUTE;
      venue.send({ kind: 'market', market: marketAt(65_000, at), health: new Map(), funding }, at);
      traded = only(venue.send({ kind: 'slice', count: 100 }, at), 'traded');
    }
    const sides = only(traded, 'traded').map(({ product, lots, seller }) => [product, lots, seller]);
    expect(new Set(sides.map(([product]) => product))).toEqual(new Set([perp.id, future.id]));
    expect(['clear', 'warned']).toContain(venue.state.accounts.get('a')!.status);
    expect(lotsOf(venue, 'a') + lotsOf(venue, 'a', future.id)).toBe(0);
  });
});

describe('M-202 what has expired', () => {
  it('counts at the index until it is settled, so that holding it shields nobody', () => {
    const venue = openVenue(calm());
    fund(venue, 'a', 20_000);
    fund(venue, 'b', 900_000);
    venue.send({ kind: 'deposit', account: 'a', asset: 'BTC', units: 10_000_000n, id: id() });
    venue.send(cross('a', 'b', 1, 0.035, call.id));
    venue.send(cross('a', 'b', 10_000));
    const facts = moveTo(venue, 50_000, 26 * 86_400_000);
    expect(only(facts, 'unjudged')).toEqual([]);
    expect(only(facts, 'status')[0]).toMatchObject({ account: 'a', status: 'liquidating' });
    expect(reason(venue.send(cross('a', 'b', 1, 0.0001, call.id), 26 * 86_400_000))).toBe('expired');
  });

  it('is settled near the index, or not at all', () => {
    const venue = openVenue(calm());
    const expiry = (call as { expiry: Instant }).expiry;
    const settle = (price: number): Input => ({
      kind: 'settle',
      underlying: 'BTC',
      expiry,
      price: priceUnits(price),
    });
    expect(reason(venue.send(settle(6_500_000), 26 * 86_400_000))).toBe('collar');
    expect(only(venue.send(settle(65_500), 26 * 86_400_000), 'mode-set')).toHaveLength(2);
  });
});

describe('M-211 slices', () => {
  it('go round, so that a market a minute starves nobody', () => {
    const venue = openVenue();
    fund(venue, 'maker', 90_000_000);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) {
      fund(venue, name, 18_500);
      venue.send(cross(name, 'maker', 10_000));
    }
    for (let minute = 1; minute < 8; minute++) {
      const at = minute * MINUTE;
      venue.send({ kind: 'market', market: marketAt(55_000, at), health: new Map(), funding: new Map() }, at);
      venue.send({ kind: 'slice', count: 2 }, at);
    }
    for (const name of names) expect(lotsOf(venue, name)).toBeLessThan(10_000);
  });
});

describe('M-218 prices', () => {
  it('closes nobody and moves no money on a market that was old when it came', () => {
    const venue = openVenue(calm());
    const { policy } = openVenue().state;
    fund(venue, 'a', 18_500);
    fund(venue, 'b', 500_000);
    venue.send(cross('a', 'b', 10_000));
    venue.send({ kind: 'policy', policy, operator: 'ann' });
    const late = marketAt(55_000, MINUTE);
    venue.send({ kind: 'market', market: late, health: new Map(), funding: new Map() }, 9 * MINUTE);
    expect(only(venue.send({ kind: 'slice', count: 9 }, 9 * MINUTE), 'withheld')[0]).toMatchObject({
      why: 'the market is stale',
    });
    const sell: Input = {
      kind: 'convert',
      account: 'b',
      from: 'USD',
      to: 'BTC',
      units: 10n ** 10n,
      id: id(),
    };
    expect(reason(venue.send(sell, 9 * MINUTE))).toBe('stale-market');
  });

  it('asks the sources of collateral too, and dust of a coin holds up nothing', () => {
    const sick = new Map([
      ['ETH', { mode: 'normal' as const, mayLiquidate: false, reasons: ['they disagree'] }],
    ]);
    const facts = (ether: bigint) => {
      const venue = openVenue();
      fund(venue, 'a', 14_000);
      fund(venue, 'b', 500_000);
      venue.send({ kind: 'deposit', account: 'a', asset: 'ETH', units: 500_000_000n, id: id() });
      venue.send(cross('a', 'b', 10_000));
      venue.send({ kind: 'withdraw', account: 'a', asset: 'ETH', units: 500_000_000n - ether, id: id() });
      return moveTo(venue, 52_000, MINUTE, sick);
    };
    expect(only(facts(500_000_000n), 'withheld')).toHaveLength(1);
    expect(only(facts(450_000_000n), 'traded')).toEqual([]);
  });
});

describe('M-216 top-ups', () => {
  it('draw on an owner’s own accounts, on another’s only where an operator signs', () => {
    const venue = openVenue();
    fund(venue, 'a', 100);
    fund(venue, 'whale', 1_000_000);
    const link: Input = {
      kind: 'link',
      account: 'a',
      topUp: { from: 'whale', asset: 'USD', most: 10n ** 12n },
    };
    expect(reason(venue.send(link))).toBe('not-allowed');
    expect(only(venue.send({ ...link, operator: 'ann' }), 'linked')).toHaveLength(1);
  });
});

describe('M-203 trades agreed elsewhere', () => {
  it('meet collars and limits as orders do', () => {
    const venue = openVenue();
    fund(venue, 'a', 900_000);
    fund(venue, 'b', 900_000);
    expect(reason(venue.send(cross('a', 'b', 10, 90_000)))).toBe('collar');
    venue.send({ kind: 'limit', scope: { kind: 'account', id: 'a' }, limit: 'position', most: 5, ...signed });
    expect(reason(venue.send(cross('a', 'b', 10)))).toBe('limit');
  });
});

describe('M-219 what is kept of an owner', () => {
  it('is worked out anew when any of its accounts changes', () => {
    const venue = openVenue();
    for (const name of ['x', 'y']) fund(venue, name, 200_000, 'one');
    fund(venue, 'b', 900_000);
    const order: Input = {
      kind: 'place',
      account: 'y',
      order: { product: perp.id, side: 'buy', lots: 10, price: priceUnits(64_000) },
      id: id(),
    };
    const [placed] = only(venue.send(order), 'ordered');
    venue.send({ kind: 'deposit', account: 'x', asset: 'USD', units: 1n, id: id() });
    venue.send({ kind: 'cancel', account: 'y', order: placed!.order, id: id() });
    venue.send({ ...order, account: 'x', id: id() });
    venue.send(cross('x', 'b', 11_000));
    const x = venue.state.accounts.get('x')!;
    expect(venue.desk.figuresOf(venue.state, x)).toEqual(new Desk(known).figuresOf(venue.state, x));
  });
});

describe('M-217 sets', () => {
  it('that are computed beside can be taken back, those that count cannot', () => {
    const venue = openVenue();
    expect(AT).toBe(venue.state.market!.at);
    const back = (set: string): Input => ({ kind: 'withdraw-proposal', set, ...signed });
    expect(reason(venue.send(back('grid-1')))).toBe('not-allowed');
    const { parameters } = venue.state.sets.get('grid-1')!;
    venue.send({
      kind: 'propose',
      set: 's',
      model: 'grid',
      parameters,
      groups: [],
      shadowOf: ['main'],
      from: 0 as Instant,
      ...signed,
    });
    expect(venue.state.groups.get('main')!.shadows).toEqual(['s']);
    venue.send(back('s'));
    expect(venue.state.groups.get('main')!.shadows).toEqual([]);
  });

  it('one hand cannot lower how many are asked', () => {
    const venue = openVenue({ ...openVenue().state.policy, approvals: 2 });
    const policy = { ...venue.state.policy, approvals: 1 as const };
    expect(reason(venue.send({ kind: 'policy', policy, operator: 'ann' }))).toBe('not-allowed');
  });
});
