// Whole venues: risk arrays, crowds swept plainly and by a whole model, the check before an order; TypeScript, WebAssembly and peers in one run.

import {
  CROWD_NUMBERS,
  fillRows,
  holdingsOf,
  type OrderColumns,
  seededPrng,
  sweep,
  sweepPlain,
  typescriptBody,
  withExpiries,
  worstAfterFills,
} from '@plimsoll/core';
import { kernelRows, layRows, openKernel, orderCheck, Pool, plainSweep, wasmBody } from '@plimsoll/wasm';
import type { Bench, Measured, Peer, Ratio, Suite } from './bench.ts';
import { compiledPeer, pythonPeer, withFile } from './peers.ts';
import { bookOf, crowdOf, flatLanes, SHAPES, sure, venue } from './venue.ts';

const LANES = 64;
const ACCOUNTS = 100_000;
const FEW = 5_000;

const find = (items: readonly (Measured | Peer)[], name: string) =>
  items.find((item) => item.name.startsWith(name))?.median;

/** The first over the second, where both were measured; of rates, how many times as fast. */
function ratioOf(name: string, top: number | undefined, bottom: number | undefined): Ratio[] {
  return top === undefined || bottom === undefined ? [] : [{ name, value: top / bottom }];
}

/** Risk arrays of 2,000 options. */
export const rowsSuite: Suite = {
  name: 'rows',
  async benches() {
    const place = venue();
    const { risk } = bookOf(place, flatLanes(LANES));
    const market = withExpiries(place.market, risk.products);
    const kernel = sure(await openKernel());
    const method = sure(kernelRows(kernel));
    const rows = new Float64Array(risk.rows.length);
    const work = risk.products.length * risk.laneCount;
    const glance = () => rows[0]! + rows[work >> 1]!;
    return [
      {
        name: `TypeScript, ${risk.products.length} x ${risk.laneCount}`,
        unit: 'M/s',
        work,
        run: () => fillRows(risk.products, market, risk.shocks, risk.stride, rows).size + glance(),
      },
      {
        name: `WebAssembly, ${risk.products.length} x ${risk.laneCount}`,
        unit: 'M/s',
        work,
        run: () => method.fill(risk.products, market, risk.shocks, risk.stride, rows).size + glance(),
      },
    ];
  },
  peers: async () => [
    compiledPeer('QuantLib blackFormula', 'M/s', 'rows.cpp', ['-lQuantLib'], []),
    pythonPeer('numpy + scipy ndtr', 'M/s', 'rows.py', []),
  ],
  ratios: (results, peers) => [
    ...ratioOf('WebAssembly over TypeScript', find(results, 'WebAssembly'), find(results, 'TypeScript')),
    ...ratioOf('WebAssembly over QuantLib', find(results, 'WebAssembly'), find(peers, 'QuantLib')),
    ...ratioOf('WebAssembly over numpy', find(results, 'WebAssembly'), find(peers, 'numpy')),
  ],
};

/** The plain sweep: every shape of account by one thread, random ones by two. */
export const sweepSuite: Suite = {
  name: 'sweep',
  async benches() {
    const { risk, plan } = bookOf(venue(), flatLanes(LANES));
    const kernel = sure(await openKernel());
    const laid = sure(layRows(kernel, risk));
    const seen = plan.seen.maintenance;
    const plain = sure(plainSweep(kernel, laid, seen));
    const benches: Bench[] = [];
    for (const shape of SHAPES) {
      const isLarge = shape === 'market maker';
      const crowd = crowdOf(shape, isLarge ? FEW : ACCOUNTS, risk.products.length);
      const out = new Float64Array(2 * crowd.count);
      const work = crowd.start[crowd.count]! * LANES;
      const kept = sure(plain.keep(crowd));
      benches.push({
        ...{ name: `WebAssembly, ${shape}`, unit: 'M/s', work, rounds: 9 },
        run: () => kept(0, crowd.count)[0]!,
      });
      if (shape !== 'random') continue;
      benches.push({
        ...{ name: 'TypeScript, random', unit: 'M/s', work, rounds: 9 },
        run: () => {
          sweepPlain(crowd, risk, seen, 0, crowd.count, out);
          return out[0]!;
        },
      });
    }
    return benches;
  },
  peers: async () => {
    const { risk } = bookOf(venue(), flatLanes(LANES));
    const crowd = crowdOf('random', ACCOUNTS, risk.products.length);
    const positions = crowd.start[crowd.count]!;
    const head = BigInt64Array.of(
      BigInt(crowd.count),
      BigInt(positions),
      BigInt(risk.products.length),
      BigInt(LANES),
    );
    return withFile([head, risk.rows, crowd.quantities, crowd.start, crowd.rows], (path) => [
      compiledPeer('C, one thread, native vectors', 'M/s', 'sweep.c', ['-pthread'], [path, '1']),
      compiledPeer('C, two threads, native vectors', 'M/s', 'sweep.c', ['-pthread'], [path, '2']),
      pythonPeer('scipy CSR @ dense, least', 'M/s', 'sweep.py', [path]),
    ]);
  },
  ratios: (results, peers) => [
    ...ratioOf(
      'WebAssembly over TypeScript',
      find(results, 'WebAssembly, random'),
      find(results, 'TypeScript'),
    ),
    ...ratioOf(
      'WebAssembly over scipy, one thread',
      find(results, 'WebAssembly, random'),
      find(peers, 'scipy'),
    ),
    ...ratioOf('WebAssembly over C, one thread', find(results, 'WebAssembly, random'), find(peers, 'C, one')),
  ],
};

