// docs/evidence/expansion.md: how wrong greeks are on whole chains, and what the bound on their error makes of it.

import {
  expandRows,
  fitMarket,
  formatInstant,
  greeksDefaults,
  grid,
  gridDefaults,
  type Market,
  type Option,
  parseInstant,
  type RiskBook,
  sliceAt,
  underlyingOf,
  withExpiries,
} from '@plimsoll/core';
import { orThrow, snapshotsOf } from './data.ts';
import { markdownTable, preface, quantileOf, shareText } from './markdown.ts';

const DAYS = [
  { title: 'Calm', file: 'deribit_chain_daily_2026-01.csv.gz', at: '2026-01-10T09:00:00Z' },
  { title: 'Crash', file: 'deribit_chain_stress_2026-02_all_snapshots.csv.gz', at: '2026-02-05T09:30:00Z' },
] as const;

const TENORS = [3, 10, 40, 120, Number.POSITIVE_INFINITY] as const;
const TOLERANCES = [0.0005, 0.001, 0.0025, 0.005, 0.01] as const;

/** One option in one lane: error of the expansion alone, as a share of the forward, and whether the guard lets it stand. */
interface Cells {
  readonly days: number;
  readonly errors: Float64Array;
  readonly stands: Uint8Array;
}

interface Priced {
  readonly risk: RiskBook;
  readonly market: Market;
}

async function price(data: string, { file, at }: (typeof DAYS)[number]): Promise<Priced> {
  const from = orThrow(parseInstant(at));
  for await (const snapshot of snapshotsOf(data, file, from)) {
    const fitted = orThrow(fitMarket(snapshot));
    const products = snapshot.options.map(({ product }) => product);
    const { risk } = orThrow(grid.book(products, fitted, gridDefaults));
    return { risk, market: withExpiries({ ...fitted, pegs: risk.levels.pegs }, products) };
  }
  throw new Error(`${file} has no snapshot from ${at} on`);
}

function expanded({ risk, market }: Priced, tolerance: number) {
  const rows = new Float64Array(risk.rows.length);
  const guard = { ...greeksDefaults.expansion, tolerance };
  return { rows, ...expandRows(risk.products, market, risk.shocks, risk.stride, rows, guard) };
}

function cellsOf(priced: Priced, tolerance: number): Cells[] {
  const { risk, market } = priced;
  const alone = expanded(priced, Number.POSITIVE_INFINITY).rows;
  const { fellBack } = expanded(priced, tolerance);
  return risk.products.flatMap((product, p) => {
    if (product.kind !== 'option') return [];
    const { forward, years } = orThrow(
      sliceAt(underlyingOf(market, product.underlying)!, (product as Option).expiry),
    );
    const at = p * risk.stride;
    const errors = Float64Array.from(
      risk.lanes,
      (_, s) => Math.abs(alone[at + s]! - risk.rows[at + s]!) / forward,
    );
    return [
      { days: years * 365, errors, stands: Uint8Array.from(risk.lanes, (_, s) => 1 - fellBack[at + s]!) },
    ];
  });
}

function measured(cells: readonly Cells[], tolerance: number) {
  const all = cells.flatMap(({ errors }) => [...errors]);
  const standing = cells.flatMap(({ errors, stands }) => [...errors].filter((_, s) => stands[s] === 1));
  const most = standing.reduce((worst, error) => Math.max(worst, error), 0);
  return {
    options: String(cells.length),
    median: shareText(quantileOf(all, 0.5), 3),
    high: shareText(quantileOf(all, 0.95), 2),
    within: shareText(all.filter((error) => error <= tolerance).length / all.length),
    stands: shareText(standing.length / all.length),
    most: shareText(most / tolerance, 0),
  };
}

function tenorRows(title: string, cells: readonly Cells[], tolerance: number): string[][] {
  return TENORS.flatMap((until, i) => {
    const from = i === 0 ? 0 : TENORS[i - 1]!;
    const own = cells.filter(({ days }) => days > from && days <= until);
    if (own.length === 0) return [];
    const tenor = until === Number.POSITIVE_INFINITY ? `over ${from}` : `${from} to ${until}`;
    const { options, median, high, within, stands, most } = measured(own, tolerance);
    return [[title, tenor, options, median, high, within, stands, most]];
  });
}

/** Expands every option of two whole chains over the standard lanes and holds them against their full revaluation. */
export async function expansionDocument(data: string, say: (line: string) => void): Promise<string> {
  const { tolerance } = greeksDefaults.expansion;
  const tenors: string[][] = [];
  const byTolerance: string[][] = [];
  const chains: string[] = [];
  for (const day of DAYS) {
    const priced = await price(data, day);
    const { products, lanes, levels } = priced.risk;
    chains.push(
      `${day.title}: ${products.length} options in ${lanes.length} scenarios, ${formatInstant(levels.at)}.`,
    );
    tenors.push(...tenorRows(day.title, cellsOf(priced, tolerance), tolerance));
    for (const given of TOLERANCES) {
      const { within, stands, most } = measured(cellsOf(priced, given), given);
      byTolerance.push([day.title, shareText(given, 2), within, stands, most]);
    }
    say(`expansion: ${day.title}`);
  }
  return [
    preface('How wrong greeks are', 'npm run evidence -- ../shared/data expansion'),
    'Every option of a chain, expanded by delta, gamma, vega, vanna and volga (M-60) in every scenario of the standard set, against its full',
    `revaluation. Errors are shares of the option’s forward, damped as the scenario is. ${chains.join(' ')}`,
    '',
    `Within: cells whose error is at most the tolerance. Stand: cells that the bound of M-61 lets stand at that tolerance, without a revaluation. Most:`,
    'the largest error among those that stand, as a share of the tolerance; the bound is proven, so it is never above 100 %.',
    '',
    `## By time to expiry, tolerance ${shareText(tolerance, 2)}`,
    '',
    markdownTable(
      ['chain', 'days', 'options', 'median error', '95 % error', 'within', 'stand', 'most'],
      tenors,
      2,
    ),
    '',
    '## By tolerance',
    '',
    markdownTable(['chain', 'tolerance', 'within', 'stand', 'most'], byTolerance, 1),
    '',
    'What it saves: `npm run bench -- expansion`. Where the array kernel revalues a cell in some twenty nanoseconds an expansion with its bound takes as',
    'long, and what falls back is paid twice. Greeks are for comparing, and for those who have five numbers of an option and no pricer.',
    '',
  ].join('\n');
}
