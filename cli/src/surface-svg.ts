// The picture of `plimsoll surface`: per coin all expiries in total variance, then one panel per expiry. Plain SVG 1.1 text:
// no script, no font, no link; the same view gives the same bytes.

import { formatInstant, GRID_REACH, sentence } from '@plimsoll/core';
import { exp, log } from '@plimsoll/core/kernel';
import {
  type Box,
  curve,
  decades,
  escapeXml,
  fix,
  frame,
  group,
  label,
  level,
  line,
  padded,
  roundStrikes,
  type Scale,
  type Span,
  STYLE,
  scale,
  shade,
  spread,
  steps,
  ticks,
  tidy,
} from './surface-draw.ts';
import {
  type CoinView,
  carryOf,
  type ExpiryView,
  isInside,
  type QuoteView,
  type SurfaceView,
  usedOf,
  volAtMoneyness,
} from './surface-view.ts';

const WIDTH = 1360;
const MARGIN = 52;
/** Panels in a row at most; fewer expiries get wider and taller panels. */
const COLUMNS_MAX = 4;
const FRAME_HEIGHTS = [420, 320, 240, 200];
/** Space between frames: room for the labels of the vertical axis. */
const GAP = 44;
/** Two lines of title above a frame, two lines of labels and some air under it. */
const TITLE_HEIGHT = 40;
const FOOT_HEIGHT = 54;
/** From the left margin to what is said beside a coin's name. */
const LEAD = 92;
const OVERVIEW_HEIGHT = 330;

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

function coinBlock(view: CoinView, observed: boolean, top: number): { svg: string; height: number } {
  const { coin, expiries, refused } = view;
  const key = observed
    ? 'Line: model. Bar: bid to ask. Dot: mid, hollow orange where the model is outside bid and ask. Grey: did not shape the smile; rings: venue marks.'
    : 'Line: model. A fitted market holds no quotes.';
  const axes = 'Volatility in %; panels of one row share its scale. Below each frame: ln(K/F), then strikes.';
  const parts = [
    label(MARGIN, top + 10, coin.underlying, 'coin'),
    label(
      MARGIN + LEAD,
      top - 10,
      `index ${level(coin.index)} · perpetual ${level(coin.perpetual)}`,
      'say strong',
    ),
    label(MARGIN + LEAD, top + 5, key, 'say'),
    label(MARGIN + LEAD, top + 20, axes, 'say'),
  ];
  let y = top + 40;
  // One expiry alone has no calendar to show.
  if (expiries.length > 1) {
    parts.push(
      overview(view, { x: MARGIN, y: y + 26, width: WIDTH - 2 * MARGIN - 76, height: OVERVIEW_HEIGHT }),
    );
    y += 26 + OVERVIEW_HEIGHT + 62;
  }
  const columns = Math.min(COLUMNS_MAX, expiries.length);
  for (let from = 0; from < expiries.length; from += columns) {
    parts.push(panelRow(expiries.slice(from, from + columns), columns, y));
    y += TITLE_HEIGHT + FRAME_HEIGHTS[columns - 1]! + FOOT_HEIGHT;
  }
  for (const one of refused) {
    parts.push(label(MARGIN, y, `${one.name} is not served: ${sentence(one.refusal)}`, 'warn'));
    y += 17;
  }
  return { svg: group('coin-block', parts), height: y - top + 46 };
}

