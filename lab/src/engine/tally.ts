// What many runs come to: counts that add up, and the first failures with the command that shows them again.

import { type FiguresBody, isRefusal } from '@plimsoll/core';
import { Desk } from '@plimsoll/core/engine';
import { openMargin } from '@plimsoll/wasm';
import type { RunPlan, RunResult } from './run.ts';
import { planOf, runOnce } from './run.ts';
import { MODELS, type WorldModel, worldModels } from './world.ts';

/** A run that broke. */
export interface Failure {
  readonly seed: number;
  readonly step: number;
  readonly rule: string;
  readonly what: string;
}

/** Sums over runs; plain data, so that a thread can send them. */
export interface Sums {
  runs: number;
  inputs: number;
  crashes: number;
  /** Runs that were run again, to the same digest. */
  twice: number;
  /** Accounts that WebAssembly judged in those. */
  judged: number;
  readonly ways: Record<string, number>;
  readonly kinds: Record<string, number>;
  readonly failures: Failure[];
}

/** Every so many seeds a run is run again. */
const TWICE_EVERY = 20;
export const FAILURES_MAX = 20;

export function noSums(): Sums {
  return { runs: 0, inputs: 0, crashes: 0, twice: 0, judged: 0, ways: {}, kinds: {}, failures: [] };
}

function bump(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}

export function addSums(into: Sums, more: Sums): void {
  into.runs += more.runs;
  into.inputs += more.inputs;
  into.crashes += more.crashes;
  into.twice += more.twice;
  into.judged += more.judged;
  for (const [key, count] of Object.entries(more.ways)) bump(into.ways, key, count);
  for (const [key, count] of Object.entries(more.kinds)) bump(into.kinds, key, count);
  into.failures.push(...more.failures.slice(0, FAILURES_MAX - into.failures.length));
}

function addRun(sums: Sums, plan: RunPlan, { broken, kinds, inputs, crashes }: RunResult): void {
  sums.runs++;
  sums.inputs += inputs;
  sums.crashes += crashes;
  bump(sums.ways, `${plan.way}, ${plan.model}`);
  for (const [key, count] of kinds) bump(sums.kinds, key, count);
  if (broken !== undefined && sums.failures.length < FAILURES_MAX) {
    const { step, rule, what } = broken;
    sums.failures.push({ seed: plan.seed, step, rule, what });
  }
}

/** The kernel, opened when it is first wanted. */
let margin: ReturnType<typeof openMargin> | undefined;

/** A body that counts whom it judges. */
function counted(body: FiguresBody, sums: Sums): FiguresBody {
  return (book) => {
    const sweep = body(book);
    if (isRefusal(sweep)) return sweep;
    return (crowd, from, to, out) => {
      sums.judged += to - from;
      return sweep(crowd, from, to, out);
    };
  };
}

/** Runs a seed; a crash of our own is a failure as well. Every so many seeds it is run twice. */
export async function runSeed(seed: number, inputs: number, model?: WorldModel): Promise<Sums> {
  const sums = noSums();
  const plan = planOf(seed, inputs, model);
  const fail = (rule: string, what: string) => sums.failures.push({ seed, step: 0, rule, what });
  try {
    const result = await runOnce(plan);
    addRun(sums, plan, result);
    // `grid` has a body in WebAssembly, and every run under it is held to that.
    if ((seed % TWICE_EVERY !== 0 && plan.model !== 'grid') || result.digest === undefined) return sums;
    sums.twice++;
    // The second time books are made and slices judged by WebAssembly, which nobody must be able to tell.
    margin ??= openMargin();
    const kernel = await margin;
    const desk = () =>
      isRefusal(kernel) ? new Desk(MODELS) : new Desk(worldModels(kernel.models), counted(kernel.body, sums));
    const tamper = { ...plan.tamper, desk };
    if ((await runOnce({ ...plan, tamper })).digest !== result.digest)
      fail('M-246', 'the same seed comes to another end');
  } catch (error) {
    sums.runs++;
    fail('M-200', `it crashed: ${(error as Error).message}`);
  }
  return sums;
}

/** One line: seed, step, what was broken, and the command that shows it again. */
export function failureLine({ seed, step, rule, what }: Failure, inputs: number, model?: WorldModel): string {
  const under = model === undefined ? '' : ` --model ${model}`;
  return `seed ${seed}, step ${step}: ${rule} ${what}; npm run simulate -- --runs 1 --seed ${seed} --inputs ${inputs}${under}`;
}
