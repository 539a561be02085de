// Risk measures: expected-shortfall factors of a lognormal move, tails of a P&L series, tails of quadratic P&Ls.

import {
  cornishFisher,
  cumulantsOf,
  type DeltaGamma,
  deltaGammaNormal,
  deltaGammaTail,
  isRefusal,
  type LossTail,
  lognormalFactors,
  lossTail,
  type Refusal,
  type SquareMatrix,
  sentence,
  symmetricOf,
} from '@plimsoll/core';
import { normalInverse } from '@plimsoll/core/kernel';
import { has, list, num, numOf, part, tolerance, word } from './fields.ts';
import { type Checked, near, type Raw, type Suite, Unreadable, within } from './suite.ts';

/** A value, or an end of the case with the refusal's own sentence. */
function must<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Unreadable(`refused: ${sentence(value)}`);
  return value;
}

const lognormal: Suite = {
  id: 'es.lognormal-risk-factors',
  answer: (row, suite) => {
    const { long, short } = must(
      lognormalFactors({
        tail: num(row, 'riskAversion'),
        years: num(row, 'tau'),
        drift: num(row, 'mu'),
        vol: num(row, 'sigma'),
      }),
    );
    const fine = tolerance(suite, 'exactRelative', 1e-10);
    const printed = tolerance(suite, 'shortAbsoluteOrRelative', 3e-7);
    const checks: Checked[] = [];
    if (has(row, 'longExact')) checks.push(near('long, exact', num(row, 'longExact'), long, fine, 0));
    if (has(row, 'shortExact')) checks.push(near('short, exact', num(row, 'shortExact'), short, fine, 0));
    if (has(row, 'long')) checks.push(within('long', num(row, 'long'), long, tolerance(suite, 'long', 1e-7)));
    if (has(row, 'short')) checks.push(near('short', num(row, 'short'), short, printed, printed));
    return checks;
  },
};

/** A table of numbers by probability, as cases write it: `{"0.01": -1, "0.99": 2}`. */
function byProbability(row: Raw, field: string): [number, number][] {
  const table = part(row, field);
  return Object.keys(table).map((p) => [numOf(p, field), num(table, p)]);
}

/** A series by its name, or standing in the case itself. */
function seriesOf(row: Raw, suite: Raw): number[] {
  if (Array.isArray(row['series']))
    return list(row, 'series').map((value, i) => numOf(value, `series[${i}]`));
  const name = word(row, 'series');
  return list(part(suite, 'series'), name).map((value, i) => numOf(value, `${name}[${i}]`));
}

const historical: Suite = {
  id: 'var.historical-ore',
  answer: (row, suite) => {
    const pnl = seriesOf(row, suite);
    const allowed = tolerance(suite, 'relative', 1e-9);
    const tails = new Map<number, LossTail>();
    const tailAt = (p: number): LossTail => {
      const tail = tails.get(p) ?? must(lossTail(pnl, 1 - p, 'at-or-below'));
      tails.set(p, tail);
      return tail;
    };
    const quantiles = byProbability(row, 'quantiles').map(([p, want]) =>
      near(`quantile ${p}`, want, -tailAt(p).valueAtRisk, allowed, 0),
    );
    const means = has(row, 'meanOfPnlAtOrBelowQuantile')
      ? byProbability(row, 'meanOfPnlAtOrBelowQuantile').map(([p, want]) =>
          near(`mean to ${p}`, want, -tailAt(p).expectedShortfall, allowed, 0),
        )
      : [];
    return [...quantiles, ...means];
  },
};

/** A symmetric matrix from triplets of its upper half. */
function fromTriplets(row: Raw, field: string, size: number): SquareMatrix {
  const values = new Float64Array(size * size);
  for (const triplet of list(row, field)) {
    if (!Array.isArray(triplet)) throw new Unreadable(`field "${field}" holds something that is no triplet`);
    const [i, j, value] = triplet.map((x) => numOf(x, field));
    if (!(i! >= 0 && i! < size && j! >= 0 && j! < size)) {
      throw new Unreadable(`field "${field}" names place (${i}, ${j}) of ${size} factors`);
    }
    values[i! * size + j!] = value!;
    values[j! * size + i!] = value!;
  }
  return { size, values };
}

function numbersOf(row: Raw, field: string): number[] {
  return list(row, field).map((value, i) => numOf(value, `${field}[${i}]`));
}

function fullMatrix(row: Raw, field: string): SquareMatrix {
  const rows = list(row, field).map((line, i) => {
    if (!Array.isArray(line)) throw new Unreadable(`field "${field}" holds a row ${i} that is no list`);
    return line.map((value, j) => numOf(value, `${field}[${i}][${j}]`));
  });
  return must(symmetricOf(rows));
}

const deltaGamma: Suite = {
  id: 'var.delta-gamma-normal-ore',
  answer: (row, suite) => {
    const delta = numbersOf(row, 'delta');
    const book: DeltaGamma = {
      carry: 0,
      delta,
      gamma: fromTriplets(row, 'gammaSparse', delta.length),
      covariance: fromTriplets(row, 'covSparse', delta.length),
    };
    return byProbability(row, 'var').map(([p, want]) =>
      // A quantile of the P&L at p is minus the loss that 1 - p of all losses stay within.
      near(
        `quantile ${p}`,
        want,
        -must(deltaGammaNormal(book, 1 - p)).valueAtRisk,
        tolerance(suite, 'relative', 1e-8),
        tolerance(suite, 'absolute', 1e-3),
      ),
    );
  },
};

const quadratic: Suite = {
  id: 'var.delta-gamma-quadratic-ore',
  answer: (row, suite) => {
    const book: DeltaGamma = {
      carry: 0,
      delta: numbersOf(row, 'delta'),
      gamma: fullMatrix(row, 'gamma'),
      covariance: fullMatrix(row, 'omega'),
    };
    const p = num(row, 'p');
    const checks: Checked[] = [];
    if (has(row, 'exact')) {
      const got = -must(deltaGammaTail(book, 1 - p)).valueAtRisk;
      checks.push(near('exact', num(row, 'exact'), got, tolerance(suite, 'exactRelative', 1e-4), 0));
    }
    if (has(row, 'cornishFisher')) {
      // The bare polynomial: these shapes lie outside the domain where core would give it as a quantile.
      const { mean, variance, skew, excessKurtosis } = must(cumulantsOf(book));
      const got = mean + Math.sqrt(variance) * cornishFisher(normalInverse(p), skew, excessKurtosis);
      const allowed = tolerance(suite, 'cornishFisher', 1e-3);
      checks.push(within('Cornish-Fisher', num(row, 'cornishFisher'), got, allowed));
    }
    return checks;
  },
};

/** Suites about measures of risk. */
export const measureSuites: readonly Suite[] = [lognormal, historical, deltaGamma, quadratic];
