// Deribit's account answers: `private/get_account_summaries`, `private/get_account_summary` and `private/get_positions`.

import { isRefusal } from '../../base/index.ts';
import type { Balance, Meaning, Position, VenueAmount, VenuePrice, VenueReport } from '../../margin/index.ts';
import type { Doubts, Fields, Place } from '../fields.ts';
import { below } from '../fields.ts';
import type { Json } from '../json.ts';
import { parseProduct } from '../names.ts';
import { contract, emptyReport, entries, given, openFields, priceOf, says, word } from './answer.ts';

/** The model of ours for a margin system of Deribit: `cross_pm`, `segregated_sm` and so on. */
export function deribitModel(system: string | undefined): string | undefined {
  if (system === undefined) return undefined;
  return system.endsWith('_pm') ? 'deribit-pm' : system.endsWith('_sm') ? 'deribit-sm' : undefined;
}

const NOT_OURS = (why: string): Meaning => ({ kind: 'none', why });

/** Standard margin keeps what options are worth out of margin balance and margins; we keep it in equity and in the lines. */
const lineOf = (line: 'initial' | 'maintenance', apart: boolean): Meaning =>
  apart ? { kind: 'line', line, options: 'apart' } : { kind: 'line', line };
const PROJECTED = 'without positions that expire soon; we state the larger of with and without';

/** Fields of a summary that are amounts of its currency. */
const ofCurrency = (apart: boolean): readonly (readonly [string, Meaning])[] => [
  ['equity', { kind: 'equity' }],
  ['initial_margin', lineOf('initial', apart)],
  ['maintenance_margin', lineOf('maintenance', apart)],
  ['available_funds', { kind: 'excess', line: 'initial' }],
  ['margin_balance', NOT_OURS('equity without options in standard margin; we keep options in equity')],
  ['projected_initial_margin', NOT_OURS(PROJECTED)],
  ['projected_maintenance_margin', NOT_OURS(PROJECTED)],
];

/** Fields of a cross-collateral summary that are of the whole account, in dollars; every currency repeats them. */
const ofAccount = (apart: boolean): readonly (readonly [string, Meaning])[] => [
  ['total_equity_usd', { kind: 'equity' }],
  ['total_initial_margin_usd', lineOf('initial', apart)],
  ['total_maintenance_margin_usd', lineOf('maintenance', apart)],
  [
    'total_margin_balance_usd',
    NOT_OURS('equity after haircuts; we keep equity whole and charge the haircut'),
  ],
];

/** `private/get_account_summaries`: an object with `summaries`; or `private/get_account_summary`, which is one of them. */
export function readSummaries(node: Json, place: Place, doubts: Doubts): VenueReport {
  const root = openFields(node, place, doubts);
  const many = root.has('summaries');
  const summaries = many ? entries(root, 'summaries', doubts) : [root];
  const call = many ? 'private/get_account_summaries' : 'private/get_account_summary';
  const systems = new Set(summaries.map((fields) => word(fields, 'margin_model')));
  const [system] = [...systems].filter((one) => one !== undefined);
  if (systems.size > 1)
    root.refuse('summaries', 'Its currencies are of different margin models; ask for one account.');
  const isCross = summaries.some(isCrossed);
  const balances = summaries.flatMap((fields) => balancesOf(fields));
  const apart = system?.endsWith('_sm') === true;
  const [first] = summaries.filter(isCrossed);
  const amounts = [
    ...summaries.flatMap((fields) => currencyAmounts(fields, isCross, apart)),
    ...(first === undefined ? [] : accountAmounts(first, apart)),
  ];
  const id = given(root, 'id');
  const model = deribitModel(system);
  return {
    ...emptyReport('deribit', call, place),
    ...(id === undefined ? {} : { account: `deribit ${id}` }),
    ...(system === undefined ? {} : { system }),
    ...(model === undefined ? {} : { model }),
    segregated: !isCross,
    unlisted: 'private/get_positions',
    balances,
    amounts,
  };
}

/** One currency is not across anything, whatever its account is. */
function isCrossed(fields: Fields): boolean {
  const system = word(fields, 'margin_model');
  if (system !== undefined) return system.startsWith('cross');
  const node = fields.node('cross_collateral_enabled');
  return node?.kind === 'boolean' && node.value;
}

