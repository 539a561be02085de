// Requirements of ours in a venue's own shape, for the models that have one.

import { isRefusal } from '../../base/index.ts';
import type { MarginBook, Requirement } from '../requirement.ts';
import type { VenueSide } from './compare.ts';
import type { DeribitPortfolioBook } from './deribit/portfolio.ts';
import { riskVectorsOf } from './deribit/simulate.ts';
import type { OkxBook } from './okx/pm.ts';
import { type OkxScenarios, okxUnits } from './okx/report.ts';
import type { VenueCell } from './report.ts';

/**
 * Our requirement under the venue's names (M-126); undefined for a model without such a shape, or where it is beyond numbers.
 * @example venueSide(book, requirement)?.unit('BTC', 'mr1') // 1164.41
 */
export function venueSide(book: MarginBook, requirement: Requirement): VenueSide | undefined {
  if (book.model === 'okx-pm') return okxSide(book as OkxBook, requirement);
  return book.model === 'deribit-pm' ? deribitSide(book as DeribitPortfolioBook, requirement) : undefined;
}

/** Vectors of `pme/simulate`: the standard table, then the extended one. A dollar coin's sums stand under the dollar. */
function deribitSide(book: DeribitPortfolioBook, requirement: Requirement): VenueSide {
  const { initial, preAggregated, aggregated } = riskVectorsOf(book, requirement);
  const sums = { sum: preAggregated, counted: aggregated };
  return {
    unit: () => undefined,
    vector({ kind, key, of, unit }) {
      const isDollars = Object.hasOwn(book.given.pegs, unit);
      const name = isDollars ? `${of}_usd`.toLowerCase() : key.toLowerCase();
      const own = kind === 'product' ? initial.get(of) : sums[kind].get(name);
      return own && [...own.standard, ...own.extended];
    },
  };
}

const COLUMNS = { up: 'volShockUp', same: 'volSame', down: 'volShockDown' } as const satisfies Record<
  VenueCell['vol'],
  keyof OkxScenarios
>;
/** Two spot moves this near are one: both are written in percent. */
const MOVE_SLACK = 1e-9;

function okxSide(book: OkxBook, requirement: Requirement): VenueSide | undefined {
  const units = okxUnits(requirement, book);
  if (isRefusal(units)) return undefined;
  const unitOf = (coin: string) => units.find(({ riskUnit }) => riskUnit === coin);
  return {
    unit(coin, key) {
      const found = (unitOf(coin) as Readonly<Record<string, unknown>> | undefined)?.[key];
      return typeof found === 'number' ? found : undefined;
    },
    vector({ of, cells }) {
      const scenarios = unitOf(of)?.mr1Scenarios;
      return scenarios === undefined
        ? undefined
        : cells.map(({ spot, vol }) => {
            const column = scenarios[COLUMNS[vol]];
            return column.find((cell) => Math.abs(cell.spot - spot) < MOVE_SLACK)?.pnl;
          });
    },
  };
}
