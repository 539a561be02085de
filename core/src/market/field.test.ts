// Numbers of other people's engines. They are not part of this repository: the folder ../shared/vectors lies beside it, or the
// suites are skipped and say so.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instant, isRefusal, MS_PER_YEAR, type Years, years } from '../base/index.ts';
import { log } from '../kernel/index.ts';
import {
  atmVol,
  butterflyMin,
  type ChainSnapshot,
  durrleman,
  essviRaw,
  fitMarket,
  jumpWingsOf,
  type OptionQuote,
  oneTerm,
  type RawSvi,
  rawOf,
  repairedByWings,
  sviVariance,
} from './index.ts';

type Case = Readonly<Record<string, unknown>>;

const file = new URL('../../../../shared/vectors/field.json', import.meta.url);
const there = existsSync(file);
if (!there) console.log('skipped: market against field vectors, no ../shared/vectors beside the repository');

const suites = there ? (JSON.parse(readFileSync(file, 'utf8')) as { suites: readonly Case[] }).suites : [];

function field(id: string): readonly Case[] {
  const cases = (suites.find((one) => one['id'] === id)?.['cases'] ?? []) as readonly Case[];
  expect(cases.length, id).toBeGreaterThan(0);
  return cases;
}

// Numbers come as numbers, decimal strings or fractions such as 11/365.
function num(given: unknown): number {
  const [over, under] = String(given).split('/');
  return under === undefined ? Number(over) : Number(over) / Number(under);
}

const sviOf = (row: Case): RawSvi => ({
  a: num(row['a']),
  b: num(row['b']),
  rho: num(row['rho']),
  m: num(row['m']),
  sigma: num(row['sigma']),
});

/** Vol of a strike under Derive's wing guard, k within 4 sqrt(a + b sigma) of the money; our own smiles have wings instead. */
function guardedVol(row: Case): number {
  const svi = sviOf(row);
  const guard = 4 * Math.sqrt(svi.a + svi.b * svi.sigma);
  const k = Math.min(guard, Math.max(-guard, log(num(row['K']) / num(row['F']))));
  return Math.sqrt(sviVariance(svi, k) / num(row['tau']));
}

function served<T>(value: T): Exclude<T, { kind: 'refused' }> {
  if (isRefusal(value)) throw new Error(value.message);
  return value as Exclude<T, { kind: 'refused' }>;
}

describe.skipIf(!there)('SVI vectors', () => {
  it('svi.lyra-utils-vols: vols under their wing guard', () => {
    for (const row of field('svi.lyra-utils-vols')) {
      expect(Math.abs(guardedVol(row) - num(row['vol']))).toBeLessThan(1e-13);
    }
  });

  it('svi.derive-market-slices: vols of production slices', () => {
    for (const row of field('svi.derive-market-slices')) {
      const vol = num(row['vol']);
      expect(Math.abs(guardedVol(row) - vol)).toBeLessThan(1e-12 * Math.max(1, vol));
    }
  });

  it('svi.quantlib-invariant: at k = m variance is a + b sigma', () => {
    for (const row of field('svi.quantlib-invariant')) {
      const w = sviVariance(sviOf(row), log(num(row['strike']) / num(row['F'])));
      expect(Math.abs(w / num(row['totalVariance']) - 1)).toBeLessThan(1e-12);
    }
  });

  it('essvi.hendriks-martini: the raw map reproduces the slice', () => {
    for (const row of field('essvi.hendriks-martini')) {
      const theta = num(row['theta']);
      // Their phi is eta theta^-gamma; our psi is theta phi.
      const psi = theta * num(row['eta']) * theta ** -num(row['gamma']);
      const w = sviVariance(essviRaw({ theta, rho: num(row['rho']), psi }), num(row['k']));
      expect(Math.abs(w - num(row['w']))).toBeLessThan(1e-13);
    }
  });
});

