// What accounts are worth after a jump, closed out there: the fund's view of a stress.

import { isRefusal, type Refusal, usd } from '../../base/index.ts';
import { type FundNeed, fundNeed, type Remainder } from '../fund.ts';
import type { Axis } from './axis.ts';
import { type Subject, setOut, type Walk } from './walk.ts';

/** A pool of an account and who answers for it. */
export interface Debtor {
  readonly account: string;
  readonly owner?: string;
  readonly subject: Subject;
}

/** Debtors ready to be taken along. */
export interface Debtors {
  /** What the fund needs after these moves. */
  readonly needAt: (scenario: string, steps: readonly (readonly [Axis, number])[]) => FundNeed | Refusal;
}

/** Equity at the moved marks less the close-out cost of M-21 there, for who has anything to close. */
function leftAfter(walk: Walk, steps: readonly (readonly [Axis, number])[]) {
  const standing = walk.read(steps);
  if (isRefusal(standing)) return standing;
  const costs = standing.parts.flatMap(({ standing: { requirement } }) =>
    requirement.maintenance.charges.filter(({ name }) => name === 'close-out-cost'),
  );
  const cost = costs.reduce((sum, { amount }) => sum + amount, 0n);
  return usd(standing.equity - cost);
}

/**
 * Accounts for a stress (M-159): each pool jumps to the moved market with all it holds, nothing being closed on the way (a gap leaves no time), and is
 * closed there at the model's close-out cost; models without that charge close at the marks. An isolated pool's debt is its owner's like any
 * other's. Refuses what the model refuses of any pool, today or there.
 * @example debtorsOf(debtors).needAt('BTC -40 %', [[{ kind: 'spot', underlying: 'BTC' }, -0.4]])
 */
export function debtorsOf(debtors: readonly Debtor[]): Debtors | Refusal {
  const ready: { readonly debtor: Debtor; readonly walk: Walk }[] = [];
  for (const debtor of debtors) {
    const walk = setOut(debtor.subject);
    if (isRefusal(walk)) return { ...walk, where: `${debtor.account}: ${walk.where ?? ''}` };
    ready.push({ debtor, walk });
  }
  const needAt: Debtors['needAt'] = (scenario, steps) => {
    const remainders: Remainder[] = [];
    for (const { debtor, walk } of ready) {
      // A coin that a pool does not touch does not move it.
      const own = steps.filter(([axis]) => touches(walk, axis));
      const left = leftAfter(walk, own);
      if (isRefusal(left)) return left;
      const { account, owner } = debtor;
      remainders.push({ account, left, ...(owner === undefined ? {} : { owner }) });
    }
    return fundNeed(scenario, remainders);
  };
  return { needAt };
}

function touches({ market }: Walk, axis: Axis): boolean {
  if (axis.kind === 'peg') return market.pegs.has(axis.asset);
  const coin = 'underlying' in axis ? axis.underlying : undefined;
  return coin === undefined || market.underlyings.some(({ underlying }) => underlying === coin);
}
