// A measure over windows of history: what a book would have lost inside each, and the tail of that (M-160). A window is a run of lanes, one for
// each date inside it; all coins stand at the same date, so what moved together stays together.

import type { Lane, LaneLine } from '../scenario/index.ts';
import type { Combined, TailLanes } from './combine.ts';
import type { Swept } from './sweep.ts';

/** Windows among the lanes of a book, and the measure of their losses. */
export interface WindowPlan {
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

/**
 * The windows of a line among the lanes of a book, and how their losses are measured; undefined where a line has none.
 * @example windowPlan(book.lanes, 'maintenance', { coverage: 0.999, measure: 'es' })
 */
export function windowPlan(
  lanes: readonly Lane[],
  line: LaneLine,
  { coverage, measure }: Pick<WindowPlan, 'coverage' | 'measure'>,
): WindowPlan | undefined {
  const starts: number[] = [];
  const weights: number[] = [];
  let end = 0;
  lanes.forEach((lane, s) => {
    if (lane.window === undefined || lane.line !== line) return;
    if (lane.window.of !== lanes[s - 1]?.window?.of) {
      starts.push(s);
      weights.push(lane.window.weight);
    }
    end = s + 1;
  });
  if (starts.length === 0) return undefined;
  return { from: Int32Array.of(...starts, end), weights: Float64Array.from(weights), coverage, measure };
}

/** The loss of a tail, and the lanes it is made of. */
interface Tail extends TailLanes {
  readonly loss: number;
}

/** The worst date of a window. */
interface WindowLoss {
  readonly loss: number;
  readonly lane: number;
  readonly weight: number;
}

/** The least value inside each window, path by path: the first of equal dates. */
function windowLosses(plan: WindowPlan, pnlOf: (lane: number) => number): WindowLoss[] {
  return Array.from(plan.weights, (weight, i) => {
    let lane = plan.from[i]!;
    let least = pnlOf(lane);
    for (let s = lane + 1; s < plan.from[i + 1]!; s++) {
      const pnl = pnlOf(s);
      if (pnl < least) [least, lane] = [pnl, s];
    }
    return { loss: -least, lane, weight };
  });
}

/** Summation and ties follow the order of loss and then of lane, so that the same book gives the same bits. */
function tailOf(plan: WindowPlan, losses: WindowLoss[], floor: number): Tail {
  losses.sort((left, right) => right.loss - left.loss || left.lane - right.lane);
  const room = 1 - plan.coverage;
  const lanes: number[] = [];
  const weights: number[] = [];
  let loss = 0;
  if (plan.measure === 'var') {
    let beyond = 0;
    // The upper order statistic: the largest loss that is exceeded with no more than the room.
    const at =
      losses.find(({ weight }) => {
        beyond += weight;
        return beyond > room * (1 + 1e-12);
      }) ?? losses.at(-1);
    if (at !== undefined) {
      loss = at.loss;
      lanes.push(at.lane);
      weights.push(1);
    }
  } else {
    let left = room;
    for (const { loss: own, lane, weight } of losses) {
      const share = Math.min(weight, left) / room;
      if (share <= 0) break;
      loss += share * own;
      lanes.push(lane);
      weights.push(share);
      left -= weight;
    }
    // Windows that were left out are harmless: nothing moves in them, and fills lose what they lose at once.
    if (left > 0 && floor > 0) {
      loss += (left / room) * floor;
      lanes.push(-1);
      weights.push(left / room);
    }
  }
  if (loss > floor) return { loss, lanes: Int32Array.from(lanes), weights: Float64Array.from(weights) };
  return { loss: floor, lanes: Int32Array.of(-1), weights: Float64Array.of(1) };
}

/**
 * The loss of a line by its windows: `M = J + retained (sum_u M_u - J)`, `J` the measure of all coins on the same dates, `M_u` that of a coin alone. At
 * most `1 - retained` of an offset is granted, as where lanes are combined. A window's loss is the worst of its dates.
 * @example combineWindows(swept, plan, 0.2, 'maintenance').amount
 */
export function combineWindows(swept: Swept, plan: WindowPlan, retained: number, line: LaneLine): Combined {
  const { book, pnl, jumps } = swept;
  const { underlyings } = book.groups;
  const own = underlyings.map((_, u) => {
    const losses = windowLosses(plan, (s) => pnl[u * book.stride + s]!);
    return tailOf(plan, losses, 0 - (jumps?.[u] ?? 0));
  });
  const isApart = (u: number) => plan.apart?.[u] === 1;
  const together = underlyings.map((_, u) => u).filter((u) => !isApart(u));
  const all = windowLosses(plan, (s) => together.reduce((sum, u) => sum + pnl[u * book.stride + s]!, 0));
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
