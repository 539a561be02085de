// A measure over windows of history: what a book would have lost inside each, and the tail of that (M-160). A window is a run of lanes, one for
// each date inside it; all coins stand at the same date, so what moved together stays together.

import { kthLargest } from '../kernel/index.ts';
import type { Lane, LaneLine } from '../scenario/index.ts';
import type { RiskBook } from './book.ts';
import type { Combined, TailLanes } from './combine.ts';
import type { Swept } from './sweep.ts';

/** Windows among the lanes of a book, and the measure of their losses. */
export interface WindowPlan {
  /** The name of its set, where a line has several. */
  readonly set?: string;
  /** Window `i` is lanes `from[i] .. from[i + 1] - 1`. */
  readonly from: Int32Array;
  /** Probability of each window; together at most 1, the rest being windows that were left out as harmless. */
  readonly weights: Float64Array;
  /** Share of all windows whose loss the measure covers, in (0, 1). */
  readonly coverage: number;
  /** 1 for each underlying that is granted no offset, because its history is another's; absent where all have their own. */
  readonly apart?: Uint8Array;
  /** `es`: the mean of the losses beyond coverage. `var`: the loss that coverage holds. */
  readonly measure: 'es' | 'var';
}

/** How the losses of windows are measured. */
type Measured = Pick<WindowPlan, 'coverage' | 'measure'>;

/**
 * The windows of a line of a book, set by set, and how their losses are measured; none where a line has none.
 * @example windowPlans(book, 'maintenance', { coverage: 0.999, measure: 'es' })
 */
export function windowPlans(
  { standing, past }: Pick<RiskBook, 'standing' | 'past'>,
  line: LaneLine,
  measured: Measured,
): WindowPlan[] {
  const plans: WindowPlan[] = [];
  let at = standing.length;
  for (const windows of past) {
    const { from, weights, set } = windows;
    const named = set === undefined ? {} : { set };
    const start = at;
    if (windows.line === line)
      plans.push({ ...named, from: from.map((date) => start + date), weights, ...measured });
    at += from[from.length - 1]!;
  }
  return plans.length > 0 ? plans : plansOfLanes(standing, line, measured);
}

/** Of a book from a file, whose windows are runs of lanes, one after the other in a set. */
function plansOfLanes(lanes: readonly Lane[], line: LaneLine, measured: Measured): WindowPlan[] {
  const sets = new Map<string | undefined, { starts: number[]; weights: number[]; end: number }>();
  lanes.forEach((lane, s) => {
    if (lane.window === undefined || lane.line !== line) return;
    const { of, weight, set } = lane.window;
    const own = sets.get(set) ?? { starts: [], weights: [], end: 0 };
    sets.set(set, own);
    if (of !== lanes[s - 1]?.window?.of) {
      own.starts.push(s);
      own.weights.push(weight);
    }
    own.end = s + 1;
  });
  return [...sets].map(([set, { starts, weights, end }]) => {
    const from = Int32Array.of(...starts, end);
    return {
      ...(set === undefined ? {} : { set }),
      ...{ from, weights: Float64Array.from(weights), ...measured },
    };
  });
}

/** The loss of a tail, and the lanes it is made of. */
interface Tail extends TailLanes {
  readonly loss: number;
}

/** What each window loses at its worst date, and the lane of that date. */
interface WindowLosses {
  /** The largest, and whether nothing at all is gained or lost at any date. */
  readonly most: number;
  readonly isStill: boolean;
  readonly losses: Float64Array;
  readonly lanes: Int32Array;
}

/** The least value inside each window, path by path: the first of equal dates. `pnl[at + lane]`. */
function windowLosses({ from, weights }: WindowPlan, pnl: Float64Array, at: number): WindowLosses {
  const losses = new Float64Array(weights.length);
  const lanes = new Int32Array(weights.length);
  let most = Number.NEGATIVE_INFINITY;
  let isStill = true;
  for (let i = 0; i < weights.length; i++) {
    const [first, end] = [from[i]!, from[i + 1]!];
    let lane = first;
    let least = pnl[at + first]!;
    if (least !== 0) isStill = false;
    for (let s = first + 1; s < end; s++) {
      const here = pnl[at + s]!;
      if (here !== 0) isStill = false;
      if (here < least) {
        least = here;
        lane = s;
      }
    }
    losses[i] = -least;
    lanes[i] = lane;
    if (-least > most) most = -least;
  }
  return { losses, lanes, most, isStill };
}

