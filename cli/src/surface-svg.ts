// The picture of `plimsoll surface`: per coin all expiries in total variance, then one panel per expiry. Plain SVG 1.1 text:
// no script, no font, no link; the same view gives the same bytes.

import { formatInstant, sentence, totalVariance } from '@plimsoll/core';
import { exp, log } from '@plimsoll/core/kernel';
import {
  type CoinView,
  type ExpiryView,
  type QuoteView,
  type SurfaceView,
  volAtMoneyness,
} from './surface.ts';
import { isInside, usedOf } from './surface-table.ts';

const WIDTH = 1360;
const MARGIN = 44;
const COLUMNS = 4;
/** Space between frames: room for the labels of the vertical axis. */
const GAP = 44;
const FRAME_WIDTH = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const FRAME_HEIGHT = 176;
/** A panel is two lines of title, the frame, and two lines of labels under it. */
const PANEL_HEIGHT = 40 + FRAME_HEIGHT + 54;
const OVERVIEW_HEIGHT = 300;
/** Segments of a drawn smile; at panel width each is under five pixels. */
const STEPS = 80;

// Okabe and Ito's blue and vermillion are told apart by every kind of eye; shape says it again (hollow dot).
const STYLE = `
text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;font-size:10.5px;fill:#5f6368}
.coin{font-size:24px;font-weight:700;fill:#1a1a1a}.title{font-size:13px;font-weight:700;fill:#1a1a1a}
.say{font-size:12px}.strong{fill:#1a1a1a}.warn{font-size:12px;fill:#a33d00}
.frame{fill:none;stroke:#c9ccd1}.grid{stroke:#eceef0}.tick{stroke:#9aa0a6}.forward{stroke:#8a8f96;stroke-dasharray:1 2.5}
.model{fill:none;stroke:#0072b2;stroke-width:1.7;stroke-linejoin:round}.far{stroke-width:1;stroke-dasharray:2 3}
.whisker{stroke:#444;stroke-width:1}.dot{fill:#222}.out .whisker{stroke:#d55e00;stroke-width:1.4}.out .dot{fill:#fff;stroke:#d55e00;stroke-width:1.4}
.faint .whisker{stroke:#cfd2d6}.faint .dot{fill:#cfd2d6}.mark{fill:none;stroke:#c3c7cc}
.total{fill:none;stroke-width:1.8;stroke-linejoin:round}.leader{stroke:#c9ccd1}
`;

type Scale = (value: number) => number;
interface Span {
  readonly low: number;
  readonly high: number;
}
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture as SVG text: per coin one overview (`class="overview"`) and one panel per served expiry (`class="expiry"`).
 * @example surfaceSvg(viewOf(market, [])).startsWith('<svg') // true
 */
