// What factors may do next, as a law: a vol each and how they go together, estimated on the dates that all of them have (M-164).

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { pow } from '../../kernel/index.ts';
import { type FactorHistory, factorId, type HistoryFactor } from '../../market/index.ts';
import {
  correlationOf,
  decayOf,
  identityOf,
  ledoitWolf,
  nearestCorrelation,
  type SquareMatrix,
  stressCorrelation,
} from '../../risk/index.ts';
import { filterVols, logsOf, type VolFilter } from '../../scenario/index.ts';

/** Factors, the vol each is expected to have, a step, and their correlations. */
export interface FactorLaw {
  readonly factors: readonly HistoryFactor[];
  readonly vols: Float64Array;
  readonly correlation: SquareMatrix;
  /** How far correlations were pulled towards none, 0 to 1. */
  readonly shrunk: number;
}

/** A law under correlations as they were estimated, or stressed. */
export interface StressedLaw extends FactorLaw {
  /** `draw`: as estimated. `up`: all nearer to one. `down`: all nearer to minus one, repaired. */
  readonly set: 'draw' | 'up' | 'down';
}

/** Steps without a gap below which correlations mean nothing. */
const STEPS_LEAST = 100;
/** Half-lives after which what is older weighs less than rounding. */
const HALF_LIVES = 52;

/** Log steps between dates that follow each other, oldest first, in units of the given deviations; what does not move is 0. */
function stepsOf(
  { times, step }: FactorHistory,
  logs: readonly Float64Array[],
  most: number,
): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let t = times.length - 1; t > 0 && rows.length < most; t--) {
    if (times[t]! - times[t - 1]! !== step) continue;
    rows.push(Float64Array.from(logs, (own) => own[t]! - own[t - 1]!));
  }
  return rows.reverse();
}

/** Each factor by its own EWMA deviation, those that moved at all; correlations are shrunk in these units, so that no unit of a factor matters. */
function standardised(
  rows: readonly Float64Array[],
  decay: number,
): { moving: number[]; rows: Float64Array[] } {
  const size = rows[0]!.length;
  const squares = new Float64Array(size);
  for (const row of rows)
    for (let j = 0; j < size; j++) squares[j] = decay * squares[j]! + (1 - decay) * row[j]! ** 2;
  const rest = 1 - pow(decay, rows.length);
  const moving = Array.from(squares.keys()).filter((j) => squares[j]! > 0);
  const stdevs = squares.map((square) => Math.sqrt(square / rest));
  return { moving, rows: rows.map((row) => Float64Array.from(moving, (j) => row[j]! / stdevs[j]!)) };
}

/** Correlations of the moving in the places of all; who does not move goes with nobody. */
function spread(part: SquareMatrix, moving: readonly number[], size: number): SquareMatrix {
  const whole = identityOf(size);
  moving.forEach((to, i) => {
    moving.forEach((from, j) => {
      whole.values[to * size + from] = part.values[i * part.size + j]!;
    });
  });
  return whole;
}

/**
 * The law of a history's factors as of its last date.
 *
 *     vol: EWMA of squared log steps, floored (M-161), or the governed one (M-171)
 *     correlation: EWMA with the same half-life, shrunk to none (M-144, in units of each factor's own deviation), repaired (M-145)
 *
 * Units: vols a step. Errors: fewer than 100 steps without a gap. Source: M-164.
 * @example factorLaw(history, { halfLife: 120, floor: 0.67 }).correlation
 */
export function factorLaw(
  history: FactorHistory,
  filter: VolFilter,
  governed?: ReadonlyMap<string, number>,
): FactorLaw | Refusal {
  const { factors } = history;
  const logs = factors.map(({ levels }) => logsOf(levels));
  const vols = Float64Array.from(factors, (factor, j) => {
    return governed?.get(factorId(factor)) ?? filterVols(logs[j]!, filter, history).at(-1) ?? 0;
  });
  const steps = stepsOf(history, logs, Math.ceil(HALF_LIVES * filter.halfLife));
  if (steps.length < STEPS_LEAST) {
    const message = `correlations need ${STEPS_LEAST} steps without a gap, and the history has ${steps.length}; give a longer one.`;
    return refuse('too-short', message, 'history');
  }
  const decay = decayOf(filter.halfLife);
  const { moving, rows } = standardised(steps, decay);
  const size = factors.length;
  if (moving.length === 0) return { factors, vols, correlation: identityOf(size), shrunk: 0 };
  const shrunk = ledoitWolf(rows, decay);
  if (isRefusal(shrunk)) return shrunk;
  const unit = correlationOf(shrunk.matrix);
  if (isRefusal(unit)) return unit;
  const repaired = nearestCorrelation(unit.correlation);
  if (isRefusal(repaired)) return repaired;
  return { factors, vols, correlation: spread(repaired.matrix, moving, size), shrunk: shrunk.intensity };
}

/**
 * A law with its correlations as they were estimated and stressed both ways (M-146); itself alone where there is nothing to stress.
 * @example stressedLaws(law, 0.25).map(({ set }) => set) // ['draw', 'up', 'down']
 */
export function stressedLaws(law: FactorLaw, stress: number): StressedLaw[] | Refusal {
  const own: StressedLaw = { ...law, set: 'draw' };
  if (stress === 0 || law.factors.length < 2) return [own];
  const laws = [own];
  for (const set of ['up', 'down'] as const) {
    const stressed = stressCorrelation(law.correlation, set, stress);
    if (isRefusal(stressed)) return stressed;
    laws.push({ ...law, correlation: stressed.matrix, set });
  }
  return laws;
}
