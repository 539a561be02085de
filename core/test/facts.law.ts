// Random facts of every kind, and random states, for laws about their text.

import fc from 'fast-check';
import { type Refusal, refuse, type Usd } from '../src/base/index.ts';
import {
  type AccountState,
  CATEGORIES,
  type CreditReason,
  emptyState,
  enginePolicy,
  type Fact,
  type FactKind,
  type FactOf,
  type GoneReason,
  HOUSE,
  LIMITS,
  type PastFill,
  STATUSES,
  type State,
} from '../src/engine/index.ts';
import { type ModelId, models } from '../src/margin/index.ts';
import {
  asset,
  assetTerms,
  handle,
  health,
  lots,
  market,
  name,
  orderId,
  orderTerms,
  price,
  product,
  productTerms,
  protection,
  reason,
  record,
  scope,
  time,
} from './inputs.law.ts';

const units = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const dollars = units as unknown as fc.Arbitrary<Usd>;
const signedLots = fc.maxSafeInteger();
const number = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value + 0);
const fees = fc.tuple(units, units) as fc.Arbitrary<readonly [bigint, bigint]>;
const pricedTerms = fc.tuple(orderTerms, price).map(([terms, at]) => ({ ...terms, price: at }));
const topUp = record({ from: handle, asset, most: fc.bigInt({ min: 0n, max: 10n ** 24n }) });
const refusal: fc.Arbitrary<Refusal> = fc
  .tuple(name, fc.option(name))
  .map(([said, where]) => refuse('halted', said, where ?? undefined));
const names = fc.array(handle, { maxLength: 3 });
const count = fc.nat();
const standing = record({
  equity: dollars,
  maintenance: dollars,
  release: dollars,
  initial: dollars,
  locked: dollars,
});
const cure = record({
  asset,
  units,
  trades: fc.array(record({ product, lots: signedLots, cost: dollars }), { maxLength: 2 }),
});
const status = fc.constantFrom(...STATUSES);
const policy = fc.constant(enginePolicy);
const credit = fc.constantFrom<CreditReason>('deposit', 'top-up', 'interest', 'insurance');
const gone = fc.constantFrom<GoneReason>('filled', 'one-cancels-other', 'reduced-away');

const fields: { readonly [K in FactKind]: fc.Arbitrary<Omit<FactOf<K>, 'kind'>> } = {
  refused: record({ refusal }),
  repeated: record({ of: count }),
  'asset-set': record({ terms: assetTerms }),
  listed: record({ terms: productTerms }),
  'mode-set': fc.oneof(
    record({ product, mode: fc.constant('settled' as const), price: count }),
    record({ product, mode: fc.constant('reduce-only' as const) }),
  ),
  'policy-set': record({ policy }),
  opened: record({ account: handle, owner: handle, group: handle }),
  classified: record({ owner: handle, category: fc.constantFrom(...CATEGORIES) }),
  regrouped: record({ account: handle, group: handle }),
  linked: record({ account: handle, topUp: fc.option(topUp) }),
  credited: record({ account: handle, asset, units, why: credit }),
  drawn: record({ account: handle, units }),
  moved: record({ account: handle, product, lots: signedLots, cost: units, realised: units }),
  traded: record({ fill: name, product, lots, price, buyer: handle, seller: handle, fees }),
  busted: record({ fill: name }),
  ordered: record({
    account: handle,
    order: orderId,
    terms: pricedTerms,
    isMarket: fc.boolean(),
    isQuote: fc.boolean(),
  }),
  reordered: record({ account: handle, order: orderId, lots, price }),
  unordered: record({ account: handle, order: orderId, why: gone }),
  protected: record({ account: handle, protection }),
  counted: record({ account: handle, underlying: asset, lots, isNew: fc.boolean() }),
  'quoted-out': record({ account: handle, underlying: asset, until: fc.option(time) }),
  health: record({ coin: asset, health }),
  observed: record({ digest: fc.constant(market.digest) }),
  funded: record({ product, step: units }),
  accrued: record({ asset, step: units }),
  sliced: record({ cursor: count, judged: count }),
  shadowed: record({ set: handle, accounts: count, called: count, closed: count, initial: dollars }),
  status: record({ account: handle, status, was: status, why: reason, standing }),
  called: record({ account: handle, deadline: time, cure }),
  withheld: record({ account: handle, why: reason }),
  unjudged: record({ account: handle, refusal }),
  missing: record({ account: handle, asset, units }),
  proposed: record({ set: handle, called: names, closed: names, calledCount: count, closedCount: count }),
  approved: record({ set: handle, operator: name }),
  adopted: record({ set: handle }),
  unproposed: record({ set: handle }),
  halted: record({ scope, reason, isKill: fc.boolean() }),
  resumed: record({ scope, graceUntil: time, longer: count }),
  limited: record({ scope, limit: fc.constantFrom(...LIMITS), most: fc.option(count) }),
  overridden: record({ account: handle, hold: fc.constantFrom('closing', 'calls'), until: time }),
};

export const factKinds = Object.keys(fields) as FactKind[];

