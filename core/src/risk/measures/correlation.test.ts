// Covariances, repairs, stress, draws and volatilities: the design notes' numbers, hand arithmetic, and laws.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, seededPrng } from '../../base/index.ts';
import {
  cholesky,
  clipCorrelation,
  correlationOf,
  covarianceOf,
  type Draws,
  drawShocks,
  drawUniforms,
  eigenOf,
  ewmaCovariance,
  identityOf,
  ledoitWolf,
  mixCorrelations,
  nearestCorrelation,
  rowsOf,
  type SquareMatrix,
  sampleCovariance,
  sampleQuantile,
  stressCorrelation,
  symmetricOf,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const reason = (value: unknown) => (isRefusal(value) ? value.reason : 'answered');
const matrix = (...rows: number[][]): SquareMatrix => sure(symmetricOf(rows));
const leastOf = (m: SquareMatrix) => eigenOf(m).values.at(-1)!;
const eight = [
  [0.01, 0.02, -0.01],
  [-0.02, -0.01, 0],
  [0.03, 0.01, 0.02],
  [0, -0.02, -0.01],
  [-0.01, 0.01, 0.01],
  [0.02, 0.03, 0],
  [-0.03, -0.04, -0.02],
  [0.01, 0, 0.03],
];
const broken = matrix([1, 1, 0], [1, 1, 1], [0, 1, 1]);
/** Symmetric tables with a unit diagonal; most of them are no correlations. */
const tables = fc.integer({ min: 2, max: 5 }).chain((size) =>
  fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size * size, maxLength: size * size })
    .map(
      (numbers): SquareMatrix => ({
        size,
        values: Float64Array.from(numbers, (_, k) => {
          const [i, j] = [Math.floor(k / size), k % size];
          return i === j ? 1 : numbers[Math.min(i, j) * size + Math.max(i, j)]!;
        }),
      }),
    ),
);

describe('M-144 covariance', () => {
  it('Ledoit-Wolf of weights that fade: as numpy has it, and plain where they do not', () => {
    const { intensity, matrix: shrunk } = sure(ledoitWolf(eight, 0.9));
    expect(intensity).toBeCloseTo(0.4988539765645223, 12);
    const want = [
      3.77054807, 1.64739043, 0.94465586, 1.64739043, 4.39450694, 0.8329004, 0.94465586, 0.8329004,
    ];
    want.forEach((value, k) => {
      expect(shrunk.values[k]! * 1e4).toBeCloseTo(value, 7);
    });
    const centred = eight.map((row) => row.map((x, j) => x - eight.reduce((sum, r) => sum + r[j]! / 8, 0)));
    const [even, plain] = [sure(ledoitWolf(centred, 1)), sure(ledoitWolf(eight))];
    expect(even.intensity).toBeCloseTo(plain.intensity, 12);
    expect(reason(ledoitWolf(eight, 1.5))).toBe('bad-parameter');
  });

  it('Ledoit-Wolf of the design notes', () => {
    const { intensity, matrix: shrunk } = sure(ledoitWolf(eight));
    expect(intensity).toBeCloseTo(0.4911146, 7);
    const want = [
      [3.56333, 1.52666, 0.81104],
      [1.52666, 4.01656, 0.69972],
      [0.81104, 0.69972, 2.96698],
    ];
    rowsOf(shrunk).forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value * 1e4).toBeCloseTo(want[i]![j]!, 5);
      });
    });
    expect(
      sure(
        ledoitWolf([
          [1, 0],
          [-1, 0],
          [0, 1],
          [0, -1],
        ]),
      ).intensity,
    ).toBe(0);
  });

  it('shrinking keeps the trace and narrows the eigenvalues', () => {
    const sample = sure(sampleCovariance(eight));
    const { matrix: shrunk } = sure(ledoitWolf(eight));
    const sum = (m: SquareMatrix) => m.values[0]! + m.values[4]! + m.values[8]!;
    expect(sum(shrunk)).toBeCloseTo(sum(sample), 15);
    expect(leastOf(shrunk)).toBeGreaterThan(leastOf(sample));
    expect(eigenOf(shrunk).values[0]).toBeLessThan(eigenOf(sample).values[0]!);
  });

  it('EWMA by hand, and sample around its mean', () => {
    expect(
      rowsOf(
        sure(
          ewmaCovariance(
            [
              [1, 2],
              [2, -1],
            ],
            0.5,
          ),
        ),
      ),
    ).toEqual([
      [expect.closeTo((1 + 2 * 4) / 3, 12), expect.closeTo((2 - 2 * 2) / 3, 12)],
      [expect.closeTo((2 - 2 * 2) / 3, 12), expect.closeTo((4 + 2) / 3, 12)],
    ]);
    expect(rowsOf(sure(sampleCovariance([[1], [3]])))).toEqual([[1]]);
  });

  it('takes a covariance apart and puts it together', () => {
    const sample = sure(sampleCovariance(eight));
    const { stdevs, correlation } = sure(correlationOf(sample));
    const back = sure(covarianceOf(correlation, stdevs));
    back.values.forEach((value, k) => {
      expect(value).toBeCloseTo(sample.values[k]!, 15);
    });
  });

  it('refuses what has no covariance', () => {
    expect(reason(sampleCovariance([[1]]))).toBe('too-short');
    expect(reason(sampleCovariance([[1], [1, 2]]))).toBe('malformed');
    expect(reason(ewmaCovariance([[1], [Number.NaN]]))).toBe('malformed');
    expect(reason(ewmaCovariance([[1], [2]], 0))).toBe('bad-parameter');
    expect(
      reason(
        correlationOf(
          sure(
            sampleCovariance([
              [1, 0],
              [2, 0],
            ]),
          ),
        ),
      ),
    ).toBe('no-volatility');
    expect(reason(covarianceOf(identityOf(2), [1]))).toBe('malformed');
  });

  it('eigenvalues rebuild the matrix, vectors are orthonormal', () => {
    fc.assert(
      fc.property(tables, (m) => {
        const { values, vectors } = eigenOf(m);
        const v = rowsOf(vectors);
        for (let i = 0; i < m.size; i++) {
          for (let j = 0; j < m.size; j++) {
            const rebuilt = v[i]!.reduce((sum, x, k) => sum + x * values[k]! * v[j]![k]!, 0);
            expect(rebuilt).toBeCloseTo(m.values[i * m.size + j]!, 13);
            const product = v.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 13);
          }
        }
      }),
    );
  });
});

