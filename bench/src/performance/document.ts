// The page: targets first, then how it was measured, growth, shapes, memory, suites.

import { markdownTable, preface } from '@plimsoll/lab';
import type { Report } from '../report.ts';
import { SHAPES } from '../venue.ts';
import type { Weighed } from './memory.ts';
import type { Axis, Plan } from './plan.ts';
import { CROWD_POSITIONS_MAX, type Point } from './points.ts';
import { type Recorded, suiteTable } from './suite-tables.ts';
import { growthPlot, growthTable, shapesPlot, shapesTable } from './tables.ts';
import { isMet, targetCells, targetsOf } from './targets.ts';

/** All that the page says. */
export interface Evidence {
  readonly run: Omit<Report, 'suites'>;
  /** Load of the machine when the run began, and its processors. */
  readonly load: number;
  readonly processors: number;
  readonly plan: Plan;
  readonly points: readonly Point[];
  /** Of a pool that is swept only, and of one with room for whole requirements. */
  readonly weighed: Weighed | { readonly absent: string };
  readonly judged: Weighed | { readonly absent: string };
  /** Milliseconds that measuring took, all together. */
  readonly took: number;
  readonly suites: readonly Recorded[];
}

/** Files by name. */
export type Files = ReadonlyMap<string, string>;

const MB = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

function inShort({ points, weighed, suites }: Evidence): string {
  const million = points.find(
    (point) =>
      point.shape === 'random' &&
      point.accounts === 1_000_000 &&
      point.positions === 20 &&
      point.lanes === 64,
  );
  const byName = new Map(suites.map(({ suite }) => [suite.name, suite]));
  const targets = targetsOf({ suites: byName, weighed, million });
  const count = (verdict: boolean | undefined) =>
    targets.filter((target) => isMet(target) === verdict).length;
  return [
    '## Targets',
    `Of ${targets.length} targets: ${count(true)} met, ${count(false)} missed, ${count(undefined)} not measured.`,
    markdownTable(['loop', 'target', 'measured', ''], targets.map(targetCells), 1),
  ].join('\n\n');
}

/** A page that was measured beside other work says so before anything else. */
function warning({ load, processors }: Evidence): readonly string[] {
  if (load <= processors / 2) return [];
  return [
    '**The machine was busy with other work**: times are too long, and two threads had no second processor to themselves. Write this page again on a quiet machine.',
  ];
}

function method({ run, load, processors, plan, took }: Evidence): string {
  const { roundsMin, roundsMax, ms } = plan.effort;
  return `## How it was measured

${run.machine}; commit ${run.commit}; ${run.at.slice(0, 16)}Z; load of the machine when the run began: ${load.toFixed(1)} on ${processors} processors;
measuring took ${(took / 60_000).toFixed(1)} minutes, suites that were recorded before not counted.

- The venue is made up and seeded: 2,000 options on two coins, fitted smiles, 64 lanes (sixteen moves of spot by four of vol) where nothing else is said.
- *Plain*: positions times rows, the worst lane of both lines, in WebAssembly. *Model*: the swept part of a whole model by a pool: netting by expiry in one lane
  of sixteen, worst of each coin, joint moves of both coins, both lines.
- Growth: the bodies run in turn, round by round, after one round that does not count; ${roundsMin} to ${roundsMax} rounds, no more begun after ${ms} ms each; the best round is shown. Crowds of
  more than ${CROWD_POSITIONS_MAX.toLocaleString('en-US')} positions, and a million of other shapes than random, are not measured (-).
- Suites: medians, best and spread (middle half of the rounds over the median) of rounds in turn; a peer tells its best round, and is held against our best.
- Shapes: *random* rows and sizes; *spreads*, bought and sold in pairs; *covered*, calls sold against puts bought; *heavy-tailed*, half of all interest in a twentieth of the
  products; *market maker*, 500 positions; *mixed*, random options with cash, coins, perpetuals and futures beside them.`;
}

function growth(axis: Axis, { points, plan }: Evidence): string {
  const unit = axis.name === 'accounts' ? 'Milliseconds for all accounts' : 'Nanoseconds an account';
  return [
    `### Along ${axis.name}`,
    `${unit}; ${axis.still}. The last column is of the plain sweep by two threads.`,
    `![Sweep along ${axis.name}](performance-${axis.name}.svg)`,
    growthTable(axis, points, plan),
  ].join('\n\n');
}

function shapes({ points, plan }: Evidence): string {
  const tables = plan.axes.flatMap((axis) => {
    const unit = axis.name === 'accounts' ? 'milliseconds for all accounts' : 'nanoseconds an account';
    return (['plain, 2 threads', 'model, 2 threads'] as const).map(
      (variant) =>
        `Along ${axis.name}, ${variant}: ${unit}; ${axis.still}.\n\n${shapesTable(axis, variant, points, plan)}`,
    );
  });
  return [
    '## Shapes of book',
    `${SHAPES.length} shapes; a market maker has 500 positions whatever the others have.`,
    '![Every shape along lanes](performance-shapes.svg)',
    ...tables,
  ].join('\n\n');
}

function memory({ weighed, judged }: Evidence): string {
  const cells = (use: string, of: Evidence['weighed']) =>
    'absent' in of
      ? [use, `not measured: ${of.absent}`, '', '', '', '']
      : [
          use,
          ...[of.accounts, of.positions].map((count) => count.toLocaleString('en-US')),
          ...[of.kernel, of.grown, of.rss].map(MB),
        ];
  const head = [
    'pool of two threads',
    'accounts',
    'positions',
    'kernel’s memory in use',
    'process grew by',
    'process in all',
  ];
  const each = 'absent' in weighed || 'absent' in judged ? undefined : judged.kernel - weighed.kernel;
  const more =
    each === undefined || 'absent' in judged
      ? []
      : [
          `Whole requirements weigh ${(each / judged.accounts).toFixed(1)} bytes an account more, the charges of the book included.`,
        ];
  return [
    '## Memory',
    `Random accounts, once they were swept or judged whole, each pool in a process of its own. In use are columns of accounts and positions, answers, the book, and what threads need;
of the process Node, its threads and the fitted market are included. Nothing of an account’s profit lane by lane is kept.`,
    markdownTable(head, [cells('swept', weighed), cells('judged whole', judged)], 1),
    ...more,
  ].join('\n\n');
}

/** The page and its pictures, by file name. @example filesOf(evidence).get('performance.md') */
export function filesOf(evidence: Evidence): Files {
  const { plan, points, run, suites } = evidence;
  const page = [
    preface('Performance', 'npm run performance').trimEnd(),
    ...warning(evidence),
    inShort(evidence),
    method(evidence),
    '## Growth',
    ...plan.axes.map((axis) => growth(axis, evidence)),
    shapes(evidence),
    memory(evidence),
    '## Suites',
    ...suites.map((recorded) => suiteTable(recorded, run)),
  ];
  return new Map([
    ['performance.md', `${page.join('\n\n')}\n`],
    ...plan.axes.map((axis) => [`performance-${axis.name}.svg`, growthPlot(axis, points, plan)] as const),
    ['performance-shapes.svg', shapesPlot(points, plan)],
  ]);
}
