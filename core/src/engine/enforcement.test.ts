// What is enforced: orders below the line, money on its way out, calls, closing, switches, parameters.

import { describe, expect, it } from 'vitest';
import { call, fund, moveTo, openVenue, perp, put, type Venue } from '../../test/venue.ts';
import { dollars, type Instant, isRefusal } from '../base/index.ts';
import { type GridParameters, gridDefaults } from '../margin/index.ts';
import type { Fact, FactKind, FactOf } from './facts.ts';
import { figuresOf } from './index.ts';
import type { Input } from './inputs.ts';
import { curedAt } from './ladder.ts';
import { priceUnits } from './terms.ts';

const kinds = (facts: readonly Fact[]) => facts.map(({ kind }) => kind);
const only = <K extends FactKind>(facts: readonly Fact[], kind: K) =>
  facts.filter((fact): fact is FactOf<K> => fact.kind === kind);
const reason = ([first]: readonly Fact[]) => (first?.kind === 'refused' ? first.refusal.reason : undefined);
const usd = (amount: number) => BigInt(Math.round(amount * 1e8));
let count = 0;
const id = () => `e${++count}`;
const MINUTE = 60_000;
const signed = { operator: 'ann', reason: 'as told' };

const order = (
  account: string,
  side: 'buy' | 'sell',
  lots: number,
  price: number,
  more = {},
  product = perp.id,
): Input => ({
  kind: 'place',
  account,
  order: { product, side, lots, price: priceUnits(price), ...more },
  id: id(),
});
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
const deposit = (account: string, amount: number, asset = 'USD'): Input => ({
  kind: 'deposit',
  account,
  asset,
  units: usd(amount),
  id: id(),
});

