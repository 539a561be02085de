// The picture of a breaker: for each side of each coin the map of the cascade, and where it meets the diagonal. Plain SVG 1.1 text.

import type { BreakerPolicy, Cascade, Rung, Side } from '@plimsoll/core/governor';
import type { BreakerAnswer, CoinBreaker } from './breaker.ts';
import {
  type Box,
  escapeXml,
  fix,
  frame,
  group,
  label,
  line,
  type Scale,
  STYLE,
  scale,
  ticks,
} from './surface-draw.ts';

const PANEL = { width: 360, height: 300 };
const LEFT = 70;
const GAP = 84;
const TOP = 86;
const ROW = PANEL.height + 96;
const FOOT = 40;

// Okabe and Ito's colours; the word stands beside each.
const LIGHTS = { green: '#1f7a5a', amber: '#b36b00', red: '#b3261e' } as const;
const WORDS = { down: 'price falls, longs are sold', up: 'price rises, shorts are bought' } as const;

/** Points of the step function `x0 + f Liq(x) / (kappa Depth)` from zero to an end, left and right of every rung. */
export function cascadeSteps(
  rungs: readonly Rung[],
  depth: number,
  { shock, closedShare, depthShare }: BreakerPolicy,
  end: number,
): readonly (readonly [x: number, y: number])[] {
  const perDollar = closedShare / (depthShare * depth);
  const points: [number, number][] = [];
  let y = shock;
  const sorted = [...rungs].sort((a, b) => a.move - b.move);
  for (const { move, dollars } of sorted) {
    const x = Math.max(0, move);
    if (x > end) break;
    if (points.length === 0) points.push([0, shock]);
    points.push([x, y]);
    y += perDollar * dollars;
    points.push([x, y]);
  }
  if (points.length === 0) points.push([0, shock]);
  return [...points, [end, y]];
}

function pathOf(points: readonly (readonly [number, number])[], x: Scale, y: Scale, most: number): string {
  // What goes beyond the frame ends at its edge.
  return `M${points.map(([at, value]) => `${fix(x(at))} ${fix(y(Math.min(value, most)))}`).join('L')}`;
}

function verdict({ light, rest, amplification, multiplier, reduceOnly }: Cascade): string {
  const at = rest === undefined ? 'no rest below the boundary' : `x* = ${(100 * rest).toFixed(2)} %`;
  const more = amplification === undefined ? '' : `, amplification ${amplification.toFixed(2)}`;
  const asked = reduceOnly
    ? ', may only reduce'
    : multiplier > 1
      ? `, multiplier ${multiplier.toFixed(2)}`
      : '';
  return `${light}: ${at}${more}${asked}`;
}

function panel(
  found: CoinBreaker,
  side: Side,
  policy: BreakerPolicy,
  { x: left, y: top, width, height }: Box,
): string {
  const cascade = found.cascades[side];
  const { boundary } = policy;
  const [x, y] = [
    scale({ low: 0, high: boundary }, left, left + width),
    scale({ low: 0, high: boundary }, top + height, top),
  ];
  const points = cascadeSteps(found.ladder[side], found.depth[side], policy, boundary);
  const marks = ticks({ low: 0, high: boundary }, 5);
  const { rest } = cascade;
  const colour = LIGHTS[cascade.light];
  const dot =
    rest === undefined
      ? ''
      : `<circle cx="${fix(x(rest))}" cy="${fix(y(rest))}" r="5" fill="${colour}" stroke="#fff"/>`;
  return group(`breaker ${side}`, [
    ...marks.map((mark) => line(x(mark), top, x(mark), top + height, 'grid')),
    ...marks.map((mark) => line(left, y(mark), left + width, y(mark), 'grid')),
    line(left, top + height, left + width, top, 'forward'),
    `<path class="model" d="${pathOf(points, x, y, boundary)}"/>`,
    dot,
    frame({ x: left, y: top, width, height }),
    ...marks.map((mark) =>
      label(x(mark), top + height + 15, String(Math.round(100 * mark)), 'strong', 'middle'),
    ),
    ...marks.map((mark) => label(left - 6, y(mark) + 4, String(Math.round(100 * mark)), 'strong', 'end')),
    label(left, top - 22, `${found.coin}: ${WORDS[side]}`, 'title'),
    `<text x="${fix(left)}" y="${fix(top - 7)}" class="say" style="fill:${colour}">${escapeXml(verdict(cascade))}</text>`,
    label(left + width, top + height + 31, 'move of the price x, %', '', 'end'),
  ]);
}

/**
 * Ladders as SVG text: the move that the flow of everybody closed at x makes, over x; the cascade comes to rest where it first meets the dotted diagonal.
 * @example breakerSvg(answer, 'venue.csv, grid').startsWith('<svg') // true
 */
export function breakerSvg({ coins, policy }: BreakerAnswer, made: string): string {
  const width = LEFT + 2 * PANEL.width + GAP + 40;
  const height = TOP + coins.length * ROW + FOOT;
  const title = `Breaker: ${coins.map(({ coin }) => coin).join(', ')}`;
  const panels = coins.flatMap((found, c) =>
    (['down', 'up'] as const).map((side, s) =>
      panel(found, side, policy, { x: LEFT + s * (PANEL.width + GAP), y: TOP + c * ROW, ...PANEL }),
    ),
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    label(LEFT, 34, title, 'title'),
    ...panels,
    label(
      LEFT,
      height - 26,
      'Curve: x0 + f Liq(x) / (kappa Depth), in %. Dotted: where the price is. Dot: the least fixed point, where the cascade rests.',
    ),
    label(LEFT, height - 10, made),
    '</svg>',
  ].join('\n')}\n`;
}
