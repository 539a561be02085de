// What holds whatever is asked: nothing is made or lost, what is replayed is what was, closing only ever closes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, fund, known, marketAt, openVenue, perp, put, type Venue } from '../../test/venue.ts';
import { canonicalJson, isRefusal, refuse } from '../base/index.ts';
import { type FiguresBody, typescriptFigures } from '../margin/index.ts';
import type { Fact } from './facts.ts';
import { apply, Desk, emptyState, type State } from './index.ts';
import type { Input } from './inputs.ts';
import { type AssetTerms, costOf, type ProductTerms, priceUnits } from './terms.ts';
import { payout, tradeChange } from './trade.ts';

const MINUTE = 60_000;
const NAMES = ['a', 'b', 'c'] as const;
const settle: AssetTerms = { asset: 'BTC', decimals: 8, borrowRate: 0, borrowMax: 0n };
const terms: ProductTerms = { product: perp, lot: 10, lotDecimals: 0, tick: 50_000_000 };

const price = fc.integer({ min: 30_000, max: 120_000 }).map((whole) => priceUnits(whole));
const lots = fc.integer({ min: -50_000, max: 50_000 }).filter((n) => n !== 0);

describe('M-201 trades in integers', () => {
  it('keep what was paid less what was realised, and end at profit to the unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ lots, price }), { minLength: 1, maxLength: 12 }),
        price,
        (trades, final) => {
          let held = { lots: 0, cost: 0n };
          let realised = 0n;
          let paid = 0n;
          for (const trade of trades) {
            const change = tradeChange(terms, settle, held, trade.lots, trade.price);
            held = { lots: held.lots + change.lots, cost: held.cost + change.cost };
            realised += change.realised;
            paid += costOf(terms, trade.lots, trade.price, settle);
            expect(realised - held.cost).toBe(-paid);
            if (held.lots === 0) expect(held.cost).toBe(0n);
          }
          expect(realised + payout(terms, settle, held, final)).toBe(
            costOf(terms, held.lots, final, settle) - paid,
          );
        },
      ),
    );
  });

  it('cost the same for both sides', () => {
    fc.assert(
      fc.property(lots, price, (n, at) => {
        expect(costOf(terms, n, at, settle) + costOf(terms, -n, at, settle)).toBe(0n);
      }),
    );
  });
});

/** Anything that may be asked, sound or not. */
const anything = fc.oneof(
  fc.record({ what: fc.constant('move'), to: fc.integer({ min: 45_000, max: 85_000 }) }),
  fc.record({ what: fc.constant('slice'), to: fc.constant(10) }),
  fc.record({ what: fc.constant('wait'), to: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    what: fc.constantFrom('deposit', 'withdraw', 'convert', 'transfer'),
    who: fc.constantFrom(...NAMES),
    asset: fc.constantFrom('USD', 'BTC'),
    to: fc.integer({ min: 1, max: 30_000 }),
  }),
  fc.record({
    what: fc.constantFrom('place', 'fill', 'quote', 'exit'),
    who: fc.constantFrom(...NAMES),
    with: fc.constantFrom(...NAMES),
    product: fc.constantFrom(perp, call, put),
    side: fc.constantFrom('buy', 'sell'),
    to: fc.integer({ min: 1, max: 4_000 }),
  }),
  fc.record({
    what: fc.constantFrom('bust', 'kill', 'halt', 'resume', 'cancel'),
    who: fc.constantFrom(...NAMES),
    to: fc.integer({ min: 0, max: 20 }),
  }),
);
type Asked = {
  what: string;
  to: number;
  who?: string;
  with?: string;
  asset?: string;
  product?: typeof perp;
  side?: 'buy' | 'sell';
};