/** `a` is long with little money, `b` is short with much. */
function leveraged(own = 20_000, lots = 10_000, more = {}): Venue {
  const policy = openVenue().state.policy;
  const venue = openVenue({ ...policy, ...more });
  fund(venue, 'a', own);
  fund(venue, 'b', 500_000);
  expect(kinds(venue.send(cross('a', 'b', lots)))).toContain('traded');
  return venue;
}
const account = ({ state }: Venue, name: string) => state.accounts.get(name)!;
function standing(venue: Venue, name: string) {
  const found = venue.desk.standingAs(venue.state, account(venue, name));
  if (isRefusal(found)) throw new Error(found.message);
  return found;
}
describe('M-203 orders', () => {
  it('counts everything that is open', () => {
    const venue = openVenue();
    fund(venue, 'a', 50_000);
    let taken = 0;
    while (reason(venue.send(order('a', 'buy', 2_000, 65_000))) === undefined) taken++;
    expect(taken).toBeGreaterThan(3);
    // A sale of what would be bought offsets nothing: the worst subset fills.
    expect(reason(venue.send(order('a', 'buy', 2_000, 65_000)))).toBe('insufficient-margin');
    expect(kinds(venue.send({ kind: 'cancel-all', account: 'a', id: id() }))).toHaveLength(taken);
    expect(kinds(venue.send(order('a', 'buy', 2_000, 65_000)))).toEqual(['ordered']);
  });

  it('lets what only reduces pass below the initial line', () => {
    const venue = leveraged();
    moveTo(venue, 61_500, MINUTE);
    expect(standing(venue, 'a').excess.initial).toBeLessThan(0n);
    expect(reason(venue.send(order('a', 'buy', 10, 61_500), MINUTE))).toBe('insufficient-margin');
    expect(kinds(venue.send(order('a', 'sell', 5_000, 61_500), MINUTE))).toEqual(['ordered']);
  });

  it('cancels the others of a word when one fills, and trims what only reduces', () => {
    const venue = leveraged();
    const more = { oneCancelsOther: 'exit', reduceOnly: true };
    const [above] = only(venue.send(order('a', 'sell', 4_000, 66_000, more)), 'ordered');
    venue.send(order('a', 'sell', 4_000, 64_000, more));
    const [trim] = only(venue.send(order('a', 'sell', 2_000, 67_000, { reduceOnly: true })), 'ordered');
    const facts = venue.send({
      kind: 'fill',
      product: perp.id,
      lots: 1_000,
      price: priceUnits(66_000),
      buyer: { account: 'b', fee: 0n },
      seller: { account: 'a', order: above!.order, fee: 0n },
      taker: 'buyer',
      id: id(),
    });
    expect(only(facts, 'unordered').map(({ why }) => why)).toEqual(['one-cancels-other']);
    venue.send(cross('b', 'a', 8_500));
    const left = [...account(venue, 'a').orders.values()].map(({ id: own, lots }) => [own, lots]);
    expect(left).toEqual([[above!.order, 500]]);
    expect(trim).toBeDefined();
  });

  it('amends within the same id, and asks margin only for more', () => {
    const venue = openVenue();
    fund(venue, 'a', 20_000);
    const [placed] = only(venue.send(order('a', 'buy', 5_000, 64_000)), 'ordered');
    const amend = (lots: number): Input => ({
      kind: 'amend',
      account: 'a',
      order: placed!.order,
      lots,
      id: id(),
    });
    expect(reason(venue.send(amend(500_000)))).toBe('insufficient-margin');
    expect(kinds(venue.send(amend(4_000)))).toEqual(['reordered']);
    expect(account(venue, 'a').orders.get(placed!.order)!.lots).toBe(4_000);
  });

  it('prices a market order at the collar', () => {
    const venue = openVenue();
    fund(venue, 'a', 50_000);
    const [placed] = only(
      venue.send({
        kind: 'place',
        account: 'a',
        order: { product: perp.id, side: 'sell', lots: 10 },
        id: id(),
      }),
      'ordered',
    );
    expect(placed!.isMarket).toBe(true);
    expect(placed!.terms.price).toBe(priceUnits(58_518));
  });

  it('takes a mass quote whole or not at all, in the place of the one before', () => {
    const venue = openVenue();
    fund(venue, 'a', 100_000);
    const quotes = (lots: number): Input => ({
      kind: 'quote',
      account: 'a',
      quotes: [
        { product: call.id, bid: { price: priceUnits(0.03), lots }, ask: { price: priceUnits(0.04), lots } },
        { product: put.id, bid: { price: priceUnits(0.03), lots } },
      ],
      id: id(),
    });
    expect(only(venue.send(quotes(10)), 'ordered')).toHaveLength(3);
    expect(reason(venue.send(quotes(10_000)))).toBe('insufficient-margin');
    expect(account(venue, 'a').orders.size).toBe(3);
    const facts = venue.send(quotes(5));
    expect([only(facts, 'unordered').length, only(facts, 'ordered').length]).toEqual([3, 3]);
  });
});

