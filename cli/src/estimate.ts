// plimsoll estimate: parameters of GARCH or GJR of every factor of a history, as a parameter file for models that look back.

import { writeFile } from 'node:fs/promises';
import {
  type FactorHistory,
  factorId,
  formatInstant,
  type Instant,
  isRefusal,
  parseInstant,
  type Refusal,
  refuse,
  until,
} from '@plimsoll/core';
import { log } from '@plimsoll/core/kernel';
import { estimateGarch, type GarchEstimate, loadHistory } from '@plimsoll/lab';
import type { Command } from 'commander';
import { giveUp, percent, remark, say, sayJson, table } from './output.ts';

interface EstimateOptions {
  readonly history: readonly string[];
  readonly kind: string;
  readonly student?: boolean;
  readonly to?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addEstimate(program: Command): void {
  program
    .command('estimate')
    .description('estimate GARCH or GJR of every factor of a history by maximum likelihood')
    .requiredOption(
      '--history <file...>',
      'bars (CSV): FILE where its name says of what, as btcusdt... or dvol..., else spot:BTC=FILE, vol:, premium:, peg:',
    )
    .option('--kind <kind>', 'garch, or gjr, where falls and rises count differently', 'garch')
    .option('--student', 'innovations of Student’s t, with degrees of freedom that are found too')
    .option('--to <time>', 'nothing after it is looked at, e.g. 2025-01-01')
    .option('--out <file>', 'also write what --params of the models var and dmr takes')
    .option('--json', 'print JSON for programs')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll estimate --history btcusdt.csv.gz btc_dvol.csv.gz --kind gjr --out gjr.json',
    )
    .action(async (options: EstimateOptions) => {
      const failed = await runEstimate(options);
      if (failed !== undefined) giveUp(failed);
    });
}

const HOUR_MS = 3_600_000;
const YEAR_HOURS = 8_760;

/** A factor with what was estimated of it. */
interface Estimated {
  readonly name: string;
  readonly estimate: GarchEstimate;
}

/** Log steps between dates that follow each other; a step across a gap is none. */
function stepsOf({ times, step }: FactorHistory, levels: Float64Array): Float64Array {
  const moves: number[] = [];
  for (let t = 1; t < times.length; t++) {
    if (times[t]! - times[t - 1]! === step) moves.push(log(levels[t]! / levels[t - 1]!));
  }
  return Float64Array.from(moves);
}

function estimateAll(history: FactorHistory, { kind, student }: EstimateOptions): Estimated[] | Refusal {
  const found: Estimated[] = [];
  for (const factor of history.factors) {
    const name = factorId(factor);
    const form = { asymmetric: kind === 'gjr', student: student === true };
    const estimate = estimateGarch(stepsOf(history, factor.levels), form);
    if (isRefusal(estimate)) return { ...estimate, where: name };
    found.push({ name, estimate });
  }
  return found;
}

/** A file that lays what was estimated over the parameters of a model. */
function fileOf(found: readonly Estimated[], kind: string, stepHours: number) {
  const garch = found.map(({ name, estimate }) => {
    const { omega, alpha, beta, asymmetry = 0 } = estimate.parameters;
    return [name, { stepHours, omega, alpha, beta, asymmetry }];
  });
  return { history: { method: kind, garch: Object.fromEntries(garch) } };
}

async function readSeen({ history, to, kind }: EstimateOptions): Promise<FactorHistory | Refusal> {
  if (kind !== 'garch' && kind !== 'gjr') {
    return refuse('malformed', `'${kind}' is unknown here; there are garch and gjr.`, '--kind');
  }
  const whole = await loadHistory(history);
  if (isRefusal(whole) || to === undefined) return whole;
  const at = parseInstant(to, '--to');
  return isRefusal(at) ? at : until(whole, at);
}

async function runEstimate(options: EstimateOptions): Promise<Refusal | undefined> {
  const history = await readSeen(options);
  if (isRefusal(history)) return history;
  const found = estimateAll(history, options);
  if (isRefusal(found)) return found;
  const stepHours = history.step / HOUR_MS;
  const file = fileOf(found, options.kind, stepHours);
  if (options.out !== undefined) {
    try {
      await writeFile(options.out, `${JSON.stringify(file, null, 2)}\n`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const message = `The file cannot be written (${code}); check its folder and permissions.`;
      return refuse('malformed', message, options.out);
    }
  }
  if (options.json) {
    sayJson({ kind: options.kind, stepHours, factors: found, parameters: file, notes: history.notes });
    return undefined;
  }
  const [first, last] = [history.times[0]!, history.times.at(-1)!].map((time) =>
    formatInstant(time as Instant),
  );
  say(`${options.kind}  ${first} to ${last}  steps of ${stepHours} h`);
  for (const note of [...history.notes, ...found.flatMap(noteOf)]) remark(`  note: ${note}`);
  table(
    HEAD,
    found.map((one) => rowOf(one, stepHours)),
    [0],
  );
  return undefined;
}

/** Persistence from which a long-run vol is a guess: the search goes no further than 0.9999. */
const ENDLESS = 0.9998;

function noteOf({ name, estimate }: Estimated): string[] {
  const { persistence, settled } = estimate;
  const endless = `${name}: shocks do not fade within this history (persistence ${persistence.toFixed(5)}), so its long-run vol is not known.`;
  const unsettled = `${name}: the search did not settle; these are the best parameters it saw.`;
  return [...(persistence < ENDLESS ? [] : [endless]), ...(settled ? [] : [unsettled])];
}

const HEAD = 'factor|steps|omega|alpha|beta|asymmetry|t|persistence|half-life h|vol a year|log L|AIC'.split(
  '|',
);

/** Parameters, and what they mean: hours after which a shock is half gone, the long-run vol. */
function rowOf({ name, estimate }: Estimated, stepHours: number): string[] {
  const { parameters, persistence, degrees, returns, logLikelihood, akaike } = estimate;
  const { omega, alpha, beta, asymmetry } = parameters;
  const level = Math.sqrt((omega / (1 - persistence)) * (YEAR_HOURS / stepHours));
  return [
    ...[name, String(returns), omega.toExponential(3)],
    ...[alpha, beta, asymmetry].map((value) => (value === undefined ? '-' : value.toFixed(4))),
    ...[degrees === undefined ? '-' : degrees.toFixed(2), persistence.toFixed(5)],
    ...[((stepHours * log(0.5)) / log(persistence)).toFixed(0), persistence < ENDLESS ? percent(level) : '-'],
    ...[logLikelihood.toFixed(1), akaike.toFixed(1)],
  ];
}
