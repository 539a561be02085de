// A backtest for a person at a terminal: each line book by book, then the tails that lines rest on.

import { formatInstant, type Instant } from '@plimsoll/core';
import type { Backtest, BookVerdict, Promised } from '@plimsoll/lab';
import { heading, percent, remark, say, table } from './output.ts';

const HEAD =
  'book|windows|breaches|p||Kupiec|indep.|joint|power 2x|all phases|mean|/ static|worst|beyond|peak/trough|1 d|5 d|e'.split(
    '|',
  );
const TAIL_HEAD = 'book|windows|Z1|below|Z2|below (normal; t3)|p|e|'.split('|');

const times = (value: number | null | undefined, digits = 2) =>
  value === null || value === undefined ? '-' : value.toFixed(digits);
const share = (value: number | null, digits = 0) => (value === null ? '-' : percent(value, digits));
/** Wealth of bets: beyond a thousand only that it is. */
const fortune = (value: number | null) => (value === null ? '-' : value > 999 ? '> 999' : value.toFixed(2));

/** One row of a line's table. */
function cellsOf(one: BookVerdict, line: 'maintenance' | 'initial'): string[] {
  const own = one[line];
  const asked = [
    ...[percent(own.mean, 2), times(own.overStatic), times(own.worst), percent(own.conditionalShortfall, 2)],
    ...[times(own.peakToTrough), share(own.rises.day), share(own.rises.fiveDays), fortune(own.wealth)],
  ];
  if (own.windows === 0) {
    return [
      one.book,
      '0',
      '-',
      '-',
      'not seen',
      ...Array(5).fill('-'),
      ...asked.slice(0, 1),
      '-',
      '-',
      '-',
      ...asked.slice(4, 7),
      '-',
    ];
  }
  const said = own.isRejected ? `too many, ${own.zone}` : `holds, ${own.zone}`;
  return [
    ...[
      one.book,
      String(own.windows),
      `${own.breaches} of ${own.expected.toFixed(1)}`,
      own.pValue.toFixed(3),
      said,
    ],
    ...[times(own.kupiec?.statistic), times(own.christoffersen?.independence.statistic)],
    ...[
      times(own.christoffersen?.conditional.statistic),
      percent(own.power.twice),
      share(own.allPhases.rate, 2),
    ],
    ...asked,
  ];
}

function sayTails(verdicts: readonly BookVerdict[], { tail }: Promised): void {
  const looking = verdicts.filter((one) => one.tail !== null);
  if (looking.length === 0) return;
  heading(`tail of the initial line at ${percent(tail, 1)}: was it deep enough, where the line rests on it`);
  const tested = looking.filter((one) => one.tail?.untested === null);
  const rows = tested.map(({ book, tail: own }) => {
    const { z1, z2 } = own!.depth ?? { z1: null, z2: null };
    const below = z2 === null ? '-' : `${times(z2.critical.normal)}; ${times(z2.critical.student)}`;
    const said = own!.isRejected || (own!.wealth ?? 0) >= 20 ? 'too shallow' : 'holds';
    return [
      ...[book, `${own!.windows} of ${own!.forecasts}`, times(own!.z1), times(z1?.critical.student)],
      ...[times(own!.z2), below, times(z2?.pValue, 3), fortune(own!.wealth), said],
    ];
  });
  if (rows.length > 0) table(TAIL_HEAD, rows, [0, 8]);
  for (const { book, tail: own } of looking) {
    if (own!.untested !== null) say(`  ${book}: not tested, ${own!.untested}`);
  }
}

/** What books lost their path by, where it is not the same for all. */
function seenOf(verdicts: readonly BookVerdict[]): string {
  const kinds = [...new Set(verdicts.map(({ seen }) => seen))];
  const said = kinds.map((kind) => {
    const books = verdicts.filter(({ seen }) => seen === kind).map(({ book }) => book);
    return kinds.length === 1 ? kind : `${kind} (${books.join(', ')})`;
  });
  return `paths are seen by ${said.join('; ')}`;
}

/** Prints a run. */
export function sayBacktest(
  { plan, state }: Backtest,
  verdicts: readonly BookVerdict[],
  promised: Promised,
  notes: readonly string[],
): void {
  const { scene, model, parameters, from, to } = plan;
  const time = (i: number) => formatInstant(scene.times[i]! as Instant);
  say(`${model.id} ${parameters.version}  ${time(from)} to ${time(to - 1)}  ${scene.label}`);
  say(seenOf(verdicts));
  for (const note of notes) remark(`  note: ${note}`);
  if (state.refused > 0) remark(`  note: ${state.refused} times were refused: ${state.refusal}`);
  const { coverage, horizonHours } = promised;
  for (const line of ['maintenance', 'initial'] as const) {
    const held = `held to ${percent(coverage[line], 1)} of ${horizonHours[line]} h paths`;
    heading(`${line}: ${held}, one-sided at 5 %; shares of the underlying`);
    table(
      HEAD,
      verdicts.map((one) => cellsOf(one, line)),
      [0, 4],
    );
  }
  sayTails(verdicts, promised);
  const each = (1_000 * state.milliseconds) / Math.max(1, state.margins);
  say();
  say(`  ${state.margins} margins, ${each.toFixed(0)} us each, books of scenarios included`);
}
