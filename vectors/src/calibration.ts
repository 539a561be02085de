// Real smiles on which naive fits collapse, put through the same door as a chain: strikes and vols become a snapshot of two-sided
// quotes, core fits the market, and the fitted at-the-money vol is what is judged.

import {
  atmVol,
  type ChainSnapshot,
  fitMarket,
  instant,
  isRefusal,
  MS_PER_YEAR,
  type OptionQuote,
  type Refusal,
  refuse,
  sentence,
} from '@plimsoll/core';
import { blackPrice } from '@plimsoll/core/kernel';
import { isRaw, list, num, numberOf } from './fields.ts';
import { type Checked, type Raw, type Suite, same, Unreadable } from './suite.ts';

/** The source's own filters: strikes within this share of the forward. */
const MONEYNESS = [0.05, 0.1, 0.15, 0.2];
/** The vols come without a width; a tenth of a vol point is what a liquid index quotes. */
const HALF_WIDTH = 0.001;
const REFUSED = 'refused: ';

interface Smile {
  readonly forward: number;
  readonly years: number;
  readonly quotes: readonly (readonly [strike: number, vol: number])[];
}

function smileOf(row: Raw): Smile {
  const quotes = list(row, 'quotes').map((pair) => {
    const [strike, vol] = Array.isArray(pair) ? pair.map(numberOf) : [];
    if (strike === undefined || vol === undefined || !(strike > 0 && vol > HALF_WIDTH)) {
      throw new Unreadable(`quote ${JSON.stringify(pair)} is no pair of strike and vol above 0`);
    }
    return [strike, vol] as const;
  });
  const smile = { forward: num(row, 'forward'), years: num(row, 'expiryYears'), quotes };
  if (!(smile.forward > 0 && smile.years > 0)) {
    throw new Unreadable('fields "forward" and "expiryYears" must be above 0');
  }
  return smile;
}

function snapshotOf({ forward, years, quotes }: Smile): ChainSnapshot {
  const expiry = instant(Math.round(years * MS_PER_YEAR));
  const root = Math.sqrt(expiry / MS_PER_YEAR);
  const options = quotes.map(([strike, vol], i): OptionQuote => {
    const right = strike < forward ? 'put' : 'call';
    const id = `SPX-${strike}-${right}`;
    const contract = { underlying: 'SPX', settlement: 'linear', settleAsset: 'USD' } as const;
    return {
      product: { kind: 'option', id, ...contract, expiry, strike, right },
      row: i + 1,
      bid: blackPrice(right, forward, strike, (vol - HALF_WIDTH) * root),
      ask: blackPrice(right, forward, strike, (vol + HALF_WIDTH) * root),
      forward,
      index: forward,
      openInterest: 0,
    };
  });
  return { at: instant(0), source: 'vector', options, futures: [], pegs: new Map([['USD', 1]]) };
}

function fittedAtm(smile: Smile): number | Refusal {
  const market = fitMarket(snapshotOf(smile));
  if (isRefusal(market)) return market;
  const underlying = market.underlyings[0];
  const slice = underlying?.slices[0];
  if (slice !== undefined) return atmVol(slice);
  return underlying?.refused[0]?.refusal ?? refuse('unfit', 'No slice was served.');
}

/** Ratios an accepted fit may have: `tolerance.atmRatio` is `[low, high]`. */
function ratiosOf(suite: Raw): readonly [low: number, high: number] {
  const stated = isRaw(suite['tolerance']) ? suite['tolerance']['atmRatio'] : undefined;
  const [low, high] = Array.isArray(stated) ? stated.map(numberOf) : [];
  return [low ?? 0.5, high ?? 2];
}

const realSpx: Suite = {
  id: 'svi.calibration-real-spx',
  answer(row, suite) {
    const smile = smileOf(row);
    const expected = num(row, 'expectedAtmIv');
    const [low, high] = ratiosOf(suite);
    return MONEYNESS.map((reach): Checked => {
      const name = `ATM vol within ${Math.round(100 * reach)} % of forward`;
      const quotes = smile.quotes.filter(([strike]) => Math.abs(strike / smile.forward - 1) <= reach);
      const got = fittedAtm({ ...smile, quotes });
      if (isRefusal(got)) {
        return { ...same(name, String(expected), REFUSED + sentence(got)), error: 0, ok: true };
      }
      const ratio = got / expected;
      const room = ratio < 1 ? 1 - low : high - 1;
      return {
        name,
        expected,
        got,
        error: Math.abs(ratio - 1),
        tolerance: room,
        ok: ratio >= low && ratio <= high,
      };
    });
  },
  remark(checks) {
    const refused = checks.filter(({ got }) => typeof got === 'string').length;
    const close = checks.filter(({ got, error }) => typeof got === 'number' && error <= 0.05).length;
    return `${checks.length} fits: ${close} with ATM vol within 5 %, ${refused} refused by name`;
  },
};

/** Suites about fitting a smile to quotes. */
export const calibrationSuites: readonly Suite[] = [realSpx];
