// How near a model is to its venue, term by term, and by which set of parameters it speaks.

import { type Digest, digestValue } from '../../base/index.ts';
import type {
  DatedParameters,
  Exactness,
  ExactnessLevel,
  MarginModel,
  ModelParameters,
  Term,
} from '../requirement.ts';

/** The levels, nearest first. */
export const EXACTNESS_LEVELS = ['exact', 'partly', 'indicative'] as const satisfies ExactnessLevel[];

/**
 * How near a term is to the venue's own (M-123); undefined where the model is no venue's, or the term is ours and not the venue's.
 * @example exactnessOf(models.grid, 'scenarios') // undefined
 */
export function exactnessOf({ facts }: MarginModel, term: Term): Exactness | undefined {
  return facts?.exactness[term];
}

/** How many terms of a model stand at each level. @example exactnessCounts(model) // { exact: 3, partly: 1, indicative: 2 } */
export function exactnessCounts({ facts }: MarginModel): Readonly<Record<ExactnessLevel, number>> {
  const counts = { exact: 0, partly: 0, indicative: 0 };
  for (const { level } of Object.values(facts?.exactness ?? {})) counts[level]++;
  return counts;
}

/**
 * The dated set that parameters are, by their digest; undefined where they are none of the model's, such as one with a file laid over it.
 * @example datedSet(model, book.parameters)?.effective // '2026-02-15'
 */
export function datedSet(
  { facts }: MarginModel,
  parameters: Digest,
): DatedParameters<ModelParameters> | undefined {
  return facts?.history.findLast((set) => digestValue(set.parameters) === parameters);
}
