// Requirements of ours in a venue's own shape, for the models that have one.

import { isRefusal } from '../../base/index.ts';
import type { MarginBook, Requirement } from '../requirement.ts';
import type { VenueSide } from './compare.ts';
import type { OkxBook } from './okx/pm.ts';
import { type OkxScenarios, okxUnits } from './okx/report.ts';
import type { VenueCell } from './report.ts';

/**
 * Our requirement under the venue's names (M-126); undefined for a model without such a shape, or where it is beyond numbers.
 * @example venueSide(book, requirement)?.unit('BTC', 'mr1') // 1164.41
 */
export function venueSide(book: MarginBook, requirement: Requirement): VenueSide | undefined {
  return book.model === 'okx-pm' ? okxSide(book as OkxBook, requirement) : undefined;
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
