// Spot by vol, cell by cell: what a scenario grid says of losses, said of survival.

import { isRefusal, type Refusal } from '../../base/index.ts';
import { type Axis, doubtAxis } from './axis.ts';
import { depthOf, type Reading, type Subject, setOut, type Threshold } from './walk.ts';

/** The moves of a map: relative moves of spot, of one coin or of all together, and of its vols. */
export interface MapGrid {
  readonly underlying?: string;
  readonly form: 'relative' | 'points';
  readonly spots: readonly number[];
  readonly vols: readonly number[];
}

export interface MapCell extends Reading {
  readonly depth: 'clear' | Threshold;
}

/** Cells by vol, then by spot: `cells[v][s]` stands at `grid.vols[v]` and `grid.spots[s]`. */
export interface SurvivalMap {
  readonly grid: MapGrid;
  readonly cells: readonly (readonly MapCell[])[];
  readonly assessments: number;
}

/** Moves of a map where none are given: dense where books live, far enough for the tails. */
export const mapDefaults = {
  form: 'relative',
  spots: [
    -0.8, -0.65, -0.5, -0.4, -0.3, -0.25, -0.2, -0.15, -0.1, -0.05, 0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4,
    0.5, 0.75, 1, 2,
  ],
  vols: [-0.5, -0.35, -0.2, -0.1, 0, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2],
} as const satisfies MapGrid;

/**
 * The deepest threshold crossed in every cell of a grid of spot and vol moves (M-73). Refuses what the model refuses in any cell.
 * @example survivalMap(subject, { ...mapDefaults, underlying: 'BTC' }).cells[4][10].depth // 'clear' where nothing moves
 */
export function survivalMap(subject: Subject, grid: MapGrid): SurvivalMap | Refusal {
  const walk = setOut(subject);
  if (isRefusal(walk)) return walk;
  const { underlying, form } = grid;
  const own = underlying === undefined ? {} : { underlying };
  const spot: Axis = { kind: 'spot', ...own };
  const vol: Axis = { kind: 'vol', form, ...own };
  for (const [axis, moves] of [
    [spot, grid.spots],
    [vol, grid.vols],
  ] as const) {
    const doubt = doubtAxis(
      axis,
      { low: Math.min(-0.5, ...moves), high: Math.max(0.5, ...moves) },
      subject.market,
      walk.market.pegs,
    );
    if (doubt !== undefined) return doubt;
  }
  const cells: MapCell[][] = [];
  for (const volMove of grid.vols) {
    const row: MapCell[] = [];
    for (const spotMove of grid.spots) {
      const reading = walk.read([
        [spot, spotMove],
        [vol, volMove],
      ]);
      if (isRefusal(reading)) return reading;
      const { equity, excess } = reading;
      row.push({ equity, excess, depth: depthOf(reading) });
    }
    cells.push(row);
  }
  return { grid, cells, assessments: walk.assessments() };
}
