// A portfolio in CSV, one entry a row, as a spreadsheet or a venue's export is easily turned into.

import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import type { Portfolio } from '../margin/portfolio.ts';
import { type CsvTable, fieldsOf, missingColumn, openCsv } from './csv.ts';
import { parseDecimal } from './decimal.ts';
import {
  BALANCE_KINDS,
  type BalanceKind,
  PORTFOLIO_LENGTH_MAX,
  type PortfolioBuilder,
  portfolioBuilder,
} from './portfolio.ts';
import type { ProductResolver } from './resolve.ts';
import { oversize, quoted, suggest } from './words.ts';

/** Columns that a file of one account may have. */
export const PORTFOLIO_COLUMNS = ['account', 'kind', 'product', 'side', 'quantity', 'price', 'isolated'];
const KINDS = [...BALANCE_KINDS, 'position', 'order'];

/**
 * Reads a portfolio from rows `kind,product,quantity[,price][,side][,isolated][,account]`, columns in any order.
 * `kind` is cash, collateral or unsettled (`product` names an asset), position (`price` is the entry price, `isolated` a margin of its own, both may be blank; the
 * sign of the quantity says the side) or order (`side` buy or sell, `price` the limit). All rows name the same account, or none does. A header alone is an empty book.
 * Unknown columns are refused, because a misspelt one would be lost; the rest as `portfolioBuilder`.
 * `resolve` knows products whose names are not the venue's.
 * @example readPortfolioCsv('kind,product,quantity\ncash,USD,250000\n', 'a.csv') // { account: 'unnamed', balances: [...], ... }
 */
export function readPortfolioCsv(
  text: string,
  source: string,
  resolve?: ProductResolver,
): Portfolio | Refusal {
  const large = oversize(text, source, PORTFOLIO_LENGTH_MAX);
  if (large !== undefined) return large;
  const table = openCsv(text, source);
  if (isRefusal(table)) return table;
  const wrong = doubtHeader(table, PORTFOLIO_COLUMNS);
  if (wrong !== undefined) return wrong;
  const { cursor, columns } = table;
  const builder = portfolioBuilder(source, 'row', resolve);
  let account: string | undefined;
  while (cursor.advance()) {
    const fields = fieldsOf(table);
    if (isRefusal(fields)) return fields;
    const cell = (name: string): string => (fields[columns.get(name) ?? -1] ?? '').trim();
    const named = cell('account');
    if (named !== '' && account !== undefined && named !== account) {
      const said = `The account is ${quoted(named)} here and ${quoted(account)} above; keep one account a file.`;
      return refuse('malformed', said, cursor.place());
    }
    if (named !== '') account = named;
    const doubt = readPortfolioRow(cell, cursor.place(), cursor.row, builder);
    if (doubt !== undefined) return doubt;
  }
  return cursor.fault ?? builder.finish(account);
}

/** A table that lacks a column every entry needs, or has one that nobody knows. */
export function doubtHeader(table: CsvTable, known: readonly string[]): Refusal | undefined {
  const missing = missingColumn(table, ['kind', 'product', 'quantity']);
  const stranger = [...table.columns.keys()].find((name) => !known.includes(name));
  if (missing !== undefined || stranger === undefined) return missing;
  return refuse(
    'malformed',
    `The column ${quoted(stranger)} is unknown here.${suggest(stranger, known)}`,
    `${table.cursor.source} row 1`,
  );
}

/** One entry from the cells of its row. */
export function readPortfolioRow(
  cell: (name: string) => string,
  place: string,
  row: number,
  builder: PortfolioBuilder,
): Refusal | undefined {
  const kind = cell('kind');
  if (!KINDS.includes(kind)) {
    return refuse(
      'malformed',
      `The kind ${quoted(kind)} is unknown.${suggest(kind, KINDS)}`,
      `${place}, kind`,
    );
  }
  const quantity = parseDecimal(cell('quantity'), `${place}, quantity`);
  if (isRefusal(quantity)) return quantity;
  const priceText = cell('price');
  const price = priceText === '' ? undefined : parseDecimal(priceText, `${place}, price`);
  if (isRefusal(price)) return price;
  const marginText = cell('isolated');
  const isolated = marginText === '' ? undefined : parseDecimal(marginText, `${place}, isolated`);
  if (isRefusal(isolated)) return isolated;
  if (isolated !== undefined && kind !== 'position') {
    return refuse(
      'malformed',
      'Only a position has a margin of its own; leave it blank.',
      `${place}, isolated`,
    );
  }
  const at = { place, number: row };
  const side = cell('side');
  if (kind === 'order') return readOrder(cell('product'), side, quantity, price, at, builder);
  if (side !== '') {
    return refuse(
      'malformed',
      'Only an order has a side; a short position has a negative quantity.',
      `${place}, side`,
    );
  }
  if (kind === 'position') {
    const given = {
      ...(price === undefined ? {} : { entryPrice: price }),
      ...(isolated === undefined ? {} : { isolated }),
    };
    return builder.position(cell('product'), quantity, given, at);
  }
  if (price !== undefined) {
    return refuse('malformed', `A row of kind ${kind} has no price; leave it blank.`, `${place}, price`);
  }
  return builder.balance(kind as BalanceKind, cell('product'), quantity, at);
}

function readOrder(
  product: string,
  side: string,
  quantity: number,
  price: number | undefined,
  at: { readonly place: string; readonly number: number },
  builder: PortfolioBuilder,
): Refusal | undefined {
  if (price === undefined)
    return refuse('malformed', 'An order needs its limit price.', `${at.place}, price`);
  return builder.order(product, side, quantity, price, at);
}
