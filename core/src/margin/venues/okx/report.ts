// A requirement in the shape of the venue's position builder: unit by unit, term by term, cell by cell, to lay beside what the venue answers.

import { isRefusal, type Refusal } from '../../../base/index.ts';
import type { Line, Requirement } from '../../requirement.ts';
import { type View, viewsOf } from '../../views.ts';
import type { CoinPart } from '../sweeping.ts';
import { okxCoin } from './parameters.ts';
import type { OkxBook } from './pm.ts';
import { type OkxShock, type OkxTerms, okxUnit, okxWorst } from './terms.ts';
import { unitDelta, unitTerms } from './unit.ts';

/** Spot by vol: P&L in dollars, spot ascending; of vol up and down the worse of points and percent. */
export type OkxScenarios = Readonly<Record<'volShockUp' | 'volSame' | 'volShockDown', readonly OkxShock[]>>;

/** One risk unit, under the names of the venue's answer. */
export interface OkxUnit extends OkxTerms {
  readonly riskUnit: string;
  /** Dollars. */
  readonly delta: number;
  readonly mmr: number;
  readonly imr: number;
  readonly mr1Scenarios: OkxScenarios;
  /** The worst cell of MR1; the first of equals, vol up before same before down. */
  readonly mr1FinalResult: {
    readonly pnl: number;
    readonly spotShock: number;
    readonly volShock: 'up' | 'same' | 'down';
  };
  /** The extreme move before its share is taken. */
  readonly mr6FinalResult: { readonly pnl: number; readonly spotShock: number };
}

/** Which lanes make a column of the table. */
const COLUMNS = {
  volShockUp: ['vol-up', 'vol-up/relative'],
  volSame: ['vol-same'],
  volShockDown: ['vol-down', 'vol-down/relative'],
} as const;
const WORDS = { volShockUp: 'up', volSame: 'same', volShockDown: 'down' } as const;

/**
 * The risk units of a requirement, ascending by name; those of the maintenance line, open orders counted where they hurt. Refuses numbers beyond all
 * numbers.
 * @example okxUnits(requirement, book)[0].mr1Scenarios.volSame[0] // { spot: -0.12, pnl: 1164.4 }
 */
export function okxUnits(
  { maintenance, holdings, fills }: Requirement,
  book: OkxBook,
): readonly OkxUnit[] | Refusal {
  const units: OkxUnit[] = [];
  for (const view of viewsOf(book.risk, holdings, fills)) {
    const holds = view.legs.some(({ product }) => product.kind !== 'asset');
    if (!holds) continue;
    const unit = unitOf(view, maintenance, book);
    if (isRefusal(unit)) return unit;
    units.push(unit);
  }
  return units;
}

function unitOf(view: View, { combined, sweep }: Line, { given, risk }: OkxBook): OkxUnit | Refusal {
  const { loss, lane } = combined.own[view.u]!;
  const part: CoinPart = { view, loss, lane, swept: sweep };
  const terms = unitTerms(part, given);
  const totals = okxUnit(terms, given.initialFactor);
  if (isRefusal(totals)) return totals;
  const at = new Map(risk.lanes.map(({ id }, s) => [id, sweep.pnl[view.u * risk.stride + s]!]));
  const { moves, extreme } = okxCoin(given, view.underlying);
  const mr1Scenarios = scenariosOf(moves, at);
  const extremes = ([1, -1] as const).map((sign): OkxShock => {
    const pnl = at.get(`mr6/spot${sign > 0 ? '+' : '-'}`)!;
    return { spot: sign * extreme, pnl: given.extremeShare === 0 ? 0 : pnl / given.extremeShare };
  });
  const farthest = okxWorst(extremes);
  return {
    riskUnit: view.underlying,
    delta: unitDelta(view),
    ...terms,
    ...totals,
    mr1Scenarios,
    mr1FinalResult: worstCell(mr1Scenarios),
    mr6FinalResult: { pnl: 0 - farthest.loss, spotShock: farthest.spot },
  };
}

function scenariosOf(moves: readonly number[], at: ReadonlyMap<string, number>): OkxScenarios {
  const rungs = moves.map((_, i) => i + 1);
  const ladder = [...rungs.map((rung) => -rung).reverse(), 0, ...rungs];
  const column = (vols: readonly string[]): readonly OkxShock[] =>
    ladder.map((rung) => {
      const spot = rung === 0 ? 0 : Math.sign(rung) * moves[Math.abs(rung) - 1]!;
      const cells = vols.map((vol) => at.get(`mr1/spot${rung > 0 ? '+' : ''}${rung}/${vol}`)!);
      return { spot, pnl: Math.min(...cells) };
    });
  return {
    volShockUp: column(COLUMNS.volShockUp),
    volSame: column(COLUMNS.volSame),
    volShockDown: column(COLUMNS.volShockDown),
  };
}

function worstCell(scenarios: OkxScenarios): OkxUnit['mr1FinalResult'] {
  let worst: OkxUnit['mr1FinalResult'] = { pnl: 0, spotShock: 0, volShock: 'up' };
  for (const column of ['volShockUp', 'volSame', 'volShockDown'] as const) {
    const { loss, spot } = okxWorst(scenarios[column]);
    if (loss > -worst.pnl) worst = { pnl: 0 - loss, spotShock: spot, volShock: WORDS[column] };
  }
  return worst;
}
