import {
  type ChainSnapshot,
  digestOf,
  instant,
  isRefusal,
  type Refusal,
  readChainCsv,
  readChainJson,
  readPerpetualsCsv,
  sentence,
  utf8,
  withFutures,
  yearsBetween,
} from '@plimsoll/core';
import { blackPrice, log } from '@plimsoll/core/kernel';
import { describe, expect, it } from 'vitest';
import {
  listedExpiries,
  SIMULATED_SOL,
  SIMULATED_UNDERLYINGS,
  simulateChain,
  writeBookSummary,
  writeChainCsv,
  writeFuturesCsv,
  writePerpetualsCsv,
} from './index.ts';

const at = instant(Date.UTC(2026, 0, 5, 9));
const underlyings = [...SIMULATED_UNDERLYINGS, SIMULATED_SOL];
const days = simulateChain({ seed: 7, at, underlyings, snapshots: 4, crash: { hour: 60, move: -0.2 } });

function believed<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(sentence(answer));
  return answer;
}

/** What a round trip must keep: everything but the file's name, and what the shape has no column for. */
const bare = (snapshot: ChainSnapshot) => ({
  ...snapshot,
  source: '',
  futures: snapshot.futures.map(({ product, mark }) => ({ product, mark })),
});
const byName = (left: { product: { id: string } }, right: { product: { id: string } }) =>
  left.product.id < right.product.id ? -1 : 1;

describe('simulated chains', () => {
  it('read back from CSV to the same snapshots', () => {
    const chain = writeChainCsv(days);
    const perpetuals = writePerpetualsCsv(days);
    const futures = writeFuturesCsv(days);
    for (const day of days) {
      const read = believed(readChainCsv(chain, { source: 'sim.csv', at: day.at }));
      const marks = [perpetuals, futures].flatMap((text) =>
        believed(readPerpetualsCsv(text, { source: 'sim.csv', at: day.at })),
      );
      const whole = withFutures(read, marks);
      expect(bare({ ...whole, futures: [...whole.futures].sort(byName) })).toEqual(
        bare({ ...day, futures: [...day.futures].sort(byName) }),
      );
      expect(read.notes).toBeUndefined();
    }
  });

  it('read back from book summaries to the same snapshots', () => {
    const rowless = (snapshot: ChainSnapshot) => ({
      ...snapshot,
      source: '',
      options: snapshot.options.map((quote) => ({ ...quote, row: 0 })),
    });
    for (const day of days) {
      expect(rowless(believed(readChainJson(writeBookSummary(day), { source: 'sim.json' })))).toEqual(
        rowless(day),
      );
    }
  });

  it('are the same bytes for ever', () => {
    const text = writeChainCsv(simulateChain({ seed: 42, at, snapshots: 3, hours: 8 }));
    expect(digestOf(utf8(text))).toBe('2a8c58c972aa5c21b898e20e12d40e7ffc33ae2a6157525267bbc492203e970e');
    expect(writeChainCsv(simulateChain({ seed: 43, at }))).not.toBe(
      writeChainCsv(simulateChain({ seed: 42, at })),
    );
  });

  it('price every mark by its volatility and forward, and quote around it', () => {
    for (const day of days) {
      const wrong = day.options.filter(({ product, mark, markVol, forward, bid = 0, ask = 1e9 }) => {
        const deviation = markVol! * Math.sqrt(yearsBetween(day.at, product.expiry));
        const unit = product.settlement === 'inverse' ? forward : 1;
        const price = blackPrice(product.right, forward, product.strike, deviation) / unit;
        return Math.abs(price - mark!) > 6e-9 || bid > mark! || ask < mark!;
      });
      expect(wrong).toEqual([]);
    }
  });

  it('have total variance that grows with time and convex call prices, up to the printed digits', () => {
    for (const day of days) {
      for (const one of underlyings) {
        const calls = day.options.filter(
          (quote) => quote.product.underlying === one.asset && quote.product.right === 'call',
        );
        const expiries = [...new Set(calls.map((quote) => quote.product.expiry))];
        let last = 0;
        for (const expiry of expiries) {
          const quotes = calls.filter((quote) => quote.product.expiry === expiry);
          const nearest = quotes.toSorted(
            (a, b) =>
              Math.abs(log(a.product.strike / a.forward)) - Math.abs(log(b.product.strike / b.forward)),
          )[0]!;
          const variance = nearest.markVol! ** 2 * yearsBetween(day.at, nearest.product.expiry);
          expect(variance).toBeGreaterThan(last * 0.97);
          last = variance;
          for (let i = 1; i < quotes.length - 1; i++) {
            const [low, here, high] = [quotes[i - 1]!, quotes[i]!, quotes[i + 1]!];
            const weight =
              (high.product.strike - here.product.strike) / (high.product.strike - low.product.strike);
            // Rounding the volatility to four decimals moves a price by half a basis point of its vega.
            const slack =
              1e-4 *
              Math.sqrt(yearsBetween(day.at, here.product.expiry)) *
              (here.product.settlement === 'inverse' ? 1 : here.forward);
            expect(here.mark!).toBeLessThanOrEqual(weight * low.mark! + (1 - weight) * high.mark! + slack);
          }
        }
      }
    }
  });

  it('fall in a crash, with volatility up and skew towards puts', () => {
    const spot = days.map((day) => day.options[0]!.index!);
    expect(spot[3]! / spot[2]!).toBeLessThan(0.9);
    const month = (day: ChainSnapshot) => {
      const quotes = day.options.filter(
        (quote) => quote.product.underlying === 'BTC' && quote.product.id.includes('27MAR26'),
      );
      const atm = quotes.reduce((best, quote) =>
        Math.abs(log(quote.product.strike / quote.forward)) <
        Math.abs(log(best.product.strike / best.forward))
          ? quote
          : best,
      );
      return atm.markVol!;
    };
    expect(month(days[3]!)).toBeGreaterThan(month(days[2]!) + 0.03);
  });

  it('list what a venue lists, and keep a strike until it expires', () => {
    expect(listedExpiries(at)).toHaveLength(12);
    for (let i = 1; i < days.length; i++) {
      const now = new Set(days[i]!.options.map((quote) => quote.product.id));
      for (const { product } of days[i - 1]!.options) {
        if (product.expiry > days[i]!.at) expect(now.has(product.id)).toBe(true);
      }
    }
  });

  it('are as thick as a real chain and miss bids far away', () => {
    const [first] = simulateChain({ seed: 1, at });
    expect(first!.options.length).toBeGreaterThan(900);
    expect(first!.options.length).toBeLessThan(2_500);
    const bidless = first!.options.filter((quote) => quote.bid === undefined).length / first!.options.length;
    expect(bidless).toBeGreaterThan(0.02);
    expect(bidless).toBeLessThan(0.3);
  });
});
