// Laws of the fit: whatever the quotes, every served slice is finite and free of arbitrage, or there is a typed refusal.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, isRefusal, MS_PER_DAY, seededPrng, years } from '../base/index.ts';
import { blackPrice, exp } from '../kernel/index.ts';
import {
  butterflyMin,
  type ChainSnapshot,
  calendarMin,
  essviIsFree,
  essviPsiMax,
  essviPsiRange,
  essviRaw,
  fitMarket,
  type Market,
  marketDigest,
  type OptionQuote,
  oneTerm,
  sliceAt,
  sviRefusal,
  volAt,
} from './index.ts';

const FORWARD = 60_000;
const DAYS = [0.05, 1, 7, 30, 90, 300];

/** What can be wrong with a row. */
const harms = [
  'none',
  'no-bid',
  'zero-bid',
  'no-ask',
  'crossed',
  'no-sides',
  'no-mark',
  'bare',
  'wild',
  'gone',
  'twice',
] as const;
type Harm = (typeof harms)[number];

interface Recipe {
  readonly seed: number;
  readonly days: readonly number[];
  readonly level: number;
  readonly skew: number;
  readonly strikes: number;
  readonly width: number;
  readonly harm: readonly Harm[];
}

const recipes: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  days: fc.subarray(DAYS, { minLength: 1 }),
  level: fc.double({ min: 0.1, max: 2.5, noNaN: true }),
  skew: fc.constantFrom(0, -0.4, 0.3),
  strikes: fc.integer({ min: 1, max: 17 }),
  width: fc.constantFrom(0.001, 0.02, 0.2),
  harm: fc.array(fc.constantFrom(...harms), { minLength: 1, maxLength: 12 }),
});

function vary(quote: OptionQuote, harm: Harm, chance: number): OptionQuote[] {
  const { bid = 0, ask = 0, mark = 0, markVol = 0, ...rest } = quote;
  switch (harm) {
    case 'none':
      return [quote];
    case 'no-bid':
      return [{ ...rest, ask, mark, markVol }];
    case 'zero-bid':
      return [{ ...quote, bid: 0 }];
    case 'no-ask':
      return [{ ...rest, bid, mark, markVol }];
    case 'crossed':
      return [{ ...quote, bid: ask, ask: bid }];
    case 'no-sides':
      return [{ ...rest, mark, markVol }];
    case 'no-mark':
      return [{ ...rest, bid, ask }];
    case 'bare':
      return [rest];
    case 'wild':
      return [
        { ...quote, bid: bid * chance * 3, ask: bid * chance * 3 + ask, markVol: markVol * 4 * chance },
      ];
    case 'gone':
      return [];
    case 'twice':
      return [quote, { ...quote, row: quote.row + 10_000 }];
  }
}

/** A chain of inverse options on a smile of our own, then harmed row by row. */
function chainOf(recipe: Recipe): ChainSnapshot {
  const prng = seededPrng(recipe.seed);
  const options: OptionQuote[] = [];
  for (const days of recipe.days) {
    const expiry = instant(days * MS_PER_DAY);
    const tau = days / 365;
    for (let i = 0; i < recipe.strikes; i++) {
      const z = recipe.strikes === 1 ? 0.3 : -3 + (6 * i) / (recipe.strikes - 1);
      const k = z * recipe.level * Math.sqrt(tau) * 0.8;
      const strike = Math.max(1, Math.round(FORWARD * exp(k)));
      const vol = recipe.level * (1 + recipe.skew * Math.max(-1, Math.min(1, z / 3)) + 0.05 * z * z);
      for (const right of ['call', 'put'] as const) {
        const value = (at: number) =>
          blackPrice(right, FORWARD, strike, Math.max(at, 0.01) * Math.sqrt(tau)) / FORWARD;
        const half = recipe.width * (0.5 + prng.next());
        const id = `BTC-${days}-${strike}-${right}`;
        const product = {
          kind: 'option',
          id,
          underlying: 'BTC',
          settlement: 'inverse',
          settleAsset: 'BTC',
          expiry,
          strike,
          right,
        } as const;
        const sides = { bid: value(vol - half), ask: value(vol + half), mark: value(vol), markVol: vol };
        const quote = {
          product,
          row: options.length + 1,
          forward: FORWARD,
          index: FORWARD,
          openInterest: 1,
          ...sides,
        };
        const harm = recipe.harm[Math.floor(prng.next() * recipe.harm.length)]!;
        options.push(...vary(quote, harm, prng.next()));
      }
    }
  }
  return { at: instant(0), source: 'law', options, futures: [], pegs: new Map() };
}

function checkLaws(market: Market): void {
  for (const coin of market.underlyings) {
    let early: Parameters<typeof calendarMin>[0] | undefined;
    for (const { smile, quality, expiry } of coin.slices) {
      expect(sviRefusal(smile.near)).toBeUndefined();
      expect(sviRefusal(smile.far)).toBeUndefined();
      expect(butterflyMin(smile).value).toBeGreaterThanOrEqual(0);
      if (early !== undefined) expect(calendarMin(early, smile).value).toBeGreaterThanOrEqual(0);
      early = smile;
      const { source, ...numbers } = quality;
      for (const number of Object.values(numbers)) expect(Number.isFinite(number)).toBe(true);
      expect(quality.confidence > 0 && quality.confidence <= 1).toBe(true);
      expect(source).not.toBe('given');
      for (const strike of [1, FORWARD / 3, FORWARD, 10 * FORWARD]) {
        const slice = sliceAt(coin, expiry);
        if (isRefusal(slice)) throw new Error(slice.message);
        expect(volAt(slice, strike)).toBeGreaterThan(0);
      }
    }
  }
}