/**
 * A currency's cash and what its futures have made in the session: `equity = balance + futures_session_upl + futures_session_rpl + options_value`,
 * as the venue's own example adds up.
 */
function balancesOf(fields: Fields): Balance[] {
  const asset = fields.text('currency');
  const cash = fields.number('balance', () => undefined);
  const upl = given(fields, 'futures_session_upl');
  const rpl = given(fields, 'futures_session_rpl');
  const unsettled = (upl ?? 0) + (rpl ?? 0);
  const open: Balance[] =
    upl === undefined && rpl === undefined ? [] : [{ asset, kind: 'unsettled', quantity: unsettled }];
  return cash === 0 && unsettled === 0 ? [] : [{ asset, kind: 'cash', quantity: cash }, ...open];
}

function currencyAmounts(fields: Fields, isCross: boolean, apart: boolean): VenueAmount[] {
  const unit = fields.text('currency');
  return ofCurrency(apart).flatMap(([key, means]) => {
    if (!says(fields, key)) return [];
    // In cross collateral a currency's margins are the account's, in units of that currency: the dollar totals say it once.
    const stated = isCross
      ? NOT_OURS('the account in units of this currency; compared once, in dollars')
      : means;
    return [amountOf(fields, key, unit, stated)];
  });
}

function accountAmounts(fields: Fields, apart: boolean): VenueAmount[] {
  return ofAccount(apart).flatMap(([key, means]) =>
    says(fields, key) ? [amountOf(fields, key, 'USD', means)] : [],
  );
}

function amountOf(fields: Fields, key: string, unit: string, means: Meaning): VenueAmount {
  const amount = fields.number(key, () => undefined);
  return { path: below(fields.place, key).path, amount, unit, means };
}

/** `private/get_positions`: a list. Sizes are dollars of inverse futures and coins of all else, as ours are. */
export function readPositions(node: Json, place: Place, doubts: Doubts): VenueReport {
  const items = doubts.list(node, place, 10_000);
  const found = items.map((item, i) => readPosition(openFields(item, below(place, i), doubts), doubts));
  const held = found.filter((one) => one !== undefined);
  return {
    ...emptyReport('deribit', 'private/get_positions', place),
    positions: held.flatMap(({ position }) => (position.quantity === 0 ? [] : [position])),
    prices: held.flatMap(({ prices }) => prices),
    amounts: held.flatMap(({ amounts }) => amounts),
  };
}

/** What the venue quotes a contract in: dollars, coins of an inverse option, the settle asset of what is linear. */
export function markUnit({ kind, settlement, settleAsset }: Position['product']): string {
  return settlement === 'inverse' && kind !== 'option' ? 'USD' : settleAsset;
}

function readPosition(fields: Fields, doubts: Doubts) {
  const name = fields.text('instrument_name');
  if (doubts.fault !== undefined) return undefined;
  const parsed = parseProduct(name);
  if (!isRefusal(parsed) && parsed.kind === 'asset')
    fields.refuse('instrument_name', `${name} is no contract.`);
  const product = contract(parsed as Position['product'], fields, 'instrument_name', doubts);
  if (product === undefined) return undefined;
  const quantity = fields.number('size', () => undefined);
  const side = word(fields, 'direction');
  if ((side === 'buy' && quantity < 0) || (side === 'sell' && quantity > 0)) {
    fields.refuse('direction', `The direction is ${side} and the size ${quantity}; they disagree.`);
  }
  const entry = given(fields, 'average_price');
  const position: Position = {
    product,
    quantity,
    ...(entry === undefined || entry === 0 ? {} : { entryPrice: entry }),
  };
  const prices: VenuePrice[] = [
    ...priceOf(fields, 'mark_price', { kind: 'mark', of: product.id, unit: markUnit(product) }),
    ...priceOf(fields, 'index_price', { kind: 'index', of: product.underlying, unit: 'USD' }),
  ];
  const why =
    "a position's own margin; in portfolio margin it is the venue's allocation, and ours are parts that add up";
  const amounts = ['initial_margin', 'maintenance_margin'].flatMap((key) =>
    says(fields, key) ? [amountOf(fields, key, product.settleAsset, NOT_OURS(why))] : [],
  );
  return { position, prices, amounts };
}
