import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, instant, isRefusal, refuse, sentence, years } from '../base/index.ts';
import type { Market, Slice, UnderlyingMarket } from '../market/index.ts';
import { readMarket, writeMarket } from './index.ts';

const positive = fc.double({ noNaN: true, min: 1e-12, max: 1e12 });
const real = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
const share = fc.double({ noNaN: true, min: 0, max: 1 });
const svi = fc.record({
  a: real,
  b: fc.double({ noNaN: true, min: 0, max: 10 }),
  rho: fc.double({ noNaN: true, min: -0.999, max: 0.999 }),
  m: real,
  sigma: positive,
});
const deform = fc.oneof(
  fc.record({ kind: fc.constant('scale' as const), factor: positive }),
  fc.record({ kind: fc.constant('shift' as const), points: real }),
  fc.record({ kind: fc.constant('floor' as const), vol: positive }),
  fc.record({
    kind: fc.constant('skew' as const),
    form: fc.constantFrom('linear' as const, 'absolute' as const),
    slope: real,
    cap: positive,
  }),
  fc.record({ kind: fc.constant('wing' as const), size: real, start: positive, width: positive }),
);
const minimum = fc.oneof(real, fc.constant(Number.POSITIVE_INFINITY));
const quality = fc.record({
  source: fc.constantFrom(
    'svi' as const,
    'repaired' as const,
    'essvi' as const,
    'interpolated' as const,
    'given' as const,
  ),
  fitError: positive,
  quoteWidth: positive,
  uncertainty: positive,
  confidence: fc.double({ noNaN: true, min: 1e-9, max: 1 }),
  quotesUsed: fc.nat(500),
  insideShare: share,
  butterflyMin: minimum,
  calendarMin: minimum,
});
const expiry = (i: number) => instant(Date.UTC(2026, 2, 27, 8) + i * 604_800_000);
const slice = fc
  .record({
    years: positive,
    forward: positive,
    smileForward: positive,
    smileYears: positive,
    near: svi,
    far: svi,
    mix: share,
    deforms: fc.array(deform, { maxLength: 3 }),
    unfixed: fc.double({ noNaN: true, min: 1e-6, max: 1 }),
    quality,
  })
  .map(
    ({ near, far, mix, years: t, smileYears, ...rest }): Omit<Slice, 'expiry'> => ({
      ...rest,
      years: years(t),
      smileYears: years(smileYears),
      smile: { near, far, mix },
    }),
  );
const underlying = fc.record({
  index: positive,
  indexUncertainty: share,
  perpetual: positive,
  forwards: fc.array(positive, { maxLength: 3 }),
  slices: fc.array(slice, { maxLength: 3 }),
});
const touch = fc.oneof(
  fc.constant({}),
  fc.record({ bid: positive }),
  fc.record({ bid: positive, ask: positive }),
);

const market = fc
  .record({
    btc: underlying,
    eth: underlying,
    peg: positive,
    quotes: fc.array(touch, { maxLength: 4 }),
    source: fc.string(),
    shiftMs: share,
  })
  .map(({ btc, eth, peg, quotes, source, shiftMs }): Market => {
    const one = (name: string, parts: typeof btc): UnderlyingMarket => ({
      underlying: name,
      index: parts.index,
      indexUncertainty: parts.indexUncertainty,
      perpetual: parts.perpetual,
      futures: parts.forwards.map((forward, i) => ({ expiry: expiry(i), forward })),
      slices: parts.slices.map((item, i) => ({ expiry: expiry(i), ...item })),
      refused: [
        { expiry: expiry(9), refusal: refuse('no-quotes', 'None.', 'a.csv') },
        { expiry: expiry(10), refusal: refuse('unfit', 'No.') },
      ],
    });
    return {
      at: instant(Date.UTC(2026, 0, 1) + shiftMs),
      source,
      underlyings: [one('BTC', btc), one('ETH', eth)],
      pegs: new Map([['USDC', peg]]),
      touches: new Map(quotes.map((quote, i) => [`BTC-27MAR26-${(i + 1) * 1000}-C`, quote])),
      digest: 'ab'.repeat(32) as Digest,
    };
  });

describe('market JSON', () => {
  it('a market read back is the same market, to the bit', () => {
    fc.assert(
      fc.property(market, (given) => {
        const back = readMarket(writeMarket(given), 'm.json');
        if (isRefusal(back)) throw new Error(sentence(back));
        expect(back).toEqual(given);
        expect(writeMarket(back)).toBe(writeMarket(given));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the sign of zero', () => {
    const [given] = fc.sample(market, { numRuns: 1, seed: 7 });
    const [first, second] = given!.underlyings;
    const zero = fc.sample(slice, { numRuns: 1, seed: 7 })[0]!;
    const signed = {
      ...zero,
      expiry: expiry(0),
      smile: {
        near: { a: -0, b: 0, rho: -0, m: 0, sigma: 1 },
        far: { a: 0, b: 0, rho: 0, m: -0, sigma: 1 },
        mix: 0,
      },
    };
    const back = readMarket(
      writeMarket({ ...given!, underlyings: [{ ...first!, slices: [signed] }, second!] }),
      'm.json',
    );
    if (isRefusal(back)) throw new Error(sentence(back));
    expect(back.underlyings[0]!.slices[0]!.smile).toStrictEqual(signed.smile);
    expect(Object.is(back.underlyings[0]!.slices[0]!.smile.near.a, -0)).toBe(true);
  });

  const [sample] = fc.sample(
    market.filter((one) => one.underlyings[0]!.slices.length > 1 && one.touches.size > 0),
    { numRuns: 1, seed: 1 },
  );
  it.each([
    ['"plimsoll-market"', '"other"', 'another kind'],
    ['"version":1', '"version":2', 'version must be 1'],
    ['"underlyings"', '"underlying"', 'Did you mean "underlyings"?'],
    [/"index":[^,]+/, '"index":-1', 'above zero'],
    [/"sigma":[^,}]+/, '"sigma":0', 'above zero'],
    [/"rho":[^,}]+/, '"rho":-1', 'between -1 and 1'],
    [/"mix":[^,}]+/, '"mix":1.5', 'from 0 to 1'],
    [/"a":[^,}]+/, '"a":NaN', 'not a JSON value'],
    [/"a":[^,}]+/, '"a":1e300', '2^53'],
    ['"ETH"', '"BTC"', 'out of order'],
    ['2026-04-03T08', '2026-03-27T08', 'out of order'],
    ['"digest":"ab', '"digest":"zz', '64 hexadecimal'],
    ['"USDC"', '"usdc"', 'not an asset'],
    ['BTC-27MAR26-1000-C', 'BTC-27MAR26-1000-X', '-C or -P'],
    ['"no-quotes"', '"no-quote"', 'Did you mean "no-quotes"?'],
  ])('with %s written %s is refused', (from, to, said) => {
    const answer = readMarket(writeMarket(sample!).replace(from, to), 'm.json');
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining(said) });
    expect(isRefusal(answer) && answer.where).toMatch(/^m\.json line \d+/);
  });
});
