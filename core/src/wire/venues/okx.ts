// OKX's `POST /api/v5/account/position-builder`: risk units with their terms MR1 to MR9, and the positions that were simulated.

import { isRefusal } from '../../base/index.ts';
import type {
  Balance,
  Meaning,
  Position,
  Term,
  VenueAmount,
  VenuePrice,
  VenueReport,
  VenueVector,
} from '../../margin/index.ts';
import { parseDecimal } from '../decimal.ts';
import { below, type Doubts, type Fields, type Place } from '../fields.ts';
import type { Json } from '../json.ts';
import { contract, emptyReport, entries, given, inside, openFields, priceOf, says, time } from './answer.ts';
import { parseOkx } from './okx-names.ts';
import { pegOf, sizeOf, unitIndex } from './okx-sizes.ts';

const line = (name: 'initial' | 'maintenance'): Meaning => ({ kind: 'line', line: name });
const unit = (key: string, ...terms: Term[]): Meaning => ({ kind: 'unit', key, terms });

/** Terms of a risk unit, in the order of the venue, and the terms of ours that they are made of. */
const UNIT_TERMS: readonly (readonly [string, Meaning])[] = [
  ['mmr', unit('mmr', 'scenarios', 'mr3-vega', 'mr4-basis', 'mr9-depeg')],
  ['imr', unit('imr', 'scenarios', 'mr3-vega', 'mr4-basis', 'mr9-depeg')],
  ['mr1', unit('mr1', 'scenarios')],
  ['mr2', unit('mr2', 'scenarios')],
  ['mr3', unit('mr3', 'mr3-vega')],
  ['mr4', unit('mr4', 'mr4-basis')],
  ['mr5', { kind: 'none', why: 'the venue does not publish the tenors of its rate shocks' }],
  ['mr6', unit('mr6', 'scenarios')],
  ['mr7', unit('mr7', 'mr7-unwind')],
  ['mr9', unit('mr9', 'mr9-depeg')],
];
/** Totals of the account, dollars. */
const ACCOUNT_TERMS: readonly (readonly [string, Meaning])[] = [
  ['eq', { kind: 'equity' }],
  ['totalImr', line('initial')],
  ['totalMmr', line('maintenance')],
  ['borrowMmr', { kind: 'charges', line: 'maintenance', names: ['mr8-borrowing'] }],
];

/** The answer itself: `data` is a list of one, or that one. */
export function readPositionBuilder(node: Json, place: Place, doubts: Doubts): VenueReport {
  const listed = node.kind === 'list';
  const root = listed ? openFields(node.items[0], below(place, 0), doubts) : openFields(node, place, doubts);
  const units = entries(root, 'riskUnitData', doubts).map((fields) => readUnit(fields, doubts));
  const at = time(root, 'ts');
  const { balances, notes } = balancesOf(root, units, doubts);
  return {
    ...emptyReport('okx', 'account/position-builder', place),
    ...(at === undefined ? {} : { at }),
    system: 'portfolio margin',
    model: 'okx-pm',
    segregated: false,
    balances,
    positions: units.flatMap(({ positions }) => positions),
    prices: units.flatMap(({ prices }) => prices),
    amounts: [...terms(root, ACCOUNT_TERMS), ...units.flatMap(({ amounts }) => amounts)],
    vectors: units.flatMap(({ vectors }) => vectors),
    notes: [...units.flatMap((unit) => unit.notes), ...notes],
  };
}

interface Unit {
  readonly positions: readonly Position[];
  readonly prices: readonly VenuePrice[];
  readonly amounts: readonly VenueAmount[];
  readonly vectors: readonly VenueVector[];
  readonly notes: readonly string[];
  /** Profit of its contracts since their entry, dollars. */
  readonly profit: number;
}

function terms(fields: Fields, words: typeof UNIT_TERMS, underlying?: string): VenueAmount[] {
  return words.flatMap(([key, means]) => {
    if (!says(fields, key)) return [];
    const amount = fields.number(key, () => undefined);
    const of = underlying === undefined ? {} : { underlying };
    return [{ path: below(fields.place, key).path, amount, unit: 'USD', ...of, means }];
  });
}

/** A leg as the answer has it, before its size is known. */
export interface Leg {
  readonly fields: Fields;
  readonly product: Position['product'];
  /** Contracts, signed. */
  readonly contracts: number;
  readonly mark: number;
  readonly delta: number;
  readonly notional: number;
  readonly profit: number | undefined;
  readonly entry: number | undefined;
}

function readLeg(fields: Fields, doubts: Doubts): Leg | undefined {
  const name = fields.text('instId');
  if (doubts.fault !== undefined) return undefined;
  const found = parseOkx(name);
  if (!isRefusal(found) && found.kind === 'asset') return undefined;
  const product = contract(found as Position['product'], fields, 'instId', doubts);
  if (product === undefined) return undefined;
  const number = (key: string) => fields.number(key, () => undefined);
  return {
    fields,
    product,
    contracts: number('amt'),
    mark: fields.number('markPx', (value) => (value > 0 ? undefined : 'must be above zero')),
    delta: number('delta'),
    notional: number('notionalUsd'),
    profit: given(fields, 'floatPnl'),
    entry: given(fields, 'avgPx'),
  };
}