/** All expiries in one frame: on a log scale the order of time is visible from an hour to a year. */
function overview({ coin, expiries }: CoinView, box: Box): string {
  const spans = expiries.map(spanOf);
  const across = {
    low: Math.max(-GRID_REACH, Math.min(...spans.map(({ low }) => low))),
    high: Math.min(GRID_REACH, Math.max(...spans.map(({ high }) => high))),
  };
  const heights = expiries.flatMap((one, i) =>
    [...steps(across), ...steps(spans[i]!)].map((k) => logVariance(one, k)),
  );
  const up = padded({ low: Math.min(...heights), high: Math.max(...heights) }, 0.03);
  const right = box.x + box.width;
  const x = scale(across, box.x, right);
  const y = scale(up, box.y + box.height, box.y);
  const words =
    'log scale · dashed beyond the quotes used · crossing the line above would be calendar arbitrage';
  const ends = spread(
    expiries.map((one) => y(logVariance(one, across.high))),
    12,
    box,
  );
  return group('overview', [
    label(box.x, box.y - 12, `${coin.underlying} total variance (vol² × years) by expiry`, 'title'),
    label(right, box.y - 12, words, '', 'end'),
    ...decades(up).flatMap((w) => [
      line(box.x, y(log(w)), right, y(log(w)), 'grid'),
      label(box.x - 6, y(log(w)) + 3.5, String(w), '', 'end'),
    ]),
    line(x(0), box.y, x(0), box.y + box.height, 'forward'),
    frame(box),
    ...axis(across, expiries.at(-1)!.slice.smileForward, x, box),
    ...expiries.map((one, i) => {
      const color = shade(expiries.length === 1 ? 0 : i / (expiries.length - 1));
      const at = ends[i]! + 3.5;
      return [
        ...totals(one, across, spans[i]!, color, x, y),
        line(right + 2, y(logVariance(one, across.high)), right + 14, ends[i]!, 'leader'),
        `<text x="${fix(right + 17)}" y="${fix(at)}" style="fill:${color};font-weight:700">${escapeXml(one.name)}</text>`,
      ].join('\n');
    }),
  ]);
}

/** One expiry's total variance: solid where it was quoted, dashed where it is only believed. */
function totals(one: ExpiryView, across: Span, quoted: Span, color: string, x: Scale, y: Scale): string[] {
  const seen = { low: Math.max(across.low, quoted.low), high: Math.min(across.high, quoted.high) };
  const path = (span: Span, cls: string) =>
    `<path class="total${cls}" stroke="${color}" d="${curve(span, x, (k) => y(logVariance(one, k)))}"/>`;
  const parts = [path(seen, '')];
  if (seen.low > across.low) parts.push(path({ low: across.low, high: seen.low }, ' far'));
  if (seen.high < across.high) parts.push(path({ low: seen.high, high: across.high }, ' far'));
  return parts;
}

function logVariance({ slice }: ExpiryView, k: number): number {
  return 2 * log(volAtMoneyness(slice, k)) + log(slice.smileYears);
}

function panelRow(row: readonly ExpiryView[], columns: number, top: number): string {
  const spans = row.map(spanOf);
  const up = padded(
    {
      low: Math.min(...row.map((one, i) => volsOf(one, spans[i]!).low)),
      high: Math.max(...row.map((one, i) => volsOf(one, spans[i]!).high)),
    },
    0.05,
  );
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns;
  return row
    .map((one, i) => {
      const x = MARGIN + i * (width + GAP);
      return panel(one, spans[i]!, up, {
        x,
        y: top + TITLE_HEIGHT,
        width,
        height: FRAME_HEIGHTS[columns - 1]!,
      });
    })
    .join('\n');
}

