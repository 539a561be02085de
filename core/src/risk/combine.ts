// Across underlyings: how much of one coin's loss may be set against another's gain.

import {
  type Lane,
  type LaneLine,
  type LanePlace,
  lanePlace,
  laneSpot,
  type ScanRanges,
} from '../scenario/index.ts';
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
  /** Share of the offset `ownSum - joint` that is kept as margin. */
  readonly retained: number;
  readonly own: readonly WorstLane[];
  /** Lane of each underlying in the worst joint move; -1 where it is not counted. */
  readonly jointLanes: Int32Array;
  /** What drives the worst joint move: a coin, held or not, or all together; undefined when nothing loses. */
  readonly driver: string | undefined;
  /** Where a line is the tail of many lanes instead of one: the lanes of each underlying and what each counts, together and alone. */
  readonly tail?: { readonly joint: readonly TailLanes[]; readonly own: readonly TailLanes[] };
  /** Where a line may be found by formula: which one it was, or that the book was revalued (M-167). */
  readonly by?: 'normal' | 'cornish-fisher' | 'revaluation';
}

/** Lanes that make a loss, worst first, and what each counts, of a formula its derivative; lane -1 stands for what fills lose at once. */
export interface TailLanes {
  readonly lanes: Int32Array;
  readonly weights: Float64Array;
}

/** The lanes along one underlying's spot axis, in its own ranges. */
interface LaneAxis {
  readonly name: string;
  readonly spots: readonly number[];
}

function laneAxis(lanes: readonly Lane[], ranges: ScanRanges, name: string): LaneAxis {
  return { name, spots: lanes.map((lane) => laneSpot(lane, ranges, name)) };
}

/** Band ends are rounded outward to quarters of a range, whatever lanes there are, so that more lanes never narrow a band. */
const BAND_STEP = 4;
/** So that an end which is a quarter up to rounding stays one. */
const BAND_SLACK = 1e-9;

/**
 * The lanes a partner may be in while the driver is in this one: of the same family, with spot between `down` and `up` times the
 * driver's (a driver's move counts as at most one range: in a crash beyond it a partner moves by what it owes a full range), and
 * vol moved as the driver's or not at all. Where spot does not move: the same lane, or none.
 */
function partnersOf(
  places: readonly LanePlace[],
  families: ReadonlyMap<string, readonly number[]>,
  driver: LaneAxis,
  partner: LaneAxis,
  lane: number,
  { down, up }: { down: number; up: number },
): number[] {
  const own = places[lane]!;
  const spot = Math.max(-1, Math.min(1, driver.spots[lane]!));
  if (spot === 0) {
    const still = places.findIndex((place) => place.still);
    return still < 0 || still === lane ? [lane] : [lane, still];
  }
  const low = Math.floor(Math.min(down * spot, up * spot) * BAND_STEP + BAND_SLACK) / BAND_STEP;
  const high = Math.ceil(Math.max(down * spot, up * spot) * BAND_STEP - BAND_SLACK) / BAND_STEP;
  const family = families.get(own.family)!.filter((s) => {
    const { vol, coin } = places[s]!;
    return (vol === 0 || vol === own.vol) && (coin === undefined || coin === partner.name);
  });
  const near = family.filter((s) => partner.spots[s]! >= low && partner.spots[s]! <= high);
  return near.length > 0 ? near : family.length > 0 ? family : [lane];
}

/** Which lanes a line sees, as 1 and 0. Initial sees all: it can only ask more. */
function seenBy(lanes: readonly Lane[], line: LaneLine): Uint8Array {
  return Uint8Array.from(lanes, (lane) => (line === 'initial' || lane.line === 'maintenance' ? 1 : 0));
}

/** The driver of a co-move: every underlying in one lane. */
const TOGETHER = 'all';
/** Stands for every coin that is not named: correlated with nothing. */
export const UNNAMED_DRIVER = '*';

/** A plan of partner lanes for one book and one set of correlations; build it once, combine many portfolios with it. */
export interface CombinePlan {
  readonly retained: number;
  readonly drivers: readonly {
    readonly name: string;
    /** Its place among the book's underlyings; -1 when it is not in the book. */
    readonly underlying: number;
    /** The lanes underlying `u` may be in while the driver is in `lane`. */
    readonly partners: readonly PartnerLanes[];
  }[];
  readonly seen: Readonly<Record<LaneLine, Uint8Array>>;
  /** The one coin that a lane moves, where it moves only one: such a lane is that coin's alone to drive. */
  readonly coins: readonly (string | undefined)[];
}

/** Ragged rows in two columns: lanes of driver lane `s` are `lanes[from[s]] .. lanes[from[s + 1] - 1]`. */
interface PartnerLanes {
  readonly from: Int32Array;
  readonly lanes: Int32Array;
}

function partnerLanes(rows: readonly (readonly number[])[]): PartnerLanes {
  const from = new Int32Array(rows.length + 1);
  for (const [s, row] of rows.entries()) from[s + 1] = from[s]! + row.length;
  const lanes = new Int32Array(from[rows.length]!);
  for (const [s, row] of rows.entries()) lanes.set(row, from[s]!);
  return { from, lanes };
}

