// What a state cannot say, and the sentence it is refused with.

import { describe, expect, it } from 'vitest';
import { isRefusal, sentence } from '../../base/index.ts';
import { emptyState, type State } from '../../engine/index.ts';
import { models as registry } from '../../margin/index.ts';
import { readState, writeState } from '../index.ts';

const models = new Map(Object.entries(registry));
const read = (text: string) => readState(text, 'snapshot', models);
const refused = (text: string) => {
  const answer = read(text);
  return isRefusal(answer) ? sentence(answer) : 'read';
};

/** A first day with a few things in it, as text. */
function sample(change: (state: State) => void = () => {}): string {
  const state = emptyState();
  state.assets.set('USD', {
    terms: { asset: 'USD', decimals: 8, borrowRate: 0, borrowMax: 0n },
    interest: 0n,
  });
  state.places[0]!.balances.set('USD', { units: 5n, interestAt: 0n });
  state.called.add('venue');
  change(state);
  return writeState(state) as string;
}

const swap = (from: string, to: string) => {
  const text = sample();
  if (!text.includes(from)) throw new Error(`the sample has no ${from}`);
  return text.replace(from, to);
};
const order = { id: '1.0', isMarket: false, isQuote: false, lots: 1, price: 1 };
const wanted = { product: 'X', side: 'buy', lots: 1, price: 1 } as const;

const rows: readonly (readonly [what: string, text: string, said: string])[] = [
  ['nothing', '', 'snapshot row 1: The state ends before its rows do'],
  ['another file', '{"format":"plimsoll-market"}\n', 'snapshot row 1, cursor: It is missing'],
  [
    'another format',
    swap('plimsoll-state', 'plimsoll-stat'),
    'snapshot row 1, format: This is "plimsoll-stat" and must be "plimsoll-state".',
  ],
  ['a newer schema', swap('"schema":1', '"schema":2'), 'snapshot row 1, schema: This is 2 and must be 1.'],
  [
    'half a count',
    swap('"seq":0', '"seq":0.5'),
    'snapshot row 1, seq: This is 0.5 and must be a whole number',
  ],
  [
    'a section that is missing',
    swap('"fills":0,', ''),
    'Its rows of fills are missing, and must be from 0 to',
  ],
  [
    'too many policies',
    swap('"policy":1', '"policy":2'),
    'Its rows of policy are 2, and must be from 0 to 1.',
  ],
  ['an early end', sample().slice(0, -3), 'The state ends before its rows do; take an earlier one.'],
  ['more than its rows', `${sample()}{}\n`, 'There is text after the last row; take an earlier state.'],
  ['a row less', swap('"accounts":4', '"accounts":3'), 'snapshot row 8'],
  [
    'an unknown status',
    swap('"status":"clear"', '"status":"clera"'),
    ', status: "clera" is unknown here. Did you mean "clear"?',
  ],
  [
    'a place that is another',
    swap('"place":1', '"place":7'),
    'clearing has place 7 and stands at 1; they must agree.',
  ],
  [
    'a house that is none',
    swap('"isHouse":true', '"isHouse":false'),
    'venue says isHouse false, which its name denies.',
  ],
  [
    'an owner who is not there',
    swap('"owner":"venue"', '"owner":"nobody"'),
    'Its owner nobody is not among the owners.',
  ],
  [
    'an account that is not there',
    swap('"insurance"', '"ensurance"'),
    'venue owns ensurance, which is not there or says another owner.',
  ],
  [
    'an asset that is not there',
    sample((state) => state.assets.clear()),
    'venue holds USD, which is not among the assets.',
  ],
  [
    'a product that is not there',
    sample((state) => state.places[1]!.positions.set('X', { lots: 1, cost: 0n, fundingAt: 0n })),
    'clearing holds or wants X, which is not among the products.',
  ],
  [
    'an order of a product that is not there',
    sample((state) => state.places[1]!.orders.set('1.0', { ...order, terms: wanted })),
    'clearing holds or wants X, which is not among the products.',
  ],
  [
    'who is called and not there',
    sample((state) => state.called.add('ghost')),
    '"ghost" is called and is not among the accounts.',
  ],
  [
    'a set that is not there',
    sample((state) => state.groups.set('g', { set: 's', shadows: [] })),
    'Group g is under s, which is not among the sets.',
  ],
  [
    'a cursor beyond',
    sample((state) => {
      state.cursor = 5;
    }),
    'The cursor is 5, beyond 4 accounts.',
  ],
  [
    'an asset twice',
    swap('["USD",["5","0"]]', '["USD",["5","0"]],["USD",["5","0"]]'),
    'balances: "USD" stands twice; keep one.',
  ],
  [
    'a balance with a column more',
    swap('["5","0"]', '["5","0","0"]'),
    'There are 3 entries and must be from 2 to 2',
  ],
  [
    'an amount as a number',
    swap('["5","0"]', '[5,"0"]'),
    'balances[0].USD.units: This is 5 and must be a whole amount as text',
  ],
];

describe('M-200 states that are refused', () => {
  it.each(rows)('M-200 %s', (_, text, said) => {
    expect(refused(text)).toContain(said);
  });

  it('M-200 the sample is sound', () => {
    expect(refused(sample())).toBe('read');
  });

  it('M-200 a state under a model that is not given is refused', () => {
    const { grid } = registry;
    const text = sample((state) =>
      state.sets.set('s', {
        ...{ set: 's', model: 'grid', parameters: grid.defaults, groups: [], shadowOf: [] },
        ...{ from: state.now, approvals: [], isAdopted: true },
      }),
    );
    expect(refused(text)).toBe('read');
    const none = readState(text, 'snapshot', new Map());
    expect(isRefusal(none) && sentence(none)).toContain('The model "grid" is unknown here.');
  });
});