/** Windows by loss, the worst first and of equal ones the first lane, at least as many of them as the measure can reach. */
function worstFirst({ weights, coverage }: WindowPlan, { losses, lanes }: WindowLosses): number[] {
  const least = weights.reduce((low, weight) => Math.min(low, weight), 1);
  // One more than fits into the room, and one for what rounding makes of it.
  const reach = Math.min(losses.length, Math.ceil((1 - coverage) / least) + 2);
  const border = kthLargest(losses.slice(), reach);
  const order: number[] = [];
  for (let i = 0; i < losses.length; i++) if (losses[i]! >= border) order.push(i);
  return order.sort((i, j) => losses[j]! - losses[i]! || lanes[i]! - lanes[j]!);
}

/** Summation and ties follow the order of loss and then of lane, so that the same book gives the same bits. */
function tailOf(plan: WindowPlan, windows: WindowLosses, floor: number): Tail {
  const { losses, lanes: worst } = windows;
  // A measure lies between the least and the most of its losses.
  if (!(windows.most > floor)) return nothingMoves(floor);
  const room = 1 - plan.coverage;
  const order = worstFirst(plan, windows);
  const lanes: number[] = [];
  const weights: number[] = [];
  let loss = 0;
  if (plan.measure === 'var') {
    let beyond = 0;
    // The upper order statistic: the largest loss that is exceeded with no more than the room.
    const at =
      order.find((i) => {
        beyond += plan.weights[i]!;
        return beyond > room * (1 + 1e-12);
      }) ?? order[order.length - 1]!;
    loss = losses[at]!;
    lanes.push(worst[at]!);
    weights.push(1);
  } else {
    let left = room;
    for (const i of order) {
      const share = Math.min(plan.weights[i]!, left) / room;
      if (share <= 0) break;
      loss += share * losses[i]!;
      lanes.push(worst[i]!);
      weights.push(share);
      left -= plan.weights[i]!;
    }
    // Windows that were left out are harmless: nothing moves in them, and fills lose what they lose at once.
    if (left > 0 && floor > 0) {
      loss += (left / room) * floor;
      lanes.push(-1);
      weights.push(left / room);
    }
  }
  if (loss > floor) return { loss, lanes: Int32Array.from(lanes), weights: Float64Array.from(weights) };
  return nothingMoves(floor);
}

/** The tail of what loses nothing but what fills lose at once. */
function nothingMoves(floor: number): Tail {
  return { loss: floor, lanes: Int32Array.of(-1), weights: Float64Array.of(1) };
}

/** P&L of some coins together, lane by lane from the first window on, summed in their order. */
function togetherIn({ from }: WindowPlan, { book, pnl }: Swept, together: readonly number[]): Float64Array {
  const sums = new Float64Array(book.laneCount);
  for (const u of together) {
    const at = u * book.stride;
    for (let s = from[0]!; s < from[from.length - 1]!; s++) sums[s]! += pnl[at + s]!;
  }
  return sums;
}

/**
 * The loss of a line by its windows: `M = J + retained (sum_u M_u - J)`, `J` the measure of all coins on the same dates, `M_u` that of a coin alone. At
 * most `1 - retained` of an offset is granted, as where lanes are combined. A window's loss is the worst of its dates.
 * @example combineWindows(swept, plan, 0.2, 'maintenance').amount
 */
export function combineWindows(swept: Swept, plan: WindowPlan, retained: number, line: LaneLine): Combined {
  const { book, pnl, jumps } = swept;
  const { underlyings } = book.groups;
  const floorOf = (u: number) => 0 - (jumps?.[u] ?? 0);
  const alone = underlyings.map((_, u) => windowLosses(plan, pnl, u * book.stride));
  const own = alone.map((losses, u) => tailOf(plan, losses, floorOf(u)));
  const isApart = (u: number) => plan.apart?.[u] === 1;
  const together = underlyings.map((_, u) => u).filter((u) => !isApart(u));
  const moved = together.filter((u) => !alone[u]!.isStill);
  // What one coin alone moves is lost together as it is lost alone.
  const all = moved.length === 1 ? alone[moved[0]!]! : windowLosses(plan, togetherIn(plan, swept, moved), 0);
  const tail = tailOf(plan, all, 0 - together.reduce((sum, u) => sum + (jumps?.[u] ?? 0), 0));
  const sumOf = (is: (u: number) => boolean) =>
    own.reduce((sum, { loss }, u) => (is(u) ? sum + loss : sum), 0);
  const joint = tail.loss + sumOf(isApart);
  const ownSum = sumOf(() => true);
  return {
    line,
    amount: joint + retained * (ownSum - joint),
    joint,
    ownSum,
    retained,
    own: own.map(({ loss, lanes }) => ({ loss, lane: lanes[0]! })),
    jointLanes: Int32Array.from(own, ({ lanes }, u) => (isApart(u) ? lanes[0]! : tail.lanes[0]!)),
    driver: joint > 0 ? 'history' : undefined,
    tail: { joint: own.map((alone, u) => (isApart(u) ? alone : tail)), own },
  };
}
