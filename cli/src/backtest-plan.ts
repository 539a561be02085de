// From options to what is walked: a history or real chains, a model, books, a span, a governor.

import {
  type FactorHistory,
  factorId,
  formatInstant,
  type Instant,
  isRefusal,
  parseDecimal,
  parseInstant,
  type Refusal,
  refuse,
} from '@plimsoll/core';
import {
  type BacktestPlan,
  chainScene,
  drivenScene,
  fixedStrategy,
  loadHistory,
  loadSnapshots,
  promisedDefaults,
  type Scene,
  type Strategy,
  standardStrategies,
} from '@plimsoll/lab';
import { governingOf } from './governed.ts';
import { loadPortfolio } from './judge.ts';
import { chooseModel, type ModelOptions } from './models.ts';

export interface BacktestOptions extends ModelOptions {
  readonly chain?: readonly string[];
  readonly perpetuals?: readonly string[];
  readonly portfolio?: string;
  readonly book?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly every?: string;
  readonly lookBack: string;
  readonly governed?: string | boolean;
  readonly state?: string;
  readonly jobs?: string;
  readonly part?: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** A plan, and what a reader should know of what it stands on. */
export interface Planned {
  readonly plan: BacktestPlan;
  readonly notes: readonly string[];
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 8_760 * HOUR_MS;
/** Hours between margins on a history, where nothing else is said. */
const EVERY_HOURS = '4';

/** Where a run takes place. */
interface Place {
  readonly scene: Scene;
  readonly history?: FactorHistory;
  readonly notes: readonly string[];
}

const timeOf = (time: number) => formatInstant(time as Instant);

/** How far a history reaches into the chains beside it. */
function reachOf({ times, factors, step }: FactorHistory, snapshots: Float64Array): string[] {
  const names = factors.map(factorId).join(', ');
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [`the history of ${names} has no date.`];
  const late = snapshots.filter((at) => at - last > 2 * step).length;
  const said = `history of ${names}: ${times.length} dates, ${timeOf(first)} to ${timeOf(last)}.`;
  if (late === 0) return [said];
  const left = `${late} of ${snapshots.length} snapshots come after its end: to models that look back the vol of now is then that of its last date.`;
  return [said, left];
}

async function placeOf(options: BacktestOptions): Promise<Place | Refusal> {
  const history = options.history === undefined ? undefined : await loadHistory(options.history);
  if (isRefusal(history)) return history;
  if (options.chain === undefined) {
    if (history === undefined) {
      const message = 'a backtest needs bars or chains; give bars, such as btcusdt.csv.gz, or --chain FILE.';
      return refuse('no-history', message, '--history');
    }
    if (options.perpetuals !== undefined) {
      return refuse('malformed', '--perpetuals goes with --chain; remove the option.', '--perpetuals');
    }
    const scene = drivenScene(history);
    return isRefusal(scene) ? scene : { scene, history, notes: history.notes };
  }
  const series = await loadSnapshots(options.chain, options.perpetuals);
  if (isRefusal(series)) return series;
  const scene = chainScene(series);
  if (isRefusal(scene)) return scene;
  if (history === undefined) return { scene, notes: series.notes };
  const notes = [...series.notes, ...history.notes, ...reachOf(history, scene.times)];
  return { scene, history, notes };
}

/** The first time at or after one; the number of times where none is. */
function indexOf(times: Float64Array, at: number): number {
  const i = times.findIndex((time) => time >= at);
  return i < 0 ? times.length : i;
}

function readNumber(word: string, option: string, least: number, most: number): number | Refusal {
  const value = parseDecimal(word, option);
  if (isRefusal(value) || (value >= least && value <= most)) return value;
  return refuse('out-of-range', `give a number from ${least} to ${most}.`, option);
}

/** The times that are margined; of a history all but its first year, of chains all. */
function spanOf(options: BacktestOptions, { times }: Scene): { from: number; to: number } | Refusal {
  const start = options.chain === undefined ? times[0]! + YEAR_MS : times[0]!;
  const begun = options.from === undefined ? start : parseInstant(options.from, '--from');
  if (isRefusal(begun)) return begun;
  const ended = options.to === undefined ? Number.POSITIVE_INFINITY : parseInstant(options.to, '--to');
  if (isRefusal(ended)) return ended;
  const [from, to] = [indexOf(times, begun), indexOf(times, ended)];
  if (to - from >= 2) return { from, to };
  const what = options.chain === undefined ? 'history is' : 'chains are';
  const span = `${timeOf(times[0]!)} to ${timeOf(times.at(-1)!)}`;
  const message = `the ${what} of ${span}, and of what is asked to be margined there are fewer than two dates; give a longer one, or another --from and --to.`;
  return refuse('too-short', message, options.chain === undefined ? 'history' : 'chain');
}

/** Times from one margin to the next: of chains every snapshot, or as many as make the hours asked for in the middle of their distances. */
function everyOf(options: BacktestOptions, { times, step }: Scene): number | Refusal {
  if (options.chain !== undefined && options.every === undefined) return 1;
  const hours = readNumber(options.every ?? EVERY_HOURS, '--every', 0.01, 8_760);
  if (isRefusal(hours)) return hours;
  const gaps = times.subarray(1).map((time, i) => time - times[i]!);
  const each = options.chain === undefined ? step : gaps.sort()[gaps.length >> 1]!;
  return Math.max(1, Math.round((hours * HOUR_MS) / each));
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
  const closed = scene.closedAt?.(from);
  if (closed !== undefined) return closed;
  const all = standardStrategies(scene, from);
  if (isRefusal(all) || options.book === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = options.book.find((name) => !names.includes(name));
  if (unknown === undefined) return all.filter(({ name }) => options.book!.includes(name));
  return refuse('malformed', `there is no book '${unknown}' here; there are ${names.join(', ')}.`, '--book');
}

/** Everything that is walked, and the notes of what it was read from. */
export async function planOf(options: BacktestOptions): Promise<Planned | Refusal> {
  const chosen = await chooseModel(options);
  if (isRefusal(chosen)) return chosen;
  const days = readNumber(options.lookBack, '--look-back', 1, 36_500);
  if (isRefusal(days)) return days;
  const governing = await governingOf(options.governed);
  if (isRefusal(governing)) return governing;
  const place = await placeOf(options);
  if (isRefusal(place)) return place;
  const { scene, history, notes } = place;
  if (governing !== undefined && history === undefined) {
    return refuse('no-history', 'the governor follows a history; give bars with --history.', '--governed');
  }
  const every = everyOf(options, scene);
  if (isRefusal(every)) return every;
  const span = spanOf(options, scene);
  if (isRefusal(span)) return span;
  const strategies = await strategiesOf(options, scene, span.from);
  if (isRefusal(strategies)) return strategies;
  const { model, parameters } = chosen;
  const { horizonHours } = promisedDefaults;
  const looking = history === undefined ? {} : { history, lookBackHours: 24 * days };
  const governed = governing === undefined ? {} : { governing };
  const plan = {
    model,
    parameters,
    scene,
    strategies,
    ...span,
    every,
    horizonHours,
    ...looking,
    ...governed,
  };
  return { plan, notes };
}