/** Turns what is asked into an input; minutes pass as they are waited for. */
function inputOf(asked: Asked, n: number, clock: { minutes: number; at: number }): Input {
  const { what, to, who = 'a', asset = 'USD', product = perp, side = 'buy' } = asked;
  const id = `n${n}`;
  const other = asked.with === who ? NAMES[(NAMES.indexOf(who as 'a') + 1) % 3]! : (asked.with ?? 'b');
  const isOption = product.kind === 'option';
  const at = isOption ? priceUnits(0.02 + to / 200_000) : priceUnits(clock.at + (to % 200) - 100);
  const size = isOption ? 1 + Math.floor(to / 100) : to;
  const operator = { operator: 'ann', reason: 'law' };
  const scope = { kind: 'owner', id: who } as const;
  if (what === 'move') {
    clock.minutes++;
    clock.at = to;
    return {
      kind: 'market',
      market: marketAt(to, clock.minutes * MINUTE),
      health: new Map(),
      funding: new Map([[perp.id, (to % 7) * 1e-5]]),
    };
  }
  if (what === 'wait') {
    clock.minutes += to;
    return { kind: 'beat' };
  }
  if (what === 'slice') return { kind: 'slice', count: to };
  if (what === 'deposit' || what === 'withdraw') {
    return {
      kind: what,
      account: who,
      asset,
      units: BigInt(to) * (asset === 'USD' ? 10n ** 8n : 10_000n),
      id,
    };
  }
  if (what === 'convert')
    return {
      kind: 'convert',
      account: who,
      from: asset,
      to: asset === 'USD' ? 'BTC' : 'USD',
      units: BigInt(to) * 10_000n,
      id,
    };
  if (what === 'transfer') return { kind: 'transfer', account: who, to: other, asset, units: BigInt(to), id };
  if (what === 'quote') {
    return {
      kind: 'quote',
      account: who,
      quotes: [{ product: product.id, bid: { price: at, lots: size } }],
      id,
    };
  }
  if (what === 'place' || what === 'exit') {
    const order = {
      product: product.id,
      side,
      lots: size,
      ...(to % 5 === 0 ? {} : { price: at }),
      ...(what === 'exit' ? { reduceOnly: true } : {}),
    };
    return { kind: 'place', account: who, order, id };
  }
  if (what === 'fill') {
    const [buyer, seller] = side === 'buy' ? [who, other] : [other, who];
    return {
      kind: 'fill',
      product: product.id,
      lots: size,
      price: at,
      buyer: { account: buyer, fee: 11n },
      seller: { account: seller, fee: -3n },
      taker: 'buyer',
      id,
    };
  }
  if (what === 'bust') return { kind: 'bust', fill: `n${to}`, ...operator };
  if (what === 'cancel') return { kind: 'cancel-all', account: who, id };
  return { kind: what as 'kill' | 'halt' | 'resume', scope, ...operator };
}

function venueAfter(
  asked: readonly Asked[],
  look: (venue: Venue, facts: Fact[]) => void = () => undefined,
): Venue {
  const venue = openVenue();
  for (const name of NAMES) {
    fund(venue, name, 30_000, name === 'c' ? 'a' : name);
    venue.send({ kind: 'deposit', account: name, asset: 'BTC', units: 50_000_000n, id: `coin ${name}` });
  }
  const clock = { minutes: 0, at: 65_000 };
  asked.forEach((one, n) => {
    const input = inputOf(one, n, clock);
    look(venue, venue.send(input, clock.minutes * MINUTE));
  });
  return venue;
}

/** What stays, per asset: balances less costs. */
function kept(state: State): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (asset: string, units: bigint) => sums.set(asset, (sums.get(asset) ?? 0n) + units);
  for (const account of state.places) {
    for (const [asset, { units }] of account.balances) add(asset, units);
    for (const [product, { cost }] of account.positions)
      add(state.products.get(product)!.terms.product.settleAsset, -cost);
  }
  return sums;
}

const digest = (state: State) =>
  canonicalJson(
    [...state.accounts.values()].map((account) => ({
      ...account,
      topUp: null,
      balances: [...account.balances].map(([asset, { units, interestAt }]) => [asset, units, interestAt]),
      positions: [...account.positions].map(([product, { lots: n, cost, fundingAt }]) => [
        product,
        n,
        cost,
        fundingAt,
      ]),
      orders: [...account.orders.keys()],
      protections: [...account.protections.keys()],
    })),
  );

const scripts = fc.array(anything, { minLength: 10, maxLength: 40 });
const runs = { numRuns: 25 };

