// Factors on an expiry's net value by its sign (static discounts, M-17): what they make of a bucket, and the least and the most that they
// can make of a change to it.

import { dampAt } from '../scenario/index.ts';
import type { RiskBook } from './book.ts';

/** The factors of a bucket in a lane, and the lane's damp there. */
interface Factors {
  readonly gain: number;
  readonly loss: number;
  readonly damp: number;
}

/** The factors that apply to a bucket in a lane; undefined where none do or nothing counts. */
function factorsAt(book: RiskBook, g: number, s: number): Factors | undefined {
  const { groups, lanes, shocks } = book;
  if (groups.signFactors === undefined || lanes[s]!.plain === true) return undefined;
  const gain = groups.signFactors.gain[g]!;
  const loss = groups.signFactors.loss[g]!;
  if (gain === 1 && loss === 1) return undefined;
  const shock = shocks.get(groups.underlyings[groups.underlyingOf[g]!]!)![s]!;
  const damp = dampAt(shock, groups.bucketYears[g]!);
  return damp === 0 ? undefined : { gain, loss, damp };
}

/** A bucket under its factors: `damp (f(V) V - V0)`, `V0` its value now and `V` in the lane, `plain` the damped difference of the two. */
export function factored(book: RiskBook, g: number, s: number, value: number, plain: number): number {
  const factors = factorsAt(book, g, s);
  if (factors === undefined) return plain;
  const { gain, loss, damp } = factors;
  const moved = value + plain / damp;
  return damp * (moved * (moved >= 0 ? gain : loss) - value);
}

/** A holding's linear share of a factored bucket: by the factor that the bucket takes. `plain` is the bucket without factors. */
export function factoredShare(
  book: RiskBook,
  g: number,
  s: number,
  bucket: { readonly value: number; readonly plain: number },
  own: { readonly value: number; readonly plain: number },
): number {
  const factors = factorsAt(book, g, s);
  if (factors === undefined) return own.plain;
  const { gain, loss, damp } = factors;
  const factor = bucket.value + bucket.plain / damp >= 0 ? gain : loss;
  return damp * (factor * (own.value + own.plain / damp) - own.value);
}

/**
 * What adding a quantity of a row changes in its bucket, at least and at most, whatever else the bucket holds: the factored value is a function
 * of slope `gain` or `loss`, so a change of `x` in value moves it by between `gain x` and `loss x`.
 */
export function changeEnds(
  book: RiskBook,
  row: number,
  quantity: number,
  g: number,
  s: number,
): readonly [least: number, most: number] {
  const plain = quantity * book.rows[row * book.stride + s]!;
  const factors = factorsAt(book, g, s);
  if (factors === undefined) return [plain, plain];
  const { gain, loss, damp } = factors;
  const value = quantity * book.columns.value[row]!;
  const moved = value + plain / damp;
  return [
    damp * (Math.min(gain * moved, loss * moved) - value),
    damp * (Math.max(gain * moved, loss * moved) - value),
  ];
}
