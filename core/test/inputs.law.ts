// Random inputs of the engine, every kind, for laws about their text.

import fc from 'fast-check';
import { instant } from '../src/base/index.ts';
import {
  type AssetTerms,
  CATEGORIES,
  enginePolicy,
  type FillSide,
  type Input,
  type InputKind,
  type InputOf,
  LIMITS,
  LOTS_MAX,
  NAME_LENGTH_MAX,
  type OrderTerms,
  type ProductTerms,
  type Protection,
  type Quote,
  REASON_LENGTH_MAX,
  type Scope,
  SLICE_MAX,
  UNITS_MAX,
} from '../src/engine/index.ts';
import { models } from '../src/margin/index.ts';
import { marketDigest } from '../src/market/index.ts';
import type { Product } from '../src/product/index.ts';
import { market as sample, universe } from './sample.ts';

/** The sample market with a digest of its own, as a market that was fitted has. */
export const market = { ...sample, digest: marketDigest(sample) };

/** Plain objects, as reading makes them. */
export const record = <T>(model: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

/** A record whose optional fields are there or not. */
function some<T extends object>(
  always: { readonly [K in keyof T]?: fc.Arbitrary<unknown> },
  sometimes: { readonly [K in keyof T]?: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<T> {
  const all = { ...always, ...sometimes } as Record<string, fc.Arbitrary<unknown>>;
  return fc.record(all, {
    requiredKeys: Object.keys(always),
    noNullPrototype: true,
  }) as unknown as fc.Arbitrary<T>;
}

const shown = (text: string) => text === text.trim() && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
export const name = fc.oneof(
  fc.constantFrom('desk-1', 'acct-000123', 'a', 'wärme', 'a\\"quoted"', '模型', '😀'),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => shown(text) && text.length <= NAME_LENGTH_MAX),
);
/** Names of accounts, owners, groups and sets have no blanks. */
export const handle = name.filter((text) => !/\s/.test(text));
export const reason = fc.oneof(fc.constant('r'.repeat(REASON_LENGTH_MAX)), name);
export const asset = fc.constantFrom('USD', 'USDC', 'BTC', 'ETH', '1INCH');
export const lots = fc.integer({ min: 1, max: LOTS_MAX });
export const price = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
export const given = fc.oneof(fc.bigInt({ min: 1n, max: UNITS_MAX }), fc.constant(UNITS_MAX));
export const fee = fc.bigInt({ min: -UNITS_MAX, max: UNITS_MAX });
export const time = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }).map(instant);
export const orderId = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.nat(999))
  .map(([seq, i]) => `${seq}.${i}`);
export const product = fc.constantFrom(...universe.map(({ id }) => id));
export const scope: fc.Arbitrary<Scope> = fc.oneof(
  record({ kind: fc.constantFrom('account' as const, 'owner' as const), id: handle }),
  record({ kind: fc.constant('product' as const), id: product }),
  fc.constant<Scope>({ kind: 'venue' }),
);
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);

export const assetTerms: fc.Arbitrary<AssetTerms> = record({
  asset,
  decimals: fc.integer({ min: 0, max: 18 }),
  borrowRate: share,
  borrowMax: given,
});
/** Products by the venue's names, one by its own, and one whose formula is code. */
const tradable = fc.constantFrom(...(universe as readonly Exclude<Product, { kind: 'asset' }>[]), {
  kind: 'future',
  id: 'BTC 0326',
  underlying: 'BTC',
  settlement: 'linear',
  settleAsset: 'USDC',
  expiry: instant(Date.UTC(2026, 2, 27, 8)),
} as const);
export const productTerms: fc.Arbitrary<ProductTerms> = record({
  product: tradable,
  lot: lots,
  lotDecimals: fc.integer({ min: 0, max: 18 }),
  tick: price,
});
export const orderTerms: fc.Arbitrary<OrderTerms> = some<OrderTerms>(
  { product, side: fc.constantFrom('buy', 'sell'), lots },
  { price, reduceOnly: fc.boolean(), postOnly: fc.boolean(), oneCancelsOther: name },
);
const level = (from: number, to: number) => record({ price: fc.integer({ min: from, max: to }), lots });
const quotes = fc.uniqueArray(some<Quote>({ product }, { bid: level(1, 1_000), ask: level(1_001, 2_000) }), {
  minLength: 1,
  maxLength: 4,
  selector: (quote) => quote.product,
});
export const protection: fc.Arbitrary<Protection> = record({
  underlying: asset,
  window: fc.integer({ min: 1, max: 60_000 }),
  lotsMax: lots,
  freeze: fc.nat(60_000),
});
const side = some<FillSide>({ account: handle, fee }, { order: orderId });
export const health = record({
  mode: fc.constantFrom('normal' as const, 'widen' as const, 'reduce-only' as const, 'halt' as const),
  mayLiquidate: fc.boolean(),
  reasons: fc.array(name, { maxLength: 2 }),
});
/** Maps in the order of their names, as they are read. */
const sorted = <T>(entries: Iterable<readonly [string, T]>) =>
  new Map([...entries].sort(([left], [right]) => (left < right ? -1 : 1)));

