// What there is: assets, products, their modes and their ends, the venue's policy.

import { isRefusal, refuse } from '../../base/index.ts';
import { underlyingOf } from '../../market/index.ts';
import { expiryOf } from '../../product/index.ts';
import { ASSETS_MAX, PRODUCTS_MAX, SETTLE_BAND } from '../bounds.ts';
import { priceUnits, settlePrice } from '../terms.ts';
import {
  assetOf,
  type Context,
  type Decider,
  doubtHand,
  doubtName,
  doubtPrice,
  productOf,
  refused,
} from './context.ts';
import { cancelAll } from './moves.ts';

const DECIMALS_MAX = 18;

export const asset: Decider<'asset'> = function* ({ state }, { terms }) {
  const { asset: name, decimals, borrowRate, borrowMax } = terms;
  const known = state.assets.get(name);
  const outside = (what: string, is: boolean) =>
    is ? undefined : refuse('out-of-range', `${what}; state it anew.`, `asset ${name}`);
  const wrong =
    doubtName(name, 'asset') ??
    outside(
      `its decimals are ${decimals}, and must be 0 to ${DECIMALS_MAX}`,
      Number.isInteger(decimals) && decimals >= 0 && decimals <= DECIMALS_MAX,
    ) ??
    outside(
      `its borrow rate is ${borrowRate}, and must be from 0 to 10 a year`,
      borrowRate >= 0 && borrowRate <= 10,
    ) ??
    outside('what may be owed of it is below zero', borrowMax >= 0n) ??
    outside(
      'its decimals cannot change while it is held',
      known === undefined || known.terms.decimals === decimals,
    ) ??
    outside(`there are ${ASSETS_MAX} assets already`, known !== undefined || state.assets.size < ASSETS_MAX);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'asset-set', terms };
};

export const list: Decider<'list'> = function* (context, { terms }) {
  const { state } = context;
  const { product, lot, lotDecimals, tick } = terms;
  const { id, settleAsset } = product;
  const settle = assetOf(context, settleAsset);
  if (isRefusal(settle)) return yield* refused(settle);
  const whole = (value: number) => Number.isSafeInteger(value) && value > 0;
  const expiry = expiryOf(product);
  const wrong =
    doubtName(id, 'product') ??
    (state.products.has(id) ? refuse('duplicate', 'it is listed already.', id) : undefined) ??
    (state.products.size >= PRODUCTS_MAX
      ? refuse('limit', `there are ${PRODUCTS_MAX} products already.`, id)
      : undefined) ??
    (whole(lot) &&
    whole(tick) &&
    Number.isInteger(lotDecimals) &&
    lotDecimals >= 0 &&
    lotDecimals <= DECIMALS_MAX
      ? undefined
      : refuse(
          'out-of-range',
          'lot and tick must be whole numbers above zero, the decimals of the lot 0 to 18.',
          id,
        )) ??
    (expiry !== undefined && expiry <= state.now
      ? refuse('expired', 'its expiry has passed.', id)
      : undefined);
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'listed', terms };
};

export const mode: Decider<'mode'> = function* (context, { product, mode: next, reason }) {
  const listed = productOf(context, product);
  if (isRefusal(listed)) return yield* refused(listed);
  const wrong =
    listed.mode === 'settled'
      ? refuse('not-allowed', 'it is settled; nothing of it trades.', product)
      : doubtHand({ operator: 'venue', reason });
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'mode-set', product, mode: next };
};

/** Every order in a product is cancelled; positions are paid out as their accounts are visited. */
function* settleAt(context: Context, product: string, price: number) {
  yield { kind: 'mode-set' as const, product, mode: 'settled' as const, price };
  for (const account of context.state.places) {
    if (account.orders.size > 0)
      yield* cancelAll(account, 'settled', ({ terms }) => terms.product === product);
  }
}

export const delist: Decider<'delist'> = function* (context, { product, price, reason }) {
  const listed = productOf(context, product);
  if (isRefusal(listed)) return yield* refused(listed);
  const wrong =
    (listed.mode === 'settled' ? refuse('not-allowed', 'it is settled already.', product) : undefined) ??
    doubtHand({ operator: 'venue', reason }) ??
    doubtPrice(listed, price);
  if (wrong !== undefined) return yield* refused(wrong);
  yield* settleAt(context, product, price);
};

/** What expired is settled at the average index the venue states: options at their intrinsic value (M-202). */
export const settle: Decider<'settle'> = function* (context, { underlying, expiry, price }) {
  const { state } = context;
  const due = [...state.products.values()].filter(
    ({ terms, mode: now }) =>
      now !== 'settled' &&
      terms.product.underlying === underlying &&
      expiryOf(terms.product) === expiry &&
      terms.product.kind !== 'structured',
  );
  const where = `${underlying} ${expiry}`;
  if (!(Number.isSafeInteger(price) && price > 0)) {
    return yield* refused(
      refuse('out-of-range', `the price is ${price}; it must be a whole number of 1e-8 above zero.`, where),
    );
  }
  const index = state.market === undefined ? undefined : underlyingOf(state.market, underlying)?.index;
  if (index !== undefined && Math.abs(price / priceUnits(index) - 1) > SETTLE_BAND) {
    return yield* refused(
      refuse(
        'collar',
        `the index is ${index}; a settlement price is within ${100 * SETTLE_BAND} % of it.`,
        where,
      ),
    );
  }
  if (expiry > state.now) {
    return yield* refused(refuse('not-allowed', 'it has not expired yet; settle it when it has.', where));
  }
  if (due.length === 0) {
    return yield* refused(refuse('unknown-product', 'nothing that waits to be settled expires then.', where));
  }
  for (const { terms } of due) yield* settleAt(context, terms.product.id, settlePrice(terms, price));
};

export const policy: Decider<'policy'> = function* ({ state }, { policy: next, operator }) {
  const { ladder, closing, market, throttle } = next;
  const numbers = [
    ladder.warnWithin,
    ladder.easeBy,
    ladder.deadline,
    ladder.cureTrades,
    closing.costTimes,
    closing.costShare,
    market.ageMax,
    market.tradeAgeMax,
    market.jumpMax,
    throttle.rate,
    throttle.burst,
    next.collarShare,
    next.collarIndexShare,
    next.overrideMax,
    next.grace,
  ];
  const sound = numbers.every((value) => Number.isFinite(value) && value >= 0);
  const wrong =
    doubtHand({ operator }) ??
    // Where two hands are asked, one cannot say that one is enough.
    (next.approvals < state.policy.approvals
      ? refuse('not-allowed', 'one hand cannot lower how many are asked.', 'approvals')
      : undefined) ??
    (sound &&
    throttle.burst >= 1 &&
    closing.candidates >= 1 &&
    next.conversionSpread >= 0 &&
    next.conversionSpread < 1
      ? undefined
      : refuse(
          'bad-parameter',
          'every number of a policy is at least zero, a burst and the candidates at least one, a spread below one.',
          'policy',
        ));
  if (wrong !== undefined) return yield* refused(wrong);
  yield { kind: 'policy-set', policy: next };
};