describe('M-204 limits and switches', () => {
  it('counts orders, lots, open interest and the delta of an owner', () => {
    const venue = leveraged(100_000, 1_000);
    const limit = (
      scope: Extract<Input, { kind: 'limit' }>['scope'],
      name: 'orders' | 'position' | 'delta' | 'open-interest',
      most: number | null,
    ) => venue.send({ kind: 'limit', scope, limit: name, most, ...signed });
    const tryOne = () => reason(venue.send(order('a', 'buy', 100, 65_000)));
    for (const [scope, name, most] of [
      [{ kind: 'account', id: 'a' }, 'orders', 0],
      [{ kind: 'account', id: 'a' }, 'position', 1_050],
      [{ kind: 'owner', id: 'a' }, 'delta', 10_500],
      [{ kind: 'product', id: perp.id }, 'open-interest', 1_050],
    ] as const) {
      expect(kinds(limit(scope, name, most))).toEqual(['limited']);
      expect(tryOne()).toBe('limit');
      limit(scope, name, null);
    }
    expect(tryOne()).toBeUndefined();
    expect(reason(limit({ kind: 'venue' }, 'delta', 1))).toBe('not-allowed');
  });

  it('stops everything with the kill switch, and lets money in', () => {
    const venue = leveraged(100_000, 1_000);
    venue.send(order('a', 'buy', 100, 64_000));
    const facts = venue.send({ kind: 'kill', scope: { kind: 'owner', id: 'a' }, ...signed });
    expect(kinds(facts)).toEqual(['halted', 'unordered']);
    expect(reason(venue.send(order('a', 'sell', 100, 66_000)))).toBe('halted');
    expect(kinds(venue.send(deposit('a', 1)))).toEqual(['credited']);
    expect(kinds(venue.send(order('b', 'buy', 1, 64_000)))).toEqual(['ordered']);
    venue.send({ kind: 'resume', scope: { kind: 'owner', id: 'a' }, ...signed });
    expect(kinds(venue.send(order('a', 'sell', 100, 66_000)))).toEqual(['ordered']);
  });

  it('pulls the quotes of a market maker when too many filled within the window', () => {
    const venue = openVenue();
    for (const name of ['a', 'b']) fund(venue, name, 200_000);
    venue.send({
      kind: 'protect',
      account: 'a',
      protection: { underlying: 'BTC', window: 1_000, lotsMax: 5, freeze: 2_000 },
      id: id(),
    });
    const quote = (): Input => ({
      kind: 'quote',
      account: 'a',
      quotes: [{ product: call.id, ask: { price: priceUnits(0.04), lots: 10 } }],
      id: id(),
    });
    const [placed] = only(venue.send(quote()), 'ordered');
    venue.send(deposit('b', 10, 'BTC'));
    const hit = (lots: number): Input => ({
      kind: 'fill',
      product: call.id,
      lots,
      price: priceUnits(0.04),
      buyer: { account: 'b', fee: 0n },
      seller: { account: 'a', order: placed!.order, fee: 0n },
      taker: 'buyer',
      id: id(),
    });
    expect(kinds(venue.send(hit(3)))).not.toContain('quoted-out');
    // The window has passed, so the count begins anew.
    expect(kinds(venue.send(hit(4), 1_500))).not.toContain('quoted-out');
    const facts = venue.send(hit(1), 1_600);
    expect(kinds(facts)).toContain('quoted-out');
    expect(account(venue, 'a').orders.size).toBe(0);
    expect(reason(venue.send(quote(), 1_700))).toBe('not-allowed');
    expect(kinds(venue.send(quote(), 3_700))).toEqual(['ordered']);
  });
});

describe('M-205 funding, M-206 interest', () => {
  it('runs between markets, and is paid when the position is touched', () => {
    const venue = leveraged();
    const facts = moveTo(venue, 65_000, 6 * MINUTE);
    // A lot is 10 dollars: rate x 0.1 h x 10 / 65,019.5 coins, in 1e-20 coins.
    const step = (0.00001 * 0.1 * 10) / 65_019.5;
    expect(Number(only(facts, 'funded')[0]!.step) / 1e20).toBeCloseTo(step, 14);
    const paid = only(venue.send(cross('b', 'a', 10_000), 6 * MINUTE), 'credited').filter(
      ({ why }) => why === 'funding',
    );
    const of = (name: string) =>
      paid.filter(({ account: own }) => own === name).reduce((sum, { units }) => sum + units, 0n);
    const units = step * 10_000 * 1e8;
    expect([of('a'), of('b'), of('clearing')]).toEqual([
      -BigInt(Math.ceil(units)),
      BigInt(Math.floor(units)),
      1n,
    ]);
  });

  it('is owed on what is borrowed, and goes to the venue', () => {
    const venue = openVenue();
    fund(venue, 'a', 500_000);
    const borrow: Input = {
      kind: 'convert',
      account: 'a',
      from: 'BTC',
      to: 'USD',
      units: 50_000_000n,
      id: id(),
    };
    const got = only(venue.send(borrow), 'credited').find(
      ({ account: own, asset }) => own === 'a' && asset === 'USD',
    );
    expect(got!.units).toBe(usd(32_500 * (1 - 0.0005)));
    expect(reason(venue.send({ ...borrow, units: 60_000_000n, id: id() }))).toBe('insufficient-balance');
    moveTo(venue, 65_000, 9 * MINUTE);
    const facts = only(venue.send(deposit('a', 1, 'BTC')), 'credited').filter(
      ({ why }) => why === 'interest',
    );
    // 10 % a year for nine minutes on half a coin.
    const due = Math.ceil((0.5 * 0.1 * 9 * MINUTE * 1e8) / (365 * 86_400_000));
    expect(facts.map(({ account: own, units }) => [own, units])).toEqual([
      ['a', BigInt(-due)],
      ['venue', BigInt(due)],
    ]);
  });
});

