// One expiry in every lane, in columns: all that its strikes share.

import { log, type StrikeLanes } from '../kernel/index.ts';
import { assetUsd, discountOf, leastVol, type Market, type Slice, sliceAt } from '../market/index.ts';
import type { Option } from '../product/index.ts';
import { dampAt, pegAfter } from '../scenario/index.ts';
import type { LaneMarkets } from './lane-markets.ts';

/** Lanes of one expiry and settle asset in columns; the unshocked market stands in slot `count - 1`. */
export interface ExpiryLanes extends StrikeLanes {
  readonly count: number;
  /** The slice of the unshocked market, and of any lane that is not simple. */
  readonly base: Slice;
  readonly sliceOf: (lane: number) => Slice;
  /** Square root of the time to expiry in each lane. */
  readonly rootYears: Float64Array;
  /** Dollars per strike unit: 1 when inverse, the peg when linear; of the unshocked market. */
  readonly basePeg: number;
  /** Lanes that look their vol up at the same k share a node: its slice and its dollars per strike unit. */
  readonly node: Int32Array;
  readonly nodes: readonly { readonly slice: Slice; readonly peg: number }[];
  /** Room for what a strike has at each node. */
  readonly nodeK: Float64Array;
  readonly nodeVol: Float64Array;
  /** A lane whose bend is at most a scale and a floor runs without calls; the rest go through `deformVol`. */
  readonly simple: Uint8Array;
  readonly factor: Float64Array;
  readonly floor: Float64Array;
}

/** Columns for one expiry after the other: what is in them holds until the next is put there. */
export interface LaneRoom {
  readonly count: number;
  readonly columns: Pick<
    ExpiryLanes,
    | 'logShift'
    | 'invShift'
    | 'scale'
    | 'rootYears'
    | 'factor'
    | 'floor'
    | 'node'
    | 'simple'
    | 'nodeK'
    | 'nodeVol'
  >;
  readonly damps: Float64Array;
  readonly moved: Float64Array;
  readonly keys: Float64Array;
}

/** Room for so many lanes and the unshocked market. */
export function laneRoom(lanes: number): LaneRoom {
  const count = lanes + 1;
  const column = () => new Float64Array(count);
  return {
    count,
    columns: {
      ...{ logShift: column(), invShift: column(), scale: column(), rootYears: column() },
      ...{ factor: column(), floor: column(), nodeK: column(), nodeVol: column() },
      ...{ node: new Int32Array(count), simple: new Uint8Array(count) },
    },
    ...{ damps: new Float64Array(lanes), moved: column(), keys: column() },
  };
}

/** The slice of an expiry in a lane: at the place where the unshocked market has it, as long as it is there. */
function slicesOf(lanes: LaneMarkets, option: Option): (lane: number) => Slice {
  const { base, shifted } = lanes;
  const at = base!.slices.findIndex(({ expiry }) => expiry === option.expiry);
  return (lane) => {
    const coin = shifted[lane] ?? base!;
    const slice = at < 0 ? undefined : coin.slices[at];
    return slice !== undefined && slice.expiry === option.expiry
      ? slice
      : (sliceAt(coin, option.expiry) as Slice);
  };
}

/** Puts the expiry of an option that has a value into a room; columns and damps are the room's own. */
export function expiryLanes(option: Option, market: Market, lanes: LaneMarkets, room: LaneRoom): ExpiryLanes {
  const { count, columns, damps, moved, keys } = room;
  const { logShift, invShift, scale, rootYears, node } = columns;
  const { shocks, alike } = lanes;
  const inverse = option.settlement === 'inverse';
  const basePeg = inverse ? 1 : assetUsd(market, option.settleAsset)!;
  const sliceOf = slicesOf(lanes, option);
  const last = count - 1;
  const base = sliceOf(last);
  const nodes: { slice: Slice; peg: number }[] = [];
  for (let s = 0; s < count; s++) {
    const slice = sliceOf(s);
    const peg = inverse || s === last ? basePeg : pegAfter(shocks[s]!, option.settleAsset, basePeg);
    const like = alike[s]!;
    const ratio = slice.forward / base.forward / (peg / basePeg);
    moved[s] = ratio;
    // Lanes that move a forward alike share its logarithm.
    logShift[s] = like < s && moved[like] === ratio ? logShift[like]! : log(ratio);
    invShift[s] = 1 / ratio;
    scale[s] = inverse ? (lanes.shifted[s] ?? lanes.base!).index : discountOf(slice) * slice.forward;
    rootYears[s] = Math.sqrt(slice.years);
    // The same strike in dollars against the same smile forward is the same k.
    const key = slice.smileForward / peg;
    keys[s] = key;
    if (s > 0 && key === keys[0]) node[s] = node[0]!;
    else if (like < s && key === keys[like]) node[s] = node[like]!;
    else node[s] = nodes.push({ slice, peg }) - 1;
    compileDeforms(slice, s, columns);
    if (s < last) damps[s] = dampAt(shocks[s]!, base.years);
  }
  return { count, base, sliceOf, nodes, basePeg, ...columns };
}

/** `max(vol * factor, floor)` says the same as none, a scale, or a scale and a floor, in the same operations. */
function compileDeforms(slice: Slice, s: number, { simple, factor, floor }: LaneRoom['columns']): void {
  const { deforms } = slice;
  const first = deforms.length > 0 ? deforms[0] : undefined;
  const second = deforms.length > 1 ? deforms[1] : undefined;
  factor[s] = first?.kind === 'scale' ? first.factor : 1;
  floor[s] = Math.max(leastVol(slice), second?.kind === 'floor' ? second.vol : 0);
  const isScaled = first === undefined || first.kind === 'scale';
  simple[s] = isScaled && (second === undefined || second.kind === 'floor') && deforms.length <= 2 ? 1 : 0;
}
