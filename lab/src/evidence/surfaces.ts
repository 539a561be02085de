// docs/evidence/surfaces.md: how well the smiles serve, on every snapshot there is.

import { formatInstant } from '@plimsoll/core';
import { type SurfaceEvidence, surfaceEvidence } from '../surface/evidence.ts';
import { chainFiles, snapshotsOf } from './data.ts';
import { markdownTable, preface, quantileOf, shareText } from './markdown.ts';

const CRASH = /stress/;
/** Days shown by themselves: calm ones and the worst hours of the February 2026 crash. */
const SHOWN = ['2026-01-15', '2026-03-20', '2026-08-08', '2026-02-05T15', '2026-02-05T21', '2026-02-06T04'];

function summaryRow(name: string, found: readonly SurfaceEvidence[]): string[] {
  const of = (pick: (one: SurfaceEvidence) => number) => found.map(pick);
  const quotes = of((one) => one.quotes).reduce((a, b) => a + b, 0);
  const inside = found.reduce((sum, one) => sum + one.insideShare * one.quotes, 0) / quotes;
  return [
    name,
    String(found.length),
    shareText(Math.min(...of((one) => one.servedShare)), 2),
    shareText(inside),
    shareText(
      quantileOf(
        of((one) => one.insideShare),
        0.05,
      ),
    ),
    quantileOf(
      of((one) => one.errorMedian),
      0.5,
    ).toFixed(2),
    quantileOf(
      of((one) => one.error95),
      0.5,
    ).toFixed(2),
    quantileOf(
      of((one) => one.milliseconds),
      0.5,
    ).toFixed(0),
  ];
}

function shownRow(one: SurfaceEvidence): string[] {
  return [
    `${formatInstant(one.at)} ${one.underlying}`,
    String(one.quotes),
    shareText(one.servedShare, 2),
    shareText(one.insideShare),
    one.errorMedian.toFixed(2),
    one.error95.toFixed(2),
    String(one.slices.length),
    one.slices.filter((slice) => slice.quality.source === 'svi').length.toString(),
  ];
}

function refusals(found: readonly SurfaceEvidence[]): string {
  const counts = new Map<string, number>();
  let slices = 0;
  for (const one of found) {
    slices += one.slices.length;
    for (const { refusal } of one.refused) counts.set(refusal.reason, (counts.get(refusal.reason) ?? 0) + 1);
  }
  const rows = [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => [reason, String(count)]);
  const arbitrage = found.filter((one) => one.butterflyMin < 0 || one.calendarMin < 0).length;
  const head = `Served slices: ${slices}. Snapshots with a served slice that fails the arbitrage grid: ${arbitrage}.`;
  return rows.length === 0
    ? `${head} Refused: none.`
    : `${head} Refused:\n\n${markdownTable(['reason', 'expiries'], rows)}`;
}

/** Measures every snapshot and writes the document. `say` hears of progress. */
export async function surfacesDocument(data: string, say: (line: string) => void): Promise<string> {
  const calm: SurfaceEvidence[] = [];
  const crash: SurfaceEvidence[] = [];
  const clock = () => performance.now();
  for (const name of await chainFiles(data)) {
    const into = CRASH.test(name) ? crash : calm;
    for await (const snapshot of snapshotsOf(data, name))
      into.push(...surfaceEvidence([snapshot], { clock }));
    say(`surfaces: ${name}, ${calm.length + crash.length} chains so far`);
  }
  const coins = ['BTC', 'ETH'];
  const rows = coins.flatMap((coin) => [
    summaryRow(
      `${coin}, daily chains`,
      calm.filter((one) => one.underlying === coin),
    ),
    summaryRow(
      `${coin}, 29 Jan - 12 Feb 2026`,
      crash.filter((one) => one.underlying === coin),
    ),
  ]);
  const all = [...calm, ...crash];
  const shown = all.filter((one) => SHOWN.some((time) => formatInstant(one.at).startsWith(time)));
  return [
    preface('Surfaces on real chains', 'npm run evidence -- ../shared/data surfaces'),
    'Deribit BTC and ETH chains. Served: share of open-interest-weighted vega whose expiry has a fitted slice free of butterfly and',
    'calendar arbitrage. Inside: share of two-sided out-of-the-money quotes (narrower than 25 vol points, |delta| in [0.01, 0.99]) of',
    'served slices whose model price lies inside bid and ask. Errors are |model - mid| in vol points. Fit: milliseconds for both coins.',
    '',
    markdownTable(
      [
        'chains',
        'snapshots',
        'served, least',
        'inside',
        'inside, 5th percentile',
        'median error',
        '95 % error',
        'fit ms',
      ],
      rows,
    ),
    '',
    refusals(all),
    '',
    '## Days by themselves',
    '',
    markdownTable(
      ['snapshot', 'quotes', 'served', 'inside', 'median error', '95 % error', 'slices', 'plain SVI'],
      shown.map(shownRow),
    ),
    '',
  ].join('\n');
}
