// Shapes that inputs, facts and state share: policies, scopes, orders, quotes, protection, what the sources say of a coin.

import {
  CATEGORIES,
  type Category,
  type ClosingPolicy,
  type EnginePolicy,
  type FillSide,
  type LadderPolicy,
  LIMITS,
  type LimitName,
  type MarketHealth,
  type OrderTerms,
  type ProductMode,
  type Protection,
  QUOTES_MAX,
  type Quote,
  type Scope,
  type TopUp,
} from '../../engine/index.ts';
import { list } from './collections.ts';
import { type Form, kinds, optional, record, refine } from './form.ts';
import {
  amount,
  asset,
  choice,
  fee,
  flag,
  fraction,
  handle,
  lots,
  message,
  name,
  orderId,
  price,
  shared,
  whole,
  words,
} from './scalars.ts';

/** Longest span of a policy: a year. What is longer is a time written for a span. */
const SPAN_MAX = 31_536_000_000;
/** Most trades a policy has tried for an account. */
const TRIED_MAX = 64;
/** Most reasons of a source policy about one coin. */
const REASONS_MAX = 100;
/** Shares above ten are percentages. */
const SHARE_MAX = 10;
const TIMES_MAX = 100;
const RATE_MAX = 1_000_000;

const span = whole(0, SPAN_MAX);
const share = fraction(0, 1);

const ladder = record<LadderPolicy>({
  callLine: words(['release', 'initial'] as const),
  warnWithin: fraction(0, SHARE_MAX),
  easeBy: fraction(0, SHARE_MAX),
  deadline: span,
  cureAsset: asset,
  cureTrades: whole(0, TRIED_MAX),
});

const closing = record<ClosingPolicy>({
  costTimes: fraction(0, TIMES_MAX),
  costShare: share,
  candidates: whole(1, TRIED_MAX),
});

const market = refine(
  record<EnginePolicy['market']>({
    ageMax: whole(1, SPAN_MAX),
    tradeAgeMax: whole(1, SPAN_MAX),
    jumpMax: whole(1, SPAN_MAX),
  }),
  ({ ageMax, tradeAgeMax }, reading) => {
    if (ageMax > tradeAgeMax)
      reading.say(
        'out-of-range',
        `ageMax of ${ageMax} is above tradeAgeMax of ${tradeAgeMax}; swap or mend them.`,
      );
  },
);

const throttle = record<EnginePolicy['throttle']>({
  rate: fraction(0, RATE_MAX),
  burst: fraction(1, RATE_MAX),
});

export const policy: Form<EnginePolicy> = record<EnginePolicy>({
  version: name,
  ladder,
  closing,
  market,
  throttle,
  approvals: choice([1, 2] as const),
  collarShare: share,
  collarIndexShare: share,
  conversionSpread: share,
  overrideMax: span,
  grace: span,
});

export const scope: Form<Scope> = kinds<Scope>({
  account: { id: handle },
  owner: { id: handle },
  product: { id: shared },
  venue: {},
});

export const category: Form<Category> = words(CATEGORIES);
export const limitName: Form<LimitName> = words(LIMITS);
export const mode: Form<ProductMode> = words(['live', 'reduce-only', 'halted', 'settled'] as const);
export const side = words(['buy', 'sell'] as const);
export const hold = words(['closing', 'calls'] as const);

const orderFields = {
  product: shared,
  side,
  lots,
  reduceOnly: optional(flag),
  postOnly: optional(flag),
  oneCancelsOther: optional(name),
};

export const orderTerms: Form<OrderTerms> = record<OrderTerms>({ ...orderFields, price: optional(price) });

/** An order with the price it rests at. */
export type PricedTerms = OrderTerms & { readonly price: number };
export const pricedTerms: Form<PricedTerms> = record<PricedTerms>({ ...orderFields, price });

const level = record<NonNullable<Quote['bid']>>({ price, lots });
const quote: Form<Quote> = refine(
  record<Quote>({ product: shared, bid: optional(level), ask: optional(level) }),
  ({ bid, ask }, reading) => {
    if (bid === undefined || ask === undefined || bid.price < ask.price) return;
    reading.say('crossed', `Its bid of ${bid.price} is not below its ask of ${ask.price}; quote them apart.`);
  },
);

/** Each product once. */
export const quotes: Form<readonly Quote[]> = refine(list(quote, QUOTES_MAX, 1), (all, reading) => {
  const seen = new Set<string>();
  for (const [i, { product }] of all.entries()) {
    reading.enter(i);
    if (seen.has(product)) reading.say('duplicate', `${product} is quoted twice; keep one.`);
    reading.leave();
    seen.add(product);
  }
});

export const protection: Form<Protection> = record<Protection>({
  underlying: asset,
  window: whole(1, SPAN_MAX),
  lotsMax: lots,
  freeze: span,
});

export const fillSide: Form<FillSide> = record<FillSide>({ account: handle, order: optional(orderId), fee });

export const topUp: Form<TopUp> = record<TopUp>({ from: handle, asset, most: amount });

export const health: Form<MarketHealth> = record<MarketHealth>({
  mode: words(['normal', 'widen', 'reduce-only', 'halt'] as const),
  mayLiquidate: flag,
  reasons: list(message, REASONS_MAX),
});
