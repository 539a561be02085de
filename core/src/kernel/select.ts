// Order statistics without sorting what nobody asks for.

/**
 * The `k`-th largest value, `k = 1` the largest, `1 <= k <= values.length`; `values` is left reordered. No NaN. O(n) on average, by Hoare's
 * selection with the middle of three as pivot, so the same on every machine.
 * @example kthLargest(Float64Array.of(3, 1, 2), 2) // 2
 */
export function kthLargest(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  const at = k - 1;
  while (low < high) {
    const pivot = middleOf(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i > j) break;
      const held = values[i]!;
      values[i++] = values[j]!;
      values[j--] = held;
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else break;
  }
  return values[at]!;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
