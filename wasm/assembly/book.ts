// Where a book is in memory: a descriptor of 32-bit words, each an address, a count or a length in bytes. `wasm/src/layout.ts` writes it.

// @ts-expect-error: decorator
@inline
function word(at: usize, index: usize): usize {
  return <usize>load<u32>(at + (index << 2));
}

/** Risk arrays: row `r` at `rows + r stride`. Strides are bytes, of lanes padded to tiles; `standing` those of the scenario set alone. */
export function rows(b: usize): usize {
  return word(b, 0);
}
export function stride(b: usize): usize {
  return word(b, 1);
}
export function standing(b: usize): usize {
  return word(b, 2);
}
/** Lanes of the scenario set, not padded. */
export function laneCount(b: usize): usize {
  return word(b, 3);
}
export function underlyings(b: usize): usize {
  return word(b, 4);
}
/** i32 by row, and i32 by bucket. */
export function bucketOf(b: usize): usize {
  return word(b, 5);
}
export function coinOf(b: usize): usize {
  return word(b, 6);
}
/** f64 by lane: minus infinity where maintenance sees it, infinity where not. */
export function unseen(b: usize): usize {
  return word(b, 7);
}
/** 64 bits by lane: all where it nets by sum, none where not. */
export function sums(b: usize): usize {
  return word(b, 8);
}
/** i32: the lanes that do not net by sum, how many, and the twin of every lane. */
export function netting(b: usize): usize {
  return word(b, 9);
}
export function nettingCount(b: usize): usize {
  return word(b, 10);
}
export function twins(b: usize): usize {
  return word(b, 11);
}
/** f64 by bucket, 0 where there are none; f64 by bucket and lane, 0 where no factor applies; f64 by row. */
export function gains(b: usize): usize {
  return word(b, 12);
}
export function losses(b: usize): usize {
  return word(b, 13);
}
export function damps(b: usize): usize {
  return word(b, 14);
}
export function values(b: usize): usize {
  return word(b, 15);
}
/** i32 by lane: which coin's alone it is to drive, -1 where all may. */
export function movers(b: usize): usize {
  return word(b, 16);
}
export function drivers(b: usize): usize {
  return word(b, 17);
}
export function driverCount(b: usize): usize {
  return word(b, 18);
}
/** Sets of windows of maintenance (0) and initial (1): how many, and their addresses after that. */
export function sets(b: usize, line: usize): usize {
  return word(b, 19 + line);
}
/** u32 by coin: its lists of lanes, how many (u32), where each begins, and their lanes. */
export function partnerLists(b: usize): usize {
  return word(b, 21);
}
/** Bytes for the least of every list of a coin. */
export function listStride(b: usize): usize {
  return word(b, 24);
}
/** Share of an offset that is kept as margin. */
export function retained(b: usize): f64 {
  return load<f64>(b, 88);
}

export function windowFrom(w: usize): usize {
  return word(w, 0);
}
export function windowWeights(w: usize): usize {
  return word(w, 1);
}
export function windowCount(w: usize): usize {
  return word(w, 2);
}
/** Losses that the measure can reach. */
export function windowReach(w: usize): usize {
  return word(w, 3);
}
/** u8 by coin. */
export function windowApart(w: usize): usize {
  return word(w, 4);
}
/** One less the coverage. */
export function windowRoom(w: usize): f64 {
  return load<f64>(w, 24);
}
