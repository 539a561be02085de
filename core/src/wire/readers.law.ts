// Whatever is done to a file, a reader answers with a sound value or with a sentence; it never throws and never lets a NaN through.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, instant, isRefusal, years, yearsBetween } from '../base/index.ts';
import { grid, gridDefaults } from '../margin/index.ts';
import type { Slice } from '../market/index.ts';
import {
  parseProduct,
  readChainCsv,
  readChainJson,
  readMarket,
  readParameters,
  readPerpetualsCsv,
  readPortfolioCsv,
  readPortfolioJson,
  writeMarket,
} from './index.ts';

const AT = instant(Date.UTC(2026, 0, 2, 10));
const CHAIN = `snapshot_ts,currency,instrument,underlying_index,underlying_price,index_price,bid,ask,mark,mark_iv,delta,vega,oi,volume_24h
2026-01-01T09:00:00Z,BTC,BTC-27MAR26-90000-C,SYN.BTC-27MAR26,90000.5,90010,0.01,0.02,0.015,0.6,0.1,10,5,1
2026-01-02T09:00:00Z,BTC,BTC-27MAR26-90000-C,SYN.BTC-27MAR26,90000.5,90010,,0.02,1e-08,0.6,0.1,10,5,1
2026-01-02T09:00:00Z,BTC,"BTC-27MAR26-90000-P",SYN.BTC-27MAR26,90000.5,90010,0.01,0.02,0.015,0.6,0.1,10,5,1
2026-01-02T09:00:07Z,ETH,ETH-27MAR26-3000-P,SYN.ETH-27MAR26,3000.5,3001,0.01,0.02,0.015,0.8,0.1,10,5,1
`;
const END_OF_DAY = `quote_ts,instrument,underlying_index,underlying_price,expiry,type,strike,bid,bid_size,ask,ask_size,oi,volume,delta,gamma,vega,theta,rho,mark_iv
2026-01-01T04:00:46Z,BTC-27MAR26-90000-C,SYN,90000.5,2026-03-27T08:00:00Z,call,90000,0,0,0.02,1,5,,1,0,0,0,0.1,60
2026-01-01T04:00:46Z,BTC-27MAR26-90000-P,SYN,90000.5,2026-03-27T08:00:00Z,put,90000,0.01,2,0.02,1,5,,1,0,0,0,0.1,60
`;
const SUMMARY = JSON.stringify({
  jsonrpc: '2.0',
  result: [
    {
      instrument_name: 'BTC-27MAR26-90000-C',
      underlying_price: 90_000.5,
      bid_price: 0.01,
      ask_price: null,
      mark_price: 0.015,
      mark_iv: 60.5,
      open_interest: 5,
      estimated_delivery_price: 90_010,
      creation_timestamp: 1_767_258_000_000,
    },
    {
      instrument_name: 'BTC-PERPETUAL',
      mark_price: 90_020,
      bid_price: 90_019.5,
      ask_price: 90_020.5,
      creation_timestamp: 1_767_258_000_100,
    },
  ],
});
const MARKS = `snapshot_ts,coin,instrument,candle_open_ms,open,high,low,close,price_used
2026-01-02T09:55:00Z,BTC,BTC-PERPETUAL,1,90020,90020,90020,90020,90020
2026-01-02T09:55:00Z,ETH,ETH-PERPETUAL,1,3001,3001,3001,3001,3001
`;
const BOOK = JSON.stringify({
  account: 'desk-1',
  cash: { USD: '250000', USDC: -3 },
  collateral: { BTC: '3.5' },
  positions: [{ product: 'BTC-27MAR26-90000-C', quantity: '-12.5', entryPrice: '0.03' }],
  orders: [{ product: 'BTC-PERPETUAL', side: 'buy', quantity: '5', price: '87000' }],
});
const BOOK_CSV = `kind,product,quantity,price,side,account
cash,USD,250000,,,desk-1
collateral,BTC,3.5,,,
position,BTC-27MAR26-90000-C,-12.5,0.03,,
order,"BTC-PERPETUAL",5,87000,buy,
`;
const EXPIRY = instant(Date.UTC(2026, 2, 27, 8));
const SVI = { a: 0.01, b: 0.2, rho: -0.3, m: 0, sigma: 0.1 };
const SLICE: Slice = {
  expiry: EXPIRY,
  years: yearsBetween(AT, EXPIRY),
  forward: 90_000.5,
  smileForward: 90_000.5,
  smileYears: years(0.23),
  smile: { near: SVI, far: SVI, mix: 0 },
  deforms: [{ kind: 'skew', form: 'linear', slope: 0.1, cap: 0.2 }],
  unfixed: 1,
  quality: {
    source: 'svi',
    fitError: 0.001,
    quoteWidth: 0.01,
    uncertainty: 0.002,
    confidence: 0.9,
    quotesUsed: 12,
    insideShare: 0.95,
    butterflyMin: 0.1,
    calendarMin: Number.POSITIVE_INFINITY,
  },
};
// Without its digest, which would refuse every change before the fields are doubted.
const MARKET = writeMarket({
  at: AT,
  source: 'chain.csv',
  underlyings: [
    {
      underlying: 'BTC',
      index: 90_010,
      indexUncertainty: 0.0001,
      perpetual: 90_020,
      futures: [{ expiry: SLICE.expiry, forward: 90_500 }],
      slices: [SLICE],
      refused: [],
    },
  ],
  pegs: new Map([['USDC', 1]]),
  touches: new Map([['BTC-27MAR26-90000-C', { bid: 0.01 }]]),
  digest: '0'.repeat(64) as Digest,
}).replace(/"digest":"0+",\s*/, '');
const PARAMETERS = JSON.stringify({
  version: 'v1',
  coins: { BTC: { initial: 0.2 }, DOGE: { maintenance: 0.2, initial: 0.4 } },
  pegs: { FDUSD: { range: 0.04 } },
  correlations: { pairs: { 'BTC/DOGE': 0.5 }, stress: 0.3 },
  charges: { shortMinimum: { maintenance: 0.01, initial: 0.02 } },
  scenarios: {
    id: 's',
    lanes: [
      { id: 'down', moves: [{ kind: 'spot', ranges: -1 }], damp: { ladder: 1 } },
      {
        id: 'skew+',
        moves: [{ kind: 'wing', size: 0.1, start: 1, volReference: 0.6 }],
        netting: 'loss-per-expiry',
      },
    ],
  },
});

