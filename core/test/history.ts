// A history that tests can make: hourly spots of two coins that move together, a vol that rises when they fall, a crash in the middle.

import { alignHistory, type FactorHistory, type FactorLevels, isRefusal, seededPrng } from '../src/index.ts';
import { exp, normalInverse } from '../src/kernel/index.ts';
import { AT } from './sample.ts';

const HOUR = 3_600_000;

/** Hourly levels that end at the sample market's own time. */
export function sampleHistory(hours = 6_000, seed = 7): FactorHistory {
  const random = seededPrng(seed);
  const draw = () => normalInverse(Math.min(1 - 1e-9, Math.max(1e-9, random.next())));
  const times = Float64Array.from({ length: hours }, (_, i) => AT - (hours - 1 - i) * HOUR);
  const [btc, eth, vol] = [new Float64Array(hours), new Float64Array(hours), new Float64Array(hours)];
  let [b, e, v] = [0, 0, 0];
  for (let i = 0; i < hours; i++) {
    const isCrash = i === Math.floor(hours / 2);
    const common = draw();
    const step = 0.006 * common - (isCrash ? 0.12 : 0);
    b += step;
    e += 0.9 * step + 0.004 * draw();
    v = 0.98 * v - 1.5 * step + 0.005 * draw();
    btc[i] = 65_000 * exp(b);
    eth[i] = 1_900 * exp(e);
    vol[i] = 0.55 * exp(v);
  }
  const factor = (kind: FactorLevels['kind'], of: string, levels: Float64Array): FactorLevels => {
    return { kind, of, times, levels, source: 'sample' };
  };
  const history = alignHistory([
    factor('spot', 'BTC', btc),
    factor('spot', 'ETH', eth),
    factor('vol', 'BTC', vol),
  ]);
  if (isRefusal(history)) throw new Error(history.message);
  return history;
}

/** A model's own parameters; of one that looks back with few windows, so that books and files of it are small. */
export function fewWindows<P extends object>(defaults: P): P {
  if (!('history' in defaults)) return defaults;
  const history = {
    ...(defaults.history as object),
    coverage: { maintenance: 0.7, initial: 0.7 },
    windows: { maintenance: 12, initial: 8 },
    strideHours: { maintenance: 200, initial: 300 },
    dates: { maintenance: 2, initial: 2 },
  };
  return { ...defaults, history };
}
