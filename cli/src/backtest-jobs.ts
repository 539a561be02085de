// A walk on several processors: this process takes the first part, and one more of the same command takes each of the others.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm, unlink } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal, parseDecimal, type Refusal, refuse } from '@plimsoll/core';
import {
  Backtest,
  type BacktestPlan,
  type BacktestState,
  joinParts,
  type Part,
  readState,
  writeState,
} from '@plimsoll/lab';
import { walk } from './backtest-walk.ts';

/** A part shorter than this is not worth the start of a process. */
const STEPS_LEAST = 500;
const JOBS_MAX = 64;

/** How many processes a walk is shared by: as many as are asked for, else one for each processor where the walk is long enough. */
export function jobsOf(plan: BacktestPlan, asked: string | undefined): number | Refusal {
  const steps = Math.ceil((plan.to - plan.from) / plan.every);
  if (asked === undefined)
    return Math.max(1, Math.min(availableParallelism(), Math.floor(steps / STEPS_LEAST)));
  const jobs = parseDecimal(asked, '--jobs');
  if (isRefusal(jobs)) return jobs;
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= JOBS_MAX) return Math.min(jobs, Math.max(1, steps));
  return refuse('out-of-range', `give a whole number from 1 to ${JOBS_MAX}.`, '--jobs');
}

/** Reads `2/3`. */
export function partOf(word: string): Part | Refusal {
  const [, index, count] = /^(\d{1,2})\/(\d{1,2})$/.exec(word) ?? [];
  const part = { index: Number(index) - 1, count: Number(count) };
  if (part.index >= 0 && part.index < part.count) return part;
  return refuse('malformed', 'give a part as 2/3, the second of three.', '--part');
}

/** What belongs to the whole and not to its parts. */
const OWN = new Set(['--json', '--html', '--state', '--jobs']);
const WITH_VALUE = new Set(['--html', '--state', '--jobs']);

/** The words of this command without those. */
function sharedWords(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const name = words[i]!.split('=')[0]!;
    if (!OWN.has(name)) kept.push(words[i]!);
    else if (WITH_VALUE.has(name) && !words[i]!.includes('=')) i++;
  }
  return kept;
}

function started({ index, count }: Part, path: string): ChildProcess {
  const [program, ...words] = process.argv.slice(1);
  const own = ['--part', `${index + 1}/${count}`, '--state', path];
  // The channel is there to be closed: a part whose whole is gone ends as well.
  return spawn(process.execPath, [program!, ...sharedWords(words), ...own], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** What a part that failed said last; undefined where it came to its end. */
function endOf(child: ChildProcess): Promise<string | undefined> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (words: string) => {
    said = (said + words).slice(-2_000);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const last = said.trim().split('\n').at(-1);
      resolve(code === 0 ? undefined : last || `it ended with ${code}`);
    });
  });
}

async function partsWalked(plan: BacktestPlan, paths: readonly string[]): Promise<BacktestState[] | Refusal> {
  const count = paths.length;
  const children = paths.slice(1).map((path, i) => started({ index: i + 1, count }, path));
  const ends = children.map(endOf);
  const first = await walk(plan, paths[0], { index: 0, count });
  if (isRefusal(first)) {
    for (const child of children) child.kill();
    return first;
  }
  const failed = (await Promise.all(ends)).find((end) => end !== undefined);
  if (failed !== undefined) return refuse('malformed', failed, 'a part of the walk');
  const states = [first.state];
  for (const path of paths.slice(1)) {
    const state = await readState(path);
    if (state === undefined || isRefusal(state)) {
      return state ?? refuse('truncated', 'a part of the walk left no state.', path);
    }
    states.push(state);
  }
  return states;
}

/**
 * A plan walked by so many processes, to the same bits as by one. With a path each part keeps its state beside it, and the whole takes their place.
 */
export async function walkShared(
  plan: BacktestPlan,
  path: string | undefined,
  jobs: number,
): Promise<Backtest | Refusal> {
  // What one process has begun, one goes on with.
  if (jobs === 1 || (path !== undefined && existsSync(path))) return walk(plan, path);
  const folder = path === undefined ? mkdtempSync(join(tmpdir(), 'plimsoll-walk-')) : undefined;
  const stem = path ?? join(folder!, 'state.json');
  const paths = Array.from({ length: jobs }, (_, i) => `${stem}.${i + 1}of${jobs}`);
  try {
    const states = await partsWalked(plan, paths);
    if (isRefusal(states)) return states;
    const whole = joinParts(plan, states);
    if (isRefusal(whole)) return whole;
    const failed = path === undefined ? undefined : await writeState(path, whole);
    if (failed !== undefined) return failed;
    await Promise.all(paths.map((own) => unlink(own)));
    return Backtest.open(plan, whole, () => performance.now());
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
