// plimsoll backtest: a model walked through a history, book by book, against what happened.

import { writeFile } from 'node:fs/promises';
import {
  type FactorHistory,
  formatInstant,
  type Instant,
  isRefusal,
  parseDecimal,
  parseInstant,
  type Refusal,
  refuse,
} from '@plimsoll/core';
import {
  Backtest,
  type BacktestPlan,
  type BookVerdict,
  backtestHtml,
  drivenScene,
  fixedStrategy,
  governingDefaults,
  loadHistory,
  promisedDefaults,
  readState,
  type Scene,
  type Strategy,
  standardStrategies,
  verdictOf,
  writeState,
} from '@plimsoll/lab';
import type { Command } from 'commander';
import { loadPortfolio } from './judge.ts';
import { addModelOptions, chooseModel, type ModelOptions } from './models.ts';
import { giveUp, heading, percent, remark, say, sayJson, table } from './output.ts';

interface BacktestOptions extends ModelOptions {
  readonly portfolio?: string;
  readonly book?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly every: string;
  readonly lookBack: string;
  readonly governed?: string | boolean;
  readonly state?: string;
  readonly html?: string;
  readonly json?: boolean;
}

export function addBacktest(program: Command): void {
  addModelOptions(program.command('backtest'))
    .description(
      'walk a model through a history: did its margins hold, how much did they ask, how fast did they rise',
    )
    .option('--portfolio <file>', 'a portfolio of your own instead of the standard set')
    .option('--book <name...>', 'of the standard set only these, such as outright straddle')
    .option('--from <time>', 'first time that is margined (default: a year after the history begins)')
    .option('--to <time>', 'margin until then (default: the end of the history)')
    .option('--every <hours>', 'hours from one margin to the next', '4')
    .option('--look-back <days>', 'history that a model sees at most, days', '730')
    .option(
      '--governed [elasticity]',
      'move vols and ranges by the governor, at this elasticity from 0 to 1 (default 0.5)',
    )
    .option('--state <file>', 'keep the run there and go on from it')
    .option('--html <file>', 'also write a report there')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll backtest --history btcusdt.csv.gz ethusdt.csv.gz btc_dvol.csv.gz --model dmr --from 2024-01-01 --to 2025-01-01 --state run.json --html run.html',
    )
    .action(async (options: BacktestOptions) => {
      const failed = await runBacktest(options);
      if (failed !== undefined) giveUp(failed);
    });
}

const YEAR_MS = 365 * 86_400_000;

/** The first time at or after one; the number of times where none is. */
function placeOf(times: Float64Array, at: number): number {
  const i = times.findIndex((time) => time >= at);
  return i < 0 ? times.length : i;
}

function readNumber(word: string, option: string, least: number, most: number): number | Refusal {
  const value = parseDecimal(word, option);
  if (isRefusal(value) || (value >= least && value <= most)) return value;
  return refuse('out-of-range', `give a number from ${least} to ${most}.`, option);
}

function spanOf(options: BacktestOptions, { times }: Scene): { from: number; to: number } | Refusal {
  const begun = options.from === undefined ? times[0]! + YEAR_MS : parseInstant(options.from, '--from');
  if (isRefusal(begun)) return begun;
  const ended = options.to === undefined ? Number.POSITIVE_INFINITY : parseInstant(options.to, '--to');
  if (isRefusal(ended)) return ended;
  const [from, to] = [placeOf(times, begun), placeOf(times, ended)];
  if (to - from >= 2) return { from, to };
  const span = `${formatInstant(times[0]! as Instant)} to ${formatInstant(times.at(-1)! as Instant)}`;
  const message = `the history is of ${span}, and of what is asked to be margined it has fewer than two dates; give a longer one, or another --from and --to.`;
  return refuse('too-short', message, 'history');
}

