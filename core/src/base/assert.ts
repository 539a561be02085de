// Bugs are crashes: an assertion that fails is our own mistake, never the market's and never the user's.

/** Thrown when the library breaks one of its own promises. Never thrown for bad input: that is a `Refusal`. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Crashes when `fact` is false. State the fact positively; `label` names it. */
export function assert(fact: boolean, label: string): asserts fact {
  if (!fact) throw new AssertionError(`assertion failed: ${label}`);
}
