// Implied volatility: round trips of prices made at 50 digits, and prices on which public solvers were seen to lie.

import { blackGreeks, exp, impliedVol, type NoVolatility, type Right } from '@plimsoll/core/kernel';
import { has, num, numOr, right, tolerance, word } from './fields.ts';
import { type Checked, type Raw, type Suite, same, spacing, Unreadable, within } from './suite.ts';

/** What a solver was asked, undiscounted. */
interface Question {
  readonly side: Right;
  readonly forward: number;
  readonly strike: number;
  readonly years: number;
  readonly price: number;
  /** Half spacings that the price lost on its way here. */
  readonly roundings: number;
}

function solve({ side, forward, strike, years, price }: Question): number | NoVolatility {
  return impliedVol(side, forward, strike, years, price);
}

function told(answer: number | NoVolatility): number | string {
  return typeof answer === 'number' ? answer : answer.why;
}

/**
 * How far the true vol could move while the price, as a double, stays the same: half a spacing of the price over vega, and three
 * halves where a division by a discount factor rounded too. Where that exceeds the tolerance no solver can know the vol.
 */
function blur(question: Question, vol: number): number {
  const { vega } = blackGreeks(question.side, question.forward, question.strike, vol, question.years);
  return (0.5 * question.roundings * spacing(question.price)) / vega;
}

/** A refusal is right only where the price as a double does not hold the vol; there a number is right only when it happens to be true. */
function recovered(question: Question, vol: number, allowed: number): Checked {
  const answer = solve(question);
  if (typeof answer === 'number') return within('iv', vol, answer, allowed);
  const lost = !(blur(question, vol) <= allowed);
  const kept = same('iv', lost ? 'not-recoverable' : String(vol), answer.why);
  // A time value that underflowed to zero, or rounded onto a bound, is named by its bound.
  const bounded = lost && (answer.why === 'above-forward' || answer.why === 'below-intrinsic');
  return bounded ? { ...kept, error: 0, ok: true } : kept;
}

const roundTrip: Suite = {
  id: 'iv.roundtrip',
  answer(row, suite) {
    const discount = numOr(row, 'df', 1);
    const question = {
      side: right(row),
      forward: num(row, 'F'),
      strike: num(row, 'K'),
      years: num(row, 't'),
      price: num(row, 'price') / discount,
      roundings: discount === 1 ? 1 : 3,
    };
    return [recovered(question, num(row, 'iv'), tolerance(suite, 'iv', 1e-8))];
  },
};

/** A price on the spot as a question on the forward. */
function spotQuestion(row: Raw): Question {
  const years = num(row, 't');
  const rate = num(row, 'r');
  return {
    side: right(row),
    forward: num(row, 'S') * exp((rate - numOr(row, 'q', 0)) * years),
    strike: num(row, 'K'),
    years,
    price: num(row, 'price') * exp(rate * years),
    roundings: 3,
  };
}

/** Prices under intrinsic, for a case that states the rule and no numbers. */
function underIntrinsic(): Checked[] {
  const checks: Checked[] = [];
  for (const strike of [50, 75, 99]) {
    for (const share of [0, 0.5, 0.999999]) {
      const price = share * (100 - strike);
      const call = { side: 'call', forward: 100, strike, years: 0.1, price, roundings: 1 } as const;
      const put = { ...call, side: 'put', forward: strike, strike: 100 } as const;
      for (const question of [call, put]) {
        const name = `${question.side} K=${question.strike} at ${share} of intrinsic`;
        checks.push(same(name, 'below-intrinsic', told(solve(question))));
      }
    }
  }
  return checks;
}

const userReported: Suite = {
  id: 'iv.user-reported-failures',
  answer(row, suite) {
    const rule = word(row, 'expect');
    if (!has(row, 'price')) {
      if (rule.includes('under intrinsic')) return underIntrinsic();
      throw new Unreadable('the case states neither a price nor a rule that is known');
    }
    const question = spotQuestion(row);
    const allowed = tolerance(suite, 'iv', 1e-6);
    const answer = solve(question);
    if (has(row, 'trueVol')) {
      if (typeof answer === 'number') return [within('iv', num(row, 'trueVol'), answer, allowed)];
      return [same('iv', 'not-recoverable', answer.why)];
    }
    const { side, forward, strike, price } = question;
    const intrinsic = Math.max(0, side === 'call' ? forward - strike : strike - forward);
    if (price < intrinsic) return [same('iv', 'below-intrinsic', told(answer))];
    throw new Unreadable('the case states neither trueVol nor a price under intrinsic');
  },
};

/** Suites about implied volatility. */
export const impliedSuites: readonly Suite[] = [roundTrip, userReported];
