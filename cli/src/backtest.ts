// plimsoll backtest: a model walked through a history or through real chains, book by book, against what happened.

import { writeFile } from 'node:fs/promises';
import { formatInstant, type Instant, isRefusal, type Refusal, refuse } from '@plimsoll/core';
import {
  type Backtest,
  type BacktestPlan,
  backtestHtml,
  circumstanceOf,
  promisedOf,
  verdictOf,
} from '@plimsoll/lab';
import { type Command, Option } from 'commander';
import { jobsOf, partOf, walkShared } from './backtest-jobs.ts';
import { type BacktestOptions, planOf } from './backtest-plan.ts';
import { sayBacktest } from './backtest-table.ts';
import { walk } from './backtest-walk.ts';
import { addModelOptions } from './models.ts';
import { giveUp, sayJson } from './output.ts';

export function addBacktest(program: Command): void {
  addModelOptions(program.command('backtest'))
    .description(
      'walk a model through a history: did its margins hold, how much did they ask, how fast did they rise',
    )
    .option(
      '--chain <file...>',
      'walk real option chains instead, snapshot by snapshot (CSV or JSON); --history beside it for models that look back',
    )
    .option('--perpetuals <file...>', 'with --chain: marks of perpetuals and dated futures (CSV)')
    .option('--portfolio <file>', 'a portfolio of your own instead of the standard set')
    .option('--book <name...>', 'of the standard set only these, such as outright straddle')
    .option(
      '--from <time>',
      'first time that is margined (default: a year after the history begins; of chains the first snapshot)',
    )
    .option('--to <time>', 'margin until then (default: the end)')
    .option('--every <hours>', 'hours from one margin to the next (default: 4; of chains every snapshot)')
    .option('--look-back <days>', 'history that a model sees at most, days', '730')
    .option(
      '--governed [policy]',
      'move vols and ranges by the governor, at this elasticity from 0 to 1 (default 0.5), or by the policy of a file (JSON): governor, buffer, stress-weight, floor, ratchet, speed-limit',
    )
    .option('--state <file>', 'keep the run there and go on from it')
    .option(
      '--jobs <count>',
      'processes that share a long walk, to the same bits (default: one for each processor)',
    )
    .addOption(new Option('--part <part>', 'walk one part into its state and say nothing').hideHelp())
    .option('--html <file>', 'also write a report there')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  plimsoll backtest --history btcusdt.csv.gz ethusdt.csv.gz btc_dvol.csv.gz --model dmr --from 2024-01-01 --to 2025-01-01 --state run.json --html run.html\n  plimsoll backtest --chain chain_2026-01.csv.gz chain_2026-02.csv.gz --perpetuals perpetuals.csv.gz --model grid',
    )
    .action(async (options: BacktestOptions) => {
      const failed = await runBacktest(options);
      if (failed !== undefined) giveUp(failed);
    });
}

async function writePage(path: string, page: string): Promise<Refusal | undefined> {
  try {
    await writeFile(path, page);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `The file cannot be written (${code}); check its folder and permissions.`;
    return refuse('malformed', message, path);
  }
}

function spanOf({ plan: { scene, from, to } }: Backtest): { from: string; to: string } {
  const time = (i: number) => formatInstant(scene.times[i]! as Instant);
  return { from: time(from), to: time(to - 1) };
}

/** One part for the process that shares the walk: it ends when that one does. */
async function walkPart(
  plan: BacktestPlan,
  state: string | undefined,
  word: string,
): Promise<Refusal | undefined> {
  const part = partOf(word);
  if (isRefusal(part)) return part;
  const end = () => process.exit(1);
  process.on('disconnect', end);
  const run = await walk(plan, state, part);
  process.off('disconnect', end);
  if (process.connected) process.disconnect();
  return isRefusal(run) ? run : undefined;
}

async function runBacktest(options: BacktestOptions): Promise<Refusal | undefined> {
  const planned = await planOf(options);
  if (isRefusal(planned)) return planned;
  const { plan, notes } = planned;
  if (options.part !== undefined) return walkPart(plan, options.state, options.part);
  const jobs = jobsOf(plan, options.jobs);
  if (isRefusal(jobs)) return jobs;
  const run = await walkShared(plan, options.state, jobs);
  if (isRefusal(run)) return run;
  const { state } = run;
  const promised = promisedOf(plan);
  const verdicts = verdictOf(state, promised, circumstanceOf(plan, state));
  if (verdicts.length === 0) {
    const why = state.refusal ?? 'all had expired, or no path is known to its end';
    const message = `no book was margined and seen to the end of a horizon; ${state.refused} times were refused: ${why}`;
    return refuse('too-short', message, plan.model.id);
  }
  const head = {
    ...{ model: plan.model.id, version: plan.parameters.version, scene: plan.scene.label },
    ...{ span: spanOf(run), promised, notes },
  };
  if (options.html !== undefined) {
    const failed = await writePage(options.html, backtestHtml(state, verdicts, head));
    if (failed !== undefined) return failed;
  }
  if (options.json) {
    const microseconds = (1_000 * state.milliseconds) / Math.max(1, state.margins);
    const { refused, refusal } = state;
    sayJson({ ...head, books: verdicts, refused, refusal, timing: { margins: state.margins, microseconds } });
  } else sayBacktest(run, verdicts, promised, notes);
  return undefined;
}
