// Every way an input can be wrong that its text alone shows, and the sentence it is refused with.

import { describe, expect, it } from 'vitest';
import { market } from '../../../test/inputs.law.ts';
import { canonicalJson, isRefusal, sentence } from '../../base/index.ts';
import { enginePolicy } from '../../engine/index.ts';
import { gridDefaults, models as registry } from '../../margin/index.ts';
import { type Structured, unpriced } from '../../product/index.ts';
import { readInput, writeInput, writeMarket } from '../index.ts';

const models = new Map(Object.entries(registry));
const read = (text: string) => readInput(text, 'line 7', models);
const json = (value: unknown) => read(JSON.stringify(value));

const PLACE = {
  kind: 'place',
  account: 'a',
  id: '1',
  order: { product: 'BTC-PERPETUAL', side: 'buy', lots: 3, price: 5 },
};
const DEPOSIT = { kind: 'deposit', account: 'a', asset: 'USD', units: '100', id: '1' };
const OPTION = {
  kind: 'option',
  id: 'BTC-27MAR26-90000-C',
  underlying: 'BTC',
  settlement: 'inverse',
  settleAsset: 'BTC',
  expiry: Date.UTC(2026, 2, 27, 8),
  strike: 90_000,
  right: 'call',
};
const LIST = { kind: 'list', terms: { product: OPTION, lot: 1, lotDecimals: 1, tick: 50_000 } };
const ASSET = { kind: 'asset', terms: { asset: 'USDC', decimals: 6, borrowRate: 0.1, borrowMax: '0' } };
const QUOTE = {
  kind: 'quote',
  account: 'a',
  id: '1',
  quotes: [{ product: 'BTC-PERPETUAL', bid: { price: 4, lots: 1 } }],
};
const POLICY = { kind: 'policy', policy: enginePolicy, operator: 'ops' };
const HALT = { kind: 'halt', scope: { kind: 'venue' }, operator: 'ops', reason: 'storm' };
const LIMIT = {
  kind: 'limit',
  scope: { kind: 'account', id: 'a' },
  limit: 'orders',
  most: 5,
  operator: 'ops',
  reason: 'r',
};
const OVERRIDE = {
  kind: 'override',
  account: 'a',
  hold: 'closing',
  until: Date.UTC(2026, 2, 27),
  operator: 'ops',
  reason: 'r',
};
const PROPOSE = {
  kind: 'propose',
  set: 's1',
  model: 'grid',
  parameters: gridDefaults,
  groups: ['g'],
  shadowOf: [],
  from: Date.UTC(2026, 2, 27),
  operator: 'ops',
  reason: 'r',
};
const MARKET = { kind: 'market', market: writeMarket(market), health: {}, funding: {} };
const FILL = {
  ...{ kind: 'fill', product: 'BTC-PERPETUAL', lots: 1, price: 5, taker: 'buyer', id: '1' },
  buyer: { account: 'a', fee: '1', order: '7.0' },
  seller: { account: 'b', fee: '-1' },
};
const AMEND = { kind: 'amend', account: 'a', order: '7.0', id: '1' };

