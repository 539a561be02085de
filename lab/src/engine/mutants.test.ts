// Every planted defect is found, beginning at the seed where it was found first.

import { describe, expect, it } from 'vitest';
import { hunt } from './hunt.ts';
import { MUTANTS } from './mutants.ts';

const INPUTS = 110;
/** Worlds change; a defect that is not found at its seed is looked for a little further. */
const RUNS_MAX = 25;

describe('M-248 planted defects', () => {
  it.each(MUTANTS)('found: $name', async (mutant) => {
    const found = await hunt(mutant, mutant.seed, RUNS_MAX, INPUTS);
    expect(found.runs).toBeDefined();
    expect(found.rule).toMatch(/^M-2\d\d$/);
  });
});