describe('M-145 repair', () => {
  it('Higham and clipping of the design notes', () => {
    const [high, clip] = [sure(nearestCorrelation(broken)), sure(clipCorrelation(broken))].map(
      ({ matrix: m }) => rowsOf(m),
    );
    expect(high![0]![1]).toBeCloseTo(0.76069, 6);
    expect(high![0]![2]).toBeCloseTo(0.157298, 6);
    expect(clip![0]![1]).toBeCloseTo(0.739539, 6);
    expect(clip![0]![2]).toBeCloseTo(0.093836, 6);
  });

  it('answers a correlation matrix, the same one where it was one, and none nearer by clipping', () => {
    const distance = (a: SquareMatrix, b: SquareMatrix) =>
      a.values.reduce((sum, x, k) => sum + (x - b.values[k]!) ** 2, 0);
    fc.assert(
      fc.property(tables, (m) => {
        const { matrix: near, moved } = sure(nearestCorrelation(m));
        const { matrix: clipped } = sure(clipCorrelation(m));
        for (const repaired of [near, clipped]) {
          expect(leastOf(repaired)).toBeGreaterThan(-1e-11);
          for (let i = 0; i < m.size; i++) expect(repaired.values[i * m.size + i]).toBe(1);
        }
        expect(distance(m, near)).toBeLessThanOrEqual(distance(m, clipped) + 1e-8);
        if (leastOf(m) >= 0) expect([near, moved]).toEqual([m, 0]);
        expect(reason(cholesky(near))).toBe('answered');
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is no table of correlations, and a factor of what is not positive', () => {
    expect(reason(nearestCorrelation(matrix([2, 0], [0, 1])))).toBe('malformed');
    expect(reason(nearestCorrelation({ size: 1, values: Float64Array.of(Number.NaN) }))).toBe('malformed');
    expect(reason(cholesky(broken))).toBe('singular');
    expect(rowsOf(sure(cholesky(matrix([4, 2], [2, 5]))))).toEqual([
      [2, 0],
      [1, 2],
    ]);
    expect(rowsOf(sure(cholesky(matrix([1, 1], [1, 1]))))).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });
});

describe('M-146 stress and mixing of correlations', () => {
  it('both ways by hand', () => {
    const pair = matrix([1, 0.84], [0.84, 1]);
    expect(sure(stressCorrelation(pair, 'up')).matrix.values[1]).toBeCloseTo(0.88, 12);
    expect(sure(stressCorrelation(pair, 'down')).matrix.values[1]).toBeCloseTo(0.38, 12);
    expect(reason(stressCorrelation(pair, 'up', 2))).toBe('bad-parameter');
  });

  it('up is never above 1 or below what it was, both are correlations; strength 0 changes nothing', () => {
    fc.assert(
      fc.property(tables, fc.double({ min: 0, max: 1, noNaN: true }), (m, s) => {
        const start = sure(nearestCorrelation(m)).matrix;
        const up = sure(stressCorrelation(start, 'up', s));
        expect(up.moved).toBeLessThan(1e-9);
        up.matrix.values.forEach((rho, k) => {
          expect(rho).toBeGreaterThanOrEqual(start.values[k]! - 1e-9);
        });
        expect(leastOf(sure(stressCorrelation(start, 'down', s)).matrix)).toBeGreaterThan(-1e-11);
        expect(sure(stressCorrelation(start, 'down', 0)).matrix.values).toEqual(start.values);
      }),
      { numRuns: 40 },
    );
  });

  it('mixtures lie between and stay positive', () => {
    const [a, b] = [matrix([1, 0.2], [0.2, 1]), matrix([1, 0.9], [0.9, 1])];
    expect(sure(mixCorrelations(a, b, 0.25)).values[1]).toBeCloseTo(0.375, 12);
    expect(sure(mixCorrelations(a, b, 0)).values).toEqual(a.values);
    expect(sure(mixCorrelations(a, b, 1)).values).toEqual(b.values);
    expect(reason(mixCorrelations(a, identityOf(3), 0.5))).toBe('malformed');
    expect(reason(mixCorrelations(a, b, 1.5))).toBe('bad-parameter');
  });
});

describe('M-147 draws', () => {
  const pair = matrix([1, 0.8], [0.8, 1]);
  const columns = ({ count, values }: Draws) =>
    [0, 1].map((j) => Array.from({ length: count }, (_, i) => values[2 * i + j]!)) as [number[], number[]];
  const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const product = (a: number[], b: number[]) => mean(a.map((x, i) => x * b[i]!));

  it.each([{ kind: 'gaussian' as const }, { kind: 'student' as const, degrees: 5 }])(
    'have unit variance and the correlation asked for: $kind',
    (copula) => {
      const [a, b] = columns(sure(drawShocks(pair, copula, 60_000, seededPrng(3))));
      expect(Math.abs(mean(a))).toBeLessThan(0.02);
      expect(Math.abs(product(a, a) - 1)).toBeLessThan(0.05);
      expect(Math.abs(product(b, b) - 1)).toBeLessThan(0.05);
      expect(Math.abs(product(a, b) - 0.8)).toBeLessThan(0.05);
    },
  );

  it('copulas have uniform margins; t moves far together where Gaussian ones do not', () => {
    const flat = identityOf(2);
    const both = (copula: Parameters<typeof drawUniforms>[1]) => {
      const [a, b] = columns(sure(drawUniforms(flat, copula, 40_000, seededPrng(5))));
      for (const u of [a, b]) {
        expect(Math.abs(mean(u) - 0.5)).toBeLessThan(0.01);
        expect(Math.abs(product(u, u) - 1 / 3)).toBeLessThan(0.01);
      }
      return a.filter((u, i) => u < 0.01 && b[i]! < 0.01).length;
    };
    // Independent: 0.01^2 x 40,000 = 4. t of 4 degrees without correlation: its tail dependence is 0.08, some 30 to 40.
    expect(both({ kind: 'gaussian' })).toBeLessThan(15);
    expect(both({ kind: 'student', degrees: 4 })).toBeGreaterThan(20);
  });

  it('same seed, same bits; a factor that another determines is allowed', () => {
    const draw = () => sure(drawShocks(pair, { kind: 'student', degrees: 4 }, 100, seededPrng(9))).values;
    expect(draw()).toEqual(draw());
    const [a, b] = columns(sure(drawShocks(matrix([1, 1], [1, 1]), { kind: 'gaussian' }, 50, seededPrng(1))));
    expect(a).toEqual(b);
  });

  it('refuses what cannot be drawn', () => {
    const prng = seededPrng(1);
    expect(reason(drawShocks(broken, { kind: 'gaussian' }, 10, prng))).toBe('singular');
    expect(reason(drawShocks(pair, { kind: 'student', degrees: 2 }, 10, prng))).toBe('bad-parameter');
    expect(reason(drawShocks(pair, { kind: 'gaussian' }, 0, prng))).toBe('bad-parameter');
    expect(reason(drawShocks(pair, { kind: 'gaussian' }, 2 ** 30, prng))).toBe('too-large');
  });

  it('quantiles of a sample are its own numbers', () => {
    expect([0, 0.25, 0.26, 0.5, 1].map((u) => sampleQuantile([1, 2, 3, 4], u))).toEqual([1, 1, 2, 2, 4]);
    expect(sampleQuantile([], 0.5)).toBeNaN();
  });
});
