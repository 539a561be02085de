// The 35 cells of Deribit's matrix as lanes, and its rows: what one unit makes in its settlement currency, counted at today's index.

import { isRefusal } from '../../../base/index.ts';
import type { Market } from '../../../market/index.ts';
import { price } from '../../../pricing/index.ts';
import type { Product } from '../../../product/index.ts';
import { fillRows, type RowMethod } from '../../../risk/index.ts';
import type { Lane, LaneMove, Shock } from '../../../scenario/index.ts';
import type { DeribitPortfolioParameters } from './portfolio-parameters.ts';
import { BUCKETS_EACH_SIDE, EXTENDED_MOVES, STANDARD_CELLS, VOL_SCENARIOS } from './risk-matrix.ts';

type VolScenario = (typeof VOL_SCENARIOS)[number];

/** The vol moves of a scenario: every coin has ranges, powers and a floor of its own. */
function volMoves({ pairs, dteFloor }: DeribitPortfolioParameters, scenario: VolScenario): LaneMove[] {
  if (scenario === 'same') return [];
  return Object.entries(pairs).map(([underlying, pair]): LaneMove => {
    const scaling = { short: pair.shortTermVegaPower, long: pair.longTermVegaPower, dteFloor };
    const move = { kind: 'vol', form: 'relative', scaling, underlying } as const;
    return scenario === 'up'
      ? { ...move, size: pair.volatilityRangeUp, floor: pair.minVolatilityForShockUp }
      : { ...move, size: -pair.volatilityRangeDown };
  });
}

const ALIKE = { smile: 'sticky-strike', netting: 'sum', line: 'maintenance' } as const;

/**
 * The lanes (M-103, M-104): 27 standard cells bucket by bucket, then the 8 of the extended table, in the order of the venue's vectors.
 * @example pmLanes(defaults)[24].id // 'bucket 9 up'
 */
export function pmLanes(parameters: DeribitPortfolioParameters): readonly Lane[] {
  const buckets = Array.from({ length: 2 * BUCKETS_EACH_SIDE + 1 }, (_, i) => i - BUCKETS_EACH_SIDE);
  const standard = buckets.flatMap((k, i) =>
    VOL_SCENARIOS.map((scenario): Lane => {
      const spot: LaneMove[] = k === 0 ? [] : [{ kind: 'spot', ranges: k / BUCKETS_EACH_SIDE }];
      const moves = [...spot, ...volMoves(parameters, scenario)];
      return { id: `bucket ${i + 1} ${scenario}`, moves, damp: 1, ...ALIKE };
    }),
  );
  const extended = EXTENDED_MOVES.map((relative): Lane => {
    const moves: LaneMove[] = [{ kind: 'spot', relative }, ...volMoves(parameters, 'up')];
    const id = `extended ${relative > 0 ? '+' : ''}${Math.round(relative * 100)} %`;
    return { id, moves, damp: { ladder: 1 }, ...ALIKE };
  });
  return [...standard, ...extended];
}

/** What spot does in a shock, relative. */
function spotOf({ moves }: Shock): number {
  return moves.reduce((total, move) => (move.kind === 'spot' ? total + move.relative : total), 0);
}

/**
 * A row in dollars becomes one in the settlement currency at today's index. In a lane where the coin is worth `1 + x`, a profit of R dollars on
 * something worth V is `(R - V x) / (1 + x)` of today's; in the extended table that counts `(1 + x) / (1 + sgn(x) range)` once more.
 */
function settleRow(
  product: Product,
  worth: number,
  shocks: readonly Shock[],
  range: number,
  cells: Float64Array,
) {
  if (product.kind === 'asset') {
    // What an account owns of a currency is the unit that its margin is counted in.
    cells.fill(0);
    return;
  }
  if (product.settlement !== 'inverse') return;
  shocks.forEach((shock, s) => {
    const x = spotOf(shock);
    const coins = cells[s]! - shock.damp * worth * x;
    const edge = s < STANDARD_CELLS ? 1 + x : 1 + (x < 0 ? -range : range);
    cells[s] = coins / edge;
  });
}

/** Raised when the same inputs would give other rows. */
const MATRIX_VERSION = 1;

/** The rows of the matrix (M-103, M-104): full revaluation, then each in its own currency, the extended table by its factor. */
export function matrixRows({ pairs }: DeribitPortfolioParameters): RowMethod {
  const factors = Object.entries(pairs).flatMap(([name, pair]) => [name, pair.extendedTableFactor]);
  const settle = (product: Product, market: Market, shocks: readonly Shock[], cells: Float64Array) => {
    const known = price(product, market);
    const worth = isRefusal(known) ? 0 : known.usd;
    const pair = pairs[product.underlying];
    settleRow(product, worth, shocks, pair?.priceRange ?? 0, cells);
    const factor = pair?.extendedTableFactor ?? 1;
    for (let s = STANDARD_CELLS; s < shocks.length; s++) cells[s]! *= factor;
  };
  return {
    terms: ['deribit matrix', MATRIX_VERSION, ...factors],
    fill: (products, market, shocks, stride, out) => {
      const lost = fillRows(products, market, shocks, stride, out);
      products.forEach((product, p) => {
        const own = shocks.get(product.underlying)!;
        settle(product, market, own, out.subarray(p * stride, p * stride + own.length));
      });
      return lost;
    },
  };
}