describe('M-207 deposits, M-208 withdrawals, M-209 conversions', () => {
  it('lets out what leaves initial and what is locked, to the unit', () => {
    const venue = leveraged(100_000);
    const { withdrawable } = standing(venue, 'a');
    const take = (units: bigint): Input => ({
      kind: 'withdraw',
      account: 'a',
      asset: 'USD',
      units,
      id: id(),
    });
    expect(reason(venue.send(take(withdrawable + 1n)))).toBe('insufficient-margin');
    expect(kinds(venue.send(take(withdrawable)))).toEqual(['credited']);
    expect(reason(venue.send(take(1n)))).toBe('insufficient-margin');
  });

  it('lets neither unsettled profit nor the worth of bought options out', () => {
    const venue = leveraged(100_000);
    const before = standing(venue, 'a').withdrawable;
    moveTo(venue, 70_000, MINUTE);
    const after = standing(venue, 'a');
    expect(after.requirement.locked).toBeGreaterThan(usd(7_000));
    expect(dollars(after.withdrawable) - dollars(before)).toBeLessThan(1_000);
    expect(
      reason(venue.send({ kind: 'withdraw', account: 'a', asset: 'USD', units: usd(100_001), id: id() })),
    ).toBe('insufficient-balance');
  });

  it('moves money between accounts of an owner only', () => {
    const venue = openVenue();
    fund(venue, 'a', 1_000);
    fund(venue, 'a2', 0, 'a');
    fund(venue, 'b', 0);
    const move = (to: string): Input => ({
      kind: 'transfer',
      account: 'a',
      to,
      asset: 'USD',
      units: usd(400),
      id: id(),
    });
    expect(kinds(venue.send(move('a2')))).toEqual(['credited', 'credited']);
    expect(reason(venue.send(move('b')))).toBe('not-allowed');
    expect(reason(venue.send(move('a')))).toBe('not-allowed');
  });
});

