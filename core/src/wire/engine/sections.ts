// The parts of a state, each with its rows in their order. One table: who adds a field to the state adds its section here.

import {
  ACCOUNTS_MAX,
  type AccountState,
  ASSETS_MAX,
  type AssetState,
  type EnginePolicy,
  FILLS_MAX,
  IDS_MAX,
  type ParameterProposal,
  type PastFill,
  PRODUCTS_MAX,
  type ProductState,
  SETS_MAX,
  SHADOWS_MAX,
  type State,
} from '../../engine/index.ts';
import type { Market } from '../../market/index.ts';
import { UNDERLYINGS_MAX } from '../market-read.ts';
import { quoted } from '../words.ts';
import { account, doubtAccount } from './accounts.ts';
import { columns, entry, list, pair } from './collections.ts';
import { type Form, maybe, record } from './form.ts';
import { marketText, modelName, parameters } from './models.ts';
import { assetTerms, productTerms } from './products.ts';
import type { Reading } from './reading.ts';
import { common, count, finite, flag, lots, moment, units, whole, word } from './scalars.ts';
import { category, health, mode, policy } from './terms.ts';

/** Rows of one part of a state. */
export interface Section {
  readonly name: string;
  readonly most: number;
  count(state: State): number;
  rows(state: State): Iterable<unknown>;
  readonly form: Form<unknown>;
  /** Puts a row into a state that is being read. */
  put(state: State, row: unknown, reading: Reading): void;
}

type Entry<T> = readonly [string, T];
type ValueOf<M> = M extends ReadonlyMap<string, infer V> ? V : never;
/** Groups, halts and limits are as many as there are names for them. */
const NAMES_MAX = 3 * ACCOUNTS_MAX;

/** A map, row by row in its order. */
function mapOf<T>(
  name: string,
  most: number,
  pick: (state: State) => ReadonlyMap<string, T>,
  form: Form<T>,
  key: Form<string> = word,
): Section {
  return {
    name,
    most,
    count: (state) => pick(state).size,
    rows: (state) => pick(state),
    form: entry(key, form) as Form<unknown>,
    put(state, row, reading) {
      const [id, value] = row as Entry<T>;
      const map = pick(state) as Map<string, T>;
      if (map.has(id)) reading.say('duplicate', `${quoted(id)} stands twice in ${name}; keep one.`);
      map.set(id, value);
    },
  };
}

/** What a state has once, or not at all. */
function once<T>(
  name: string,
  form: Form<T>,
  get: (state: State) => T | undefined,
  set: (state: State, value: T) => void,
): Section {
  return {
    name,
    most: 1,
    count: (state) => (get(state) === undefined ? 0 : 1),
    rows: (state) => (get(state) === undefined ? [] : [get(state)]),
    form: form as Form<unknown>,
    put: (state, row) => set(state, row as T),
  };
}

const accounts: Section = {
  name: 'accounts',
  most: ACCOUNTS_MAX,
  count: (state) => state.accounts.size,
  rows: (state) => state.accounts.values(),
  form: account as Form<unknown>,
  put(state, row, reading) {
    const read = row as AccountState;
    doubtAccount(read, state, reading);
    if (state.accounts.has(read.id)) reading.say('duplicate', `${quoted(read.id)} stands twice; keep one.`);
    state.accounts.set(read.id, read);
    state.places.push(read);
  },
};

const called: Section = {
  name: 'called',
  most: ACCOUNTS_MAX,
  count: (state) => state.called.size,
  rows: (state) => state.called,
  form: word as Form<unknown>,
  put(state, row, reading) {
    const id = row as string;
    if (!state.accounts.has(id))
      reading.say('unknown-account', `${quoted(id)} is called and is not among the accounts.`);
    if (state.called.has(id)) reading.say('duplicate', `${quoted(id)} stands twice in called; keep one.`);
    state.called.add(id);
  },
};

const names = (most: number) => list(common, most) as Form<string[]>;
const price = whole(0, Number.MAX_SAFE_INTEGER);

/** Assets, products and owners before accounts, sets before groups: what is named later is there. */
export const sections: readonly Section[] = [
  once<EnginePolicy>(
    'policy',
    policy,
    (state) => state.policy,
    (state, value) => {
      state.policy = value;
    },
  ),
  once<Market>(
    'market',
    marketText,
    (state) => state.market,
    (state, value) => {
      state.market = value;
    },
  ),
  mapOf('health', UNDERLYINGS_MAX, (state) => state.health, health),
  mapOf(
    'assets',
    ASSETS_MAX,
    (state) => state.assets,
    record<AssetState>({ terms: assetTerms, interest: units }),
    common,
  ),
  mapOf(
    'products',
    PRODUCTS_MAX,
    (state) => state.products,
    record<ProductState>({
      terms: productTerms,
      mode,
      final: maybe(price),
      funding: units,
      fundingRate: finite,
      openInterest: finite,
    }),
    common,
  ),
  mapOf(
    'sets',
    SETS_MAX,
    (state) => state.sets,
    record<ParameterProposal>({
      set: word,
      model: modelName,
      parameters,
      groups: names(NAMES_MAX),
      shadowOf: names(NAMES_MAX),
      from: moment,
      approvals: names(2),
      isAdopted: flag,
    }),
  ),
  mapOf(
    'groups',
    NAMES_MAX,
    (state) => state.groups,
    record<ValueOf<State['groups']>>({ set: word, shadows: names(SHADOWS_MAX) }),
    common,
  ),
  mapOf(
    'owners',
    ACCOUNTS_MAX,
    (state) => state.owners,
    record<ValueOf<State['owners']>>({ category, accounts: names(ACCOUNTS_MAX) }),
    common,
  ),
  accounts,
  mapOf('ids', IDS_MAX, (state) => state.ids, count),
  mapOf(
    'fills',
    FILLS_MAX,
    (state) => state.fills,
    columns<PastFill>({ product: common, lots, price, buyer: common, seller: common, fees: pair(units) }),
  ),
  called,
  mapOf('limits', NAMES_MAX, (state) => state.limits, finite),
  mapOf(
    'halts',
    NAMES_MAX,
    (state) => state.halts,
    columns<ValueOf<State['halts']>>({ since: moment, reason: word, isKill: flag }),
  ),
  mapOf('overrides', NAMES_MAX, (state) => state.overrides, moment),
];
