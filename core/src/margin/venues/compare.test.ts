// A venue's numbers beside ours: Deribit's standard margin on one coin of a perpetual, by hand.

import { describe, expect, it } from 'vitest';
import { instant, isRefusal, type Refusal, sentence } from '../../base/index.ts';
import { type Market, marketDigest } from '../../market/index.ts';
import type { Perpetual } from '../../product/index.ts';
import { assess } from '../assess.ts';
import { productsOf } from '../holdings.ts';
import type { MarginModel } from '../requirement.ts';
import { type Compared, compareAccount, holds, tallyOf, type VenueSide } from './compare.ts';
import { deribitStandard } from './deribit/standard.ts';
import { asOf, type History } from './registry.ts';
import type { Meaning, VenueAccount, VenueVector } from './report.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

const perpetual: Perpetual = {
  kind: 'perpetual',
  id: 'BTC-PERPETUAL',
  underlying: 'BTC',
  settlement: 'inverse',
  settleAsset: 'BTC',
};
const coin = { underlying: 'BTC', index: 50_000, indexUncertainty: 0, perpetual: 50_000 };
const plain = {
  at: instant(Date.UTC(2026, 2, 2)),
  source: 'by hand',
  underlyings: [{ ...coin, futures: [], slices: [], refused: [] }],
  pegs: new Map([['USD', 1]]),
  touches: new Map(),
};
const market: Market = { ...plain, digest: marketDigest(plain) };
const model = deribitStandard as MarginModel;
const { parameters } = sure(asOf(model.facts!.history as History, '2022-01-11'));

const portfolio = {
  account: 'one coin',
  balances: [{ asset: 'BTC', kind: 'cash', quantity: 2 } as const],
  positions: [{ product: perpetual, quantity: 50_000 }],
  orders: [],
};
const means = (kind: 'line' | 'excess', line: 'initial' | 'maintenance'): Meaning => ({ kind, line });
const amount = (path: string, value: number, meaning: Meaning, unit = 'BTC') => ({
  path,
  amount: value,
  unit,
  means: meaning,
});
// The schedule of 2022: initial 2 % + 0.005 % of one coin, maintenance 1 % + 0.005 %.
const right = [
  amount('equity', 2, { kind: 'equity' }),
  amount('initial', 0.02005, means('line', 'initial')),
  amount('maintenance', 0.01005, means('line', 'maintenance')),
  amount('dollars', 0.01005 * 50_000, means('line', 'maintenance'), 'USD'),
  amount('left', 1.97995, means('excess', 'initial')),
];
const compared = (part: Partial<VenueAccount>, side?: VenueSide): Compared => {
  const account: VenueAccount = { portfolio, funded: true, amounts: right, vectors: [], ...part };
  const book = sure(model.book(productsOf(portfolio), market, parameters));
  const standing = sure(assess(portfolio, book, model));
  return { account, model, book, standing, ...(side === undefined ? {} : { side }) };
};

/** Two coins and nothing else, and what the venue says of it. */
function holdingNothing(amounts: VenueAccount['amounts']) {
  const empty = { ...portfolio, positions: [] };
  const book = sure(model.book(productsOf(empty), market, parameters));
  const standing = sure(assess(empty, book, model));
  return compareAccount({
    account: { portfolio: empty, funded: true, vectors: [], amounts },
    model,
    book,
    standing,
  });
}

