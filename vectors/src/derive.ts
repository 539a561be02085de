// The parts of Derive's mathematics this project can answer: prices, smiles, years and elementary functions. Their numbers are
// integers of 1e-18; ours are doubles, so "exact" reads as one part in 1e15 or 1e-15, whichever is more.

import { type Refusal, refuse } from '@plimsoll/core';
import { exp, log, normalCdf, normalPdf, pow } from '@plimsoll/core/kernel';
import { derivePrices } from './black.ts';
import { asserted, refused } from './derive-facts.ts';
import { deriveMoneyness, deriveVol } from './derive-svi.ts';
import { has, num, part, skip, word } from './fields.ts';
import { inputBlur, type Suite } from './suite.ts';
import { sviOf } from './svi.ts';

const SECONDS_PER_YEAR = 365 * 86_400;
/** The largest int256 as a count of 1e-18: what does not fit there is an error there. */
const WAD_MAX = 2 ** 255 / 1e18;

const black76: Suite = {
  id: 'derive.BLACK76',
  answer(row) {
    const facts = part(row, 'asserted');
    const input = part(row, 'input');
    const years = num(input, 'secToExpiry') / SECONDS_PER_YEAR;
    const discount = num(input, 'discount');
    const [vol, forward, strike] = [num(input, 'vol'), num(input, 'forward'), num(input, 'strike')];
    const got = derivePrices(vol, years, forward, strike, discount);
    if (has(facts, 'error')) return [refused(facts, got.call)];
    const columns = { call: got.call, put: got.put, callDeltaUndiscounted: got.delta };
    return Object.entries(columns)
      .filter(([name]) => has(facts, name))
      .map(([name, value]) => asserted(facts, name, value));
  },
};

const svi: Suite = {
  id: 'derive.SVI',
  answer(row) {
    const facts = part(row, 'asserted');
    const input = part(row, 'input');
    const slice = part(input, 'svi');
    const [strike, forward, tau] = [num(input, 'strike'), num(slice, 'forward'), num(slice, 'tau')];
    const vol = deriveVol(sviOf(slice), strike, forward, tau);
    if (has(facts, 'error')) return [refused(facts, vol)];
    const checks = has(facts, 'vol') ? [asserted(facts, 'vol', vol)] : [];
    if (has(facts, 'k')) checks.push(asserted(facts, 'k', deriveMoneyness(sviOf(slice), strike, forward)));
    return checks;
  },
};

const annualise: Suite = {
  id: 'derive.ANNUALISE',
  answer(row) {
    const seconds = num(part(row, 'input'), 'sec');
    return [asserted(part(row, 'asserted'), 'years', seconds / SECONDS_PER_YEAR)];
  },
};

/** Core's function under the name Derive gives it. */
const FUNCTIONS: Readonly<Record<string, (x: number, e: number) => number>> = {
  exp: (x) => exp(x),
  ln: (x) => log(x),
  sqrt: (x) => Math.sqrt(x),
  pow: (x, e) => pow(x, e),
  stdNormalCDF: (x) => normalCdf(x),
  stdNormalPDF: (x) => normalPdf(x),
};

function fitting(name: string, value: number): number | Refusal {
  return Math.abs(value) < WAD_MAX
    ? value
    : refuse('out-of-range', `${name} gives ${value}, which no integer of 1e-18 holds.`);
}

/** What rounding the input to a double may move the answer by, measured as the answer's change over that distance. */
function blurOf(x: number, e: number, compute: (x: number, e: number) => number): number {
  const here = compute(x, e);
  return Math.abs(compute(x + inputBlur(x), e) - here) + Math.abs(compute(x, e + inputBlur(e)) - here);
}

const math: Suite = {
  id: 'derive.MATH',
  answer(row) {
    const facts = part(row, 'asserted');
    const input = part(row, 'input');
    const name = word(input, 'fn');
    const compute = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (compute === undefined) return skip(`function "${name}" is not known`);
    const [x, e] = [num(input, 'x'), name === 'pow' ? num(input, 'e') : 0];
    const value = fitting(name, compute(x, e));
    if (has(facts, 'error')) return [refused(facts, value)];
    return [asserted(facts, 'y', value, blurOf(x, e, compute))];
  },
};

/** Engines of Derive that are answered; ids are `derive.ENGINE`. */
export const deriveSuites: readonly Suite[] = [black76, svi, annualise, math];