/** Facts of one kind. */
export function factsOf<K extends FactKind>(kind: K): fc.Arbitrary<Fact> {
  return fields[kind].map((rest) => ({ kind, ...rest }) as unknown as Fact);
}

/** A map in an order that is not that of its keys. */
const mapOf = <T>(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<T>,
  maxLength = 4,
): fc.Arbitrary<Map<string, T>> =>
  fc.array(fc.tuple(key, value), { maxLength }).map((entries) => new Map(entries));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const held = ['BTC', 'ETH', 'USD'];
const heldAsset = fc.constantFrom(...held);
const listed = fc.uniqueArray(productTerms, {
  minLength: 1,
  maxLength: 5,
  selector: (terms) => terms.product.id,
});

const orders = fc
  .array(
    record({ id: orderId, isMarket: fc.boolean(), isQuote: fc.boolean(), terms: pricedTerms, lots, price }),
    {
      maxLength: 3,
    },
  )
  .map((all) => new Map(all.map((order) => [order.id, order])));

type Rest = Omit<AccountState, 'id' | 'owner' | 'isHouse' | 'place'>;
const accountOf = (products: readonly string[]): fc.Arbitrary<Rest> =>
  record<Rest>({
    group: handle,
    status,
    deadline: maybe(time),
    withheld: maybe(reason),
    topUp: maybe(topUp),
    drawn: units,
    balances: mapOf(heldAsset, record({ units, interestAt: units })),
    positions: mapOf(
      fc.constantFrom(...products),
      record({ lots: signedLots, cost: units, fundingAt: units }),
    ),
    orders: orders.map((all) => {
      for (const [id, order] of all) {
        all.set(id, { ...order, terms: { ...order.terms, product: products[0]! } });
      }
      return all;
    }),
    protections: mapOf(
      asset,
      record({
        protection,
        filled: count,
        since: time,
        frozenUntil: fc.oneof(maybe(time), fc.constant(null)),
      }),
      2,
    ),
    tokens: number,
    tokensAt: time,
    isThrottled: fc.boolean(),
    version: count,
  });

const past: fc.Arbitrary<PastFill> = record({ product, lots, price, buyer: handle, seller: handle, fees });
const modelIds = Object.keys(models) as ModelId[];
const sets = fc
  .uniqueArray(fc.tuple(handle, fc.constantFrom(...modelIds), names, time, fc.boolean()), {
    maxLength: 3,
    selector: ([set]) => set,
  })
  .map(
    (all) =>
      new Map(
        all.map(([set, model, groups, from, isAdopted]) => {
          const { defaults: parameters } = models[model];
          return [
            set,
            { set, model, parameters, groups, shadowOf: [], from, approvals: groups.slice(0, 2), isAdopted },
          ];
        }),
      ),
  );

/** States that no inputs need have led to, whose names agree. */
export const states: fc.Arbitrary<State> = listed.chain((terms) =>
  fc
    .record({
      numbers: record({ seq: count, now: time, listing: count, observedAt: time, graceUntil: time }),
      seen: fc.boolean(),
      health: mapOf(asset, health),
      details: fc.array(
        record({ final: maybe(count), funding: units, fundingRate: number, openInterest: count }),
        { minLength: terms.length, maxLength: terms.length },
      ),
      interest: units,
      rest: fc.array(accountOf(terms.map(({ product: { id } }) => id)), { maxLength: 8 }),
      newcomers: fc.uniqueArray(
        handle.filter((id) => !(HOUSE as readonly string[]).includes(id)),
        { minLength: 8, maxLength: 8 },
      ),
      sets,
      ids: mapOf(name, count),
      fills: mapOf(name, past),
      limits: mapOf(name, number),
      halts: mapOf(name, record({ since: time, reason, isKill: fc.boolean() })),
      overrides: mapOf(name, time),
    })
    .map(({ numbers, seen, health, details, interest, rest, newcomers, sets, ...maps }) => {
      const state: State = {
        ...emptyState(),
        ...numbers,
        ...maps,
        sets,
        health,
        market: seen ? market : undefined,
      };
      for (const [i, one] of terms.entries())
        state.products.set(one.product.id, { terms: one, mode: 'live', ...details[i]! });
      for (const code of held)
        state.assets.set(code, {
          terms: { asset: code, decimals: 8, borrowRate: 0.1, borrowMax: 0n },
          interest,
        });
      for (const [i, one] of rest.entries()) {
        const [id, owner] = [newcomers[i]!, newcomers[i % 3]!];
        const account = { ...one, id, owner, isHouse: false, place: state.places.length };
        state.places.push(account);
        state.accounts.set(id, account);
        const known = state.owners.get(owner);
        if (known === undefined) state.owners.set(owner, { category: 'retail', accounts: [id] });
        else known.accounts.push(id);
        if (one.status === 'called') state.called.add(id);
      }
      for (const set of sets.keys()) state.groups.set(`under-${set}`, { set, shadows: [set] });
      state.cursor = (numbers.seq as number) % (state.places.length + 1);
      return state;
    }),
);
