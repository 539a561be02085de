// Derive's feeds, funding, lending and fees: what its unit tests assert of one rule at a time.

import { isRefusal, type Refusal } from '@plimsoll/core';
import {
  deriveBorrowRate,
  deriveFundingPaid,
  deriveFundingRate,
  deriveInterest,
  deriveInterestFee,
  forwardParts,
  spotWithDifference,
} from '@plimsoll/core/venues';
import { asserted, refused } from './derive-facts.ts';
import { has, num, part, skip } from './fields.ts';
import type { Checked, Raw, Suite } from './suite.ts';

/** One check per quantity that the case asserts, or the one that it is refused; a quantity nothing answers is skipped by name. */
function compared(row: Raw, answers: Readonly<Record<string, () => number | Refusal>>): readonly Checked[] {
  const facts = part(row, 'asserted');
  if (has(facts, 'error')) {
    const all = Object.values(answers).map((answer) => answer());
    return [refused(facts, all.find(isRefusal) ?? all[0]!)];
  }
  return Object.keys(facts)
    .filter((quantity) => quantity !== 'tolerance')
    .map((quantity) => {
      const answer = Object.hasOwn(answers, quantity) ? answers[quantity] : undefined;
      return asserted(
        facts,
        quantity,
        answer === undefined ? skip(`quantity "${quantity}" is not known`) : answer(),
      );
    });
}

const funding: Suite = {
  id: 'derive.PERP_FUNDING',
  answer(row) {
    const input = part(row, 'input');
    const index = num(input, 'indexPrice');
    const rate = () =>
      deriveFundingRate({
        index,
        impactBid: num(input, 'impactBid'),
        impactAsk: num(input, 'impactAsk'),
        convergenceHours: num(input, 'fundingConvergencePeriodHours'),
        staticRate: num(input, 'staticInterestRatePerHour'),
        rateMax: num(input, 'maxAbsRatePerHour'),
      });
    const paid = (size: string) => () => {
      const perHour = rate();
      if (isRefusal(perHour)) return perHour;
      return deriveFundingPaid({
        size: num(input, size),
        index,
        rate: perHour,
        seconds: num(input, 'elapsedSec'),
      });
    };
    return compared(row, {
      ratePerHour: rate,
      fundingShort: paid('shortSize'),
      fundingLong: paid('longSize'),
    });
  },
};

const interest: Suite = {
  id: 'derive.INTEREST_RATE',
  answer(row) {
    const input = part(row, 'input');
    const rate = () =>
      deriveBorrowRate(
        {
          rateMin: num(input, 'minRate'),
          slope: num(input, 'rateMultiplier'),
          slopeHigh: num(input, 'highRateMultiplier'),
          utilisationBest: num(input, 'optimalUtil'),
        },
        { supply: num(input, 'supply'), borrows: num(input, 'borrows') },
      );
    const factor = () => {
      const perYear = rate();
      return isRefusal(perYear) ? perYear : deriveInterest(perYear, num(input, 'elapsedSec'));
    };
    return compared(row, { borrowRate: rate, interestFactor: factor });
  },
};

const fee: Suite = {
  id: 'derive.OI_FEE',
  answer(row) {
    const input = part(row, 'input');
    const trade = {
      quantity: num(input, 'delta'),
      price: num(input, 'price'),
      openBefore: num(input, 'oiBefore'),
      openAfter: num(input, 'oiAfter'),
    };
    return compared(row, { fee: () => deriveInterestFee(trade, num(input, 'feeRate')) });
  },
};

const forward: Suite = {
  id: 'derive.FORWARD_FEED',
  answer(row) {
    const input = part(row, 'input');
    // A print of before the window states no average.
    const average = has(input, 'realisedTwapPrice') ? num(input, 'realisedTwapPrice') : 0;
    const parts = forwardParts({
      spot: num(input, 'spot'),
      difference: num(input, 'fwdSpotDifference'),
      secondsToExpiry: num(input, 'dataTimestampToExpirySec'),
      average,
    });
    return compared(row, {
      forwardFixed: () => (isRefusal(parts) ? parts : parts.fixed),
      forwardVariable: () => (isRefusal(parts) ? parts : parts.variable),
    });
  },
};

const spotDifference: Suite = {
  id: 'derive.SPOT_DIFF_FEED',
  answer(row) {
    const input = part(row, 'input');
    const print = {
      spot: num(input, 'spot'),
      difference: num(input, 'spotDiff'),
      cap: num(input, 'cap'),
    };
    return compared(row, { result: () => spotWithDifference(print) });
  },
};

/** Engines of Derive that are one rule each. */
export const deriveRateSuites: readonly Suite[] = [funding, interest, fee, forward, spotDifference];
