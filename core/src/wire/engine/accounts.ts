// An account of a state in one line: what it holds in columns, because there are millions of positions.

import {
  type AccountState,
  ASSETS_MAX,
  type Balance,
  HOUSE,
  type OpenOrder,
  ORDERS_MAX,
  type Position,
  PRODUCTS_MAX,
  STATUSES,
  type State,
} from '../../engine/index.ts';
import { columns, entries } from './collections.ts';
import { type Form, maybe, nullable, record } from './form.ts';
import type { Reading } from './reading.ts';
import { common, count, finite, flag, moment, price, signedLots, units, word, words } from './scalars.ts';
import { pricedTerms, protection, topUp } from './terms.ts';

const balance: Form<Balance> = columns<Balance>({ units, interestAt: units });
const position: Form<Position> = columns<Position>({ lots: signedLots, cost: units, fundingAt: units });
const order: Form<OpenOrder> = columns<OpenOrder>({
  id: word,
  terms: pricedTerms,
  isMarket: flag,
  isQuote: flag,
  lots: count,
  price,
});

type ProtectionState = AccountState['protections'] extends Map<string, infer P> ? P : never;
const guard: Form<ProtectionState> = record<ProtectionState>({
  protection,
  filled: count,
  since: moment,
  frozenUntil: maybe(nullable(moment)),
});

/** An account without anything but its own fields. */
export const account: Form<AccountState> = record<AccountState>({
  id: word,
  owner: common,
  isHouse: flag,
  place: count,
  group: common,
  status: words(STATUSES),
  deadline: maybe(moment),
  withheld: maybe(word),
  topUp: maybe(topUp),
  drawn: units,
  balances: entries(common, balance, ASSETS_MAX),
  positions: entries(common, position, PRODUCTS_MAX),
  orders: entries(word, order, ORDERS_MAX),
  protections: entries(common, guard, ASSETS_MAX),
  tokens: finite,
  tokensAt: moment,
  isThrottled: flag,
  version: count,
});

/** What an account cannot be in the state that was read so far: assets, products and owners stand before accounts. */
export function doubtAccount(read: AccountState, state: State, reading: Reading): void {
  const { id, owner, isHouse, place, balances, positions, orders } = read;
  if (place !== state.places.length)
    reading.say(
      'out-of-order',
      `${id} has place ${place} and stands at ${state.places.length}; they must agree.`,
    );
  if (isHouse !== (HOUSE as readonly string[]).includes(id))
    reading.say('malformed', `${id} says isHouse ${isHouse}, which its name denies.`);
  if (!state.owners.has(owner)) reading.say('unknown-account', `Its owner ${owner} is not among the owners.`);
  for (const asset of balances.keys()) {
    if (!state.assets.has(asset))
      reading.say('unknown-asset', `${id} holds ${asset}, which is not among the assets.`);
  }
  const wanted = [...orders.values()].map(({ terms }) => terms.product);
  for (const product of [...positions.keys(), ...wanted]) {
    if (!state.products.has(product))
      reading.say('unknown-product', `${id} holds or wants ${product}, which is not among the products.`);
  }
  for (const [key, { id: own }] of orders) {
    if (key !== own)
      reading.say('malformed', `An order of ${id} is ${own} under the key ${key}; they must agree.`);
  }
}