async function strategiesOf(
  options: BacktestOptions,
  scene: Scene,
  from: number,
): Promise<Strategy[] | Refusal> {
  if (options.portfolio !== undefined) {
    const portfolio = await loadPortfolio(options.portfolio);
    return isRefusal(portfolio) ? portfolio : [fixedStrategy(portfolio)];
  }
  const all = standardStrategies(scene, from);
  if (isRefusal(all) || options.book === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = options.book.find((name) => !names.includes(name));
  if (unknown === undefined) return all.filter(({ name }) => options.book!.includes(name));
  return refuse('malformed', `there is no book '${unknown}' here; there are ${names.join(', ')}.`, '--book');
}

function governingOf({ governed }: BacktestOptions): BacktestPlan['governing'] | Refusal {
  if (governed === undefined) return undefined;
  const elasticity = governed === true ? 0.5 : readNumber(String(governed), '--governed', 0, 1);
  if (isRefusal(elasticity)) return elasticity;
  return { ...governingDefaults, policy: { ...governingDefaults.policy, elasticity } };
}

async function planOf(
  options: BacktestOptions,
): Promise<{ plan: BacktestPlan; history: FactorHistory } | Refusal> {
  if (options.history === undefined) {
    return refuse('no-history', 'a backtest needs bars; give them, such as btcusdt.csv.gz.', '--history');
  }
  const chosen = await chooseModel(options);
  if (isRefusal(chosen)) return chosen;
  const [hours, days, governing] = [
    readNumber(options.every, '--every', 0.01, 8_760),
    readNumber(options.lookBack, '--look-back', 1, 36_500),
    governingOf(options),
  ];
  if (isRefusal(hours)) return hours;
  if (isRefusal(days)) return days;
  if (isRefusal(governing)) return governing;
  const history = await loadHistory(options.history);
  if (isRefusal(history)) return history;
  const scene = drivenScene(history);
  if (isRefusal(scene)) return scene;
  const span = spanOf(options, scene);
  if (isRefusal(span)) return span;
  const strategies = await strategiesOf(options, scene, span.from);
  if (isRefusal(strategies)) return strategies;
  const { horizonHours } = promisedDefaults;
  const every = Math.max(1, Math.round((hours * 3_600_000) / history.step));
  const rest = governing === undefined ? {} : { governing };
  const { model, parameters } = chosen;
  const walked = { scene, strategies, ...span, every, horizonHours, history, lookBackHours: 24 * days };
  return { plan: { model, parameters, ...walked, ...rest }, history };
}

/** Milliseconds between two words of progress, and between two writes of a state. */
const SAID_MS = 5_000;
const KEPT_MS = 10_000;

/** Walks to the end, telling how far it is and keeping its state. */
async function walk(run: Backtest, path: string | undefined): Promise<Refusal | undefined> {
  let [said, kept] = [Date.now(), Date.now()];
  while (!run.isDone) {
    const refusal = run.step();
    if (refusal !== undefined) return refusal;
    const now = Date.now();
    if (now - said > SAID_MS) {
      said = now;
      if (process.stderr.isTTY) remark(`  ${percent(run.progress, 1)}`);
    }
    if (path !== undefined && now - kept > KEPT_MS) {
      kept = now;
      const failed = await writeState(path, run.state);
      if (failed !== undefined) return failed;
    }
  }
  return path === undefined ? undefined : writeState(path, run.state);
}

async function runBacktest(options: BacktestOptions): Promise<Refusal | undefined> {
  const planned = await planOf(options);
  if (isRefusal(planned)) return planned;
  const { plan, history } = planned;
  const left = options.state === undefined ? undefined : await readState(options.state);
  if (isRefusal(left)) return left;
  const run = Backtest.open(plan, left, () => performance.now());
  if (isRefusal(run)) return run;
  const failed = await walk(run, options.state);
  if (failed !== undefined) return failed;
  const { state } = run;
  const verdicts = verdictOf(state);
  if (verdicts.length === 0) {
    const message = `no book was margined at any of its ${state.refused} times: ${state.refusal ?? 'all had expired'}`;
    return refuse('too-short', message, plan.model.id);
  }
  const head = {
    ...{ model: plan.model.id, version: plan.parameters.version, scene: plan.scene.label },
    ...{ promised: promisedDefaults, notes: history.notes },
  };
  if (options.html !== undefined) {
    try {
      await writeFile(options.html, backtestHtml(state, verdicts, head));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return refuse(
        'malformed',
        `The file cannot be written (${code}); check its folder and permissions.`,
        options.html,
      );
    }
  }
  if (options.json) {
    const microseconds = (1_000 * state.milliseconds) / Math.max(1, state.margins);
    const { refused, refusal } = state;
    sayJson({ ...head, books: verdicts, refused, refusal, timing: { margins: state.margins, microseconds } });
  } else sayBacktest(plan, run, verdicts, history.notes);
  return undefined;
}

/** One row of a line's table. */
function cellsOf(one: BookVerdict, line: 'maintenance' | 'initial'): string[] {
  const own = one[line];
  const rise = (value: number | null) => (value === null ? '-' : percent(value));
  const tail = line === 'initial' && one.tail !== null ? [one.tail.z2, one.tail.wealth] : [];
  return [
    ...[
      one.book,
      String(own.windows),
      `${own.breaches} of ${own.expected.toFixed(1)}`,
      own.pValue.toFixed(3),
    ],
    ...[own.isRejected ? 'too many' : 'holds', percent(own.power.twice), percent(own.mean, 2)],
    ...[own.overStatic === null ? '-' : own.overStatic.toFixed(2), own.worst.toFixed(2)],
    ...[percent(own.conditionalShortfall, 2), own.peakToTrough.toFixed(2)],
    ...[rise(own.rises.day), rise(own.rises.fiveDays)],
    ...(tail.length === 0 ? ['-', '-'] : tail.map((value) => value.toFixed(2))),
  ];
}

const HEAD = 'book|windows|breaches|p||power 2x|mean|/ static|worst|beyond|peak/trough|1 d|5 d|Z2|e'.split(
  '|',
);

function sayBacktest(
  { scene, model, parameters, from, to }: BacktestPlan,
  { state }: Backtest,
  verdicts: readonly BookVerdict[],
  notes: readonly string[],
): void {
  const time = (i: number) => formatInstant(scene.times[i]! as Instant);
  say(`${model.id} ${parameters.version}  ${time(from)} to ${time(to - 1)}  ${scene.label}`);
  for (const note of notes) remark(`  note: ${note}`);
  if (state.refused > 0) remark(`  note: ${state.refused} times were refused: ${state.refusal}`);
  const { coverage, horizonHours } = promisedDefaults;
  for (const line of ['maintenance', 'initial'] as const) {
    const held = `held to ${percent(coverage[line], 1)} of ${horizonHours[line]} h paths`;
    heading(`${line}: ${held}, one-sided at 5 %; shares of the underlying`);
    const rows = verdicts.map((one) => cellsOf(one, line));
    table(HEAD, rows, [0, 4]);
  }
  const each = (1_000 * state.milliseconds) / Math.max(1, state.margins);
  say();
  say(`  ${state.margins} margins, ${each.toFixed(0)} us each, books of scenarios included`);
}