function panel(one: ExpiryView, span: Span, up: Span, box: Box): string {
  const { slice, quotes } = one;
  const x = scale(span, box.x, box.x + box.width);
  const y = scale(up, box.y + box.height, box.y);
  const right = box.x + box.width;
  const vols = ticks({ low: up.low * 100, high: up.high * 100 }, 5);
  const framed = quotes.filter(
    ({ k, mid }) => k >= span.low && k <= span.high && mid >= up.low && mid <= up.high,
  );
  const [used, rest] = [
    framed.filter(({ use }) => use === 'used'),
    framed.filter(({ use }) => use !== 'used'),
  ];
  const forward = x(carryOf(slice));
  const days = one.days.toFixed(one.days < 10 ? 1 : 0);
  return group('expiry', [
    label(box.x, box.y - 22, `${one.name} · ${days} d · ATM ${(one.atm * 100).toFixed(1)} %`, 'title'),
    label(right, box.y - 22, `confidence ${slice.quality.confidence.toFixed(2)}`, 'say strong', 'end'),
    label(box.x, box.y - 8, evidence(one, quotes.length - framed.length)),
    label(right, box.y - 8, slice.quality.source, '', 'end'),
    ...vols.flatMap((vol) => [
      line(box.x, y(vol / 100), right, y(vol / 100), 'grid'),
      label(box.x - 6, y(vol / 100) + 3.5, tidy(vol), '', 'end'),
    ]),
    line(forward, box.y, forward, box.y + box.height, 'forward'),
    label(forward + 4, box.y + 12, `F ${level(slice.forward)}`),
    frame(box),
    ...axis(span, slice.smileForward, x, box),
    ...rest.map((quote) => mark(quote, x, y, up)),
    `<path class="model" d="${curve(span, x, (k) => y(volAtMoneyness(slice, k)))}"/>`,
    ...used.map((quote) => mark(quote, x, y, up)),
  ]);
}

/** What the smile was made from, in a line that fits a panel. */
function evidence(one: ExpiryView, beyond: number): string {
  if (one.report === undefined) return '';
  const used = usedOf(one);
  const { insideShare, fitError } = one.slice.quality;
  const words = [
    used === 0 ? 'no quote shaped it' : `${used} used`,
    ...(used === 0
      ? []
      : [`${(insideShare * 100).toFixed(0)} % inside`, `error ${(fitError * 100).toFixed(2)}`]),
    ...(beyond === 0 ? [] : [`${beyond} off frame`]),
  ];
  return words.join(' · ');
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
  return `<g class="${kind}">${whisker}<circle class="dot" cx="${at}" cy="${fix(y(mid))}" r="1.9"/></g>`;
}

/** Where the quotes used are, with the forward in sight; without quotes, two and a half deviations each way. */
function spanOf({ slice, atm, quotes }: ExpiryView): Span {
  const used = quotes.filter(({ use }) => use === 'used').map(({ k }) => k);
  const carry = carryOf(slice);
  const reach = (used.length === 0 ? 2.5 : 0.5) * atm * Math.sqrt(slice.years);
  return padded({ low: Math.min(carry - reach, ...used), high: Math.max(carry + reach, ...used) }, 0.05);
}

function volsOf({ slice, quotes }: ExpiryView, span: Span): Span {
  const vols = steps(span).map((k) => volAtMoneyness(slice, k));
  for (const { use, touch } of quotes) if (use === 'used' && touch) vols.push(touch.bid, touch.ask);
  return { low: Math.min(...vols), high: Math.max(...vols) };
}

/** Two rows of labels under a frame: log-moneyness at the ticks, and round strikes below. */
function axis(span: Span, forward: number, x: Scale, box: Box): string[] {
  const bottom = box.y + box.height;
  const count = Math.round(3 + box.width / 140);
  const ks = ticks(span, count).flatMap((k) => [
    line(x(k), bottom, x(k), bottom + 4, 'tick'),
    label(x(k), bottom + 15, tidy(k), '', 'middle'),
  ]);
  let last = Number.NEGATIVE_INFINITY;
  const strikes = roundStrikes(forward * exp(span.low), forward * exp(span.high), count).flatMap((strike) => {
    const at = x(log(strike / forward));
    // A digit is about six pixels wide; two labels keep one digit between them.
    const half = (level(strike).length * 6) / 2;
    if (at - half < last + 6) return [];
    last = at + half;
    return [
      line(at, bottom + 20, at, bottom + 23, 'tick'),
      label(at, bottom + 34, level(strike), 'strong', 'middle'),
    ];
  });
  return [...ks, ...strikes];
}
