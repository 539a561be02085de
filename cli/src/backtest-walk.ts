// The walk at a terminal: how far it is and how long it will take, and a state that a kill at any moment leaves whole.

import { isRefusal, type Refusal } from '@plimsoll/core';
import { Backtest, type BacktestPlan, type Part, readState, wholeWalk, writeState } from '@plimsoll/lab';
import { percent } from './output.ts';

/** Between two words of progress on a terminal, and without one; between two writes of a state. Milliseconds. */
const TERMINAL_MS = 200;
const LINE_MS = 30_000;
const KEPT_MS = 10_000;

function lasting(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Words of progress on standard error: one line that is written over where somebody watches, else a line every half minute. */
class Progress {
  private readonly began = Date.now();
  private said = Date.now();
  private readonly from: number;
  private readonly isWatched = process.stderr.isTTY === true;

  constructor(from: number) {
    this.from = from;
  }

  say(share: number): void {
    const now = Date.now();
    if (now - this.said < (this.isWatched ? TERMINAL_MS : LINE_MS)) return;
    this.said = now;
    const done = (share - this.from) / Math.max(1e-9, 1 - this.from);
    const left = done > 0 ? `, ${lasting(((now - this.began) * (1 - done)) / done)} left` : '';
    const words = `backtest: ${percent(share, 1)}${left}`;
    process.stderr.write(this.isWatched ? `\r${words.padEnd(40)}` : `${words}\n`);
  }

  end(): void {
    if (this.isWatched) process.stderr.write(`\r${' '.repeat(40)}\r`);
  }
}

async function steps(
  run: Backtest,
  path: string | undefined,
  progress: Progress,
): Promise<Refusal | undefined> {
  // The first step is kept at once, so that what cannot be written is known before an hour of walking.
  let kept = 0;
  while (!run.isDone) {
    const refusal = run.step();
    if (refusal !== undefined) return refusal;
    progress.say(run.progress);
    if (path === undefined || Date.now() - kept < KEPT_MS) continue;
    const failed = await writeState(path, run.state);
    if (failed !== undefined) return failed;
    kept = Date.now();
  }
  return path === undefined ? undefined : writeState(path, run.state);
}

/** A plan, or one part of it, walked to its end from where its state was left. */
export async function walk(
  plan: BacktestPlan,
  path: string | undefined,
  part: Part = wholeWalk,
): Promise<Backtest | Refusal> {
  const left = path === undefined ? undefined : await readState(path);
  if (isRefusal(left)) return left;
  const run = Backtest.open(plan, left, () => performance.now(), part);
  if (isRefusal(run)) return run;
  const progress = new Progress(run.progress);
  const failed = await steps(run, path, progress);
  progress.end();
  return failed ?? run;
}