const signed = { operator: name, reason };
const move = { account: handle, asset, units: given, id: name };
const modelIds = Object.keys(models) as (keyof typeof models)[];
const groups = fc.uniqueArray(handle, { maxLength: 3 });

/** Random fields of every kind. */
const fields: { readonly [K in InputKind]: fc.Arbitrary<Omit<InputOf<K>, 'kind'>> } = {
  asset: record({ terms: assetTerms }),
  list: record({ terms: productTerms }),
  mode: record({ product, mode: fc.constantFrom('live', 'reduce-only', 'halted'), reason }),
  delist: record({ product, price, reason }),
  settle: record({ underlying: asset, expiry: time, price }),
  policy: record({ policy: fc.constant({ ...enginePolicy, collarShare: 0.25 }), operator: name }),
  open: record({ account: handle, owner: handle, group: handle, category: fc.constantFrom(...CATEGORIES) }),
  classify: record({ owner: handle, category: fc.constantFrom(...CATEGORIES), ...signed }),
  regroup: record({ account: handle, group: handle, ...signed }),
  link: record({ account: handle, topUp: fc.option(record({ from: handle, asset, most: given })) }),
  deposit: record(move),
  withdraw: record(move),
  convert: record({ account: handle, from: asset, to: asset, units: given, id: name }),
  transfer: record({ ...move, to: handle }),
  place: record({ account: handle, order: orderTerms, id: name }),
  amend: some<InputOf<'amend'>>({ account: handle, order: orderId, lots, id: name }, { price }),
  cancel: record({ account: handle, order: orderId, id: name }),
  'cancel-all': some<InputOf<'cancel-all'>>({ account: handle, id: name }, { product }),
  quote: record({ account: handle, quotes, id: name }),
  protect: record({ account: handle, protection, id: name }),
  fill: record({
    product,
    lots,
    price,
    buyer: side,
    seller: side,
    taker: fc.constantFrom('buyer', 'seller'),
    id: name,
  }),
  bust: record({ fill: name, ...signed }),
  market: record({
    market: fc.constant(market),
    health: fc.array(fc.tuple(asset, health)).map(sorted),
    funding: fc.array(fc.tuple(product, share)).map(sorted),
  }),
  beat: fc.constant({}),
  slice: record({ count: fc.integer({ min: 1, max: SLICE_MAX }) }),
  propose: fc.constantFrom(...modelIds).chain((model) =>
    record({
      set: handle,
      model: fc.constant(model),
      parameters: fc.constant(models[model].defaults),
      groups,
      shadowOf: groups,
      from: time,
      ...signed,
    }),
  ),
  approve: record({ set: handle, operator: name }),
  'withdraw-proposal': record({ set: handle, ...signed }),
  halt: record({ scope, ...signed }),
  resume: record({ scope, ...signed }),
  kill: record({ scope, ...signed }),
  limit: record({ scope, limit: fc.constantFrom(...LIMITS), most: fc.option(fc.nat()), ...signed }),
  override: record({ account: handle, hold: fc.constantFrom('closing', 'calls'), until: time, ...signed }),
};

export const inputKinds = Object.keys(fields) as InputKind[];

/** Inputs of one kind. */
export function inputsOf<K extends InputKind>(kind: K): fc.Arbitrary<Input> {
  return fields[kind].map((rest) => ({ kind, ...rest }) as unknown as Input);
}
