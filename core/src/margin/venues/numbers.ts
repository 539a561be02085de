// Numbers that a venue's rule is asked with, doubted one by one: a rule answers with a number or says which input it cannot take.

import { type Refusal, refuse } from '../../base/index.ts';

/** What an input may be: any finite number, one that is not negative, or one above zero. */
type Kind = 'finite' | 'at-least-zero' | 'above-zero';

const NEEDS: Readonly<Record<Kind, string>> = {
  finite: 'a finite number',
  'at-least-zero': 'a finite number of at least 0',
  'above-zero': 'a finite number above 0',
};

const fits = (kind: Kind, value: number): boolean =>
  Number.isFinite(value) && (kind === 'finite' || value > 0 || (kind === 'at-least-zero' && value === 0));

/**
 * The first input that is not of its kind, as a refusal that names it; undefined when all are. Fields that no kind is named for are not looked at.
 * @example doubtNumbers('borrow rate', { supply: -1 }, { supply: 'at-least-zero' }) // refused: supply is -1; ...
 */
export function doubtNumbers<Name extends string>(
  rule: string,
  inputs: Readonly<Record<Name, number>>,
  kinds: Readonly<Partial<Record<Name, Kind>>>,
): Refusal | undefined {
  for (const name of Object.keys(kinds) as Name[]) {
    const kind = kinds[name]!;
    if (fits(kind, inputs[name])) continue;
    return refuse('out-of-range', `${name} is ${inputs[name]}; give ${NEEDS[kind]}.`, rule);
  }
  return undefined;
}

/** A value between two borders, the lower one first. @example clamp(0.9, -0.5, 0.5) // 0.5 */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** A rule's answer, refused where its inputs are too large for a number to hold it. @example answerOf('funding', 1e308 * 10) // refused */
export function answerOf(rule: string, value: number): number | Refusal {
  if (Number.isFinite(value)) return value;
  return refuse('out-of-range', 'the answer is beyond all numbers; give smaller inputs.', rule);
}
