// What a venue lists, as text: assets and products with their scales. A name of the venue's grammar must say what the product says.

import { isRefusal } from '../../base/index.ts';
import type { AssetTerms, ProductTerms, Tradable } from '../../engine/index.ts';
import { KINKS_MAX, type Payoff, type Structured, unpriced } from '../../product/index.ts';
import { QUANTITY_MAX } from '../decimal.ts';
import { parseProduct } from '../names.ts';
import { readProduct } from '../resolve.ts';
import { quoted } from '../words.ts';
import { list, named } from './collections.ts';
import { type Form, kinds, optional, record } from './form.ts';
import type { Reading } from './reading.ts';
import { amount, asset, fraction, name, price, shared, text, time, whole, words } from './scalars.ts';

/** An asset has from 0 to 18 decimals, as coins on chains have. */
const DECIMALS_MAX = 18;
/** Interest of 1,000 % a year: what is above it is a percentage written for a share. */
const BORROW_RATE_MAX = 10;

export const decimals: Form<number> = whole(0, DECIMALS_MAX);

export const assetTerms: Form<AssetTerms> = record<AssetTerms>({
  asset,
  decimals,
  borrowRate: fraction(0, BORROW_RATE_MAX),
  borrowMax: amount,
});

const contract = {
  id: shared,
  underlying: asset,
  settlement: words(['inverse', 'linear'] as const),
  settleAsset: asset,
};

const number = fraction(-QUANTITY_MAX, QUANTITY_MAX);
/** A number or a word of a payoff. */
const term: Form<number | string> = {
  what: 'a number or a text',
  read: (value, reading, beside) =>
    typeof value === 'string'
      ? text(200, 0).read(value, reading, beside)
      : number.read(value, reading, beside),
  write: (value) => (typeof value === 'string' ? JSON.stringify(value) : number.write(value)),
};
const terms = named(name, term, KINKS_MAX);

interface PayoffText {
  readonly family: string;
  readonly terms: ReadonlyMap<string, number | string>;
  readonly strikes?: readonly number[];
}
const payoffText = record<PayoffText>({
  family: name,
  terms,
  strikes: optional(list(number, KINKS_MAX)),
});

/** A payoff without its formula, which is code: who reads it gives the products that know it, or it stays unpriced. */
const payoff: Form<Payoff> = {
  what: payoffText.what,
  read(value, reading, beside) {
    const read = payoffText.read(value, reading, beside);
    if (reading.fault !== undefined) return unpriced('', {});
    return unpriced(read.family, Object.fromEntries(read.terms), read.strikes);
  },
  write({ family, terms: stated, strikes }) {
    const all = new Map(Object.entries(stated));
    return payoffText.write({ family, terms: all, ...(strikes === undefined ? {} : { strikes }) });
  },
};

const shapes: Form<Tradable> = kinds<Tradable>({
  perpetual: contract,
  future: { ...contract, expiry: time },
  option: {
    ...contract,
    expiry: time,
    strike: fraction(0, QUANTITY_MAX),
    right: words(['call', 'put'] as const),
  },
  structured: {
    ...contract,
    expiry: optional(time),
    style: words(['premium', 'margined'] as const),
    payoff,
  },
});

const product: Form<Tradable> = {
  ...shapes,
  read(value, reading, beside) {
    const read = shapes.read(value, reading, beside);
    if (reading.fault !== undefined) return read;
    doubtProduct(read, reading);
    return read.kind === 'structured' ? resolved(read, reading) : read;
  },
};

/** What no contract can be, and what its own name does not say. */
function doubtProduct(read: Tradable, reading: Reading): void {
  const { id, underlying, settlement, settleAsset } = read;
  if ((settlement === 'inverse') !== (settleAsset === underlying)) {
    const said = `It is ${settlement}, of ${underlying}, and settles in ${settleAsset}; inverse contracts settle in their coin, linear ones in another asset.`;
    reading.say('malformed', said);
  }
  if (read.kind === 'option' && read.strike === 0)
    reading.say('out-of-range', 'Its strike is 0 and must be above.');
  const listed = parseProduct(id);
  if (isRefusal(listed)) return;
  if (listed.kind !== 'asset' && shapes.write(listed) === shapes.write(read)) return;
  reading.say('malformed', `The name ${quoted(id)} says another product than its fields; make them agree.`);
}

/** A structured product with the formula that somebody's module knows. */
function resolved(read: Structured, reading: Reading): Tradable {
  if (reading.resolve === undefined) return read;
  const found = readProduct(read.id, reading.where, reading.resolve);
  if (isRefusal(found)) reading.keep(found);
  else if (found.kind === 'structured' && shapes.write(found) === shapes.write(read)) return found;
  else
    reading.say(
      'unknown-product',
      `The given products make another product of ${quoted(read.id)}; give those it was listed with.`,
    );
  return read;
}

export const productTerms: Form<ProductTerms> = record<ProductTerms>({
  product,
  lot: whole(1, Number.MAX_SAFE_INTEGER),
  lotDecimals: decimals,
  tick: price,
});
