// Many accounts at once, in columns, and what each of them would lose: one contract, of which there is a body here and one in WebAssembly, with the same bits.

import { type Refusal, refuse } from '../base/index.ts';
import type { RiskBook } from './book.ts';
import { type CombinePlan, combine } from './combine.ts';
import { type Swept, sweep } from './sweep.ts';
import { combineWindows, type WindowPlan } from './windows.ts';

/** Positions of accounts, one after the other: account `i` holds `quantities[p]` of row `rows[p]` for `p` in `start[i] .. start[i + 1] - 1`, rows ascending. */
export interface Crowd {
  readonly count: number;
  readonly start: Int32Array;
  readonly rows: Int32Array;
  readonly quantities: Float64Array;
}

type PlansByLine = Readonly<Record<'maintenance' | 'initial', readonly WindowPlan[]>>;

/** Sets of windows by line, and those that a formula looks at, which no crowd is swept by. */
export interface CrowdWindows extends PlansByLine {
  readonly greeks?: PlansByLine;
}

/** What a crowd is swept through: risk arrays, the plan of joint moves, and windows of history where a model has them. */
export interface CrowdBook {
  readonly risk: RiskBook;
  readonly plan: CombinePlan;
  readonly windows?: CrowdWindows;
}

/** Beyond this a product of quantity and price may be no number. */
export const HELD_MAX = 1e18;

/** Numbers of an account: lanes, then the set of windows that asks for most; of each maintenance, then initial; of each the joint loss, then the sum of the coins' own. Dollars, at least zero. */
export const CROWD_NUMBERS = 8;

/** Losses of the accounts `from .. to - 1`: `out[CROWD_NUMBERS i + k]`. Refuses what `doubtCrowd` and `doubtRange` doubt, and what there is no room for; nothing is written then. */
export type CrowdSweep = (crowd: Crowd, from: number, to: number, out: Float64Array) => Refusal | undefined;

/** Makes a book ready for crowds; refuses what the body cannot hold. */
export type CrowdBody = (book: CrowdBook) => CrowdSweep | Refusal;

/**
 * A swept loss of both parts: `joint + retained (own sum - joint)`, as `combine` and `combineWindows` have it.
 * @example sweptLoss(out, i, 'initial', 0.2) // the larger of lanes and windows
 */
export function sweptLoss(
  out: Float64Array,
  account: number,
  line: 'maintenance' | 'initial',
  retained: number,
): number {
  const at = CROWD_NUMBERS * account + (line === 'maintenance' ? 0 : 2);
  const amount = (k: number) => out[k]! + retained * (out[k + 1]! - out[k]!);
  return Math.max(amount(at), amount(at + 4));
}

/**
 * Doubts a crowd before it is swept: a place beyond the book, rows out of order, a quantity that is no number. Names the account.
 * @example doubtCrowd(crowd, book.risk) // undefined, or the refusal
 */
export function doubtCrowd(
  { count, start, rows, quantities }: Crowd,
  risk: { readonly products: { readonly length: number } },
): Refusal | undefined {
  const wrong = (i: number, message: string) => refuse('malformed', message, `account ${i} of the crowd`);
  if (
    start.length !== count + 1 ||
    start[0] !== 0 ||
    start[count]! > Math.min(rows.length, quantities.length)
  ) {
    return refuse(
      'malformed',
      'its starts do not fit its positions; give one more start than accounts.',
      'crowd',
    );
  }
  for (let i = 0; i < count; i++) {
    const [first, end] = [start[i]!, start[i + 1]!];
    if (end < first) return wrong(i, 'it ends before it begins; starts ascend.');
    for (let p = first; p < end; p++) {
      const row = rows[p]!;
      if (!(row >= 0 && row < risk.products.length))
        return wrong(i, `it holds row ${row}, which the book has not.`);
      if (p > first && row <= rows[p - 1]!) return wrong(i, 'its rows do not ascend; sort and net them.');
      if (!(Math.abs(quantities[p]!) <= HELD_MAX))
        return wrong(i, `its quantity of row ${row} is no number up to ${HELD_MAX} either way.`);
    }
  }
  return undefined;
}

/** Doubts which accounts of a crowd are asked for, and the room for what is answered of each. @example doubtRange(crowd, 0, crowd.count, out.length, CROWD_NUMBERS) */
export function doubtRange(
  { count }: Pick<Crowd, 'count'>,
  from: number,
  to: number,
  room: number,
  numbers: number,
): Refusal | undefined {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count)) {
    return refuse('out-of-range', `accounts ${from} to ${to} are asked for of ${count}.`, 'crowd');
  }
  if (room >= numbers * to) return undefined;
  return refuse('too-large', `there is room for ${room} numbers; ${numbers * to} are answered.`, 'crowd');
}

/** The refusal of a model whose tail is a formula: it is asked account by account. */
export function doubtFormula({ windows }: CrowdBook): Refusal | undefined {
  const { maintenance = [], initial = [] } = windows?.greeks ?? {};
  if (maintenance.length + initial.length === 0) return undefined;
  const message =
    'its tail is a formula of each account (delta-gamma); ask account by account, or take another method.';
  return refuse('not-supported', message, 'the crowd');
}

/** The body in TypeScript: every account as a single one is swept. */
export const typescriptBody: CrowdBody = (book) => {
  const { risk, plan, windows } = book;
  const formula = doubtFormula(book);
  if (formula !== undefined) return formula;
  const partOf = (swept: Swept, line: 'maintenance' | 'initial', out: Float64Array, at: number) => {
    const lanes = combine(swept, plan, line);
    out[at] = lanes.joint;
    out[at + 1] = lanes.ownSum;
    let most = 0;
    out[at + 4] = 0;
    out[at + 5] = 0;
    for (const own of windows?.[line] ?? []) {
      const tail = combineWindows(swept, own, plan.retained, line);
      if (!(tail.amount > most)) continue;
      most = tail.amount;
      out[at + 4] = tail.joint;
      out[at + 5] = tail.ownSum;
    }
  };
  return (crowd, from, to, out) => {
    const wrong = doubtCrowd(crowd, risk) ?? doubtRange(crowd, from, to, out.length, CROWD_NUMBERS);
    if (wrong !== undefined) return wrong;
    const { start, rows, quantities } = crowd;
    for (let i = from; i < to; i++) {
      const [first, end] = [start[i]!, start[i + 1]!];
      const swept = sweep(risk, {
        rows: rows.subarray(first, end),
        quantities: quantities.subarray(first, end),
      });
      partOf(swept, 'maintenance', out, CROWD_NUMBERS * i);
      partOf(swept, 'initial', out, CROWD_NUMBERS * i + 2);
    }
    return undefined;
  };
};