/**
 * Prepares the co-moves, anti-moves and single moves that `combine` looks through. `others` are coins that may drive a joint move
 * although the book does not hold them, with their ranges: were drivers taken from the book alone, a speck of a third coin could
 * set two hedged ones free of each other, and the requirement would jump.
 */
export function planCombine(
  book: Pick<RiskBook, 'lanes' | 'groups' | 'ranges' | 'levels'>,
  correlations: Correlations,
  retained: number,
  others: ReadonlyMap<string, ScanRanges> = new Map(),
): CombinePlan {
  const { lanes } = book;
  const names = book.groups.underlyings;
  const axes = names.map((name) => laneAxis(lanes, book.ranges.get(name)!, name));
  const away = [...others].filter(([name]) => !names.includes(name));
  // Stable assets drive nothing: their own lanes move no coin.
  const coins = names.filter((name) => book.levels.coins.has(name));
  const candidates = [
    ...coins.map((name) => ({ name, underlying: names.indexOf(name), axis: axes[names.indexOf(name)]! })),
    ...away.map(([name, ranges]) => ({ name, underlying: -1, axis: laneAxis(lanes, ranges, name) })),
  ];
  const places = lanes.map(lanePlace);
  const families = new Map<string, number[]>();
  places.forEach(({ family }, s) => {
    families.set(family, [...(families.get(family) ?? []), s]);
  });
  const drivers = candidates.map(({ name, underlying, axis }) => ({
    name,
    underlying,
    partners: axes.map((partner, u) => {
      const pair = band(correlations, name, names[u]!);
      return partnerLanes(lanes.map((_, lane) => partnersOf(places, families, axis, partner, lane, pair)));
    }),
  }));
  const seen = { maintenance: seenBy(lanes, 'maintenance'), initial: seenBy(lanes, 'initial') };
  return { retained, drivers, seen, coins: places.map(({ coin }) => coin) };
}

interface Joint {
  readonly loss: number;
  readonly driver: string | undefined;
  readonly lanes: Int32Array;
}

/** All underlyings in one lane: the crash in which everything is one market. */
function coMoves(swept: Swept, plan: CombinePlan, seen: Uint8Array): Joint {
  const { book } = swept;
  const count = book.groups.underlyings.length;
  const jumps = swept.jumps?.reduce((sum, jump) => sum + jump, 0) ?? 0;
  let worst: Joint = { loss: 0 - jumps, driver: undefined, lanes: new Int32Array(count).fill(-1) };
  for (let s = 0; s < seen.length; s++) {
    if (seen[s] === 0 || plan.coins[s] !== undefined) continue;
    let pnl = 0;
    for (let u = 0; u < count; u++) pnl += swept.pnl[u * book.stride + s]!;
    if (-pnl > worst.loss) {
      worst = { loss: -pnl, driver: TOGETHER, lanes: new Int32Array(count).fill(s) };
    }
  }
  return worst;
}

/** One coin moves in full, every other stands where stressed correlation lets it hurt most. */
function drivenMoves(swept: Swept, plan: CombinePlan, seen: Uint8Array, least: Joint): Joint {
  const { book, pnl } = swept;
  const count = book.groups.underlyings.length;
  const lanes = new Int32Array(count);
  let worst = least;
  for (const driver of plan.drivers) {
    for (let s = 0; s < seen.length; s++) {
      const coin = plan.coins[s];
      if (seen[s] === 0 || (coin !== undefined && coin !== driver.name)) continue;
      let sum = 0;
      for (let u = 0; u < count; u++) {
        const at = u * book.stride;
        const lane = u === driver.underlying ? s : worstPartner(pnl, at, driver.partners[u]!, s);
        lanes[u] = lane;
        sum += pnl[at + lane]!;
      }
      if (-sum > worst.loss) worst = { loss: -sum, driver: driver.name, lanes: lanes.slice() };
    }
  }
  return worst;
}

/**
 * The swept loss of a line over all underlyings: `M = J + retained (sum_u M_u - J)`, `M_u` the worst lane of an underlying alone,
 * `J` the worst over co-moves and, for every driver and lane, anti-moves and single moves at stressed correlations. At most
 * `1 - retained` of an offset is granted (EMIR RTS 153/2013 Article 27(4) with `retained` = 0.2).
 * @example combine(swept, planCombine(book, correlations, 0.2), 'initial').amount
 */
export function combine(swept: Swept, plan: CombinePlan, line: LaneLine): Combined {
  const { book } = swept;
  const seen = plan.seen[line];
  const own = book.groups.underlyings.map((_, u) => worstLane(swept, u, seen));
  const ownSum = own.reduce((sum, worst) => sum + worst.loss, 0);
  const worst = drivenMoves(swept, plan, seen, coMoves(swept, plan, seen));
  const { retained } = plan;
  const { loss: joint, driver, lanes: jointLanes } = worst;
  const amount = joint + retained * (ownSum - joint);
  return { line, amount, joint, ownSum, retained, own, jointLanes, driver };
}

function worstPartner(pnl: Float64Array, at: number, partners: PartnerLanes, lane: number): number {
  let worst = partners.lanes[partners.from[lane]!]!;
  for (let i = partners.from[lane]! + 1; i < partners.from[lane + 1]!; i++) {
    const candidate = partners.lanes[i]!;
    if (pnl[at + candidate]! < pnl[at + worst]!) worst = candidate;
  }
  return worst;
}