describe('M-210 to M-215: M-211 slices, M-212 cures, M-213 closing at M-214 prices, M-215 bankrupts', () => {
  /** Bitcoin falls in steps until the first fact of a kind. */
  function fallUntil(
    venue: Venue,
    kind: FactKind,
    from = 65_000,
  ): { readonly facts: Fact[]; readonly price: number; readonly minutes: number } {
    for (let minutes = 1, price = from; price > 20_000; minutes++, price -= 100) {
      const facts = moveTo(venue, price, minutes * MINUTE);
      if (only(facts, kind).length > 0) return { facts, price, minutes };
    }
    throw new Error('it never came');
  }

  it('warns, calls with a deadline and a cure, and is cured by exactly that', () => {
    const venue = leveraged(18_500);
    const warned = fallUntil(venue, 'status');
    expect(only(warned.facts, 'status')[0]).toMatchObject({ account: 'a', status: 'warned', was: 'clear' });
    const { facts, minutes } = fallUntil(venue, 'called', warned.price - 100);
    const [made] = only(facts, 'called');
    expect(made!.deadline).toBe(venue.state.now + venue.state.policy.ladder.deadline);
    const figures = figuresOf(standing(venue, 'a'));
    expect(figures.equity).toBeGreaterThanOrEqual(figures.maintenance);
    expect(made!.cure.units).toBe(curedAt(figures, venue.state.policy.ladder) - figures.equity);
    const pay = (units: bigint): Input => ({ kind: 'deposit', account: 'a', asset: 'USD', units, id: id() });
    venue.send(pay(made!.cure.units! - 1n), minutes * MINUTE);
    expect(account(venue, 'a').status).toBe('called');
    venue.send(pay(1n), minutes * MINUTE);
    expect(account(venue, 'a').status).toBe('warned');
    expect(venue.state.called.size).toBe(0);
  });

  it('names single trades that cure, as few lots as do', () => {
    const venue = leveraged(18_500);
    const { facts } = fallUntil(venue, 'called');
    const [trade] = only(facts, 'called')[0]!.cure.trades;
    expect(trade).toMatchObject({ product: perp.id });
    expect(trade!.lots).toBeLessThan(0);
    expect(trade!.cost).toBeGreaterThan(0n);
    const price = Math.round(
      venue.desk.judgeOf(venue.state, 'grid-1') && venue.state.market!.underlyings[0]!.perpetual,
    );
    // At the mark it costs less than a forced trade, so it cures with room; one lot fewer at the forced price does not (M-212).
    venue.send(cross('b', 'a', -trade!.lots, price));
    expect(account(venue, 'a').status).not.toBe('called');
  });

  it('closes when the deadline has passed, as few lots as bring it back to the line', () => {
    const venue = leveraged(18_500);
    const { price, minutes } = fallUntil(venue, 'called');
    let at = minutes;
    while (account(venue, 'a').status === 'called' && at < minutes + 100) moveTo(venue, price, ++at * MINUTE);
    expect(at - minutes).toBe(60);
    const { lots } = account(venue, 'a').positions.get(perp.id)!;
    expect(lots).toBeLessThan(10_000);
    expect(lots).toBeGreaterThan(5_000);
    const figures = figuresOf(standing(venue, 'a'));
    expect(figures.equity).toBeGreaterThanOrEqual(figures.release);
    expect(account(venue, 'backstop').positions.get(perp.id)!.lots).toBe(10_000 - lots);
  });

  it('closes at once below maintenance, and cancels orders first', () => {
    const venue = leveraged(18_500);
    venue.send(order('a', 'sell', 100, 66_000));
    const facts = moveTo(venue, 56_000, MINUTE);
    expect(only(facts, 'called').filter(({ account: own }) => own === 'a')).toEqual([]);
    expect(only(facts, 'status')[0]).toMatchObject({ status: 'liquidating', why: 'below maintenance' });
    expect(only(facts, 'unordered')[0]).toMatchObject({ why: 'closing' });
    expect(['clear', 'warned']).toContain(account(venue, 'a').status);
  });

  it('leaves a bankrupt with what the fund does not pay', () => {
    const venue = leveraged(18_500);
    venue.send(deposit('insurance', 100, 'BTC'));
    const facts = moveTo(venue, 40_000, MINUTE);
    expect(account(venue, 'a').positions.size).toBe(0);
    expect(only(facts, 'credited').some(({ why }) => why === 'insurance')).toBe(true);
    expect([...account(venue, 'a').balances.values()].every(({ units }) => units >= 0n)).toBe(true);

    const poor = leveraged(18_500);
    const said = moveTo(poor, 40_000, MINUTE);
    expect(only(said, 'missing')).toHaveLength(1);
    expect(account(poor, 'a').status).toBe('bankrupt');
    expect(only(moveTo(poor, 39_000, 2 * MINUTE), 'missing')).toEqual([]);
    expect(reason(poor.send(order('a', 'buy', 1, 39_000), 2 * MINUTE))).toBe('not-allowed');
    poor.send(deposit('a', 50_000), 2 * MINUTE);
    expect(account(poor, 'a').status).toBe('clear');
  });
});

