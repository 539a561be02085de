// What a pool of so many accounts weighs once it was swept, or judged whole: bytes of the kernel's memory in use, and what the process grew by. Prints JSON.
//   node crowd-memory.mjs ACCOUNTS POSITIONS LANES swept|judged
import { Pool } from '@plimsoll/wasm';
import { bookOf, crowdOf, modelLanes, roomOf, sure, venue } from './dist/venue.js';

/** Accounts that are drawn; they are entered again and again, so that what drew them weighs nothing. */
const DRAWN = 10_000;
const THREADS = 2;

const [accounts, mean, lanes] = process.argv.slice(2, 5).map(Number);
const figures = process.argv[5] === 'judged';
const book = bookOf(venue(), modelLanes(lanes));
const drawn = crowdOf('random', Math.min(DRAWN, accounts), book.risk.products.length, mean);
const times = Math.ceil(accounts / drawn.count);
const room = roomOf(drawn);
globalThis.gc?.();
const before = process.memoryUsage().rss;
const pool = sure(
  await Pool.open({
    ...{ threads: THREADS, figures },
    ...{ accounts: times * room.accounts, positions: times * room.positions },
  }),
);
for (let i = 0; i < times * drawn.count; i++) {
  const [from, to] = [drawn.start[i % drawn.count], drawn.start[(i % drawn.count) + 1]];
  const held = { rows: drawn.rows.subarray(from, to), quantities: drawn.quantities.subarray(from, to) };
  const refusal = pool.accounts.set(i, held);
  if (refusal !== undefined) throw new Error(refusal.message);
}
const refusal = figures ? pool.loadFigures(book) : pool.load(book);
if (refusal !== undefined) throw new Error(refusal.message);
sure(figures ? await pool.figures() : await pool.sweep());
globalThis.gc?.();
const { rss } = process.memoryUsage();
const positions = times * drawn.start[drawn.count];
process.stdout.write(
  JSON.stringify({ accounts: pool.accounts.count, positions, kernel: pool.bytes, grown: rss - before, rss }),
);
await pool.close();