function readUnit(fields: Fields, doubts: Doubts): Unit {
  const coin = fields.text('riskUnit').split('-')[0]!;
  const rows = entries(fields, 'portfolios', doubts);
  const spot = rows.filter((row) =>
    /^(SPOT|MARGIN)$/.test(says(row, 'instType') ? row.text('instType') : ''),
  );
  const legs = rows
    .filter((row) => !spot.includes(row))
    .map((row) => readLeg(row, doubts))
    .filter((leg) => leg !== undefined);
  const upl = given(fields, 'upl') ?? 0;
  const pegs = pegOf(legs, upl);
  const positions: Position[] = [];
  const prices: VenuePrice[] = [];
  for (const leg of legs) {
    const quantity = doubts.fault === undefined ? sizeOf(leg, pegs.peg, doubts) : 0;
    if (quantity !== 0) {
      const entry = leg.entry === undefined || leg.entry === 0 ? {} : { entryPrice: leg.entry };
      positions.push({ product: leg.product, quantity, ...entry });
    }
    const inDollars = leg.product.settlement === 'inverse' && leg.product.kind !== 'option';
    const unit = inDollars ? 'USD' : leg.product.settleAsset;
    prices.push(...priceOf(leg.fields, 'markPx', { kind: 'mark', of: leg.product.id, unit }));
  }
  const vectors = scenariosOf(fields, coin, doubts);
  const index = doubts.fault === undefined ? unitIndex(coin, legs, positions, vectors, pegs.peg) : undefined;
  const path = fields.place.path;
  if (index !== undefined) prices.push({ path, kind: 'index', of: coin, value: index.usd, unit: 'USD' });
  if (pegs.asset !== undefined && pegs.stated) {
    prices.push({
      path: below(fields.place, 'upl').path,
      kind: 'peg',
      of: pegs.asset,
      value: pegs.peg,
      unit: 'USD',
    });
  }
  const notes = spot.map(
    (row) => `${row.place.path}: spot inside a risk unit is read from assets[].spotInUse, not from here.`,
  );
  return {
    positions,
    prices,
    amounts: terms(fields, UNIT_TERMS, coin),
    vectors,
    notes: [...notes, ...(index?.note === undefined ? [] : [index.note])],
    profit: upl,
  };
}

const VOLS = [
  ['mr1Scenarios_volSame', 'volSame', 'same'],
  ['mr1Scenarios_volShockUp', 'volShockUp', 'up'],
  ['mr1Scenarios_volShockDown', 'volShockDown', 'down'],
] as const;

/** `mr1Scenarios`: by vol, then by spot move. A flattened form of the same table is taken too. */
function scenariosOf(fields: Fields, coin: string, doubts: Doubts): VenueVector[] {
  const nested = says(fields, 'mr1Scenarios') ? inside(fields, 'mr1Scenarios', doubts) : undefined;
  const cells = VOLS.flatMap(([flat, key, vol]) => {
    const holder = nested ?? fields;
    const name = nested === undefined ? flat : key;
    if (!says(holder, name)) return [];
    const table = inside(holder, name, doubts);
    return table.keys().flatMap((shock) => {
      const spot = parseDecimal(shock);
      if (typeof spot !== 'number')
        table.refuse(shock, 'A scenario is named by its spot move, such as -0.08.');
      const value = table.number(shock, () => undefined);
      return typeof spot === 'number' ? [{ name: `${key} ${shock}`, spot, vol, value }] : [];
    });
  });
  const path = below(fields.place, nested === undefined ? VOLS[0][0] : 'mr1Scenarios').path;
  return cells.length === 0 ? [] : [{ path, of: coin, kind: 'sum', key: coin, unit: 'USD', cells }];
}

/**
 * Cash from what the answer says of equity: `eq - upl` is what the account has without the profit of its contracts. Where all contracts
 * settle in one stable asset it is counted in that; otherwise in dollars, which is said. Spot in use for hedging is collateral.
 */
function balancesOf(root: Fields, units: readonly Unit[], doubts: Doubts) {
  const spot = entries(root, 'assets', doubts).flatMap((fields): Balance[] => {
    const quantity = given(fields, 'spotInUse') ?? 0;
    return quantity > 0 ? [{ asset: fields.text('ccy'), kind: 'collateral', quantity }] : [];
  });
  const equity = given(root, 'eq');
  if (equity === undefined) return { balances: spot, notes: [] };
  const upl = given(root, 'upl') ?? units.reduce((sum, { profit }) => sum + profit, 0);
  const settles = new Set(
    units.flatMap(({ positions }) => positions.map(({ product }) => product.settleAsset)),
  );
  const [asset] = settles;
  const pegs = new Map(
    units.flatMap(({ prices }) => prices).flatMap((one) => (one.kind === 'peg' ? [[one.of, one.value]] : [])),
  );
  const peg = settles.size === 1 ? pegs.get(asset!) : undefined;
  const cash: Balance[] =
    peg === undefined
      ? [{ asset: 'USD', kind: 'cash', quantity: equity - upl }]
      : [{ asset: asset!, kind: 'cash', quantity: (equity - upl) / peg }];
  const note = 'the answer does not say in which currency the cash is held; eq - upl is taken as dollars.';
  return { balances: [...cash, ...spot], notes: peg === undefined ? [note] : [] };
}
