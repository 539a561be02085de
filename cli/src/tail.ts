// Which windows of history make a tail: when they began, what a book would have made in each, and how much each counts.

import { formatUsd, type LineName, owedUp, type Usd } from '@plimsoll/core';
import { describeLane } from './describe.ts';
import type { Assessed } from './judge.ts';
import { heading, money, percent, table } from './output.ts';

/** One window of a tail, at its worst date. */
interface TailWindow {
  readonly line: LineName;
  /** Coins whose moves are counted together; one alone where its history is another's. */
  readonly underlyings: readonly string[];
  readonly scenario: string;
  readonly lane: number;
  /** Part of the measure it makes; together 1 at most. */
  readonly share: number;
  readonly pnl: number;
}

/** Whether a line was found by a formula, which is made of all of its lanes and stands in no window. */
function isFormula({ standing }: Assessed, line: 'maintenance' | 'initial'): boolean {
  const { by } = standing.requirement[line].combined;
  return by !== undefined && by !== 'revaluation';
}

/** The windows that a line is the mean of, worst first; none where a lane of the grid is worse. */
function tailOf(assessed: Assessed, line: 'maintenance' | 'initial'): TailWindow[] {
  const { book, standing } = assessed;
  const { combined, sweep } = standing.requirement[line];
  const { underlyings } = book.risk.groups;
  const joint = isFormula(assessed, line) ? [] : (combined.tail?.joint ?? []);
  // Coins that share a tail are counted together on its dates.
  return [...new Set(joint)].flatMap((tail) => {
    const own = underlyings.map((_, u) => u).filter((u) => joint[u] === tail);
    return Array.from(tail.lanes, (lane, i): TailWindow => {
      const pnl =
        lane < 0
          ? own.reduce((sum, u) => sum + (sweep.jumps?.[u] ?? 0), 0)
          : own.reduce((sum, u) => sum + sweep.pnl[u * book.risk.stride + lane]!, 0);
      const scenario = lane < 0 ? 'nothing moves' : book.risk.lanes[lane]!.id;
      const names = own.map((u) => underlyings[u]!);
      return { line, underlyings: names, scenario, lane, share: tail.weights[i]!, pnl };
    }).filter(({ lane, pnl }) => lane >= 0 || pnl !== 0);
  });
}

const LINES = ['maintenance', 'initial'] as const;

/** The tail of every line, for programs; undefined where a model has no windows. */
export function tailJson(assessed: Assessed) {
  const found = LINES.flatMap((line) => tailOf(assessed, line));
  if (found.length === 0) return undefined;
  return found.map(({ line, underlyings, scenario, share, pnl }) => {
    return { line, underlyings, scenario, share, pnl: formatUsd(-owedUp(-pnl) as Usd) };
  });
}

/** Windows said by default; the rest is a number. */
const SAID = 5;

/** The windows that make the tail of each line, worst first. */
export function sayTail(assessed: Assessed, most = SAID): void {
  for (const line of LINES) {
    const { combined, swept } = assessed.standing.requirement[line];
    if (isFormula(assessed, line)) heading(`${line}: delta-gamma, ${combined.by}, ${money(swept)} USD`);
    const windows = tailOf(assessed, line);
    if (windows.length === 0) continue;
    const how = combined.by === undefined ? '' : `, by ${combined.by}`;
    const isDrawn = windows.some(({ lane }) => assessed.book.risk.lanes[lane]?.window?.set !== undefined);
    const what = isDrawn ? 'drawn windows' : 'history';
    heading(`${line}: the tail of ${what}${how}, ${windows.length} windows, worst first`);
    const rows = windows.slice(0, most).map(({ underlyings, lane, scenario, share, pnl }) => {
      const [, began, , after] = scenario.split('/');
      const held = underlyings.filter((coin) => assessed.book.risk.levels.coins.has(coin));
      const words = held.map((coin) => `${coin} ${describeLane(assessed.book.risk, coin, lane)}`).join('; ');
      return [`${began} ${after} h`, percent(share, 1), money(pnl), words];
    });
    table(['window', 'counts', 'P&L USD', 'rescaled moves'], rows, [0, 3]);
  }
}
