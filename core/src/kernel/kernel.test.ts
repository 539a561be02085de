// Rows of the 50-digit oracle (vectors/golden, made by generate.py there), and tables of the defined limits.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  bivariateNormalCdf,
  blackGreeks,
  blackPrice,
  coinGreeks,
  exp,
  expm1,
  impliedVol,
  log,
  log1p,
  normalCdf,
  normalInverse,
  normalPdf,
  pow,
  type Right,
} from './index.ts';

interface Row {
  readonly fn: string;
  readonly args: readonly string[];
  readonly value: string;
}
type Fields = Readonly<Record<string, string>>;

function golden<T>(name: string): readonly T[] {
  const url = new URL(`../../../vectors/golden/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: T[] }).cases;
}

function relative(got: number, want: string): number {
  return Math.abs(got - Number(want)) / Math.abs(Number(want));
}

function worst(rows: readonly Row[], error: (row: Row, args: number[]) => number): number {
  expect(rows.length).toBeGreaterThan(20);
  return Math.max(...rows.map((row) => error(row, row.args.map(Number)))); // NaN wins, so that it fails
}

describe('M-02 M-03 golden numbers', () => {
  const unary = { exp, expm1, log, log1p } as const;
  const elementary = golden<Row>('elementary');
  for (const [fn, bound] of [
    ['exp', 2.3e-16],
    ['expm1', 3e-16],
    ['log', 2.3e-16],
    ['log1p', 3e-16],
  ] as const) {
    it(`${fn} is within about an ulp: ${bound}`, () => {
      const rows = elementary.filter((row) => row.fn === fn);
      expect(worst(rows, (row, [x]) => relative(unary[fn](x!), row.value))).toBeLessThan(bound);
    });
  }

  // An error of 0.5 + e ulp rounds wrongly about 2 e of the time.
  for (const [fn, share] of [
    ['exp', 0.03],
    ['log', 0.1],
    ['pow', 0.04],
  ] as const) {
    it(`${fn} rounds wrongly in fewer than ${share} of the rows`, () => {
      const own = { exp, log, pow }[fn] as (...args: number[]) => number;
      const rows = elementary.filter((row) => row.fn === fn);
      const wrong = rows.filter((row) => own(...row.args.map(Number)) !== Number(row.value));
      expect(wrong.length / rows.length).toBeLessThan(share);
    });
  }

  it('pow is within 2 ulp over 1e-300 to 1e300', () => {
    const rows = elementary.filter((row) => row.fn === 'pow');
    expect(worst(rows, (row, [x, y]) => relative(pow(x!, y!), row.value))).toBeLessThan(2.3e-16);
  });

  const normal = golden<Row>('normal');
  it('the normal law keeps relative accuracy in both tails', () => {
    const cdf = normal.filter((row) => row.fn === 'cdf');
    const pdf = normal.filter((row) => row.fn === 'pdf');
    expect(worst(cdf, (row, [x]) => relative(normalCdf(x!), row.value))).toBeLessThan(1e-15);
    expect(worst(pdf, (row, [x]) => relative(normalPdf(x!), row.value))).toBeLessThan(5e-16);
  });

  it('the inverse is within about 2 ulp, the joint law within 1e-15', () => {
    const inverse = normal.filter((row) => row.fn === 'inverse');
    const joint = normal.filter((row) => row.fn === 'bivariate');
    expect(worst(inverse, (row, [p]) => relative(normalInverse(p!), row.value))).toBeLessThan(5e-16);
    const miss = (row: Row, args: number[]) =>
      Math.abs(bivariateNormalCdf(args[0]!, args[1]!, args[2]!) - Number(row.value));
    expect(worst(joint, miss)).toBeLessThan(1e-15);
  });

  it('Black-76 is within 1e-12 relative down to 1e-300 of forward, its greeks within 1e-10', () => {
    const rows = golden<Fields>('black76').filter((row) => row['stdev'] === undefined);
    expect(rows.length).toBeGreaterThan(120);
    for (const row of rows) {
      const at = [
        row['right'] as Right,
        Number(row['F']),
        Number(row['K']),
        Number(row['vol']),
        Number(row['years']),
      ] as const;
      const money = blackGreeks(...at);
      const coin = coinGreeks(...at);
      expect(relative(money.value, row['value']!), `value ${at}`).toBeLessThan(1e-12);
      for (const greek of ['delta', 'gamma', 'vega', 'theta', 'vanna', 'volga'] as const) {
        expect(Math.abs(money[greek] - Number(row[greek])), `${greek} ${at}`).toBeLessThanOrEqual(
          1e-10 * Math.abs(Number(row[greek])) + 1e-300,
        );
      }
      expect(relative(coin.netDelta, row['coinNetDelta']!), `net delta ${at}`).toBeLessThan(1e-10);
      expect(relative(coin.gamma, row['coinGamma']!), `coin gamma ${at}`).toBeLessThan(1e-10);
      expect(relative(coin.vanna, row['coinVanna']!), `coin vanna ${at}`).toBeLessThan(1e-10);
      expect(coin.value).toBe(money.value / at[1]);
    }
  });

  it('a price from a stdev is as near as its size allows: nothing but the pricer is to blame', () => {
    const rows = golden<Fields>('black76').filter((row) => row['stdev'] !== undefined);
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const [F, K, s, value] = [row['F'], row['K'], row['stdev'], row['value']].map(Number);
      // The exponent x^2/(2 s^2) = -ln(value/F) carries the two roundings of x.
      const bound = value! > 1e-10 * F! ? 5e-15 : value! > 1e-100 * F! ? 6e-14 : 1.1e-13;
      expect(
        relative(blackPrice(row['right'] as Right, F!, K!, s!), row['value']!),
        JSON.stringify(row),
      ).toBeLessThan(bound);
    }
  });

  it('implied vol finds the vol of exactly that double', () => {
    const rows = golden<Fields>('implied');
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const [F, K, years, quoted] = [row['F'], row['K'], row['years'], row['price']].map(Number);
      const vol = impliedVol(row['right'] as Right, F!, K!, years!, quoted!);
      expect(typeof vol, JSON.stringify([row, vol])).toBe('number');
      expect(relative(vol as number, row['vol']!), JSON.stringify(row)).toBeLessThan(1e-13);
    }
  });
});

describe('published check values', () => {
  it('quant notes 3.1: F 60000, K 66000, 30 days, 60 %', () => {
    const call = blackGreeks('call', 60000, 66000, 0.6, 30 / 365);
    const put = blackGreeks('put', 60000, 66000, 0.6, 30 / 365);
    expect(call.value).toBeCloseTo(1962.156303, 6);
    expect(put.value).toBeCloseTo(7962.156303, 6);
    expect(call.delta).toBeCloseTo(0.3198657, 7);
    expect(put.delta).toBeCloseTo(-0.6801343, 7);
    expect(call.gamma).toBeCloseTo(3.464318e-5, 11);
    expect(call.vega).toBeCloseTo(6150.3514, 4);
    expect(call.theta / 365).toBeCloseTo(-61.5035, 4);
    expect(call.vanna).toBeCloseTo(0.3814376, 6);
    expect(call.volga).toBeCloseTo(3071.171, 4);
    expect(coinGreeks('call', 60000, 66000, 0.6, 30 / 365).value).toBeCloseTo(0.0327026, 7);
    expect(coinGreeks('call', 60000, 66000, 0.6, 30 / 365).netDelta).toBeCloseTo(0.2871631, 7);
    expect(coinGreeks('put', 60000, 66000, 0.6, 30 / 365).netDelta).toBeCloseTo(-0.8128369, 7);
  });
});

describe('defined limits', () => {
  it('pow has the exceptional values of IEEE 754', () => {
    const inf = Number.POSITIVE_INFINITY;
    for (const x of [0, -0, 1, -1, 2, -2, 0.5, -0.5, inf, -inf, 3, -3]) {
      for (const y of [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, inf, -inf, 1e300, -1e300, 2 ** 53]) {
        const want = Math.abs(x) === 1 && !Number.isFinite(y) ? 1 : x ** y;
        const near =
          Number.isFinite(want) && want !== 0
            ? Math.abs(pow(x, y) - want) <= 4e-16 * Math.abs(want)
            : Object.is(pow(x, y), want);
        expect(
          near || (Number.isNaN(want) && Number.isNaN(pow(x, y))),
          `${x} ^ ${y} = ${pow(x, y)}, not ${want}`,
        ).toBe(true);
      }
    }
    expect([pow(Number.NaN, 0), pow(1, Number.NaN), pow(2, Number.NaN)]).toEqual([1, 1, Number.NaN]);
  });

  it('the elementary functions end where doubles end', () => {
    // Every exponent past the last finite result overflows: the binade after it too.
    for (let x = 709.79; x < 712; x += 0.01) expect(exp(x)).toBe(Number.POSITIVE_INFINITY);
    expect(pow(2, 1024.5)).toBe(Number.POSITIVE_INFINITY);
    expect([exp(709.8), exp(-745.2), exp(-745), exp(0), exp(Number.NaN)]).toEqual([
      Number.POSITIVE_INFINITY,
      0,
      5e-324,
      1,
      Number.NaN,
    ]);
    expect([log(0), log(-1), log(1), log(Number.POSITIVE_INFINITY)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      0,
      Number.POSITIVE_INFINITY,
    ]);
    expect([log1p(-1), log1p(0), expm1(0), expm1(-800), expm1(800)]).toEqual([
      Number.NEGATIVE_INFINITY,
      0,
      0,
      -1,
      Number.POSITIVE_INFINITY,
    ]);
    expect(log(5e-324)).toBeCloseTo(-744.4400719213812, 12);
    expect([normalInverse(0), normalInverse(1), normalInverse(0.5), normalCdf(0)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      0,
      0.5,
    ]);
    expect([normalCdf(-50), normalCdf(50), normalPdf(50)]).toEqual([0, 1, 0]);
  });

  const inf = Number.POSITIVE_INFINITY;
  for (const [F, K, s, call, put] of [
    [100, 0, 0.5, 100, 0],
    [0, 100, 0.5, 0, 100],
    [0, 0, 0.5, 0, 0],
    [100, 90, 0, 10, 0],
    [90, 100, 0, 0, 10],
    [100, 100, 0, 0, 0],
    [100, 70, inf, 100, 70],
    [100, 70, 100, 100, 70],
    [1e-18, 3.4e38, 1, 0, 3.4e38],
    [1e300, 1e-300, 1, 1e300, 0],
  ] as const) {
    it(`F ${F} K ${K} stdev ${s} is call ${call}, put ${put}`, () => {
      expect([blackPrice('call', F, K, s), blackPrice('put', F, K, s)]).toEqual([call, put]);
    });
  }

  it('greeks of the limits are numbers, and the delta is the slope', () => {
    for (const [F, K, vol, years, delta] of [
      [100, 90, 0, 1, 1],
      [90, 100, 0.5, 0, 0],
      [100, 100, 0, 0, 0.5],
      [100, 0, 0.5, 1, 1],
      [0, 100, 0.5, 1, 0],
      [100, 100, 1e9, 1, 1],
    ] as const) {
      const greeks = blackGreeks('call', F, K, vol, years);
      expect(greeks.delta).toBe(delta);
      for (const [name, value] of Object.entries(greeks)) expect(Number.isFinite(value), name).toBe(true);
    }
  });

  it('a bug of the caller crashes', () => {
    expect(() => blackPrice('call', Number.NaN, 1, 1)).toThrow(RangeError);
    expect(() => blackPrice('put', 1, -1, 1)).toThrow(RangeError);
    expect(() => coinGreeks('put', 0, 1, 1, 1)).toThrow(RangeError);
    expect(() => bivariateNormalCdf(0, 0, 1.1)).toThrow(RangeError);
  });

  for (const [right, F, K, years, quoted, why] of [
    ['call', 100, 90, 1, 9.9, 'below-intrinsic'],
    ['call', 100, 110, 1, -0.1, 'below-intrinsic'],
    ['put', 100, 120, 1, 19.999, 'below-intrinsic'],
    ['call', 100, 90, 1, 10, 'not-recoverable'],
    ['call', 100, 110, 1, 0, 'not-recoverable'],
    ['call', 60000, 30000, 1 / 365, 30000.000000000004, 'not-recoverable'],
    ['call', 100, 90, 1, 100 - 1e-13, 'not-recoverable'],
    ['call', 100, 90, 1, 100, 'above-forward'],
    ['put', 100, 90, 1, 90, 'above-forward'],
    ['call', 100, 90, 0, 11, 'zero-time'],
    ['call', 100, 90, 1, Number.NaN, 'bad-input'],
    ['call', -1, 90, 1, 1, 'bad-input'],
    ['call', 100, 90, inf, 20, 'bad-input'],
    ['put', 0, 90, 1, 89, 'below-intrinsic'],
  ] as const) {
    it(`no volatility: ${right} F ${F} K ${K} T ${years} at ${quoted} is ${why}`, () => {
      expect(impliedVol(right, F, K, years, quoted)).toMatchObject({ kind: 'no-volatility', why });
    });
  }
});
