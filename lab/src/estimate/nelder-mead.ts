// Minimising without derivatives: the simplex of Nelder and Mead, with the adaptive coefficients of Gao and Han for more dimensions.

/** Where a search ended. */
export interface Minimum {
  readonly x: readonly number[];
  readonly value: number;
  readonly steps: number;
  /** Whether the simplex shrank to a point before the steps ran out. */
  readonly settled: boolean;
}

/** A corner of the simplex. */
interface Corner {
  readonly x: readonly number[];
  readonly value: number;
}

const STEPS_MAX = 5_000;
const SETTLED_X = 1e-7;
const SETTLED_VALUE = 1e-11; // relative

/**
 * Minimises a function from a start; what is not finite counts as worse than anything. Deterministic.
 *
 * Sources: Nelder and Mead 1965; Gao and Han 2012 for the coefficients 1, 1 + 2/n, 3/4 - 1/(2n), 1 - 1/n.
 * @example nelderMead(([x]) => (x! - 3) ** 2, [0], 1).x // [3]
 */
export function nelderMead(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  step: number,
  stepsMax = STEPS_MAX,
): Minimum {
  const n = start.length;
  const [expand, contract, shrink] = [1 + 2 / n, 0.75 - 0.5 / n, n === 1 ? 0.5 : 1 - 1 / n];
  const at = (x: readonly number[]): Corner => {
    const value = f(x);
    return { x, value: Number.isFinite(value) ? value : Number.POSITIVE_INFINITY };
  };
  let corners = [at(start), ...start.map((_, i) => at(start.map((x, j) => (i === j ? x + step : x))))];
  let steps = 0;
  for (; steps < stepsMax; steps++) {
    corners.sort((a, b) => a.value - b.value);
    if (isSettled(corners)) return { ...corners[0]!, steps, settled: true };
    const worst = corners[n]!;
    const centre = start.map((_, j) => corners.slice(0, n).reduce((sum, { x }) => sum + x[j]!, 0) / n);
    const along = (t: number) => at(centre.map((c, j) => c + t * (worst.x[j]! - c)));
    const reflected = along(-1);
    if (reflected.value < corners[0]!.value) {
      const expanded = along(-expand);
      corners[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners[n - 1]!.value) corners[n] = reflected;
    else {
      const inner = along(reflected.value < worst.value ? -contract : contract);
      if (inner.value < Math.min(reflected.value, worst.value)) corners[n] = inner;
      else {
        const best = corners[0]!;
        corners = corners.map(({ x }, i) =>
          i === 0 ? best : at(x.map((v, j) => best.x[j]! + shrink * (v - best.x[j]!))),
        );
      }
    }
  }
  corners.sort((a, b) => a.value - b.value);
  return { ...corners[0]!, steps, settled: false };
}

function isSettled(corners: readonly Corner[]): boolean {
  const best = corners[0]!;
  const worst = corners[corners.length - 1]!;
  if (!(worst.value - best.value <= SETTLED_VALUE * (Math.abs(best.value) + 1))) return false;
  return corners.every(({ x }) =>
    x.every((v, j) => Math.abs(v - best.x[j]!) <= SETTLED_X * (1 + Math.abs(v))),
  );
}
