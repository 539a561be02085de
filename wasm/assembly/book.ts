// Where a book is in memory: a descriptor of 32-bit words, each an address, a count or a length in bytes. `wasm/src/layout.ts` writes it.
//
// A row begins with the lanes of the scenario set in this order, each part padded with zeros: to whole vectors, half tiles or tiles:
//   0 .. flatSeen        net by sum, maintenance sees them
//   .. flat              net by sum, initial alone sees them
//   .. pairs             net expiry by expiry against their twin, which is the other half of the vector
//   .. lone              net expiry by expiry as minus their size
//   .. standing          net expiry by expiry against a twin that is elsewhere
// After them come the dates of windows, set by set, each set plane by plane: a plane is the first date of every window, the second of those that have one, and so on.
// Windows with more dates stand before those with fewer, and those with as many in an order without trend, so that the worst are met early whatever history did.

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
export function underlyings(b: usize): usize {
  return word(b, 3);
}
/** i32 by row, and i32 by bucket. */
export function bucketOf(b: usize): usize {
  return word(b, 4);
}
export function coinOf(b: usize): usize {
  return word(b, 5);
}
/** f64 by lane: minus infinity where maintenance sees it, infinity where not. */
export function unseen(b: usize): usize {
  return word(b, 6);
}
/** Ends of the parts of a row, in bytes. */
export function flatSeen(b: usize): usize {
  return word(b, 7);
}
export function flat(b: usize): usize {
  return word(b, 8);
}
export function pairs(b: usize): usize {
  return word(b, 9);
}
export function lone(b: usize): usize {
  return word(b, 10);
}
/** By lane from `lone` on, i32: where the twin is in a row, in bytes. */
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
/** Sets of windows of maintenance (0) and initial (1): how many, and their addresses after that. */
export function sets(b: usize, line: usize): usize {
  return word(b, 16 + line);
}
/** u32 by coin: the lists of lanes whose least is wanted: how many (u32), and the address of two places (u32, bytes from the row) for each. */
export function lists(b: usize): usize {
  return word(b, 18);
}
/** Combinations of places, one of each coin (u32, bytes from its row): those of lanes that maintenance sees, and the others after them. */
export function combinations(b: usize): usize {
  return word(b, 19);
}
export function combinationsSeen(b: usize): usize {
  return word(b, 20);
}
export function combinationsAll(b: usize): usize {
  return word(b, 21);
}
/** Share of an offset that is kept as margin. */
export function retained(b: usize): f64 {
  return load<f64>(b, 88);
}
/** Bytes of a coin: its row, and the least of its lists after it. */
export function coinBytes(b: usize): usize {
  return word(b, 24);
}
/** Bytes for what `sumCoin` writes beside the row. */
export function bucketBytes(b: usize): usize {
  return word(b, 25);
}

/** u8 by coin: 1 where a coin that is held alone loses jointly what it loses by itself. */
export function alone(b: usize): usize {
  return word(b, 26);
}

/** By date of a window: where its plane is in a row and how long it is (u32 each, bytes). */
export function windowPlanes(w: usize): usize {
  return word(w, 0);
}
/** f64 by place in a plane, zero where it is padded. */
export function windowWeights(w: usize): usize {
  return word(w, 1);
}
export function windowCount(w: usize): usize {
  return word(w, 2);
}
/** u8 by coin. */
export function windowApart(w: usize): usize {
  return word(w, 3);
}
/** Dates of the longest window. */
export function windowDates(w: usize): usize {
  return word(w, 4);
}
/** Bytes of all planes. */
export function windowBytes(w: usize): usize {
  return word(w, 5);
}
/** u32 by place in a plane: which window of the set it is. */
export function windowOrder(w: usize): usize {
  return word(w, 8);
}
/** One less the coverage. */
export function windowRoom(w: usize): f64 {
  return load<f64>(w, 24);
}
