import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/index.ts';
import { readPortfolioCsv, readPortfolioJson } from './index.ts';

const CALL = 'BTC-27MAR26-90000-C';
const book = {
  account: 'desk-1',
  cash: { USD: '250000', USDC: '-10.5' },
  collateral: { BTC: '3.5' },
  unsettled: { BTC: '-0.01' },
  positions: [
    { product: CALL, quantity: '-12.5', entryPrice: '0.031' },
    { product: 'BTC-PERPETUAL', quantity: '-150000' },
  ],
  orders: [{ product: CALL, side: 'buy', quantity: '5', price: '0.02' }],
};
const csv = `account,kind,product,quantity,price,side
desk-1,cash,USD,250000,,
desk-1,cash,USDC,-10.5,,
desk-1,collateral,BTC,3.5,,
desk-1,unsettled,BTC,-0.01,,
desk-1,position,${CALL},-12.5,0.031,
desk-1,position,BTC-PERPETUAL,-150000,,
desk-1,order,${CALL},5,0.02,buy
`;
const json = (value: unknown) => readPortfolioJson(JSON.stringify(value, null, 1), 'book.json');

describe('portfolios', () => {
  it('reads JSON, texts and numbers alike', () => {
    expect(json(book)).toMatchObject({
      account: 'desk-1',
      balances: [
        { asset: 'USD', kind: 'cash', quantity: 250_000 },
        { asset: 'USDC', kind: 'cash', quantity: -10.5 },
        { asset: 'BTC', kind: 'collateral', quantity: 3.5 },
        { asset: 'BTC', kind: 'unsettled', quantity: -0.01 },
      ],
      positions: [
        { product: { id: CALL, kind: 'option' }, quantity: -12.5, entryPrice: 0.031 },
        { product: { id: 'BTC-PERPETUAL' }, quantity: -150_000 },
      ],
      orders: [{ product: { id: CALL }, side: 'buy', quantity: 5, price: 0.02 }],
    });
    expect(json({ ...book, cash: { USD: 250_000, USDC: -10.5 } })).toEqual(json(book));
  });

  it('reads CSV to the same portfolio', () => {
    expect(readPortfolioCsv(csv, 'book.csv')).toEqual(json(book));
    expect(readPortfolioCsv(csv.replaceAll('\n', '\r\n'), 'book.csv')).toEqual(json(book));
  });

  it('an empty book is a book', () => {
    const empty = { account: 'unnamed', balances: [], positions: [], orders: [] };
    expect(json({})).toEqual(empty);
    expect(readPortfolioCsv('kind,product,quantity\n', 'book.csv')).toEqual(empty);
  });

  const badJson: readonly (readonly [string, unknown, Partial<Refusal>, string])[] = [
    ['a list', [], { reason: 'malformed', where: 'book.json line 1' }, 'must be an object'],
    ['a misspelt part', { postions: [] }, { reason: 'malformed' }, 'Did you mean "positions"?'],
    [
      'a misspelt field',
      { positions: [{ product: CALL, quantty: '1' }] },
      { reason: 'malformed' },
      '"quantity"',
    ],
    ['no quantity', { positions: [{ product: CALL }] }, { reason: 'malformed' }, 'positions[0].quantity'],
    [
      'a quantity of 1e30',
      { positions: [{ product: CALL, quantity: '1e30' }] },
      { reason: 'out-of-range', where: 'book.json line 5, positions[0].quantity' },
      '2^53',
    ],
    ['NaN', { cash: { USD: 'NaN' } }, { reason: 'malformed', where: 'book.json line 3, cash.USD' }, 'NaN'],
    ['null', { cash: { USD: null } }, { reason: 'malformed' }, 'null'],
    ['a strange asset', { cash: { dollars: '1' } }, { reason: 'unknown-asset' }, 'dollars'],
    ['negative collateral', { collateral: { BTC: '-1' } }, { reason: 'out-of-range' }, 'negative cash'],
    [
      'an unknown product',
      { positions: [{ product: 'BTC-31FEB26', quantity: '1' }] },
      { reason: 'unknown-product' },
      '31FEB26',
    ],
    [
      'an asset as a position',
      { positions: [{ product: 'BTC', quantity: '1' }] },
      { reason: 'unknown-product' },
      'collateral',
    ],
    [
      'one product twice',
      { positions: [book.positions[0], book.positions[0]] },
      { reason: 'duplicate', where: 'book.json line 8, positions[1]' },
      'line 3',
    ],
    [
      'a strange side',
      { orders: [{ ...book.orders[0], side: 'BUY' }] },
      { reason: 'malformed' },
      'buy or sell',
    ],
    [
      'an order of nothing',
      { orders: [{ ...book.orders[0], quantity: '0' }] },
      { reason: 'out-of-range' },
      'above zero',
    ],
    [
      'a free order',
      { orders: [{ ...book.orders[0], price: '0' }] },
      { reason: 'out-of-range' },
      'above zero',
    ],
    [
      'an order without price',
      { orders: [{ ...book.orders[0], price: undefined }] },
      { reason: 'malformed' },
      'price',
    ],
    ['no name', { account: ' ' }, { reason: 'malformed' }, 'account'],
    [
      'too many orders',
      { orders: Array.from({ length: 10_001 }, () => book.orders[0]) },
      { reason: 'too-large' },
      '10000',
    ],
  ];
  it.each(badJson)('refuses %s in JSON', (_, value, refusal, said) => {
    const answer = json(value);
    expect(answer).toMatchObject({ kind: 'refused', ...refusal });
    if (isRefusal(answer)) expect(answer.message).toContain(said);
  });

  it.each([
    ['', 'empty'],
    ['{"cash":{"USD":"1"', 'truncated'],
    ['{"account":"de', 'truncated'],
    ['{"account":"\\u00', 'truncated'],
    ['{"account":tru', 'truncated'],
    ['{"cash":{"USD":"1","USD":"2"}}', 'duplicate'],
    ['{"cash":{"USD":NaN}}', 'malformed'],
    ['{"cash":{},}', 'malformed'],
    ['{"cash":{}} {}', 'malformed'],
    ['// book', 'malformed'],
    ['{"account":"a\nb"}', 'malformed'],
    ['{"account":"\\x"}', 'malformed'],
    ['{"__proto__":{}}', 'malformed'],
    ['['.repeat(100_000), 'too-large'],
  ])('refuses the text %j as %s', (text, reason) => {
    expect(readPortfolioJson(text, 'book.json')).toMatchObject({ kind: 'refused', reason });
  });

  it.each([
    ['price', 'prize', 'malformed', 'Did you mean "price"?'],
    [',cash,', ',chash,', 'malformed', 'Did you mean "cash"?'],
    ['250000', '1e30', 'out-of-range', '2^53'],
    ['250000', '', 'malformed', 'missing'],
    ['250000,,', '250000,1,', 'malformed', 'no price'],
    ['-12.5,0.031,', '-12.5,0.031,sell', 'malformed', 'negative quantity'],
    ['5,0.02,buy', '5,,buy', 'malformed', 'limit price'],
    ['5,0.02,buy', '5,0.02', 'truncated', 'ends early'],
    ['desk-1,collateral', 'desk-2,collateral', 'malformed', 'one account'],
    ['USDC', 'USD', 'duplicate', 'row 2'],
    ['BTC-PERPETUAL', CALL, 'duplicate', 'row 6'],
  ])('CSV with %j written %j is refused as %s', (from, to, reason, said) => {
    const answer = readPortfolioCsv(csv.replace(from, to), 'book.csv');
    expect(answer).toMatchObject({ kind: 'refused', reason, message: expect.stringContaining(said) });
  });
});
