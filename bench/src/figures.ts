// Whole requirements of a crowd: equity, three lines, what is locked, each to the unit what `assess` says; beside the swept part alone and the plain sweep.
// No side copies accounts in its rounds: the plain sweep keeps the crowd, the model has it in a pool of one thread, entered once. The pool is woken and waited
// for in every round, which counts against the model.

import { type CrowdAccounts, crowdFigures, type GridBook, models, typescriptFigures } from '@plimsoll/core';
import { layRows, openKernel, Pool, plainSweep } from '@plimsoll/wasm';
import { type Bench, medianOf, ratioOf, type Suite } from './bench.ts';
import { houseBook } from './history.ts';
import { mixedCrowd, settled, withEverything } from './mixed.ts';
import { bookOf, crowdOf, enter, roomOf, sure, venue } from './venue.ts';

const FEW = 5_000;
/** Accounts that TypeScript judges. */
const FEWER = 50;
/** Cash, coins, perpetuals and futures beside options. */
const MIXED = 'grid, mixed';
const SHOWN = ['grid', 'grid, spreads', 'grid, heavy-tailed', MIXED, 'dmr'] as const;

/** A crowd and the book of the model that judges it. */
interface Case {
  readonly name: (typeof SHOWN)[number];
  readonly model: 'grid' | 'dmr';
  readonly book: GridBook;
  readonly crowd: CrowdAccounts;
}

function cases(): Case[] {
  const place = venue();
  const [book, house, mixed] = [bookOf(place), houseBook(place), bookOf(withEverything(place))];
  const rows = book.risk.products.length;
  const drawn = (shape: 'random' | 'spreads' | 'heavy-tailed') => settled(crowdOf(shape, FEW, rows));
  return [
    { name: 'grid', model: 'grid', book, crowd: drawn('random') },
    { name: 'grid, spreads', model: 'grid', book, crowd: drawn('spreads') },
    { name: 'grid, heavy-tailed', model: 'grid', book, crowd: drawn('heavy-tailed') },
    { name: MIXED, model: 'grid', book: mixed, crowd: mixedCrowd(FEW, mixed.risk) },
    { name: 'dmr', model: 'dmr', book: house, crowd: drawn('random') },
  ];
}

let pools: Pool[] = [];

/** A pool of one thread that holds a crowd and a book with its charges. @example const pool = await judging(book, crowd); await pool.figures() */
export async function judging(book: GridBook, crowd: CrowdAccounts): Promise<Pool> {
  const pool = sure(await Pool.open({ threads: 1, figures: true, ...roomOf(crowd) }));
  enter(pool.accounts, crowd);
  pool.unsettled.set(crowd.unsettled);
  const refusal = pool.loadFigures(book);
  if (refusal !== undefined) throw new Error(refusal.message);
  return pool;
}

/** Of one crowd the plain sweep of as many lanes, the swept part and the whole requirement in WebAssembly, and the whole in TypeScript. */
async function caseBenches({ name, model, book, crowd }: Case): Promise<Bench[]> {
  const { risk } = book;
  const kernel = sure(await openKernel());
  const every = new Uint8Array(risk.stride).fill(1);
  const plain = sure(sure(plainSweep(kernel, sure(layRows(kernel, risk)), every)).keep(crowd));
  const pool = await judging(book, crowd);
  pools.push(pool);
  const typescript = sure(models[model].figures!(typescriptFigures, book));
  const figures = crowdFigures(crowd.count);
  const each = { unit: 'ns', work: crowd.count, rounds: 9 } as const;
  return [
    {
      ...{ ...each, name: `plain sweep of ${risk.laneCount} lanes, ${name}, per account` },
      run: () => plain(0, crowd.count)[0]!,
    },
    {
      ...{ ...each, name: `swept part, ${name}, per account` },
      run: async () => {
        sure(await pool.sweep());
        return pool.accounts.answers[0]!;
      },
    },
    {
      ...{ ...each, name: `whole, ${name}, per account` },
      run: async () => {
        sure(await pool.figures());
        return Number(pool.judged.initial[0]!);
      },
    },
    {
      ...{ ...each, name: `TypeScript, whole, ${name}, per account`, work: FEWER },
      run: () => {
        typescript(crowd, 0, FEWER, figures);
        return Number(figures.initial[0]!);
      },
    },
  ];
}

/** Whole requirements of accounts without open orders. */
export const figuresSuite: Suite = {
  name: 'figures',
  async benches() {
    return (await Promise.all(cases().map(caseBenches))).flat();
  },
  ratios: (results) =>
    SHOWN.flatMap((name) => {
      const of = (body: string) =>
        medianOf(
          results.filter((result) => result.name.endsWith(`, ${name}, per account`)),
          body,
        );
      const plain = of('plain sweep');
      return [
        ...ratioOf(`${name} whole over plain sweep of its lanes`, of('whole'), plain),
        ...ratioOf(`${name} swept part over plain sweep of its lanes`, of('swept part'), plain),
        ...ratioOf(`${name} whole over its swept part`, of('whole'), of('swept part')),
        ...ratioOf(`${name} whole, TypeScript over WebAssembly`, of('TypeScript'), of('whole')),
      ];
    }),
  close() {
    for (const pool of pools) void pool.close();
    pools = [];
  },
};
