// What a walk-forward may choose between: governors, filters, and ranges as multiples of what the market has done (M-190).

import { type Governing, governingDefaults } from '../governing.ts';
import { promisedDefaults } from '../verdict.ts';
import type { LinearTerms } from './linear.ts';

/** What may be chosen. */
export interface Candidate {
  readonly elasticity: number;
  /** Maintenance range over the anchor vol of four hours; the initial range is 16/9 of it, as that of BTC is by default. */
  readonly multiple: number;
  /** Hours, of the raw estimate and of the filter of the windows. */
  readonly halfLife: number;
  /** Hours, of the way up. */
  readonly rise: number;
  readonly floor: number;
  readonly cap: number;
}

/** Everything that is tried. */
export function candidates(): Candidate[] {
  const found: Candidate[] = [];
  for (const elasticity of [0, 0.25, 0.5, 0.75])
    for (const halfLife of [24, 120])
      for (const rise of [6, 24])
        for (const [floor, cap] of [
          [0.5, 4],
          [0.67, 2.5],
          [0.8, 2],
        ] as const)
          for (const multiple of [2, 3, 4, 6])
            found.push({ elasticity, multiple, halfLife, rise, floor, cap });
  return found;
}

/** Initial over maintenance range, by default. */
const INITIAL_OVER_MAINTENANCE = 16 / 9;

/** The governor of a candidate; speeds and the way down stay as they are by default. */
export function governingWith({ elasticity, halfLife, rise, floor, cap }: Candidate): Governing {
  const { policy, ewma } = governingDefaults;
  return {
    policy: { ...policy, elasticity, floor, cap, halfLife: { ...policy.halfLife, rise } },
    ewma: { ...ewma, halfLife: { rise: halfLife, fall: halfLife } },
  };
}

/** Ranges of a candidate at an anchor, vol a step of an hour. */
export function rangesAt({ multiple }: Candidate, anchor: number): LinearTerms['range'] {
  const maintenance = multiple * anchor * Math.sqrt(promisedDefaults.horizonHours.maintenance);
  return { maintenance, initial: INITIAL_OVER_MAINTENANCE * maintenance };
}
