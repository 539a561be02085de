// SVI and eSSVI: volatilities under Derive's convention, butterfly arbitrage on Vogt's famous slice, and two published examples.

import {
  butterflyMin,
  durrleman,
  essviRaw,
  isRefusal,
  jumpWingsOf,
  oneTerm,
  type RawSvi,
  type Refusal,
  rawOf,
  repairedByWings,
  sentence,
  sviRefusal,
  sviVariance,
  years,
} from '@plimsoll/core';
import { log, pow } from '@plimsoll/core/kernel';
import { deriveMoneyness, deriveVol } from './derive-svi.ts';
import { has, isRaw, list, num, numOr, part, skip, tolerance } from './fields.ts';
import { type Checked, holds, near, type Raw, type Suite, same, Unreadable, within } from './suite.ts';

/** The five numbers of raw SVI as a case states them. @example sviOf({ a: 0.1, b: '0.1', rho: 0, m: 0, sigma: 0.1 }).b // 0.1 */
export function sviOf(row: Raw): RawSvi {
  return {
    a: num(row, 'a'),
    b: num(row, 'b'),
    rho: num(row, 'rho'),
    m: num(row, 'm'),
    sigma: num(row, 'sigma'),
  };
}

/**
 * Compares a number that could have been refused; a refusal where a number was expected is wrong.
 * @example answered('vol', 0.5, deriveVol(svi, 100, 100, 1), 1e-12).ok
 */
export function answered(name: string, expected: number, got: number | Refusal, allowed: number): Checked {
  return isRefusal(got)
    ? same(name, String(expected), `refused: ${sentence(got)}`)
    : within(name, expected, got, allowed);
}

function deriveSuite(id: string, otherwise: number): Suite {
  return {
    id,
    answer(row, suite) {
      const svi = sviOf(row);
      const [strike, forward] = [num(row, 'K'), num(row, 'F')];
      const allowed = tolerance(suite, 'absolute', otherwise);
      const checks = [
        answered('vol', num(row, 'vol'), deriveVol(svi, strike, forward, num(row, 'tau')), allowed),
      ];
      const k = deriveMoneyness(svi, strike, forward);
      if (has(row, 'kUsed')) checks.push(answered('k', num(row, 'kUsed'), k, allowed));
      if (typeof row['kClamped'] === 'boolean') {
        checks.push(holds('k clamped', row['kClamped'], k !== log(strike / forward), ''));
      }
      return checks;
    },
  };
}

/** Gatheral & Jacquier, arXiv 1204.0646, example 3.1: the slice the other Vogt cases are made from when their file leaves it out. */
const VOGT: Raw = { id: 'vogt-raw', t: 1, a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };

function vogtOf(suite: Raw): { readonly svi: RawSvi; readonly t: ReturnType<typeof years> } {
  const rows = Array.isArray(suite['cases']) ? suite['cases'] : [];
  const row = rows.find((candidate) => isRaw(candidate) && candidate['id'] === 'vogt-raw') ?? VOGT;
  return { svi: sviOf(row), t: years(numOr(row, 't', 1)) };
}

/** Smallest g on the cases' own grid, k in [-1.5, 1.5] in steps of 0.001. */
function gridMin(svi: RawSvi): number {
  const smile = oneTerm(svi);
  let least = Number.POSITIVE_INFINITY;
  for (let i = -1500; i <= 1500; i++) least = Math.min(least, durrleman(smile, i / 1000));
  return least;
}

function butterflies(svi: RawSvi, expect: Raw, fine: number, loose: number): Checked[] {
  const smile = oneTerm(svi);
  const worst = butterflyMin(smile);
  const checks: Checked[] = [];
  if (typeof expect['butterflyFree'] === 'boolean') {
    checks.push(holds('butterfly free', expect['butterflyFree'], worst.value >= 0, `g = ${worst.value}`));
  }
  if (has(expect, 'gMin')) checks.push(within('gMin', num(expect, 'gMin'), worst.value, fine));
  if (has(expect, 'kAtMin')) checks.push(within('kAtMin', num(expect, 'kAtMin'), worst.k, loose));
  if (has(expect, 'gMinOnGrid')) {
    checks.push(within('gMinOnGrid', num(expect, 'gMinOnGrid'), gridMin(svi), fine));
  }
  for (const edge of has(expect, 'gNegativeOnK') ? list(expect, 'gNegativeOnK') : []) {
    const k = num({ k: edge }, 'k');
    checks.push(within(`g at its root ${k}`, 0, durrleman(smile, k), fine));
  }
  for (const sample of has(expect, 'samples') ? list(expect, 'samples') : []) {
    if (!isRaw(sample)) throw new Unreadable('field "samples" holds something that is no object');
    const k = num(sample, 'k');
    checks.push(within(`w(${k})`, num(sample, 'w'), sviVariance(svi, k), fine));
    checks.push(within(`g(${k})`, num(sample, 'g'), durrleman(smile, k), fine));
  }
  return checks;
}

