// Crowds through a book: the plain sweep, and a whole model's; TypeScript, WebAssembly and peers in one run.

import { CROWD_NUMBERS, type Crowd, sweepPlain, typescriptBody } from '@plimsoll/core';
import { layRows, openKernel, Pool, plainSweep, wasmBody } from '@plimsoll/wasm';
import { type Bench, bestOf, medianOf, type Peer, ratioOf, type Suite } from './bench.ts';
import { compiledPeer, pythonPeer, withFile } from './peers.ts';
import { plainThreads } from './threads.ts';
import { bookOf, crowdOf, enter, flatLanes, roomOf, SHAPES, sure, venue } from './venue.ts';

const LANES = 64;
/** The crowd of the target, and the crowds of other shapes. */
const MILLION = 1_000_000;
const ACCOUNTS = 100_000;
const FEW = 5_000;

/** What is open while a suite is measured. */
let ends: (() => void)[] = [];
function close(): void {
  for (const end of ends) end();
  ends = [];
}

/** Accounts of one shape by one thread. */
async function shapeBenches(): Promise<Bench[]> {
  const { risk, plan } = bookOf(venue(), flatLanes(LANES));
  const kernel = sure(await openKernel());
  const plain = sure(plainSweep(kernel, sure(layRows(kernel, risk)), plan.seen.maintenance));
  return SHAPES.slice(1).map((shape): Bench => {
    const crowd = crowdOf(shape, shape === 'market maker' ? FEW : ACCOUNTS, risk.products.length);
    const kept = sure(plain.keep(crowd));
    const work = crowd.start[crowd.count]! * LANES;
    return {
      ...{ name: `WebAssembly, ${shape}`, unit: 'M/s', work, rounds: 9 },
      run: () => kept(0, crowd.count)[0]!,
    };
  });
}

let million: Crowd | undefined;

/** The plain sweep: a million random accounts by one thread and by two, other shapes by one. */
export const sweepSuite: Suite = {
  name: 'sweep',
  async benches() {
    const { risk, plan } = bookOf(venue(), flatLanes(LANES));
    const seen = plan.seen.maintenance;
    const kernel = sure(await openKernel());
    million = crowdOf('random', MILLION, risk.products.length);
    const crowd = million;
    const sweeps = await plainThreads(kernel, risk, seen, crowd, 2);
    ends.push(sweeps.close);
    const out = new Float64Array(2 * crowd.count);
    const part = ACCOUNTS / 5;
    const works = (accounts: number) => ({ work: crowd.start[accounts]! * LANES, rounds: 9 });
    return [
      {
        ...{ name: 'WebAssembly, random x 1,000,000, one thread', unit: 'M/s', ...works(crowd.count) },
        run: () => sweeps.alone()[0]!,
      },
      {
        ...{ name: 'WebAssembly, random x 1,000,000, two threads', unit: 'M/s', ...works(crowd.count) },
        run: () => sweeps.together()[0]!,
      },
      {
        ...{ name: 'the same by two threads, whole', unit: 'ms', work: 1, rounds: 9 },
        run: () => sweeps.together()[0]!,
      },
      {
        ...{ name: 'TypeScript, random, one thread', unit: 'M/s', ...works(part) },
        run: () => {
          sweepPlain(crowd, risk, seen, 0, part, out);
          return out[0]!;
        },
      },
      ...(await shapeBenches()),
    ];
  },
  peers: async () => {
    const { risk } = bookOf(venue(), flatLanes(LANES));
    const crowd = million ?? crowdOf('random', MILLION, risk.products.length);
    const counts = [crowd.count, crowd.start[crowd.count]!, risk.products.length, LANES];
    const head = BigInt64Array.from(counts, BigInt);
    return withFile([head, risk.rows, crowd.quantities, crowd.start, crowd.rows], (path): Peer[] => [
      compiledPeer('C, one thread, widest vectors', 'M/s', 'sweep.c', ['-pthread'], [path, '1']),
      compiledPeer('C, two threads, widest vectors', 'M/s', 'sweep.c', ['-pthread'], [path, '2']),
      pythonPeer('scipy CSR @ dense, least', 'M/s', 'sweep.py', [path]),
    ]);
  },
  ratios: (results, peers) => {
    const [one, two] = ['one', 'two'].map((n) => `WebAssembly, random x 1,000,000, ${n}`) as [string, string];
    return [
      ...ratioOf(
        'WebAssembly over TypeScript, one thread',
        medianOf(results, one),
        medianOf(results, 'TypeScript'),
      ),
      ...ratioOf('two threads over one', medianOf(results, two), medianOf(results, one)),
      ...ratioOf('two threads over scipy', bestOf(results, two), bestOf(peers, 'scipy')),
      ...ratioOf('one thread over scipy', bestOf(results, one), bestOf(peers, 'scipy')),
      ...ratioOf('one thread over C, one thread', bestOf(results, one), bestOf(peers, 'C, one')),
      ...ratioOf('two threads over C, two threads', bestOf(results, two), bestOf(peers, 'C, two')),
    ];
  },
  close() {
    million = undefined;
    close();
  },
};

/**
 * A whole model's swept part: netting by expiry, both lines, joint moves; one thread, two threads, and one account at a time. Bodies copy the crowd in every
 * round; the plain sweep keeps it and pools have it entered once, so that the model is held against the plain sweep by the pool of one.
 */
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
    const each = { unit: 'ns', work: crowd.count, rounds: 9 } as const;
    const benches: Bench[] = [
      {
        ...{ ...each, name: `plain sweep, ${risk.laneCount} lanes, per account` },
        run: () => plain(0, crowd.count)[0]!,
      },
      {
        ...{ ...each, name: 'WebAssembly, per account' },
        run: () => {
          wasm(crowd, 0, crowd.count, out);
          return out[0]!;
        },
      },
      {
        ...{ ...each, name: 'TypeScript, per account', work: crowd.count / 10 },
        run: () => {
          typescript(crowd, 0, crowd.count / 10, out);
          return out[0]!;
        },
      },
    ];
    for (const threads of [1, 2]) {
      const pool = sure(await Pool.open({ threads, ...roomOf(crowd) }));
      ends.push(() => void pool.close());
      pool.load(book);
      enter(pool.accounts, crowd);
      benches.push({
        ...{ ...each, name: `pool of ${threads}, per account` },
        run: async () => {
          sure(await pool.sweep());
          return pool.accounts.answers[0]!;
        },
      });
    }
    return benches;
  },
  ratios: (results) => [
    ...ratioOf(
      'TypeScript over WebAssembly',
      medianOf(results, 'TypeScript'),
      medianOf(results, 'WebAssembly'),
    ),
    ...ratioOf(
      'whole model over plain sweep',
      medianOf(results, 'pool of 1'),
      medianOf(results, 'plain sweep'),
    ),
    ...ratioOf('one thread over two', medianOf(results, 'pool of 1'), medianOf(results, 'pool of 2')),
  ],
  close,
};