describe('M-211 what has no price', () => {
  it('counts money without a price as nothing, so that depositing it hides nobody', () => {
    const venue = leveraged(18_500);
    venue.send({ kind: 'asset', terms: { asset: 'XYZ', decimals: 8, borrowRate: 0, borrowMax: 0n } });
    moveTo(venue, 65_000, MINUTE);
    expect(kinds(venue.send(deposit('a', 1_000_000, 'XYZ'), MINUTE))).toEqual(['credited']);
    expect(only(moveTo(venue, 56_000, 2 * MINUTE), 'status')[0]).toMatchObject({ status: 'liquidating' });
  });
});

describe('M-216 top-ups', () => {
  it('draws what cures, within the limit, and never below the other account’s own line', () => {
    const venue = leveraged(18_500);
    fund(venue, 'bank', 3_000, 'a');
    venue.send({ kind: 'link', account: 'a', topUp: { from: 'bank', asset: 'USD', most: usd(1_000) } });
    let drawn = 0n;
    for (let step = 1; step < 120 && drawn < usd(1_000); step++) {
      moveTo(venue, 65_000 - 100 * step, step * MINUTE);
      drawn = account(venue, 'a').drawn;
      expect(drawn).toBeLessThanOrEqual(usd(1_000));
    }
    expect(drawn).toBe(usd(1_000));
    expect(account(venue, 'bank').balances.get('USD')!.units).toBe(usd(2_000));
  });
});

describe('M-217 parameters', () => {
  const propose = (set: string, groups: string[], shadowOf: string[], initial: number, from = 0): Input => ({
    kind: 'propose',
    set,
    model: 'grid',
    parameters: {
      ...gridDefaults,
      version: set,
      coins: { ...gridDefaults.coins, BTC: { ...gridDefaults.coins['BTC']!, maintenance: initial, initial } },
    } satisfies GridParameters as GridParameters,
    groups,
    shadowOf,
    from: from as Instant,
    ...signed,
  });

  it('asks two hands where the venue does', () => {
    const venue = openVenue({ ...openVenue().state.policy, approvals: 2 });
    expect(reason(venue.send({ kind: 'approve', set: 'grid-1', operator: 'ann' }))).toBe('not-allowed');
    expect(kinds(venue.send({ kind: 'approve', set: 'grid-1', operator: 'bob' }))).toEqual([
      'approved',
      'adopted',
    ]);
  });

  it('says beforehand whom it would close, adopts when the time has come, and judges everybody anew', () => {
    const venue = leveraged(20_000);
    const later = venue.state.now + 5 * MINUTE;
    const [made] = only(venue.send(propose('tight', ['main'], [], 0.4, later)), 'proposed');
    expect(made).toMatchObject({ called: [], closed: ['a'], calledCount: 0, closedCount: 1 });
    expect(account(venue, 'a').status).toBe('clear');
    expect(kinds(venue.send({ kind: 'beat' }, 5 * MINUTE))).toEqual(['adopted']);
    moveTo(venue, 65_000, 5 * MINUTE);
    expect(account(venue, 'a').positions.get(perp.id)!.lots).toBeLessThan(10_000);
  });

  it('computes another model beside the one that counts', () => {
    const venue = leveraged(20_000);
    venue.send(propose('tight', [], ['main'], 0.4));
    const [shade] = only(moveTo(venue, 65_000, MINUTE), 'shadowed');
    expect(shade).toMatchObject({ set: 'tight', accounts: 2, closed: 1 });
    expect(account(venue, 'a').status).toBe('clear');
  });
});

