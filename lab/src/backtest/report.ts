// A run as one page that needs nothing else: what was promised, tables of verdicts, and for every book what was asked and what was lost.

import { formatInstant, type Instant } from '@plimsoll/core';
import type { BacktestState } from './engine.ts';
import { escaped, linePlot } from './plot.ts';
import type { TailVerdict } from './tail.ts';
import type { BookVerdict, LineVerdict, Promised } from './verdict.ts';

/** What a report says of its run beside its numbers. */
export interface ReportHead {
  readonly model: string;
  readonly version: string;
  readonly scene: string;
  readonly promised: Promised;
  readonly notes: readonly string[];
}

type LineOf = 'maintenance' | 'initial';

const share = (value: number | null, digits = 2) =>
  value === null ? '-' : `${(100 * value).toFixed(digits)} %`;
const times = (value: number | null | undefined, digits = 2) =>
  value === null || value === undefined ? '-' : value.toFixed(digits);
const fortune = (value: number | null) =>
  value === null ? '-' : value > 999 ? '&gt; 999' : value.toFixed(2);

function tableOf(
  heads: readonly string[],
  rows: readonly { cells: readonly string[]; tone?: string }[],
): string {
  const head = heads.map((name) => `<th>${name}</th>`).join('');
  const body = rows.map(
    ({ cells, tone = '' }) => `<tr${tone}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
  );
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

const HELD =
  'book|windows|breaches|expected|rejects from|p|zone|Kupiec|independence|joint|power at 2x|finds|all phases|e'.split(
    '|',
  );
const COST =
  'book|mean margin|over static|worst loss / margin|mean shortfall|of margin|peak to trough|1 h|1 d|5 d|30 d|paths'.split(
    '|',
  );
const TAIL = 'book|windows|Z1|below|p|Z2|below, normal|below, t3|p|e|5 since|20 since'.split('|');

function heldRow(book: string, own: LineVerdict): { cells: string[]; tone?: string } {
  const unseen = ['0', ...Array(HELD.length - 2).fill('-')];
  if (own.windows === 0) return { cells: [escaped(book), ...unseen] };
  const { kupiec, christoffersen: order } = own;
  const cells = [
    ...[
      escaped(book),
      String(own.windows),
      String(own.breaches),
      own.expected.toFixed(2),
      String(own.critical),
    ],
    ...[own.pValue.toFixed(3), own.zone, times(kupiec?.statistic), times(order?.independence.statistic)],
    ...[times(order?.conditional.statistic), share(own.power.twice, 0), share(own.detectable)],
    ...[share(own.allPhases.rate), fortune(own.wealth)],
  ];
  return own.isRejected ? { cells, tone: ' class="bad"' } : { cells };
}

function costRow({ book, seen }: BookVerdict, own: LineVerdict): { cells: string[] } {
  const { rises, relativeShortfall: relative } = own;
  const known = own.windows > 0;
  return {
    cells: [
      ...[
        escaped(book),
        share(own.mean),
        known ? times(own.overStatic) : '-',
        known ? times(own.worst) : '-',
      ],
      ...[known ? share(own.conditionalShortfall) : '-', known ? share(relative.mean, 0) : '-'],
      times(own.peakToTrough),
      ...[rises.hour, rises.day, rises.fiveDays, rises.month].map((rise) => share(rise, 0)),
      escaped(seen),
    ],
  };
}

const dayOf = (at: number | null) => (at === null ? '-' : formatInstant(at as Instant).slice(0, 10));

function tailRow(book: string, own: TailVerdict): { cells: string[]; tone?: string } {
  const { z1, z2 } = own.depth ?? { z1: null, z2: null };
  const cells = [
    ...[escaped(book), `${own.windows} of ${own.forecasts}`, times(own.z1), times(z1?.critical.student)],
    ...[times(z1?.pValue, 3), times(own.z2), times(z2?.critical.normal), times(z2?.critical.student)],
    ...[times(z2?.pValue, 3), fortune(own.wealth), dayOf(own.alarmAt), dayOf(own.rejectAt)],
  ];
  return own.isRejected || (own.wealth ?? 0) >= 20 ? { cells, tone: ' class="bad"' } : { cells };
}

function tailPart(verdicts: readonly BookVerdict[], { tail }: Promised): string[] {
  const looking = verdicts.flatMap(({ book, tail: own }) => (own === null ? [] : [{ book, own }]));
  if (looking.length === 0) return [];
  const tested = looking
    .filter(({ own }) => own.untested === null)
    .map(({ book, own }) => tailRow(book, own));
  const others = looking.filter(({ own }) => own.untested !== null);
  return [
    `<h2>Was the tail deep enough?</h2><p>Expected shortfall at ${share(tail, 1)} of what the initial line looked back on, in the windows in which that line rested on it. Z1 weighs how deep breaches went, Z2 their number as well; 0 is right, and below the critical value, drawn for this number of windows, a test at 5 % rejects. e is the largest wealth of bets against the tail: 20 rejects whenever it is reached.</p>`,
    tested.length === 0 ? '' : tableOf(TAIL, tested),
    others.length === 0
      ? ''
      : `<ul>${others.map(({ book, own }) => `<li><b>${escaped(book)}</b> is not tested: ${escaped(own.untested!)}.</li>`).join('')}</ul>`,
  ];
}

function linePart(
  verdicts: readonly BookVerdict[],
  line: LineOf,
  { coverage, horizonHours }: Promised,
): string[] {
  const name = `${line[0]!.toUpperCase()}${line.slice(1)}`;
  const promise = `${share(coverage[line], 1)} of ${horizonHours[line]} h paths`;
  return [
    `<h2>${name}: ${promise}</h2><p>Windows that do not overlap. p is the probability of as many breaches or more if the line keeps its word, rejected at 5 %; power, that of being found where breaches come twice as often. Kupiec and independence stand against 3.84, joint against 5.99; e rejects at 20.</p>`,
    tableOf(
      HELD,
      verdicts.map((one) => heldRow(one.book, one[line])),
    ),
    tableOf(
      COST,
      verdicts.map((one) => costRow(one, one[line])),
    ),
  ];
}

const STYLE = `:root{color-scheme:light}*{box-sizing:border-box}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;margin:0 auto;padding:1.2rem 1rem 3rem;max-width:1120px;color:#1c2833;background:#fff}
h1{font-size:1.5rem;line-height:1.2;margin:.2rem 0}h2{font-size:1.1rem;margin:1.8rem 0 .2rem}h3{font-size:.85rem;font-weight:600;margin:.5rem 0 0;color:#4a5a67}
p,li{max-width:75ch}p{margin:.3rem 0 .6rem}ul{padding-left:1.1rem;margin:.4rem 0}
.label{background:#fff6dd;border-left:4px solid #d9a514;padding:.45rem .8rem}
.wide{overflow-x:auto;margin:.5rem 0 .9rem;-webkit-overflow-scrolling:touch}
table{border-collapse:collapse;font-size:12.5px;font-variant-numeric:tabular-nums;min-width:100%}
td,th{padding:.22rem .5rem;text-align:right;border-bottom:1px solid #dde3e8;white-space:nowrap}
th{font-weight:600;color:#4a5a67;vertical-align:bottom;white-space:normal;min-width:3.6rem}
td:first-child,th:first-child{text-align:left;position:sticky;left:0;background:#fff;font-weight:600}
.bad td,.bad td:first-child{background:#fdecea}
.key{font-size:13px;color:#4a5a67}.key b{font-weight:700}.key .a{color:#1f5f8b}.key .l{color:#8795a1}.key .b{color:#c0392b}
section{break-inside:avoid}figure{margin:0}
svg{width:100%;max-width:900px;height:auto;display:block;background:#fafbfc;border:1px solid #e6ebef}
svg text{font-size:12px;fill:#4a5a67}.grid{stroke:#e3e8ec}.asked{fill:none;stroke:#1f5f8b;stroke-width:1.8}
.lost line{stroke:#a9b5be}.lost .breach{stroke:#c0392b}.mark{fill:#fff;stroke:#c0392b;stroke-width:1.8}
@media(max-width:640px){body{font-size:14px;padding:.8rem .7rem 2rem}svg text{font-size:21px}.inner{display:none}.asked{stroke-width:2.6}}
@media print{@page{size:A4 landscape;margin:11mm}body{font-size:10px;max-width:none;padding:0}table{font-size:8px}td,th{padding:.12rem .28rem}th{min-width:0}.wide{overflow:visible}td:first-child,th:first-child{position:static}tr,section,.wide{break-inside:avoid}h2,.key{break-after:avoid}.key{font-size:9px}h1{font-size:16px}h2{font-size:13px;margin:3mm 0 0}h3{font-size:9px}.plots{display:grid;grid-template-columns:1fr 1fr;gap:5mm}svg{max-width:none}svg text{font-size:15px}.label,.bad td,.bad td:first-child{-webkit-print-color-adjust:exact;print-color-adjust:exact}}`;

const KEY =
  '<p class="key"><b class="a">line</b>: what was asked. <b class="l">bars</b>: the worst of the path that began then. <b class="b">circles</b>: more was lost than asked. Shares of the underlying held; what the tables count are windows that do not overlap, the picture shows every time.</p>';

function booksPart(
  state: BacktestState,
  verdicts: readonly BookVerdict[],
  { horizonHours }: Promised,
): string[] {
  return verdicts.map((one) => {
    const trace = state.books.find(({ name }) => name === one.book)!;
    const struck = one.strikes === 1 ? 'struck once' : `struck ${one.strikes} times`;
    const words = `${one.what}; ${one.margins} margins, ${struck}; paths by ${one.seen}`;
    const plots = (['maintenance', 'initial'] as const).map((line) => {
      const title = `<h3>${line}, ${horizonHours[line]} h</h3>`;
      return `<figure>${title}${linePlot(trace, line)}</figure>`;
    });
    return `<section><h2>${escaped(one.book)}</h2><p>${escaped(words)}.</p><div class="plots">${plots.join('')}</div></section>`;
  });
}

/** The page. Numbers are those of `--json`; nothing is loaded from elsewhere. @example backtestHtml(run.state, verdicts, head) */
export function backtestHtml(
  state: BacktestState,
  verdicts: readonly BookVerdict[],
  head: ReportHead,
): string {
  const ends = state.books.flatMap(({ at }) => (at.length === 0 ? [] : [at[0]!, at.at(-1)!]));
  const [first, last] = [
    ends.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    ends.reduce((a, b) => Math.max(a, b), 0),
  ];
  const span =
    ends.length === 0
      ? 'nothing was margined'
      : `${formatInstant(first as Instant)} to ${formatInstant(last as Instant)}`;
  const title = `Backtest of ${head.model}`;
  const refused = state.refused === 0 ? [] : [`${state.refused} times were refused: ${state.refusal}`];
  const notes = [...head.notes, ...refused].map((note) => `<li>${escaped(note)}</li>`).join('');
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1><p>Parameters ${escaped(head.version)}; ${span}.</p><p class="label">${escaped(head.scene)}</p>${notes === '' ? '' : `<ul>${notes}</ul>`}`,
    ...linePart(verdicts, 'maintenance', head.promised),
    ...linePart(verdicts, 'initial', head.promised),
    ...tailPart(verdicts, head.promised),
    `<h2>Book by book</h2>${KEY}`,
    ...booksPart(state, verdicts, head.promised),
    '</body></html>\n',
  ].join('\n');
}
