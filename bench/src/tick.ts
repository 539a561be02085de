// From a moved market to what a million accounts lose: rows, the book laid out, the sweep by two threads; and each of them alone in the same run.

import { type CrowdBook, type Market, withExpiries } from '@plimsoll/core';
import { kernelRows, openKernel, Pool } from '@plimsoll/wasm';
import { type Bench, medianOf, type Suite } from './bench.ts';
import { bookOf, crowdOf, enter, modelLanes, moved, roomOf, sure, venue } from './venue.ts';

const LANES = 64;
const ACCOUNTS = 1_000_000;
const THREADS = 2;
const ROUNDS = 7;
/** How far the market goes back and forth. */
const MOVE = 0.001;
/** Products whose rows move alone. */
const HANDFUL = 5;

let pool: Pool | undefined;

/** The steps of a tick over a pool that holds everybody. */
async function stage() {
  const place = venue();
  const book = bookOf(place, modelLanes(LANES));
  const { risk } = book;
  const method = sure(kernelRows(sure(await openKernel())));
  const here = withExpiries(place.market, risk.products);
  const markets: readonly [Market, Market] = [here, moved(here, MOVE)];
  const crowd = crowdOf('random', ACCOUNTS, risk.products.length);
  const open = sure(await Pool.open({ threads: THREADS, ...roomOf(crowd) }));
  enter(open.accounts, crowd);
  pool = open;
  const rows = new Float64Array(risk.rows.length);
  const next: CrowdBook = { risk: { ...risk, rows }, plan: book.plan };
  let ticks = 0;
  return {
    /** Rows of a few products go up and down, and those who hold one of them are swept again. */
    update: async () => {
      const factor = ticks++ % 2 === 0 ? 1.01 : 1 / 1.01;
      for (let k = 0; k < HANDFUL; k++) {
        const at = Math.floor((k * risk.products.length) / HANDFUL) * risk.stride;
        for (let s = 0; s < risk.laneCount; s++) rows[at + s]! *= factor;
      }
      const refusal = open.load(next);
      if (refusal !== undefined) throw new Error(refusal.message);
      return sure(await open.update()).accounts;
    },
    rows: () => {
      const market = markets[ticks++ % 2]!;
      return method.fill(risk.products, market, risk.shocks, risk.stride, rows).size + rows[0]!;
    },
    load: () => {
      const refusal = open.load(next);
      if (refusal !== undefined) throw new Error(refusal.message);
      return open.bytes;
    },
    sweep: async () => {
      sure(await open.sweep());
      return open.accounts.answers[0]!;
    },
  };
}

export const tickSuite: Suite = {
  name: 'tick',
  async benches() {
    const { rows, load, sweep, update } = await stage();
    rows();
    load();
    const one = (name: string, run: Bench['run']): Bench => ({
      ...{ name, unit: 'ms', work: 1, rounds: ROUNDS },
      run,
    });
    return [
      one('rows, 2,000 x 64', rows),
      one('book laid out for the threads', load),
      one(`sweep of ${ACCOUNTS.toLocaleString('en-US')} by two threads`, sweep),
      one('tick, from a moved market to all losses', async () => {
        rows();
        load();
        return sweep();
      }),
      one(`update after ${HANDFUL} products moved`, update),
    ];
  },
  ratios: (results) => {
    const parts = ['rows', 'book', 'sweep'].map((name) => medianOf(results, name) ?? Number.NaN);
    const sum = parts.reduce((total, part) => total + part, 0);
    return [
      { name: 'tick over the sum of its parts', value: medianOf(results, 'tick')! / sum },
      { name: 'sweep of all over update', value: medianOf(results, 'sweep')! / medianOf(results, 'update')! },
    ];
  },
  close() {
    void pool?.close();
    pool = undefined;
  },
};