const readers: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['chain CSV', CHAIN, (text) => readChainCsv(text, { source: 'f', at: AT })],
  ['end-of-day CSV', END_OF_DAY, (text) => readChainCsv(text, { source: 'f' })],
  ['book summary', SUMMARY, (text) => readChainJson(text, { source: 'f' })],
  ['marks CSV', MARKS, (text) => readPerpetualsCsv(text, { source: 'f', at: AT })],
  ['portfolio JSON', BOOK, (text) => readPortfolioJson(text, 'f')],
  ['portfolio CSV', BOOK_CSV, (text) => readPortfolioCsv(text, 'f')],
  ['market JSON', MARKET, (text) => readMarket(text, 'f')],
  ['parameters', PARAMETERS, (text) => readParameters(text, 'f', gridDefaults, grid.form)],
  ['product name', 'XRP_USDC-30JUN26-0d625-C', (text) => parseProduct(text, 'f')],
];

/** Numbers are finite (a market's minimum over nothing aside), refusals are one line with a place. Plain throws: this runs 100,000 times. */
function expectSound(answer: unknown): void {
  if (!isRefusal(answer)) {
    walk(answer, 'value');
    return;
  }
  const { message, where = '' } = answer;
  if (!/^.{10,600}[.?]$/.test(message)) throw new Error(`not one sentence: ${JSON.stringify(message)}`);
  if (!/^f[^\n\r]{0,200}$/.test(where)) throw new Error(`not a place: ${JSON.stringify(where)}`);
}

