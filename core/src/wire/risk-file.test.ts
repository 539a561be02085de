// What a risk-parameter file may not say, row by row: each file is whole and sealed anew, so that only the doubt itself can refuse it.

import { describe, expect, it } from 'vitest';
import { everything } from '../../test/arbitrary.law.ts';
import { cappedCall, powerPerpetual } from '../../test/payoffs.ts';
import { market, portfolio } from '../../test/sample.ts';
import { canonicalJson, digestValue, fromUtf8, instant, isRefusal, sentence, utf8 } from '../base/index.ts';
import { assess, grid, gridDefaults, productsOf } from '../margin/index.ts';
import type { Product } from '../product/index.ts';
import { readRiskFile, sealRiskFile, writeRiskFile } from './index.ts';

const expired: Product = {
  ...(everything[0] as Extract<Product, { kind: 'option' }>),
  id: 'BTC-1MAR26-55000-C',
  expiry: instant(market.at - 1),
};
const book = grid.book([...everything.slice(0, 3), everything.at(-1)!, expired], market, gridDefaults);
if (isRefusal(book)) throw new Error(book.message);
const content = fromUtf8(writeRiskFile(book, { sequence: 7 }) as Uint8Array)!;

// biome-ignore lint/suspicious/noExplicitAny: a file is spoilt in places that no type allows
type Spoil = (file: any) => void;
function answerTo(spoil: Spoil): string {
  const file = JSON.parse(content);
  spoil(file);
  const read = readRiskFile(sealRiskFile(utf8(canonicalJson(file))), 'risk.json');
  return isRefusal(read) ? sentence(read) : 'read';
}

describe('M-75 a file', () => {
  it('M-75 keeps the sentences of what has no row', () => {
    const read = readRiskFile(sealRiskFile(utf8(content)), 'risk.json');
    if (isRefusal(read)) throw new Error(read.message);
    expect(read.book.risk.refused).toEqual(book.risk.refused);
    expect([...read.book.risk.refused.keys()]).toEqual(['BTC-1MAR26-55000-C']);
  });

  it('M-75 M-80 holds structured products without their formulas, and margins them', () => {
    const products = [powerPerpetual('BTC'), cappedCall('BTC', 25, 65_000, 5_000)];
    const built = grid.book(
      productsOf(portfolio(products.map((product) => ({ product, quantity: -2 })))),
      market,
      gridDefaults,
    );
    if (isRefusal(built)) throw new Error(built.message);
    expect([...built.risk.refused]).toEqual([]);
    const read = readRiskFile(sealRiskFile(writeRiskFile(built) as Uint8Array), 'risk.json');
    if (isRefusal(read)) throw new Error(sentence(read));
    for (const quantity of [-2, 3]) {
      const account = portfolio(products.map((product) => ({ product, quantity })));
      const [here, there] = [assess(account, built, grid), assess(account, read.book, read.model)];
      if (isRefusal(here) || isRefusal(there)) throw new Error('refused');
      expect(there.equity).toBe(here.equity);
      for (const line of ['maintenance', 'release', 'initial'] as const) {
        expect(there.requirement[line].amount).toBe(here.requirement[line].amount);
      }
    }
  });

  it('M-76 a future without a price is refused by name', () => {
    const perpetual = everything.find(({ kind }) => kind === 'perpetual')!;
    const built = grid.book([perpetual, everything.at(-1)!], market, gridDefaults);
    if (isRefusal(built)) throw new Error(built.message);
    for (const mark of [0, -65_000]) {
      const file = JSON.parse(fromUtf8(writeRiskFile(built) as Uint8Array)!);
      file.columns.mark[built.risk.indexOf.get(perpetual.id)!] = mark;
      const read = readRiskFile(sealRiskFile(utf8(canonicalJson(file))), 'risk.json');
      expect(isRefusal(read) && read.message).toContain(
        `mark of ${perpetual.id} is ${mark}; it must be a price`,
      );
    }
  });

  it('M-75 may be laid out for people: what is digested is what it says', () => {
    const sealed = JSON.parse(fromUtf8(sealRiskFile(utf8(content)))!);
    const read = readRiskFile(JSON.stringify(sealed, undefined, 2), 'risk.json');
    expect(!isRefusal(read) && fromUtf8(read.content)).toBe(content);
  });
});

