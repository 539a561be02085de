// Looks for a planted defect: how many runs until the auditor finds it.

import { MUTANTS, type Mutant } from './mutants.ts';
import { planOf, type RunPlan, type RunResult, runOnce } from './run.ts';

export interface Hunt {
  readonly name: string;
  /** Runs until it was found; undefined where it was not. */
  readonly runs: number | undefined;
  readonly seed: number | undefined;
  /** What the auditor said. */
  readonly rule: string;
  readonly what: string;
}

/** Runs seeds from `first` until a planted defect is found, `runsMax` at most. @example (await hunt(MUTANTS[0]!, 1, 200, 110)).runs // 2 */
export async function hunt(
  { name, tamper, way }: Mutant,
  first: number,
  runsMax: number,
  inputs: number,
): Promise<Hunt> {
  for (let seed = first; seed < first + runsMax; seed++) {
    const { broken } = await runSafely({ ...planOf(seed, inputs, 'static'), way, tamper });
    // Other threads have something to say in between.
    await new Promise(setImmediate);
    if (broken !== undefined)
      return { name, runs: seed - first + 1, seed, rule: broken.rule, what: broken.what };
  }
  return { name, runs: undefined, seed: undefined, rule: '', what: '' };
}

/** An assertion that fails is a finding as well: the engine's own. */
async function runSafely(plan: RunPlan): Promise<Pick<RunResult, 'broken'>> {
  try {
    return await runOnce(plan);
  } catch (error) {
    return { broken: { rule: 'M-200', what: (error as Error).message, step: 0 } };
  }
}

/** All of them, each from the same first seed. */
export async function huntAll(
  first: number,
  runsMax: number,
  inputs: number,
  said: (found: Hunt) => void,
): Promise<Hunt[]> {
  const hunts: Hunt[] = [];
  for (const mutant of MUTANTS) {
    const found = await hunt(mutant, first, runsMax, inputs);
    said(found);
    hunts.push(found);
  }
  return hunts;
}