describe('comparison', () => {
  it('M-126 numbers of the venue in coins and in dollars agree with ours to the digit', () => {
    const { terms, account } = compareAccount(compared({}));
    expect(account).toBe('one coin');
    expect(terms.map(({ agrees }) => agrees)).toEqual([true, true, true, true, true]);
    expect(terms.map(({ ours }) => ours!.toFixed(7))).toEqual([
      '2.0000000',
      '0.0200500',
      '0.0100500',
      '502.5000000',
      '1.9799500',
    ]);
  });

  it('M-126 a number that is off is told by how much, with its level and why', () => {
    const { terms } = compareAccount(
      compared({ amounts: [amount('initial', 0.03, means('line', 'initial'))] }),
    );
    const [row] = terms;
    expect(row).toMatchObject({ agrees: false, exactness: model.facts!.exactness['position-margin'] });
    expect(row!.difference).toBeCloseTo(-0.00995, 9);
    expect(row!.why).toBe(model.facts!.exactness['position-margin']!.why);
  });

  it('M-126 what a total has for what the answer does not list is added to ours', () => {
    const stated = { ...amount('initial', 0.12005, means('line', 'initial')), beside: 0.1 };
    expect(compareAccount(compared({ amounts: [stated] })).terms[0]!.agrees).toBe(true);
  });

  it('M-126 without balances, without a price of the unit, and where nothing is ours, nothing is compared', () => {
    const open = [
      amount('x', 1, { kind: 'none', why: 'it is the moon' }),
      amount('in ETH', 1, means('line', 'initial'), 'ETH'),
    ];
    const { terms } = compareAccount(compared({ amounts: [...right, ...open], funded: false }));
    expect(terms.map(({ agrees }) => agrees)).toEqual([
      undefined,
      true,
      true,
      true,
      undefined,
      undefined,
      undefined,
    ]);
    expect(terms[5]!.why).toBe('it is the moon');
  });

  it('M-126 only what is exact, or as near as asked, must agree', () => {
    const off = compareAccount(compared({ amounts: [amount('initial', 0.03, means('line', 'initial'))] }));
    expect(['exact', 'partly', 'indicative'].map((level) => holds(off, level as 'exact'))).toEqual([
      true,
      true,
      false,
    ]);
    const wrong = holdingNothing([amount('left', 1, means('excess', 'initial'))]);
    expect(wrong.terms[0]!.exactness?.level).toBe('exact');
    expect(holds(wrong, 'exact')).toBe(false);
    expect(tallyOf(wrong, 'exact')).toEqual({ compared: 1, agree: 0 });
    const right = holdingNothing([amount('left', 2, means('excess', 'initial'))]);
    expect(tallyOf(right, 'exact')).toEqual({ compared: 1, agree: 1 });
  });

  it('M-126 where nothing is of a level, it holds and says that nothing was compared', () => {
    const all = compareAccount(compared({}));
    expect(holds(all, 'exact')).toBe(true);
    expect(tallyOf(all, 'exact')).toEqual({ compared: 0, agree: 0 });
    expect(tallyOf(all, 'indicative')).toEqual({ compared: 4, agree: 4 });
  });

  it('M-126 where no answer lists what is held, nothing stands beside the venue, and the missing call is named', () => {
    const { terms } = compareAccount(compared({ unlisted: 'private/get_positions' }));
    for (const { ours, agrees, exactness, why } of terms) {
      expect([ours, agrees, exactness]).toEqual([undefined, undefined, undefined]);
      expect(why).toContain('give private/get_positions as well');
    }
  });

  it('M-126 a margin on what no answer lists, such as positions of another currency, has nothing beside it', () => {
    const { terms } = holdingNothing([
      amount('initial', 1, means('line', 'initial')),
      amount('left', 1, means('excess', 'initial')),
    ]);
    expect(terms.map(({ agrees }) => agrees)).toEqual([undefined, undefined]);
    expect(terms[0]!.why).toContain('no answer lists');
  });

  it('M-126 a tolerance is a share of the larger number', () => {
    const near = compared({ amounts: [amount('initial', 0.02006, means('line', 'initial'))] });
    const at = (relative: number) => compareAccount(near, { relative, absolute: 0 }).terms[0]!.agrees;
    expect([at(1e-6), at(1e-3)]).toEqual([false, true]);
  });

  it('M-126 vectors are compared cell by cell and the worst cell is named', () => {
    const vector: VenueVector = {
      path: 'v',
      key: 'btc_btc',
      of: 'BTC',
      kind: 'sum',
      unit: 'BTC',
      cells: [0.1, 0.2, 0.3].map((value, i) => ({ name: `cell ${i + 1}`, spot: 0, vol: 'same', value })),
    };
    const side: VenueSide = { unit: () => undefined, vector: () => [0.1, 0.25, undefined] };
    const [row] = compareAccount(compared({ vectors: [vector] }, side)).vectors;
    expect(row!.worst).toMatchObject({ name: 'cell 2', venue: 0.2, ours: 0.25, agrees: false });
    expect(row!.cells.map(({ agrees }) => agrees)).toEqual([true, false, undefined]);
    expect(row!.agrees).toBe(false);
    const [alone] = compareAccount(compared({ vectors: [vector] })).vectors;
    expect(alone).toMatchObject({ worst: undefined, agrees: undefined });
  });
});
