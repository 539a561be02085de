// Simulated venues under audit: a few dozen seeds, both models.

import { describe, expect, it } from 'vitest';
import { type RunPlan, runOnce } from './run.ts';

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

function cleanRuns(model: RunPlan['model'], first: number, runs: number, inputs: number): void {
  for (let seed = first; seed < first + runs; seed++) {
    const { broken, kinds } = runOnce({ seed, model, inputs });
    expect(broken === undefined ? 'clean' : `seed ${seed}: ${broken.what}`).toBe('clean');
    for (const kind of kinds.keys()) seen.add(kind);
  }
}

describe('M-245 M-246 simulated venues', () => {
  it('are clean under static', () => cleanRuns('static', 1, 24, 150));
  it('are clean under grid', () => cleanRuns('grid', 1, 2, 100));
  it('are venues where things happen', () => {
    expect(EVENTS.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});
