// Inputs as text and back. Whatever can be doubted of one without the state is doubted here.

import type { Refusal } from '../../base/index.ts';
import { type Input, type Models, PRODUCTS_MAX, SLICE_MAX } from '../../engine/index.ts';
import { UNDERLYINGS_MAX } from '../market-read.ts';
import type { ProductResolver } from '../resolve.ts';
import { list, named } from './collections.ts';
import { type Form, kinds, nullable, optional, refine } from './form.ts';
import { marketText, modelName, parameters } from './models.ts';
import { assetTerms, productTerms } from './products.ts';
import { Reading, readText } from './reading.ts';
import {
  asset,
  clientId,
  count,
  fraction,
  given,
  handle,
  lots,
  name,
  orderId,
  price,
  reason,
  shared,
  time,
  timeOrNow,
  whole,
  words,
} from './scalars.ts';
import {
  category,
  fillSide,
  health,
  hold,
  limitName,
  orderTerms,
  policy,
  protection,
  quotes,
  scope,
  topUp,
} from './terms.ts';

/** Most groups that one set of parameters may be for. */
const GROUPS_MAX = 1_000;
/** Funding of 100 % an hour: what is above it is a percentage written for a share. */
const FUNDING_MAX = 1;

const account = handle;
const id = clientId;
const operator = name;
const signed = { operator, reason };
const move = { account, asset, units: given, id };
const groups = refine(list(handle, GROUPS_MAX), (all, reading) => {
  const twice = all.find((group, i) => all.indexOf(group) !== i);
  if (twice !== undefined) reading.say('duplicate', `${twice} stands twice; keep one.`);
});

const dollars = nullable(fraction(0, Number.MAX_SAFE_INTEGER));
const counted = nullable(count);
/** Limits of delta are dollars, all others are counted. */
const most: Form<number | null> = {
  ...counted,
  read: (value, reading, beside) =>
    (beside['limit'] === 'delta' ? dollars : counted).read(value, reading, beside),
  write: dollars.write,
};

const shapes: Form<Input> = kinds<Input>({
  asset: { terms: assetTerms },
  list: { terms: productTerms },
  mode: { product: shared, mode: words(['live', 'reduce-only', 'halted'] as const), reason },
  delist: { product: shared, price, reason },
  settle: { underlying: asset, expiry: time, price },
  policy: { policy, operator },
  open: { account, owner: handle, group: handle, category },
  classify: { owner: handle, category, ...signed },
  regroup: { account, group: handle, ...signed },
  link: { account, topUp: nullable(topUp), operator: optional(operator) },
  deposit: move,
  withdraw: move,
  convert: { account, from: asset, to: asset, units: given, id },
  transfer: { ...move, to: account },
  place: { account, order: orderTerms, id },
  amend: { account, order: orderId, lots: optional(lots), price: optional(price), id },
  cancel: { account, order: orderId, id },
  'cancel-all': { account, product: optional(shared), id },
  quote: { account, quotes, id },
  protect: { account, protection, id },
  fill: {
    product: shared,
    lots,
    price,
    buyer: fillSide,
    seller: fillSide,
    taker: words(['buyer', 'seller'] as const),
    id,
  },
  bust: { fill: clientId, ...signed },
  market: {
    market: marketText,
    health: named(asset, health, UNDERLYINGS_MAX),
    funding: named(shared, fraction(-FUNDING_MAX, FUNDING_MAX), PRODUCTS_MAX),
  },
  beat: {},
  slice: { count: whole(1, SLICE_MAX) },
  propose: {
    set: handle,
    model: modelName,
    parameters,
    groups,
    shadowOf: groups,
    from: timeOrNow,
    ...signed,
  },
  approve: { set: handle, operator },
  'withdraw-proposal': { set: handle, ...signed },
  halt: { scope, ...signed },
  resume: { scope, ...signed },
  kill: { scope, ...signed },
  limit: { scope, limit: limitName, most, ...signed },
  override: { account, hold, until: time, ...signed },
});

const form: Form<Input> = refine(shapes, (input, reading) => {
  if (input.kind !== 'amend' || input.lots !== undefined || input.price !== undefined) return;
  reading.enter('(amend)');
  reading.say('malformed', 'It changes neither lots nor price; state one of them, or both.');
  reading.leave();
});

/**
 * An input as canonical JSON: keys in code-unit order, no blanks, amounts as text of digits, lots and prices as numbers, times in
 * milliseconds, a market as the text of `writeMarket` in a text. The same input gives the same bytes. The entries of `health` and `funding`
 * are written in the order of their names, and are read in it.
 * @example writeInput({ kind: 'slice', count: 500 }) // '{"count":500,"kind":"slice"}'
 */
export function writeInput(input: Input): string {
  return form.write(input);
}

/**
 * Reads an input from JSON, canonical or not; `writeInput` of the answer is the canonical text. Refuses, with kind of input, field and mend, what can
 * be doubted without the state: kinds and keys nobody knows, fields that are missing or of another type, amounts, lots, prices and times out
 * of their range, names that cannot be shown, quotes that cross, a product whose name says another, parameters that are not whole, a model
 * that is not among `models`. A structured product has its formula from `resolve`; without it it cannot be priced.
 * @example readInput('{"kind":"slice","count":500}', 'line 7', models) // { kind: 'slice', count: 500 }
 */
export function readInput(
  text: string,
  source: string,
  models: Models,
  resolve?: ProductResolver,
): Input | Refusal {
  return readText(text, form, () => new Reading(source, models, resolve));
}