describe('M-219 owners', () => {
  it('charges sizes of all accounts of an owner together', () => {
    const initial = (owners: readonly [string, string]) => {
      const venue = openVenue();
      fund(venue, 'maker', 90_000_000);
      fund(venue, 'a', 20_000_000, owners[0]);
      fund(venue, 'b', 20_000_000, owners[1]);
      for (const name of ['a', 'b']) venue.send(cross(name, 'maker', 1_000_000));
      const figures = venue.desk.figuresOf(venue.state, account(venue, 'a'));
      if (isRefusal(figures)) throw new Error(figures.message);
      return dollars(figures.initial);
    };
    const [apart, together] = [initial(['x', 'y']), initial(['x', 'x'])];
    const venue = openVenue();
    fund(venue, 'maker', 90_000_000);
    fund(venue, 'a', 40_000_000);
    venue.send(cross('a', 'maker', 2_000_000));
    const one = dollars(standing(venue, 'a').requirement.initial.amount);
    expect(together).toBeGreaterThan(apart);
    expect(2 * together).toBeCloseTo(one, -1);
  });
});

describe('M-218 nobody is closed on a bad price', () => {
  const sick = new Map([
    ['BTC', { mode: 'reduce-only' as const, mayLiquidate: false, reasons: ['one source, and it disagrees'] }],
  ]);

  it('withholds on sources that may not close, and says so once', () => {
    const venue = leveraged(18_500);
    const facts = moveTo(venue, 56_000, MINUTE, sick);
    expect(only(facts, 'withheld')).toHaveLength(1);
    expect(only(facts, 'health')).toMatchObject([{ coin: 'BTC', health: { mode: 'reduce-only' } }]);
    expect(only(moveTo(venue, 56_000, 2 * MINUTE, sick), 'withheld')).toEqual([]);
    expect(account(venue, 'a').positions.get(perp.id)!.lots).toBe(10_000);
    expect(reason(venue.send(order('b', 'sell', 1, 56_000), 2 * MINUTE))).toBe('reduce-only');
    moveTo(venue, 56_000, 3 * MINUTE);
    expect(account(venue, 'a').positions.get(perp.id)!.lots).toBeLessThan(10_000);
  });

  it('withholds on a stale market, within grace, while halted, and while an operator holds', () => {
    const venue = leveraged(18_500);
    venue.send({
      kind: 'override',
      account: 'a',
      hold: 'closing',
      until: (venue.state.now + 3 * MINUTE) as Instant,
      ...signed,
    });
    const whys = (facts: Fact[]) => only(facts, 'withheld').map(({ why }) => why);
    expect(whys(moveTo(venue, 56_000, MINUTE))).toEqual(['an operator holds it']);
    venue.send({ kind: 'halt', scope: { kind: 'venue' }, ...signed }, 2 * MINUTE);
    expect(whys(moveTo(venue, 56_000, 3 * MINUTE))).toEqual(['the venue is halted']);
    venue.send({ kind: 'resume', scope: { kind: 'venue' }, ...signed }, 4 * MINUTE);
    expect(whys(moveTo(venue, 56_000, 4 * MINUTE))).toEqual([
      'there was a halt, and its grace has not passed',
    ]);
    expect(whys(venue.send({ kind: 'slice', count: 10 }, 8 * MINUTE))).toEqual([]);
    expect(account(venue, 'a').positions.get(perp.id)!.lots).toBe(10_000);
    moveTo(venue, 56_000, 10 * MINUTE);
    expect(account(venue, 'a').positions.get(perp.id)!.lots).toBeLessThan(10_000);
  });

  it('refuses a market older than the one that counts, and lets only reducing orders into an old one', () => {
    const venue = leveraged(50_000);
    moveTo(venue, 65_000, 2 * MINUTE);
    const [late] = moveTo(venue, 65_000, MINUTE);
    expect(late).toMatchObject({ kind: 'refused', refusal: { reason: 'stale-market' } });
    expect(reason(venue.send(order('a', 'buy', 1, 65_000), 8 * MINUTE))).toBe('stale-market');
    expect(kinds(venue.send(order('a', 'sell', 1, 65_000), 8 * MINUTE))).toEqual(['ordered']);
  });
});
