// A run as one page that needs nothing else: tables, and for every book what was asked and what was lost, drawn as SVG.

import { formatInstant, type Instant } from '@plimsoll/core';
import type { BacktestState, BookTrace } from './engine.ts';
import type { BookVerdict, LineVerdict, Promised } from './verdict.ts';

/** What a report says of its run beside its numbers. */
export interface ReportHead {
  readonly model: string;
  readonly version: string;
  readonly scene: string;
  readonly promised: Promised;
  readonly notes: readonly string[];
}

const WIDTH = 900;
const HEIGHT = 170;
const COLUMNS_MAX = 600;

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const share = (value: number | null, digits = 2) =>
  value === null ? '-' : `${(100 * value).toFixed(digits)} %`;
const times = (value: number | null) => (value === null ? '-' : value.toFixed(2));

/** The largest of each stretch of time, so that no breach is lost in drawing. */
function thinned(values: readonly (number | null)[]): { readonly i: number; readonly value: number }[] {
  const size = Math.ceil(values.length / COLUMNS_MAX);
  const kept: { i: number; value: number }[] = [];
  for (let from = 0; from < values.length; from += size) {
    let [most, at] = [Number.NEGATIVE_INFINITY, -1];
    for (let i = from; i < Math.min(values.length, from + size); i++) {
      const value = values[i];
      if (typeof value === 'number' && value > most) [most, at] = [value, i];
    }
    if (at >= 0) kept.push({ i: at, value: most });
  }
  return kept;
}

function drawing(trace: BookTrace, line: 'maintenance' | 'initial'): string {
  const lost = line === 'maintenance' ? trace.lossMaintenance : trace.lossInitial;
  const asked = trace[line].map((amount, i) => amount / trace.gross[i]!);
  const losses = lost.map((loss, i) => (loss === null ? null : loss / trace.gross[i]!));
  const top = Math.max(
    1e-9,
    ...thinned(asked).map(({ value }) => value),
    ...thinned(losses).map(({ value }) => value),
  );
  const [from, to] = [trace.at[0]!, Math.max(trace.at.at(-1)!, trace.at[0]! + 1)];
  const x = (i: number) => (((trace.at[i]! - from) / (to - from)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - (Math.max(0, value) / top) * (HEIGHT - 14)).toFixed(1);
  const path = thinned(asked)
    .map(({ i, value }, n) => `${n === 0 ? 'M' : 'L'}${x(i)} ${y(value)}`)
    .join('');
  const bars = thinned(losses)
    .filter(({ value }) => value > 0)
    .map(({ i, value }) => {
      const colour = value > asked[i]! ? '#c0392b' : '#9aa7b1';
      return `<line x1="${x(i)}" x2="${x(i)}" y1="${HEIGHT}" y2="${y(value)}" stroke="${colour}"/>`;
    });
  const label = `${line}: asked (line) and lost (bars, red where more), top ${share(top)} of the underlying held`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${bars.join('')}<path d="${path}" fill="none" stroke="#1f5f8b" stroke-width="1.4"/><text x="4" y="11" font-size="11">${label}</text></svg>`;
}

const HEADS =
  'book|line|windows|breaches|expected|p|zone|power at 2x|clustering|mean margin|over static|worst loss / margin|mean shortfall|peak to trough|1 h|1 d|5 d|30 d|Z2|e';

function rowOf({ book, tail }: BookVerdict, line: 'maintenance' | 'initial', own: LineVerdict): string {
  const { rises } = own;
  const cells = [
    ...[book, line, own.windows, own.breaches, own.expected.toFixed(2), own.pValue.toFixed(3)],
    ...[own.zone, share(own.power.twice, 0), times(own.clustering), share(own.mean), times(own.overStatic)],
    ...[times(own.worst), share(own.conditionalShortfall), times(own.peakToTrough)],
    ...[rises.hour, rises.day, rises.fiveDays, rises.month].map((rise) => share(rise, 0)),
    ...(line === 'initial' && tail !== null ? [times(tail.z2), times(tail.wealth)] : ['', '']),
  ];
  const tone = own.isRejected ? ' class="bad"' : '';
  return `<tr${tone}>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`;
}

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem;color:#1c2833}table{border-collapse:collapse;font-size:12px;display:block;overflow-x:auto}td,th{padding:.2rem .5rem;text-align:right;border-bottom:1px solid #dde3e8}td:nth-child(-n+2),th:nth-child(-n+2){text-align:left}.bad td{background:#fdecea}svg{width:100%;max-width:900px;display:block;margin:.3rem 0;background:#f7f9fa}.label{background:#fff6dd;padding:.4rem .7rem}';

/** The page. Numbers are those of `--json`; nothing is loaded from elsewhere. @example backtestHtml(run.state, verdicts, head) */
export function backtestHtml(
  state: BacktestState,
  verdicts: readonly BookVerdict[],
  head: ReportHead,
): string {
  const first = state.books.find(({ at }) => at.length > 0);
  const span =
    first === undefined
      ? 'nothing was margined'
      : `${formatInstant(first.at[0]! as Instant)} to ${formatInstant(first.at.at(-1)! as Instant)}`;
  const { coverage, horizonHours } = head.promised;
  const said = `maintenance is held to ${share(coverage.maintenance, 1)} of ${horizonHours.maintenance} h paths, initial to ${share(coverage.initial, 1)} of ${horizonHours.initial} h paths`;
  const title = `Backtest of ${head.model} ${head.version}`;
  const rows = verdicts.flatMap((one) => [
    rowOf(one, 'maintenance', one.maintenance),
    rowOf(one, 'initial', one.initial),
  ]);
  const books = verdicts.map((one) => {
    const trace = state.books.find(({ name }) => name === one.book)!;
    const words = `${one.what}; ${one.margins} margins, struck ${one.strikes} times`;
    return `<h2>${escaped(one.book)}</h2><p>${escaped(words)}</p>${drawing(trace, 'maintenance')}${drawing(trace, 'initial')}`;
  });
  const refused = state.refused === 0 ? [] : [`${state.refused} times were refused: ${state.refusal}`];
  const notes = [...head.notes, ...refused].map((note) => `<li>${escaped(note)}</li>`).join('');
  return [
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<h1>${escaped(title)}</h1><p>${span}; ${said}.</p><p class="label">${escaped(head.scene)}</p><ul>${notes}</ul>`,
    `<table><tr>${HEADS.split('|')
      .map((name) => `<th>${name}</th>`)
      .join('')}</tr>${rows.join('')}</table>`,
    ...books,
    '</html>\n',
  ].join('\n');
}
