// Worked cases of Deribit: standard margin by formula, the older portfolio margins, and what an account's two margins are to each other.

import { isRefusal, sentence } from '@plimsoll/core';
import { rampedRate, shortOption } from '@plimsoll/core/static';
import {
  deribitPortfolioHistory,
  futuresOffsetContingency,
  legacyVolShock,
  portfolioMargins,
  shortOptionContingency,
} from '@plimsoll/core/venues';
import { num, part, skip } from './fields.ts';
import { type Suite, Unreadable } from './suite.ts';
import { within } from './venues.ts';

const deribitRamp: Suite = {
  id: 'Deribit: standard margin perpetual, size ramp (2022-01-11 schedule)',
  answer(row) {
    const inputs = part(row, 'inputs');
    const rate = (base: string) =>
      rampedRate(num(inputs, base), num(inputs, 'slope_per_coin'), Math.abs(num(inputs, 'position_coins')));
    return [within(row, 'im_rate', rate('base_im')), within(row, 'mm_rate', rate('base_mm'))];
  },
};

/** Deribit's rates; its equity leaves options out, so the mark is added. */
const DERIBIT_SHORT = { initial: 0.15, initialMin: 0.1, maintenance: 0.075 } as const;

const deribitShort: Suite = {
  id: 'Deribit: standard margin short option (inverse, coins per contract)',
  answer(row) {
    const inputs = part(row, 'inputs');
    const mark = num(inputs, 'mark_price_coin');
    const got = shortOption(DERIBIT_SHORT, num(inputs, 'otm_over_index'), mark);
    return [within(row, 'im', got.initial + mark), within(row, 'mm', got.maintenance + mark)];
  },
};

const legacyVol: Suite = {
  id: 'Deribit: IV shock term scaling (legacy PM)',
  answer(row) {
    const inputs = part(row, 'inputs');
    const moved = legacyVolShock({
      days: num(inputs, 'days_to_expiry'),
      power: num(inputs, 'vega_power'),
      range: num(inputs, 'range'),
    });
    if (isRefusal(moved)) throw new Unreadable(sentence(moved));
    return [within(row, 'iv_change', moved)];
  },
};

/** Two contingencies share a name; a case states the inputs of one. */
const legacyContingency: Suite = {
  id: 'Deribit: legacy PM contingency',
  answer(row) {
    const inputs = part(row, 'inputs');
    if ('strike_positions' in inputs) {
      const strike = part(inputs, 'strike_positions');
      const held = [{ call: num(strike, 'call'), put: num(strike, 'put') }];
      const each = num(inputs, 'per_net_short_option_btc');
      return [within(row, 'contingency_btc', shortOptionContingency(held, each))];
    }
    const sizes = [num(inputs, 'future_A_btc'), num(inputs, 'future_B_btc')];
    return [within(row, 'contingency_btc', futuresOffsetContingency(sizes, num(inputs, 'rate')))];
  },
};

/**
 * An account's two margins. Initial margin may hold open orders beside the matrix; a case whose own two numbers are not in the ratio it
 * states holds some and does not say how much, so that nothing can be answered.
 */
const accountRatio: Suite = {
  id: 'Deribit: X:PM account ratio',
  answer(row) {
    const matrix = num(part(row, 'inputs'), 'projected_initial_margin');
    const expected = part(row, 'expected');
    const stated = num(expected, 'projected_maintenance_margin') / matrix;
    if (!within(row, 'ratio', stated).ok) {
      skip('initial margin holds more than the risk matrix, and the case does not say what');
    }
    const beside = { mmpMargin: 0, openOrdersMargin: 0, spotMargin: 0 };
    const { mmFactor } = deribitPortfolioHistory[0].parameters;
    const { initial, maintenance } = portfolioMargins(matrix, beside, mmFactor);
    return [
      within(row, 'projected_maintenance_margin', maintenance),
      within(row, 'ratio', maintenance / initial),
    ];
  },
};

/** Suites of Deribit. */
export const deribitSuites: readonly Suite[] = [
  deribitRamp,
  deribitShort,
  legacyVol,
  legacyContingency,
  accountRatio,
];
