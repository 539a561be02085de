// Numbers of other people's engines and of a second oracle. They are not part of this repository: the folder ../shared/vectors lies
// beside it, or the suites are skipped and say so.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  bivariateNormalCdf,
  blackGreeks,
  blackPrice,
  exp,
  impliedVol,
  normalCdf,
  normalInverse,
  normalPdf,
  type Right,
} from './index.ts';

type Case = Readonly<Record<string, unknown>>;

const folder = new URL('../../../../shared/vectors/', import.meta.url);
const there = existsSync(new URL('field.json', folder)) && existsSync(new URL('derive.json', folder));
if (!there)
  console.log('skipped: kernel against field and Derive vectors, no ../shared/vectors beside the repository');

function read(name: string): Case {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case;
}

function field(id: string): readonly Case[] {
  const suite = (read('field.json')['suites'] as readonly Case[]).find((one) => one['id'] === id);
  const cases = (suite?.['cases'] ?? []) as readonly Case[];
  expect(cases.length, id).toBeGreaterThan(2);
  return cases;
}

// Numbers come as numbers, decimal strings or fractions such as 90/365.
function num(given: unknown): number {
  const [over, under] = String(given).split('/');
  return under === undefined ? Number(over) : Number(over) / Number(under);
}

function close(got: number, want: unknown, tolerance: number, at: Case): void {
  expect(Math.abs(got - num(want)), JSON.stringify({ got, want, at })).toBeLessThanOrEqual(tolerance);
}

describe.skipIf(!there)('num.*', () => {
  it('normal-cdf-pdf, relative', () => {
    for (const row of field('num.normal-cdf-pdf')) {
      const x = num(row['x']);
      close(normalCdf(x), row['cdf'], 1e-13 * num(row['cdf']), row);
      close(normalPdf(x), row['pdf'], 1e-13 * num(row['pdf']), row);
    }
  });

  it('normal-inverse-cdf, where the double nearest to p may itself be half an ulp away', () => {
    for (const row of field('num.normal-inverse-cdf')) {
      const p = num(row['p']);
      const x = normalInverse(p);
      close(x, row['x'], 1e-12 + (p * 2 ** -53) / normalPdf(x), row);
    }
  });

  it('bivariate-normal-cdf', () => {
    for (const row of field('num.bivariate-normal-cdf')) {
      close(bivariateNormalCdf(num(row['a']), num(row['b']), num(row['rho'])), row['cdf'], 1e-6, row);
    }
  });
});

describe.skipIf(!there)('bsm.* through the forward', () => {
  const forwardOf = (spot: unknown, r: unknown, q: unknown, t: unknown) =>
    num(spot) * exp((num(r) - num(q)) * num(t));

  it('haug-values', () => {
    for (const row of field('bsm.haug-values')) {
      const forward = forwardOf(row['spot'], row['r'], row['q'], row['t']);
      const stdev = num(row['vol']) * Math.sqrt(num(row['t']));
      const value =
        exp(-num(row['r']) * num(row['t'])) *
        blackPrice(row['type'] as Right, forward, num(row['strike']), stdev);
      close(value, row['value'], 1e-4, row);
      close(value, row['valueExact'], 1e-12 * Math.max(num(row['valueExact']), 1), row);
    }
  });

  it('haug-greeks: delta, gamma, vega', () => {
    for (const row of field('bsm.haug-greeks')) {
      const t = num(row['t']);
      const forward = forwardOf(row['spot'], row['r'], row['q'], t);
      const greeks = blackGreeks(row['type'] as Right, forward, num(row['strike']), num(row['vol']), t);
      const carry = forward / num(row['spot']);
      const discount = exp(-num(row['r']) * t);
      const own = {
        delta: discount * carry * greeks.delta,
        gamma: discount * carry * carry * greeks.gamma,
        vega: discount * greeks.vega,
      };
      const name = row['greek'] as string;
      if (name in own)
        close(own[name as keyof typeof own], row['exact'], 1e-10 * Math.abs(num(row['exact'])), row);
    }
  });

  it('vollib-table', () => {
    for (const row of field('bsm.vollib-table')) {
      const t = num(row['t']);
      const discount = exp(-num(row['r']) * t);
      const forward = num(row['S']) / discount;
      const call = blackGreeks('call', forward, num(row['K']), num(row['vol']), t);
      const put = blackGreeks('put', forward, num(row['K']), num(row['vol']), t);
      const near = (got: number, name: string) =>
        close(got, row[name], 2e-6 * Math.max(1, Math.abs(num(row[name]))), row);
      near(discount * call.value, 'call');
      near(discount * put.value, 'put');
      near(call.delta, 'callDelta');
      near(put.delta, 'putDelta');
      near(call.gamma / discount, 'gamma');
      near(discount * call.vega, 'vega');
      // At constant spot the forward falls with the rate and the discount rises: theta = df theta_F + r (V - S delta).
      near(
        discount * call.theta + num(row['r']) * (discount * call.value - num(row['S']) * call.delta),
        'callTheta',
      );
    }
  });
});

