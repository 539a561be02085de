// All suites, in the order in which they are run.

import { arraySuites } from './arrays.ts';
import type { Suite } from './bench.ts';
import { checkSuite } from './check.ts';
import { crowdSuite } from './crowd.ts';
import { engineSuite } from './engine.ts';
import { expansionSuite } from './expansion.ts';
import { figuresSuite } from './figures.ts';
import { growthSuite } from './growth.ts';
import { journalSuite, recoverySuite } from './journal.ts';
import { kernelSuite } from './kernel.ts';
import { pathSuite } from './path.ts';
import { prunedSuite } from './pruned.ts';
import { sweepSuite, treeSuite } from './sweeps.ts';
import { tickSuite } from './tick.ts';

export const suites: readonly Suite[] = [
  kernelSuite,
  expansionSuite,
  pathSuite,
  growthSuite,
  crowdSuite,
  ...arraySuites,
  sweepSuite,
  prunedSuite,
  treeSuite,
  figuresSuite,
  checkSuite,
  tickSuite,
  engineSuite,
  journalSuite,
  recoverySuite,
];
