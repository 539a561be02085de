// The plain sweep beside the one that passes over blocks of lanes, and what keeping its lines costs a tick: grids of many spots by a few vols, every second lane
// seen by maintenance.

import {
  blockLanes,
  gridPlace,
  layRows,
  openKernel,
  type PrunedSweep,
  plainSweep,
  prunedSweep,
} from '@plimsoll/wasm';
import { type Bench, bestOf, type Measured, type Ratio, ratioOf, type Suite } from './bench.ts';
import { bookOf, crowdOf, flatLanes, sure, venue } from './venue.ts';

const ACCOUNTS = 100_000;
const SHOWN = ['random', 'spreads'] as const;
/** Lanes, and spots among them. */
const GRIDS = [
  [128, 32],
  [512, 64],
  [1_024, 128],
] as const;
const ROUNDS = 7;

/** Pruned sweeps of the last run, with what they are called, for how many blocks they summed. */
let summed: { readonly of: string; readonly blocks: number; readonly each: () => number }[] = [];

/** Benches of one grid: lines from rows, and each shape both ways. */
async function gridBenches(place: ReturnType<typeof venue>, lanes: number, spots: number): Promise<Bench[]> {
  const { risk, plan } = bookOf(place, flatLanes(lanes, spots));
  const seen = plan.seen.maintenance;
  const kernel = sure(await openKernel());
  const laid = sure(layRows(kernel, risk));
  const plain = sure(plainSweep(kernel, laid, seen));
  const pruned: PrunedSweep = sure(
    prunedSweep(kernel, laid, seen, blockLanes(risk.lanes.map(gridPlace), seen)),
  );
  const refresh: Bench = {
    ...{ name: `lines from rows, 2,000 x ${lanes}`, unit: 'ms', work: 1, rounds: ROUNDS },
    run: () => {
      pruned.refresh();
      return pruned.blocks;
    },
  };
  const shapes = SHOWN.flatMap((shape): Bench[] => {
    const crowd = crowdOf(shape, ACCOUNTS, risk.products.length);
    const [whole, part] = [sure(plain.keep(crowd)), sure(pruned.keep(crowd))];
    const each = { unit: 'ns', work: crowd.count, rounds: ROUNDS } as const;
    const of = `${shape} x ${lanes}`;
    let blocks = 0;
    summed.push({ of, blocks: pruned.blocks, each: () => blocks / crowd.count });
    return [
      { ...each, name: `whole, ${of}, per account`, run: () => whole(0, crowd.count)[0]! },
      {
        ...{ ...each, name: `pruned, ${of}, per account` },
        run: () => {
          const [first] = part(0, crowd.count);
          blocks = pruned.summed();
          return first!;
        },
      },
    ];
  });
  return [...shapes, refresh];
}

/** What one grid and shape gained: how many times as fast, how few blocks, and how much of what the crowd gains goes into the lines of a tick. */
function gains(results: readonly Measured[], lanes: number, shape: string): Ratio[] {
  const of = `${shape} x ${lanes}`;
  const [whole, pruned] = [bestOf(results, `whole, ${of}`), bestOf(results, `pruned, ${of}`)];
  const lines = bestOf(results, `lines from rows, 2,000 x ${lanes}`);
  const found = summed.find((each) => each.of === of);
  const gained = whole === undefined || pruned === undefined ? 0 : (ACCOUNTS * (whole - pruned)) / 1e6;
  return [
    ...ratioOf(`whole over pruned, ${of}`, whole, pruned),
    ...ratioOf(`blocks over those summed, ${of}`, found?.blocks, found?.each()),
    ...(gained > 0 ? ratioOf(`lines of a tick over what is gained, ${of}`, lines, gained) : []),
  ];
}

/** The pruned sweep: 100,000 accounts, one thread. */
export const prunedSuite: Suite = {
  name: 'pruned',
  async benches() {
    const place = venue();
    const benches: Bench[] = [];
    for (const [lanes, spots] of GRIDS) benches.push(...(await gridBenches(place, lanes, spots)));
    return benches;
  },
  ratios: (results) => GRIDS.flatMap(([lanes]) => SHOWN.flatMap((shape) => gains(results, lanes, shape))),
  close() {
    summed = [];
  },
};
