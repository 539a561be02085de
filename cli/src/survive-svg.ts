// The picture of a survival map: a cell for each move of spot and vol, coloured by the deepest line crossed. Plain SVG 1.1 text.

import { dollars, type MapCell, type SurvivalMap } from '@plimsoll/core';
import { escapeXml, fix, frame, group, label, STYLE } from './surface-draw.ts';

const CELL_WIDTH = 54;
const CELL_HEIGHT = 34;
const LEFT = 92;
const TOP = 92;
const FOOT = 74;

// Okabe and Ito's colours, and a letter in each cell, so that every kind of eye and every printer tells them apart.
const LOOKS: Readonly<
  Record<MapCell['depth'], readonly [fill: string, ink: string, letter: string, words: string]>
> = {
  clear: ['#e3f1ea', '#1f5b45', '', 'clear'],
  initial: ['#cfe6f5', '#0b4f7a', 'i', 'below initial'],
  release: ['#f7e9a8', '#6b5300', 'r', 'below release'],
  maintenance: ['#f0a868', '#5c2a00', 'M', 'below maintenance'],
  bankruptcy: ['#8f2d2d', '#ffffff', 'B', 'bankrupt'],
};

/** A move in percent with a true minus. */
function share(move: number): string {
  const text = String(Math.round(Math.abs(move) * 100));
  return move === 0 ? '0' : `${move < 0 ? '\u2212' : '+'}${text}`;
}

/** Dollars short enough for a cell. @example brief(-1_234_567) // '−1.2M' */
function brief(amount: number): string {
  const size = Math.abs(amount);
  const sign = amount < 0 ? '\u2212' : '';
  const [value, unit] = size >= 1e9 ? [size / 1e9, 'B'] : size >= 1e6 ? [size / 1e6, 'M'] : [size / 1e3, 'k'];
  return `${sign}${value >= 100 ? value.toFixed(0) : value.toFixed(1)}${unit}`;
}

function cell({ depth, excess }: MapCell, x: number, y: number): string {
  const [fill, ink, letter] = LOOKS[depth];
  const amount = brief(dollars(excess.maintenance));
  return [
    `<rect x="${fix(x)}" y="${fix(y)}" width="${CELL_WIDTH}" height="${CELL_HEIGHT}" fill="${fill}" stroke="#fff"/>`,
    `<text x="${fix(x + CELL_WIDTH / 2)}" y="${fix(y + 21)}" text-anchor="middle" style="fill:${ink}">${amount}</text>`,
    letter === ''
      ? ''
      : `<text x="${fix(x + 4)}" y="${fix(y + 10)}" style="fill:${ink};font-size:8px;font-weight:700">${letter}</text>`,
  ].join('');
}

/**
 * The map as SVG text; vol rises upwards, each cell shows its excess over maintenance. `made` says by which model, when and from what.
 * @example mapSvg('desk-1', map, 'grid, 2026-03-02T09:30:00Z').startsWith('<svg') // true
 */
export function mapSvg(name: string, { grid, cells }: SurvivalMap, made: string): string {
  const [columns, rows] = [grid.spots.length, grid.vols.length];
  const right = LEFT + columns * CELL_WIDTH;
  const bottom = TOP + rows * CELL_HEIGHT;
  const [width, height] = [right + 40, bottom + FOOT];
  const yOf = (v: number) => TOP + (rows - 1 - v) * CELL_HEIGHT;
  const what = `${name}: survival by spot and vol of ${grid.underlying ?? 'all coins'}`;
  const unit = grid.form === 'points' ? 'points' : '%';
  const legend = Object.values(LOOKS).map(
    ([fill, , , words], i) =>
      `<rect x="${LEFT + i * 150}" y="52" width="14" height="14" fill="${fill}"/>${label(LEFT + i * 150 + 20, 63, words, 'say strong')}`,
  );
  const still = { v: grid.vols.indexOf(0), s: grid.spots.indexOf(0) };
  const now =
    still.v < 0 || still.s < 0
      ? ''
      : `<rect x="${fix(LEFT + still.s * CELL_WIDTH + 1)}" y="${fix(yOf(still.v) + 1)}" width="${CELL_WIDTH - 2}" height="${CELL_HEIGHT - 2}" fill="none" stroke="#1a1a1a" stroke-width="2"/>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(what)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    label(LEFT, 34, what, 'title'),
    group('legend', legend),
    group(
      'cells',
      cells.flatMap((row, v) => row.map((one, s) => cell(one, LEFT + s * CELL_WIDTH, yOf(v)))),
    ),
    now,
    frame({ x: LEFT, y: TOP, width: right - LEFT, height: bottom - TOP }),
    ...grid.vols.map((vol, v) => label(LEFT - 8, yOf(v) + 21, share(vol), 'strong', 'end')),
    ...grid.spots.map((spot, s) =>
      label(LEFT + (s + 0.5) * CELL_WIDTH, bottom + 16, share(spot), 'strong', 'middle'),
    ),
    label(LEFT - 8, TOP - 8, `vol, ${unit}`, 'say', 'end'),
    label(right, bottom + 34, 'spot, %', 'say', 'end'),
    label(
      LEFT,
      bottom + 54,
      `Each cell: excess over maintenance margin, USD. Framed: now. Vols stay at their strikes. ${made}`,
    ),
    '</svg>',
  ].join('\n')}\n`;
}
