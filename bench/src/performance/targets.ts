// Targets and what was measured of them: met or missed, and by how much.

import { medianOf } from '../bench.ts';
import type { SuiteReport } from '../report.ts';
import type { Weighed } from './memory.ts';
import type { Point } from './points.ts';
import { numberText } from './tables.ts';

/** A target: a number that is to be reached, or not to be passed. */
export interface Target {
  readonly what: string;
  readonly unit: 'x' | 'ns' | 'ms' | 'MB' | 'k/s';
  readonly wanted: { readonly least: number } | { readonly most: number };
  /** Undefined where it was not measured. */
  readonly measured: number | undefined;
}

/** Where the numbers of targets are found. */
export interface Found {
  readonly suites: ReadonlyMap<string, SuiteReport>;
  readonly weighed: Weighed | { readonly absent: string };
  /** The growth point of a million random accounts, 20 positions, 64 lanes. */
  readonly million: Point | undefined;
}

const MB = 1e6;
const MILLION = 1_000_000;

function sweepTargets({ million }: Found, ratio: Ratios, median: Medians): Target[] {
  const modelOverPlain = (threads: '1 thread' | '2 threads') =>
    million && million.took[`model, ${threads}`] / million.took[`plain, ${threads}`];
  return [
    {
      what: 'plain sweep, 1,000,000 accounts x 20 positions x 64 lanes, two threads, over scipy',
      ...{ unit: 'x', wanted: { least: 9 }, measured: ratio('sweep', 'two threads over scipy') },
    },
    {
      what: 'the same, whole; the target is of the machine of a prototype',
      ...{ unit: 'ms', wanted: { most: 120 }, measured: median('sweep', 'the same by two threads') },
    },
    {
      what: 'whole model over plain sweep, the same crowd and 64 lanes, one thread',
      ...{ unit: 'x', wanted: { most: 4 }, measured: modelOverPlain('1 thread') },
    },
    {
      what: 'the same, two threads',
      ...{ unit: 'x', wanted: { most: 4 }, measured: modelOverPlain('2 threads') },
    },
    {
      what: '`grid` over a plain sweep of its own lanes, one thread',
      ...{ unit: 'x', wanted: { most: 4 }, measured: ratio('tree', 'whole model over plain') },
    },
    ...wholeTargets(ratio),
    {
      what: 'tick to the losses of 1,000,000 accounts, over the sum of its parts',
      ...{ unit: 'x', wanted: { most: 1.3 }, measured: ratio('tick', 'tick over') },
    },
  ];
}

/** Whole requirements of both models, and the swept part of the one with windows: one thread, over a plain sweep of as many lanes. */
function wholeTargets(ratio: Ratios): Target[] {
  const over = 'over a plain sweep of its own lanes, one thread';
  const wanted = { most: 4 };
  const measured = (of: string) => ratio('figures', `${of} over plain sweep of its lanes`);
  return [
    {
      what: `whole requirements of \`grid\`, charges included, ${over}`,
      ...{ unit: 'x', wanted, measured: measured('grid whole') },
    },
    {
      what: `whole requirements of \`dmr\`: lanes, windows and their expected shortfall, charges, offsets, ${over}`,
      ...{ unit: 'x', wanted, measured: measured('dmr whole') },
    },
    {
      what: `the swept part of \`dmr\` alone, ${over}`,
      ...{ unit: 'x', wanted, measured: measured('dmr swept part') },
    },
  ];
}

type Ratios = (suite: string, start: string) => number | undefined;
type Medians = Ratios;

/** All targets of speed and memory, with what was found. @example targetsOf(found)[0].measured // 19.2 */
export function targetsOf(found: Found): Target[] {
  const ratio: Ratios = (suite, start) =>
    found.suites.get(suite)?.ratios.find(({ name }) => name.startsWith(start))?.value;
  const median: Medians = (suite, start) => medianOf(found.suites.get(suite)?.results ?? [], start);
  const { weighed } = found;
  const isWhole = !('absent' in weighed) && weighed.accounts >= MILLION;
  const megabytes = (of: 'kernel' | 'grown') => (isWhole ? weighed[of] / MB : undefined);
  return [
    {
      what: 'risk arrays, 2,000 options x 64 lanes, one thread, over QuantLib blackFormula',
      ...{ unit: 'x', wanted: { least: 18 }, measured: ratio('rows', 'WebAssembly over QuantLib') },
    },
    {
      what: 'the same over C with AVX-512',
      ...{ unit: 'x', wanted: { least: 0.4 }, measured: ratio('rows', 'WebAssembly over C') },
    },
    ...sweepTargets(found, ratio, median),
    {
      what: 'check before an order, 64 lanes, nothing open',
      ...{ unit: 'ns', wanted: { most: 33 }, measured: median('check', 'WebAssembly, 0 ') },
    },
    {
      what: 'the same, for each open order more',
      ...{ unit: 'ns', wanted: { most: 20 }, measured: ratio('check', 'WebAssembly, each order') },
    },
    {
      what: 'memory of 1,000,000 accounts x 20 positions without cached profits, the kernel’s',
      ...{ unit: 'MB', wanted: { most: 400 }, measured: megabytes('kernel') },
    },
    {
      what: 'the same, what the process grew by',
      ...{ unit: 'MB', wanted: { most: 400 }, measured: megabytes('grown') },
    },
    {
      what: 'durable commands a second, in batches',
      ...{ unit: 'k/s', wanted: { least: 50 }, measured: median('journal', 'journal in SQLite, batches') },
    },
  ];
}

/** Whether a target is met; undefined where it was not measured. */
export function isMet({ wanted, measured }: Target): boolean | undefined {
  if (measured === undefined) return undefined;
  return 'least' in wanted ? measured >= wanted.least : measured <= wanted.most;
}

/** The cells of a target's row: what, target, measured, verdict. */
export function targetCells(target: Target): readonly string[] {
  const { what, unit, wanted, measured } = target;
  const asked =
    'least' in wanted
      ? `at least ${wanted.least} ${unit}`
      : `at most ${wanted.most.toLocaleString('en-US')} ${unit}`;
  if (measured === undefined) return [what, asked, '-', 'not measured'];
  return [what, asked, `${numberText(measured)} ${unit}`, isMet(target) ? 'met' : '**missed**'];
}
