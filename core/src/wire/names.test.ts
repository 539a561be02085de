import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, isRefusal, usd } from '../base/index.ts';
import {
  formatDecimal,
  formatInstant,
  formatProduct,
  formatUsd,
  parseDecimal,
  parseInstant,
  parseProduct,
  parseScaled,
} from './index.ts';

const MARCH = Date.UTC(2026, 2, 27, 8);

describe('product names', () => {
  const inverse = { underlying: 'BTC', settlement: 'inverse', settleAsset: 'BTC' };
  const linear = (underlying: string) => ({ underlying, settlement: 'linear', settleAsset: 'USDC' });
  const rows: readonly (readonly [string, object])[] = [
    ['BTC', { kind: 'asset', underlying: 'BTC' }],
    ['USDC', { kind: 'asset', underlying: 'USDC' }],
    ['BTC-PERPETUAL', { kind: 'perpetual', ...inverse }],
    ['BTC-27MAR26', { kind: 'future', ...inverse, expiry: MARCH }],
    ['BTC-27MAR26-90000-C', { kind: 'option', ...inverse, expiry: MARCH, strike: 90_000, right: 'call' }],
    ['BTC-27MAR26-90000-P', { kind: 'option', ...inverse, expiry: MARCH, strike: 90_000, right: 'put' }],
    ['BTC_USDC-PERPETUAL', { kind: 'perpetual', ...linear('BTC') }],
    [
      'SOL_USDC-27MAR26-150-C',
      { kind: 'option', ...linear('SOL'), expiry: MARCH, strike: 150, right: 'call' },
    ],
    [
      'XRP_USDC-30JUN26-0d625-C',
      { kind: 'option', ...linear('XRP'), expiry: Date.UTC(2026, 5, 30, 8), strike: 0.625, right: 'call' },
    ],
    ['BTC-29FEB28', { kind: 'future', ...inverse, expiry: Date.UTC(2028, 1, 29, 8) }],
  ];
  it.each(rows)('%s is read and written back', (name, parts) => {
    const product = parseProduct(name);
    expect(product).toEqual({ id: name, ...parts });
    if (!isRefusal(product)) expect(formatProduct(product)).toBe(name);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['', 'is not a product'],
    ['btc-perpetual', 'write "BTC-PERPETUAL"'],
    ['XRP_usdc-30jun26-0d625-c', 'write "XRP_USDC-30JUN26-0d625-C"'],
    ['BTC-31FEB26', 'not in the calendar'],
    ['BTC-29FEB26-100-C', 'not in the calendar'],
    ['BTC-00MAR26', 'leading zero'],
    ['BTC-05MAR26', 'write "5MAR26"'],
    ['BTC-5MRZ26', 'unknown month'],
    ['BTC-27MAR2026', 'has no expiry'],
    ['BTC-27MAR26-0-C', 'strike of zero'],
    ['BTC-27MAR26-090000-C', 'write "90000"'],
    ['BTC-27MAR26-0d50-C', 'write "0d5"'],
    ['BTC-27MAR26--5-C', 'has no strike'],
    ['BTC-27MAR26-1e5-C', 'lower-case'],
    ['BTC-27MAR26-90000', '-C or -P'],
    ['BTC-27MAR26-90000-X', '-C or -P'],
    ['BTC-27MAR26-90000-C-1', '-C or -P'],
    ['BTC_BTC-PERPETUAL', 'does not start with an asset'],
    ['BTC_USDC', 'is not a product'],
    ['123-PERPETUAL', 'does not start with an asset'],
    ['A'.repeat(100), 'is longer than'],
    ['BTC-PERPETUAL\n', 'is not a product'],
  ];
  it.each(refused)('%j is refused', (name, said) => {
    const refusal = parseProduct(name, 'book.csv row 7');
    expect(refusal).toMatchObject({ kind: 'refused', reason: 'unknown-product', where: 'book.csv row 7' });
    if (isRefusal(refusal)) expect(refusal.message).toContain(said);
  });
});

describe('decimals', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['-12.5', -12.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-08', 1e-8],
    ['+2E3', 2000],
    ['9007199254740992', 2 ** 53],
    ['0e999', 0],
  ])('%j is %d', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  it.each([
    ['', 'malformed'],
    [' ', 'malformed'],
    [' 1', 'malformed'],
    ['NaN', 'malformed'],
    ['nan', 'malformed'],
    ['Infinity', 'malformed'],
    ['-inf', 'malformed'],
    ['0x10', 'malformed'],
    ['1_000', 'malformed'],
    ['1,5', 'malformed'],
    ['1e', 'malformed'],
    ['.', 'malformed'],
    ['--1', 'malformed'],
    ['1e30', 'out-of-range'],
    ['9007199254740994', 'out-of-range'],
    ['1e999', 'out-of-range'],
    ['1e-400', 'out-of-range'],
    ['1'.repeat(65), 'too-large'],
  ])('%j is refused as %s', (text, reason) => {
    const refusal = parseDecimal(text, 'book.csv row 3, quantity');
    expect(refusal).toMatchObject({ kind: 'refused', reason, where: 'book.csv row 3, quantity' });
  });

  it('formatDecimal and parseDecimal are inverse, without an exponent', () => {
    const within = fc.double({ noNaN: true, min: -(2 ** 53), max: 2 ** 53 });
    fc.assert(
      fc.property(within, (value) => {
        const text = formatDecimal(value);
        expect(text).not.toContain('e');
        if (text.length <= 64) expect(parseDecimal(text)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('formatUsd and parseScaled are inverse and exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (units) => {
        expect(parseScaled(formatUsd(usd(units)), 8)).toBe(units);
      }),
    );
    expect(formatUsd(usd(25_000_050_000_000n))).toBe('250000.5');
    expect(formatUsd(usd(-1n))).toBe('-0.00000001');
    expect(formatUsd(usd(0n))).toBe('0');
    expect(parseScaled('1.5e-3', 4)).toBe(15n);
    expect(parseScaled('0.123456789', 8)).toMatchObject({ reason: 'out-of-range' });
    expect(parseScaled('1e30', 8)).toMatchObject({ reason: 'out-of-range' });
  });
});

describe('instants', () => {
  it.each([
    ['2026-02-05', Date.UTC(2026, 1, 5)],
    ['2026-02-05T16:30', Date.UTC(2026, 1, 5, 16, 30)],
    ['2026-02-05 16:30:01', Date.UTC(2026, 1, 5, 16, 30, 1)],
    ['2026-02-05T16:30:01Z', Date.UTC(2026, 1, 5, 16, 30, 1)],
    ['2026-02-05T16:30:01.25Z', Date.UTC(2026, 1, 5, 16, 30, 1, 250)],
    ['2026-02-05T16:30:01+00:00', Date.UTC(2026, 1, 5, 16, 30, 1)],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
    expect(parseInstant(formatInstant(instant(ms)))).toBe(ms);
  });

  it.each([
    '',
    'now',
    '2026-02-30',
    '2026-13-01',
    '2026-02-05T24:00:00Z',
    '2026-02-05T16:30:00+01:00',
    '1770305400000',
  ])('%j is refused', (text) => {
    expect(parseInstant(text)).toMatchObject({ reason: 'malformed' });
  });
});