describe.skipIf(!there)('svi.vogt-arbitrage', () => {
  const one = 1 as Years;
  const named = (id: string) => field('svi.vogt-arbitrage').find((row) => row['id'] === id) as Case;
  const expected = (id: string) => named(id)['expect'] as Case;

  it('finds the lowest g and where it is, and g at every sample', () => {
    const smile = oneTerm(sviOf(named('vogt-raw')));
    const worst = butterflyMin(smile);
    expect(Math.abs(worst.value - num(expected('vogt-raw')['gMin']))).toBeLessThan(1e-12);
    expect(Math.abs(worst.k - num(expected('vogt-raw')['kAtMin']))).toBeLessThan(1e-6);
    for (const { k, g } of expected('vogt-raw')['samples'] as { k: number; g: string }[]) {
      expect(Math.abs(durrleman(smile, k) - num(g))).toBeLessThan(1e-12);
    }
  });

  it('turns into jump wings and into the SSVI that keeps its skew', () => {
    const svi = sviOf(named('vogt-raw'));
    const wings = jumpWingsOf(svi, one);
    const jw = expected('vogt-jw');
    expect(
      [wings.v, wings.psi, wings.p, wings.c, wings.vTilde].map((value) => value.toPrecision(13)),
    ).toEqual(['v', 'psi', 'p', 'c', 'vt'].map((name) => num(jw[name]).toPrecision(13)));
    const repaired = served(repairedByWings(svi, one));
    const raw = sviOf(expected('repair-to-ssvi')['raw'] as Case);
    for (const name of ['a', 'b', 'rho', 'm', 'sigma'] as const) {
      expect(Math.abs(repaired[name] - raw[name])).toBeLessThan(1e-12);
    }
    expect(butterflyMin(oneTerm(repaired)).value).toBeGreaterThan(0.2);
  });

  it('calls the closest repair of the paper free of arbitrage', () => {
    const wings = jumpWingsOf(sviOf(named('vogt-raw')), one);
    const closest = named('repair-closest');
    const raw = served(rawOf({ ...wings, c: num(closest['c']), vTilde: num(closest['vTilde']) }, one));
    const least = num(expected('repair-closest')['gMinOnGrid']);
    expect(Math.abs(butterflyMin(oneTerm(raw)).value - least)).toBeLessThan(1e-4);
  });
});

describe.skipIf(!there)('svi.calibration-real-spx', () => {
  it('fits every smile on which naive fits collapse, ATM within 5 %, at every moneyness filter', () => {
    for (const row of field('svi.calibration-real-spx')) {
      for (const reach of [0.05, 0.1, 0.15, 0.2, 1]) {
        const market = served(fitMarket(snapshotOf(row, reach)));
        const slice = market.underlyings[0]!.slices[0]!;
        expect(Math.abs(atmVol(slice) / num(row['expectedAtmIv']) - 1)).toBeLessThan(0.05);
        expect(slice.quality.butterflyMin).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

/** One expiry of mark vols alone, strikes within `reach` of the forward. */
function snapshotOf(row: Case, reach: number): ChainSnapshot {
  const forward = num(row['forward']);
  const expiry = instant(Math.round(years(num(row['expiryYears'])) * MS_PER_YEAR));
  const quotes = (row['quotes'] as [number, number][]).filter(
    ([strike]) => Math.abs(strike / forward - 1) <= reach,
  );
  const options = quotes.map(([strike, vol], at): OptionQuote => {
    const right = strike >= forward ? 'call' : 'put';
    const named = {
      id: `SPX-${strike}`,
      underlying: 'SPX',
      settlement: 'linear',
      settleAsset: 'USD',
    } as const;
    const product = { kind: 'option', ...named, expiry, strike, right } as const;
    return { product, row: at + 1, forward, markVol: vol, openInterest: 1 };
  });
  return { at: instant(0), source: String(row['id']), options, futures: [], pegs: new Map() };
}
