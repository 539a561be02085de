// Whole requirements of a crowd: equity, three lines, what is locked, each to the unit what `assess` says; beside the swept part alone and the plain sweep.

import {
  CROWD_NUMBERS,
  type CrowdAccounts,
  crowdFigures,
  type FiguresSweep,
  grid,
  typescriptFigures,
} from '@plimsoll/core';
import { layRows, openKernel, plainSweep, wasmBody, wasmFigures } from '@plimsoll/wasm';
import { type Bench, medianOf, ratioOf, type Suite } from './bench.ts';
import { bookOf, crowdOf, sure, venue } from './venue.ts';

const FEW = 2_000;
/** Accounts that TypeScript judges. */
const FEWER = 100;
const SHOWN = ['random', 'spreads', 'heavy-tailed'] as const;

/** Benches of one shape: by WebAssembly the plain sweep, the swept part and the whole requirement, and by TypeScript the whole. */
async function shapeBenches(
  shape: (typeof SHOWN)[number],
  book: ReturnType<typeof bookOf>,
): Promise<Bench[]> {
  const { risk, plan } = book;
  const own = crowdOf(shape, FEW, risk.products.length);
  const crowd: CrowdAccounts = { ...own, unsettled: new Float64Array(own.count) };
  const kernel = sure(await openKernel());
  const plain = sure(
    sure(plainSweep(kernel, sure(layRows(kernel, risk)), plan.seen.maintenance)).keep(crowd),
  );
  const swept = sure(wasmBody(kernel)(book));
  const losses = new Float64Array(CROWD_NUMBERS * crowd.count);
  const figures = crowdFigures(crowd.count);
  const judged = (judge: FiguresSweep, count: number) => () => {
    judge(crowd, 0, count, figures);
    return Number(figures.initial[0]!);
  };
  const each = { unit: 'ns', work: crowd.count, rounds: 9 } as const;
  return [
    { ...each, name: `plain sweep, ${shape}, per account`, run: () => plain(0, crowd.count)[0]! },
    {
      ...{ ...each, name: `swept part, ${shape}, per account` },
      run: () => {
        swept(crowd, 0, crowd.count, losses);
        return losses[0]!;
      },
    },
    {
      ...{ ...each, name: `WebAssembly, ${shape}, per account` },
      run: judged(sure(grid.figures!(wasmFigures(sure(await openKernel())), book)), crowd.count),
    },
    {
      ...{ ...each, name: `TypeScript, ${shape}, per account`, work: FEWER, rounds: 5 },
      run: judged(sure(grid.figures!(typescriptFigures, book)), FEWER),
    },
  ];
}

/** Whole requirements of accounts without open orders. */
export const figuresSuite: Suite = {
  name: 'figures',
  async benches() {
    const book = bookOf(venue());
    return (await Promise.all(SHOWN.map((shape) => shapeBenches(shape, book)))).flat();
  },
  ratios: (results) =>
    SHOWN.flatMap((shape) => {
      const of = (body: string) => medianOf(results, `${body}, ${shape}`);
      return [
        ...ratioOf(`TypeScript over WebAssembly, ${shape}`, of('TypeScript'), of('WebAssembly')),
        ...ratioOf(`whole requirement over swept part, ${shape}`, of('WebAssembly'), of('swept part')),
        ...ratioOf(`whole requirement over plain sweep, ${shape}`, of('WebAssembly'), of('plain sweep')),
      ];
    }),
};
