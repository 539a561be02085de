// Products of a risk-parameter file as plain data. Their rows say what they are worth, so nothing here is priced.

import type { Instant } from '../base/index.ts';
import { KINKS_MAX, type Product, unpriced } from '../product/index.ts';
import { any, atLeastZero, below, type Doubts, Fields, type Place } from './fields.ts';
import type { Json } from './json.ts';

const NAMED = ['kind', 'id', 'underlying'] as const;
const CONTRACT = [...NAMED, 'settlement', 'settleAsset'] as const;
const PRODUCT_KEYS: Readonly<Record<Product['kind'], readonly string[]>> = {
  asset: NAMED,
  perpetual: CONTRACT,
  future: [...CONTRACT, 'expiry'],
  option: [...CONTRACT, 'expiry', 'strike', 'right'],
  structured: [...CONTRACT, 'expiry', 'style', 'payoff'],
};

/** A product by its kind, with the fields of that kind and no others. */
export function readProduct(node: Json, place: Place, doubts: Doubts): Product {
  const every = [...new Set(Object.values(PRODUCT_KEYS).flat())];
  const kinds = Object.keys(PRODUCT_KEYS) as Product['kind'][];
  const kind = new Fields(node, place, every, doubts).word('kind', kinds);
  const fields = new Fields(node, place, PRODUCT_KEYS[kind], doubts);
  const named = { id: fields.text('id'), underlying: fields.text('underlying') };
  if (named.id === '') fields.refuse('id', 'A product has a name.');
  if (kind === 'asset') return { kind, ...named };
  const contract = {
    ...named,
    settlement: fields.word('settlement', ['inverse', 'linear']),
    settleAsset: fields.text('settleAsset'),
  };
  if (kind === 'perpetual') return { kind, ...contract };
  if (kind === 'structured') return readStructured(contract, fields, doubts);
  const expiry = fields.instant('expiry');
  if (kind === 'future') return { kind, ...contract, expiry };
  const strike = fields.number('strike', atLeastZero);
  return { kind, ...contract, expiry, strike, right: fields.word('right', ['call', 'put']) };
}

type Structured = Extract<Product, { kind: 'structured' }>;

/** A structured product whose formula stayed where it was written. */
function readStructured(
  contract: Omit<Structured, 'kind' | 'style' | 'expiry' | 'payoff'>,
  fields: Fields,
  doubts: Doubts,
): Structured {
  const at = below(fields.place, 'payoff');
  const payoff = new Fields(fields.node('payoff'), at, ['family', 'terms', 'strikes'], doubts);
  const terms = payoff.map('terms', KINKS_MAX, (all, name) =>
    all.node(name)?.kind === 'text' ? all.text(name) : all.number(name, any),
  );
  const strikes = payoff.has('strikes')
    ? payoff.list('strikes', KINKS_MAX, (item, place) => doubts.number(item, place, any))
    : undefined;
  const expiry: { expiry?: Instant } = fields.has('expiry') ? { expiry: fields.instant('expiry') } : {};
  return {
    kind: 'structured',
    ...contract,
    ...expiry,
    style: fields.word('style', ['premium', 'margined']),
    payoff: unpriced(payoff.text('family'), Object.fromEntries(terms), strikes),
  };
}
