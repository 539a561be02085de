// Derive's answers: `private/get_subaccount`, `public/margin_watch`, and `private/get_margin` with its numbers alone.

import { isRefusal } from '../../base/index.ts';
import type {
  Balance,
  Meaning,
  Order,
  Position,
  VenueAmount,
  VenuePrice,
  VenueReport,
} from '../../margin/index.ts';
import { below, type Doubts, type Fields, type Place } from '../fields.ts';
import type { Json } from '../json.ts';
import { contract, emptyReport, entries, given, openFields, priceOf, says, time, word } from './answer.ts';
import { DERIVE_SETTLES, parseDerive } from './derive-names.ts';

/** `margin_type` -> our model. */
const MODELS: Readonly<Record<string, string>> = { PM: 'derive-pmrm', PM2: 'derive-pmrm2', SM: 'derive-srm' };

/** The venue's margins are what an account has above its requirement: at zero it may do no more, or is liquidated. */
const above = (name: 'initial' | 'maintenance'): Meaning => ({ kind: 'excess', line: name });
const none = (why: string): Meaning => ({ kind: 'none', why });

const ACCOUNT: readonly (readonly [string, Meaning])[] = [
  ['subaccount_value', { kind: 'equity' }],
  ['initial_margin', above('initial')],
  ['maintenance_margin', above('maintenance')],
  [
    'open_orders_margin',
    none('what the venue sets aside for open orders; ours is their worst subset of fills'),
  ],
  ['mm_credits', none('a credit after losses were shared; no rule of margin')],
];
const SIMULATED: readonly (readonly [string, Meaning])[] = [
  ['pre_initial_margin', above('initial')],
  ['pre_maintenance_margin', above('maintenance')],
  ['post_initial_margin', none('after a change that the answer does not repeat')],
  ['post_maintenance_margin', none('after a change that the answer does not repeat')],
];

function amountsOf(fields: Fields, words: typeof ACCOUNT): VenueAmount[] {
  return words.flatMap(([key, means]) => {
    if (!says(fields, key)) return [];
    const amount = fields.number(key, () => undefined);
    return [{ path: below(fields.place, key).path, amount, unit: DERIVE_SETTLES, means }];
  });
}

/** `private/get_margin`: excess before and after a change, and nothing of what is held. */
export function readDeriveMargin(node: Json, place: Place, doubts: Doubts): VenueReport {
  const root = openFields(node, place, doubts);
  return {
    ...emptyReport('derive', 'private/get_margin', place),
    ...identity(root),
    unlisted: 'private/get_subaccount',
    amounts: amountsOf(root, SIMULATED),
  };
}

function identity(root: Fields) {
  const id = given(root, 'subaccount_id');
  return id === undefined ? {} : { account: `derive ${id}` };
}

/** `private/get_subaccount` and `public/margin_watch`, which states no orders and says when. */
export function readSubaccount(node: Json, place: Place, doubts: Doubts): VenueReport {
  const root = openFields(node, place, doubts);
  const failed = root.node('failed_to_fetch');
  if (failed?.kind === 'boolean' && failed.value) {
    root.refuse(
      'failed_to_fetch',
      'The venue could not load the account, and the answer is a placeholder; ask again.',
    );
  }
  const at = time(root, 'valuation_timestamp', 1000);
  const system = word(root, 'margin_type');
  const model = system === undefined ? undefined : MODELS[system];
  const held = entries(root, 'positions', doubts).map((fields) => readPosition(fields, doubts));
  const found = held.filter((one) => one !== undefined);
  const funds = entries(root, 'collaterals', doubts).map((fields) => readCollateral(fields));
  const profit = found.reduce((sum, one) => sum + one.profit, 0);
  const unsettled: Balance[] =
    profit === 0 ? [] : [{ asset: DERIVE_SETTLES, kind: 'unsettled', quantity: profit }];
  return {
    ...emptyReport('derive', at === undefined ? 'private/get_subaccount' : 'public/margin_watch', place),
    ...identity(root),
    ...(at === undefined ? {} : { at }),
    ...(system === undefined ? {} : { system }),
    ...(model === undefined ? {} : { model }),
    segregated: false,
    balances: [...funds.flatMap(({ balances }) => balances), ...unsettled],
    positions: found.flatMap(({ position }) => (position.quantity === 0 ? [] : [position])),
    orders: entries(root, 'open_orders', doubts).flatMap((fields) => readOrder(fields, doubts)),
    prices: [...funds.flatMap(({ prices }) => prices), ...found.flatMap(({ prices }) => prices)],
    amounts: amountsOf(root, ACCOUNT),
    notes:
      model === undefined && system !== undefined
        ? [`margin_type ${system} is no model here; name one.`]
        : [],
  };
}

/** USDC is cash, all else is collateral; interest that is not settled yet belongs to the cash. */
function readCollateral(fields: Fields): { balances: Balance[]; prices: VenuePrice[] } {
  const asset = fields.text('asset_name');
  const isCash = asset === DERIVE_SETTLES;
  const amount = fields.number('amount', (value) =>
    isCash || value >= 0 ? undefined : 'must not be below zero',
  );
  const interest = isCash ? (given(fields, 'pending_interest') ?? 0) : 0;
  const quantity = amount + interest;
  const balance: Balance = { asset, kind: isCash ? 'cash' : 'collateral', quantity };
  const price = { kind: isCash ? 'peg' : 'index', of: asset, unit: 'USD' } as const;
  return { balances: quantity === 0 ? [] : [balance], prices: priceOf(fields, 'mark_price', price) };
}

function productOf(fields: Fields, doubts: Doubts): Position['product'] | undefined {
  const name = fields.text('instrument_name');
  if (doubts.fault !== undefined) return undefined;
  const found = parseDerive(name);
  if (!isRefusal(found) && found.kind === 'asset') return undefined;
  return contract(found as Position['product'], fields, 'instrument_name', doubts);
}

function readPosition(fields: Fields, doubts: Doubts) {
  const product = productOf(fields, doubts);
  if (product === undefined) return undefined;
  const quantity = fields.number('amount', () => undefined);
  const isPerpetual = product.kind === 'perpetual';
  // A perpetual's profit and funding are owed until they are settled; an option's worth is its mark.
  const profit = isPerpetual
    ? (given(fields, 'unrealized_pnl') ?? 0) + (given(fields, 'pending_funding') ?? 0)
    : 0;
  const position: Position = { product, quantity };
  const prices = [
    ...priceOf(fields, 'mark_price', {
      kind: 'mark',
      of: product.id,
      unit: isPerpetual ? 'USD' : DERIVE_SETTLES,
    }),
    ...priceOf(fields, 'index_price', { kind: 'index', of: product.underlying, unit: 'USD' }),
  ];
  return { position, prices, profit };
}

function readOrder(fields: Fields, doubts: Doubts): Order[] {
  const product = productOf(fields, doubts);
  if (product === undefined) return [];
  const side = fields.word('direction', ['buy', 'sell'] as const);
  const open = fields.number('amount', () => undefined) - (given(fields, 'filled_amount') ?? 0);
  const price = fields.number('limit_price', (value) => (value > 0 ? undefined : 'must be above zero'));
  return open > 0 ? [{ product, side, quantity: open, price }] : [];
}