/** Numbers both lists name, compared: our 50-digit values finely, the paper's printed ones loosely. */
function named(
  expect: Raw,
  got: Readonly<Record<string, number>>,
  allowed: number,
  prefix: string,
): Checked[] {
  const checks: Checked[] = [];
  for (const [name, value] of Object.entries(got)) {
    if (has(expect, name)) checks.push(within(`${prefix}${name}`, num(expect, name), value, allowed));
  }
  return checks;
}

function paperOf(row: Raw): Raw {
  return has(row, 'paper') ? part(row, 'paper') : {};
}

const vogt: Suite = {
  id: 'svi.vogt-arbitrage',
  answer(row, suite) {
    const fine = tolerance(suite, 'gMin', 1e-8);
    const loose = tolerance(suite, 'paperValues', 1e-6);
    const expect = part(row, 'expect');
    const { svi, t } = vogtOf(suite);
    const wings = jumpWingsOf(svi, t);
    switch (row['id']) {
      case 'vogt-jw': {
        const got = { ...wings, vt: wings.vTilde };
        return [...named(expect, got, fine, ''), ...named(paperOf(row), got, loose, 'paper ')];
      }
      case 'repair-to-ssvi': {
        const repaired = repairedByWings(svi, t);
        if (isRefusal(repaired)) return [same('repair', 'a slice', `refused: ${sentence(repaired)}`)];
        const got = jumpWingsOf(repaired, t);
        const words = { c: got.c, vTilde: got.vTilde };
        const raw = has(expect, 'raw') ? named(part(expect, 'raw'), { ...repaired }, fine, 'raw ') : [];
        return [
          ...named(expect, words, fine, ''),
          ...named(paperOf(row), { ...words, vt: got.vTilde }, loose, 'paper '),
          ...raw,
          ...butterflies(repaired, expect, fine, loose),
        ];
      }
      case 'repair-closest': {
        const closest = rawOf({ ...wings, c: num(row, 'c'), vTilde: num(row, 'vTilde') }, t);
        if (isRefusal(closest)) return [same('repair', 'a slice', `refused: ${sentence(closest)}`)];
        return butterflies(closest, expect, fine, loose);
      }
      default:
        if (!has(row, 'a')) return skip(`case "${String(row['id'])}" states no SVI parameters`);
        return butterflies(sviOf(row), expect, fine, loose);
    }
  },
};

const quantlib: Suite = {
  id: 'svi.quantlib-invariant',
  answer(row, suite) {
    const svi = sviOf(row);
    const k = log(num(row, 'strike') / num(row, 'F'));
    const refusal = sviRefusal(svi);
    const variance = sviVariance(svi, k);
    return [
      near('totalVariance', num(row, 'totalVariance'), variance, tolerance(suite, 'relative', 1e-12), 0),
      holds('parameters valid', true, refusal === undefined, refusal === undefined ? '' : sentence(refusal)),
    ];
  },
};

const hendriksMartini: Suite = {
  id: 'essvi.hendriks-martini',
  answer(row, suite) {
    const theta = num(row, 'theta');
    const psi = theta * num(row, 'eta') * pow(theta, -num(row, 'gamma'));
    const slice = essviRaw({ theta, rho: num(row, 'rho'), psi });
    const got = sviVariance(slice, num(row, 'k'));
    return [within('w', num(row, 'w'), got, tolerance(suite, 'absolute', 1e-13))];
  },
};

/** Suites about smiles given by their parameters. */
export const sviSuites: readonly Suite[] = [
  deriveSuite('svi.lyra-utils-vols', 1e-14),
  deriveSuite('svi.lyra-utils-caps', 1e-6),
  deriveSuite('svi.derive-market-slices', 1e-12),
  vogt,
  quantlib,
  hendriksMartini,
];
