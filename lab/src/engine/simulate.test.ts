// Simulated venues under audit: a few dozen seeds, both models, through journals and without.

import { describe, expect, it } from 'vitest';
import { planOf, type RunPlan, runOnce } from './run.ts';
import { failureLine, runSeed } from './tally.ts';
import { throughDoor } from './venue.ts';

const INPUTS = 110;
/** What must have happened somewhere: a venue where nothing happens is clean as well. */
const EVENTS = [
  'observed',
  'traded',
  'ordered',
  'sliced',
  'funded',
  'busted',
  'status liquidating',
  'withheld',
];

const seen = new Set<string>();

async function clean(plan: RunPlan): Promise<number> {
  const { broken, kinds, crashes } = await runOnce(plan);
  expect(broken === undefined ? 'clean' : `seed ${plan.seed}, step ${broken.step}: ${broken.what}`).toBe(
    'clean',
  );
  for (const kind of kinds.keys()) seen.add(kind);
  return crashes;
}

describe('M-245 M-246 simulated venues', () => {
  it('are clean on the engine alone', async () => {
    for (let seed = 1; seed <= 12; seed++) await clean({ ...planOf(seed, INPUTS, 'static'), way: 'bare' });
  });

  it('are clean under grid', async () => clean(planOf(2, 70, 'grid')));

  it('come to the same end from the same seed', async () => {
    const plan = planOf(40, INPUTS);
    const [one, other] = [await runOnce(plan), await runOnce(plan)];
    expect(one.digest).toBeDefined();
    expect(one.digest).toBe(other.digest);
  });
});

describe('M-247 simulated venues through a journal', () => {
  it('are clean over disks that fail', async () => {
    let crashes = 0;
    for (let seed = 101; seed <= 116; seed++)
      crashes += await clean({ ...planOf(seed, INPUTS, 'static'), way: 'journal' });
    expect(crashes).toBeGreaterThan(0);
  });

  it('refuse at the door what no text of an input holds', () => {
    const input = { kind: 'slice', count: Number.NaN } as const;
    expect(throughDoor(input)).toMatchObject({ kind: 'refused' });
  });

  it('are venues where things happen', () => {
    expect(EVENTS.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});

describe('M-246 a failure', () => {
  it('is one line with seed, step, what was broken, and the command that shows it again', () => {
    const failure = { seed: 7, step: 42, rule: 'M-201', what: 'it leaks' };
    expect(failureLine(failure, INPUTS, 'grid')).toBe(
      'seed 7, step 42: M-201 it leaks; npm run simulate -- --runs 1 --seed 7 --inputs 110 --model grid',
    );
  });

  it('is counted with its run', async () => {
    const sums = await runSeed(20, 40);
    expect([sums.runs, sums.twice, sums.failures]).toEqual([1, 1, []]);
  });

  it('M-246 judges worlds under grid once more by WebAssembly, to the same end', async () => {
    let judged = 0;
    for (const seed of [1, 2, 3]) {
      const sums = await runSeed(seed, 150, 'grid');
      expect([sums.twice, sums.failures]).toEqual([1, []]);
      judged += sums.judged;
    }
    expect(judged).toBeGreaterThan(0);
  });
});
