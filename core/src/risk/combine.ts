// Across underlyings: how much of one coin's loss may be set against another's gain.

import { type Lane, type LaneLine, laneFamily, laneSpot, type ScanRanges } from '../scenario/index.ts';
import type { RiskBook } from './book.ts';
import { type Swept, type WorstLane, worstLane } from './sweep.ts';

/** Correlations of spot moves by unordered pair, each stressed both ways by `stress`. */
export interface Correlations {
  /** For pairs that are not named. Zero grants little: partners stay near where they are. */
  readonly unnamed: number;
  /** Keys are two codes in ascending order with a slash: `BTC/ETH`. */
  readonly pairs: Readonly<Record<string, number>>;
  /** `up = rho + stress (1 - rho)`, `down = rho - stress (rho + 1)`. */
  readonly stress: number;
}

/** The correlation band of a pair after stress. @example band({ unnamed: 0, pairs: { 'BTC/ETH': 0.85 }, stress: 0.25 }, 'ETH', 'BTC') */
export function band(correlations: Correlations, left: string, right: string): { down: number; up: number } {
  const key = left < right ? `${left}/${right}` : `${right}/${left}`;
  const rho = correlations.pairs[key] ?? correlations.unnamed;
  return {
    down: Math.max(-1, rho - correlations.stress * (rho + 1)),
    up: Math.min(1, rho + correlations.stress * (1 - rho)),
  };
}

/** One line's swept loss: `amount = joint + retained (sum of own - joint)`. */
export interface Combined {
  readonly line: LaneLine;
  readonly amount: number;
  readonly joint: number;
  readonly ownSum: number;
  readonly own: readonly WorstLane[];
  /** Lane of each underlying in the worst joint move; -1 where it is not counted. */
  readonly jointLanes: Int32Array;
  /** Which underlying drives the worst joint move; -1 when nothing loses. */
  readonly driver: number;
}

interface Partner {
  readonly lane: number;
  readonly spot: number;
}

/**
 * For every lane, the lanes a partner may be in while the driver is in this one: the same lane, and every lane of the same family
 * whose spot move lies between `down` and `up` times the driver's, rounded outward to the lanes there are.
 */
function partnersOf(
  driver: LaneAxis,
  partner: LaneAxis,
  lane: number,
  { down, up }: { down: number; up: number },
): number[] {
  const spot = driver.spots[lane]!;
  if (spot === 0) return [lane];
  const low = Math.min(down * spot, up * spot);
  const high = Math.max(down * spot, up * spot);
  const family = partner.families.get(driver.keys[lane]!)!;
  const from = family.filter((other) => other.spot <= low).at(-1)?.spot ?? low;
  const to = family.find((other) => other.spot >= high)?.spot ?? high;
  const out = new Set([lane]);
  for (const other of family) if (other.spot >= from && other.spot <= to) out.add(other.lane);
  return [...out].sort((a, b) => a - b);
}

/** The lanes along one underlying's spot axis, in its own ranges. */
interface LaneAxis {
  readonly spots: readonly number[];
  readonly keys: readonly string[];
  readonly families: ReadonlyMap<string, readonly Partner[]>;
}

function laneAxis(lanes: readonly Lane[], ranges: ScanRanges, underlying: string): LaneAxis {
  const spots = lanes.map((lane) => laneSpot(lane, ranges, underlying));
  const keys = lanes.map(laneFamily);
  const families = new Map<string, Partner[]>();
  keys.forEach((key, lane) => {
    const family = families.get(key) ?? [];
    family.push({ lane, spot: spots[lane]! });
    families.set(key, family);
  });
  for (const family of families.values()) family.sort((a, b) => a.spot - b.spot || a.lane - b.lane);
  return { spots, keys, families };
}

/** Which lanes a line sees. Initial sees all: it can only ask more. */
export function sees(lanes: readonly Lane[], line: LaneLine): (lane: number) => boolean {
  return (lane) => line === 'initial' || lanes[lane]!.line === 'maintenance';
}

/** A plan of partner lanes for one book and one set of correlations; build it once, combine many portfolios with it. */
export interface CombinePlan {
  readonly retained: number;
  /** `partners[driver][other][lane]`: partner lanes. */
  readonly partners: readonly (readonly (readonly (readonly number[])[])[])[];
}

/** Prepares the co-moves, anti-moves and single moves that `combine` looks through. */
export function planCombine(book: RiskBook, correlations: Correlations, retained: number): CombinePlan {
  const { lanes } = book;
  const names = book.groups.underlyings;
  const axes = names.map((name) => laneAxis(lanes, book.ranges.get(name)!, name));
  const partners = axes.map((driver, d) =>
    axes.map((other, u) => {
      const pair = band(correlations, names[d]!, names[u]!);
      return lanes.map((_, lane) => partnersOf(driver, other, lane, pair));
    }),
  );
  return { retained, partners };
}

/**
 * The swept loss of a line over all underlyings: `M = J + retained (sum_u M_u - J)`, `M_u` the worst lane of an underlying alone,
 * `J` the worst over every driver, lane and partner lanes at stressed correlations. At most `1 - retained` of an offset is granted
 * (EMIR RTS 153/2013 Article 27(4) with `retained` = 0.2).
 * @example combine(swept, planCombine(book, correlations, 0.2), 'initial').amount
 */
export function combine(swept: Swept, plan: CombinePlan, line: LaneLine): Combined {
  const { book } = swept;
  const seen = sees(book.lanes, line);
  const count = book.groups.underlyings.length;
  const own = Array.from({ length: count }, (_, u) => worstLane(swept, u, seen));
  const ownSum = own.reduce((sum, worst) => sum + worst.loss, 0);
  let joint = 0;
  let driver = -1;
  let jointLanes = new Int32Array(count).fill(-1);
  for (let d = 0; d < count; d++) {
    for (let s = 0; s < book.lanes.length; s++) {
      if (!seen(s)) continue;
      const lanes = new Int32Array(count);
      let pnl = 0;
      for (let u = 0; u < count; u++) {
        const lane = u === d ? s : worstPartner(swept, u, plan.partners[d]![u]![s]!);
        lanes[u] = lane;
        pnl += swept.pnl[u * book.stride + lane]!;
      }
      if (-pnl > joint) {
        joint = -pnl;
        driver = d;
        jointLanes = lanes;
      }
    }
  }
  return { line, amount: joint + plan.retained * (ownSum - joint), joint, ownSum, own, jointLanes, driver };
}

function worstPartner(swept: Swept, u: number, lanes: readonly number[]): number {
  const at = u * swept.book.stride;
  let worst = lanes[0]!;
  for (const lane of lanes) if (swept.pnl[at + lane]! < swept.pnl[at + worst]!) worst = lane;
  return worst;
}
