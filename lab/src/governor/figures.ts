// What a series of requirements was worth: how often it did not hold, how much was missing, and how it whipped.

/** A requirement that stood, and what long and short lost under it. */
export interface Stood {
  readonly required: number;
  readonly long: number;
  readonly short: number;
}

/** Figures of one rule over one history. */
export interface Figures {
  readonly count: number;
  readonly long: number;
  readonly short: number;
  readonly mean: number;
  /** Largest over smallest requirement. */
  readonly peakToTrough: number;
  /** Largest relative rise over so many steps, in the order asked. */
  readonly rises: readonly number[];
  /** Sum of losses beyond the requirement, both sides. */
  readonly shortfall: number;
}

function largestRise(required: readonly number[], steps: number): number {
  let most = 0;
  for (let i = steps; i < required.length; i++)
    most = Math.max(most, required[i]! / required[i - steps]! - 1);
  return most;
}

/** Figures of what stood. @example figuresOf(stood, [1, 5]).rises // the largest rise in a day and in five */
export function figuresOf(stood: readonly Stood[], steps: readonly number[]): Figures {
  const required = stood.map((item) => item.required);
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const beyond = (loss: number, held: number) => Math.max(0, loss - held);
  return {
    count: stood.length,
    long: stood.filter((item) => item.long > item.required).length,
    short: stood.filter((item) => item.short > item.required).length,
    mean: sum(required) / required.length,
    peakToTrough: required.reduce((a, b) => Math.max(a, b)) / required.reduce((a, b) => Math.min(a, b)),
    rises: steps.map((count) => largestRise(required, count)),
    shortfall: sum(stood.map((item) => beyond(item.long, item.required) + beyond(item.short, item.required))),
  };
}
