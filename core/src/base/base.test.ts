import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, creditDown, digestOf, owedUp, seededPrng, utf8 } from './index.ts';

describe('digest', () => {
  it('equals the host SHA-256 on every length around the block borders', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      expect(digestOf(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('utf8 equals the host encoder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(utf8(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
      }),
    );
  });
});

describe('M-01 rounding', () => {
  it('brackets the exact value and differs by at most one unit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (x) => {
        const up = owedUp(x);
        const down = creditDown(x);
        expect(up - down <= 1n && up >= down).toBe(true);
        expect(owedUp(-x)).toBe(-down);
      }),
    );
  });

  it('rounds against the account', () => {
    expect(owedUp(0.1)).toBe(10_000_001n);
    expect(creditDown(0.1)).toBe(10_000_000n);
    expect(owedUp(1)).toBe(100_000_000n);
    expect(owedUp(5e-324)).toBe(1n);
    expect(creditDown(-5e-324)).toBe(-1n);
  });
});

describe('bytes and randomness', () => {
  it('writes minus zero as zero and refuses NaN', () => {
    expect(new ByteWriter().f64(-0).finish()).toEqual(new Uint8Array(8));
    expect(() => new ByteWriter().f64(Number.NaN)).toThrow('no NaN');
  });

  it('grows without losing a byte', () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => i / 7);
    const bytes = new ByteWriter().u8(1).f64s(values).text('x'.repeat(3000)).finish();
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(1 + 4 + 8 * 5000 + 4 + 3000);
    expect(values.every((value, i) => view.getFloat64(5 + 8 * i, true) === value)).toBe(true);
  });

  it('keeps text sequences apart', () => {
    const left = new ByteWriter().text('ab').text('c').finish();
    const right = new ByteWriter().text('a').text('bc').finish();
    expect(digestOf(left)).not.toBe(digestOf(right));
  });

  it('is uniform enough and the same for ever', () => {
    const prng = seededPrng(42);
    const draws = Array.from({ length: 20_000 }, () => prng.next());
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    const again = seededPrng(42);
    expect(draws.every((x) => x === again.next())).toBe(true);
  });
});