describe('M-200 to M-218 whatever is asked', () => {
  it('M-201 makes and loses nothing: what is kept changes by deposits and withdrawals alone, and lots sum to zero', () => {
    fc.assert(
      fc.property(scripts, (asked) => {
        let before: Map<string, bigint> | undefined;
        venueAfter(asked as Asked[], ({ state }, facts) => {
          const after = kept(state);
          if (before !== undefined) {
            const expected = new Map(before);
            for (const fact of facts) {
              if (fact.kind !== 'credited' || (fact.why !== 'deposit' && fact.why !== 'withdrawal')) continue;
              expected.set(fact.asset, (expected.get(fact.asset) ?? 0n) + fact.units);
            }
            for (const asset of new Set([...after.keys(), ...expected.keys()])) {
              expect(after.get(asset) ?? 0n).toBe(expected.get(asset) ?? 0n);
            }
          }
          before = after;
          for (const [product, { openInterest }] of state.products) {
            const held = state.places.map(({ positions }) => positions.get(product)?.lots ?? 0);
            expect(held.reduce((sum, n) => sum + n, 0)).toBe(0);
            expect(held.filter((n) => n > 0).reduce((sum, n) => sum + n, 0)).toBe(openInterest);
          }
        });
      }),
      runs,
    );
  });

  it('M-200 replays to the same state', () => {
    fc.assert(
      fc.property(scripts, (asked) => {
        const venue = venueAfter(asked as Asked[]);
        const state = emptyState();
        const desk = new Desk(known);
        for (const by of venue.inputs) apply(state, by, desk);
        expect(digest(state)).toBe(digest(venue.state));
      }),
      runs,
    );
  });

  it('M-230 decides the same whatever was assessed before: nothing kept, the same facts', () => {
    fc.assert(
      fc.property(scripts, (asked) => {
        const facts: Fact[][] = [];
        const venue = venueAfter(asked as Asked[], (_, decided) => facts.push(decided));
        const state = emptyState();
        const cold = venue.inputs.map((by) => apply(state, by, new Desk(known)));
        expect(canonicalJson(cold.slice(-facts.length))).toBe(canonicalJson(facts));
      }),
      { numRuns: 10 },
    );
  });

  it('M-211 decides the same whether a slice is judged in one call, refused, or judged one by one', () => {
    let judged = 0;
    const counting: FiguresBody = (book) => {
      const sweep = typescriptFigures(book);
      if (isRefusal(sweep)) return sweep;
      return (crowd, from, to, out) => {
        judged += to - from;
        return sweep(crowd, from, to, out);
      };
    };
    let refused = 0;
    const refusing: FiguresBody = () => () => {
      refused++;
      return refuse('too-large', 'there is no room for it; ask in parts.', 'the crowd');
    };
    fc.assert(
      fc.property(scripts, (asked) => {
        const facts: Fact[][] = [];
        const venue = venueAfter(asked as Asked[], (_, decided) => facts.push(decided));
        const state = emptyState();
        const desk = new Desk(known, counting);
        const ahead = venue.inputs.map((by) => apply(state, by, desk));
        expect(canonicalJson(ahead.slice(-facts.length))).toBe(canonicalJson(facts));
        expect(digest(state)).toBe(digest(venue.state));
        const without = emptyState();
        const bare = new Desk(known, refusing);
        const alone = venue.inputs.map((by) => apply(without, by, bare));
        expect(canonicalJson(alone)).toBe(canonicalJson(ahead));
      }),
      runs,
    );
    expect(judged).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });

  it('M-213 closes only what is short, never grows a position, and ends at the line or with nothing more to do', () => {
    fc.assert(
      fc.property(scripts, (asked) => {
        venueAfter(asked as Asked[], ({ state, desk }, facts) => {
          for (const fact of facts) {
            if (fact.kind !== 'status' || fact.status !== 'liquidating') continue;
            const closed = facts.filter((other) => other.kind === 'moved' && other.account === fact.account);
            if (closed.length === 0) continue;
            const account = state.accounts.get(fact.account)!;
            const standing = desk.standingAs(state, account);
            if (isRefusal(standing)) continue;
            const isBack = standing.equity >= standing.requirement.release.amount;
            expect(isBack || account.positions.size === 0 || account.status === 'liquidating').toBe(true);
          }
        });
      }),
      runs,
    );
  });

  it('M-203 leaves whoever traded by choice with initial covered, or no worse than before', () => {
    fc.assert(
      fc.property(scripts, (asked) => {
        venueAfter(asked as Asked[], ({ state, desk }, facts) => {
          for (const fact of facts) {
            if (fact.kind !== 'ordered') continue;
            const account = state.accounts.get(fact.account)!;
            const standing = desk.standingAs(state, account);
            if (isRefusal(standing) || standing.excess.initial >= 0n) continue;
            const without = {
              ...account,
              orders: new Map([...account.orders].filter(([id]) => id !== fact.order)),
            };
            const before = desk.standingAs(state, without);
            expect(
              isRefusal(before) ? 1n : before.excess.initial - standing.excess.initial,
            ).toBeLessThanOrEqual(0n);
          }
        });
      }),
      runs,
    );
  });
});
