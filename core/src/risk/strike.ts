// One strike in every lane of its expiry: its vols, its values, and the rows they make.

import { fillStrike, log } from '../kernel/index.ts';
import { deformVol, leastVol, smileMoneyness, smileVol } from '../market/index.ts';
import type { ExpiryBodyOf, ExpiryLanes } from './rows.ts';

/** The body of full revaluation: every lane from the array kernel. */
export function revaluing(stride: number, out: Float64Array): ExpiryBodyOf {
  return (expiry, damps) => {
    const scratch = new Float64Array(2 * expiry.count);
    const stdevs = new Float64Array(expiry.count);
    return {
      strike: (strike) => fillStrikeLanes(strike, expiry, stdevs, scratch),
      row: (right, p) => writeRow(scratch, right === 'call' ? 0 : expiry.count, damps, out, p * stride),
    };
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
