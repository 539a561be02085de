// A thread of a batch of simulations.

import { parentPort, workerData } from 'node:worker_threads';
import { runShare, type Share } from './pool.ts';

await runShare(workerData as Share, (sums) => parentPort!.postMessage(sums));
