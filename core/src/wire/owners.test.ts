import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/index.ts';
import { nameOfOwner, readOwnerJson, readOwnersCsv, readOwnersJson } from './index.ts';

const json = (value: unknown) => readOwnersJson(JSON.stringify(value, null, 1), 'venue.json');
const account = (name: string, more: object = {}) => ({ account: name, cash: { USD: '1' }, ...more });
const one = (value: unknown) => readOwnerJson(JSON.stringify(value), 'a.json');
const csv = (...rows: string[]) => readOwnersCsv(`${rows.join('\n')}\n`, 'venue.csv');
const HEAD = 'owner,account,kind,product,side,quantity,price,isolated';

describe('a venue in JSON', () => {
  it('M-67 reads owners, and accounts that are owners of their own, as files of their own', () => {
    const fund = { owner: 'fund-a', accounts: [account('a', { subaccounts: [account('x')] }), account('b')] };
    const alone = account('carol', { positions: [{ product: 'BTC-PERPETUAL', quantity: '-5' }] });
    expect(json({ owners: [fund, alone] })).toEqual([one(fund), one(alone)]);
    expect(json(fund)).toEqual([one(fund)]);
    expect(json(alone)).toEqual([one(alone)]);
  });

  const bad: readonly (readonly [string, unknown, Partial<Refusal>, string])[] = [
    ['no owner', { owners: [] }, { reason: 'empty', where: 'venue.json' }, 'list one'],
    ['owners that are no list', { owners: {} }, { reason: 'malformed' }, 'a list'],
    ['something beside owners', { owners: [], accounts: [] }, { reason: 'malformed' }, 'accounts'],
    [
      'an owner twice',
      {
        owners: [
          { owner: 'a', accounts: [account('x')] },
          { owner: 'a', accounts: [account('y')] },
        ],
      },
      { reason: 'duplicate', where: 'venue.json line 14, owners[1]' },
      'line 3',
    ],
    [
      'an account with the name of an owner',
      { owners: [{ owner: 'a', accounts: [account('x')] }, account('a')] },
      { reason: 'duplicate' },
      'one by its own name',
    ],
    ['a nameless account among others', { owners: [{}, account('a')] }, { reason: 'malformed' }, 'a name'],
    [
      'an owner without accounts',
      { owners: [{ owner: 'a', accounts: [] }] },
      { reason: 'empty', where: 'venue.json line 3, owners[0].accounts' },
      'list one',
    ],
    [
      'an owner without a name',
      { owners: [{ owner: ' ', accounts: [account('a')] }] },
      { reason: 'malformed', where: 'venue.json line 3, owners[0].owner' },
      "owner's name",
    ],
    [
      'a fault deep inside',
      { owners: [{ owner: 'a', accounts: [account('x', { positions: [{ prodct: 'BTC' }] })] }] },
      { reason: 'malformed', where: expect.stringContaining('owners[0].accounts[0].positions[0]') },
      'product',
    ],
    [
      'too many accounts',
      {
        owners: Array.from({ length: 21 }, (_, i) => {
          return {
            owner: `o${i}`,
            accounts: Array.from({ length: 1000 }, (_n, k) => ({ account: `a${k}` })),
          };
        }),
      },
      { reason: 'too-large' },
      '20000 accounts',
    ],
  ];
  it.each(bad)('M-67 refuses %s', (_, value, refusal, said) => {
    const answer = json(value);
    expect(answer).toMatchObject({ kind: 'refused', ...refusal });
    if (isRefusal(answer)) expect(answer.message).toContain(said);
  });
});

describe('a venue in CSV', () => {
  it('M-67 gathers rows by owner and account, in whatever order they stand', () => {
    const owners = csv(
      HEAD,
      'fund-a,x,cash,USD,,1,,',
      ',carol,position,BTC-PERPETUAL,,-5,,',
      'fund-a,y,cash,USD,,2,,',
      'fund-a,x,position,BTC-PERPETUAL,,7,,0.5',
      ',carol,cash,USD,,1,,',
    );
    const perpetual = { product: 'BTC-PERPETUAL', quantity: '7', isolated: '0.5' };
    const x = { account: 'x', cash: { USD: '1' }, positions: [perpetual] };
    expect(owners).toEqual([
      one({ owner: 'fund-a', accounts: [x, { account: 'y', cash: { USD: '2' } }] }),
      one(account('carol', { positions: [{ product: 'BTC-PERPETUAL', quantity: '-5' }] })),
    ]);
    if (isRefusal(owners)) throw new Error(owners.message);
    expect(owners.map(nameOfOwner)).toEqual(['fund-a', 'carol']);
  });

  it('M-67 reads the example', () => {
    const text = readFileSync(new URL('../../../examples/venue.csv', import.meta.url), 'utf8');
    const owners = readOwnersCsv(text, 'venue.csv');
    if (isRefusal(owners)) throw new Error(owners.message);
    expect(owners.map(({ accounts }) => accounts.length)).toEqual([2, 2, 1, 2, 1, 1, 1, 1, 1]);
  });

  const bad: readonly (readonly [string, readonly string[], Partial<Refusal>, string])[] = [
    ['a header alone', [HEAD], { reason: 'empty' }, 'list one'],
    ['a row of nobody', [HEAD, 'a,,cash,USD,,1,,'], { where: 'venue.csv row 2, account' }, 'fill it in'],
    [
      'a column that nobody knows',
      [`${HEAD},desk`, 'a,x,cash,USD,,1,,,'],
      { where: 'venue.csv row 1' },
      'desk',
    ],
    ['a missing column', ['owner,account', 'a,x'], { where: 'venue.csv row 1' }, 'kind'],
    [
      'one balance twice in an account, rows apart',
      [HEAD, 'a,x,cash,USD,,1,,', 'a,y,cash,USD,,1,,', 'a,x,cash,USD,,2,,'],
      { reason: 'duplicate', where: 'venue.csv row 4' },
      'row 2',
    ],
    [
      'an account without an owner that has the name of one',
      [HEAD, 'a,x,cash,USD,,1,,', ',a,cash,USD,,1,,'],
      { reason: 'duplicate', where: 'venue.csv row 3' },
      'row 2',
    ],
    ['a slash', [HEAD, 'a,x/y,cash,USD,,1,,'], { where: 'venue.csv row 2, account' }, 'slash'],
    [
      'a name too long',
      [HEAD, `${'a'.repeat(65)},x,cash,USD,,1,,`],
      { where: 'venue.csv row 2, owner' },
      'characters',
    ],
    ['a broken number', [HEAD, 'a,x,cash,USD,,one,,'], { where: 'venue.csv row 2, quantity' }, 'one'],
    [
      'too many accounts',
      [HEAD, ...Array.from({ length: 20_001 }, (_, i) => `,a${i},cash,USD,,1,,`)],
      { reason: 'too-large', where: 'venue.csv row 20002' },
      '20000 accounts',
    ],
  ];
  it.each(bad)('M-67 refuses %s', (_, rows, refusal, said) => {
    const answer = csv(...rows);
    expect(answer).toMatchObject({ kind: 'refused', ...refusal });
    if (isRefusal(answer)) expect(answer.message).toContain(said);
  });
});
