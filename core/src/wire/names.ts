// Products by the venue's own names (Deribit). One product has one name: any other spelling is refused with the right one.

import { type Instant, instant, type Refusal, refuse } from '../base/index.ts';
import type { Listed, Product } from '../product/index.ts';
import { formatDecimal } from './decimal.ts';
import { dayOf } from './instants.ts';
import { quoted } from './words.ts';

/** Longest product name; the venue's longest is under 30. */
export const NAME_LENGTH_MAX = 48;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** Deribit's contracts expire at 08:00 UTC. */
const EXPIRY_HOUR_MS = 8 * 3_600_000;

const ASSET = /^(?=.*[A-Z])[A-Z0-9]{1,12}$/;
const CONTRACT = /^([A-Z0-9]{1,12})(?:_([A-Z0-9]{1,12}))?-(.+)$/;
const EXPIRY = /^(\d{1,2})([A-Z]{3})(\d{2})$/;
const STRIKE = /^(\d{1,9})(?:d(\d{1,6}))?$/;
const SHAPES = 'write BTC-PERPETUAL, BTC-27MAR26, BTC-27MAR26-90000-C, or SOL_USDC-27MAR26-150-C';

/** Whether text is an asset code: capitals and digits, at most 12. @example isAssetCode('USDC') // true */
export function isAssetCode(text: string): boolean {
  return ASSET.test(text);
}

/**
 * A product from its Deribit name: `BTC` (the asset), `BTC-PERPETUAL`, `BTC-27MAR26` (future), `BTC-27MAR26-90000-C` (option);
 * `BTC_USDC-...` is linear, settled in USDC; `d` is the decimal point of a strike. Expiry 08:00 UTC, strike > 0.
 * Refuses anything else (`unknown-product`): other spellings, dates outside the calendar, spot pairs, combos.
 * @example parseProduct('XRP_USDC-30JUN26-0d625-C') // { kind: 'option', settlement: 'linear', strike: 0.625, ... }
 */
export function parseProduct(name: string, where?: string): Listed | Refusal {
  if (name.length > NAME_LENGTH_MAX) {
    return unknown(name, `is longer than ${NAME_LENGTH_MAX} characters; ${SHAPES}`, where);
  }
  if (ASSET.test(name)) return { kind: 'asset', id: name, underlying: name };
  if (/[a-z]/.test(name) && name.toUpperCase().replace(/(\d)D(\d)/g, '$1d$2') !== name) {
    return unknown(name, `has lower-case letters; write ${quoted(canonicalCase(name))}`, where);
  }
  const match = CONTRACT.exec(name);
  if (match === null) return unknown(name, `is not a product's name; ${SHAPES}`, where);
  const [, underlying = '', settle, rest = ''] = match;
  if (!ASSET.test(underlying) || (settle !== undefined && !ASSET.test(settle)) || settle === underlying) {
    return unknown(name, `does not start with an asset; ${SHAPES}`, where);
  }
  return parseContract(name, underlying, settle, rest.split('-'), where);
}

function parseContract(
  name: string,
  underlying: string,
  settle: string | undefined,
  parts: readonly string[],
  where?: string,
): Listed | Refusal {
  const settlement = settle === undefined ? 'inverse' : 'linear';
  const contract = { id: name, underlying, settlement, settleAsset: settle ?? underlying } as const;
  const [date = '', strikeText, letter, surplus] = parts;
  if (date === 'PERPETUAL' && strikeText === undefined) return { kind: 'perpetual', ...contract };
  const expiry = parseExpiry(date);
  if (typeof expiry === 'string') return unknown(name, expiry, where);
  if (strikeText === undefined) return { kind: 'future', ...contract, expiry };
  const strike = parseStrike(strikeText);
  if (typeof strike === 'string') return unknown(name, strike, where);
  if ((letter !== 'C' && letter !== 'P') || surplus !== undefined) {
    return unknown(name, 'does not end in -C or -P; say call or put', where);
  }
  return { kind: 'option', ...contract, expiry, strike, right: letter === 'C' ? 'call' : 'put' };
}

function parseExpiry(text: string): Instant | string {
  const match = EXPIRY.exec(text);
  if (match === null) return `has no expiry such as 27MAR26 in ${quoted(text)}; ${SHAPES}`;
  const [, day = '', month = '', year = ''] = match;
  const monthNumber = MONTHS.indexOf(month) + 1;
  if (monthNumber === 0) return `has an unknown month ${quoted(month)}; months are ${MONTHS.join(' ')}`;
  if (day.startsWith('0')) return `has a leading zero in its day; write ${quoted(text.slice(1))}`;
  const midnight = dayOf(2000 + Number(year), monthNumber, Number(day));
  if (midnight === undefined)
    return `expires on ${quoted(text)}, which is not in the calendar; check the day`;
  return instant(midnight + EXPIRY_HOUR_MS);
}

function parseStrike(text: string): number | string {
  const match = STRIKE.exec(text);
  if (match === null) return `has no strike such as 90000 or 0d625 in ${quoted(text)}; ${SHAPES}`;
  const strike = Number(text.replace('d', '.'));
  if (!(strike > 0)) return 'has a strike of zero; strikes are above zero';
  const canonical = strikeText(strike);
  return canonical === text ? strike : `spells its strike ${quoted(text)}; write ${quoted(canonical)}`;
}

const strikeText = (strike: number): string => formatDecimal(strike).replace('.', 'd');

function canonicalCase(name: string): string {
  return name.toUpperCase().replace(/(\d)D(\d)/g, '$1d$2');
}

function unknown(name: string, why: string, where?: string): Refusal {
  return refuse('unknown-product', `${quoted(name)} ${why}.`, where);
}

/** `27MAR26` for an expiry of 27 March 2026. @example formatExpiry(instant(Date.UTC(2026, 2, 27, 8))) // '27MAR26' */
export function formatExpiry(expiry: Instant): string {
  const date = new Date(expiry);
  const year = String(date.getUTCFullYear() % 100).padStart(2, '0');
  return `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${year}`;
}

/** The venue's name of a product, from its parts: the inverse of `parseProduct`; a structured product's is its own. @example formatProduct({ kind: 'asset', id: 'BTC', underlying: 'BTC' }) // 'BTC' */
export function formatProduct(product: Product): string {
  if (product.kind === 'asset') return product.underlying;
  const pair = product.settlement === 'linear' ? `_${product.settleAsset}` : '';
  const head = `${product.underlying}${pair}`;
  switch (product.kind) {
    case 'perpetual':
      return `${head}-PERPETUAL`;
    case 'future':
      return `${head}-${formatExpiry(product.expiry)}`;
    case 'option':
      return `${head}-${formatExpiry(product.expiry)}-${strikeText(product.strike)}-${product.right === 'call' ? 'C' : 'P'}`;
    case 'structured':
      return product.id;
  }
}
