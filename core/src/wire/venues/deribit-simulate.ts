// Deribit's `private/pme/simulate`: the risk matrix of a portfolio-margin account, vector by vector, with the parameters and prices it used.

import { isRefusal } from '../../base/index.ts';
import {
  DERIBIT_CELLS,
  type Meaning,
  type Position,
  type VenueAmount,
  type VenuePrice,
  type VenueReport,
  type VenueVector,
} from '../../margin/index.ts';
import { below, type Doubts, type Fields, type Place } from '../fields.ts';
import type { Json } from '../json.ts';
import { parseProduct } from '../names.ts';
import { contract, emptyReport, given, openFields, priceOf, says, time } from './answer.ts';
import { markUnit } from './deribit.ts';
import { simulatedParameters } from './deribit-parameters.ts';

/** `private/pme/simulate`. Sizes are coins; those of inverse futures become dollars at the mark of the same answer. */
export function readSimulation(node: Json, place: Place, doubts: Doubts): VenueReport {
  const root = openFields(node, place, doubts);
  const inner = (fields: Fields, key: string) =>
    openFields(fields.node(key), below(fields.place, key), doubts);
  const params = inner(root, 'model_params');
  const general = inner(params, 'general');
  const at = time(general, 'timestamp');
  const range = rangesOf(inner(params, 'currency_pair'), doubts);
  const tickers = inner(root, 'ticker');
  const portfolio = inner(root, 'portfolio');
  const sizes = inner(portfolio, 'position');
  const held = sizes.keys().map((name) => readHeld(name, sizes, tickers, doubts));
  const positions = held.flatMap((one) =>
    one === undefined || one.position.quantity === 0 ? [] : [one.position],
  );
  const margins = inner(root, 'margins');
  const currencies = margins.keys().map((name) => name.toUpperCase());
  const vectors = [
    ...vectorsOf(root, 'initial_risk_vectors', 'product', range, doubts),
    ...vectorsOf(root, 'pre_aggregated_risk_vectors', 'sum', range, doubts),
    ...vectorsOf(root, 'aggregated_risk_vectors', 'counted', range, doubts),
  ];
  const unread = inner(portfolio, 'currency').keys();
  const isCross = currencies.includes('CROSS');
  const parameters = simulatedParameters(params, doubts);
  return {
    ...emptyReport('deribit', 'private/pme/simulate', place),
    ...(at === undefined ? {} : { at }),
    system: isCross ? 'cross_pm' : 'segregated_pm',
    model: 'deribit-pm',
    segregated: !isCross,
    positions,
    prices: [...indicesOf(inner(root, 'index_price')), ...held.flatMap((one) => one?.prices ?? [])],
    amounts: margins.keys().flatMap((name) => marginsOf(inner(margins, name), name, doubts)),
    vectors,
    ...(parameters === undefined ? {} : { parameters }),
    notes:
      unread.length === 0
        ? []
        : [
            `portfolio.currency states ${unread.join(', ')}: what it counts is not documented, and it is not read.`,
          ],
  };
}

/** `btc_usd` -> BTC. */
const coinOf = (pair: string): string => pair.split('_')[0]!.toUpperCase();

function rangesOf(pairs: Fields, doubts: Doubts): ReadonlyMap<string, number> {
  return new Map(
    pairs.keys().map((pair) => {
      const fields = openFields(pairs.node(pair), below(pairs.place, pair), doubts);
      return [
        coinOf(pair),
        fields.number('price_range', (value) =>
          value > 0 && value < 1 ? undefined : 'must lie between 0 and 1',
        ),
      ];
    }),
  );
}

function indicesOf(fields: Fields): VenuePrice[] {
  return fields.keys().flatMap((pair) => {
    const [, quote = ''] = pair.split('_');
    const isPeg = ['usdc', 'usdt', 'usde'].includes(pair.split('_')[0]!);
    return quote === 'usd'
      ? priceOf(fields, pair, { kind: isPeg ? 'peg' : 'index', of: coinOf(pair), unit: 'USD' })
      : [];
  });
}

function readHeld(name: string, sizes: Fields, tickers: Fields, doubts: Doubts) {
  if (doubts.fault !== undefined) return undefined;
  const parsed = parseProduct(name);
  if (!isRefusal(parsed) && parsed.kind === 'asset') sizes.refuse(name, `${name} is no contract.`);
  const product = contract(parsed as Position['product'], sizes, name, doubts);
  if (product === undefined) return undefined;
  const coins = sizes.number(name, () => undefined);
  const ticker = openFields(tickers.node(name), below(tickers.place, name), doubts);
  const prices = [
    ...priceOf(ticker, 'mark_price', { kind: 'mark', of: product.id, unit: markUnit(product) }),
    ...priceOf(ticker, 'index_price', { kind: 'index', of: product.underlying, unit: 'USD' }),
  ];
  const inDollars = product.settlement === 'inverse' && product.kind !== 'option';
  const quantity = inDollars ? coins * ticker.number('mark_price', () => undefined) : coins;
  const position: Position = { product, quantity };
  return { position, prices };
}

