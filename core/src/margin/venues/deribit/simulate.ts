// A requirement of `deribit-pm` in the shape of the venue's own answer: vectors of every instrument, sums before and after dampener and offset,
// the worst case and the shocks. What a comparison with `pme/simulate` is made of.

import { dollars } from '../../../base/index.ts';
import type { ProductId } from '../../../product/index.ts';
import { type Holdings, holdingsOf, sweep } from '../../../risk/index.ts';
import type { ChargeName, Requirement } from '../../requirement.ts';
import { aggregationOf, type DeribitPortfolioBook } from './portfolio.ts';
import { currencyOf } from './portfolio-charges.ts';
import {
  aggregatedVectors,
  bucketOf,
  type MatrixMargin,
  type RiskVectors,
  riskMatrixMargin,
  STANDARD_CELLS,
  type WorstBucket,
} from './risk-matrix.ts';

/** The matrix of one coin, in coins where all of it settles in the coin, else in dollars. */
export interface CoinMatrix extends MatrixMargin {
  readonly unit: 'coins' | 'dollars';
  readonly riskMatrixMargin: number;
  /** Absent where nothing loses. */
  readonly worstBucket: WorstBucket | undefined;
}

/** The venue's answer, as far as the model knows it. Keys of sums are `btc_btc`, coin and settlement currency; of coins their code. */
export interface Simulated {
  /** `initial_risk_vectors`: of each instrument with its whole quantity, in its settlement currency. */
  readonly initial: ReadonlyMap<ProductId, RiskVectors>;
  readonly preAggregated: ReadonlyMap<string, RiskVectors>;
  readonly aggregated: ReadonlyMap<string, RiskVectors>;
  readonly matrices: ReadonlyMap<string, CoinMatrix>;
}

/** Cells of one coin under holdings, in its settlement currency. */
function vectorsOf(
  { risk }: DeribitPortfolioBook,
  held: Holdings,
  underlying: string,
  unitUsd: number,
): RiskVectors {
  const u = risk.groups.underlyings.indexOf(underlying);
  const from = u * risk.stride;
  const cells = Array.from(
    sweep(risk, held).pnl.subarray(from, from + risk.lanes.length),
    (cell) => cell / unitUsd,
  );
  return { standard: cells.slice(0, STANDARD_CELLS), extended: cells.slice(STANDARD_CELLS) };
}

/**
 * The risk vectors of what an account holds, as `pme/simulate` reports them (M-103 to M-107); open orders are left out, as there.
 * @example riskVectorsOf(book, requirement).aggregated.get('btc_btc')?.standard[0] // coins at the first vol of bucket 1
 */
export function riskVectorsOf(book: DeribitPortfolioBook, requirement: Requirement): Simulated {
  const { risk } = book;
  const initial = new Map<ProductId, RiskVectors>();
  const preAggregated = new Map<string, RiskVectors>();
  const aggregated = new Map<string, RiskVectors>();
  const currencies = new Map<string, Set<string>>();
  const groups = new Map<string, Map<number, number>>();
  const { rows, quantities } = requirement.holdings;
  rows.forEach((row, i) => {
    const product = risk.products[row]!;
    if (product.kind === 'asset') return;
    const { underlying } = product;
    const currency = currencyOf({ product });
    const own = new Map([[row, quantities[i]!]]);
    initial.set(product.id, vectorsOf(book, holdingsOf(own), underlying, unitOf(book, underlying, currency)));
    const key = `${underlying}/${currency}`;
    groups.set(key, new Map([...(groups.get(key) ?? []), ...own]));
    currencies.set(underlying, new Set([...(currencies.get(underlying) ?? []), currency]));
  });
  for (const [underlying, own] of currencies) {
    for (const currency of own) {
      const held = holdingsOf(groups.get(`${underlying}/${currency}`)!);
      const unitUsd = unitOf(book, underlying, currency);
      const name = `${underlying}_${currency}`.toLowerCase();
      const sum = vectorsOf(book, held, underlying, unitUsd);
      preAggregated.set(name, sum);
      aggregated.set(name, aggregatedVectors(sum, { ...aggregationOf(book, underlying, currency), unitUsd }));
    }
  }
  const matrices = new Map(
    [...currencies].map(([underlying, own]) => [underlying, matrixOf(book, requirement, underlying, own)]),
  );
  return { initial, preAggregated, aggregated, matrices };
}

/** Dollars per unit of a currency's vectors. */
function unitOf({ risk }: DeribitPortfolioBook, underlying: string, currency: string): number {
  return currency === 'USD' ? 1 : risk.levels.coins.get(underlying)!.index;
}

function matrixOf(
  { risk }: DeribitPortfolioBook,
  { initial: { combined, charges } }: Requirement,
  underlying: string,
  currencies: ReadonlySet<string>,
): CoinMatrix {
  const isCoins = currencies.size === 1 && !currencies.has('USD');
  const unitUsd = isCoins ? risk.levels.coins.get(underlying)!.index : 1;
  const { lane, loss } = combined.own[risk.groups.underlyings.indexOf(underlying)]!;
  const charged = (name: ChargeName) =>
    charges
      .filter((charge) => charge.name === name && charge.underlying === underlying)
      .reduce((sum, { amount }) => sum + dollars(amount), 0) / unitUsd;
  const parts: MatrixMargin = {
    worstCase: loss / unitUsd,
    rollShock: charged('roll-shock'),
    deltaShock: charged('delta-shock'),
    correlationContingency: 0,
  };
  return {
    unit: isCoins ? 'coins' : 'dollars',
    ...parts,
    riskMatrixMargin: riskMatrixMargin(parts),
    worstBucket: lane < 0 ? undefined : bucketOf(lane),
  };
}
