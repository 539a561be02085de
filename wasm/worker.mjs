// A thread of a pool: sleeps until its turn is called, then takes chunks of accounts until none is left. Plain JavaScript, because a thread is started from a file.
import { parentPort, workerData } from 'node:worker_threads';

/** Words of the control block; `src/pool.ts` writes them. */
const [
  TURN,
  NEXT,
  TO,
  CHUNK,
  BOOK,
  LIST,
  SPAN,
  ROWS,
  QUANTITIES,
  OUT,
  SCRATCH,
  SCRATCH_BYTES,
  CHARGES,
  UNSETTLED,
  EACH,
] = Array(15).keys();

const { module, memory, control, index, dies } = workerData;
const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
const words = new Int32Array(memory.buffer, control, 16);
let { turn } = workerData;
parentPort.postMessage({ ready: true });
for (;;) {
  Atomics.wait(words, TURN, turn);
  turn = Atomics.load(words, TURN);
  if (turn < 0) break;
  const [to, chunk, book, list] = [words[TO], words[CHUNK], words[BOOK] >>> 0, words[LIST] >>> 0];
  const [span, rows, quantities, out] = [SPAN, ROWS, QUANTITIES, OUT].map((word) => words[word] >>> 0);
  const [charges, unsettled, each] = [CHARGES, UNSETTLED, EACH].map((word) => words[word] >>> 0);
  const scratch = (words[SCRATCH] >>> 0) + index * words[SCRATCH_BYTES];
  for (;;) {
    const from = Atomics.add(words, NEXT, chunk);
    if (dies) process.exit(1);
    if (from >= to) break;
    const end = Math.min(to, from + chunk);
    if (each === 0) exports.sweepTree(book, list, from, end, span, rows, quantities, scratch, out);
    else {
      const held = [span, rows, quantities, unsettled];
      exports.judgeCrowd(book, charges, list, from, end, ...held, scratch, out, each);
    }
  }
  parentPort.postMessage({ turn });
}