const order = (change: object) => ({ ...PLACE, order: { ...PLACE.order, ...change } });
const terms = (change: object) => ({ ...LIST, terms: { ...LIST.terms, ...change } });
const product = (change: object) => terms({ product: { ...OPTION, ...change } });
const asset = (change: object) => ({ ...ASSET, terms: { ...ASSET.terms, ...change } });
const without = (value: object, key: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

/** What is given, and what is said of it. */
const rows: readonly (readonly [what: string, given: unknown, said: string])[] = [
  ['a text', 'deposit', 'This is "deposit" and must be an object {...} with a kind.'],
  ['a list', [DEPOSIT], 'This is a list [...] and must be an object {...} with a kind.'],
  ['no kind', without(DEPOSIT, 'kind'), 'kind: It is missing. Known are asset, list,'],
  ['a kind that is a number', { kind: 3 }, 'kind: This is 3 and must be a text.'],
  [
    'an unknown kind',
    { ...DEPOSIT, kind: 'depositt' },
    'kind: "depositt" is unknown here. Did you mean "deposit"?',
  ],
  ['a kind of every object', { kind: 'constructor' }, 'kind: "constructor" is unknown here.'],
  [
    'an unknown key',
    { ...DEPOSIT, unit: '1' },
    'deposit: The key "unit" is unknown here. Did you mean "units"?',
  ],
  [
    'an unknown key within',
    order({ reduce_only: true }),
    'place order: The key "reduce_only" is unknown here. Did you mean "reduceOnly"?',
  ],
  [
    'a missing key',
    without(DEPOSIT, 'units'),
    'deposit units: It is missing; it must be a whole amount as text of digits',
  ],
  [
    'null for nothing',
    order({ price: null }),
    'place order.price: This is null and must be a whole number from 1',
  ],
  [
    'an amount as a number',
    { ...DEPOSIT, units: 100 },
    'deposit units: This is 100 and must be a whole amount as text of digits, such as "1500" from 1',
  ],
  [
    'an amount below zero',
    { ...DEPOSIT, units: '-5' },
    'deposit units: This is "-5" and must be a whole amount',
  ],
  ['no amount', { ...DEPOSIT, units: '0' }, 'deposit units: This is "0" and must be a whole amount'],
  [
    'an amount with a point',
    { ...DEPOSIT, units: '1.5' },
    'deposit units: This is "1.5" and must be a whole amount',
  ],
  ['a leading zero', { ...DEPOSIT, units: '007' }, 'deposit units: This is "007" and must be'],
  [
    'minus zero',
    { ...FILL, seller: { account: 'b', fee: '-0' } },
    'fill seller.fee: This is "-0" and must be',
  ],
  [
    'too large an amount',
    { ...DEPOSIT, units: `1${'0'.repeat(24)}1` },
    'deposit units: This is "10000000000000000000000001" and must be',
  ],
  ['a text of a thousand digits', { ...DEPOSIT, units: '9'.repeat(1_000) }, 'deposit units: This is "9999'],
  [
    'lots below zero',
    order({ lots: -3 }),
    'place order.lots: This is -3 and must be a whole number from 1 to 9007199254740991.',
  ],
  ['no lots', order({ lots: 0 }), 'place order.lots: This is 0 and must be'],
  ['half a lot', order({ lots: 0.5 }), 'place order.lots: This is 0.5 and must be a whole number'],
  ['lots as text', order({ lots: '3' }), 'place order.lots: This is "3" and must be a whole number'],
  [
    'more lots than are counted',
    order({ lots: 2 ** 53 }),
    'place order.lots: This is 9007199254740992 and must be',
  ],
  ['a price of zero', order({ price: 0 }), 'place order.price: This is 0 and must be a whole number from 1'],
  ['a price below zero', order({ price: -1 }), 'place order.price: This is -1 and must be'],
  ['an unknown side', order({ side: 'Buy' }), 'place order.side: "Buy" is unknown here. Did you mean "buy"?'],
  [
    'a flag as text',
    order({ postOnly: 'yes' }),
    'place order.postOnly: This is "yes" and must be true or false.',
  ],
  [
    'an empty id',
    { ...DEPOSIT, id: '' },
    'deposit id: It is empty and must be a text of 1 to 128 characters.',
  ],
  [
    'a long name',
    { ...DEPOSIT, account: 'x'.repeat(65) },
    'deposit account: It has 65 characters, more than the limit of 64; shorten it.',
  ],
  [
    'a name of two lines',
    { ...DEPOSIT, account: 'a\nb' },
    'deposit account: "a\\nb" has a control character',
  ],
  [
    'half a character',
    { ...DEPOSIT, account: '\ud83d' },
    'has a control character or half of one; write it without.',
  ],
  [
    'a blank at the end',
    { ...DEPOSIT, account: 'a ' },
    'deposit account: "a " begins or ends with a blank; write it without.',
  ],
  [
    'a blank within the name of an account',
    { ...DEPOSIT, account: 'a b' },
    'deposit account: "a b" has a blank; write a name without, such as desk-1.',
  ],
  [
    'a coin by its name',
    { ...DEPOSIT, asset: 'bitcoin' },
    'deposit asset: This is "bitcoin" and must be the code of an asset, such as USDC.',
  ],
  [
    'no reason',
    { ...HALT, reason: '' },
    'halt reason: It is empty and must be a text of 1 to 500 characters.',
  ],
  [
    'a long reason',
    { ...HALT, reason: 'x'.repeat(501) },
    'halt reason: It has 501 characters, more than the limit of 500; shorten it.',
  ],
  [
    'an unknown scope',
    { ...HALT, scope: { kind: 'venu' } },
    'halt scope.kind: "venu" is unknown here. Did you mean "venue"?',
  ],
  [
    'a venue with a name',
    { ...HALT, scope: { kind: 'venue', id: 'v' } },
    'halt scope(venue): The key "id" is unknown here.',
  ],
  [
    '19 decimals',
    asset({ decimals: 19 }),
    'asset terms.decimals: This is 19 and must be a whole number from 0 to 18.',
  ],
  ['decimals below zero', asset({ decimals: -1 }), 'asset terms.decimals: This is -1 and must be'],
  [
    'a rate in percent',
    asset({ borrowRate: 12 }),
    'asset terms.borrowRate: This is 12 and must be a number from 0 to 10.',
  ],
  ['a rate below zero', asset({ borrowRate: -0.1 }), 'asset terms.borrowRate: This is -0.1 and must be'],
  ['a lot of nothing', terms({ lot: 0 }), 'list terms.lot: This is 0 and must be a whole number from 1'],
  ['no tick', terms({ tick: 0 }), 'list terms.tick: This is 0 and must be'],
  [
    'an asset as a product',
    terms({ product: { kind: 'asset', id: 'BTC', underlying: 'BTC' } }),
    'list terms.product.kind: "asset" is unknown here.',
  ],
  [
    'an expiry in seconds',
    product({ expiry: OPTION.expiry / 1000 }),
    'list terms.product(option).expiry: This is 1774598400 and must be a time in whole milliseconds since 1970, from 2009 to 2100; seconds are not milliseconds.',
  ],
  [
    'an expiry as text',
    product({ expiry: '2026-03-27' }),
    'list terms.product(option).expiry: This is "2026-03-27" and must be a time',
  ],
  [
    'a strike of zero',
    product({ id: 'X', strike: 0 }),
    'list terms.product: Its strike is 0 and must be above.',
  ],
  [
    'another strike than the name',
    product({ strike: 95_000 }),
    'list terms.product: The name "BTC-27MAR26-90000-C" says another product than its fields; make them agree.',
  ],
  [
    'another expiry than the name',
    product({ expiry: OPTION.expiry + 1 }),
    'says another product than its fields',
  ],
  ['the name of an asset', product({ id: 'BTC' }), 'says another product than its fields'],
  [
    'inverse in another coin',
    product({ settleAsset: 'USDC' }),
    'list terms.product: It is inverse, of BTC, and settles in USDC; inverse contracts settle in their coin',
  ],
  [
    'a perpetual with a strike',
    product({ kind: 'perpetual' }),
    'list terms.product(perpetual): The key "expiry" is unknown here.',
  ],
  ['no quotes', { ...QUOTE, quotes: [] }, 'quote quotes: There are 0 entries and must be from 1 to 1000'],
  [
    'too many quotes',
    { ...QUOTE, quotes: Array(1_001).fill(QUOTE.quotes[0]) },
    'quote quotes: There are 1001 entries and must be from 1 to 1000; split it.',
  ],
  [
    'quotes that cross',
    { ...QUOTE, quotes: [{ product: 'X', bid: { price: 5, lots: 1 }, ask: { price: 5, lots: 1 } }] },
    'quote quotes[0]: Its bid of 5 is not below its ask of 5; quote them apart.',
  ],
  [
    'a product quoted twice',
    { ...QUOTE, quotes: [QUOTE.quotes[0], QUOTE.quotes[0]] },
    'quote quotes[1]: BTC-PERPETUAL is quoted twice; keep one.',
  ],
  [
    'a quote without lots',
    { ...QUOTE, quotes: [{ product: 'X', ask: { price: 5 } }] },
    'quote quotes[0].ask.lots: It is missing; it must be',
  ],
  ['nothing amended', AMEND, 'amend: It changes neither lots nor price; state one of them, or both.'],
  [
    'an order by another id',
    { ...AMEND, order: 'mine', lots: 1 },
    'amend order: This is "mine" and must be the id of an order, such as 1207.0.',
  ],
  ['a side without a fee', { ...FILL, seller: { account: 'b' } }, 'fill seller.fee: It is missing'],
  ['an unknown taker', { ...FILL, taker: 'maker' }, 'fill taker: "maker" is unknown here.'],
  [
    'a share above one',
    { ...POLICY, policy: { ...enginePolicy, collarShare: 10 } },
    'policy policy.collarShare: This is 10 and must be a number from 0 to 1.',
  ],
  [
    'three approvals',
    { ...POLICY, policy: { ...enginePolicy, approvals: 3 } },
    'policy policy.approvals: This is 3 and must be 1 or 2.',
  ],
  [
    'trading stops first',
    { ...POLICY, policy: { ...enginePolicy, market: { ageMax: 2, tradeAgeMax: 1, jumpMax: 1 } } },
    'policy policy.market: ageMax of 2 is above tradeAgeMax of 1',
  ],
  [
    'half a policy',
    { ...POLICY, policy: without(enginePolicy, 'grace') },
    'policy policy.grace: It is missing; it must be a whole number',
  ],
  ['half an order as a limit', { ...LIMIT, most: 2.5 }, 'limit most: This is 2.5 and must be a whole number'],
  [
    'a limit below zero',
    { ...LIMIT, limit: 'delta', most: -1 },
    'limit most: This is -1 and must be a number from 0',
  ],
  ['an unknown limit', { ...LIMIT, limit: 'gamma' }, 'limit limit: "gamma" is unknown here.'],
  [
    'until in seconds',
    { ...OVERRIDE, until: OVERRIDE.until / 1000 },
    'override until: This is 1774569600 and must be a time',
  ],
  ['an unknown hold', { ...OVERRIDE, hold: 'margin' }, 'override hold: "margin" is unknown here.'],
  [
    'a count of nothing',
    { kind: 'slice', count: 0 },
    'slice count: This is 0 and must be a whole number from 1 to 1000.',
  ],
  ['too large a slice', { kind: 'slice', count: 1_001 }, 'slice count: This is 1001 and must be'],
  [
    'an unknown category',
    { kind: 'classify', owner: 'o', category: 'pro', operator: 'ops', reason: 'r' },
    'classify category: "pro" is unknown here.',
  ],
  [
    'an unknown model',
    { ...PROPOSE, model: 'gird' },
    'propose model: The model "gird" is unknown here. Did you mean "grid"?',
  ],
  [
    'half the parameters',
    { ...PROPOSE, parameters: without(gridDefaults, 'releaseBuffer') },
    'propose parameters: They do not state every field of',
  ],
  [
    'a parameter as text',
    { ...PROPOSE, parameters: { ...gridDefaults, releaseBuffer: 'ten' } },
    'line 7, propose parameters.releaseBuffer: ',
  ],
  ['unsound parameters', { ...PROPOSE, parameters: { ...gridDefaults, releaseBuffer: -1 } }, 'releaseBuffer'],
  ['a group twice', { ...PROPOSE, groups: ['g', 'g'] }, 'propose groups: g stands twice; keep one.'],
  [
    'a market as an object',
    { ...MARKET, market: {} },
    'market market: This is an object {...} and must be the text of a market, as writeMarket writes it.',
  ],
  ['a market cut short', { ...MARKET, market: MARKET.market.slice(0, 500) }, 'line 7, market market line'],
  [
    'a market that was changed',
    { ...MARKET, market: MARKET.market.replace('"confidence":0.94', '"confidence":0.95') },
    'It is not that of the market in this file',
  ],
  [
    'health of no coin',
    { ...MARKET, health: { bitcoin: {} } },
    'market health.bitcoin: This is "bitcoin" and must be the code of an asset',
  ],
  [
    'funding in percent',
    { ...MARKET, funding: { 'BTC-PERPETUAL': 1.5 } },
    'market funding.BTC-PERPETUAL: This is 1.5 and must be a number from -1 to 1.',
  ],
];

/** Text that is no JSON, or JSON that loses something. */
const texts: readonly (readonly [what: string, text: string, said: string])[] = [
  ['nothing', '', 'line 7: The file is empty'],
  ['an early end', '{"kind":"beat"', 'The JSON ends early'],
  ['two inputs', '{"kind":"beat"}{"kind":"beat"}', 'There is text after the end of the JSON value'],
  ['a key twice', '{"kind":"slice","count":1,"count":2}', 'The key "count" stands twice'],
  ['NaN', '{"kind":"slice","count":NaN}', 'NaN'],
  ['a number beyond doubles', '{"kind":"slice","count":1e400}', 'beyond the limit of 2^53'],
  [
    'lots that would be rounded',
    writeInput(read(JSON.stringify(PLACE)) as never).replace('"lots":3', '"lots":3.00000000000000000001'),
    'has more than 17 digits and would be rounded',
  ],
  ['deep nesting', `{"kind":${'['.repeat(100)}${']'.repeat(100)}}`, 'nested deeper than'],
  ['a prototype', '{"kind":"beat","__proto__":{"a":1}}', 'beat: The key "__proto__" is unknown here.'],
];

describe('inputs that are refused', () => {
  it.each(rows)('%s', (_, given, said) => {
    const answer = json(given);
    expect(isRefusal(answer) ? sentence(answer) : 'read').toContain(said);
    expect(isRefusal(answer) && answer.where?.startsWith('line 7')).toBe(true);
  });

  it.each(texts)('%s', (_, text, said) => {
    const answer = read(text);
    expect(isRefusal(answer) ? sentence(answer) : 'read').toContain(said);
  });

  it('what the rows change is sound', () => {
    const sound = [PLACE, DEPOSIT, LIST, ASSET, QUOTE, POLICY, HALT, LIMIT, OVERRIDE, PROPOSE, MARKET, FILL];
    for (const given of [
      ...sound,
      { ...AMEND, lots: 1 },
      { ...LIMIT, limit: 'delta', most: 0.5 },
      { ...PROPOSE, from: 0 },
    ]) {
      const answer = json(given);
      expect(isRefusal(answer) ? sentence(answer) : canonicalJson(JSON.parse(writeInput(answer)))).toBe(
        canonicalJson(given),
      );
    }
  });
});

describe('products whose formula is code', () => {
  const payoff = { family: 'squared', terms: { scale: 1e-6, word: 'x' }, strikes: [1, 2] };
  const squared = {
    kind: 'structured',
    id: 'BTC-SQUARED',
    underlying: 'BTC',
    settlement: 'linear',
    settleAsset: 'USDC',
    style: 'margined',
    payoff,
  } as const;
  const text = JSON.stringify({ kind: 'list', terms: { product: squared, lot: 1, lotDecimals: 0, tick: 1 } });
  const mark = () => 1;

  it('are priced by the products that are given, and by nobody else', () => {
    const made: Structured = { ...squared, payoff: { ...payoff, mark } };
    const known = readInput(text, 'line 7', models, () => made);
    expect(known).toMatchObject({ terms: { product: { payoff: { mark } } } });
    const unknown = read(text);
    expect(writeInput(unknown as never)).toBe(writeInput(known as never));
    expect(unknown).toMatchObject({ terms: { product: { payoff: { ...payoff } } } });
  });

  it('must be those that were listed', () => {
    const other: Structured = {
      ...squared,
      payoff: { ...unpriced('squared', { scale: 2, word: 'x' }, [1, 2]), mark },
    };
    const answer = readInput(text, 'line 7', models, () => other);
    expect(isRefusal(answer) && sentence(answer)).toContain('make another product of "BTC-SQUARED"');
    const none = readInput(text, 'line 7', models, () => undefined);
    expect(isRefusal(none) && sentence(none)).toContain('the given products do not know it');
  });
});