/** Parts of a currency's margin, in the order of the answer: path below it, what it means. */
const PARTS: readonly (readonly [readonly string[], Meaning])[] = [
  [['maintenance_margin'], { kind: 'line', line: 'maintenance' }],
  [['initial_margin_details', 'risk_matrix_margin'], { kind: 'line', line: 'initial' }],
  [
    ['initial_margin_details', 'risk_matrix_margin_details', 'worst_case'],
    { kind: 'scenarios', line: 'initial' },
  ],
  ...(['roll', 'delta'] as const).map((shock) => {
    const means: Meaning = { kind: 'charges', line: 'initial', names: [`${shock}-shock`] };
    return [['initial_margin_details', 'risk_matrix_margin_details', `${shock}_shock`], means] as const;
  }),
];
const CONTINGENCY = ['initial_margin_details', 'risk_matrix_margin_details', 'correlation_contingency'];
/** Parts of initial margin for what the answer does not list. */
const BESIDE = ['open_orders_margin', 'mmp_margin', 'spot_margin'] as const;

function marginsOf(fields: Fields, name: string, doubts: Doubts): VenueAmount[] {
  const unit = name === 'cross' ? 'USD' : name.toUpperCase();
  const details = openFields(
    fields.node('initial_margin_details'),
    below(fields.place, 'initial_margin_details'),
    doubts,
  );
  const beside = BESIDE.reduce((sum, key) => sum + (given(details, key) ?? 0), 0);
  const total: VenueAmount = {
    path: below(fields.place, 'initial_margin').path,
    amount: fields.number('initial_margin', () => undefined),
    unit,
    means: { kind: 'line', line: 'initial' },
    beside,
  };
  const parts: readonly (readonly [readonly string[], Meaning])[] = [
    ...PARTS,
    [CONTINGENCY, { kind: 'none', why: 'the venue does not say how it is computed' }],
  ];
  const amounts = parts.flatMap(([path, means]): VenueAmount[] => {
    const key = path.at(-1)!;
    const inside = path
      .slice(0, -1)
      .reduce((at, step) => openFields(at.node(step), below(at.place, step), doubts), fields);
    if (!says(inside, key)) return [];
    return [
      { path: below(inside.place, key).path, amount: inside.number(key, () => undefined), unit, means },
    ];
  });
  return [total, ...amounts];
}

/** Vectors of 27 and 8 cells by name: an instrument, or `coin_currency`. */
function vectorsOf(
  root: Fields,
  key: string,
  kind: VenueVector['kind'],
  ranges: ReadonlyMap<string, number>,
  doubts: Doubts,
): VenueVector[] {
  if (!says(root, key)) return [];
  const all = openFields(root.node(key), below(root.place, key), doubts);
  return all.keys().flatMap((name): VenueVector[] => {
    const fields = openFields(all.node(name), below(all.place, name), doubts);
    if (doubts.fault !== undefined) return [];
    const product = kind === 'product' ? parseProduct(name) : undefined;
    const known =
      product !== undefined && !isRefusal(product) && product.kind !== 'asset' ? product : undefined;
    if (kind === 'product' && known === undefined) return [];
    const coin = known?.underlying ?? coinOf(name);
    const unit = known?.settleAsset ?? (name.split('_')[1] ?? '').toUpperCase();
    const range = ranges.get(coin);
    if (range === undefined) {
      all.refuse(name, `model_params.currency_pair has no price_range of ${coin}.`);
      return [];
    }
    const tables = [cellsOf(fields, 'standard', doubts), cellsOf(fields, 'extended', doubts)];
    const cells = DERIBIT_CELLS.map(({ name: cell, table, index, spot, vol }) => {
      return { name: cell, spot: spot(range), vol, value: tables[table]![index] ?? 0 };
    });
    return [{ path: fields.place.path, key: name, of: known?.id ?? coin, kind, unit, cells }];
  });
}

function cellsOf(fields: Fields, key: 'standard' | 'extended', doubts: Doubts): readonly number[] {
  const length = DERIBIT_CELLS.filter(({ name }) => name.startsWith(key)).length;
  const cells = fields.list(key, length, (node, place) => doubts.number(node, place));
  if (cells.length !== length) fields.refuse(key, `It has ${cells.length} cells and must have ${length}.`);
  return cells;
}