export function surfaceSvg({ market, observed, coins }: SurfaceView): string {
  let y = MARGIN + 14;
  const blocks: string[] = [];
  for (const coin of coins) {
    const block = coinBlock(coin, observed, y);
    blocks.push(block.svg);
    y += block.height;
  }
  const height = Math.round(y + 16);
  const what = `Fitted smiles at ${formatInstant(market.at)} from ${market.source}`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(what)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...blocks,
    label(MARGIN, height - 18, `${what}.`),
    '</svg>',
  ].join('\n')}\n`;
}

/** Text that is safe in XML content and attributes; characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return [...text.toWellFormed()]
    .map((char) =>
      (char < ' ' && !'\t\n\r'.includes(char)) || char === '\uFFFE' || char === '\uFFFF' ? '\uFFFD' : char,
    )
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function coinBlock(view: CoinView, observed: boolean, top: number): { svg: string; height: number } {
  const { coin, expiries, refused } = view;
  const name = label(MARGIN, top + 10, coin.underlying, 'coin');
  const key = observed
    ? 'Line: model. Bar: bid to ask, dot: mid. Hollow orange: the model is outside bid and ask. Grey: did not shape the smile (rings: venue marks).'
    : 'Line: model. A fitted market holds no quotes.';
  const parts = [
    name,
    label(
      MARGIN + 78,
      top - 4,
      `index ${level(coin.index)}   perpetual ${level(coin.perpetual)}`,
      'say strong',
    ),
    label(MARGIN + 78, top + 11, `${key} Panels of one row share their vol axis.`, 'say'),
  ];
  let y = top + 34;
  if (expiries.length > 0) {
    parts.push(
      overview(view, { x: MARGIN, y: y + 26, width: WIDTH - 2 * MARGIN - 76, height: OVERVIEW_HEIGHT }),
    );
    y += 26 + OVERVIEW_HEIGHT + 62;
  }
  for (let from = 0; from < expiries.length; from += COLUMNS) {
    parts.push(panelRow(expiries.slice(from, from + COLUMNS), y));
    y += PANEL_HEIGHT;
  }
  for (const one of refused) {
    parts.push(label(MARGIN, y, `${one.name} is not served: ${sentence(one.refusal)}`, 'warn'));
    y += 17;
  }
  return { svg: group('coin-block', parts), height: y - top + 26 };
}

/** All expiries in one frame: on a log scale the order of time is visible from an hour to a year. */
function overview({ coin, expiries }: CoinView, box: Box): string {
  const spans = expiries.map(spanOf);
  const across = {
    low: Math.max(-1.5, Math.min(...spans.map(({ low }) => low))),
    high: Math.min(1.5, Math.max(...spans.map(({ high }) => high))),
  };
  const root = (expiry: ExpiryView, k: number) => Math.max(totalVariance(expiry.slice.smile, k), 1e-9);
  const heights = expiries.flatMap((one) => steps(across).map((k) => log(root(one, k))));
  const up = padded({ low: Math.min(...heights), high: Math.max(...heights) }, 0.03);
  const x = scale(across, box.x, box.x + box.width);
  const y = scale(up, box.y + box.height, box.y);
  const parts = [
    label(box.x, box.y - 12, 'Total variance by log-moneyness, all expiries', 'title'),
    label(
      box.x + box.width,
      box.y - 12,
      'log scale; dashed beyond the quotes used; lines that touch would be calendar arbitrage',
      '',
      'end',
    ),
    ...decades(up).flatMap((w) => {
      const at = y(log(w));
      return [
        line(box.x, at, box.x + box.width, at, 'grid'),
        label(box.x - 6, at + 3.5, String(w), '', 'end'),
      ];
    }),
    ...axis(across, expiries.at(-1)!.slice.smileForward, x, box, 12),
  ];
  const ends = spread(
    expiries.map((one) => y(log(root(one, across.high)))),
    12,
    box,
  );
  expiries.forEach((one, i) => {
    const color = shade(expiries.length === 1 ? 0 : i / (expiries.length - 1));
    const path = (span: Span, cls: string) =>
      `<path class="total${cls}" stroke="${color}" d="${curve(span, x, (k) => y(log(root(one, k))))}"/>`;
    const seen = { low: Math.max(across.low, spans[i]!.low), high: Math.min(across.high, spans[i]!.high) };
    if (seen.low > across.low) parts.push(path({ low: across.low, high: seen.low }, ' far'));
    if (seen.high < across.high) parts.push(path({ low: seen.high, high: across.high }, ' far'));
    const right = box.x + box.width;
    parts.push(
      path(seen, ''),
      line(right + 2, y(log(root(one, across.high))), right + 14, ends[i]!, 'leader'),
      `<text x="${fix(right + 17)}" y="${fix(ends[i]! + 3.5)}" style="fill:${color};font-weight:700">${escapeXml(one.name)}</text>`,
    );
  });
  return group('overview', [
    `<title>${escapeXml(coin.underlying)} total variance</title>`,
    frame(box),
    ...parts,
  ]);
}

function panelRow(row: readonly ExpiryView[], top: number): string {
  const spans = row.map(spanOf);
  const up = padded(
    {
      low: Math.min(...row.map((one, i) => volsOf(one, spans[i]!).low)),
      high: Math.max(...row.map((one, i) => volsOf(one, spans[i]!).high)),
    },
    0.05,
  );
  return row
    .map((one, i) => {
      const x = MARGIN + i * (FRAME_WIDTH + GAP);
      return panel(one, spans[i]!, up, { x, y: top + 40, width: FRAME_WIDTH, height: FRAME_HEIGHT });
    })
    .join('\n');
}

function panel(one: ExpiryView, span: Span, up: Span, box: Box): string {
  const { slice, quotes } = one;
  const { quality } = slice;
  const x = scale(span, box.x, box.x + box.width);
  const y = scale(up, box.y + box.height, box.y);
  const right = box.x + box.width;
  const vols = ticks({ low: up.low * 100, high: up.high * 100 }, 5);
  const framed = quotes.filter(
    ({ k, mid }) => k >= span.low && k <= span.high && mid >= up.low && mid <= up.high,
  );
  const fit =
    usedOf(one) > 0
      ? `${usedOf(one)} quotes used, ${(quality.insideShare * 100).toFixed(0)} % inside, error ${(quality.fitError * 100).toFixed(2)}`
      : 'no quote of its own shaped it';
  const beyond = quotes.length - framed.length;
  const days = `${one.days.toFixed(one.days < 10 ? 1 : 0)} d`;
  return group('expiry', [
    label(box.x, box.y - 22, `${one.name}   ${days}   ATM ${(one.atm * 100).toFixed(1)} %`, 'title'),
    label(right, box.y - 22, `confidence ${quality.confidence.toFixed(2)}`, 'say strong', 'end'),
    label(box.x, box.y - 8, quotes.length === 0 ? 'no quotes' : fit),
    label(right, box.y - 8, quality.source, '', 'end'),
    ...vols.flatMap((vol) => [
      line(box.x, y(vol / 100), right, y(vol / 100), 'grid'),
      label(box.x - 6, y(vol / 100) + 3.5, `${tidy(vol)}`, '', 'end'),
    ]),
    line(x(0), box.y, x(0), box.y + box.height, 'forward'),
    label(x(0) + 3, box.y + 11, `F ${level(slice.forward)}`),
    frame(box),
    ...axis(span, slice.smileForward, x, box, 5),
    ...framed.filter(({ use }) => use !== 'used').map((quote) => mark(quote, x, y, up)),
    `<path class="model" d="${curve(span, x, (k) => y(volAtMoneyness(slice, k)))}"/>`,
    ...framed.filter(({ use }) => use === 'used').map((quote) => mark(quote, x, y, up)),
    beyond > 0
      ? label(right - 4, box.y + box.height - 5, `${beyond} unused beyond the frame`, '', 'end')
      : '',
  ]);
}

function mark(quote: QuoteView, x: Scale, y: Scale, up: Span): string {
  const { touch, k, mid, use } = quote;
  const at = fix(x(k));
  if (touch === undefined) return `<circle class="mark" cx="${at}" cy="${fix(y(mid))}" r="1.8"/>`;
  const kind = use !== 'used' ? 'faint' : isInside(quote) ? 'in' : 'out';
  const whisker = line(
    x(k),
    y(Math.max(touch.bid, up.low)),
    x(k),
    y(Math.min(touch.ask, up.high)),
    'whisker',
  );
  return `<g class="${kind}">${whisker}<circle class="dot" cx="${at}" cy="${fix(y(mid))}" r="2.1"/></g>`;
}

/** Where the quotes used are, with the forward in sight; without quotes, two and a half deviations each way. */
function spanOf({ slice, atm, quotes }: ExpiryView): Span {
  const used = quotes.filter(({ use }) => use === 'used').map(({ k }) => k);
  const stdev = atm * Math.sqrt(slice.years);
  const reach = used.length === 0 ? 2.5 * stdev : stdev / 2;
  return padded({ low: Math.min(-reach, ...used), high: Math.max(reach, ...used) }, 0.05);
}

function volsOf({ slice, quotes }: ExpiryView, span: Span): Span {
  const vols = steps(span).map((k) => volAtMoneyness(slice, k));
  for (const { use, touch } of quotes) if (use === 'used' && touch) vols.push(touch.bid, touch.ask);
  return { low: Math.min(...vols), high: Math.max(...vols) };
}

/** Two rows of labels under a frame: log-moneyness at the ticks, and round strikes below. */
function axis(span: Span, forward: number, x: Scale, box: Box, count: number): string[] {
  const bottom = box.y + box.height;
  const ks = ticks(span, count).flatMap((k) => [
    line(x(k), bottom, x(k), bottom + 4, 'tick'),
    label(x(k), bottom + 15, tidy(k), '', 'middle'),
  ]);
  let last = Number.NEGATIVE_INFINITY;
  const strikes = roundStrikes(forward * exp(span.low), forward * exp(span.high), count).flatMap((strike) => {
    const at = x(log(strike / forward));
    if (at - last < 36) return [];
    last = at;
    return [
      line(at, bottom + 20, at, bottom + 23, 'tick'),
      label(at, bottom + 34, level(strike), 'strong', 'middle'),
    ];
  });
  return [...ks, ...strikes];
}

/** Even steps over a narrow range; 1, 2, 5 per decade over a wide one, where even steps would crowd. */
function roundStrikes(low: number, high: number, count: number): number[] {
  return high / low < 4 ? ticks({ low, high }, count) : decades({ low: log(low), high: log(high) });
}

/** 1, 2, 5 times powers of ten between e^low and e^high. */
function decades({ low, high }: Span): number[] {
  const found: number[] = [];
  for (let power = Math.floor(low / Math.LN10); power <= high / Math.LN10; power++) {
    for (const digit of [1, 2, 5]) {
      const value = Number(`${digit}e${power}`);
      if (log(value) >= low && log(value) <= high) found.push(value);
    }
  }
  return found;
}

/** About `count` round values inside a span. */
function ticks({ low, high }: Span, count: number): number[] {
  const raw = (high - low) / count;
  const unit = Number(`1e${Math.floor(log(raw) / Math.LN10)}`);
  const step = unit * ([1, 2, 2.5, 5].find((digit) => digit * unit >= raw) ?? 10);
  const found: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++)
    found.push(Number((i * step).toPrecision(12)) + 0);
  return found;
}

/** Labels pushed apart downwards, then back up from the frame's end; `at` descends from the first to the last. */
function spread(at: readonly number[], apart: number, box: Box): number[] {
  const order = at.map((_, i) => i).sort((left, right) => at[left]! - at[right]!);
  const placed = [...at];
  let above = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    placed[i] = Math.max(placed[i]!, above + apart);
    above = placed[i]!;
  }
  let below = box.y + box.height + apart;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i]!, below - apart);
    below = placed[i]!;
  }
  return placed;
}

/** Near expiries dark purple, far ones green: the ramp of viridis without its yellow, which a white page swallows. */
const RAMP = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [84, 170, 70],
] as const;

function shade(share: number): string {
  const at = share * (RAMP.length - 1);
  const from = Math.min(Math.floor(at), RAMP.length - 2);
  const mix = RAMP[from]!.map((low, i) => Math.round(low + (RAMP[from + 1]![i]! - low) * (at - from)));
  return `rgb(${mix.join(',')})`;
}

function steps({ low, high }: Span): number[] {
  return Array.from({ length: STEPS + 1 }, (_, i) => low + ((high - low) * i) / STEPS);
}

function padded({ low, high }: Span, share: number): Span {
  const pad = (high - low || Math.abs(high) || 1) * share;
  return { low: low - pad, high: high + pad };
}

function scale({ low, high }: Span, from: number, to: number): Scale {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function curve(span: Span, x: Scale, y: Scale): string {
  return `M${steps(span)
    .map((k) => `${fix(x(k))} ${fix(y(k))}`)
    .join('L')}`;
}

/** Pixels to a hundredth: finer cannot be seen, and bytes stay the same everywhere. */
function fix(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

function tidy(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '\u2212');
}

/** A price level: 67,500 or 0.625. */
function level(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: value >= 10_000 ? 6 : 5 });
}

function label(x: number, y: number, text: string, cls = '', anchor = 'start'): string {
  const attributes = `${cls === '' ? '' : ` class="${cls}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${fix(x)}" y="${fix(y)}"${attributes}>${escapeXml(text)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, cls: string): string {
  return `<line class="${cls}" x1="${fix(x1)}" y1="${fix(y1)}" x2="${fix(x2)}" y2="${fix(y2)}"/>`;
}

function frame({ x, y, width, height }: Box): string {
  return `<rect class="frame" x="${fix(x)}" y="${fix(y)}" width="${fix(width)}" height="${fix(height)}"/>`;
}

function group(cls: string, parts: readonly string[]): string {
  return `<g class="${cls}">\n${parts.filter((part) => part !== '').join('\n')}\n</g>`;
}
