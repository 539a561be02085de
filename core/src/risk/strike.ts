// One strike in every lane of its expiry: its vols, its values, and the rows they make.

import { fillStrike, log, type Right } from '../kernel/index.ts';
import { deformVol, leastVol, smileMoneyness, smileVol } from '../market/index.ts';
import type { ExpiryLanes } from './expiry-lanes.ts';
import type { ExpiryBody } from './strike-rows.ts';

/** One expiry, strike by strike: `strike` prepares a strike in every lane, `row` writes row `p` of its call or put. */
export interface StrikeBody {
  readonly strike: (strike: number) => void;
  readonly row: (right: Right, p: number) => void;
}

/** The body of all expiries from a body of each. */
export function strikeByStrike(bodyOf: (expiry: ExpiryLanes, damps: Float64Array) => StrikeBody): ExpiryBody {
  return {
    fill(expiry, damps, { count, strikes, calls, puts }) {
      const body = bodyOf(expiry, damps);
      for (let j = 0; j < count; j++) {
        body.strike(strikes[j]!);
        if (calls[j]! >= 0) body.row('call', calls[j]!);
        if (puts[j]! >= 0) body.row('put', puts[j]!);
      }
    },
  };
}

/** The body of full revaluation: every lane from the array kernel. */
export function revaluing(stride: number, out: Float64Array): ExpiryBody {
  let scratch = new Float64Array(0);
  let stdevs = new Float64Array(0);
  return {
    fill(expiry, damps, { count, strikes, calls, puts }) {
      if (stdevs.length !== expiry.count) {
        scratch = new Float64Array(2 * expiry.count);
        stdevs = new Float64Array(expiry.count);
      }
      for (let j = 0; j < count; j++) {
        fillStrikeLanes(strikes[j]!, expiry, stdevs, scratch);
        if (calls[j]! >= 0) writeRow(scratch, 0, damps, out, calls[j]! * stride);
        if (puts[j]! >= 0) writeRow(scratch, expiry.count, damps, out, puts[j]! * stride);
      }
    },
  };
}

/** Call values in the first half of `scratch`, put values in the second. */
function fillStrikeLanes(
  strike: number,
  expiry: ExpiryLanes,
  stdevs: Float64Array,
  scratch: Float64Array,
): void {
  fillStdevs(strike, expiry, stdevs);
  const forward = expiry.base.forward / expiry.basePeg;
  const x0 = log(forward / strike);
  fillStrike(x0, strike / forward, expiry, expiry.count, stdevs, 0, scratch, 0, expiry.count);
}

/** Moneyness and vol of a strike at every price node of an expiry: one log and one root each. */
export function fillNodes(strike: number, { nodes, nodeK, nodeVol }: ExpiryLanes): void {
  for (let n = 0; n < nodes.length; n++) {
    const { slice, peg } = nodes[n]!;
    const k = smileMoneyness(strike * peg, slice);
    nodeK[n] = k;
    nodeVol[n] = smileVol(slice, k);
  }
}

/** Total standard deviation of one strike in every lane: its nodes, and one multiply or bend per lane. */
export function fillStdevs(strike: number, expiry: ExpiryLanes, stdevs: Float64Array): void {
  const { nodeK, nodeVol, node, simple, factor, floor, rootYears, sliceOf } = expiry;
  fillNodes(strike, expiry);
  for (let s = 0; s < expiry.count; s++) {
    const vol = nodeVol[node[s]!]!;
    const bent =
      simple[s] === 1
        ? Math.max(vol * factor[s]!, floor[s]!)
        : deformVol(vol, nodeK[node[s]!]!, sliceOf(s).deforms, leastVol(sliceOf(s)));
    stdevs[s] = bent * rootYears[s]!;
  }
}

/** A row from the values in `scratch[from ...]`, the unshocked one behind the lanes. */
export function writeRow(
  scratch: Float64Array,
  from: number,
  damps: Float64Array,
  out: Float64Array,
  at: number,
): void {
  const base = scratch[from + damps.length]!;
  for (let s = 0; s < damps.length; s++) out[at + s] = damps[s]! * (scratch[from + s]! - base);
}
