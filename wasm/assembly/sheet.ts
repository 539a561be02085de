// The charges of a book in memory: a descriptor of words and numbers, a record of every row, of every bucket and of every coin. `wasm/src/sheet.ts` writes it.

/** A row's record. */
// @ts-expect-error: decorator
@inline
export function record(f: usize, row: usize): usize {
  return <usize>load<u32>(f) + row * 80;
}
export function value(r: usize): f64 {
  return load<f64>(r);
}
export function delta(r: usize): f64 {
  return load<f64>(r, 8);
}
export function vega(r: usize): f64 {
  return load<f64>(r, 16);
}
export function spread(r: usize): f64 {
  return load<f64>(r, 24);
}
export function fee(r: usize): f64 {
  return load<f64>(r, 32);
}
export function confidence(r: usize): f64 {
  return load<f64>(r, 40);
}
export function sale(r: usize): f64 {
  return load<f64>(r, 48);
}
export function sold(r: usize): f64 {
  return load<f64>(r, 56);
}
export function distance(r: usize): f64 {
  return load<f64>(r, 64);
}
/** Options that may cover each other share a number; -1 for what is no option. */
export function chain(r: usize): i32 {
  return load<i32>(r, 72);
}
/** Bits, as `ROW_KINDS` in core has them. */
export function kinds(r: usize): u32 {
  return load<u32>(r, 76);
}
export const ASSET: u32 = 1;
export const PREMIUM: u32 = 2;
export const EXPIRING: u32 = 4;
export const EXPIRED: u32 = 8;
export const PUT: u32 = 16;

/** Basis rate of a bucket. */
export function basis(f: usize, g: usize): f64 {
  return load<f64>(<usize>load<u32>(f, 4) + (g << 3));
}

/** A coin's record, in the order of `COIN_NUMBERS` in core. */
export function coin(f: usize, u: usize): usize {
  return <usize>load<u32>(f, 8) + u * 72;
}
export function index(c: usize): f64 {
  return load<f64>(c);
}
export function deltaImpact(c: usize): f64 {
  return load<f64>(c, 8);
}
export function deltaVolume(c: usize): f64 {
  return load<f64>(c, 16);
}
export function vegaImpact(c: usize): f64 {
  return load<f64>(c, 24);
}
export function vegaVolume(c: usize): f64 {
  return load<f64>(c, 32);
}
export function bend(c: usize): f64 {
  return load<f64>(c, 40);
}
export function uncertainty(c: usize): f64 {
  return load<f64>(c, 48);
}
export function peg(c: usize): f64 {
  return load<f64>(c, 56);
}
export function pegShare(c: usize): f64 {
  return load<f64>(c, 64);
}

/** Rows of the book. */
export function rowCount(f: usize): usize {
  return <usize>load<u32>(f, 12);
}
export function collateralCap(f: usize): f64 {
  return load<f64>(f, 16);
}
export function optionValueCap(f: usize): f64 {
  return load<f64>(f, 24);
}
/** Minimum of a short option, a share of the index: maintenance (0) and initial (1). */
export function shortMinimum(f: usize, line: usize): f64 {
  return load<f64>(f + (line << 3), 32);
}
/** The release buffer, millionths. */
export function buffer(f: usize): i64 {
  return load<i64>(f, 48);
}