describe.skipIf(!there)('black76.*', () => {
  it('reference-grid: value within 1e-12 relative, greeks within 1e-10', () => {
    const names = {
      forwardDelta: 'delta',
      forwardGamma: 'gamma',
      vega: 'vega',
      vanna: 'vanna',
      volga: 'volga',
    } as const;
    for (const row of field('black76.reference-grid')) {
      const forward = num(row['F']);
      const greeks = blackGreeks(
        row['type'] as Right,
        forward,
        num(row['K']),
        num(row['vol']),
        num(row['t']),
      );
      const df = num(row['df']);
      close(df * greeks.value, row['value'], 1e-12 * num(row['value']) + 1e-300 * forward, row);
      for (const [theirs, ours] of Object.entries(names)) {
        close(df * greeks[ours], row[theirs], 1e-10 * Math.abs(num(row[theirs])) + 1e-290, row);
      }
    }
  });

  it('lyra-utils and the Derive contract cases', () => {
    const tolerance = (F: number, K: number) => 1e-12 * Math.max(1, F < 1 ? 0 : 1, K > 1e6 ? K : 1);
    for (const row of field('black76.lyra-utils')) {
      const [F, K, df] = [num(row['F']), num(row['K']), num(row['df'])] as const;
      const stdev = num(row['vol']) * Math.sqrt(num(row['days']) / 365);
      close(df * blackPrice('call', F, K, stdev), row['call'], tolerance(F, K), row);
      close(df * blackPrice('put', F, K, stdev), row['put'], tolerance(F, K), row);
    }
    const derive = (read('derive.json')['cases'] as readonly Case[]).filter(
      (row) => row['engine'] === 'BLACK76',
    );
    expect(derive.length).toBeGreaterThan(3);
    for (const row of derive) {
      const [input, want] = [row['input'] as Case, row['asserted'] as Case];
      const [F, K, df] = [num(input['forward']), num(input['strike']), num(input['discount'])] as const;
      const years = num(input['secToExpiry']) / (365 * 86_400);
      const call = blackGreeks('call', F, K, num(input['vol']), years);
      close(df * call.value, want['call'], tolerance(F, K), row);
      close(
        df * blackPrice('put', F, K, num(input['vol']) * Math.sqrt(years)),
        want['put'],
        tolerance(F, K),
        row,
      );
      close(call.delta, want['callDeltaUndiscounted'], 1e-12, row);
    }
  });
});

describe.skipIf(!there)('iv.*', () => {
  it('roundtrip', () => {
    for (const row of field('iv.roundtrip')) {
      const vol = impliedVol(
        row['type'] as Right,
        num(row['F']),
        num(row['K']),
        num(row['t']),
        num(row['price']) / num(row['df']),
      );
      if (typeof vol === 'number') close(vol, row['iv'], 1e-8, row);
      else expect(vol.why, JSON.stringify(row)).toBe('not-recoverable');
    }
  });

  it('user-reported-failures: a typed reason, or the true vol, never a fake one', () => {
    for (const row of field('iv.user-reported-failures')) {
      if (row['S'] === undefined) continue; // a rule in words; the rows above and below obey it
      const discount = exp(-num(row['r']) * num(row['t']));
      const vol = impliedVol(
        row['type'] as Right,
        num(row['S']) / discount,
        num(row['K']),
        num(row['t']),
        num(row['price']) / discount,
      );
      if (typeof vol === 'number') close(vol, row['trueVol'], 1e-6, row);
      else expect(String(row['expect'])).toContain(vol.why);
    }
  });
});
