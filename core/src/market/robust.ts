// Middles that one liar cannot move.

/**
 * The median; of an even count the mean of the two middle values. Undefined for none.
 * @example median([3, 1, 2]) // 2
 */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/**
 * The quantile at `share` in [0, 1], linear between order statistics (type 7). Undefined for none.
 * @example quantile([0, 10], 0.25) // 2.5
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}

/**
 * Smallest value whose cumulated weight reaches half. Undefined when no weight is positive.
 * @example weightedMedian([1, 2, 9], [1, 1, 1]) // 2
 */
export function weightedMedian(values: readonly number[], weights: readonly number[]): number | undefined {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]! || i - j);
  let total = 0;
  for (const weight of weights) total += weight;
  let sum = 0;
  for (const i of order) {
    sum += weights[i]!;
    if (total > 0 && sum >= total / 2) return values[i]!;
  }
  return undefined;
}
