// What every model does to its lines: adds a charge, asks for a share of what is at risk, lifts one line to another.

import { dollars, owedUp, type Usd, usd } from '../base/index.ts';
import type { Charge, Line, LineName } from './requirement.ts';

export const LINE_NAMES = ['maintenance', 'release', 'initial'] as const satisfies readonly LineName[];

/** One value for each line. @example perLine((line) => standing.excess[line]) */
export function perLine<T>(of: (line: LineName) => T): Record<LineName, T> {
  return { maintenance: of('maintenance'), release: of('release'), initial: of('initial') };
}

/** Amounts of the three lines. */
export type Amounts = Readonly<Record<LineName, Usd>>;

/** What the three lines ask for. @example amountsOf(requirement).initial */
export function amountsOf(lines: Readonly<Record<LineName, Line>>): Amounts {
  return perLine((line) => lines[line].amount);
}

/** The sum of charges, in ledger units. */
export function totalOf(charges: readonly Charge[]): Usd {
  return charges.reduce((sum, item) => (sum + item.amount) as Usd, 0n as Usd);
}

/** A line with one more charge, or the same where it would be nothing. */
export function withCharge<L extends Line>(line: L, charge: Charge): L {
  if (charge.amount === 0n) return line;
  return { ...line, amount: usd(line.amount + charge.amount), charges: [...line.charges, charge] };
}

const MILLION = 1_000_000n;

/** A share in millionths, rounded up; what binary makes of 1.1 - 1 is a tenth. @example millionthsOf(1.1 - 1) // 100000n */
export function millionthsOf(share: number): bigint {
  return BigInt(Math.ceil(share * 1e6 - 1e-3));
}

/** `amount x share` rounded up, a share to the millionth. */
function shareUp(amount: Usd, share: number): Usd {
  return usd((amount * millionthsOf(share) + MILLION - 1n) / MILLION);
}

/** A line that asks for a share of what is at risk beyond what it asks for already (M-19, M-58). */
export function withShare<L extends Line>(
  line: L,
  name: 'release-buffer' | 'initial-ratio',
  risk: Usd,
  share: number,
): L {
  return withCharge(line, { name, amount: shareUp(risk, share), inputs: { share, risk: dollars(risk) } });
}

/** A line that is never below another: what it is short of that is a charge. */
export function liftedTo<L extends Line>(line: L, { amount: floor }: Line): L {
  const missing = usd(floor > line.amount ? floor - line.amount : 0n);
  return withCharge(line, { name: 'release-floor', amount: missing, inputs: { floor: dollars(floor) } });
}

/** A line that is never above another: what it is more than that is taken off again (M-85). */
export function cappedTo<L extends Line>(line: L, { amount: cap }: Line): L {
  const surplus = usd(line.amount > cap ? line.amount - cap : 0n);
  return withCharge(line, { name: 'release-cap', amount: usd(-surplus), inputs: { cap: dollars(cap) } });
}

/** The charge of bought options that are given up, their worth in dollars; none where none are. */
export function boughtCharge(worth: number): Charge[] {
  const amount = owedUp(worth);
  return amount > 0n ? [{ name: 'bought-options', amount, inputs: { worth } }] : [];
}

/** A bound and a subset that reaches it are summed in different order: a thousandth of a cent, or the last digits of a large amount. */
const SLACK = 1_000n;
const SLACK_SHARE = 1_000_000_000_000n;

/** Whether an amount is a bound up to the order of summation. @example isAlike(usd(5n), usd(7n)) // true */
export function isAlike(amount: Usd, bound: Usd): boolean {
  return bound - amount <= SLACK + bound / SLACK_SHARE;
}
