import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/index.ts';
import { readOwnerJson, readPortfolioCsv, readPortfolioJson } from './index.ts';

const read = (value: unknown) => readOwnerJson(JSON.stringify(value, null, 1), 'fund.json');
const account = (name: string, more: object = {}) => ({ account: name, cash: { USD: '1' }, ...more });
const alone = (value: unknown) => readPortfolioJson(JSON.stringify(value), 'a.json');
const perpetual = { product: 'BTC-PERPETUAL', quantity: '1000', isolated: '0.5' };

describe('owners', () => {
  it('M-67 reads one portfolio as an owner of one account', () => {
    const desk = account('a', { positions: [perpetual] });
    expect(read(desk)).toEqual({ accounts: [{ portfolio: alone(desk), subaccounts: [] }] });
    expect(alone(desk)).toMatchObject({ positions: [{ quantity: 1000, isolated: 0.5 }] });
  });

  it('M-67 reads accounts with sub-accounts', () => {
    const fund = {
      owner: 'fund-a',
      accounts: [account('a', { subaccounts: [account('x'), account('y')] }), account('b')],
    };
    expect(read(fund)).toEqual({
      owner: 'fund-a',
      accounts: [
        { portfolio: alone(account('a')), subaccounts: [alone(account('x')), alone(account('y'))] },
        { portfolio: alone(account('b')), subaccounts: [] },
      ],
    });
  });

  const bad: readonly (readonly [string, unknown, Partial<Refusal>, string])[] = [
    ['accounts of nobody', { accounts: [] }, { reason: 'malformed' }, 'owner'],
    ['an owner without accounts', { owner: 'a' }, { reason: 'malformed' }, 'accounts'],
    ['an empty list of accounts', { owner: 'a', accounts: [] }, { reason: 'empty' }, 'list one at least'],
    ['an owner without a name', { owner: ' ', accounts: [] }, { reason: 'malformed' }, "owner's name"],
    [
      'a position beside accounts',
      { owner: 'a', accounts: [], positions: [] },
      { reason: 'malformed' },
      'positions',
    ],
    [
      'one account twice',
      { owner: 'a', accounts: [account('x'), account('x')] },
      { reason: 'duplicate', where: 'fund.json line 10, accounts[1]' },
      'line 4',
    ],
    [
      'a sub-account twice',
      account('a', { subaccounts: [account('x'), account('x')] }),
      { reason: 'duplicate' },
      'twice',
    ],
    ['a nameless sub-account', account('a', { subaccounts: [{}] }), { reason: 'malformed' }, 'needs a name'],
    ['a slash', account('a', { subaccounts: [account('x/y')] }), { reason: 'malformed' }, 'slash'],
    [
      'a sub-account below a sub-account',
      account('a', { subaccounts: [account('x', { subaccounts: [] })] }),
      { reason: 'malformed' },
      'subaccounts',
    ],
    [
      'a misspelt field deep inside',
      {
        owner: 'a',
        accounts: [account('x', { subaccounts: [account('y', { positions: [{ prodct: 'BTC' }] })] })],
      },
      { reason: 'malformed', where: expect.stringContaining('accounts[0].subaccounts[0].positions[0]') },
      'product',
    ],
    [
      'a margin below zero',
      account('a', { positions: [{ ...perpetual, isolated: '-1' }] }),
      { reason: 'out-of-range' },
      'unsettled profit',
    ],
    ['a list', [], { reason: 'malformed' }, 'object'],
    ['too many accounts', { owner: 'a', accounts: Array(1001).fill({}) }, { reason: 'too-large' }, '1000'],
  ];
  it.each(bad)('M-67 refuses %s', (_, value, refusal, said) => {
    const answer = read(value);
    expect(answer).toMatchObject({ kind: 'refused', ...refusal });
    if (isRefusal(answer)) expect(answer.message).toContain(said);
  });

  it('M-65 reads a margin of its own from CSV', () => {
    const csv = 'kind,product,quantity,isolated\ncash,USD,1,\nposition,BTC-PERPETUAL,1000,0.5\n';
    expect(readPortfolioCsv(csv, 'a.csv')).toMatchObject({ positions: [{ quantity: 1000, isolated: 0.5 }] });
    const cash = readPortfolioCsv(csv.replace('USD,1,', 'USD,1,2'), 'a.csv');
    expect(cash).toMatchObject({ reason: 'malformed', where: 'a.csv row 2, isolated' });
    const negative = readPortfolioCsv(csv.replace('0.5', '-0.5'), 'a.csv');
    expect(negative).toMatchObject({ reason: 'out-of-range' });
  });
});