const row = [
  [
    'another kind of file',
    (file) => (file.format = 'x'),
    'file.format: The format must be "plimsoll-risk-file"',
  ],
  ['another version', (file) => (file.version = 2), 'file.version: It must be 1'],
  ['another methodology', (file) => (file.methodology = 9), 'file.methodology: It must be 1'],
  [
    'an unknown key',
    (file) => (file.lane = []),
    'file: The key "lane" is unknown here. Did you mean "lanes"?',
  ],
  [
    'an unknown model',
    (file) => (file.model = 'gird'),
    'file.model: "gird" is unknown here. Did you mean "grid"?',
  ],
  ['a time that does not exist', (file) => (file.header.expiresAt = '2026-02-30'), 'is not in the calendar'],
  [
    'no time to be used in',
    (file) => Object.assign(file.header, { effectiveAt: '2026-03-02', expiresAt: '2026-03-02' }),
    'file.header.expiresAt: It does not come after effectiveAt',
  ],
  ['half a sequence number', (file) => (file.header.sequence = 1.5), 'must be a whole number'],
  ['a digest that is none', (file) => (file.header.previous = 'AB'), 'must be 64 digits of lower-case hex'],
  [
    'a parameter left out',
    (file) => delete file.parameters.retained,
    'They do not state every field of "grid"',
  ],
  [
    'a coin that says too little',
    (file) => (file.parameters.coins.BTC = {}),
    'They do not state every field',
  ],
  [
    'a parameter out of bounds',
    (file) => (file.parameters.retained = 3),
    'digests.parameters: It is not that of',
  ],
  [
    'no level for a coin',
    (file) => delete file.levels.coins.BTC,
    'file.levels: BTC of BTC-3MAR26-55000-C is neither',
  ],
  ['a price of nothing', (file) => (file.levels.coins.BTC.index = 0), 'must be a price'],
  ['a lane with a new move', (file) => (file.lanes[1].moves[0].kind = 'jump'), '"jump" is unknown here'],
  ['a range too few', (file) => delete file.ranges.USDC, 'file.ranges: They must be those of BTC, USDC'],
  ['products out of order', (file) => file.products.reverse(), 'must come after'],
  ['a product twice', (file) => (file.products[2].id = file.products[1].id), 'stands twice'],
  ['a product of another kind', (file) => (file.products[1].kind = 'swap'), '"swap" is unknown here'],
  [
    'a product with a stray field',
    (file) => (file.products[3].strike = 1),
    'The key "strike" is unknown here',
  ],
  ['a row too few', (file) => file.rows.pop(), 'file.rows: There are 3 entries and must be 4.'],
  ['a short row', (file) => file.rows[2].pop(), 'file.rows[2]: There are'],
  [
    'a row of words',
    (file) => (file.rows[0][5] = 'much'),
    'file.rows[0][5]: The value "much" must be a JSON number',
  ],
  ['a column too many', (file) => (file.columns.vanna = []), 'The key "vanna" is unknown here'],
  [
    'a short column',
    (file) => file.columns.vega.pop(),
    'file.columns.vega: There are 3 entries and must be 4.',
  ],
  [
    'a bid below zero',
    (file) => (file.columns.bid[0] = -1),
    'file.columns.bid[0]: The value -1 must not be below',
  ],
  [
    'a row that no sum can hold',
    (file) => (file.rows[0][5] = -1e300),
    'file.rows[0][5]: The value -1e+300 must be a JSON number, no larger than 1e+40 either way',
  ],
  [
    'a worth below zero',
    (file) => (file.columns.value[1] = -5),
    'file.columns.value[1]: The value -5 must not be below',
  ],
  ['other borders', (file) => (file.groups.bucketStart[1] = 2), 'file.groups: bucketStart does not follow'],
  ['other years', (file) => (file.groups.bucketYears[0] = 2), 'file.groups: bucketYears does not follow'],
  [
    'another market',
    (file) => (file.digests.market = 'f'.repeat(64)),
    'digests.book: It is not that of levels',
  ],
  [
    'another book',
    (file) => (file.levels.at = '2026-03-02T08:00:00.001Z'),
    'file.groups: bucketYears does not follow',
  ],
  [
    'a refusal without reason',
    (file) => (file.refused['BTC-1MAR26-55000-C'].reason = 'no'),
    '"no" is unknown',
  ],
] as const satisfies readonly (readonly [string, Spoil, string])[];

describe('M-76 a file is refused by name of what is wrong with it', () => {
  it.each(row)('M-76 %s', (_, spoil, said) => expect(answerTo(spoil)).toContain(said));

  it('M-76 parameters are doubted whole, when their digest is right', () => {
    const spoil: Spoil = (file) => {
      file.parameters.retained = 3;
      file.digests.parameters = digestValue(file.parameters);
    };
    expect(answerTo(spoil)).toContain('file.parameters: retained must be in [0, 1]');
  });

  it('M-76 a row that was changed is refused by the digest of the content', () => {
    const file = JSON.parse(content);
    file.rows[1][1] += 1;
    const sealed = fromUtf8(sealRiskFile(utf8(content)))!;
    const read = readRiskFile(sealed.replace(content, canonicalJson(file)), 'risk.json');
    expect(isRefusal(read) && sentence(read)).toContain('digest: It is not that of the content in this file');
  });

  it('M-77 a key that signs twice is refused', () => {
    const signature = {
      algorithm: 'Ed25519',
      publicKey: 'a'.repeat(64),
      signature: 'b'.repeat(128),
    } as const;
    const read = readRiskFile(sealRiskFile(utf8(content), [signature, signature]), 'risk.json');
    expect(isRefusal(read) && sentence(read)).toContain('One key signs twice');
  });

  it('M-76 a number beyond all doubles, and bytes that are no text, are refused', () => {
    const sealed = fromUtf8(sealRiskFile(utf8(content)))!;
    const read = readRiskFile(sealed.replace('"bucketYears":[', '"bucketYears":[1e999,'), 'risk.json');
    expect(isRefusal(read) && sentence(read)).toContain('bucketYears does not follow');
    expect(isRefusal(readRiskFile(Uint8Array.of(0xff), 'risk.json'))).toBe(true);
  });
});
