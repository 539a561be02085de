// What is measured: along accounts, along positions, along lanes, each for every shape of book.

import { SHAPES, type Shape } from '../venue.ts';
import { type CrowdSpec, type Effort, isMeasured } from './points.ts';

/** An axis: its values, what stands still beside it, and what its numbers are called. */
export interface Axis {
  readonly name: 'accounts' | 'positions' | 'lanes';
  readonly values: readonly number[];
  readonly still: string;
}

/** All that a run measures. */
export interface Plan {
  readonly shapes: readonly Shape[];
  readonly axes: readonly Axis[];
  /** Where an axis is not varied. */
  readonly accounts: number;
  readonly positions: number;
  readonly lanes: number;
  readonly effort: Effort;
}

function planOf(
  values: Readonly<Record<Axis['name'], readonly number[]>>,
  accounts: number,
  effort: Effort,
): Plan {
  const [positions, lanes] = [20, 64];
  const text = accounts.toLocaleString('en-US');
  return {
    shapes: SHAPES,
    axes: [
      { name: 'accounts', values: values.accounts, still: `${positions} positions, ${lanes} lanes` },
      { name: 'positions', values: values.positions, still: `${text} accounts, ${lanes} lanes` },
      { name: 'lanes', values: values.lanes, still: `${text} accounts, ${positions} positions` },
    ],
    ...{ accounts, positions, lanes, effort },
  };
}

/** The whole document's. */
export const fullPlan = planOf(
  {
    accounts: [1_000, 10_000, 100_000, 1_000_000],
    positions: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    lanes: [16, 32, 64, 128, 256, 512, 1_024],
  },
  10_000,
  { roundsMin: 2, roundsMax: 40, ms: 220 },
);

/** Sizes that are done in seconds and say nothing: they show that the command works. */
export const quickPlan = planOf({ accounts: [100, 1_000], positions: [1, 20], lanes: [16, 64] }, 200, {
  ...{ roundsMin: 1, roundsMax: 3, ms: 5 },
});

/** The smallest that every table has something of; for tests. */
export const tinyPlan: Plan = {
  ...planOf({ accounts: [10, 20], positions: [1, 3], lanes: [16, 32] }, 10, {
    ...{ roundsMin: 1, roundsMax: 1, ms: 0 },
  }),
  shapes: ['random', 'market maker'],
};

/** Accounts of other shapes than random: a million of each would take a minute each and say what the ten thousand say. */
const SHAPED_MAX = 100_000;

/** The crowds that have to be made for a plan, each once. */
export function crowdsOf({ shapes, axes, accounts, positions, lanes }: Plan): CrowdSpec[] {
  const byKey = new Map<string, CrowdSpec & { lanes: number[] }>();
  for (const shape of shapes) {
    for (const { name, values } of axes) {
      for (const value of values) {
        if (shape !== 'random' && name === 'accounts' && value > SHAPED_MAX) continue;
        const spec = { shape, accounts, positions, [name]: value };
        const own = name === 'lanes' ? value : lanes;
        const key = `${shape} ${spec.accounts} ${spec.positions}`;
        const known = byKey.get(key) ?? { ...spec, lanes: [] };
        // A market maker's positions are its own: they do not vary.
        const isVaried = shape !== 'market maker' || name !== 'positions' || value === positions;
        if (isVaried && !known.lanes.includes(own)) known.lanes.push(own);
        byKey.set(key, known);
      }
    }
  }
  return [...byKey.values()].filter((spec) => spec.lanes.length > 0 && isMeasured(spec));
}
