// Option values and greeks: Haug's book, vollib's table, a 50-digit Black-76 grid, Derive's library.

import { DAYS_PER_YEAR } from '@plimsoll/core';
import { blackGreeks, blackPrice, type Right } from '@plimsoll/core/kernel';
import { type CarryGreeks, carryGreeks } from './carry.ts';
import { has, num, numOr, right, skip, tolerance, word } from './fields.ts';
import { type Checked, near, type Raw, type Suite, within } from './suite.ts';

function carryOf(row: Raw, years: number): CarryGreeks {
  const [spot, strike, vol] = [num(row, 'spot'), num(row, 'strike'), num(row, 'vol')];
  return carryGreeks(right(row), spot, strike, vol, years, num(row, 'r'), num(row, 'q'));
}

const haugValues: Suite = {
  id: 'bsm.haug-values',
  answer(row, suite) {
    const { value } = carryOf(row, num(row, 't'));
    const checks = [within('value', num(row, 'value'), value, tolerance(suite, 'value', 1e-4))];
    if (has(row, 'valueExact')) {
      checks.push(within('valueExact', num(row, 'valueExact'), value, tolerance(suite, 'valueExact', 1e-12)));
    }
    return checks;
  },
};

const HAUG_GREEKS: Readonly<Record<string, (greeks: CarryGreeks) => number>> = {
  delta: (greeks) => greeks.delta,
  elasticity: (greeks) => greeks.elasticity,
  gamma: (greeks) => greeks.gamma,
  vega: (greeks) => greeks.vega,
  theta: (greeks) => greeks.theta,
  'theta per day': (greeks) => greeks.theta / DAYS_PER_YEAR,
  rho: (greeks) => greeks.rho,
  dividendRho: (greeks) => greeks.dividendRho,
};

const haugGreeks: Suite = {
  id: 'bsm.haug-greeks',
  answer(row, suite) {
    const name = word(row, 'greek');
    const greek = Object.hasOwn(HAUG_GREEKS, name) ? HAUG_GREEKS[name] : undefined;
    if (greek === undefined) return skip(`greek "${name}" is not known`);
    // The source counts whole days of a 360-day year; its numbers belong to that time.
    const got = greek(carryOf(row, numOr(row, 'tUsedByQuantLib_act360', num(row, 't'))));
    const absolute = tolerance(suite, 'absolute', 1e-4);
    const checks = [within(name, num(row, 'expected'), got, absolute)];
    if (has(row, 'exact')) checks.push(within(`${name} exact`, num(row, 'exact'), got, absolute));
    return checks;
  },
};

/** The table's columns and what each is; a row need not have them all. */
const VOLLIB_COLUMNS: readonly (readonly [string, Right, keyof CarryGreeks])[] = [
  ['call', 'call', 'value'],
  ['put', 'put', 'value'],
  ['callDelta', 'call', 'delta'],
  ['putDelta', 'put', 'delta'],
  ['gamma', 'call', 'gamma'],
  ['vega', 'call', 'vega'],
  ['callTheta', 'call', 'theta'],
  ['putTheta', 'put', 'theta'],
  ['callRho', 'call', 'rho'],
  ['putRho', 'put', 'rho'],
];

const vollibTable: Suite = {
  id: 'bsm.vollib-table',
  answer(row, suite) {
    const relative = tolerance(suite, 'relativeTo1', 2e-6);
    const [spot, strike, vol] = [num(row, 'S'), num(row, 'K'), num(row, 'vol')];
    const of = (side: Right) => carryGreeks(side, spot, strike, vol, num(row, 't'), num(row, 'r'), 0);
    const greeks = { call: of('call'), put: of('put') };
    const checks: Checked[] = [];
    for (const [column, side, greek] of VOLLIB_COLUMNS) {
      if (!has(row, column)) continue;
      const expected = num(row, column);
      checks.push(within(column, expected, greeks[side][greek], relative * Math.max(1, Math.abs(expected))));
    }
    return checks;
  },
};

/**
 * The grid's own floor, 1e-300 of forward, in each greek's unit: below it the density has left the normal doubles and no digit of
 * a greek is left to compare.
 */
const FLOOR = 1e-300;

const referenceGrid: Suite = {
  id: 'black76.reference-grid',
  answer(row, suite) {
    const [forward, strike, vol, years] = [num(row, 'F'), num(row, 'K'), num(row, 'vol'), num(row, 't')];
    const discount = numOr(row, 'df', 1);
    const greeks = blackGreeks(right(row), forward, strike, vol, years);
    const price = blackPrice(right(row), forward, strike, vol * Math.sqrt(years));
    const loose = tolerance(suite, 'greeksRelative', 1e-10);
    const checks = [
      near(
        'value',
        num(row, 'value'),
        discount * price,
        tolerance(suite, 'valueRelative', 1e-12),
        FLOOR * forward,
      ),
      near(
        'value of greeks',
        num(row, 'value'),
        discount * greeks.value,
        tolerance(suite, 'valueRelative', 1e-12),
        FLOOR * forward,
      ),
    ];
    const columns = [
      ['forwardDelta', greeks.delta, FLOOR],
      ['forwardGamma', greeks.gamma, FLOOR / forward],
      ['vega', greeks.vega, FLOOR * forward],
      ['vanna', greeks.vanna, FLOOR],
      ['volga', greeks.volga, FLOOR * forward],
    ] as const;
    for (const [column, got, floor] of columns) {
      if (has(row, column)) checks.push(near(column, num(row, column), discount * got, loose, floor));
    }
    return checks;
  },
};

/**
 * Call, put and undiscounted call delta of Derive's Black-76, shared with `derive.ts`.
 * @example derivePrices(0.6, 30 / 365, 60000, 66000, 1).call // 1962.156303
 */
export function derivePrices(vol: number, years: number, forward: number, strike: number, discount: number) {
  const call = blackGreeks('call', forward, strike, vol, years);
  const put = blackGreeks('put', forward, strike, vol, years);
  return { call: discount * call.value, put: discount * put.value, delta: call.delta };
}

const lyraUtils: Suite = {
  id: 'black76.lyra-utils',
  answer(row, suite) {
    const absolute = tolerance(suite, 'absolute', 1e-12);
    const years = num(row, 'days') / DAYS_PER_YEAR;
    const got = derivePrices(num(row, 'vol'), years, num(row, 'F'), num(row, 'K'), num(row, 'df'));
    const checks = [
      within('call', num(row, 'call'), got.call, absolute),
      within('put', num(row, 'put'), got.put, absolute),
    ];
    if (has(row, 'undiscountedCallDelta')) {
      checks.push(within('delta', num(row, 'undiscountedCallDelta'), got.delta, absolute));
    }
    return checks;
  },
};

/** Suites about option values and greeks. */
export const blackSuites: readonly Suite[] = [haugValues, haugGreeks, vollibTable, referenceGrid, lyraUtils];
