// What a suite is: a name and a way to answer one of its cases with numbers that can be compared.

/** A JSON object as it came: nothing in it is believed until a reader of `fields.ts` has looked. */
export type Raw = Readonly<Record<string, unknown>>;

/** One number (or word) of one case, compared. `error` and `tolerance` share a unit; `ok` is `error <= tolerance`. */
export interface Checked {
  readonly name: string;
  readonly expected: number | string;
  readonly got: number | string;
  readonly error: number;
  readonly tolerance: number;
  readonly ok: boolean;
}

/** A family of cases this project can answer. `answer` gets the case and the suite it stands in (for its tolerances). */
export interface Suite {
  readonly id: string;
  readonly answer: (row: Raw, suite: Raw) => readonly Checked[];
  /** One sentence about all cases together, where a suite asks for more than right and wrong. */
  readonly remark?: (checks: readonly Checked[]) => string;
}

/** A double near `expected` cannot be told from its neighbours: no tolerance is read as finer than two spacings. */
const SPACINGS = 2;
const NORMAL_MIN = 2.2250738585072014e-308;

/** Distance from a number to the next double above. @example spacing(1) // 2.220446049250313e-16 */
export function spacing(x: number): number {
  const size = Math.abs(x);
  return size < NORMAL_MIN ? Number.MIN_VALUE : 2 ** (Math.floor(Math.log2(size)) - 52);
}

/**
 * How far a number given in decimal may lie from the double it became: half a spacing, and nothing for short binary fractions
 * such as -8 or 0.25, which a double holds. Times a slope it is the error that no answer can avoid.
 * @example inputBlur(0.99999) // 5.6e-17
 */
export function inputBlur(x: number): number {
  return Number.isInteger(x * 2 ** 20) ? 0 : spacing(x) / 2;
}

/**
 * Compares absolutely: `|got - expected| <= tolerance`, but never finer than two spacings of doubles at `expected`. NaN is never right.
 * @example within('vol', 0.5, 0.5 + 1e-15, 1e-12).ok // true
 */
export function within(name: string, expected: number, got: number, tolerance: number): Checked {
  const allowed = Math.max(tolerance, SPACINGS * spacing(expected));
  const error = expected === got ? 0 : Math.abs(got - expected);
  return {
    name,
    expected,
    got,
    error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error,
    tolerance: allowed,
    ok: error <= allowed,
  };
}

/** The same comparison with error and tolerance told relative to the expected number, where that is not 0. */
export function relatively(check: Checked): Checked {
  const size = Math.abs(Number(check.expected));
  return size > 0 ? { ...check, error: check.error / size, tolerance: check.tolerance / size } : check;
}

/**
 * Compares relative to the expected number, with an absolute floor below which no digit is asked for.
 * @example near('cdf', 2e-89, 2.0000001e-89, 1e-13, 0).ok // false
 */
export function near(name: string, expected: number, got: number, relative: number, floor: number): Checked {
  return relatively(within(name, expected, got, Math.max(relative * Math.abs(expected), floor)));
}

/** Compares two words, or a number that should have been a word. @example same('why', 'below-intrinsic', 'below-intrinsic').ok // true */
export function same(name: string, expected: string, got: number | string): Checked {
  const ok = expected === got;
  return { name, expected, got, error: ok ? 0 : 1, tolerance: 0, ok };
}

/** Compares two integers to the unit. @example exactly('margin', 5n, 5n).ok // true */
export function exactly(name: string, expected: bigint, got: bigint): Checked {
  const error = Number(expected > got ? expected - got : got - expected);
  return { name, expected: String(expected), got: String(got), error, tolerance: 0, ok: expected === got };
}

/** A fact that holds or does not. @example holds('butterfly free', true, g >= 0, `g = ${g}`) */
export function holds(name: string, expected: boolean, got: boolean, detail: string): Checked {
  const ok = expected === got;
  const word = detail === '' ? String(got) : `${got} (${detail})`;
  return { name, expected: String(expected), got: word, error: ok ? 0 : 1, tolerance: 0, ok };
}

/**
 * A case that cannot be read. Thrown, not returned: a suite reads ten fields per case, `run.ts` catches in one place and makes it a failure.
 */
export class Unreadable extends Error {}

/** A case that is understood but cannot be answered; `run.ts` counts it as skipped, under this reason. */
export class Skip extends Error {}
