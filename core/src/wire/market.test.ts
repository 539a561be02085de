import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, isRefusal, refuse, sentence, years, yearsBetween } from '../base/index.ts';
import { type Market, marketDigest, type Slice, type UnderlyingMarket } from '../market/index.ts';
import { readMarket, writeMarket } from './index.ts';

const positive = fc.double({ noNaN: true, min: 1e-9, max: 1e12 });
const real = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
const share = fc.double({ noNaN: true, min: 0, max: 1 });
// A smile: variance stays positive, and Lee's bound on the wings holds.
const svi = fc.record({
  a: fc.double({ noNaN: true, min: 0, max: 1e6 }),
  b: fc.double({ noNaN: true, min: 0, max: 1 }),
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
    ({ near, far, mix, smileYears, ...rest }): Omit<Slice, 'expiry' | 'years'> => ({
      ...rest,
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
    const at = instant(Date.UTC(2026, 0, 1) + shiftMs);
    const one = (name: string, parts: typeof btc): UnderlyingMarket => ({
      underlying: name,
      index: parts.index,
      indexUncertainty: parts.indexUncertainty,
      perpetual: parts.perpetual,
      futures: parts.forwards.map((forward, i) => ({ expiry: expiry(i), forward })),
      slices: parts.slices.map((item, i) => ({
        expiry: expiry(i),
        years: yearsBetween(at, expiry(i)),
        ...item,
      })),
      refused: [
        { expiry: expiry(9), refusal: refuse('no-quotes', 'None.', 'a.csv') },
        { expiry: expiry(10), refusal: refuse('unfit', 'No.') },
      ],
    });
    const content = {
      at,
      source,
      underlyings: [one('BTC', btc), one('ETH', eth)],
      pegs: new Map([['USDC', peg]]),
      touches: new Map(quotes.map((quote, i) => [`BTC-27MAR26-${(i + 1) * 1000}-C`, quote])),
    };
    return { ...content, digest: marketDigest(content) };
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
      years: yearsBetween(given!.at, expiry(0)),
      smile: {
        near: { a: -0, b: 0, rho: -0, m: 0, sigma: 1 },
        far: { a: 0, b: 0, rho: 0, m: -0, sigma: 1 },
        mix: 0,
      },
    };
    const content = { ...given!, underlyings: [{ ...first!, slices: [signed] }, second!] };
    const back = readMarket(writeMarket({ ...content, digest: marketDigest(content) }), 'm.json');
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
    [/"index":[^,]+/, '"index":-1', 'must be a price'],
    [/"sigma":[^,}]+/, '"sigma":0', 'above zero'],
    [/"rho":[^,}]+/, '"rho":-1', 'between -1 and 1'],
    [/"mix":[^,}]+/, '"mix":1.5', 'from 0 to 1'],
    [/"a":[^,}]+/, '"a":NaN', 'not a JSON value'],
    [/"a":[^,}]+/, '"a":1e300', '2^53'],
    ['"ETH"', '"BTC"', 'out of order'],
    ['2026-04-03T08', '2026-03-27T08', 'out of order'],
    [/"digest":"..../, '"digest":"0000', 'not that of the market'],
    [/"quoteWidth":[^,}]+/, '"quoteWidth":0.123', 'not that of the market'],
    [/"years":[^,}]+/, '"years":100', 'states 100 years'],
    [/"a":[^,}]+/, '"a":-5000000', 'variance'],
    ['"USDC"', '"ETH"', 'is a coin of this market'],
    [/"USDC":[^,}]+/, '"USD":2', 'yardstick'],
    ['"USDC"', '"usdc"', 'not an asset'],
    ['BTC-27MAR26-1000-C', 'BTC-27MAR26-1000-X', '-C or -P'],
    ['"no-quotes"', '"no-quote"', 'Did you mean "no-quotes"?'],
  ])('with %s written %s is refused', (from, to, said) => {
    const answer = readMarket(writeMarket(sample!).replace(from, to), 'm.json');
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining(said) });
    expect(isRefusal(answer) && answer.where).toMatch(/^m\.json line \d+/);
  });
});