/** A whole model's swept part: netting by expiry, both lines, joint moves; one thread, two threads, and one account at a time. */
export const treeSuite: Suite = {
  name: 'tree',
  async benches() {
    const book = bookOf(venue());
    const { risk } = book;
    const crowd = crowdOf('random', FEW, risk.products.length);
    const out = new Float64Array(CROWD_NUMBERS * crowd.count);
    const kernel = sure(await openKernel());
    const wasm = sure(wasmBody(kernel)(book));
    const typescript = sure(typescriptBody(book));
    const laid = sure(layRows(kernel, risk));
    const plain = sure(sure(plainSweep(kernel, laid, book.plan.seen.maintenance)).keep(crowd));
    const benches: Bench[] = [
      {
        ...{
          name: `plain sweep, ${risk.laneCount} lanes, per account`,
          unit: 'ns',
          work: crowd.count,
          rounds: 9,
        },
        run: () => plain(0, crowd.count)[0]!,
      },
      {
        ...{ name: 'WebAssembly, per account', unit: 'ns', work: crowd.count, rounds: 9 },
        run: () => {
          wasm(crowd, 0, crowd.count, out);
          return out[0]!;
        },
      },
      {
        ...{ name: 'TypeScript, per account', unit: 'ns', work: crowd.count / 10, rounds: 9 },
        run: () => {
          typescript(crowd, 0, crowd.count / 10, out);
          return out[0]!;
        },
      },
    ];
    for (const threads of [1, 2]) {
      const pool = sure(await Pool.open({ threads, accounts: FEW, positions: 40 * FEW }));
      pool.load(book);
      for (let i = 0; i < crowd.count; i++) {
        const [from, to] = [crowd.start[i]!, crowd.start[i + 1]!];
        pool.accounts.set(i, {
          rows: crowd.rows.subarray(from, to),
          quantities: crowd.quantities.subarray(from, to),
        });
      }
      benches.push({
        ...{ name: `pool of ${threads}, per account`, unit: 'ns', work: crowd.count, rounds: 9 },
        run: async () => {
          sure(await pool.sweep());
          return pool.accounts.answers[0]!;
        },
      });
    }
    return benches;
  },
  ratios: (results) => [
    ...ratioOf('TypeScript over WebAssembly', find(results, 'TypeScript'), find(results, 'WebAssembly')),
    ...ratioOf('whole model over plain sweep', find(results, 'WebAssembly'), find(results, 'plain sweep')),
    ...ratioOf('one thread over two', find(results, 'pool of 1'), find(results, 'pool of 2')),
  ],
};

/** The check before an order, against a profit row that is kept. */
export const checkSuite: Suite = {
  name: 'check',
  async benches() {
    const { risk } = bookOf(venue(), flatLanes(LANES));
    const kernel = sure(await openKernel());
    const laid = sure(layRows(kernel, risk));
    const check = sure(orderCheck(kernel, laid, LANES));
    const random = seededPrng(5);
    const held = new Map(
      Array.from({ length: 20 }, () => [
        Math.floor(random.next() * risk.products.length),
        10 * random.next() - 5,
      ]),
    );
    const pnl = sweep(risk, holdingsOf(held)).pnl.slice(0, LANES);
    check.pnl.set(pnl);
    const CHECKS = 2_000;
    return [0, 1, 10, 100].flatMap((count): Bench[] => {
      const orders: OrderColumns = {
        rows: Int32Array.from({ length: count }, () => Math.floor(random.next() * risk.products.length)),
        quantities: Float64Array.from({ length: count }, () => 2 * random.next() - 1),
        jumps: Float64Array.from({ length: count }, () => 10 * random.next() - 5),
      };
      const times = (worst: () => number) => () => {
        let sum = 0;
        for (let k = 0; k < CHECKS; k++) sum += worst();
        return sum;
      };
      const each = { unit: 'ns' as const, work: CHECKS };
      return [
        { ...each, name: `WebAssembly, ${count} orders`, run: times(() => check.worst(orders)) },
        {
          ...each,
          name: `TypeScript, ${count} orders`,
          run: times(() => worstAfterFills(risk, pnl, orders)),
        },
      ];
    });
  },
  ratios: (results) => [
    ...ratioOf(
      'TypeScript over WebAssembly, 10 orders',
      find(results, 'TypeScript, 10 '),
      find(results, 'WebAssembly, 10 '),
    ),
  ],
};