function walk(value: unknown, key: string): void {
  if (typeof value === 'string') return;
  if (typeof value === 'number') {
    const isSound =
      Math.abs(value) <= 2 ** 53 || (key === 'calendarMin' && value === Number.POSITIVE_INFINITY);
    if (!isSound) throw new Error(`${key} is ${value}`);
  } else if (value instanceof Map) for (const [name, item] of value) walk(item, String(name));
  else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) walk((value as Record<string, unknown>)[name], name);
  } else throw new Error(`${key} is ${String(value)}`);
}

const POISON = [
  '',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e30',
  '1e999',
  '-1',
  '0',
  '-0',
  '1e-400',
  '0x1F',
  'null',
  'true',
  '""',
  '"',
  '\\u',
  '{',
  '[',
  '9'.repeat(70),
  '2026-02-31T00:00:00Z',
  'BTC-31FEB26',
  '__proto__',
  '\uD800',
  '\0',
  ',',
  '\r\n',
  '\n',
];

/** One way of spoiling a text. */
const spoil: fc.Arbitrary<(text: string) => string> = fc
  .record({
    at: fc.nat(999_999),
    length: fc.nat(30),
    kind: fc.nat(7),
    poison: fc.constantFrom(...POISON),
    code: fc.nat(300),
  })
  .map(({ at, length, kind, poison, code }) => (text) => {
    // A whole number, because fast-check's doubles crowd at zero and would spoil nothing but headers.
    const where = at / 1_000_000;
    const from = Math.floor(where * text.length);
    const to = Math.min(text.length, from + length);
    const [head, middle, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
    if (kind === 0) return head + tail;
    if (kind === 1) return head + middle + middle + tail;
    if (kind === 2) return head + String.fromCharCode(code) + text.slice(from + 1);
    if (kind === 3) return head;
    if (kind === 4) return head + poison + tail;
    const tokens = [...text.matchAll(/[^,:"{}[\]\n\r]+/g)];
    const token = tokens[Math.floor(where * tokens.length)];
    if (token === undefined) return text;
    const other = tokens[(Math.floor(where * tokens.length) + 1 + length) % tokens.length]!;
    const replace = (match: RegExpExecArray, by: string) =>
      text.slice(0, match.index) + by + text.slice(match.index + match[0].length);
    return kind === 5
      ? replace(token, poison)
      : kind === 6
        ? replace(token, other[0])
        : replace(other, `"${other[0]}"`);
  });

describe.each(readers)('%s', (_, text, read) => {
  it('is read whole', () => {
    expect(isRefusal(read(text))).toBe(false);
    expectSound(read(text));
  });

  it('cut anywhere, answers soundly', () => {
    for (let length = 0; length < text.length; length++) expectSound(read(text.slice(0, length)));
  });

  it('without any one character, or with it twice, answers soundly', () => {
    for (let i = 0; i < text.length; i++) {
      expectSound(read(text.slice(0, i) + text.slice(i + 1)));
      expectSound(read(text.slice(0, i + 1) + text.slice(i)));
    }
  });

  it('refuses an escape that is none in one line, even where a line break was escaped', () => {
    expectSound(read('{"\\\r":1}'));
    expectSound(read('{"\\\u2028":1}'));
  });

  it('spoilt in up to four places, answers soundly', () => {
    fc.assert(
      fc.property(fc.array(spoil, { minLength: 1, maxLength: 4 }), (spoils) => {
        expectSound(read(spoils.reduce((current, one) => one(current), text)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('replaced by any text, answers soundly', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (any) => expectSound(read(any))),
      { numRuns: 500 },
    );
  });
});

describe('a cut JSON', () => {
  it.each([BOOK, SUMMARY, MARKET.trimEnd()])('is called truncated wherever it is cut', (text) => {
    for (let length = 1; length < text.length; length++) {
      const answer =
        text === BOOK
          ? readPortfolioJson(text.slice(0, length), 'f')
          : readMarket(text.slice(0, length), 'f');
      if (!isRefusal(answer) || answer.reason !== 'truncated')
        throw new Error(`cut at ${length}: ${JSON.stringify(answer)}`);
    }
  });
});
