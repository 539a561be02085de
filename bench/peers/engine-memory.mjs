// What an engine of 100,000 accounts with twenty positions weighs, MB of heap once a part of them was judged: run with --expose-gc.
import { openAccounts, openStage } from '../dist/stage.js';

const ACCOUNTS = 100_000;
const SLICE = 1_000;

const stage = openStage();
openAccounts(stage, 'account', ACCOUNTS);
stage.send({ kind: 'slice', count: SLICE });
globalThis.gc();
process.stdout.write(String(Math.round(process.memoryUsage().heapUsed / 1e6)));