describe('M-08 fit laws', () => {
  it('any harmed chain gives lawful finite slices or typed refusals, and names every expiry once', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const chain = chainOf(recipe);
        const market = fitMarket(chain);
        if (isRefusal(market)) return chain.options.length === 0;
        checkLaws(market);
        const named = market.underlyings.flatMap((coin) =>
          [...coin.slices, ...coin.refused].map((one) => one.expiry),
        );
        const seen = new Set(chain.options.map((row) => row.product.expiry));
        expect(named.length).toBe(seen.size);
        return named.every((expiry) => seen.has(expiry));
      }),
      { numRuns: 150 },
    );
  });

  it('the order of rows is not information, and one input has one digest', () => {
    fc.assert(
      fc.property(recipes, fc.integer({ min: 1, max: 1_000_000 }), (recipe, seed) => {
        const chain = chainOf({
          ...recipe,
          harm: recipe.harm.filter((harm) => harm !== 'twice').concat('none'),
        });
        const market = fitMarket(chain);
        if (isRefusal(market)) return;
        const prng = seededPrng(seed);
        const keys = new Map(chain.options.map((row) => [row, prng.next()]));
        const shuffled = [...chain.options].sort((left, right) => keys.get(left)! - keys.get(right)!);
        const again = fitMarket({ ...chain, source: 'elsewhere', options: shuffled });
        if (isRefusal(again)) throw new Error(again.message);
        expect(again.digest).toBe(market.digest);
        expect(marketDigest(again)).toBe(market.digest);
      }),
      { numRuns: 30 },
    );
  });

  it('a slice between or beyond fitted ones is lawful against its neighbours, or refused, and less sure', () => {
    fc.assert(
      fc.property(recipes, fc.double({ min: 0.02, max: 500, noNaN: true }), (recipe, days) => {
        const market = fitMarket(chainOf({ ...recipe, harm: ['none', ...recipe.harm] }));
        if (isRefusal(market)) return;
        const coin = market.underlyings[0]!;
        const expiry = instant(Math.round(days * MS_PER_DAY));
        const slice = sliceAt(coin, expiry);
        if (isRefusal(slice)) return;
        expect(butterflyMin(slice.smile).value).toBeGreaterThanOrEqual(0);
        const early = coin.slices.findLast((one) => one.expiry < expiry);
        const late = coin.slices.find((one) => one.expiry > expiry);
        if (early) expect(calendarMin(early.smile, slice.smile).value).toBeGreaterThanOrEqual(0);
        if (late) expect(calendarMin(slice.smile, late.smile).value).toBeGreaterThanOrEqual(0);
        const surest = Math.max(...[early, late].map((one) => one?.quality.confidence ?? 0));
        if (slice.quality.source === 'interpolated')
          expect(slice.quality.confidence).toBeLessThanOrEqual(surest);
        expect(slice.years).toBeCloseTo(years(days / 365), 6);
      }),
      { numRuns: 60 },
    );
  });
});

describe('eSSVI laws', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const rho = fc.double({ min: -0.9, max: 0.9, noNaN: true });
  it('slices inside the sufficient conditions pass the grid: butterfly, and calendar between neighbours', () => {
    fc.assert(
      fc.property(
        rho,
        rho,
        part,
        part,
        fc.double({ min: 1.001, max: 4, noNaN: true }),
        (r1, r2, u, v, growth) => {
          const early = { theta: 0.02, rho: r1, psi: (0.05 + 0.95 * u) * essviPsiMax(0.02, r1) };
          const theta = 0.02 * growth;
          const range = essviPsiRange(early, theta, r2);
          const high = Math.min(range.high, essviPsiMax(theta, r2));
          fc.pre(range.low <= high);
          const late = { theta, rho: r2, psi: range.low + v * (high - range.low) };
          expect(butterflyMin(oneTerm(essviRaw(early))).value).toBeGreaterThanOrEqual(-1e-12);
          expect(butterflyMin(oneTerm(essviRaw(late))).value).toBeGreaterThanOrEqual(-1e-12);
          const gap = calendarMin(oneTerm(essviRaw(early)), oneTerm(essviRaw(late))).value;
          expect(gap).toBeGreaterThanOrEqual(-1e-12);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('names the slice outside them', () => {
    const early = { theta: 0.02, rho: -0.2, psi: 0.1 };
    expect(essviIsFree(early, undefined)).toBe(true);
    expect(essviIsFree({ theta: 0.019, rho: -0.2, psi: 0.1 }, early)).toBe(false);
    expect(essviIsFree({ theta: 0.03, rho: -0.2, psi: 0.09 }, early)).toBe(false);
    expect(essviIsFree({ theta: 0.03, rho: -0.2, psi: 0.12 }, early)).toBe(true);
    expect(essviIsFree({ theta: 0.02, rho: -0.2, psi: 0.3 }, undefined)).toBe(false);
  });
});
