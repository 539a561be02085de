// Products by names of one's own: what a resolver answers is doubted before it is believed.

import { describe, expect, it } from 'vitest';
import { cappedCall } from '../../test/payoffs.ts';
import { isRefusal, refuse } from '../base/index.ts';
import { type ProductResolver, readPortfolioCsv, readPortfolioJson, readProduct } from './index.ts';

const own = cappedCall('BTC', 25, 60_000, 5_000);
const resolve: ProductResolver = (name) => (name === own.id ? own : undefined);

describe("M-84 readers ask a resolver for names that are not the venue's", () => {
  it('as position and as order, in both shapes of file', () => {
    const json = readPortfolioJson(
      JSON.stringify({
        positions: [{ product: own.id, quantity: '-3' }],
        orders: [{ product: own.id, side: 'buy', quantity: '1', price: '900' }],
      }),
      'a.json',
      resolve,
    );
    expect(json).toMatchObject({ positions: [{ product: own, quantity: -3 }], orders: [{ product: own }] });
    const csv = readPortfolioCsv(`kind,product,quantity\nposition,${own.id},-3\n`, 'a.csv', resolve);
    expect(csv).toMatchObject({ positions: [{ product: own, quantity: -3 }] });
  });

  it("after the venue's grammar, and never for what that knows", () => {
    const greedy: ProductResolver = (name) => ({ ...own, id: name });
    expect(readProduct('BTC-PERPETUAL', 'f', greedy)).toMatchObject({ kind: 'perpetual' });
    expect(readProduct('BTC-MINE', 'f', greedy)).toMatchObject({ kind: 'structured', id: 'BTC-MINE' });
    expect(readProduct('BTC-MINE', 'f')).toMatchObject({ reason: 'unknown-product', where: 'f' });
  });

  const answers: readonly [string, ProductResolver][] = [
    ['knows nothing', () => undefined],
    [
      'throws',
      () => {
        throw new Error('two\nlines');
      },
    ],
    ['refuses', () => refuse('unknown-product', 'no such scale.')],
    ['no product', () => 7 as never],
    ['another kind', () => ({ kind: 'asset', id: 'x', underlying: 'x' })],
    ['another name', () => own],
    ['no assets', (id) => ({ ...own, id, underlying: 'b t c' })],
    ['no settlement', (id) => ({ ...own, id, settlement: 'cash' }) as never],
    ['no style', (id) => ({ ...own, id, style: 'free' }) as never],
    ['no instant', (id) => ({ ...own, id, expiry: Number.NaN }) as never],
    ['no payoff', (id) => ({ ...own, id, payoff: undefined }) as never],
    ['no family', (id) => ({ ...own, id, payoff: { ...own.payoff, family: '' } })],
    ['no terms', (id) => ({ ...own, id, payoff: { ...own.payoff, terms: [] } }) as never],
    ['no strikes', (id) => ({ ...own, id, payoff: { ...own.payoff, strikes: 1 } }) as never],
    ['no mark', (id) => ({ ...own, id, payoff: { ...own.payoff, mark: 1 } }) as never],
  ];

  it.each(answers)('%s: refused in one sentence at its place', (_, answer) => {
    const refusal = readProduct('BTC-MINE', 'a.json line 3', answer);
    expect(isRefusal(refusal)).toBe(true);
    expect(refusal).toMatchObject({ reason: 'unknown-product', where: 'a.json line 3' });
    expect((refusal as { message: string }).message).toMatch(/^[^\n]+\.$/);
  });
});
