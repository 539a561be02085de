// A thread of a plain sweep: sleeps until its turn is called, then takes chunks of accounts until none is left. `src/threads.ts` starts it and writes the words.
import { workerData } from 'node:worker_threads';

const [TURN, NEXT, DONE] = [0, 1, 2];
const { module, memory, control, count, chunk, places } = workerData;
const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
const words = new Int32Array(memory.buffer, control, 4);
let turn = 0;
for (;;) {
  Atomics.add(words, DONE, 1);
  Atomics.notify(words, DONE);
  Atomics.wait(words, TURN, turn);
  turn = Atomics.load(words, TURN);
  if (turn < 0) break;
  for (;;) {
    const from = Atomics.add(words, NEXT, chunk);
    if (from >= count) break;
    exports.sweepPlain(from, Math.min(count, from + chunk), ...places);
  }
}
